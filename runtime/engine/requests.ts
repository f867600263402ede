// What somebody asked of programs by hand: the next tick does it, and forgets it.

import type { Session } from "../ports.ts";
import { printed, text, texts } from "./engine.ts";

export interface Request {
  /** `enroll` starts people as `continue in` does: whatever starts the program, and its segment, are not asked. `eject` is an exit. */
  readonly kind: "enroll" | "eject";
  readonly program: string;
  readonly contacts: readonly string[];
}

/** Who is no contact is passed over. */
export async function request(session: Session, { kind, program, contacts }: Request): Promise<void> {
  await session.change(
    printed((builder) => {
      const ids = builder.param(texts(contacts));
      return `INSERT INTO request (kind, program, contact_id)
        SELECT ${builder.param(text(kind))}, ${builder.param(text(program))}, c.contact_id
        FROM contact AS c WHERE list_contains(${ids}, c.contact_id) ON CONFLICT DO NOTHING`;
    }),
  );
}

/** SELECT of (program, contact_id) of those who are asked for in this way. */
export const printAsked = (kind: Request["kind"]): string =>
  `SELECT q.program, q.contact_id FROM request AS q WHERE q.kind = '${kind}'`;

/** Once they are done. */
export const forgetRequests = "DELETE FROM request";
