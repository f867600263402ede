// All that is known of one person, as facts in the order in which they came: what a test must say so that the same happens again.

import type { Field } from "../../compiler/ir/catalog.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { duckdb } from "../../compiler/sql/dialect.ts";
import { columnOf, eventTable, quote } from "../../compiler/sql/tables.ts";
import type { Cell, Instant, Row, Session } from "../ports.ts";

/** Something about the person. `at`: when the world knew of it. */
export type Fact =
  /** Value of a field when the programs were applied; null: unknown. */
  | { readonly kind: "field"; readonly field: Field; readonly value: Cell }
  | { readonly kind: "company"; readonly name: string; readonly fields: readonly (readonly [Field, Cell])[] }
  | { readonly kind: "written"; readonly at: Instant; readonly field: Field; readonly value: Cell }
  | {
      readonly kind: "event";
      readonly at: Instant;
      readonly occurredAt: Instant;
      readonly event: string;
      readonly email: string | null;
      readonly values: readonly (readonly [Field, Cell])[];
    }
  | { readonly kind: "list"; readonly list: string }
  | { readonly kind: "consent"; readonly topic: string; readonly isAgreed: boolean }
  | { readonly kind: "refusal"; readonly at: Instant; readonly topic: string | null }
  | { readonly kind: "suppressed"; readonly at: Instant }
  | { readonly kind: "arm"; readonly arm: string; readonly experiment: string }
  | { readonly kind: "held out" }
  | { readonly kind: "mail refused" }
  | {
      readonly kind: "by hand";
      readonly at: Instant;
      readonly does: "enters" | "is ejected from";
      readonly program: string;
    };

/** What became of the person: a line of the journal without its time. */
export interface Told {
  readonly program: string;
  readonly outcome: string;
  readonly step: string | null;
  readonly reason: string | null;
}

export interface History {
  readonly key: string;
  /** When the programs were applied first. */
  readonly start: Instant;
  /** The last tick. */
  readonly end: Instant;
  readonly facts: readonly Fact[];
}

const keyed = (key: string) => ({ key: { kind: "text", value: key } }) as const;

/** Lines of the journal of some programs. What time decides to the second is left out. */
export async function storyOf(session: Session, key: string, programs: readonly string[]): Promise<readonly Told[]> {
  const rows = await session.run({
    text: `SELECT program, outcome, step, reason FROM journal WHERE contact_id = $key AND list_contains($programs, program)
      ORDER BY tick, CASE WHEN seq = 0 THEN 1 ELSE 0 END, round, program, enrollment_id, seq`,
    params: { ...keyed(key), programs: { kind: "texts", value: programs } },
  });
  return rows.map((row) => ({
    program: String(row.program),
    outcome: String(row.outcome),
    step: typeof row.step === "string" ? row.step : null,
    reason: typeof row.reason === "string" ? row.reason : null,
  }));
}

/** null where there is no such contact, or nothing was applied. */
export async function historyOf(session: Session, plan: Plan, key: string): Promise<History | null> {
  const [contact] = await session.run({ text: 'SELECT * FROM "contact" WHERE contact_id = $key', params: keyed(key) });
  const [times] = await session.run({
    text: `SELECT (SELECT min(first_applied_at) FROM trigger_state) AS first,
      (SELECT min("at") FROM applied) AS applied, (SELECT max(last_tick) FROM engine_state) AS last`,
    params: {},
  });
  if (!contact || times?.applied == null) return null;
  const start = Math.floor(Number(times.first ?? times.applied) / 1000) * 1000;
  const end = times.last == null ? start : Number(times.last);
  const reading: Reading = { session, plan, key, start, contact };
  const facts = [
    ...(await fieldFacts(reading)),
    ...(await companyFacts(reading)),
    ...(await addressFacts(reading)),
    ...(await keptFacts(reading)),
    ...(await courseFacts(reading)),
    ...(await eventFacts(reading)),
  ];
  return { key, start, end, facts };
}

