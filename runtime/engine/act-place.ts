// Where people do something in a round, and who they are.

import type { Builder } from "../../compiler/sql/builder.ts";
import { isOf } from "./editions.ts";
import { text } from "./engine.ts";

/** A step that people pass in a round. */
export interface ActPlace {
  readonly program: string;
  /** See `Edition`. */
  readonly pinned: number | null;
  readonly step: string;
}

/** SQL: the row of the verdict is about the step. */
export function isAt({ program, pinned, step }: ActPlace, row: string, builder: Builder): string {
  return `${isOf({ name: program, pinned }, row, builder)} AND ${row}.step = ${builder.param(text(step))}`;
}

/** The enrollments that pass a step in this round, as subjects. */
export function printPassers(place: ActPlace, builder: Builder): string {
  return `(SELECT s.enrollment_id, s.program, s.contact_id, s.started_at, s.start_event, s.start_event_id,
      s.wait_from, s.wait_until
    FROM positions AS s SEMI JOIN verdict AS v ON v.enrollment_id = s.enrollment_id
      AND ${isAt(place, "v", builder)})`;
}

/** SQL of the id of what a row of the verdict does, once for each time that somebody comes by. */
export const doingId = (row: string): string =>
  `md5(concat_ws(chr(31), ${row}.program, ${row}.enrollment_id, ${row}.step, CAST(${row}.seq AS VARCHAR)))`;

export const handOffId = (row: string): string => `left(${doingId(row)}, 12)`;
