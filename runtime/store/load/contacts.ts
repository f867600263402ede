// Contacts and companies: rows that are added or brought up to date by their key, never deleted.

import { columnOf, quote } from "../../../compiler/sql/tables.ts";
import { Bug } from "../../../grammar/unreachable.ts";
import type { Session } from "../../ports.ts";
import { statement } from "../schema.ts";
import { reasons } from "./reasons.ts";
import { addRejects } from "./rejects.ts";
import type { Stage, StagedColumn } from "./stage.ts";
import type { Written } from "./written.ts";

interface Kept {
  readonly column: StagedColumn;
  /** Column of the table. */
  readonly name: string;
}

async function count(session: Session, text: string): Promise<number> {
  const [row] = await session.run(statement(text));
  return Number(row?.n ?? 0);
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
async function keepLast(session: Session, { reading, place, columns }: Stage, key: StagedColumn): Promise<number> {
  const id = key.value;
  if ((await count(session, `SELECT count(*) - count(DISTINCT ${id}) AS n FROM load_stage`)) === 0) return 0;
  const fields = columns.filter((column) => column !== key);
  await session.change(
    statement(`CREATE OR REPLACE TEMP TABLE load_repeat AS
      SELECT ${[`${id} AS key`, "max(rowid) AS kept", ...fields.map(lastSaid)].join(", ")}
      FROM load_stage GROUP BY ${id} HAVING count(*) > 1`),
  );
  const reported = await addRejects(
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
  return reported;
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

/** Fields that the file mentions and that are not as it says. */
async function update(
  session: Session,
  table: string,
  keyName: string,
  key: StagedColumn,
  fields: readonly Kept[],
): Promise<number> {
  if (fields.length === 0) return 0;
  const now = fields.map(({ column, name }) => {
    const said = `s.${column.value}`;
    const value = column.absent === null ? said : `CASE WHEN s.${column.absent} THEN t.${quote(name)} ELSE ${said} END`;
    return { name: quote(name), value };
  });
  return await session.change(
    statement(`UPDATE ${table} AS t SET ${now.map(({ name, value }) => `${name} = ${value}`).join(", ")} FROM load_stage AS s
      WHERE t.${keyName} = s.${key.value} AND (${now.map(({ name, value }) => `t.${name} IS DISTINCT FROM ${value}`).join(" OR ")})`),
  );
}

/** Writes the staged rows into `contact` or `company`. */
export async function writeKept(session: Session, table: "contact" | "company", stage: Stage): Promise<Written> {
  const key = stage.columns.find((column) => column.isKeyText);
  if (!key) throw new Bug(`a load of ${table} maps no key`);
  const keyName = `${table}_id`;
  const isFirst = (await count(session, `SELECT count(*) AS n FROM (SELECT 1 FROM ${table} LIMIT 1)`)) === 0;
  const isNew = isFirst ? "TRUE" : `NOT EXISTS (SELECT 1 FROM ${table} AS t WHERE t.${keyName} = s.${key.value})`;
  const duplicates = await keepLast(session, stage, key);
  const rejected = await rejectIncomplete(session, stage, isNew);
  const kept = stage.columns.flatMap((column): readonly Kept[] => {
    const { to } = column.mapping;
    return to.kind === "field" ? [{ column, name: columnOf(to, table) }] : [];
  });
  const distinct = await count(session, "SELECT count(*) AS n FROM load_stage");
  const fields = kept.filter(({ column }) => column !== key);
  const updated = isFirst ? 0 : await update(session, table, keyName, key, fields);
  const added = await session.change(
    statement(`INSERT INTO ${table} (${kept.map(({ name }) => quote(name)).join(", ")})
      SELECT ${kept.map(({ column }) => `s.${column.value}`).join(", ")} FROM load_stage AS s WHERE ${isNew}`),
  );
  return { added, updated, unchanged: distinct - added - updated, duplicates, rejected, future: 0 };
}