interface Reading {
  readonly session: Session;
  readonly plan: Plan;
  readonly key: string;
  readonly start: Instant;
  readonly contact: Row;
}

/** Each field as it was at the start, and its changes since then; what steps set is not told. */
async function fieldFacts({ session, plan, key, start, contact }: Reading): Promise<readonly Fact[]> {
  const changes = await session.run({
    text: `SELECT field, "at", batch, old, new FROM contact_change WHERE contact_id = $key AND field <> '' AND "at" > $start
      ORDER BY "at", batch, field`,
    params: { ...keyed(key), start: { kind: "instant", value: start } },
  });
  const fields = plan.catalog.contact.fields.filter(({ isKey }) => !isKey);
  return fields.flatMap((field): readonly Fact[] => {
    const own = changes.filter((row) => row.field === field.name && !field.type.isList);
    const [first] = own;
    const current = contact[columnOf(field, "contact")] ?? null;
    const value = first ? cellOf(field, first.old) : current;
    const written = own
      .filter((row) => Number(row.batch) >= 0)
      .map((row): Fact => ({ kind: "written", at: Number(row.at), field, value: cellOf(field, row.new) }));
    return [{ kind: "field", field, value }, ...written];
  });
}

/** A value as the history keeps it: the text by which the database writes it. */
function cellOf({ type }: Field, kept: Cell | undefined): Cell {
  if (typeof kept !== "string") return null;
  switch (type.scalar.kind) {
    case "number":
    case "percent":
    case "duration":
      return Number(kept);
    case "boolean":
      return kept === "true";
    case "datetime":
      return Date.parse(`${kept.replace(" ", "T")}Z`);
    default:
      return kept;
  }
}

async function companyFacts({ session, plan, contact }: Reading): Promise<readonly Fact[]> {
  const { company, contact: people } = plan.catalog;
  const holder = people.fields.find(({ name }) => name === "company");
  const name = holder && contact[columnOf(holder, "contact")];
  if (!company || typeof name !== "string") return [];
  const [row] = await session.run({
    text: "SELECT * FROM company WHERE company_id = $name",
    params: { name: { kind: "text", value: name } },
  });
  if (!row) return [];
  const fields = company.fields.filter(({ isKey }) => !isKey);
  return [{ kind: "company", name, fields: fields.map((field) => [field, row[columnOf(field, "company")] ?? null]) }];
}

/** Words about topics, and suppressions: those before the start as they stood then. */
async function addressFacts({ session, plan, contact, start }: Reading): Promise<readonly Fact[]> {
  const field = plan.catalog.contact.fields.find(({ name }) => name === plan.catalog.contact.address);
  const given = field && contact[columnOf(field, "contact")];
  if (typeof given !== "string") return [];
  const mailbox = { mailbox: { kind: "text", value: given } } as const;
  const words = await session.run({
    text: `SELECT topic, state, "at" FROM consent WHERE address = ${duckdb.fold("$mailbox")} AND source NOT LIKE 'program %'
      ORDER BY "at", state DESC`,
    params: mailbox,
  });
  const last = new Map(words.filter((row) => row.topic !== "*").map((row) => [String(row.topic), row]));
  const standing = [...last].flatMap(([topic, row]): readonly Fact[] =>
    row.state === true || Number(row.at) <= start ? [{ kind: "consent", topic, isAgreed: row.state === true }] : [],
  );
  const refusals = words
    .filter((row) => row.state !== true && (row.topic === "*" || Number(row.at) > start))
    .map((row): Fact => ({ kind: "refusal", at: Number(row.at), topic: row.topic === "*" ? null : String(row.topic) }));
  const suppressed = await session.run({
    text: `SELECT min("at") AS "at" FROM suppression WHERE address = ${duckdb.fold("$mailbox")} AND source NOT LIKE 'program %'`,
    params: mailbox,
  });
  const facts = suppressed.flatMap((row): readonly Fact[] =>
    row.at == null ? [] : [{ kind: "suppressed", at: Number(row.at) }],
  );
  return [...standing, ...refusals, ...facts];
}

