// pause, resume, retry, enroll and eject on the built command, with and without an engine that runs.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";
import { greeting } from "../support/greeting.ts";
import { startEngine, until } from "../support/running-engine.ts";
import { query, scratchDatabase } from "../support/scratch.ts";

const people = "id,email\nana,ana@x.example\nben,ben@x.example\n";
const welcome = `${greeting}
segment Nobody where not everyone
program side for Nobody < why "By hand"  goal unsubscribed  send hello  wait 9d >
`;

async function shop(): Promise<string> {
  const cwd = projectOf({ "shop.cdz": welcome, "people.csv": people });
  await cadenza(["load"], { cwd });
  await cadenza(["apply", "--yes"], { cwd });
  return cwd;
}

const once = async (cwd: string) => {
  const ran = await cadenza(["run", "--once", "--json"], { cwd });
  return { code: ran.code, ...JSON.parse(ran.stdout) };
};

async function rowsOf(cwd: string, sql: string) {
  const database = await scratchDatabase(join(cwd, ".cadenza", "cadenza.duckdb"));
  try {
    return await query(database, sql);
  } finally {
    await database.close();
  }
}

test("`pause all` needs neither sources nor a database; `resume all` lifts it; both are on record", async () => {
  const cwd = await shop();
  const database = join(cwd, ".cadenza", "cadenza.duckdb");
  const sound = readFileSync(database);
  writeFileSync(join(cwd, "broken.cdz"), "segment <");
  writeFileSync(database, "no database");
  const paused = await cadenza(["pause", "all", "--by", "Ana", "--json"], { cwd });
  expect({ ...paused, stdout: JSON.parse(paused.stdout) }).toMatchObject({
    code: 0,
    stdout: { paused: "all", by: "Ana" },
  });
  // Who stopped it first stays on record.
  expect((await cadenza(["pause", "all", "--by", "Ben"], { cwd })).stdout).toMatch(/^Everything is stopped .* by Ana/);
  rmSync(join(cwd, "broken.cdz"));
  // Nothing goes on that nobody can write down.
  expect(await cadenza(["resume", "all"], { cwd })).toMatchObject({ code: 2, stderr: expect.stringMatching(/^F121 /) });
  expect(existsSync(join(cwd, ".cadenza", "paused-all"))).toBe(true);
  writeFileSync(database, sound);
  const stopped = await once(cwd);
  expect(stopped).toMatchObject({ code: 1, mail: { sent: 0 } });
  expect(stopped.problems[0].text).toMatch(/^Everything is stopped/);
  expect(await cadenza(["resume", "greet"], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^F525 /),
  });
  expect(await cadenza(["enroll", "ana", "side"], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^F520 /),
  });
  expect(await cadenza(["resume", "all", "--by", "Ben"], { cwd })).toMatchObject({ code: 0 });
  expect(await once(cwd)).toMatchObject({ code: 0, mail: { sent: 2 } });
  expect(await rowsOf(cwd, 'SELECT kind, program, acted_by FROM action ORDER BY "at"')).toEqual([
    { kind: "pause", program: null, acted_by: "Ana" },
    { kind: "resume", program: null, acted_by: "Ben" },
  ]);
});

test("where there is no state there is nothing to stop", async () => {
  const cwd = projectOf({ "shop.cdz": greeting, "people.csv": people });
  expect(await cadenza(["pause", "all"], { cwd })).toMatchObject({ code: 2, stderr: expect.stringMatching(/^F116 /) });
  expect(existsSync(join(cwd, ".cadenza"))).toBe(false);
});

test("a switch that cannot be read stops everything all the same", async () => {
  const cwd = await shop();
  mkdirSync(join(cwd, ".cadenza", "paused-all"));
  expect(await once(cwd)).toMatchObject({ code: 1, mail: { sent: 0 } });
});

