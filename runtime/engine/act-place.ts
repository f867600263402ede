// Where people do something in a round, and who they are.

import type { Builder } from "../../compiler/sql/builder.ts";
import { text } from "./engine.ts";

/** A step that people pass in a round. */
export interface ActPlace {
  readonly program: string;
  readonly step: string;
}

/** The enrollments that pass a step in this round, as subjects. */
export function printPassers({ program, step }: ActPlace, builder: Builder): string {
  return `(SELECT s.enrollment_id, s.program, s.contact_id, s.started_at, s.start_event, s.start_event_id,
      s.wait_from, s.wait_until
    FROM positions AS s SEMI JOIN verdict AS v ON v.enrollment_id = s.enrollment_id
      AND v.program = ${builder.param(text(program))} AND v.step = ${builder.param(text(step))})`;
}

/** SQL of the id of what a row of the verdict does, once for each time that somebody comes by. */
export const doingId = (row: string): string =>
  `md5(concat_ws(chr(31), ${row}.program, ${row}.enrollment_id, ${row}.step, CAST(${row}.seq AS VARCHAR)))`;

export const handOffId = (row: string): string => `left(${doingId(row)}, 12)`;
