// Finds out where in an HTML text each mark stands, with the tokenizer of a real HTML parser.

import { type QuoteType, Tokenizer } from "htmlparser2";
import type { PlaceKind } from "./escape.ts";
import { type Marks, splitAtMarks } from "./liquid.ts";

/** A piece of a text: as it is, or the value of a slot in its place. */
export type Piece = string | { readonly slot: number; readonly place: PlaceKind };

interface Region {
  readonly start: number;
  readonly end: number;
  readonly kind: "text" | "attribute" | "link" | "style" | "comment" | "nowhere";
}

/** Where a document's body opens and closes, where it has one. */
export interface Scanned {
  readonly regions: readonly Region[];
  readonly bodyStart: number | null;
  readonly bodyEnd: number | null;
}

const linkAttributes = new Set(["href", "src", "action", "formaction", "background", "cite", "poster", "xlink:href"]);
const unsafeAttribute = /^(?:on.*|srcdoc|srcset|style)$/;

function attributeKind(name: string): Region["kind"] {
  if (linkAttributes.has(name)) return "link";
  if (name === "style") return "style";
  return unsafeAttribute.test(name) ? "nowhere" : "attribute";
}

// htmlparser2's own numbers for how an attribute's value is quoted.
const isQuoted = (quote: QuoteType) => quote >= 2;

export function scan(html: string): Scanned {
  const regions: Region[] = [];
  let tag = "";
  let attribute = "";
  let value: { start: number; end: number } | null = null;
  let bodyStart: number | null = null;
  let bodyEnd: number | null = null;
  const ignore = () => {};
  const tokenizer = new Tokenizer(
    { decodeEntities: false },
    {
      ontext(start, end) {
        regions.push({ start, end, kind: tag === "script" || tag === "style" ? "nowhere" : "text" });
      },
      onopentagname(start, end) {
        tag = html.slice(start, end).toLowerCase();
      },
      onopentagend(end) {
        if (tag === "body") bodyStart ??= end + 1;
      },
      onclosetag(start, end) {
        tag = "";
        if (html.slice(start, end).toLowerCase() === "body") bodyEnd = html.lastIndexOf("<", start);
      },
      onattribname(start, end) {
        attribute = html.slice(start, end).toLowerCase();
        value = null;
      },
      onattribdata(start, end) {
        value = { start: value?.start ?? start, end };
      },
      onattribend(quote) {
        if (value) regions.push({ ...value, kind: isQuoted(quote) ? attributeKind(attribute) : "nowhere" });
      },
      oncomment(start, end) {
        regions.push({ start, end, kind: "comment" });
      },
      onselfclosingtag: ignore,
      onattribentity: ignore,
      oncdata: ignore,
      ondeclaration: ignore,
      onprocessinginstruction: ignore,
      ontextentity: ignore,
      onend: ignore,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return { regions, bodyStart, bodyEnd };
}

/** What of a link stands before a mark decides what the value may be. */
function placeInLink(before: string, hasMarkBefore: boolean): PlaceKind {
  const start = before.trimStart();
  if (start === "") return hasMarkBefore ? "link part" : "link";
  if (/^mailto:[^?]*$/i.test(start)) return "address";
  if (/^tel:/i.test(start)) return "link part";
  if (/^https?:\/\/$/i.test(start)) return hasMarkBefore ? "host part" : "host";
  if (/^https?:\/\/[^/?#]*$/i.test(start)) return "host part";
  return "link part";
}

const otherScheme = /^\s*(?!https?:|mailto:|tel:|cid:|data:image\/)[a-z][a-z0-9+.-]*:/i;

/** Empties the links of a template that are none for a mail, such as `javascript:`. */
export function withoutUnsafeLinks(html: string): string {
  const unsafe = scan(html).regions.filter(
    ({ kind, start, end }) => kind === "link" && otherScheme.test(html.slice(start, end)),
  );
  return unsafe.toReversed().reduce((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), html);
}

/** Cuts HTML at its marks, each with the place where it stands. */
export function piecesOf(html: string, scanned: Scanned, marks: Marks): readonly Piece[] {
  const pieces: Piece[] = [];
  let offset = 0;
  splitAtMarks(html, marks).forEach((part, index) => {
    if (index % 2 === 0) {
      pieces.push(part);
      offset += part.length;
      return;
    }
    const region = scanned.regions.find(({ start, end }) => start <= offset && offset < end);
    pieces.push({ slot: Number(part), place: placeIn(region, { html, offset, marks }) });
    offset += marks.prefix.length + part.length + 1;
  });
  return pieces;
}

interface Mark {
  readonly html: string;
  readonly offset: number;
  readonly marks: Marks;
}

function placeIn(region: Region | undefined, { html, offset, marks }: Mark): PlaceKind {
  if (!region) return "nowhere";
  if (region.kind !== "link") return region.kind;
  const before = splitAtMarks(html.slice(region.start, offset), marks);
  const literal = before.filter((_, index) => index % 2 === 0).join("");
  return placeInLink(literal, before.length > 1);
}
