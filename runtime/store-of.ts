// The database of a request: opened, brought to this version's form, and rid of all who were forgotten meanwhile.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Plan } from "../compiler/ir/plan.ts";
import type { OpenRequest } from "./cadenza.ts";
import { caught } from "./caught.ts";
import { failure, systemReason } from "./failures/failures.ts";
import { inboxFor } from "./ingest/inbox.ts";
import type { Database, Result } from "./ports.ts";
import type { DatabaseOptions } from "./store/duckdb.ts";
import { erasedSecretIn } from "./store/tombstones.ts";
import { systemClock, systemSecret } from "./system-clock.ts";

export interface StoreChoices {
  /** `plain`: texts lie in the new file of an erasure as they are, in tests. */
  readonly storage?: "plain";
  /** Called behind each step of an erasure, in tests. */
  readonly onStep?: (step: string) => void;
}

/** @returns the failure where the file is locked, damaged, written by a newer version, or may not be written. */
export async function storeOf(request: OpenRequest, choices: StoreChoices = {}): Promise<Result<Database>> {
  const { database: place } = request;
  if (place === ":memory:") return openAt({ path: place }, request);
  const { folder } = place;
  const path = databaseIn(folder);
  if (place.mustExist && !existsSync(path)) return { ok: false, failure: failure("F116", { path }) };
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    return { ok: false, failure: failure("F114", { path: folder, reason: systemReason(error) }) };
  }
  const { dropForeignLog } = await import("./store/restore.ts");
  dropForeignLog(path);
  return readied({ path, folder, keepsOlder: true }, request, choices);
}

/** A database file, and the folder of the state that it belongs to. */
export interface DatabasePlace {
  readonly path: string;
  readonly folder: string;
  /** True: what an older Cadenza wrote is copied before it is changed. */
  readonly keepsOlder?: boolean;
}

/** The same for a file of any name. */
export async function readied(
  own: DatabasePlace,
  request: OpenRequest,
  choices: StoreChoices = {},
): Promise<Result<Database>> {
  const { plan } = request;
  const { path, folder } = own;
  const opened = await openAt(own, request);
  if (!opened.ok || request.isUntouched) return opened;
  const { readErased, pendingIn } = await import("./store/tombstones.ts");
  const found = await caught(async () => {
    const erased = readErased(folder);
    const pending = erased ? await pendingIn(opened.value, erased) : [];
    if (!erased || pending.length === 0) return { ok: true, value: false };
    const { eraseRows, rewrite } = await import("./store/erase.ts");
    // What waits to be taken in tells of people too.
    await inboxFor(opened.value, request, request.clock ?? systemClock()).takeIn();
    const erasing = { folder, path, catalog: plan.catalog, erased, pending, ...choices };
    await eraseRows(opened.value, erasing);
    await opened.value.close();
    choices.onStep?.("closed");
    await rewrite(erasing);
    return { ok: true, value: true };
  });
  if (!found.ok) {
    await opened.value.close().catch(() => undefined);
    return found;
  }
  return found.value ? openAt(own, request) : opened;
}

/** How the database of a request is opened: everybody in a process opens it in the same way. */
export const optionsOf = ({ threads, memory }: OpenRequest): DatabaseOptions => ({
  ...(threads === undefined ? {} : { threads }),
  ...(memory === undefined ? {} : { memoryLimit: memory }),
});

export const databaseIn = (folder: string): string => join(folder, "cadenza.duckdb");

export async function openAt(
  { path, keepsOlder = false }: Omit<DatabasePlace, "folder">,
  request: OpenRequest,
): Promise<Result<Database>> {
  const { plan, isUntouched } = request;
  const { openDatabase } = await import("./store/duckdb.ts");
  const opened = await openDatabase(path, optionsOf(request));
  if (!opened.ok || isUntouched) return opened;
  const database = opened.value;
  const kept = keepsOlder ? await caught(() => keepOlder(database, path, request)) : null;
  const made = kept?.ok === false ? kept : await fitted(database, plan);
  if (made.ok) return opened;
  await database.close();
  return { ok: false, failure: made.failure };
}

/** Copies a database that an older Cadenza wrote: the program that wrote it can go on with the copy. */
async function keepOlder(database: Database, path: string, request: OpenRequest): Promise<Result<void>> {
  const { schemaVersion, versionOf } = await import("./store/schema.ts");
  const version = await versionOf(database);
  if (version === null || version >= schemaVersion) return { ok: true, value: undefined };
  const { writeBackup } = await import("./store/backup.ts");
  const at = (request.clock ?? systemClock()).now();
  const unique = systemSecret().slice(0, 12);
  const backup = `${path}.version-${version}-${new Date(at).toISOString().replace(/[-:]|\.\d+/g, "")}.backup`;
  const mark = { project: request.plan.project.name, at, secret: erasedSecretIn(request.database) };
  await writeBackup({ path, options: optionsOf(request), to: backup, mark, replaces: false, unique });
  request.onOlder?.({ version, current: schemaVersion, backup });
  return { ok: true, value: undefined };
}

/** Brings the tables to this version's form, and to what the plan stores. */
export async function fitted(database: Database, { catalog }: Plan): Promise<Result<void>> {
  const { ensureCatalog } = await import("./store/catalog-tables.ts");
  return caught(() => ensureCatalog(database, catalog));
}
