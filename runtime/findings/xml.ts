// Text as XML 1.0 can hold it.

const names: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" };
/** What XML reads as something else, and the blanks that it would make spaces of in an attribute. */
const special = /[<>&"\t\n\r]/g;
/** What no XML document can hold, not even by its number. */
const impossible = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

function escaped(text: string): string {
  return text
    .replace(impossible, "\uFFFD")
    .replace(special, (character) => names[character] ?? `&#${character.charCodeAt(0)};`);
}

export type Attributes = Readonly<Record<string, string | number>>;

/** An element with its attributes; without content it closes itself. Content is XML already. */
export function element(name: string, attributes: Attributes, content: readonly string[] = []): string {
  const head = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escaped(String(value))}"`)].join(
    " ",
  );
  if (content.length === 0) return `<${head}/>`;
  const inside = content.flatMap((part) => part.split("\n").map((line) => `  ${line}`));
  return [`<${head}>`, ...inside, `</${name}>`].join("\n");
}

/** An element that holds text; its line breaks are written by their number, so that no indent gets into it. */
export function textElement(name: string, attributes: Attributes, text: string): string {
  const empty = element(name, attributes);
  return `${empty.slice(0, -2)}>${escaped(text)}</${name}>`;
}

export const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>\n';
