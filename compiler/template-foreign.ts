// Placeholders of other products, which Liquid would mail as they stand or could not read.

import type { Edit } from "../grammar/diagnostics/entry.ts";
import type { Place, TemplateField } from "./template-values.ts";

/** One placeholder, or several that are one mistake; each with what it is here. */
export interface Foreign {
  readonly place: Place;
  readonly kind: "literal" | "syntax" | "unsubscribe";
  readonly found: string;
  readonly instead: string;
  /** Empty where no field is certain. */
  readonly edits: readonly { readonly place: Place; readonly text: Edit["text"] }[];
}

interface Row {
  /** Its first group is the name inside, if it has one. */
  readonly pattern: RegExp;
  readonly kind: Foreign["kind"];
  /** What it is here, with the name inside as a field; null where it is none of ours. */
  readonly meant: (match: RegExpExecArray, field: (name: string) => string | null) => string | null;
}

const output = (name: string) => `{{ ${name} }}`;
/** A placeholder that would be mailed as it stands; what only looks like one must name a field. */
const literal = (pattern: RegExp, isCertain: boolean): Row => ({
  pattern,
  kind: "literal",
  meant: (match, field) => field(match[1] ?? "") ?? (isCertain ? output("field") : null),
});
const syntax = (pattern: RegExp, meant: (match: RegExpExecArray) => string): Row => ({
  pattern,
  kind: "syntax",
  meant,
});

const withDefault = (match: RegExpExecArray): string => output(`${match[1]} | default: ${match[2]}`);

