// Rows and values that were not taken: gathered in a temporary table while loading, written to a file behind it.

import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Failed, failure } from "../../failures/failures.ts";
import type { Instant, Session } from "../../ports.ts";
import { statement } from "../schema.ts";
import { binder } from "./binder.ts";
import type { Reading } from "./reading.ts";
import { reasons } from "./reasons.ts";
import { isMissing, isRejected, NeedsCare, type Stage, type StagedColumn } from "./stage.ts";

/** More than this many lines are not looked up one by one. */
const mostLookedUp = 50_000;
const shownCharacters = 200;

export async function openRejects(session: Session): Promise<void> {
  await session.change(
    statement(`CREATE OR REPLACE TEMP TABLE load_reject
      (file VARCHAR, place BIGINT, "column" VARCHAR, value VARCHAR, reason VARCHAR)`),
  );
}

/** Adds what `query` selects: place, column, value and reason. */
export async function addRejects(
  session: Session,
  reading: Reading,
  query: (bind: ReturnType<typeof binder>) => string,
): Promise<number> {
  const values = binder();
  const text = query(values);
  const file = values.text(reading.file.label);
  return await session.change(
    values.sql(
      `INSERT INTO load_reject SELECT ${file}, place, "column", left(CAST(value AS VARCHAR), ${shownCharacters}), reason FROM (${text})`,
    ),
  );
}

const fieldOf = ({ mapping: { to } }: StagedColumn) => (to.kind === "field" ? to.name : to.kind);

async function addUnfit(session: Session, { reading, columns, place }: Stage): Promise<void> {
  const rejected = isRejected(columns);
  for (const column of columns.filter(({ unfit }) => unfit !== null)) {
    const which = column.isRequired ? "" : `AND NOT (${rejected})`;
    const reason = column.isRequired ? reasons.unfit(column.type) : reasons.unknown(column.type);
    await addRejects(
      session,
      reading,
      (
        values,
      ) => `SELECT ${place} AS place, ${values.text(column.label)} AS "column", ${column.unfit} AS value, ${values.text(reason)} AS reason
        FROM load_stage WHERE ${column.unfit} IS NOT NULL ${which}`,
    );
  }
}

/** One entry per row, whatever number of fields it lacks. */
async function addMissing(session: Session, { reading, columns, place }: Stage): Promise<void> {
  const required = columns.filter((column) => column.isRequired);
  const isEmpty = (column: StagedColumn) =>
    `(${isMissing(column)}${column.unfit === null ? "" : ` AND ${column.unfit} IS NULL`})`;
  await addRejects(session, reading, (values) => {
    const named = (name: (column: StagedColumn) => string) =>
      required.map((column) => `CASE WHEN ${isEmpty(column)} THEN ${values.text(name(column))} END`).join(", ");
    return `SELECT ${place} AS place, coalesce(${named((column) => column.label)}) AS "column", NULL AS value,
        ${values.text(reasons.missing)} || concat_ws(', ', ${named(fieldOf)}) AS reason
      FROM load_stage WHERE ${required.map(isEmpty).join(" OR ")}`;
  });
}

export interface Sifted {
  readonly rejected: number;
  readonly unknownValues: number;
}

/** Takes the rows that cannot be loaded out of the stage, and says why; counts the values that load as unknown. */
export async function sift(session: Session, stage: Stage): Promise<Sifted> {
  const rejected = isRejected(stage.columns);
  const unknown = stage.columns.filter((column) => column.unfit !== null && !column.isRequired);
  const [row] = await session.run(
    statement(`SELECT count(*) FILTER (${rejected}) AS rejected,
      ${unknown.map(({ unfit }) => `count(${unfit}) FILTER (NOT (${rejected}))`).join(" + ") || "0"} AS unknown FROM load_stage`),
  );
  const found = { rejected: Number(row?.rejected ?? 0), unknownValues: Number(row?.unknown ?? 0) };
  if (found.rejected + found.unknownValues === 0) return found;
  await addUnfit(session, stage);
  if (found.rejected > 0) {
    await addMissing(session, stage);
    await session.change(statement(`DELETE FROM load_stage WHERE ${rejected}`));
  }
  return found;
}

