// Facts of a test as rows: people and companies, what they do, and what their addresses have agreed to.

import type { TestClause, TestColumn, TestPerson } from "../../compiler/ir/test.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { printChanges, printRecords } from "../../compiler/sql/history.ts";
import { columnOf, columnType, eventTable, quote } from "../../compiler/sql/tables.ts";
import { instant, integer, text, texts } from "../engine/engine.ts";
import type { Instant, Row } from "../ports.ts";
import { ask, settle, type TestWorld, write } from "./test-world.ts";

export type ClauseOf<K extends TestClause["kind"]> = Extract<TestClause, { readonly kind: K }>;

/** SQL of a column's value; `name` and `occurrence` are SQL of what stands in for what the test does not say. */
function valueSql({ field, value }: TestColumn, name: string, occurrence: string, builder: Builder): string {
  const type = columnType(field.type);
  switch (value.kind) {
    case "name":
      return name;
    case "address":
      return `concat(${name}, '@test.example')`;
    case "occurrence":
      return occurrence;
    default: {
      if (value.value === null) return `CAST(NULL AS ${type})`;
      const isList = typeof value.value !== "string";
      return `CAST(${builder.param(isList ? texts(value.value) : text(value.value))} AS ${type})`;
    }
  }
}

export async function addPeople(world: TestWorld, { people, row, at }: ClauseOf<"people">): Promise<void> {
  const columns = row.filter(({ field }) => !field.isKey);
  await write(world, "contact", (builder) => {
    const names = columns.map(({ field }) => quote(columnOf(field, "contact")));
    const values = columns.map((column) => valueSql(column, "p.name", "p.name", builder));
    const ids = builder.param(texts(people.map(({ id }) => id)));
    const called = builder.param(texts(people.map(({ name }) => name)));
    return `INSERT INTO contact (${["contact_id", ...names].join(", ")})
      SELECT ${["p.id", ...values].join(", ")} FROM (SELECT unnest(${ids}) AS id, unnest(${called}) AS name) AS p`;
  });
  await write(world, "contact_change", (builder) => {
    const ids = `(SELECT unnest(${builder.param(texts(people.map(({ id }) => id)))}) AS contact_id)`;
    return printRecords(ids, builder.param(instant(at)), builder.param(integer(0)));
  });
}

export async function addCompany(world: TestWorld, { name, row }: ClauseOf<"company">): Promise<void> {
  const columns = row.filter(({ field }) => !field.isKey);
  await write(world, "company", (builder) => {
    const names = columns.map(({ field }) => quote(columnOf(field, "company")));
    const called = builder.param(text(name));
    const values = columns.map((column) => valueSql(column, called, called, builder));
    return `INSERT INTO company (${["company_id", ...names].join(", ")}) SELECT ${[called, ...values].join(", ")}`;
  });
}

export async function changeContact(world: TestWorld, { person, row, at }: ClauseOf<"written">): Promise<void> {
  if (row.length === 0) return;
  await write(world, "contact", (builder) => {
    const name = builder.param(text(person.name));
    const values = row.flatMap((column, index) => [
      `c.${quote(columnOf(column.field, "contact"))} AS old_${index}`,
      `${valueSql(column, name, name, builder)} AS new_${index}`,
    ]);
    const rows = `(SELECT c.contact_id, ${values.join(", ")} FROM contact AS c WHERE c.contact_id = ${builder.param(text(person.id))})`;
    const differences = row.map(({ field }, index) => ({
      field: builder.param(text(field.name)),
      old: `old_${index}`,
      new: `new_${index}`,
    }));
    return printChanges(rows, differences, builder.param(instant(at)), "(SELECT last_batch + 1 FROM engine_state)");
  });
  await write(world, "contact_change", (builder) => {
    const name = builder.param(text(person.name));
    const sets = row.map(
      (column) => `${quote(columnOf(column.field, "contact"))} = ${valueSql(column, name, name, builder)}`,
    );
    return `UPDATE contact SET ${sets.join(", ")} WHERE contact_id = ${builder.param(text(person.id))}`;
  });
}

export async function addToList(world: TestWorld, { person, list }: ClauseOf<"in list">, at: Instant): Promise<void> {
  await write(
    world,
    "list_member",
    (builder) => `INSERT INTO list_member (list, contact_id, added_at, source)
      VALUES (${builder.param(text(list))}, ${builder.param(text(person.id))}, ${builder.param(instant(at))}, 'test')
      ON CONFLICT DO NOTHING`,
  );
}

/** Consent belongs to the address: who has none agrees to nothing. `topic` `*`: all mail. */
export async function say(
  world: TestWorld,
  person: TestPerson,
  topic: string,
  isAgreed: boolean,
  at: Instant,
): Promise<void> {
  await write(
    world,
    "consent",
    (builder) => `INSERT INTO consent (address, topic, state, "at", source)
      SELECT a.address, ${builder.param(text(topic))}, ${isAgreed}, ${builder.param(instant(at))}, 'test'
      FROM (${addressOf(world, person, builder)}) AS a WHERE a.address IS NOT NULL`,
  );
}

function addressOf({ bench }: TestWorld, { id }: TestPerson, builder: Builder): string {
  const { contact } = bench.plan.catalog;
  const column = columnOf({ name: contact.address, isKey: contact.address === contact.key }, "contact");
  return `SELECT lower(trim(${quote(column)})) AS address FROM contact WHERE contact_id = ${builder.param(text(id))}`;
}

/** How often each kind of event has been said of each person, so that no two of them are one. */
export type Counts = Map<string, number>;

