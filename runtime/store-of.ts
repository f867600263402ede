// The database of a request: opened, brought to this version's form, and rid of all who were forgotten meanwhile.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Plan } from "../compiler/ir/plan.ts";
import type { OpenRequest } from "./cadenza.ts";
import { caught } from "./caught.ts";
import { inboxOf } from "./engine/inbox.ts";
import { failure, systemReason } from "./failures.ts";
import type { Database, Result } from "./ports.ts";

export interface StoreChoices {
  /** `plain`: texts lie in the new file of an erasure as they are, in tests. */
  readonly storage?: "plain";
  /** Called behind each step of an erasure, in tests. */
  readonly onStep?: (step: string) => void;
}

/** @returns the failure where the file is locked, damaged, written by a newer version, or may not be written. */
export async function storeOf(request: OpenRequest, choices: StoreChoices = {}): Promise<Result<Database>> {
  const { database: place, plan } = request;
  if (place === ":memory:") return openAt(place, request);
  const { folder } = place;
  const path = join(folder, "cadenza.duckdb");
  if (place.mustExist && !existsSync(path)) return { ok: false, failure: failure("F116", { path }) };
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    return { ok: false, failure: failure("F114", { path: folder, reason: systemReason(error) }) };
  }
  const opened = await openAt(path, request);
  if (!opened.ok || request.isUntouched) return opened;
  const { readErased, pendingIn } = await import("./store/tombstones.ts");
  const found = await caught(async () => {
    const erased = readErased(folder);
    const pending = erased ? await pendingIn(opened.value, erased) : [];
    if (!erased || pending.length === 0) return { ok: true, value: false };
    const { eraseRows, rewrite } = await import("./store/erase.ts");
    // What waits to be taken in tells of people too.
    await inboxOf(opened.value, plan).takeIn();
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
  return found.value ? openAt(path, request) : opened;
}

async function openAt(path: string, { plan, threads, memory, isUntouched }: OpenRequest): Promise<Result<Database>> {
  const { openDatabase } = await import("./store/duckdb.ts");
  const opened = await openDatabase(path, {
    ...(threads === undefined ? {} : { threads }),
    ...(memory === undefined ? {} : { memoryLimit: memory }),
  });
  if (!opened.ok || isUntouched) return opened;
  const database = opened.value;
  const made = await fitted(database, plan);
  if (made.ok) return opened;
  await database.close();
  return { ok: false, failure: made.failure };
}

/** Brings the tables to this version's form, and to what the plan stores. */
export async function fitted(database: Database, { catalog }: Plan): Promise<Result<void>> {
  const { ensureCatalog } = await import("./store/catalog-tables.ts");
  return caught(() => ensureCatalog(database, catalog));
}