/** Rows that were malformed before any value could be read. */
export async function addMalformed(session: Session, reading: Reading): Promise<void> {
  const { malformed } = reading;
  if (!malformed) return;
  await addRejects(
    session,
    reading,
    (values) => `SELECT line AS place, NULL AS "column", value, reason FROM (${malformed(values)})`,
  );
}

/** Turns the places of a file's rejected rows into physical lines, where the reader only knew their order. */
export async function placeLines(session: Session, { reading, rows }: Stage): Promise<void> {
  const { linesOf, file } = reading;
  if (!linesOf) return;
  const label = { kind: "text" as const, value: file.label };
  const found = await session.run({
    text: `SELECT DISTINCT place FROM load_reject WHERE file = $file ORDER BY place LIMIT ${mostLookedUp + 1}`,
    params: { file: label },
  });
  if (found.length === 0) return;
  const places = found.map((row) => Number(row.place));
  const lines = places.length > mostLookedUp ? null : await linesOf(places, rows);
  if (lines?.length !== places.length) throw new NeedsCare(file.path);
  await session.change({
    text: `UPDATE load_reject SET place = seen.line FROM (
        SELECT unnest(CAST($places AS BIGINT[])) AS place, unnest(CAST($lines AS BIGINT[])) AS line
      ) AS seen WHERE load_reject.file = $file AND load_reject.place = seen.place`,
    params: {
      file: label,
      places: { kind: "texts", value: places.map(String) },
      lines: { kind: "texts", value: lines.map(String) },
    },
  });
}

export interface RejectsFile {
  /** Gives the file its name, which until then says that it is not finished, and returns its path. */
  readonly publish: () => Promise<string>;
  readonly discard: () => Promise<void>;
}

async function freePath(folder: string, name: string): Promise<string> {
  for (let count = 1; ; count++) {
    const path = join(folder, `${name}${count === 1 ? "" : `-${count}`}.csv`);
    const taken = await Promise.allSettled([stat(path), stat(`${path}.partial`)]);
    if (taken.every(({ status }) => status === "rejected")) return path;
  }
}

/** A cell that a spreadsheet would run as a formula gets an apostrophe in front. */
const safe = (cell: string) =>
  `CASE WHEN regexp_matches(${cell}, '^[-=+@\\t\\r\\x00]') THEN '''' || ${cell} ELSE ${cell} END`;

/** Writes the rejects, sorted by file and line; null where there are none. */
export async function writeRejects(
  session: Session,
  folder: string,
  name: string,
  now: Instant,
): Promise<RejectsFile | null> {
  const [row] = await session.run(statement("SELECT count(*) AS n FROM load_reject"));
  if (Number(row?.n ?? 0) === 0) return null;
  const stamp = new Date(now).toISOString().replaceAll(":", "").replace(/\.\d+/, "");
  try {
    await mkdir(folder, { recursive: true });
    const path = await freePath(folder, `${name}-${stamp}`);
    const partial = `${path}.partial`;
    await session.change(
      statement(`COPY (
        SELECT ${safe("file")} AS file, place AS line, ${safe('"column"')} AS "column", ${safe("value")} AS value, ${safe("reason")} AS reason
        FROM load_reject ORDER BY load_reject.file, place, load_reject."column", load_reject.reason
      ) TO '${partial.replaceAll("'", "''")}' (FORMAT csv, HEADER)`),
    );
    return {
      // The load is committed by then: a name that cannot be given must not make it look undone.
      publish: () =>
        rename(partial, path).then(
          () => path,
          () => partial,
        ),
      discard: () => rm(partial, { force: true }),
    };
  } catch (error) {
    if (error instanceof Failed && error.failure.code === "F125") throw error;
    const [reason = ""] = (error instanceof Failed ? error.failure.text : String(error)).split("\n");
    throw new Failed(failure("F154", { path: folder, reason }));
  }
}
