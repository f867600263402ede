// The project's typed tables: created, and moved along when the project changes.

import type { Catalog } from "../../compiler/ir/catalog.ts";
import { columnOf, columnType, eventTable, quote } from "../../compiler/sql/tables.ts";
import { Failed, failure } from "../failures/failures.ts";
import type { Database, Result, Session } from "../ports.ts";
import { ensureSchema, readMeta, statement, writeMeta } from "./schema.ts";

interface Column {
  readonly name: string;
  readonly type: string;
  readonly constraint: string;
}
interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** The field whose values are the ids of its rows; null for events. */
  readonly key: string | null;
}

const plain = (name: string, type: string, constraint = ""): Column => ({ name, type, constraint });

function eventColumns(): readonly Column[] {
  return [
    plain("contact_id", "VARCHAR", "NOT NULL"),
    plain("occurred_at", "TIMESTAMP", "NOT NULL"),
    plain("received_at", "TIMESTAMP", "NOT NULL"),
    plain("event_id", "VARCHAR", "NOT NULL"),
    plain("batch", "BIGINT", "NOT NULL"),
  ];
}

/** Fields may be unknown whatever their type says: a load need not map all of them. */
function tablesOf(catalog: Catalog): readonly Table[] {
  const kept = (
    table: "contact" | "company",
    { fields, key }: { fields: Catalog["contact"]["fields"]; key: string },
  ) => ({
    name: table,
    key,
    columns: [
      plain(`${table}_id`, "VARCHAR", "PRIMARY KEY"),
      ...fields.filter((field) => !field.isKey).map((field) => plain(columnOf(field, table), columnType(field.type))),
    ],
  });
  const events = catalog.events.map((event) => ({
    name: eventTable(event.name),
    key: null,
    columns: [
      ...eventColumns(),
      ...event.fields.map((field) => plain(columnOf(field, "event"), columnType(field.type))),
    ],
  }));
  return [kept("contact", catalog.contact), ...(catalog.company ? [kept("company", catalog.company)] : []), ...events];
}

const definition = ({ name, type, constraint }: Column) => `${quote(name)} ${type} ${constraint}`.trim();

const creation = (name: string, columns: readonly Column[]) =>
  statement(`CREATE TABLE ${quote(name)} (${columns.map(definition).join(", ")})`);

type Columns = ReadonlyMap<string, Column>;

/** Columns that each table has, by their name in small letters: the database does not tell capitals apart either. */
async function columnsNow(session: Session): Promise<(table: string) => Columns> {
  const rows = await session.run(
    statement(
      `SELECT table_name AS "table", column_name AS name, data_type AS type FROM duckdb_columns()
       WHERE NOT internal AND database_name = current_database() ORDER BY table_name, column_index`,
    ),
  );
  const tables = new Map<string, Map<string, Column>>();
  for (const row of rows) {
    const columns = tables.get(String(row.table)) ?? new Map<string, Column>();
    tables.set(
      String(row.table),
      columns.set(String(row.name).toLowerCase(), plain(String(row.name), String(row.type))),
    );
  }
  return (table) => tables.get(table) ?? new Map();
}

async function isEmpty(session: Session, table: string): Promise<boolean> {
  return (await session.run(statement(`SELECT 1 FROM ${quote(table)} LIMIT 1`))).length === 0;
}

/** Numbers lose the `.0` that the engine would write behind whole ones. */
function converted(name: string, from: string, to: string): string {
  const isListNow = to.endsWith("[]");
  const wasList = from.endsWith("[]");
  if (isListNow && !wasList) return `CASE WHEN ${name} IS NOT NULL THEN TRY_CAST([${name}] AS ${to}) END`;
  if (wasList && !isListNow) return `CASE WHEN len(${name}) = 1 THEN TRY_CAST(${name}[1] AS ${to}) END`;
  if (to === "VARCHAR" && from === "DOUBLE") return `regexp_replace(CAST(${name} AS VARCHAR), '\\.0$', '')`;
  return `TRY_CAST(${name} AS ${to})`;
}

/** What a column of a type holds, in words for whoever reads a failure. */
function wordsOf(type: string): string {
  if (type.endsWith("[]")) return "a list";
  const [name = type] = type.split("(");
  const words: Readonly<Record<string, string>> = {
    BIGINT: "a duration",
    BOOLEAN: "yes or no",
    DATE: "a date",
    DECIMAL: "an amount",
    DOUBLE: "a number",
    TIMESTAMP: "a date and time",
    VARCHAR: "text",
  };
  return words[name] ?? name;
}

