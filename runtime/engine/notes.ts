// What the journal says of enrollments that begin and end: several writings of a tick in one statement.

import type { Builder } from "../../compiler/sql/builder.ts";
import { change, integer, type Turn } from "./engine.ts";

/** SELECT of rows for the journal: the columns of `noteHead`, then seq, outcome, reason, next and due. */
export type Notes = (turn: Turn, builder: Builder) => string;

/** The first columns of the journal, from a relation with program, enrollment and contact; `round` and `pinned` are SQL. */
export function noteHead(
  turn: Turn,
  { round, pinned = null }: { readonly round: string; readonly pinned?: string | null },
  row: string,
  builder: Builder,
): string {
  const newest = builder.param(integer(turn.engine.version));
  const version = pinned === null ? newest : `coalesce(${pinned}, ${newest})`;
  return `${builder.now()} AS tick, ${round} AS round, ${row}.program, ${version} AS version, ${row}.enrollment_id, ${row}.contact_id`;
}

/** The same with the columns of a step, which they lack: what a round writes in one statement with its own rows. */
export const printNotes = (turn: Turn, notes: readonly Notes[], builder: Builder): readonly string[] =>
  notes.map(
    (
      print,
    ) => `SELECT n.tick, n.round, n.program, n.version, n.enrollment_id, n.contact_id, n.seq, NULL AS step, NULL AS email,
      n.outcome, n.reason, n."next", n.due FROM (${print(turn, builder)}) AS n`,
  );

/** Writes the notes down in the order given. */
export async function writeNotes(turn: Turn, notes: readonly Notes[]): Promise<void> {
  if (notes.length === 0) return;
  await change(turn, (builder) => {
    const rows = notes.map((print) => print(turn, builder)).join("\nUNION ALL\n");
    return `INSERT INTO journal (tick, round, program, version, enrollment_id, contact_id, seq, outcome, reason, "next", due)
      ${rows}`;
  });
}
