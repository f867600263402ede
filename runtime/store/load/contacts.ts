// Contacts and companies: rows that are added or brought up to date by their key, never deleted.

import { printChanges, printRecords } from "../../../compiler/sql/history.ts";
import { columnOf, columnType, quote } from "../../../compiler/sql/tables.ts";
import { Bug } from "../../../grammar/unreachable.ts";
import type { Session } from "../../ports.ts";
import { statement } from "../schema.ts";
import { type Binder, binder } from "./binder.ts";
import type { Ingest } from "./events.ts";
import { type Known, knownRows } from "./known.ts";
import { reasons } from "./reasons.ts";
import { addRejects } from "./rejects.ts";
import type { Stage, StagedColumn } from "./stage.ts";
import type { Written } from "./written.ts";

interface Kept {
  readonly column: StagedColumn;
  /** Of the project. */
  readonly field: string;
  /** Column of the table. */
  readonly name: string;
  readonly type: string;
}

interface Counted {
  /** Rows that are left, one for each key. */
  readonly distinct: number;
  readonly duplicates: number;
}

/** SQL for what the rows of one key say in the end about a column; NULL where none says anything. */
function lastSaid({ value, absent }: StagedColumn): string {
  const told = absent === null ? "" : ` FILTER (NOT ${absent})`;
  return `arg_max(struct_pack(said := ${value}), rowid)${told} AS last_${value}`;
}

/** SQL that is true where row `s` says something that a later row of its key, summed up in `l`, says otherwise. */
function isOverridden({ value, absent }: StagedColumn): string {
  const told = absent === null ? "" : `NOT s.${absent} AND `;
  return `(${told}s.${value} IS DISTINCT FROM l.last_${value}.said)`;
}

/**
 * Of several rows with one key one is left, which says what they said last; those that said something else are reported.
 */
async function keepLast(session: Session, { reading, place, columns }: Stage, key: StagedColumn): Promise<Counted> {
  const id = key.value;
  const [counts] = await session.run(
    statement(`SELECT count(*) AS total, count(DISTINCT ${id}) AS keys FROM load_stage`),
  );
  const distinct = Number(counts?.keys ?? 0);
  if (distinct === Number(counts?.total ?? 0)) return { distinct, duplicates: 0 };
  const fields = columns.filter((column) => column !== key);
  await session.change(
    statement(`CREATE OR REPLACE TEMP TABLE load_repeat AS
      SELECT ${[`${id} AS key`, "max(rowid) AS kept", ...fields.map(lastSaid)].join(", ")}
      FROM load_stage GROUP BY ${id} HAVING count(*) > 1`),
  );
  const duplicates = await addRejects(
    session,
    reading,
    (
      values,
    ) => `SELECT ${place.replace("rowid", "s.rowid")} AS place, ${values.text(key.label)} AS "column", l.key AS value,
        ${values.text(reasons.overridden)} AS reason
      FROM load_stage AS s JOIN load_repeat AS l ON l.key = s.${id}
      WHERE s.rowid <> l.kept AND (${fields.map(isOverridden).join(" OR ") || "FALSE"})`,
  );
  await session.change(
    statement(
      `DELETE FROM load_stage USING load_repeat AS l WHERE load_stage.${id} = l.key AND load_stage.rowid <> l.kept`,
    ),
  );
  // Last, because a row that changes can get another row id.
  const partial = fields.filter((column) => column.absent !== null);
  const sums = partial.flatMap(({ value, absent }) => [
    `${value} = l.last_${value}.said`,
    `${absent} = l.last_${value} IS NULL`,
  ]);
  if (sums.length > 0) {
    await session.change(
      statement(`UPDATE load_stage SET ${sums.join(", ")} FROM load_repeat AS l WHERE load_stage.${id} = l.key`),
    );
  }
  return { distinct, duplicates };
}

/** A row that leaves out a required field can bring an old row up to date, but not make a new one. */
async function rejectIncomplete(session: Session, { reading, place, columns }: Stage, isNew: string): Promise<number> {
  const needed = columns.filter((column) => column.isRequired && column.absent !== null && !column.isKeyText);
  if (needed.length === 0) return 0;
  const lacking = `(${needed.map((column) => column.absent).join(" OR ")}) AND ${isNew}`;
  const rejected = await addRejects(session, reading, (values) => {
    const names = needed.map(
      ({ absent, mapping: { to } }) =>
        `CASE WHEN ${absent} THEN ${values.text(to.kind === "field" ? to.name : to.kind)} END`,
    );
    return `SELECT ${place} AS place, NULL AS "column", NULL AS value,
        ${values.text(reasons.absent)} || concat_ws(', ', ${names.join(", ")}) AS reason FROM load_stage AS s WHERE ${lacking}`;
  });
  if (rejected > 0) await session.change(statement(`DELETE FROM load_stage AS s WHERE ${lacking}`));
  return rejected;
}

