// A process that runs one load and prints what came of it; told to, it kills itself in the middle of its nth statement.

import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { runLoad } from "../../runtime/store/load/run-load.ts";
import { catalogOf, type CatalogNotation } from "./catalog-of.ts";
import { type LoadNotation, loadOf } from "./load-of.ts";
import { mortal } from "./mortal.ts";
import { planOf } from "./plan-of.ts";

export interface LoadErrand {
  readonly path: string;
  readonly folder: string;
  readonly rejectsDir: string;
  readonly catalog: CatalogNotation;
  readonly load: LoadNotation;
  /** From 1; the statement behind the last one is the commit. 0: never. */
  readonly killAt: number;
}

const errand = JSON.parse(process.argv[2] ?? "") as LoadErrand;
const opened = await openDatabase(errand.path, { threads: 2 });
if (!opened.ok) throw new Error(opened.failure.text);
const catalog = catalogOf(errand.catalog);
const made = await ensureCatalog(opened.value, catalog);
if (!made.ok) throw new Error(made.failure.text);
const { database, begun } = mortal(opened.value, errand.killAt);
const result = await runLoad(database, planOf(catalog), loadOf(catalog, errand.load), {
  dataDir: errand.folder,
  now: Date.UTC(2026, 2, 2),
  rejectsDir: errand.rejectsDir,
});
console.log(JSON.stringify(result.ok ? { ...result.value, begun: begun() } : { code: result.failure.code }));
if (result.ok) await opened.value.close();
