// The record of what people did by hand.

import type { Instant, Session } from "../ports.ts";
import { instant, printed, text } from "./engine.ts";

export interface Acted {
  readonly kind: string;
  /** null: all. */
  readonly program: string | null;
  readonly contact: string | null;
  readonly by: string;
  readonly at: Instant;
}

/** What is recorded already is not recorded twice. */
export async function recordAction(session: Session, { kind, program, contact, by, at }: Acted): Promise<void> {
  await session.change(
    printed((builder) => {
      const row = `${builder.param(text(kind))} AS kind, nullif(${builder.param(text(program ?? ""))}, '') AS program,
        nullif(${builder.param(text(contact ?? ""))}, '') AS contact_id, ${builder.param(text(by))} AS acted_by,
        ${builder.param(instant(at))} AS "at"`;
      return `INSERT INTO action (kind, program, contact_id, acted_by, "at")
        SELECT n.kind, n.program, n.contact_id, n.acted_by, n."at" FROM (SELECT ${row}) AS n
        WHERE NOT EXISTS (SELECT 1 FROM action AS a WHERE a.kind = n.kind AND a.acted_by = n.acted_by AND a."at" = n."at"
          AND a.program IS NOT DISTINCT FROM n.program AND a.contact_id IS NOT DISTINCT FROM n.contact_id)`;
    }),
  );
}

/** The newest first. */
export const printActions = `SELECT kind, program, contact_id, acted_by, "at" FROM action
  ORDER BY "at" DESC, kind, program, contact_id`;
