// Runs one load: finds its files, takes in what fits in one transaction, and says what became of every row.

import type { Load } from "../../../compiler/ir/load.ts";
import type { Plan } from "../../../compiler/ir/plan.ts";
import { Failed } from "../../failures/failures.ts";
import type { Database, Instant, Result, Session } from "../../ports.ts";
import { statement } from "../schema.ts";
import { columnsOf, eventOf } from "./columns.ts";
import { writeKept } from "./contacts.ts";
import { type Ingest, writeEvents } from "./events.ts";
import { findFiles, type LoadFile } from "./files.ts";
import { writeConsent, writeMembers } from "./members.ts";
import { rejectForgotten } from "./forgotten.ts";
import { openReading, type Reading } from "./reading.ts";
import { addMalformed, openRejects, placeLines, type RejectsFile, sift, writeRejects } from "./rejects.ts";
import { NeedsCare, type Stage, stage } from "./stage.ts";
import type { Written } from "./written.ts";
import { knownZones } from "./zone-spans.ts";

export interface LoadOptions {
  /** Where relative paths of data start. */
  readonly dataDir: string;
  readonly now: Instant;
  /** Folder for the file of rejected rows; created where it is missing. */
  readonly rejectsDir: string;
  /** By which forgotten people are known; null or absent: nobody was forgotten. */
  readonly erasedSecret?: string | null;
}

export interface LoadCounts {
  /** Rows that the files have, without those that `rows where` leaves out. */
  readonly rows: number;
  readonly loaded: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Rows that another row of the same file overrode, and that said something else. */
  readonly duplicates: number;
  /** Values that were there, did not fit, and loaded as unknown. */
  readonly unknownValues: number;
  /** Events whose time is yet to come: they count from then on. */
  readonly future: number;
  /** Where every rejected row and value stands with its reason; null where there is none. */
  readonly rejectsFile: string | null;
}

type Tally = Omit<LoadCounts, "rejectsFile">;
const nothing: Tally = {
  rows: 0,
  loaded: 0,
  added: 0,
  updated: 0,
  unchanged: 0,
  rejected: 0,
  duplicates: 0,
  unknownValues: 0,
  future: 0,
};

function sum(left: Tally, right: Tally): Tally {
  return {
    rows: left.rows + right.rows,
    loaded: left.loaded + right.loaded,
    added: left.added + right.added,
    updated: left.updated + right.updated,
    unchanged: left.unchanged + right.unchanged,
    rejected: left.rejected + right.rejected,
    duplicates: left.duplicates + right.duplicates,
    unknownValues: left.unknownValues + right.unknownValues,
    future: left.future + right.future,
  };
}

async function write(session: Session, load: Load, staged: Stage, ingest: Ingest): Promise<Written> {
  const { target } = load;
  switch (target.kind) {
    case "contact":
    case "company":
      return await writeKept(session, target.kind, staged, ingest);
    case "list":
      return await writeMembers(session, target.name, staged, ingest);
    case "topic":
      return await writeConsent(session, target.name, staged, ingest);
    case "event": {
      const event = eventOf(load, ingest.catalog);
      return event ? await writeEvents(session, event, staged, ingest) : { ...nothing };
    }
  }
}

interface Job {
  readonly plan: Plan;
  readonly load: Load;
  readonly ingest: Ingest;
  readonly zones: readonly string[];
  readonly secret: string | null;
}

async function loadFile(
  session: Session,
  { plan, load, ingest, zones, secret }: Job,
  reading: Reading,
): Promise<Tally> {
  await addMalformed(session, reading);
  const staged = await stage(session, load, plan, reading, zones);
  const forgotten =
    secret === null ? 0 : await rejectForgotten(session, { load, catalog: plan.catalog, secret }, staged);
  const sifted = await sift(session, staged);
  const written = await write(session, load, staged, ingest);
  await placeLines(session, staged);
  const rows = staged.rows + reading.malformedRows;
  const rejected = reading.malformedRows + forgotten + sifted.rejected + written.rejected;
  return { ...written, rows, rejected, loaded: rows - rejected, unknownValues: sifted.unknownValues };
}

