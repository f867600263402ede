// A mail as one person would get it now: to look at, or to send to somebody who wants to see it.

import { createHash } from "node:crypto";
import type { Email, Plan } from "../compiler/ir/plan.ts";
import { nearest } from "../compiler/similar.ts";
import type { MailPreview, PreviewRequest, SentTest, TestMail, TestMailRequest } from "./previewed.ts";
import { drafted } from "./engine/draft.ts";
import { createEngine } from "./engine/engine.ts";
import type { OutboxRow } from "./engine/outbox.ts";
import { failure } from "./failures/failures.ts";
import { parseAddress } from "./mail/headers.ts";
import type { Links } from "./mail/links.ts";
import type { Rendered } from "./mail/render.ts";
import type { Database, Failure, Instant, Mailer, Result } from "./ports.ts";
import { getReady, judgeAlone } from "./questions.ts";
import { renderWholeFor } from "./rendering.ts";

export interface Previewing {
  readonly database: Database;
  readonly plan: Plan;
  readonly links: Links | null;
  /** null: none was chosen. */
  readonly mailer: Mailer | null;
  readonly at: Instant;
}

const refused = (reason: Failure): { readonly ok: false; readonly failure: Failure } => ({
  ok: false,
  failure: reason,
});

export async function previewOf(of: Previewing, request: PreviewRequest): Promise<Result<MailPreview>> {
  const draft = await draftOf(of, request, "preview");
  if (!draft.ok) return draft;
  const { row } = draft.value;
  if (row.address === "") return refused(failure("F413", { key: request.as }));
  const made = await render(of, row);
  if (!made.ok) return made;
  const { message, without } = made.value;
  const { from, to, replyTo, subject, html, text, headers } = message;
  const { email, variant, contactId: contact } = row;
  const files = message.files.map(({ name, content }) => ({ name, bytes: content.length }));
  const mail = { from, to, replyTo, subject, html, text, headers, files };
  return { ok: true, value: { email, variant, contact, ...mail, without } };
}

export async function sendTest(of: Previewing, request: TestMailRequest): Promise<Result<SentTest>> {
  return of.mailer === null || of.mailer.name === "none"
    ? refused(failure("F415", { address: request.to, reason: "no mailer is chosen" }))
    : handOver(of.mailer, await writeTest(of, request));
}

export async function handOver(mailer: Mailer, written: Result<TestMail>): Promise<Result<SentTest>> {
  if (!written.ok) return written;
  const { email, variant, message } = written.value;
  const { to, subject } = message;
  const outcome = await mailer.send(message);
  if (outcome.kind !== "sent") return refused(failure("F415", { address: to, reason: outcome.reason }));
  return { ok: true, value: { email, variant, to, subject, mailer: mailer.name } };
}

/** It counts nowhere: not as sent to the contact, and not in the provider's statistics of the program. */
export async function writeTest(of: Previewing, request: TestMailRequest): Promise<Result<TestMail>> {
  const { to } = request;
  const address = parseAddress(to);
  if (address === null) return refused(failure("F414", { address: to }));
  if (await isSuppressed(of, address)) return refused(failure("F416", { address }));
  const named = [request.email, request.as, address, String(of.at)];
  const draft = await draftOf(of, request, createHash("sha256").update(named.join("\n")).digest("hex").slice(0, 32));
  if (!draft.ok) return draft;
  const made = await render(of, { ...draft.value.row, address });
  if (!made.ok) return made;
  const { email, variant } = draft.value.row;
  return { ok: true, value: { email, variant, message: { ...made.value.message, to: address, labels: [] } } };
}

async function isSuppressed({ database, at }: Previewing, address: string): Promise<boolean> {
  const rows = await database.run({
    text: `SELECT 1 FROM suppression WHERE address = $address AND "at" <= $now LIMIT 1`,
    params: { address: { kind: "text", value: address.toLowerCase() }, now: { kind: "instant", value: at } },
  });
  return rows.length > 0;
}

async function draftOf(
  of: Previewing,
  { email: name, as, variant }: PreviewRequest,
  sendId: string,
): Promise<Result<{ readonly row: OutboxRow }>> {
  const { database, plan, at } = of;
  const email = plan.emails.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (!email) return refused(missing("email", name, plan.emails));
  const known = variant === undefined ? null : email.variants.find((one) => one.name === variant);
  if (known === undefined) return refused(missing("variant", variant ?? "", email.variants));
  const chosen = variant ?? (await variantFor(of, as, email));
  await getReady(database, plan, at);
  const engine = createEngine(database, plan, 0);
  const row = await database.transaction((session) =>
    drafted({ engine, session, now: at }, { sendId, contact: as, email: email.name, variant: chosen }),
  );
  return row ? { ok: true, value: { row } } : refused(failure("F118", { key: as }));
}

function missing(kind: string, name: string, of: readonly { readonly name: string }[]): Failure {
  return failure("F117", { kind, name, near: nearest(name, new Set(of.map((one) => one.name))) });
}

/** What a send that names no variant would take: the first that holds for the person. */
async function variantFor({ database, plan, at }: Previewing, key: string, email: Email): Promise<string | null> {
  const asked = email.variants.flatMap(({ name, when }) => (when === null ? [] : [{ name, when }]));
  const holds = await judgeAlone(database, plan, { key, conditions: asked.map(({ when }) => when), at });
  return asked.find((_, index) => holds[index])?.name ?? null;
}

async function render({ plan, links, at }: Previewing, row: OutboxRow): Promise<Result<Rendered>> {
  const [made] = await renderWholeFor(plan, links)([row], at);
  return made ?? refused(failure("F303", { email: row.email, reason: "nothing came of it" }));
}
