// Turns a filled-in template, still with marks in place of values, into the HTML and the text of a mail.

import { htmlToText } from "html-to-text";
import MarkdownIt from "markdown-it";
import { htmlText } from "./escape.ts";
import { type Footer, footerText, hasStyleSheet, page, withinPage } from "./layout.ts";
import { type Marks, markOf, splitAtMarks } from "./liquid.ts";
import { type Piece, piecesOf, scan, withoutUnsafeLinks } from "./places.ts";

export interface Structure {
  readonly html: readonly Piece[];
  readonly text: readonly Piece[];
}

export interface StructureRequest {
  readonly kind: "markdown" | "html";
  readonly body: string;
  readonly preview: string;
  readonly footer: Footer;
  readonly marks: Marks;
  /** Moves rules of style sheets to the elements. */
  readonly inline: (html: string) => string;
}

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
const mayLink = /^(?:https?:|mailto:|tel:|[^:]*$|[^:]*[/?#])/i;
markdown.validateLink = (url) => mayLink.test(url.trim());

/** The same for everyone whose mail takes the same branches. */
export function structureOf({ kind, body, preview, footer, marks, inline }: StructureRequest): Structure {
  const html = kind === "markdown" ? markdown.render(body) : styled(withoutUnsafeLinks(body), marks, inline);
  const shownPreview = htmlText(preview);
  const scanned = scan(html);
  const isWhole = scanned.bodyStart !== null || /^\s*(?:<!doctype|<html)/i.test(html);
  const whole = isWhole ? withinPage(html, shownPreview, { footer, scanned }) : page(html, shownPreview, footer);
  return {
    html: piecesOf(whole, scan(whole), marks),
    text: textPieces(piecesOf(html, scanned, marks), footer, marks),
  };
}

/** A page with a value where none is safe is left as it was written, so that the value is found there and refused. */
function styled(html: string, marks: Marks, inline: (html: string) => string): string {
  if (!hasStyleSheet(html)) return html;
  const isNowhere = (piece: Piece) => typeof piece !== "string" && piece.place === "nowhere";
  return piecesOf(html, scan(html), marks).some(isNowhere) ? html : inline(html);
}

/** Marks are numbered anew before the text is made, as one slot can stand in places of different kinds. */
function textPieces(pieces: readonly Piece[], footer: Footer, marks: Marks): readonly Piece[] {
  const html = pieces.map((piece, index) => (typeof piece === "string" ? piece : markOf(marks, index))).join("");
  const text = htmlToText(html, {
    wordwrap: false,
    selectors: [
      ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: "table", options: { uppercaseHeaderCells: false } },
      { selector: "a", options: { hideLinkHrefIfSameAsText: true } },
      { selector: "img", format: "alternative" },
    ],
    formatters: {
      alternative: (image, _walk, builder) => builder.addInline(image.attribs?.alt ?? "", { noWordTransform: true }),
    },
  });
  const found = splitAtMarks(text.trim(), marks);
  const own = found.map((part, index) => (index % 2 === 0 ? part : (pieces[Number(part)] ?? "")));
  return [...own, ...footerPieces(footer, marks)];
}

function footerPieces(footer: Footer, marks: Marks): readonly Piece[] {
  const parts = splitAtMarks(footerText(footer), marks);
  return parts.map((part, index): Piece => (index % 2 === 0 ? part : { slot: Number(part), place: "link" }));
}
