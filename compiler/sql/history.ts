// What contact fields and stages were before: each change is a row, and to conditions it is an event like any other.

import type { Catalog, EventTable, Field } from "../ir/catalog.ts";
import { Bug } from "../../grammar/unreachable.ts";
import type { Type } from "../types.ts";
import type { Builder } from "./builder.ts";
import { duckdb } from "./dialect.ts";
import { clauses, nested } from "./layout.ts";
import { columnType, eventTable, quote } from "./tables.ts";

// contact_change  contact_id, field, at, batch, old, new
//
// Values are text as the database writes and reads it, which is exact for each type. A row whose field is '' says since when
// a contact is known; its first values are no change. `batch` of a load is that of the load, of a step a negative number.
//
// stage_history  funnel, contact_id, stage, at, batch, old, is_first
//
// The first stage that is recorded of a contact is no change. NULL is none of the stages.

/** The changes of a field, or of the `stage Name`; as an event it has the properties `old` and `new`. */
export const changesOf = (field: string): string => `${field} changed`;
/** The instants from which on the values of a field are known. */
export const recordsOf = (field: string): string => `${field} recorded`;

/** Since when everybody has been at the last recorded `stage Name`, which is the property `new` of that event. */
export const standingOf = (stage: string): string => `${stage} standing`;

const ofField = /^(.+) (changed|recorded)$/;
const ofStage = /^stage (.+) (changed|standing)$/;

export const isHistory = (event: string): boolean => ofStage.test(event) || ofField.test(event);

/** The contact field whose changes an event tells of; null where it tells of none. */
export function changedField(event: string): string | null {
  const found = ofStage.test(event) ? null : ofField.exec(event);
  return found?.[2] === "changed" ? (found[1] ?? null) : null;
}

/** The funnel whose stages an event is about; null where it is about none. */
export function funnelAsked(event: string): string | null {
  return ofStage.exec(event)?.[1] ?? null;
}

const stageName: Type = { scalar: { kind: "text", isExact: true }, isList: false, isNullable: true };

function fieldOf(catalog: Catalog, event: string): Field | null {
  const name = ofField.exec(event)?.[1];
  return catalog.contact.fields.find((field) => field.name === name) ?? null;
}

export function historyTable(catalog: Catalog, event: string): EventTable | null {
  const type = funnelAsked(event) === null ? fieldOf(catalog, event)?.type : stageName;
  if (!type) return null;
  const value = (name: string): Field => ({ name, type, isKey: false, doc: null });
  const kind = (ofStage.exec(event) ?? ofField.exec(event))?.[2];
  const names = kind === "standing" ? ["new"] : kind === "changed" && !type.isList ? ["old", "new"] : [];
  return { name: event, fields: names.map(value), key: null, isBuiltIn: true, isMail: false };
}

/** FROM item of an event's rows. */
export function eventRelation(catalog: Catalog, event: string, builder: Builder): string {
  if (!isHistory(event)) return quote(eventTable(event));
  const funnel = funnelAsked(event);
  if (funnel !== null) return nested(printStages(event, builder.param({ kind: "text", value: funnel }), builder));
  const field = fieldOf(catalog, event);
  if (!field) throw new Bug(`no history of ${event}`);
  const name = builder.param({ kind: "text", value: field.name });
  const head = `SELECT h.contact_id, h."at" AS occurred_at, CAST(epoch_us(h."at") AS VARCHAR) AS event_id, h.batch`;
  const from = 'FROM "contact_change" AS h';
  if (changedField(event) === null) return nested(`${head}\n${from}\nWHERE h.field IN ('', ${name})`);
  const type = columnType(field.type);
  const values = field.type.isList ? "" : `, TRY_CAST(h.old AS ${type}) AS "old", TRY_CAST(h.new AS ${type}) AS "new"`;
  return nested(`${head}${values}\n${from}\nWHERE h.field = ${name}`);
}

function printStages(event: string, funnel: string, builder: Builder): string {
  const from = clauses('FROM "stage_history" AS h', `WHERE h.funnel = ${funnel}`);
  if (ofStage.exec(event)?.[2] === "changed") {
    const columns = `h.contact_id, h."at" AS occurred_at, CAST(epoch_us(h."at") AS VARCHAR) AS event_id, h.batch`;
    return `SELECT ${columns}, h.old AS "old", h.stage AS "new"\n${from} AND NOT h.is_first`;
  }
  const last = duckdb.atEnd("last", "h.stage", ['h."at"']);
  return clauses(
    `SELECT h.contact_id, max(h."at") AS occurred_at, '' AS event_id, 0 AS batch, ${last} AS "new"`,
    `${from} AND h."at" <= ${builder.now()}`,
    "GROUP BY h.contact_id",
  );
}

/** SELECT of rows of the table, as many as there are new contacts. `ids`: FROM item with contact_id. */
export function printRecords(ids: string, at: string, batch: string): string {
  return `INSERT INTO contact_change (contact_id, field, "at", batch, old, new)
    SELECT n.contact_id, '', ${at}, ${batch}, NULL, NULL FROM ${ids} AS n`;
}

export interface Difference {
  /** SQL of the field's name. */
  readonly field: string;
  /** Columns of the rows that hold the value before and behind. */
  readonly old: string;
  readonly new: string;
}

/** INSERT of what became different. `rows`: FROM item with contact_id and the columns. */
export function printChanges(rows: string, differences: readonly Difference[], at: string, batch: string): string {
  const changed = differences.map(
    (
      one,
    ) => `SELECT n.contact_id, ${one.field}, ${at}, ${batch}, CAST(n.${one.old} AS VARCHAR), CAST(n.${one.new} AS VARCHAR)
    FROM ${rows} AS n WHERE n.${one.old} IS DISTINCT FROM n.${one.new}`,
  );
  return `INSERT INTO contact_change (contact_id, field, "at", batch, old, new)\n${changed.join("\nUNION ALL\n")}`;
}
