// The outbox: mails are claimed in blocks, handed over one by one, and settled in blocks. What was promised once is never
// promised again, for every mail has an id that its content decides.

import { templatesOf } from "../../compiler/ir/email.ts";
import type { Derived, Email, Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { printTerms } from "../../compiler/sql/print.ts";
import { columnOf, columnType, eventTable, quote } from "../../compiler/sql/tables.ts";
import type { Instant, Row } from "../ports.ts";
import type { Gate } from "./gates.ts";
import { printEmailKey } from "./editions.ts";
import { allContacts } from "./hours.ts";
import { change, fill, printed, run, text, texts, type Turn } from "./engine.ts";
import { printIsStopped, stopPrograms } from "./failing.ts";
import { lookAgain, noteRefused, printNote } from "./last-look.ts";
import { holdsMore, newPicks, type Picks } from "./picks.ts";

/** A claimed mail, with all that the templates show. */
export interface OutboxRow {
  readonly sendId: string;
  readonly program: string;
  readonly step: string;
  readonly enrollmentId: string;
  readonly contactId: string;
  readonly email: string;
  /** Its text among the emails of the plan: the email's own name, unless the person finishes an earlier version. */
  readonly textName: string;
  /** null: the email as it is. */
  readonly variant: string | null;
  readonly address: string;
  /** Handing over is tried for the nth time, from 1. */
  readonly attempt: number;
  readonly plannedAt: Instant;
  /** What placeholders show, by the names that they use: `first_name`, `company.plan`, `event.plan`. */
  readonly values: Row;
}

export type SettledState = "pending" | "sent" | "failed" | "unknown";

export interface Settled {
  readonly sendId: string;
  readonly state: SettledState;
  /** When it was handed over, or found out about. */
  readonly at: Instant;
  readonly reason: string | null;
  readonly providerId: string | null;
  /** For `pending`: not to be tried before. */
  readonly notBefore: Instant | null;
  /** True where the attempt never reached the mailer, so that it does not count. */
  readonly isUntried: boolean;
}

/** How mails are claimed. */
export interface Claiming {
  /** Most mails at a time. */
  readonly limit: number;
  /** How many mails are due, where the same transaction has planned and checked all of them at this very instant; else null. */
  readonly fresh: number | null;
  /** Names of the emails that may go out now, the others wait; absent or null: all. */
  readonly emails?: readonly string[] | null;
  /** Rates that leave room for so many mails now. */
  readonly gates?: readonly Gate[];
  /** What the same delivery has picked; absent: it claims only once. */
  readonly picks?: Picks;
}

/**
 * Takes up to `limit` mails that are due, earliest planned first. The last look at suppression, consent and the enrollment
 * happens here, in the same transaction: what may no longer go out is skipped, and written down with the reason.
 * @returns null where nothing is due
 */
export async function claim(turn: Turn, claiming: Claiming): Promise<Claimed | null> {
  const { limit, fresh, emails = null, gates = [], picks = newPicks(limit) } = claiming;
  if (fresh === 0) return null;
  if (fresh !== null && fresh <= limit) return claimFresh(turn);
  const looked = await lookAgain(turn, { picks, limit, emails, gates });
  if (looked === null) return null;
  const mails = "(SELECT * REPLACE (attempt + 1 AS attempt) FROM claiming WHERE refusal IS NULL) AS o";
  const { contacts } = looked.read;
  const rows = await run(turn, (builder) => printClaimed(turn.engine.inside, { mails, contacts }, builder));
  if (rows.length < looked.count) await takeSome(turn);
  else await change(turn, (builder) => `${printTaking(builder)} FROM claiming AS c WHERE outbox.rowid = c.outbox_row`);
  return { rows: rows.map(outboxRow), hasMore: holdsMore(picks) };
}

/** Takes what the last look let pass and skips what it refused: in one statement, since to find the rows is most of the work. */
async function takeSome(turn: Turn): Promise<void> {
  await change(turn, (builder) => {
    const either = (column: string, taken: string, skipped = `outbox.${column}`) =>
      `${column} = CASE WHEN c.refusal IS NULL THEN ${taken} ELSE ${skipped} END`;
    return `UPDATE outbox SET ${either("state", "'claimed'", "'skipped'")}, ${either("attempt", "outbox.attempt + 1")},
        ${either("claimed_at", builder.now())}, ${either("claim_epoch", epoch)},
        ${either("reason", "outbox.reason", "c.refusal")}, ${either("settled_at", "outbox.settled_at", builder.now())}
      FROM claiming AS c WHERE outbox.rowid = c.outbox_row`;
  });
  await noteRefused(turn);
}

/** Takes all that is due, which needs no second look. */
async function claimFresh(turn: Turn): Promise<Claimed> {
  await change(turn, (builder) => `${printTaking(builder)} WHERE state = 'pending' AND not_before <= ${builder.now()}`);
  const rows = await run(turn, (builder) => {
    const mails = `(SELECT * FROM outbox WHERE state = 'claimed' AND claimed_at = ${builder.now()}) AS o`;
    return printClaimed(turn.engine.inside, { mails, contacts: allContacts }, builder);
  });
  return { rows: rows.map(outboxRow), hasMore: false };
}

const printTaking = (builder: Builder): string =>
  `UPDATE outbox SET state = 'claimed', attempt = outbox.attempt + 1, claimed_at = ${builder.now()},
    claim_epoch = ${epoch}`;

const epoch = "(SELECT epoch FROM engine_state)";

export interface Claimed {
  readonly rows: readonly OutboxRow[];
  /** False where all that was due has been looked at. */
  readonly hasMore: boolean;
}

const fieldPrefix = "field ";

/** The events that may have started somebody, and so may be shown as `event.…`. */
function startEvents(plan: Plan): readonly string[] {
  const kinds = plan.programs.flatMap(({ triggers }) =>
    triggers.flatMap((trigger) => (trigger.kind === "event" ? [trigger.event] : [])),
  );
  return [...new Set(kinds)];
}

type IsShown = (field: { readonly name: string }) => boolean;

/** Whether some placeholder of an email names a field, behind `of` where it is not the contact's own. */
function shownIn(emails: readonly Email[]): (of?: "company" | "event") => IsShown {
  const placeholders = emails.flatMap(templatesOf).flatMap((source) => source.match(/\{[{%][\s\S]*?[%}]\}/g) ?? []);
  const tags = [...placeholders, ...emails.flatMap(({ wordsFrom }) => wordsFrom ?? [])].join(" ");
  return (of) => (of === undefined || tags.includes(of) ? ({ name }) => tags.includes(name) : () => false);
}

/** Columns of the outbox that a claimed mail has. */
const own = [
  "send_id",
  "program",
  "step",
  "enrollment_id",
  "contact_id",
  "email",
  "variant",
  "address",
  "attempt",
  "planned_at",
];

interface Showing {
  /** A FROM item of claimed rows `o`. */
  readonly mails: string;
  /** `allContacts`, or one that holds all of these people as they are there. */
  readonly contacts: string;
}

/** SELECT of mails with the fields of the contact, the company and the starting event. */
export function printClaimed(plan: Plan, { mails, contacts }: Showing, builder: Builder): string {
  const { contact, company, events } = plan.catalog;
  const columns: string[] = [];
  const joins: string[] = [`LEFT JOIN ${contacts} AS c ON c.contact_id = o.contact_id`];
  const isShown = shownIn(plan.emails);
  const add = (name: string, sql: string) => columns.push(`${sql} AS ${quote(fieldPrefix + name)}`);
  for (const field of contact.fields.filter(isShown())) add(field.name, `c.${quote(columnOf(field, "contact"))}`);
  const derived = plan.derived.filter(isShown());
  if (derived.length > 0)
    joins.push(
      `LEFT JOIN (${printDerived(plan, { mails, contacts, derived }, builder)}) AS d ON d.contact_id = o.contact_id`,
    );
  for (const [index, { name, type }] of derived.entries()) {
    add(name, `CAST(d."derived ${index}" AS ${columnType(type)})`);
  }
  const holder = contact.fields.find(({ name }) => name === "company");
  const companyFields = (company?.fields ?? []).filter(isShown("company"));
  if (holder && companyFields.length > 0) {
    joins.push(`LEFT JOIN company AS b ON b.company_id = c.${quote(columnOf(holder, "contact"))}`);
    for (const field of companyFields) add(`company.${field.name}`, `b.${quote(columnOf(field, "company"))}`);
  }
  const starting = startEvents(plan).flatMap((kind) => {
    const fields = events.find(({ name }) => name === kind)?.fields.filter(isShown("event")) ?? [];
    return fields.length > 0 ? [{ kind, fields }] : [];
  });
  if (starting.length > 0) joins.push("LEFT JOIN enrollment AS n ON n.enrollment_id = o.enrollment_id");
  const shown = new Map<string, string[]>();
  starting.forEach(({ kind, fields }, index) => {
    // The kind is part of what is compared: a condition of its own would have all mails compared with all events.
    const id = `CASE WHEN n.start_event = ${builder.param(text(kind))} THEN n.start_event_id END`;
    joins.push(
      `LEFT JOIN ${quote(eventTable(kind))} AS e${index} ON e${index}.event_id = ${id} AND e${index}.contact_id = o.contact_id`,
    );
    for (const field of fields) {
      shown.set(field.name, [...(shown.get(field.name) ?? []), `e${index}.${quote(columnOf(field, "event"))}`]);
    }
  });
  // Events that share a property's name may differ in its type; as text they stand side by side.
  for (const [name, found] of shown) {
    const [only] = found;
    add(
      `event.${name}`,
      found.length === 1 && only ? only : `coalesce(${found.map((sql) => `CAST(${sql} AS VARCHAR)`).join(", ")})`,
    );
  }
  const textName = `${printEmailKey(plan, "o", builder)} AS text_name`;
  return `SELECT ${[...own.map((name) => `o.${name}`), textName, ...columns].join(", ")}
    FROM ${mails}
    ${joins.join("\n")}
    ORDER BY o.planned_at, o.program, o.send_id`;
}

/** SELECT of the derived fields of those who get the mails, as they are now. */
function printDerived(
  plan: Plan,
  { mails, contacts, derived }: Showing & { readonly derived: readonly Derived[] },
  builder: Builder,
): string {
  const from = printed((inner) => {
    // The mails may be told by the instant at which they were claimed.
    inner.now();
    return `(SELECT DISTINCT o.contact_id FROM ${mails})`;
  });
  const terms = derived.map(({ term }, index) => ({ name: `derived ${index}`, term }));
  return builder.include(printTerms(plan, { kind: "contact", from, contacts }, terms));
}

export function outboxRow(row: Row): OutboxRow {
  const fields = Object.entries(row).filter(([name]) => name.startsWith(fieldPrefix));
  return {
    sendId: String(row.send_id),
    program: String(row.program),
    step: String(row.step),
    enrollmentId: String(row.enrollment_id),
    contactId: String(row.contact_id),
    email: String(row.email),
    textName: String(row.text_name),
    variant: row.variant === null ? null : String(row.variant),
    address: String(row.address),
    attempt: Number(row.attempt),
    plannedAt: Number(row.planned_at),
    values: Object.fromEntries(fields.map(([name, value]) => [name.slice(fieldPrefix.length), value])),
  };
}

/** Writes what became of handed-over mails. `isDelivered`: handing over is delivery, so they count as received too. */
export async function settle(turn: Turn, settled: readonly Settled[], isDelivered: boolean): Promise<void> {
  if (settled.length === 0) return;
  await fill(turn, "settling", (builder) => {
    const list = (values: readonly string[]) => `unnest(${builder.param(texts(values))})`;
    // What all have in common is told once.
    const column = (values: readonly string[]) => {
      const [first = ""] = values;
      return values.every((value) => value === first) ? builder.param(text(first)) : list(values);
    };
    const words = (of: (one: Settled) => string | null) => `nullif(${column(settled.map((one) => of(one) ?? ""))}, '')`;
    const stamp = (of: (one: Settled) => Instant | null) =>
      `make_timestamp(TRY_CAST(${column(settled.map((one) => String(of(one) ?? "")))} AS BIGINT) * 1000)`;
    const found = `SELECT ${list(settled.map(({ sendId }) => sendId))} AS send_id, ${column(settled.map(({ state }) => state))} AS state,
        ${stamp(({ at }) => at)} AS settled_at, ${words(({ reason }) => reason)} AS reason,
        ${words(({ providerId }) => providerId)} AS provider_id, ${stamp(({ notBefore }) => notBefore)} AS not_before,
        CAST(${column(settled.map(({ isUntried }) => String(isUntried)))} AS BOOLEAN) AS is_untried`;
    const isStopped = printIsStopped(turn.engine.inside, "f", builder);
    return `SELECT f.* REPLACE (CASE WHEN ${isStopped} THEN 'pending' ELSE f.state END AS state), ${isStopped} AS is_stopped
      FROM (
        SELECT s.*, o.contact_id, o.email, o.pinned, o.variant, o.program, o.mailbox, o.planned_at
        FROM (${found}) AS s JOIN outbox AS o ON o.send_id = s.send_id
      ) AS f`;
  });
  await change(
    turn,
    () => `UPDATE outbox SET state = s.state, reason = s.reason, claim_epoch = NULL,
        provider_id = coalesce(s.provider_id, outbox.provider_id),
        settled_at = CASE WHEN s.state <> 'pending' THEN s.settled_at END,
        not_before = coalesce(s.not_before, outbox.not_before),
        attempt = CASE WHEN s.is_stopped THEN 0 WHEN s.is_untried THEN attempt - 1 ELSE attempt END
      FROM settling AS s WHERE outbox.send_id = s.send_id`,
  );
  if (settled.some(({ state }) => state === "sent")) {
    for (const event of isDelivered ? ["sent", "received"] : ["sent"]) {
      await change(turn, (builder) => printMailEvents(event, turn.engine.plan, builder));
    }
  }
  if (settled.some(({ state }) => state === "failed")) {
    await change(turn, (builder) =>
      printNote(
        "failed",
        "s.reason",
        "outbox AS o JOIN settling AS s ON s.send_id = o.send_id AND (s.state = 'failed' OR s.is_stopped)",
        builder,
      ),
    );
    await stopPrograms(turn, "settling", "a mail failed");
  }
}

/** The engine's own events come in a batch behind the newest that a tick has seen, so that the next tick meets them. */
export function printMailEvents(event: string, plan: Plan, builder: Builder): string {
  const topics = plan.emails.map(
    ({ name, topic }) => `WHEN ${builder.param(text(name))} THEN ${builder.param(text(topic))}`,
  );
  const topic = topics.length > 0 ? `CASE ${printEmailKey(plan, "s", builder)} ${topics.join(" ")} END` : "NULL";
  return `INSERT INTO ${quote(eventTable(event))}
      (contact_id, occurred_at, received_at, event_id, batch, "message", "email", "topic", "program", "variant", "machine")
    SELECT s.contact_id, s.settled_at AS occurred_at, s.settled_at AS received_at, concat('${event}:', s.send_id) AS event_id,
      (SELECT last_batch + 1 FROM engine_state) AS batch, s.send_id, s.email, ${topic} AS topic, s.program, s.variant, false AS machine
    FROM settling AS s WHERE s.state = 'sent'
    ORDER BY s.planned_at, s.program, s.send_id`;
}
