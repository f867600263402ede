// Files that no one here made, with the counts that were computed from them independently.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { runLoad } from "../../runtime/store/load/run-load.ts";
import { catalogOf } from "../support/catalog-of.ts";
import { type LoadNotation, loadOf } from "../support/load-of.ts";
import { query, scratchDatabase, scratchFolder, valueFrom } from "../support/scratch.ts";
import { realData } from "../support/real-data.ts";
import { planOf } from "../support/plan-of.ts";

const folder = realData("cdnow_master.txt") && realData("leads.csv");

describe.skipIf(folder === null)("CDNOW", () => {
  const catalog = catalogOf({
    contact: "id text key, email email",
    events: { purchased: "discs number, amount money" },
  });
  const file = { path: "cdnow_master.txt", delimiter: " ", hasHeader: false };
  const people: LoadNotation = { ...file, to: "contact", map: { id: 1, email: { from: 1, as: "*@cdnow.example" } } };
  const purchases: LoadNotation = {
    ...file,
    to: "purchased",
    map: { contact: 1, at: { from: 2, as: "yyyymmdd" }, discs: 3, amount: 4 },
  };

  test("has 23,570 contacts and 69,659 purchases, also when loaded twice", async () => {
    const database = await scratchDatabase();
    valueFrom(await ensureCatalog(database, catalog));
    const options = { dataDir: folder ?? "", now: Date.UTC(1998, 6, 1), rejectsDir: join(scratchFolder(), "rejects") };
    const run = async (load: LoadNotation) =>
      valueFrom(await runLoad(database, planOf(catalog), loadOf(catalog, load), options));
    expect(await run(people)).toMatchObject({
      rows: 69_659,
      loaded: 69_659,
      added: 23_570,
      rejected: 0,
      rejectsFile: null,
    });
    expect(await run(purchases)).toMatchObject({
      rows: 69_659,
      added: 69_659,
      rejected: 0,
      unknownValues: 0,
      future: 0,
    });
    expect(await run(people)).toMatchObject({ added: 0, updated: 0, unchanged: 23_570 });
    expect(await run(purchases)).toMatchObject({ added: 0, unchanged: 69_659 });
    const [row] = await query(
      database,
      `SELECT count(*) AS purchases, count(DISTINCT event_id) AS ids, sum(amount) AS total, min(occurred_at) AS first,
        max(occurred_at) AS last FROM event_purchased`,
    );
    expect(row).toEqual({
      purchases: 69_659,
      ids: 69_659,
      total: await totalOf(join(folder ?? "", "cdnow_master.txt")),
      first: Date.UTC(1997, 0, 1),
      last: Date.UTC(1998, 5, 30),
    });
    const once = "SELECT count(*) AS n FROM (SELECT 1 FROM event_purchased GROUP BY contact_id HAVING count(*) = 1)";
    expect(await query(database, once)).toEqual([{ n: 11_908 }]);
    expect(await query(database, "SELECT email FROM contact WHERE contact_id = '00001'")).toEqual([
      { email: "00001@cdnow.example" },
    ]);
  });
});

/** Sum of the fourth column, in cents and by hand, as the database writes it. */
async function totalOf(path: string): Promise<string> {
  const lines = (await readFile(path, "utf8")).split(/\r?\n/).filter((line) => line.trim() !== "");
  const cents = lines.reduce((sum, line) => sum + Math.round(Number(line.trim().split(/\s+/)[3]) * 100), 0);
  return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, "0")}00`;
}

describe.skipIf(folder === null)("leads", () => {
  const catalog = catalogOf({
    contact: `id text key, email email, origin text, source text?, converted boolean, visits number?, seconds number,
      country text?, occupation text?, specialization text?, activity one of (opened|chatted|other)?`,
  });
  const load: LoadNotation = {
    to: "contact",
    path: "leads.csv",
    unknown: ["Select"],
    map: {
      id: "Prospect ID",
      email: { from: "Lead Number", as: "*@leads.example" },
      origin: "Lead Origin",
      source: "Lead Source",
      converted: "Converted",
      visits: "TotalVisits",
      seconds: "Total Time Spent on Website",
      country: "Country",
      occupation: "What is your current occupation",
      specialization: "Specialization",
      activity: {
        from: "Last Activity",
        with: { "Email Opened": "opened", "Olark Chat Conversation": "chatted" },
        otherwise: "other",
      },
    },
  };

  test("has 8,902 rows that load and 338 that hold only an id", async () => {
    const database = await scratchDatabase();
    valueFrom(await ensureCatalog(database, catalog));
    const options = { dataDir: folder ?? "", now: Date.UTC(2026, 0, 1), rejectsDir: join(scratchFolder(), "rejects") };
    const run = async () => valueFrom(await runLoad(database, planOf(catalog), loadOf(catalog, load), options));
    const counts = await run();
    expect(counts).toMatchObject({ rows: 9240, loaded: 8902, added: 8902, rejected: 338, unknownValues: 0 });
    expect(await run()).toMatchObject({ loaded: 8902, added: 0, updated: 0, unchanged: 8902, rejected: 338 });
    const lines = (await readFile(counts.rejectsFile ?? "", "utf8")).trimEnd().split("\n").slice(1);
    expect(lines).toHaveLength(338);
    const source = (await readFile(join(folder ?? "", "leads.csv"), "utf8")).split("\n");
    for (const line of lines) {
      const [, number = "0"] = line.split(",");
      // The whole line stands in quotes, so that all of it is the first column.
      expect(source[Number(number) - 1]).toMatch(/^"[0-9a-f]{8}-.*"\r?$/);
    }
    const select =
      "SELECT count(*) AS n FROM contact WHERE 'Select' IN (origin, source, country, occupation, specialization)";
    expect(await query(database, select)).toEqual([{ n: 0 }]);
  });
});
