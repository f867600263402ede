// Every command beside an engine that runs: it is answered, as it is where none runs, and nothing says that the database is locked.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";
import { shopFiles, shopSource } from "../support/forget-shop.ts";
import { greeting } from "../support/greeting.ts";
import { startEngine } from "../support/running-engine.ts";

const people = "id,email\nana,ana@x.example\nben,ben@x.example\n";
const tested = `${greeting}list vips "VIPs"\ntest "t" < given ana  when ana enters greet  expect ana was sent hello >\n`;

async function shop(source = greeting): Promise<string> {
  const cwd = projectOf({ "shop.cdz": source, "people.csv": people });
  expect((await cadenza(["load"], { cwd })).code).toBe(0);
  expect((await cadenza(["apply", "--yes"], { cwd })).code).toBe(0);
  expect((await cadenza(["run", "--once"], { cwd })).code).toBe(0);
  return cwd;
}

/** What comes of a command: 0 unless said. */
const commands: Readonly<Record<string, readonly (readonly [args: readonly string[], code?: number])[]>> = {
  check: [[["--data"]]],
  load: [[[]]],
  show: [[["segments"]], [["contact", "ana"]], [["program", "greet"]], [["data"]], [["aside"]]],
  list: [[["add", "vips", "ana"]]],
  consent: [[["ben", "news", "no"]]],
  why: [[["ana", "All"]], [["ana", "greet"]], [["ana", "hello"]], [["ana", "greet", "--as-test"]]],
  plan: [[["--json", "--no-ahead"]]],
  apply: [[["--yes"]]],
  pause: [[["greet"]]],
  resume: [[["greet"]]],
  retry: [[[]]],
  enroll: [[["ana", "greet"], 2]],
  eject: [[["ana", "greet"]]],
  report: [[["--json"]]],
  preview: [[["hello", "--as", "ana"]]],
  "send-test": [[["hello", "--as", "ana", "--to", "me@x.example", "--mailer", "files"]]],
  handoffs: [[[]]],
  export: [[["ana"]]],
  simulate: [[["--every", "1d"]]],
  backup: [[["shop.backup"]]],
  forget: [[["ben"]]],
};
/**
 * What needs no database, `doctor` and `watch`, whose tests are their own, and what cannot be: a second engine, and another
 * database in the place of this one.
 */
const apart: readonly string[] = ["init", "fmt", "test", "explain", "docs", "doctor", "watch", "run", "restore"];

test("every command is answered while an engine runs", async () => {
  const cwd = await shop(tested);
  const { stdout: help } = await cadenza(["--help"], { cwd });
  const names = [...help.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name = ""]) => name).filter((name) => name !== "help");
  expect([...apart, ...Object.keys(commands)].toSorted()).toEqual(names.toSorted());
  await startEngine(cwd, ["--every", "1h"]);
  for (const [name, calls] of Object.entries(commands)) {
    for (const [args, code = 0] of calls) {
      const ran = await cadenza([name, ...args], { cwd });
      expect({ name, args, code: ran.code, stderr: ran.stderr }).toMatchObject({ name, args, code });
      expect(`${name}: ${ran.stderr}`).not.toMatch(/F120|F485/);
    }
  }
}, 600_000);

test("an edit is foreseen and made live by the engine, and the tables stay as they are until then", async () => {
  const cwd = await shop();
  const { child, ended } = await startEngine(cwd, ["--every", "1h"]);
  writeFileSync(
    join(cwd, "shop.cdz"),
    greeting.replace('subject "Hello"', 'subject "Good day"').replace("email email >", "email email  seats number? >"),
  );
  const planned = await cadenza(["plan", "--json", "--exit-code", "--out", "saved.plan"], { cwd });
  expect(planned.code).toBe(3);
  expect(JSON.parse(planned.stdout)).toMatchObject({ live: 1, isChanged: true });
  // Somebody else is quicker.
  const mine = readFileSync(join(cwd, "shop.cdz"));
  writeFileSync(join(cwd, "shop.cdz"), greeting.replace('subject "Hello"', 'subject "Hi"'));
  expect((await cadenza(["apply", "--yes"], { cwd })).stdout).toMatch(/^Version 2 is live/);
  writeFileSync(join(cwd, "shop.cdz"), mine);
  expect(await cadenza(["apply", "saved.plan"], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^F42\d /),
  });
  expect((await cadenza(["apply", "--yes"], { cwd })).stdout).toMatch(/^Version 3 is live/);
  expect((await cadenza(["apply", "--yes"], { cwd })).stdout).toMatch(/^Version 3 was live already/);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  const once = await cadenza(["run", "--once", "--json"], { cwd });
  expect(JSON.parse(once.stdout)).toMatchObject({ isBehind: false });
});

test("who is forgotten while the engine runs is in no file, and stays away", async () => {
  const cwd = projectOf({ "a.cdz": shopSource, ...shopFiles });
  await cadenza(["load"], { cwd });
  await cadenza(["apply", "--yes"], { cwd });
  const { child, ended } = await startEngine(cwd, ["--every", "1h"]);
  expect(await cadenza(["forget", "zora-key", "--json"], { cwd })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('"isNew": true'),
  });
  expect((await cadenza(["forget", "zora-key"], { cwd })).stdout).toBe("zora-key was forgotten before.\n");
  expect((await cadenza(["export", "zora-key"], { cwd })).stderr).toMatch(/^F118 /);
  const again = await cadenza(["load", "contact", "--json"], { cwd });
  expect(JSON.parse(again.stdout)).toMatchObject([{ rows: 3, unchanged: 2, rejected: 1 }]);
  expect((await cadenza(["show", "contact", "ben"], { cwd })).code).toBe(0);
  const folder = join(cwd, ".cadenza");
  const held = readdirSync(folder).filter((name) => /^cadenza\.duckdb/.test(name));
  expect(held).toContain("cadenza.duckdb");
  for (const name of held.filter((one) => !one.endsWith(".tmp"))) {
    expect(readFileSync(join(folder, name)).includes("Zorabelle")).toBe(false);
  }
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect((await cadenza(["show", "contact", "ben"], { cwd })).code).toBe(0);
});
