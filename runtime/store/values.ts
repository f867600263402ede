// Between the language's plain values and the engine's: parameters in, rows out.

import {
  BIGINT,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  type DuckDBPreparedStatement,
  type DuckDBType,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUUIDValue,
  type DuckDBValue,
  LIST,
  TIMESTAMP,
  VARCHAR,
} from "@duckdb/node-api";
import type { Param } from "../../compiler/sql/sql.ts";
import { Bug, unreachable } from "../../grammar/unreachable.ts";
import type { Cell, Row } from "../ports.ts";

const dayMs = 86_400_000;

function bound(param: Param): readonly [DuckDBValue, DuckDBType] {
  switch (param.kind) {
    case "text":
      return [param.value, VARCHAR];
    case "texts":
      return [new DuckDBListValue([...param.value]), LIST(VARCHAR)];
    case "number":
      return [param.value, DOUBLE];
    case "integer":
      return [BigInt(param.value), BIGINT];
    case "boolean":
      return [param.value, BOOLEAN];
    case "money":
      return [decimal(param.value), DECIMAL(18, 4)];
    case "instant":
      return [param.value === null ? null : new DuckDBTimestampValue(BigInt(param.value) * 1000n), TIMESTAMP];
    case "day":
      return [new DuckDBDateValue(Math.round(Date.parse(`${param.value}T00:00:00Z`) / dayMs)), DATE];
    case "moment":
      throw new Bug("a moment reached the database unresolved");
    default:
      return unreachable(param);
  }
}

/** Ten-thousandths, without a detour through binary fractions. */
function decimal(text: string): DuckDBDecimalValue {
  const found = /^([+-]?)(\d+)(?:\.(\d{0,4})0*)?$/.exec(text);
  if (!found) throw new Bug(`\`${text}\` is not an amount with at most four decimals`);
  const [, sign, whole = "0", part = ""] = found;
  const units = BigInt(whole + part.padEnd(4, "0"));
  return new DuckDBDecimalValue(sign === "-" ? -units : units, 18, 4);
}

/** Binds what the statement asks for; parameters that its text does not name are left alone. */
export function bindAll(statement: DuckDBPreparedStatement, params: Readonly<Record<string, Param>>): void {
  for (let index = 1; index <= statement.parameterCount; index++) {
    const name = statement.parameterName(index);
    const param = params[name];
    if (param === undefined) throw new Bug(`the statement names $${name}, which has no value`);
    const [value, type] = bound(param);
    statement.bindValue(index, value, type);
  }
}

function cell(value: DuckDBValue): Cell {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return Math.floor(Number(value.micros) / 1000);
  }
  if (value instanceof DuckDBDateValue || value instanceof DuckDBDecimalValue || value instanceof DuckDBUUIDValue) {
    return value.toString();
  }
  if (value instanceof DuckDBListValue) return value.items.map(cell);
  throw new Bug(`a row holds ${value.constructor.name}, which no port knows`);
}

/** Columns as the engine hands them over, turned into rows of plain values. */
export function rowsOf(names: readonly string[], columns: readonly (readonly DuckDBValue[])[]): readonly Row[] {
  return (columns[0] ?? []).map((_, index) =>
    Object.fromEntries(names.map((name, column) => [name, cell(columns[column]?.[index] ?? null)])),
  );
}
