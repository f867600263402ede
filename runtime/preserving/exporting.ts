// A person's own data: every row that is kept of one contact, for the person to have.

import { duckdb } from "../../compiler/sql/dialect.ts";
import { columnOf, quote } from "../../compiler/sql/tables.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { failure } from "../failures/failures.ts";
import type { Cell, Database, Result, Row, Session } from "../ports.ts";

/** Times are ISO 8601 in UTC, lists arrays; unknown is null. */
export interface PersonalRows {
  readonly contact: string;
  /** By the name of the table, sorted; tables without a row of the person are left out. */
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, Cell>>[]>>;
}

/** Kept by the address, not by the key. */
const byAddress: ReadonlyMap<string, string> = new Map([
  ["consent", "address"],
  ["suppression", "address"],
  ["feedback", "mailbox"],
]);

/** F118 where there is no such contact. */
export async function personalRows(database: Database, { catalog }: Plan, key: string): Promise<Result<PersonalRows>> {
  const field = catalog.contact.fields.find(({ name }) => name === catalog.contact.address);
  const column = field ? quote(columnOf(field, "contact")) : "NULL";
  return database.transaction(async (session): Promise<Result<PersonalRows>> => {
    const [contact] = await session.run({
      text: `SELECT ${duckdb.fold(column)} AS address FROM contact WHERE contact_id = $key`,
      params: { key: { kind: "text", value: key } },
    });
    if (!contact) return { ok: false, failure: failure("F118", { key }) };
    const columns = await session.run({
      text: `SELECT table_name, column_name, data_type FROM duckdb_columns()
        WHERE NOT internal AND database_name = current_database() AND schema_name = 'main' ORDER BY table_name, column_index`,
      params: {},
    });
    const names = [...new Set(columns.map((row) => String(row.table_name)))];
    const tables: Record<string, readonly Row[]> = {};
    for (const table of names) {
      const rows = await rowsOf(session, table, columns, { key, address: contact.address ?? null });
      if (rows.length > 0) tables[table] = rows;
    }
    return { ok: true, value: { contact: key, tables } };
  });
}

interface Person {
  readonly key: string;
  readonly address: Cell;
}

async function rowsOf(session: Session, table: string, all: readonly Row[], person: Person): Promise<readonly Row[]> {
  const columns = all.filter((row) => row.table_name === table);
  const isKept = columns.some((row) => row.column_name === "contact_id");
  const address = byAddress.get(table);
  if (!isKept && (address === undefined || typeof person.address !== "string")) return [];
  const shown = columns.map((row) => {
    const name = quote(String(row.column_name));
    return row.data_type === "TIMESTAMP" ? `strftime(${name}, '%Y-%m-%dT%H:%M:%SZ') AS ${name}` : name;
  });
  const value = isKept ? person.key : String(person.address);
  const where = isKept ? "contact_id = $value" : `${quote(address ?? "")} = $value`;
  return session.run({
    text: `SELECT ${shown.join(", ")} FROM ${quote(table)} WHERE ${where} ORDER BY ALL`,
    params: { value: { kind: "text", value } },
  });
}
