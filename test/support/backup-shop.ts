// A shop with people in it, whose database is backed up and put back.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Cadenza, compile, open, type OpenRequest, virtualClock } from "../../runtime/index.ts";
import { shopFiles, shopSource } from "./forget-shop.ts";
import { query, scratchDatabase, scratchFolder, valueFrom } from "./scratch.ts";

export const planOf = (source: string) => {
  const { plan } = compile([{ path: "a.cdz", text: source }]);
  if (!plan) throw new Error("the source has errors");
  return plan;
};
export const own = planOf(shopSource);
export const day = (date: number) => Date.UTC(2026, 2, date);
export const requestIn = (root: string, now = day(4)): OpenRequest => ({
  plan: own,
  database: { folder: join(root, "state") },
  dataDir: root,
  clock: virtualClock(now),
});
export const databaseIn = (root: string) => join(root, "state", "cadenza.duckdb");
export const fileIn = (root: string) => join(root, "shop.backup");

/** A state as of the third day, in which two people stand behind their first mail. */
export async function prepared(): Promise<string> {
  const root = scratchFolder();
  for (const [name, text] of Object.entries(shopFiles)) writeFileSync(join(root, name), text);
  await within(root, day(3), async (engine) => {
    valueFrom(await engine.apply(day(1)));
    valueFrom(await engine.load({ at: day(1) }));
    valueFrom(await engine.tick(day(3)));
    valueFrom(await engine.segments(day(3)));
  });
  return root;
}

export async function within<T>(root: string, now: number, work: (engine: Cadenza) => Promise<T>): Promise<T> {
  const engine = valueFrom(await open(requestIn(root, now)));
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

export const backUp = (root: string, now = day(3)) =>
  within(root, now, async (engine) => valueFrom(await engine.backup({ file: fileIn(root) })));

export async function rowsOf(path: string, sql: string) {
  const database = await scratchDatabase(path);
  const rows = await query(database, sql);
  await database.close();
  return rows;
}