const rows: readonly Row[] = [
  {
    pattern:
      /\{\{\{?\s*[\w.]*unsub\w*\s*\}?\}\}|\{%-?\s*unsubscribe\w*[^%]*%\}|%\w*unsubscribe_url%|\*\|UNSUB\|\*|\[unsubscribe\](?![([])/gi,
    kind: "unsubscribe",
    meant: () => "",
  },
  literal(/\*\|\s*(\w+)\s*\|\*/g, true),
  literal(/\*\|\s*(\w+:[^|\n]*)\|\*/g, true),
  literal(/%%\s*(\w+)\s*%%/g, true),
  literal(/%recipient\.(\w+)%/g, true),
  literal(/<%=?\s*(?:\w+\.)*(\w+)\s*%>/g, true),
  literal(/\{\{\s*\$\{\s*(?:\w+\.)*(\w+)\s*\}[^{}]*\}\}/g, true),
  literal(/\$\{\s*(?:\w+\.)*(\w+)\s*\}/g, true),
  literal(/\[\[\s*(\w+)\s*\]\]/g, false),
  literal(/(?<!\w)\[([A-Za-z][\w ]*)\](?![([:])/g, false),
  literal(/%([A-Za-z]\w*)%/g, false),
  literal(/(?<![{\w])\{\s*(\w+)\s*\}(?!\})/g, false),
  syntax(/\{\{\{([^{}\n]*)\}\}\}/g, (match) => output((match[1] ?? "").trim())),
  syntax(/\{\{\s*([\w.]+)\s*(?:\|\||\?\?)\s*('[^'\n]*'|\d+)\s*\}\}/g, withDefault),
  syntax(/\{\{\s*([\w.]+)\s*\|\s*default\(\s*('[^'\n]*'|\d+)\s*\)\s*\}\}/g, withDefault),
  syntax(/\{\{([^{}%\n]*)\}(?!\})/g, (match) => output((match[1] ?? "").trim())),
  syntax(/\{%-?\s*else if\s([^%\n]*)%\}/g, (match) => `{% elsif ${(match[1] ?? "").replace(/-$/, "").trim()} %}`),
];

/** Handlebars' conditions: what opens, divides and closes them is one mistake. */
const handlebars: readonly (readonly [pattern: RegExp, text: (name: string) => string])[] = [
  [/^\{\{#(if|unless)\s+([\w.]+)\s*\}\}$/, (name) => name],
  [/^\{\{\s*else\s*\}\}$/, () => "{% else %}"],
  [/^\{\{\/(if|unless)\s*\}\}$/, (name) => `{% end${name} %}`],
];

/** More of one kind in a mail are not told one by one. */
const mostOfAKind = 50;

/** What stands in `text` for other products, in the order of its places. */
export function foreignIn(text: string, fields: readonly TemplateField[]): readonly Foreign[] {
  const found: Foreign[] = [];
  const isFree = ({ begin, end }: Place) =>
    found.every(({ edits, place }) =>
      [place, ...edits.map((edit) => edit.place)].every((one) => one.end <= begin || end <= one.begin),
    );
  const asField = (name: string) => placeholder(name, fields);
  for (const foreign of [
    ...handlebarsIn(text),
    ...mailchimpIn(text, fields),
    ...rows.flatMap((row) => matchesOf(text, row, asField)),
  ]) {
    if (isFree(foreign.place)) found.push(foreign);
  }
  return found.toSorted((left, right) => left.place.begin - right.place.begin);
}

function matchesOf(text: string, { pattern, kind, meant }: Row, asField: (name: string) => string | null): Foreign[] {
  return [...text.matchAll(pattern)].slice(0, mostOfAKind).flatMap((match) => {
    const instead = meant(match, asField);
    if (instead === null) return [];
    const place = { begin: match.index, end: match.index + match[0].length };
    const isCertain = instead !== output("field");
    return [{ place, kind, found: match[0], instead, edits: isCertain ? [{ place, text: instead }] : [] }];
  });
}

function handlebarsIn(text: string): readonly Foreign[] {
  const parts = [...text.matchAll(/\{\{\s*(?:#(?:if|unless)\s+[\w.]+|else|\/(?:if|unless))\s*\}\}/g)];
  const [first] = parts;
  if (first === undefined || !first[0].startsWith("{{#")) return [];
  const edits = parts.map((part) => ({
    place: { begin: part.index, end: part.index + part[0].length },
    text: liquidOf(part[0]),
  }));
  const place = { begin: first.index, end: first.index + first[0].length };
  return [{ place, kind: "syntax", found: first[0], instead: liquidOf(first[0]), edits }];
}
function liquidOf(part: string): string {
  for (const [pattern, text] of handlebars) {
    const match = pattern.exec(part);
    if (match) return match[2] === undefined ? text(match[1] ?? "") : `{% ${match[1]} ${match[2]} %}`;
  }
  return part;
}

/** `*|IF:VIP|* … *|ELSE:|* … *|END:IF|*` is one mistake as well. */
function mailchimpIn(text: string, fields: readonly TemplateField[]): readonly Foreign[] {
  const parts = [...text.matchAll(/\*\|\s*(IF|IFNOT|ELSEIF|ELSE|END):\s*(\w*)([^|\n]*)\|\*/gi)];
  const [first] = parts;
  if (first === undefined || !/^if/i.test(first[1] ?? "")) return [];
  const written = parts.slice(0, mostOfAKind).map((part) => {
    const [whole, word = "", name = "", rest = ""] = part;
    const field = fieldNamed(name, fields)?.name ?? name.toLowerCase();
    const place = { begin: part.index, end: part.index + whole.length };
    return { place, text: mailchimpWords[word.toUpperCase()]?.(field) ?? whole, isPlain: rest.trim() === "" };
  });
  const place = { begin: first.index, end: first.index + first[0].length };
  const isCertain = written.every(({ isPlain }) => isPlain);
  return [
    { place, kind: "literal", found: first[0], instead: written[0]?.text ?? "", edits: isCertain ? written : [] },
  ];
}
const mailchimpWords: Readonly<Record<string, (field: string) => string>> = {
  IF: (field) => `{% if ${field} %}`,
  IFNOT: (field) => `{% if ${field} == false %}`,
  ELSEIF: (field) => `{% elsif ${field} %}`,
  ELSE: () => "{% else %}",
  END: () => "{% endif %}",
};

const plain = (name: string): string => name.toLowerCase().replace(/[\s_]+/g, "");
const usual: ReadonlyMap<string, string> = new Map(Object.entries({ fname: "firstname", lname: "lastname" }));

function fieldNamed(name: string, fields: readonly TemplateField[]): TemplateField | undefined {
  const wanted = usual.get(plain(name)) ?? plain(name);
  return fields.find((one) => plain(one.name) === wanted);
}

/** `FIRST_NAME` as the placeholder of the field that it names, with a default where it may be unknown. */
function placeholder(name: string, fields: readonly TemplateField[]): string | null {
  const field = fieldNamed(name, fields);
  if (field === undefined) return null;
  const { scalar, isNullable } = field.type;
  const isNumber = scalar.kind === "number" || scalar.kind === "money" || scalar.kind === "percent";
  return output(isNullable ? `${field.name} | default: ${isNumber ? "0" : "''"}` : field.name);
}