async function keptFacts({ session, key }: Reading): Promise<readonly Fact[]> {
  const lists = await session.run({
    text: "SELECT list FROM list_member WHERE contact_id = $key AND source NOT LIKE 'program %' ORDER BY list",
    params: keyed(key),
  });
  return lists.map((row) => ({ kind: "list", list: String(row.list) }));
}

/** Draws, and what was done by hand, as the journal tells of them. */
async function courseFacts({ session, plan, key }: Reading): Promise<readonly Fact[]> {
  const rows = await session.run({
    text: `SELECT j.tick AS tick, j.program AS program, j.step AS step, j.outcome AS outcome, j.reason AS reason, j."next" AS "next",
        e.start_event IS NULL AND NOT coalesce(c.is_continued, false) AS is_asked
      FROM journal AS j LEFT JOIN enrollment AS e ON e.enrollment_id = j.enrollment_id
      LEFT JOIN (SELECT tick, true AS is_continued FROM journal
        WHERE contact_id = $key AND reason LIKE 'continued in %' GROUP BY tick) AS c ON c.tick = j.tick
      WHERE j.contact_id = $key ORDER BY j.tick, j.round, j.seq`,
    params: keyed(key),
  });
  const facts = rows.flatMap((row): readonly Fact[] => {
    const program = plan.programs.find(({ name }) => name === row.program);
    const at = Number(row.tick);
    const stepOf = (id: unknown) => program?.steps.find((step) => step.id === id);
    if (!program) return [];
    if (row.outcome === "started") {
      if (stepOf(row.next)?.kind === "held out") return [{ kind: "held out" }];
      const isByHand = row.is_asked === true && program.triggers.every(({ kind }) => kind === "event");
      return isByHand ? [{ kind: "by hand", at, does: "enters", program: program.name }] : [];
    }
    if (row.outcome === "left" && row.reason === "ejected") {
      return [{ kind: "by hand", at, does: "is ejected from", program: program.name }];
    }
    if (row.outcome === "failed") return [{ kind: "mail refused" }];
    const step = stepOf(row.step);
    const arm = /^arm (.+)$/.exec(String(row.reason))?.[1];
    if (row.outcome !== "chose" || step?.kind !== "divide" || step.experiment === null || arm === undefined) return [];
    return [{ kind: "arm", arm, experiment: step.experiment }];
  });
  return [...new Map(facts.map((fact) => [JSON.stringify(fact), fact])).values()];
}

/** The engine makes what becomes of its own mails on the way; people open and click them. */
const onTheWay: ReadonlySet<string> = new Set(["sent", "received"]);
const toldByMail: ReadonlySet<string> = new Set(["message", "email", "topic", "program", "variant", "machine"]);

async function eventFacts({ session, plan, key }: Reading): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  for (const { name, fields, isMail } of plan.catalog.events) {
    const rows = await session.run({
      text: `SELECT e.*, ${isMail ? "o.send_id IS NOT NULL" : "false"} AS is_own FROM ${quote(eventTable(name))} AS e
        ${isMail ? "LEFT JOIN outbox AS o ON o.send_id = e.message AND o.contact_id = $key" : ""}
        WHERE e.contact_id = $key ORDER BY e.occurred_at, e.event_id`,
      params: keyed(key),
    });
    const told = fields.filter((field) => !isMail || !toldByMail.has(field.name));
    for (const row of rows) {
      if (row.is_own === true && onTheWay.has(name)) continue;
      const occurredAt = Number(row.occurred_at);
      const email = isMail && typeof row.email === "string" ? row.email : null;
      const values = told.map((field) => [field, row[columnOf(field, "event")] ?? null] as const);
      const machine = fields.find((field) => isMail && field.name === "machine" && row.machine === true);
      facts.push({
        kind: "event",
        at: Math.max(occurredAt, Number(row.received_at)),
        occurredAt,
        event: name,
        email,
        values: [...values, ...(machine ? [[machine, true] as const] : [])].filter(([, value]) => value !== null),
      });
    }
  }
  return facts;
}