/** Behind all that a tick has seen, or what is loaded for the time before it would be met by none. */
async function nextBatch(session: Session): Promise<number> {
  const [row] = await session.run(
    statement(`SELECT coalesce(max(b.batch), 0) + 1 AS batch
      FROM (SELECT batch FROM load_batch UNION ALL SELECT last_batch FROM engine_state) AS b`),
  );
  return Number(row?.batch ?? 1);
}

async function recordBatch(session: Session, { load, ingest }: Job, { loaded, rejected }: Tally): Promise<void> {
  await session.change({
    text: "INSERT INTO load_batch VALUES ($batch, $load, $path, $at, $loaded, $rejected)",
    params: {
      batch: { kind: "integer", value: ingest.batch },
      load: { kind: "text", value: load.name },
      path: { kind: "text", value: load.path },
      at: { kind: "instant", value: ingest.now },
      loaded: { kind: "integer", value: loaded },
      rejected: { kind: "integer", value: rejected },
    },
  });
}

async function zonesFor(session: Session, plan: Plan, load: Load): Promise<readonly string[]> {
  if (!columnsOf(load, plan.catalog).some(({ type }) => type.scalar.kind === "timezone")) return [];
  const rows = await session.run(statement("SELECT name FROM pg_timezone_names()"));
  return knownZones(rows.map((row) => String(row.name)));
}

const temporary = [
  "load_stage",
  "load_reject",
  "load_event",
  "load_repeat",
  "load_change",
  "load_forgotten",
  "load_known",
];

/** One transaction for all files: after a crash or a failure it is as if the load had never begun. */
async function attempt(
  database: Database,
  plan: Plan,
  load: Load,
  options: LoadOptions,
  readings: readonly Reading[],
): Promise<LoadCounts> {
  let rejects: RejectsFile | null = null;
  try {
    const tally = await database.transaction(async (session) => {
      const ingest = { catalog: plan.catalog, now: options.now, batch: await nextBatch(session) };
      const job = {
        plan,
        load,
        ingest,
        zones: await zonesFor(session, plan, load),
        secret: options.erasedSecret ?? null,
      };
      await openRejects(session);
      let total = nothing;
      for (const reading of readings) total = sum(total, await loadFile(session, job, reading));
      await recordBatch(session, job, total);
      rejects = await writeRejects(session, options.rejectsDir, load.name, options.now);
      for (const table of temporary) await session.change(statement(`DROP TABLE IF EXISTS temp.${table}`));
      return total;
    });
    return { ...tally, rejectsFile: await published(rejects) };
  } catch (error) {
    await discarded(rejects);
    throw error;
  }
}

async function published(file: RejectsFile | null): Promise<string | null> {
  return file ? await file.publish() : null;
}

async function discarded(file: RejectsFile | null): Promise<void> {
  await file?.discard();
}

async function tryLoad(
  database: Database,
  plan: Plan,
  load: Load,
  options: LoadOptions,
  files: readonly LoadFile[],
  careful: ReadonlySet<string>,
) {
  const readings: Reading[] = [];
  try {
    for (const file of files) readings.push(await openReading(file, load, database, careful.has(file.path)));
    return await attempt(database, plan, load, options, readings);
  } finally {
    for (const reading of readings) await reading.close();
  }
}

/**
 * Loads the files of one `load` declaration into the tables that `ensureCatalog` made. Everything that fits is loaded;
 * rows and values that do not are counted and written to a file. Loading the same files again changes nothing.
 *
 * @returns the failure, and an unchanged database, where a file is missing, unreadable or not what the load says, or
 * where the disk is full.
 */
export async function runLoad(
  database: Database,
  plan: Plan,
  load: Load,
  options: LoadOptions,
): Promise<Result<LoadCounts>> {
  const careful = new Set<string>();
  try {
    const files = await findFiles(database, load, options.dataDir);
    for (;;) {
      try {
        return { ok: true, value: await tryLoad(database, plan, load, options, files, careful) };
      } catch (error) {
        if (!(error instanceof NeedsCare) || careful.has(error.path)) throw error;
        careful.add(error.path);
      }
    }
  } catch (error) {
    if (error instanceof Failed) return { ok: false, failure: error.failure };
    throw error;
  }
}
