// Markup in which every text is escaped: only what `html` made itself stands as it is.

export interface Markup {
  readonly markup: string;
}
type Part = string | number | Markup | readonly Markup[] | null;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const harmless = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");

/** Control characters have no place in a page; directional marks could make a line read otherwise than it is. */
function escaped(text: string): string {
  return harmless(text.replaceAll(/[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\ufffd"));
}

/** A page inside an attribute: what it holds is its own matter. */
export const pageInside = (text: string): Markup => ({ markup: harmless(text) });

function written(part: Part): string {
  if (part === null) return "";
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number") return String(part);
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
}

export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: texts.map((text, index) => text + written(parts[index] ?? null)).join("") };
}
