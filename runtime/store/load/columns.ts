// What each mapping of a load becomes: SQL for its text, its value, and what to say where they do not fit.

import type { Catalog, EventTable } from "../../../compiler/ir/catalog.ts";
import type { Literal } from "../../../compiler/ir/condition.ts";
import type { Load, Mapping } from "../../../compiler/ir/load.ts";
import { columnType } from "../../../compiler/sql/tables.ts";
import type { Type } from "../../../compiler/types.ts";
import { Bug } from "../../../grammar/unreachable.ts";
import type { Binder } from "./binder.ts";
import { type Conversion, converted, elements } from "./convert.ts";

/** One mapping on its way into the stage table, where its columns carry `index` in their names. */
export interface Column {
  readonly index: number;
  readonly mapping: Mapping;
  readonly type: Type;
  /** Keys are kept as text whatever their type. */
  readonly isKeyText: boolean;
  /** A row in which it is unknown is rejected. */
  readonly isRequired: boolean;
}

/** Space of every kind that may stand round a value, the no-break space of spreadsheets included. */
export const blanks = " \t\r\n\u00a0";

const text: Type = { scalar: { kind: "text", isExact: true }, isList: false, isNullable: true };
const datetime: Type = { scalar: { kind: "datetime" }, isList: false, isNullable: false };
const boolean: Type = { scalar: { kind: "boolean" }, isList: false, isNullable: false };

export function eventOf(load: Load, catalog: Catalog): EventTable | null {
  if (load.target.kind !== "event") return null;
  const { name } = load.target;
  const found = catalog.events.find((event) => event.name === name);
  if (!found) throw new Bug(`the load names an event \`${name}\` that the catalog does not have`);
  return found;
}

function shapeOf(mapping: Mapping, load: Load, catalog: Catalog): Pick<Column, "type" | "isKeyText" | "isRequired"> {
  const { to } = mapping;
  const { kind } = load.target;
  switch (to.kind) {
    case "contact": {
      const key = catalog.contact.fields.find((field) => field.isKey);
      return { type: key?.type ?? text, isKeyText: true, isRequired: true };
    }
    case "at":
      return { type: datetime, isKeyText: false, isRequired: kind === "event" };
    case "event id":
    case "source":
      return { type: text, isKeyText: false, isRequired: false };
    case "state":
      return { type: boolean, isKeyText: false, isRequired: true };
    case "field": {
      const isKeyText = to.isKey && kind !== "event";
      // A mail event that says nothing about machines is a person's; an empty list is an unknown one.
      const isLenient = to.type.isNullable || to.type.isList || (eventOf(load, catalog)?.isMail ?? false);
      return { type: to.type, isKeyText, isRequired: isKeyText || !isLenient };
    }
  }
}

export function columnsOf(load: Load, catalog: Catalog): readonly Column[] {
  return load.mappings.map((mapping, index) => ({ index, mapping, ...shapeOf(mapping, load, catalog) }));
}

/** SQL for a cell without outer space; NULL where nothing is left. Most cells have none, so trimming is the exception. */
export function trimmed(raw: string, binder: Binder): string {
  const ends = [...blanks].map((blank) => `suffix(${raw}, ${binder.text(blank)})`);
  const dirty = [`${raw} < '!'`, `starts_with(${raw}, ${binder.text("\u00a0")})`, ...ends];
  return `CASE WHEN ${dirty.join(" OR ")} THEN nullif(trim(${raw}, ${binder.text(blanks)}), '') ELSE ${raw} END`;
}

const lower = (value: string) => value.trim().toLowerCase();

/** Texts that stand for unknown in this column: those of the load that the map does not give a meaning, and the map's. */
function unknownTexts(load: Load, mapping: Mapping): readonly string[] {
  const given = mapping.values ?? [];
  const mapped = new Set(given.map((value) => lower(value.from)));
  const own = given.filter((value) => value.to === null).map((value) => lower(value.from));
  return [...load.unknown.map(lower).filter((value) => !mapped.has(value)), ...own].filter((value) => value !== "");
}

