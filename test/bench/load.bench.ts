// Loading 1M contacts from CSV against a bare read_csv into a typed table with the same key.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { runLoad } from "../../runtime/store/load/run-load.ts";
import { catalogOf } from "../support/catalog-of.ts";
import { loadOf } from "../support/load-of.ts";
import { header, interleaved, row } from "./pairs.ts";
import { planOf } from "../support/plan-of.ts";

const rows = 1_000_000;
const catalog = catalogOf({
  contact: `id text key, email email, first_name text?, role one of (decision_maker|influencer|user)?, country country?,
    time_zone timezone?, seats number?, arr money?, created datetime`,
});
const plan = planOf(catalog, { zone: "Europe/Berlin" });
const load = loadOf(catalog, {
  to: "contact",
  path: "contacts.csv",
  map: {
    id: "Contact ID",
    email: "E-mail",
    first_name: "first_name",
    role: "role",
    country: "country",
    time_zone: "time_zone",
    seats: "seats",
    arr: "arr",
    created: "created",
  },
});

const statement = (text: string) => ({ text, params: {} });

async function opened(path: string): Promise<Database> {
  const result = await openDatabase(path);
  if (!result.ok) throw new Error(result.failure.text);
  return result.value;
}

async function writeContacts(database: Database, file: string): Promise<void> {
  await database.run(
    statement(`COPY (
      SELECT 'c' || lpad(CAST(range AS VARCHAR), 7, '0') AS "Contact ID",
        'person' || range || '@shop' || range % 977 || '.example' AS "E-mail",
        'Name' || range % 5000 AS first_name,
        ['decision_maker', 'influencer', 'user', ''][1 + range % 4] AS role,
        ['DE', 'US', 'FR', 'GB', 'JP'][1 + range % 5] AS country,
        ['Europe/Berlin', 'America/New_York', 'Europe/Paris', 'Europe/London', 'Asia/Tokyo'][1 + range % 5] AS time_zone,
        CASE WHEN range % 3 = 0 THEN '' ELSE CAST(range % 700 AS VARCHAR) END AS seats,
        CAST(range * 7919 % 1000000 / 100.0 AS DECIMAL(12, 2)) AS arr,
        strftime(TIMESTAMP '2024-01-01' + to_seconds(range * 37 % 60000000), '%Y-%m-%d %H:%M:%S') AS created
      FROM range(${rows})
    ) TO '${file}' (FORMAT csv, HEADER)`),
  );
}

const columns = ["contact_id", "email", "first_name", "role", "country", "time_zone"];
const bareTypes = [
  ...columns.map((name) => [name, "VARCHAR"]),
  ["seats", "DOUBLE"],
  ["arr", "DECIMAL(18,4)"],
  ["created", "TIMESTAMP"],
];

const folder = mkdtempSync(join(tmpdir(), "cadenza-bench-"));
const file = join(folder, "contacts.csv");
const ours = await opened(join(folder, "ours.db"));
const bare = await opened(join(folder, "bare.db"));
await writeContacts(bare, file);
await ensureCatalog(ours, catalog);

async function loadOurs(): Promise<void> {
  const result = await runLoad(ours, plan, load, { dataDir: folder, now: Date.UTC(2026, 2, 2), rejectsDir: folder });
  if (!result.ok || result.value.loaded !== rows || result.value.rejected + result.value.unknownValues > 0) {
    throw new Error(JSON.stringify(result));
  }
}

async function loadBare(): Promise<void> {
  const types = bareTypes.map(([name, type]) => `'${name}': '${type}'`).join(", ");
  await bare.run(
    statement(`INSERT INTO contact SELECT * FROM read_csv('${file}', header = true, columns = {${types}})`),
  );
}

/** An empty table and no work left over from the run before. */
async function emptied(database: Database): Promise<void> {
  await database.run(statement("DROP TABLE IF EXISTS contact"));
  const definitions = bareTypes.map(([name, type]) => `${name} ${type}${name === "contact_id" ? " PRIMARY KEY" : ""}`);
  await database.run(statement(`CREATE TABLE contact (${definitions.join(", ")})`));
  await database.run(statement("CHECKPOINT"));
}

const pairs = Number(process.env.BENCH_PAIRS ?? 15);
const first = await interleaved(
  "1M contacts, first load",
  { name: "ours", before: () => emptied(ours), run: loadOurs },
  { name: "bare", before: () => emptied(bare), run: loadBare },
  pairs,
);
const again = await interleaved(
  "1M contacts, the same file again (against the first bare load)",
  { name: "ours", run: loadOurs },
  { name: "bare", before: () => emptied(bare), run: loadBare },
  Math.min(pairs, 5),
);
console.log([header, row(first, 2), row(again, 2)].join("\n"));
console.log(`\nresident at most: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
await ours.close();
await bare.close();
rmSync(folder, { recursive: true, force: true });
