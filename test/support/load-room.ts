// A folder with data files and a database with the tables of a catalog, in which a test runs loads.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Catalog } from "../../compiler/ir/catalog.ts";
import type { Database, Result } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { type LoadCounts, runLoad } from "../../runtime/store/load/run-load.ts";
import { catalogOf, type CatalogNotation } from "./catalog-of.ts";
import { type LoadNotation, loadOf } from "./load-of.ts";
import { query, scratchDatabase, scratchFolder, valueFrom } from "./scratch.ts";
import { planOf } from "./plan-of.ts";

export interface LoadRoom {
  readonly folder: string;
  readonly catalog: Catalog;
  readonly database: Database;
  /** Writes a data file. */
  readonly put: (path: string, content: string | Uint8Array) => void;
  readonly load: (notation: LoadNotation) => Promise<Result<LoadCounts>>;
  readonly query: (text: string) => ReturnType<typeof query>;
  /** Lines of a rejects file without its header; none where there is no file. */
  readonly rejects: (counts: LoadCounts) => readonly string[];
}

export interface RoomOptions {
  /** Of the project; default UTC. */
  readonly zone?: string;
  /** Where the database lies; default in memory. */
  readonly path?: string;
  /** Default 2026-03-02 09:00 UTC. */
  readonly now?: string;
}

export async function loadRoom(notation: CatalogNotation, options: RoomOptions = {}): Promise<LoadRoom> {
  const folder = scratchFolder();
  const catalog = catalogOf(notation);
  const database = await scratchDatabase(options.path);
  valueFrom(await ensureCatalog(database, catalog));
  const now = Date.parse(options.now ?? "2026-03-02T09:00:00Z");
  return {
    folder,
    catalog,
    database,
    put: (path, content) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    },
    load: (load) =>
      runLoad(
        database,
        planOf(catalog, options.zone === undefined ? {} : { zone: options.zone }),
        loadOf(catalog, load),
        {
          dataDir: folder,
          now,
          rejectsDir: join(folder, "rejects"),
        },
      ),
    query: (text) => query(database, text),
    rejects: ({ rejectsFile }) => {
      if (rejectsFile === null || !existsSync(rejectsFile)) return [];
      return readFileSync(rejectsFile, "utf8").trimEnd().split("\n").slice(1);
    },
  };
}