function nextOf(counts: Counts, key: string): number {
  const next = (counts.get(key) ?? 0) + 1;
  counts.set(key, next);
  return next;
}

/** Writes events; the reason where they cannot have happened, else null. */
export async function addEvents(
  world: TestWorld,
  clause: ClauseOf<"happened">,
  counts: Counts,
): Promise<string | null> {
  const { person, event, email, times, occurredAt, isHistory, row } = clause;
  const table = world.bench.plan.catalog.events.find(({ name }) => name === event);
  const mail = table?.isMail && !isHistory ? await mailMeant(world, clause) : null;
  if (typeof mail === "string") return mail;
  const occurrences = Array.from({ length: times }, () => nextOf(counts, `${event} ${person.id}`));
  // History has no mails of the engine: the first opening is one of the first mail received, and so on.
  const messages = occurrences.map(
    () => mail?.message ?? `test/${person.id}/${email ?? ""}/${nextOf(counts, `${event} ${email} ${person.id}`)}`,
  );
  await write(world, eventTable(event), (builder) => {
    const known: Readonly<Record<string, string>> = table?.isMail
      ? {
          message: "h.message",
          email: builder.param(text(mail?.email ?? email)),
          topic: builder.param(text(clause.topic ?? mail?.topic ?? null)),
          program: builder.param(text(mail?.program ?? null)),
        }
      : {};
    const name = builder.param(text(person.name));
    const values = row.map((column) => {
      const isUnsaid = column.value.kind === "fixed" && column.value.value === null;
      const own = isUnsaid ? known[column.field.name] : undefined;
      return own ?? valueSql(column, name, "h.occurrence", builder);
    });
    const columns = row.map(({ field }) => quote(columnOf(field, "event")));
    const numbered = (count: number) => (count === 1 ? person.name : `${person.name}_${count}`);
    const list = (all: readonly string[]) => `unnest(${builder.param(texts(all))})`;
    const ids = occurrences.map((count) => `${event}:${person.id}:${String(count).padStart(6, "0")}`);
    return `INSERT INTO ${quote(eventTable(event))}
        (${["contact_id", "occurred_at", "received_at", "event_id", "batch", ...columns].join(", ")})
      SELECT ${builder.param(text(person.id))}, ${builder.param(instant(occurredAt))}, ${builder.param(instant(clause.at))}, h.id,
        ${isHistory ? builder.param(integer(1)) : "(SELECT last_batch + 1 FROM engine_state)"}${values.map((value) => `, ${value}`).join("")}
      FROM (SELECT ${list(ids)} AS id, ${list(occurrences.map(numbered))} AS occurrence, ${list(messages)} AS message) AS h`;
  });
  await mindMailing(world, clause, mail?.topic ?? null);
  return null;
}

interface MeantMail {
  readonly message: string;
  readonly email: string;
  readonly topic: string | null;
  readonly program: string | null;
}

/** What people do with no mail at all: they write, or ask to be left alone. */
const needsNoMail: ReadonlySet<string> = new Set(["unsubscribed", "replied", "sent", "received"]);

/** The latest mail sent to the person, which an event like `opened welcome` is about; a text says why there is none. */
async function mailMeant(world: TestWorld, clause: ClauseOf<"happened">): Promise<MeantMail | string | null> {
  const { event, email, person } = clause;
  if (email === null && needsNoMail.has(event)) return null;
  const found = await latestMail(world, clause);
  if (found) return found;
  if (world.hasNews) {
    await settle(world);
    const then = await latestMail(world, clause);
    if (then) return then;
  }
  return email === null
    ? `no mail was sent to ${person.name} before`
    : `\`${email}\` was not sent to ${person.name} before`;
}

async function latestMail(
  world: TestWorld,
  { person, email, occurredAt }: ClauseOf<"happened">,
): Promise<MeantMail | null> {
  const [row] = await ask(world, (builder) => {
    const of = (event: string) => `SELECT message, email, topic, program, occurred_at, batch FROM event_${event}
      WHERE contact_id = ${builder.param(text(person.id))} AND occurred_at <= ${builder.param(instant(occurredAt))}
        ${email === null ? "" : `AND email = ${builder.param(text(email))}`}`;
    return `SELECT * FROM (${of("sent")} UNION ALL ${of("received")}) AS m ORDER BY occurred_at DESC, batch DESC, message LIMIT 1`;
  });
  return row ? meant(row) : null;
}

const meant = ({ message, email, topic, program }: Row): MeantMail => ({
  message: String(message),
  email: String(email),
  topic: typeof topic === "string" ? topic : null,
  program: typeof program === "string" ? program : null,
});

/** A refusal, a bounce and a complaint belong to the address, as where they are loaded. */
async function mindMailing(world: TestWorld, clause: ClauseOf<"happened">, mailed: string | null): Promise<void> {
  const { event, person, occurredAt, row } = clause;
  if (event === "unsubscribed") {
    const said = row.find(({ field }) => field.name === "topic")?.value;
    const topic = said?.kind === "fixed" && typeof said.value === "string" ? said.value : null;
    await say(world, person, topic ?? clause.topic ?? mailed ?? "*", false, occurredAt);
  } else if (event === "bounced" || event === "complained") {
    await write(
      world,
      "suppression",
      (builder) => `INSERT INTO suppression (address, reason, "at", source)
        SELECT a.address, '${event}', ${builder.param(instant(occurredAt))}, 'test'
        FROM (${addressOf(world, person, builder)}) AS a WHERE a.address IS NOT NULL ON CONFLICT DO NOTHING`,
    );
  }
}
