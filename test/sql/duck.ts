// A bare in-memory DuckDB for tests of printed SQL.

import {
  BIGINT,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  TIMESTAMP,
  VARCHAR,
} from "@duckdb/node-api";
import type { Param, Sql } from "../../compiler/sql/sql.ts";

export interface Duck {
  exec(text: string): Promise<void>;
  rows(sql: Sql): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): void;
}

export async function duck(): Promise<Duck> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  return {
    exec: async (text) => void (await connection.run(text)),
    rows: (sql) => rows(connection, sql),
    close: () => connection.closeSync(),
  };
}

async function rows(connection: DuckDBConnection, sql: Sql) {
  const statement = await connection.prepare(sql.text);
  if (statement.parameterCount !== Object.keys(sql.params).length) throw new Error(`unused parameters in ${sql.text}`);
  for (let index = 1; index <= statement.parameterCount; index++) {
    const param = sql.params[statement.parameterName(index)];
    if (!param) throw new Error(`no $${statement.parameterName(index)} for ${sql.text}`);
    const [value, type] = bound(param);
    statement.bindValue(index, value, type);
  }
  return (await statement.runAndReadAll()).getRowObjects().map((row) => mapValues(row, plain));
}

function bound(param: Param): readonly [DuckDBValue, DuckDBType] {
  switch (param.kind) {
    case "text":
      return [param.value, VARCHAR];
    case "number":
      return [param.value, DOUBLE];
    case "integer":
      return [BigInt(param.value), BIGINT];
    case "boolean":
      return [param.value, BOOLEAN];
    case "money":
      return [new DuckDBDecimalValue(BigInt(Math.round(Number(param.value) * 10_000)), 18, 4), DECIMAL(18, 4)];
    case "instant":
      return [param.value === null ? null : new DuckDBTimestampValue(BigInt(param.value) * 1000n), TIMESTAMP];
    case "day":
      return [new DuckDBDateValue(Date.parse(`${param.value}T00:00:00Z`) / 86_400_000), DATE];
    default:
      throw new Error(`cannot bind ${JSON.stringify(param)}`);
  }
}

/** Instants as epoch milliseconds, days as text, decimals and whole numbers as numbers. */
function plain(value: DuckDBValue): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof DuckDBTimestampValue) return Number(value.micros / 1000n);
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBDateValue) return value.toString();
  return value;
}

export function mapValues<A, B>(row: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, change(value)]));
}
