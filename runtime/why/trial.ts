// Changes tried out on a person's copied rows, and taken back.

import { duckdb } from "../../compiler/sql/dialect.ts";
import type { Param } from "../../compiler/sql/sql.ts";
import type { Field } from "../../compiler/ir/catalog.ts";
import { columnOf, columnType, eventTable, quote } from "../../compiler/sql/tables.ts";
import { findEvent } from "../../compiler/sql/terms.ts";
import { isFolded } from "../../compiler/types.ts";
import type { Cell } from "../ports.ts";
import type { WhyChange } from "./answer.ts";
import type { Asking } from "./facts.ts";

/** Runs `work` with the changes made, then restores every row. */
export async function tried<T>(asking: Asking, changes: readonly WhyChange[], work: () => Promise<T>): Promise<T> {
  const tables = [...new Set(changes.map(tableOf))];
  const change = (text: string) => asking.session.change({ text, params: {} });
  for (const table of tables) await change(`CREATE TEMP TABLE ${kept(table)} AS SELECT * FROM ${quote(table)}`);
  for (const [index, one] of changes.entries()) await make(asking, one, index);
  const value = await work();
  for (const table of tables) {
    await change(`DELETE FROM ${quote(table)}`);
    await change(`INSERT INTO ${quote(table)} SELECT * FROM ${kept(table)}`);
    await change(`DROP TABLE temp.${kept(table)}`);
  }
  return value;
}

const kept = (table: string): string => quote(`kept ${table}`);

function tableOf(change: WhyChange): string {
  switch (change.kind) {
    case "set":
    case "item":
      return "contact";
    case "more":
    case "fewer":
      return eventTable(change.event);
    case "list":
      return "list_member";
    default:
      return change.kind;
  }
}

async function make(asking: Asking, change: WhyChange, index: number): Promise<void> {
  const { session, plan, key, at } = asking;
  const { contact } = plan.catalog;
  const now: Param = { kind: "instant", value: at };
  const text = (value: string): Param => ({ kind: "text", value });
  const run = (sql: string, params: Readonly<Record<string, Param>> = {}) => session.change({ text: sql, params });
  const addressField = contact.fields.find(({ name }) => name === contact.address);
  const address = duckdb.fold(quote(addressField ? columnOf(addressField, "contact") : ""));
  switch (change.kind) {
    case "set":
    case "item":
    case "company":
      return write(asking, change);
    case "more":
      for (let time = 0; time < change.times; time++) await addEvent(asking, change, `why ${index} ${time}`);
      return;
    case "fewer":
      await run(`DELETE FROM ${quote(eventTable(change.event))} WHERE list_contains($ids, event_id)`, {
        ids: { kind: "texts", value: change.events.map(({ id }) => id) },
      });
      return;
    case "list":
      await run('DELETE FROM "list_member" WHERE list = $list', { list: text(change.list) });
      if (!change.isOn) return;
      await run("INSERT INTO \"list_member\" (list, contact_id, added_at, source) VALUES ($list, $key, $now, 'why')", {
        list: text(change.list),
        key: text(key),
        now,
      });
      return;
    case "suppression":
      await run('DELETE FROM "suppression"');
      if (!change.isSuppressed) return;
      await run(
        `INSERT INTO "suppression" (address, reason, "at", source) SELECT ${address}, 'why', $now, 'why' FROM "contact"`,
        { now },
      );
      return;
    default:
      await run(
        `INSERT INTO "consent" (address, topic, state, "at", source) SELECT ${address}, $topic, $state, $now, 'why' FROM "contact"`,
        { topic: text(change.topic), state: { kind: "boolean", value: change.isYes }, now },
      );
  }
}

/** Writes a field of the contact or of its company. */
async function write(
  { session, plan }: Asking,
  change: Extract<WhyChange, { readonly kind: "set" | "item" | "company" }>,
): Promise<void> {
  const { contact } = plan.catalog;
  const run = (sql: string, params: Readonly<Record<string, Param>>) => session.change({ text: sql, params });
  switch (change.kind) {
    case "set": {
      const field = contact.fields.find(({ name }) => name === change.field);
      if (!field) return;
      const { sql, params } = valueSql("v", field, change.value);
      await run(`UPDATE "contact" SET ${quote(columnOf(field, "contact"))} = ${sql}`, params);
      return;
    }
    case "item": {
      const field = contact.fields.find(({ name }) => name === change.field);
      if (!field) return;
      const { sql, params } = valueSql("v", { ...field, type: { ...field.type, isList: false } }, change.value);
      await run(`UPDATE "contact" SET ${itemSql(quote(columnOf(field, "contact")), sql, field, change.isIn)}`, params);
      return;
    }
    case "company": {
      const field = plan.catalog.company?.fields.find(({ name }) => name === change.field);
      if (!field) return;
      const { sql, params } = valueSql("v", field, change.value);
      const only = { ...params, company: { kind: "text", value: change.company } as const };
      await run(`UPDATE "company" SET ${quote(columnOf(field, "company"))} = ${sql} WHERE company_id = $company`, only);
      return;
    }
  }
}

/** A list without items is unknown. Texts are taken out in whatever letters they are written. */
function itemSql(column: string, item: string, { type }: Field, isIn: boolean): string {
  if (isIn) return `${column} = list_append(coalesce(${column}, []), ${item})`;
  const form = (sql: string) => (isFolded({ ...type, isList: false }) ? duckdb.fold(sql) : sql);
  const others = `list_filter(${column}, lambda other: ${form("other")} <> ${form(item)})`;
  return `${column} = CASE WHEN len(${others}) > 0 THEN ${others} END`;
}

/** A property that tells occurrences apart is new for each. */
async function addEvent(
  { session, plan, key }: Asking,
  change: WhyChange & { kind: "more" },
  id: string,
): Promise<void> {
  const event = findEvent(plan.catalog, change.event);
  const apart = event.isMail ? "message" : event.key;
  const columns = ["contact_id", "occurred_at", "received_at", "event_id", "batch"].map(quote);
  const values = ["$key", "$at", "$at", "$id", "0"];
  const params: Record<string, Param> = {
    key: { kind: "text", value: key },
    at: { kind: "instant", value: change.at },
    id: { kind: "text", value: id },
  };
  for (const [index, field] of event.fields.entries()) {
    const isText = field.type.scalar.kind === "text";
    const value = change.values[field.name] ?? (field.name === apart && isText ? id : null);
    if (value === null) continue;
    const written = valueSql(`v${index}`, field, value);
    columns.push(quote(columnOf(field, "event")));
    values.push(written.sql);
    Object.assign(params, written.params);
  }
  const text = `INSERT INTO ${quote(eventTable(event.name))} (${columns.join(", ")}) VALUES (${values.join(", ")})`;
  await session.change({ text, params });
}

function valueSql(name: string, { type }: Field, value: Cell): { sql: string; params: Record<string, Param> } {
  if (value === null) return { sql: "NULL", params: {} };
  return { sql: `CAST($${name} AS ${columnType(type)})`, params: { [name]: paramOf(type.scalar.kind, value) } };
}

function paramOf(kind: string, value: Cell): Param {
  if (typeof value === "boolean") return { kind: "boolean", value };
  if (kind === "datetime") return { kind: "instant", value: Date.parse(String(value)) };
  return typeof value === "number" ? { kind: "number", value } : { kind: "text", value: String(value) };
}
