// Programs that are paused: nobody enters, moves or is mailed, while waits run on and exits and goals count.

import type { Instant, Session } from "../ports.ts";
import { recordAction } from "./actions.ts";
import { instant, printed, text, texts } from "./engine.ts";

/** The reason of those that are paused since all are. */
export const allPaused = "pause all";

/** Who has stopped everything, and when. */
export interface Stop {
  readonly by: string;
  readonly at: Instant;
}

/** Says whether everything is stopped, from outside of the database; null: it is not. */
export type Switch = () => Stop | null;

export async function pause(session: Session, program: string, at: Instant): Promise<void> {
  await session.change(
    printed(
      (builder) => `INSERT INTO paused (program, "at")
        VALUES (${builder.param(text(program))}, ${builder.param(instant(at))}) ON CONFLICT DO NOTHING`,
    ),
  );
}

/** The next tick starts whom events, edges and moments have asked for meanwhile, and moves all who are due. */
export async function resume(session: Session, program: string): Promise<void> {
  await session.change(printed((builder) => `DELETE FROM paused WHERE program = ${builder.param(text(program))}`));
}

/** Everything is paused while the switch is on, and only what was paused by it goes on when it is off. */
export async function obey(session: Session, stop: Stop | null, programs: readonly string[]): Promise<void> {
  if (stop === null) {
    await session.change({ text: `DELETE FROM paused WHERE reason = '${allPaused}'`, params: {} });
    return;
  }
  await session.change(
    printed(
      (builder) => `INSERT INTO paused (program, "at", reason)
        SELECT p.program, ${builder.param(instant(stop.at))}, '${allPaused}'
        FROM (SELECT unnest(${builder.param(texts(programs))}) AS program) AS p ON CONFLICT DO NOTHING`,
    ),
  );
  await recordAction(session, { kind: "pause", program: null, contact: null, ...stop });
}

/** A join that leaves out rows of programs that are paused. */
export const unlessPaused = (row: string): string => `ANTI JOIN paused AS z ON z.program = ${row}.program`;

/** A FROM item with their names as one text. */
export const pausedNames = "(SELECT string_agg(program, ',') AS paused FROM paused)";

export const readPaused = (names: unknown): ReadonlySet<string> =>
  new Set(typeof names === "string" ? names.split(",") : []);
