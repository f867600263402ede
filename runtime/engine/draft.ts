// A mail that somebody would be handed now, though no program sends it: for previews, and for mails that test how one looks.

import { columnOf, quote } from "../../compiler/sql/tables.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { allContacts } from "./hours.ts";
import { fill, run, text, texts, type Turn } from "./engine.ts";
import { type OutboxRow, outboxRow, printClaimed } from "./outbox.ts";

export interface Draft {
  readonly sendId: string;
  readonly contact: string;
  readonly email: string;
  readonly variant: string | null;
}

/**
 * What the outbox would hold, as if the newest enrollment in a program that sends the email had come to it. Nothing is
 * written. `address` is empty where the contact has none; null: there is no such contact.
 */
export async function drafted(turn: Turn, { sendId, contact, email, variant }: Draft): Promise<OutboxRow | null> {
  const { plan } = turn.engine;
  const senders = sendersOf(plan, email);
  const address = `c.${quote(columnOf(addressField(plan), "contact"))}`;
  const found = await fill(turn, "drafted", (builder) => {
    const key = builder.param(text(contact));
    const own = `(SELECT arg_max(struct_pack(program := e.program, id := e.enrollment_id), e.started_at) AS entry FROM enrollment AS e
      WHERE e.contact_id = ${key} AND list_contains(${builder.param(texts(senders))}, e.program))`;
    return `SELECT ${builder.param(text(sendId))} AS send_id,
        coalesce(n.entry.program, ${builder.param(text(senders[0] ?? ""))}) AS program, '' AS step,
        coalesce(n.entry.id, '') AS enrollment_id, c.contact_id, ${builder.param(text(email))} AS email,
        CAST(${builder.param(text(variant))} AS VARCHAR) AS variant, coalesce(trim(${address}), '') AS address,
        1 AS attempt, ${builder.now()} AS planned_at
      FROM contact AS c CROSS JOIN ${own} AS n WHERE c.contact_id = ${key}`;
  });
  if (found === 0) return null;
  const [row] = await run(turn, (builder) =>
    printClaimed(plan, { mails: "drafted AS o", contacts: allContacts }, builder),
  );
  if (!row) throw new Bug("a drafted mail is not there");
  return outboxRow(row);
}

function sendersOf(plan: Plan, email: string): readonly string[] {
  return plan.programs
    .filter(({ steps }) => steps.some((step) => step.kind === "send" && step.email === email))
    .map(({ name }) => name);
}

function addressField({ catalog: { contact } }: Plan) {
  const field = contact.fields.find(({ name }) => name === contact.address);
  if (!field) throw new Bug("a contact has no address");
  return field;
}