interface Change {
  readonly was: Column;
  readonly is: Column;
}

async function refuseUnfit(session: Session, table: string, { was, is }: Change): Promise<void> {
  const column = quote(was.name);
  const [row] = await session.run(
    statement(
      `SELECT count(*) AS "count", min(CAST(${column} AS VARCHAR)) AS example FROM ${quote(table)}
       WHERE ${column} IS NOT NULL AND ${converted(column, was.type, is.type)} IS NULL`,
    ),
  );
  const count = Number(row?.count ?? 0);
  if (count === 0) return;
  const example = String(row?.example);
  const owner = table.replace(/^event_/, "");
  throw new Failed(failure("F130", { table: owner, column: is.name, type: wordsOf(is.type), count, example }));
}

/**
 * A new table in place of the old one. Changing a column's type where it stands could leave a log behind that the
 * engine cannot read again after a crash.
 */
async function rebuild(session: Session, table: Table, changes: readonly Change[]): Promise<void> {
  for (const change of changes) await refuseUnfit(session, table.name, change);
  const declared = new Map(table.columns.map((column) => [column.name.toLowerCase(), column]));
  const now = [...(await columnsNow(session))(table.name).values()];
  const columns = now.map((was) => declared.get(was.name.toLowerCase()) ?? was);
  const values = now.map((was, index) => {
    const to = columns[index]?.type ?? was.type;
    return to === was.type ? quote(was.name) : converted(quote(was.name), was.type, to);
  });
  const next = `${table.name}__next`;
  await session.change(creation(next, columns));
  await session.change(statement(`INSERT INTO ${quote(next)} SELECT ${values.join(", ")} FROM ${quote(table.name)}`));
  await session.change(statement(`DROP TABLE ${quote(table.name)}`));
  await session.change(statement(`ALTER TABLE ${quote(next)} RENAME TO ${quote(table.name)}`));
}

/** The key says what `contact_id` and `company_id` mean in every other table: it cannot change under rows. */
async function keepKey(session: Session, table: Table): Promise<void> {
  if (table.key === null) return;
  const entry = `key ${table.name}`;
  const was = await readMeta(session, entry);
  if (was === table.key) return;
  if (was !== null && !(await isEmpty(session, table.name))) {
    throw new Failed(failure("F131", { table: table.name, was, is: table.key }));
  }
  await writeMeta(session, entry, table.key);
}

/** True where something was changed. */
async function ensureTable(session: Session, table: Table, now: Columns): Promise<boolean> {
  if (now.size === 0) {
    await session.change(creation(table.name, table.columns));
    await keepKey(session, table);
    return true;
  }
  await keepKey(session, table);
  const missing = table.columns.filter((column) => !now.has(column.name.toLowerCase()));
  // Without a default: one that is an expression would make the log unreadable after a crash.
  for (const { name, type } of missing) {
    await session.change(statement(`ALTER TABLE ${quote(table.name)} ADD COLUMN ${quote(name)} ${type}`));
  }
  const changes = table.columns.flatMap((is) => {
    const was = now.get(is.name.toLowerCase());
    return was && was.type !== is.type ? [{ was, is }] : [];
  });
  if (changes.length > 0) await rebuild(session, table, changes);
  return missing.length > 0 || changes.length > 0;
}

/**
 * Makes the database fit the project: system tables, contacts, companies and a table per event. Columns of fields that
 * the project no longer has are kept; a changed type converts the values, all or nothing.
 */
export async function ensureCatalog(database: Database, catalog: Catalog): Promise<Result<void>> {
  try {
    await ensureSchema(database);
    const isChanged = await database.transaction(async (session) => {
      const columnsOf = await columnsNow(session);
      let any = false;
      for (const table of tablesOf(catalog)) any = (await ensureTable(session, table, columnsOf(table.name))) || any;
      return any;
    });
    if (isChanged) await database.change(statement("CHECKPOINT"));
    return { ok: true, value: undefined };
  } catch (error) {
    if (error instanceof Failed) return { ok: false, failure: error.failure };
    throw error;
  }
}
