// Line breaks of printed statements: they are shown to people.

/** Lines behind the first, moved in. */
export const indent = (text: string) => text.replaceAll("\n", "\n  ");

/** A select in parentheses, on lines of its own. */
export function nested(select: string): string {
  return `${indent(`(\n${select}`)}\n)`;
}

/** Clauses one a line; those without items are left out. */
export function clauses(...lines: readonly (string | null)[]): string {
  return lines.filter((line) => line !== null && line !== "").join("\n");
}

export function list(word: string, items: readonly string[], between: string): string | null {
  return items.length === 0 ? null : `${word} ${items.join(between)}`;
}

export function where(filters: readonly string[]): string | null {
  return list("WHERE", [...new Set(filters)].map(indent), "\n  AND ");
}
