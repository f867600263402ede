// What a tick did to people, read from the journal: who was mailed, entered, left, was held back, and what steps did.

import type { Database, Row } from "../ports.ts";
import type { Moved, People } from "./foreseen.ts";

/** One thing that happened, and to whom; a person to whom it happened twice is named twice. */
export interface Happened {
  readonly program: string;
  readonly step: string | null;
  readonly email: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly people: readonly string[];
}

/** The place behind the last row of the journal, so that what comes later can be told. */
export async function journalEnd(database: Database): Promise<number> {
  const [row] = await database.run({ text: "SELECT coalesce(max(rowid), -1) AS last FROM journal", params: {} });
  return Number(row?.last ?? -1);
}

/** All that was written behind that place. */
export async function happenedSince(database: Database, end: number): Promise<readonly Happened[]> {
  const rows = await database.run({
    text: `SELECT j.program, j.step, j.email, j.outcome, j.reason, list(j.contact_id ORDER BY j.contact_id) AS people
      FROM journal AS j WHERE j.rowid > $end GROUP BY ALL ORDER BY ALL`,
    params: { end: { kind: "integer", value: end } },
  });
  return rows.map(happened);
}

const wordOf = (cell: unknown): string | null => (cell === null ? null : String(cell));

function happened(row: Row): Happened {
  const { people } = row;
  return {
    program: String(row.program),
    step: wordOf(row.step),
    email: wordOf(row.email),
    outcome: String(row.outcome),
    reason: wordOf(row.reason),
    people: Array.isArray(people) ? people.map(String) : [],
  };
}

/** Everybody to whom one of these happened. */
export const peopleOf = (all: readonly Happened[]): readonly string[] => all.flatMap(({ people }) => people);

/** What the edit changes of something that happens to people without it and with it. */
export function moved(before: readonly string[], after: readonly string[], samples: number): Moved {
  return {
    before: before.length,
    after: after.length,
    more: sampled(beyond(after, before), samples),
    fewer: sampled(beyond(before, after), samples),
  };
}

/** Those of `some` that `others` do not hold, or not as often. */
export function beyond(some: readonly string[], others: readonly string[]): readonly string[] {
  if (others.length === 0) return some;
  const left = new Map<string, number>();
  for (const key of others) left.set(key, (left.get(key) ?? 0) + 1);
  return some.filter((key) => {
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  });
}

export function sampled(keys: readonly string[], samples: number): People {
  return { count: keys.length, sample: keys.toSorted(inOrder).slice(0, samples) };
}

const inOrder = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);
