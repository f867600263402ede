// Names of tables and columns that compiled SQL reads. The store creates them; the engine writes them.
//
// contact      contact_id text, one column per field
// company      company_id text, one column per field
// event_NAME   contact_id, occurred_at, received_at, event_id, batch, one column per property
// list_member  list, contact_id, added_at, source
// suppression  address (lower case, no outer space), reason, at, source
// consent      address (as above), topic (`*` = all mail), state, at, source; the latest row wins, of two at one time the refusal
// stage_history  see history.ts
// contact_change  see history.ts
// tz_spans     zone, from_utc, until_utc, offset_s
//
// A contact_id of an event or a list is always one of `contact`: loads reject others, and erasure removes them with the
// contact. So a segment that only events decide is read from events alone.
//
// Instants are TIMESTAMP in UTC, dates DATE, money DECIMAL(18,4), numbers, percents DOUBLE, durations BIGINT seconds,
// lists LIST of the scalar (never empty: an empty list is NULL), everything else VARCHAR.

import type { Scalar, Type } from "../types.ts";
import { unreachable } from "../../grammar/unreachable.ts";

const taken = /^(contact_id|company_id|occurred_at|received_at|event_id|batch)_*$/i;

/** Column of a field or property. A name that an internal column has gets a `_` behind it, so that none can clash. */
export function columnOf(
  field: { readonly name: string; readonly isKey: boolean },
  table: "contact" | "company" | "event",
): string {
  if (field.isKey && table !== "event") return table === "contact" ? "contact_id" : "company_id";
  return taken.test(field.name) ? `${field.name}_` : field.name;
}

export function eventTable(event: string): string {
  return `event_${event}`;
}

/** Identifiers are always quoted: the catalog's names may be words of SQL. */
export function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** DuckDB's type of a column. */
export function columnType(type: Type): string {
  return type.isList ? `${scalarType(type.scalar)}[]` : scalarType(type.scalar);
}

function scalarType(scalar: Scalar): string {
  switch (scalar.kind) {
    case "text":
    case "enum":
    case "timezone":
    case "country":
    case "email":
    case "url":
      return "VARCHAR";
    case "number":
    case "percent":
      return "DOUBLE";
    case "money":
      return "DECIMAL(18,4)";
    case "date":
      return "DATE";
    case "datetime":
      return "TIMESTAMP";
    case "boolean":
      return "BOOLEAN";
    case "duration":
      return "BIGINT";
    default:
      return unreachable(scalar);
  }
}