interface Updating {
  readonly stage: Stage;
  readonly key: StagedColumn;
  readonly known: Known;
  readonly fields: readonly Kept[];
  readonly ingest: Ingest;
}

/** Fields that the file mentions and that are not as it says. What contacts were before is kept. */
async function update(
  session: Session,
  table: "contact" | "company",
  { stage, key, known, fields, ingest }: Updating,
): Promise<number> {
  if (fields.length === 0) return 0;
  const id = `${table}_id`;
  const parts = fields.map(({ column, name, type }, index) => {
    const [was, said] = [`t.${quote(name)}`, `CAST(s.${column.value} AS ${type})`];
    const is = column.absent === null ? said : `CASE WHEN s.${column.absent} THEN ${was} ELSE ${said} END`;
    return { name: quote(name), was, is, old: `old_${index}`, new: `new_${index}` };
  });
  const values = parts.map((part) => `${part.was} AS ${part.old}, ${part.is} AS ${part.new}`);
  const [found] = await session.run(
    statement(`CREATE OR REPLACE TEMP TABLE load_change AS
      SELECT t.${id}, t.${known.row} AS row${stampIn(stage)}, ${values.join(", ")} FROM ${known.from} AS t JOIN load_stage AS s ON t.${id} = s.${key.value}
      WHERE ${parts.map(({ was, is }) => `${was} IS DISTINCT FROM ${is}`).join(" OR ")}`),
  );
  const changed = Number(found?.Count ?? 0);
  if (changed === 0) return 0;
  if (table === "contact") {
    const values = binder();
    const differences = parts.map((part, index) => ({ ...part, field: values.text(fields[index]?.field ?? "") }));
    const { at, batch } = stampOf(ingest, stage, values);
    await session.change(values.sql(printChanges("load_change", differences, at, batch)));
  }
  return await session.change(
    statement(`UPDATE ${table} AS t SET ${parts.map((part) => `${part.name} = n.${part.new}`).join(", ")}
      FROM load_change AS n WHERE t.rowid = n.row`),
  );
}

const stampIn = ({ reading }: Stage): string => (reading.received === null ? "" : ", s.received_at");

/** SQL for rows `n`. */
function stampOf({ now, batch }: Ingest, { reading }: Stage, values: Binder) {
  return {
    at: reading.received === null ? values.bind({ kind: "instant", value: now }) : "n.received_at",
    batch: values.bind({ kind: "integer", value: batch }),
  };
}

async function isEmpty(session: Session, table: "contact" | "company"): Promise<boolean> {
  return (await session.run(statement(`SELECT 1 FROM ${table} LIMIT 1`))).length === 0;
}

/** Writes the staged rows into `contact` or `company`. */
export async function writeKept(
  session: Session,
  table: "contact" | "company",
  stage: Stage,
  ingest: Ingest,
): Promise<Written> {
  const key = stage.columns.find((column) => column.isKeyText);
  if (!key) throw new Bug(`a load of ${table} maps no key`);
  const { distinct: keys, duplicates } = await keepLast(session, stage, key);
  const known = await knownRows(session, table, stage, key);
  const isFirst = known.count === null && (await isEmpty(session, table));
  const isNew = isFirst ? "TRUE" : `NOT EXISTS (SELECT 1 FROM ${known.from} AS t WHERE t.${table}_id = s.${key.value})`;
  const hasNew = known.count === null || known.count < keys;
  const rejected = hasNew ? await rejectIncomplete(session, stage, isNew) : 0;
  const kept = stage.columns.flatMap((column): readonly Kept[] => {
    const { to } = column.mapping;
    if (to.kind !== "field") return [];
    return [{ column, field: to.name, name: columnOf(to, table), type: columnType(to.type) }];
  });
  const distinct = keys - rejected;
  const fields = kept.filter(({ column }) => column !== key);
  const updated = isFirst ? 0 : await update(session, table, { stage, key, known, fields, ingest });
  if (!hasNew) return { added: 0, updated, unchanged: distinct - updated, duplicates, rejected, future: 0 };
  if (table === "contact") {
    const values = binder();
    const { at, batch } = stampOf(ingest, stage, values);
    const added = `(SELECT s.${key.value} AS contact_id${stampIn(stage)} FROM load_stage AS s WHERE ${isNew})`;
    await session.change(values.sql(printRecords(added, at, batch)));
  }
  const added = await session.change(
    statement(`INSERT INTO ${table} (${kept.map(({ name }) => quote(name)).join(", ")})
      SELECT ${kept.map(({ column }) => `s.${column.value}`).join(", ")} FROM load_stage AS s WHERE ${isNew}`),
  );
  return { added, updated, unchanged: distinct - added - updated, duplicates, rejected, future: 0 };
}
