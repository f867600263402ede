// The rows of a random world, in the tables that compiled SQL reads.

import type { Field } from "../../compiler/ir/catalog.ts";
import { columnOf, columnType, eventTable, quote } from "../../compiler/sql/tables.ts";
import { type Span, spansOf } from "../../runtime/engine/schedule.ts";
import type { Duck } from "./duck.ts";
import { itemsOf } from "./text-reference.ts";
import type { Value, Values, World } from "./world.ts";

export function literal(value: Value, type: string): string {
  if (value === null) return `NULL::${type}`;
  if (type === "TIMESTAMP") return `epoch_ms(${value}::BIGINT)`;
  return `'${String(value).replaceAll("'", "''")}'::${type}`;
}

const spans = new Map<string, readonly Span[]>();

function spansIn(zone: string): readonly Span[] {
  const known = spans.get(zone) ?? spansOf(zone, Date.parse("2023-01-01"), Date.parse("2029-01-01"));
  spans.set(zone, known);
  return known;
}

/** Makes the database hold this world and nothing else. */
export async function build(database: Duck, world: World): Promise<void> {
  const { catalog } = world;
  const stamp = (at: number | null) => literal(at, "TIMESTAMP");
  const table = async (name: string, columns: readonly string[], rows: readonly (readonly string[])[]) => {
    await database.exec(`CREATE OR REPLACE TABLE ${quote(name)} (${columns.join(", ")})`);
    if (rows.length === 0) return;
    await database.exec(`INSERT INTO ${quote(name)} VALUES ${rows.map((row) => `(${row.join(", ")})`).join(", ")}`);
  };
  const columns = (fields: readonly Field[], kind: "contact" | "company" | "event") =>
    fields.map((field) => `${quote(columnOf(field, kind))} ${columnType(field.type)}`);
  const values = (fields: readonly Field[], row: Values) =>
    fields.map(({ name, type }) =>
      type.isList && row[name] != null
        ? `[${itemsOf(row[name], type.scalar).map((item) => literal(item, columnType({ ...type, isList: false })))}]`
        : literal(row[name] ?? null, columnType(type)),
    );
  const { contact, company } = catalog;
  await table(
    "contact",
    columns(contact.fields, "contact"),
    world.contacts.map((row) => values(contact.fields, row)),
  );
  if (company) {
    await table(
      "company",
      columns(company.fields, "company"),
      world.companies.map((row) => values(company.fields, row)),
    );
  }
  for (const event of catalog.events) {
    await table(
      eventTable(event.name),
      [
        "contact_id VARCHAR",
        "occurred_at TIMESTAMP",
        "received_at TIMESTAMP",
        "event_id VARCHAR",
        "batch BIGINT",
        ...columns(event.fields, "event"),
      ],
      (world.events.get(event.name) ?? []).map((row) => [
        `'${row.contactId}'`,
        stamp(row.at),
        stamp(row.at),
        `'${row.eventId}'`,
        "1",
        ...values(event.fields, row.values),
      ]),
    );
  }
  await table(
    "list_member",
    ["list VARCHAR", "contact_id VARCHAR", "added_at TIMESTAMP", "source VARCHAR"],
    world.members.map((row) => [`'${row.list}'`, `'${row.contactId}'`, stamp(row.at), "'load'"]),
  );
  await table(
    "suppression",
    ["address VARCHAR", "reason VARCHAR", '"at" TIMESTAMP', "source VARCHAR"],
    world.suppressed.map((row) => [`'${row.address}'`, "'complained'", stamp(row.at), "'load'"]),
  );
  await table(
    "consent",
    ["address VARCHAR", "topic VARCHAR", "state BOOLEAN", '"at" TIMESTAMP', "source VARCHAR"],
    world.consents.map((row) => [`'${row.address}'`, `'${row.topic}'`, String(row.isYes), stamp(row.at), "'load'"]),
  );
  await table(
    "stage_history",
    [
      ...["funnel VARCHAR", "contact_id VARCHAR", "stage VARCHAR", '"at" TIMESTAMP'],
      ...["batch BIGINT", "old VARCHAR", "is_first BOOLEAN"],
    ],
    world.stages.map((row, index) => {
      const before = world.stages
        .slice(0, index)
        .findLast(({ funnel, contactId }) => funnel === row.funnel && contactId === row.contactId);
      return [
        ...[`'${row.funnel}'`, `'${row.contactId}'`, literal(row.stage, "VARCHAR"), stamp(row.at)],
        ...["1", literal(before?.stage ?? null, "VARCHAR"), String(!before)],
      ];
    }),
  );
  await table(
    "outbox",
    ["send_id VARCHAR", "enrollment_id VARCHAR", "contact_id VARCHAR", "email VARCHAR", "planned_at TIMESTAMP"],
    world.outbox.map((row) => [
      `'${row.sendId}'`,
      `'${row.enrollmentId}'`,
      `'${row.contactId}'`,
      `'${row.email}'`,
      stamp(row.plannedAt),
    ]),
  );
  const typeOf = (name: string) => {
    const field = contact.fields.find((candidate) => candidate.name === name);
    return field ? columnType(field.type) : "VARCHAR";
  };
  const asText = (value: Value, field: string) => {
    const type = typeOf(field);
    return value !== null && type.endsWith("[]")
      ? `CAST([${literal(value, "VARCHAR")}] AS VARCHAR)`
      : `CAST(${literal(value, type)} AS VARCHAR)`;
  };
  await table(
    "contact_change",
    ["contact_id VARCHAR", "field VARCHAR", '"at" TIMESTAMP', "batch BIGINT", "old VARCHAR", "new VARCHAR"],
    [
      ...world.records.map((row) => [`'${row.contactId}'`, "''", stamp(row.at), "1", "NULL", "NULL"]),
      ...world.changes.map((row) => [
        `'${row.contactId}'`,
        `'${row.field}'`,
        stamp(row.at),
        "1",
        asText(row.old, row.field),
        asText(row.new, row.field),
      ]),
    ],
  );
  await table(
    "tz_spans",
    ["zone VARCHAR", "from_utc TIMESTAMP", "until_utc TIMESTAMP", "offset_s INTEGER", "until_local TIMESTAMP"],
    spansIn(world.calendar.zone).map((span) => [
      `'${span.zone}'`,
      ...[span.from, span.until].map(stamp),
      String(span.offsetS),
      stamp(span.untilLocal),
    ]),
  );
  await table(
    "enrollment",
    ["program VARCHAR", "contact_id VARCHAR", "started_at TIMESTAMP", "left_at TIMESTAMP"],
    world.stays.map((row) => [`'${row.program}'`, `'${row.contactId}'`, stamp(row.at), stamp(row.leftAt)]),
  );
  await table(
    "enrolled",
    [
      "contact_id VARCHAR",
      "enrollment_id VARCHAR",
      "program VARCHAR",
      "started_at TIMESTAMP",
      "start_event VARCHAR",
      "start_event_id VARCHAR",
      "wait_from TIMESTAMP",
      "wait_until TIMESTAMP",
    ],
    world.enrollments.map((row) => [
      `'${row.contactId}'`,
      `'${row.enrollmentId}'`,
      "'p'",
      stamp(row.startedAt),
      literal(row.startEvent, "VARCHAR"),
      literal(row.startEventId, "VARCHAR"),
      stamp(row.waitFrom),
      stamp(row.waitUntil),
    ]),
  );
}
