// Programs that are paused: nobody enters, moves or is mailed, while waits run on and exits and goals count.

import type { Instant, Session } from "../ports.ts";
import { instant, printed, text } from "./engine.ts";

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

/** A join that leaves out rows of programs that are paused. */
export const unlessPaused = (row: string): string => `ANTI JOIN paused AS z ON z.program = ${row}.program`;

/** A FROM item with their names as one text. */
export const pausedNames = "(SELECT string_agg(program, ',') AS paused FROM paused)";

export const readPaused = (names: unknown): ReadonlySet<string> =>
  new Set(typeof names === "string" ? names.split(",") : []);
