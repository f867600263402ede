// A load that is killed, that meets a full disk, or that may not read or write: what was there is intact.

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Database } from "../../runtime/ports.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { runLoad } from "../../runtime/store/load/run-load.ts";
import { catalogOf } from "../support/catalog-of.ts";
import { bundled, finished, start, withoutRights } from "../support/child.ts";
import { killStride } from "../support/kill-steps.ts";
import type { LoadErrand } from "../support/load-child.ts";
import { type LoadNotation, loadOf } from "../support/load-of.ts";
import { query, scratchFolder, valueFrom } from "../support/scratch.ts";
import { planOf } from "../support/plan-of.ts";

const catalog = { contact: "id text key, email email, name text?", events: { bought: "amount money" } };
const contacts = { to: "contact", path: "people.csv", map: { id: "id", email: "email", name: "name" } };
const events = { to: "bought", path: "bought.csv", map: { contact: "who", at: "when", amount: "total" } };
const rows = 5_000;

function errandIn(folder: string, more: Partial<LoadErrand>): LoadErrand {
  const rejectsDir = join(folder, "rejects");
  return { path: join(folder, "a.db"), folder, rejectsDir, catalog, load: contacts, killAt: 0, ...more };
}

function writeFiles(folder: string): void {
  const people = Array.from({ length: rows }, (_, index) => `${index},p${index}@x.example,Name ${index}\n`);
  writeFileSync(join(folder, "people.csv"), `id,email,name\n${people.join("")}x,nobody,\n`);
  const bought = Array.from({ length: rows }, (_, index) => `${index},2026-01-05,${index % 100}\n`);
  writeFileSync(join(folder, "bought.csv"), `who,when,total\n${bought.join("")}nobody,2026-01-05,1\n`);
}

