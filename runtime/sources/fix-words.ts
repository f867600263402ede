// What a fix adds to a condition, and how many people lack it, in words.

import type { Fix } from "../../grammar/diagnostics/entry.ts";

/** The condition that a fix adds with `and`; null where it does anything else. */
export function addedBy({ edits }: Fix): string | null {
  const text = edits.at(-1)?.text.trim() ?? "";
  if (!text.startsWith("and ")) return null;
  // Two edits put parentheses around the whole.
  return text.slice("and ".length, edits.length > 1 ? -1 : undefined);
}

export const isCreated = (added: string): boolean => added.startsWith("created before ");

interface Lacking {
  readonly fix: Fix;
  /** Members of the segment as it is. */
  readonly before: number;
  readonly lacking: number | null;
}

/** `318 of 412 members received nothing in the last 90 days; 41 were created in that time.` Empty where nothing was counted. */
export function lackingWords(counts: readonly Lacking[]): string {
  const said = counts.flatMap(({ fix, before, lacking }, index) => {
    const added = addedBy(fix);
    return added === null || lacking === null ? [] : [words(added, lacking, index === 0 ? before : null)];
  });
  return said.length === 0 ? "" : `${said.join("; ")}.`;
}

const number = (count: number): string => count.toLocaleString("en-US");

/** `of`: of how many members; null where that was said. */
function words(added: string, count: number, of: number | null): string {
  const who = of === null ? number(count) : `${number(count)} of ${number(of)} ${of === 1 ? "member" : "members"}`;
  const [was, has] = count === 1 ? ["was", "has"] : ["were", "have"];
  const window = /^received(?: in (\d+)(min|mo|[hdwy]))?$/.exec(added);
  if (window)
    return `${who} received nothing${window[1] ? ` in the last ${lengthText(window[1], window[2] ?? "")}` : ""}`;
  if (isCreated(added)) return `${who} ${was} created in that time`;
  const field = /^(\w+) is known$/.exec(added);
  return field ? `${who} ${has} no known \`${field[1]}\`` : `${who} ${has} no \`${added}\``;
}

const units: Readonly<Record<string, string>> = {
  min: "minute",
  h: "hour",
  d: "day",
  w: "week",
  mo: "month",
  y: "year",
};

const lengthText = (amount: string, unit: string): string =>
  amount === "1" ? (units[unit] ?? unit) : `${amount} ${units[unit] ?? unit}s`;