test("`pause all` stops an engine in the middle of its mails, and waits for no statement", async () => {
  const rows = Array.from({ length: 30_000 }, (_, index) => `c${index},c${index}@x.example`);
  const cwd = projectOf({ "shop.cdz": greeting, "people.csv": `id,email\n${rows.join("\n")}\n` });
  await cadenza(["load"], { cwd });
  const { child, ended } = await startEngine(cwd, ["--every", "1h"]);
  const mails = () => readdirSync(join(cwd, ".cadenza", "mail"), { recursive: true }).length;
  await until(() => mails() > 600);
  // While a file is being loaded no other statement gets its turn.
  const loading = cadenza(["load"], { cwd });
  expect(await cadenza(["pause", "all"], { cwd })).toMatchObject({ code: 0 });
  const stopped = mails();
  expect(await loading).toMatchObject({ code: 0 });
  // By then the block in hand is over.
  expect((await cadenza(["show", "contact", "c0"], { cwd })).code).toBe(0);
  expect(mails()).toBeLessThanOrEqual(stopped + 10);
  child.kill("SIGTERM");
  await ended;
  const states = await rowsOf(cwd, "SELECT state, count(*) AS n FROM outbox GROUP BY state ORDER BY state");
  expect(states.map(({ state }) => state)).toEqual(["pending", "sent"]);
  expect(states.reduce((sum, { n }) => sum + Number(n), 0)).toBe(30_000);
});

test("people are enrolled and ejected with the next tick", async () => {
  const cwd = await shop();
  const inside = async () => {
    const { stdout } = await cadenza(["show", "contact", "ana", "--json"], { cwd });
    return JSON.parse(stdout).enrollments.filter((one: { program: string }) => one.program === "side");
  };
  const enrolled = await cadenza(["enroll", "ana", "side", "--by", "Eve"], { cwd });
  expect(enrolled).toMatchObject({ code: 0, stdout: expect.stringMatching(/^`ana` enters `side`/) });
  expect(await inside()).toEqual([]);
  await once(cwd);
  expect(await inside()).toMatchObject([{ leftAt: null }]);
  expect((await cadenza(["enroll", "ana", "side"], { cwd })).stderr).toMatch(/^F521 /);
  expect((await cadenza(["eject", "ben", "side"], { cwd })).stderr).toMatch(/^F522 /);
  expect((await cadenza(["enroll", "zoe", "side"], { cwd })).stderr).toMatch(/^F118 /);
  expect((await cadenza(["enroll", "ben", "sides"], { cwd })).stderr).toMatch(/^F117 .*`side`/);
  expect((await cadenza(["enroll", "ben", "all"], { cwd })).stderr).toMatch(/^F117 /);
  const ejected = await cadenza(["eject", "ana", "side", "--by", "Eve", "--json"], { cwd });
  expect(JSON.parse(ejected.stdout)).toEqual({ ejected: "ana", program: "side" });
  await once(cwd);
  expect(await inside()).toMatchObject([{ reason: "ejected" }]);
  await cadenza(["pause", "side"], { cwd });
  expect((await cadenza(["enroll", "ben", "side"], { cwd })).stderr).toMatch(/^F520 /);
  expect(await cadenza(["retry"], { cwd })).toMatchObject({ code: 0, stdout: "There is nothing to try again.\n" });
  const tried = await cadenza(["retry", "side", "--json"], { cwd });
  expect(JSON.parse(tried.stdout)).toEqual({ mails: 0, calls: 0, programs: [], unknown: 0 });
  const record = await rowsOf(
    cwd,
    "SELECT kind, program, contact_id FROM action WHERE acted_by = 'Eve' ORDER BY \"at\"",
  );
  expect(record).toEqual([
    { kind: "enroll", program: "side", contact_id: "ana" },
    { kind: "eject", program: "side", contact_id: "ana" },
  ]);
});

test("an engine that runs is asked for the same, and writes down who asked", async () => {
  const cwd = await shop();
  const { child, ended } = await startEngine(cwd, ["--every", "1h"]);
  expect(await cadenza(["enroll", "ana", "side", "--by", "Eve"], { cwd })).toMatchObject({ code: 0 });
  expect((await cadenza(["eject", "ben", "side"], { cwd })).stderr).toMatch(/^F522 /);
  expect(await cadenza(["retry", "--by", "Eve"], { cwd })).toMatchObject({ code: 0 });
  expect(await cadenza(["resume", "all", "--by", "Eve"], { cwd })).toMatchObject({ code: 0 });
  child.kill("SIGKILL");
  await ended;
  expect(await rowsOf(cwd, "SELECT kind FROM action WHERE acted_by = 'Eve' ORDER BY \"at\"")).toEqual([
    { kind: "enroll" },
    { kind: "retry" },
    { kind: "resume" },
  ]);
  // The engine's first tick may have come before or behind it.
  const asked = "SELECT contact_id FROM request UNION SELECT contact_id FROM enrollment WHERE program = 'side'";
  expect(await rowsOf(cwd, asked)).toEqual([{ contact_id: "ana" }]);
});