async function withDatabase<T>(path: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = valueFrom(await openDatabase(path, { threads: 2 }));
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

const inDatabase = (path: string, text: string) => withDatabase(path, (database) => query(database, text));

const loadHere = (folder: string, path: string, load: LoadNotation) =>
  withDatabase(path, async (database) => {
    const tables = catalogOf(catalog);
    const options = { dataDir: folder, now: Date.UTC(2026, 2, 2), rejectsDir: join(folder, "rejects") };
    return valueFrom(await runLoad(database, planOf(tables), loadOf(tables, load), options));
  });

const state = (path: string) =>
  inDatabase(
    path,
    `SELECT (SELECT count(*) FROM contact) AS people, (SELECT count(*) FROM event_bought) AS events,
      (SELECT count(*) FROM load_batch) AS batches`,
  );

describe("a load killed in the middle of each of its statements", () => {
  test.each([
    ["contacts", contacts],
    ["events", events],
  ])(
    "%s: all of it is there or none, and the next run makes it whole",
    async (_, load) => {
      const file = await bundled("test/support/load-child.ts");
      const folder = scratchFolder();
      writeFiles(folder);
      const run = async (more: Partial<LoadErrand>) => {
        const { out, err, code } = await finished(start(file, [JSON.stringify(errandIn(folder, more))]));
        return { result: out === "" ? null : JSON.parse(out), err, code };
      };
      const first = await run({ path: join(folder, "whole.db"), load: contacts });
      expect(first.result).toMatchObject({ added: rows, rejected: 1 });
      const before = { people: load === events ? rows : 0, events: 0, batches: load === events ? 1 : 0 };
      const after = { people: rows, events: load === events ? rows : 0, batches: before.batches + 1 };
      let kills = 0;
      for (let killAt = 1; ; killAt += killStride(2)) {
        const path = join(folder, `${killAt}.db`);
        if (load === events) spawnSync("cp", [join(folder, "whole.db"), path]);
        const { result } = await run({ path, load, killAt });
        if (result && killAt > result.begun) break;
        kills += 1;
        const [found] = await state(path);
        expect([before, after]).toContainEqual(found);
        expect(await loadHere(folder, path, load)).toMatchObject({ rows: rows + 1, rejected: 1 });
        expect(await state(path)).toMatchObject([{ people: after.people, events: after.events }]);
      }
      expect(kills * killStride(2)).toBeGreaterThan(8);
    },
    180_000,
  );
});

describe("a full disk", () => {
  test("fails as such, keeps what was there, and the load works once there is room", async () => {
    const file = await bundled("test/support/load-child.ts");
    const folder = scratchFolder();
    writeFileSync(join(folder, "people.csv"), "id,email,name\n1,a@x.example,Ana\n");
    const small = await finished(start(file, [JSON.stringify(errandIn(folder, {}))]));
    expect(JSON.parse(small.out)).toMatchObject({ added: 1 });
    // Names that do not compress, so that they need the room that they seem to need.
    const letters = Array.from({ length: 60_000 }, (_, index) => `${index},p${index}@x.example,${noise(index)}\n`);
    writeFileSync(join(folder, "people.csv"), `id,email,name\n${letters.join("")}`);
    const limited = `trap '' XFSZ; ulimit -f 3000; exec "$0" "$1" "$2"`;
    const errand = JSON.stringify(errandIn(folder, {}));
    const { stdout, stderr } = spawnSync("bash", ["-c", limited, process.execPath, file, errand], { encoding: "utf8" });
    expect([stdout.trim(), stderr]).toEqual(['{"code":"F125"}', ""]);
    const path = join(folder, "a.db");
    expect(await inDatabase(path, "SELECT contact_id, name FROM contact")).toEqual([{ contact_id: "1", name: "Ana" }]);
    const again = await finished(start(file, [errand]));
    expect(JSON.parse(again.out)).toMatchObject({ rows: 60_000, added: 59_999, updated: 1 });
  }, 120_000);
});

/** Text without a pattern, the same for the same seed. */
function noise(seed: number): string {
  let word = "";
  let at = (seed + 1) * 2_654_435_761;
  for (let index = 0; index < 20; index++) {
    at = (Math.imul(at ^ (at >>> 15), 2_246_822_519) + index) >>> 0;
    word += at.toString(36);
  }
  return word;
}

describe("without permission", () => {
  async function asNobody(
    prepare: (folder: string) => void,
  ): Promise<{ readonly code?: string; readonly added?: number }> {
    const file = await bundled("test/support/load-child.ts");
    chmodSync(dirname(file), 0o755);
    const folder = scratchFolder();
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, "open"));
    chmodSync(join(folder, "open"), 0o777);
    writeFileSync(join(folder, "people.csv"), "id,email,name\n1,a@x.example,Ana\n2,nobody,Bo\n");
    prepare(folder);
    const open = join(folder, "open");
    const errand = errandIn(folder, { path: join(open, "a.db"), rejectsDir: join(folder, "rejects") });
    chmodSync(folder, 0o555);
    const { out, err } = await finished(start(file, [JSON.stringify(errand)], withoutRights));
    // So that it can be removed again.
    for (const path of [folder, join(folder, "rejects")]) if (existsSync(path)) chmodSync(path, 0o755);
    expect(err).toBe("");
    expect(readdirSync(folder).sort()).toEqual([
      "open",
      "people.csv",
      ...(readdirSync(folder).includes("rejects") ? ["rejects"] : []),
    ]);
    return JSON.parse(out);
  }

  test("to read the file", async () => {
    expect(await asNobody((folder) => chmodSync(join(folder, "people.csv"), 0))).toEqual({ code: "F142" });
  });

  test("to write the rejects: then nothing is loaded", async () => {
    expect(await asNobody(() => undefined)).toEqual({ code: "F154" });
    const inFolder = (folder: string) => {
      mkdirSync(join(folder, "rejects"));
      chmodSync(join(folder, "rejects"), 0o555);
    };
    expect(await asNobody(inFolder)).toEqual({ code: "F154" });
  });
});

test("a rejects file that is there is not overwritten, and none is left unfinished", async () => {
  const file = await bundled("test/support/load-child.ts");
  const folder = scratchFolder();
  writeFileSync(join(folder, "people.csv"), "id,email,name\n2,nobody,Bo\n");
  for (let time = 0; time < 2; time++) await finished(start(file, [JSON.stringify(errandIn(folder, {}))]));
  const names = readdirSync(join(folder, "rejects")).sort();
  expect(names).toEqual(["contact-2026-03-02T000000Z-2.csv", "contact-2026-03-02T000000Z.csv"]);
  const [a, b] = names.map((name) => readFileSync(join(folder, "rejects", name), "utf8"));
  expect(a).toBe(b);
});