/** SQL for the column's text: trimmed, and NULL where it says unknown. */
export function textOf(raw: string, load: Load, column: Column, binder: Binder): string {
  const bare = trimmed(raw, binder);
  const unknown = unknownTexts(load, column.mapping);
  if (unknown.length === 0) return bare;
  const listed = unknown.map((value) => binder.text(value)).join(", ");
  return `CASE WHEN lower(trim(${raw}, ${binder.text(blanks)})) IN (${listed}) THEN NULL ELSE ${bare} END`;
}

/** `with (…)` around a conversion: the texts it names, then `otherwise`, else the text as it is. */
function mapped(input: string, inner: string, column: Column, binder: Binder): string {
  const { values, otherwise } = column.mapping;
  if (!values && !otherwise) return inner;
  const to = columnType({ ...column.type, isList: false });
  const literal = (value: Literal | null) => (value === null ? "NULL" : `CAST(${binder.literal(value)} AS ${to})`);
  const empty = values?.find((value) => value.from.trim() === "")?.to ?? null;
  const branches = (values ?? [])
    .filter((value) => value.from.trim() !== "")
    .map((value) => `WHEN ${binder.text(lower(value.from))} THEN ${literal(value.to)}`);
  const rest = otherwise ? literal(otherwise.to) : inner;
  const chosen = branches.length === 0 ? rest : `CASE lower(${input}) ${branches.join(" ")} ELSE ${rest} END`;
  return `CASE WHEN ${input} IS NULL THEN ${literal(empty)} ELSE ${chosen} END`;
}

export interface ColumnSql {
  /** Computed from the text `t`; null where nothing is worth computing once. */
  readonly prepared: string | null;
  /** Computed from the text `t` and `prepared`, which stands in a column `p`. */
  readonly value: string;
  /** True for a text in `t` that did not become a value in `v`; null where that cannot be. */
  readonly unfit: string | null;
}

/** One element that does not fit makes the whole list unfit: half a list would be a wrong one. */
function listSql(column: Column, load: Load, conversion: Conversion): ColumnSql {
  const { binder } = conversion;
  const unknown = unknownTexts(load, column.mapping).map((value) => binder.text(value));
  const items = elements(`t${column.index}`, binder.text(blanks), unknown);
  const type = { ...column.type, isList: false };
  const { prepared, value } = converted("element", type, { ...conversion, mayLookUp: false });
  // A lambda of its own, so that what was prepared has a name here too.
  const inner = prepared === null ? value("") : `list_transform([${prepared}], lambda ready: ${value("ready")})[1]`;
  const one = mapped("element", inner, column, binder);
  const values = `list_transform(${items}, lambda element: ${one})`;
  const isWhole = `len(${values}) > 0 AND NOT list_contains(list_transform(${values}, lambda one: one IS NULL), TRUE)`;
  const unfit = `v${column.index} IS NULL AND t${column.index} IS NOT NULL AND coalesce(len(${items}), 1) > 0`;
  return { prepared: null, value: `CASE WHEN ${isWhole} THEN ${values} END`, unfit };
}

/** SQL of a column over its text in `t<index>` and its preparation in `p<index>`. */
export function columnSql(column: Column, load: Load, conversion: Conversion): ColumnSql {
  const { type, isKeyText, mapping, index } = column;
  if (type.isList) return listSql(column, load, conversion);
  const input = `t${index}`;
  const { prepared, value } = converted(input, type, conversion);
  const inner = value(`p${index}`);
  const isMadeText = isKeyText && columnType(type) !== "VARCHAR";
  const kept = isMadeText ? `CASE WHEN ${inner} IS NOT NULL THEN ${input} END` : inner;
  const target = isMadeText ? { ...column, type: text } : column;
  const canFail = type.scalar.kind !== "text" && mapping.otherwise === null;
  const unfit = canFail ? `v${index} IS NULL AND t${index} IS NOT NULL` : null;
  return { prepared, value: mapped(input, kept, target, conversion.binder), unfit };
}
