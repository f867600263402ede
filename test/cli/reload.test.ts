// Rule 43: a run loads again what has changed, and what `refresh every` asks for.

import { appendFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";
import { greeting } from "../support/greeting.ts";

const people = "id,email\nana,ana@x.example\n";

interface Told {
  readonly contacts: number;
  readonly problems: readonly { readonly text: string }[];
}

async function ran(cwd: string, ...more: readonly string[]): Promise<Told> {
  const { stdout, stderr } = await cadenza(["run", "--once", "--json", ...more], { cwd });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Writes a file as it was some seconds ago. */
function written(path: string, text: string, secondsAgo: number): void {
  writeFileSync(path, text);
  const at = Date.now() / 1000 - secondsAgo;
  utimesSync(path, at, at);
}

test("a file that has changed is loaded again, one that never was is not", async () => {
  const cwd = projectOf({ "shop.cdz": greeting, "people.csv": people });
  const path = join(cwd, "people.csv");
  expect(await ran(cwd)).toMatchObject({ contacts: 0 });
  await cadenza(["load"], { cwd });
  written(path, `${people}ben,ben@x.example\n`, 30);
  expect(await ran(cwd)).toMatchObject({ contacts: 2, problems: [] });
  // Somebody may be at it still.
  written(path, `${people}ben,ben@x.example\ncid,cid@x`, -30);
  expect(await ran(cwd)).toMatchObject({ contacts: 2 });
  written(path, `${people}ben,ben@x.example\ncid,cid@x.example\n`, 20);
  expect(await ran(cwd)).toMatchObject({ contacts: 3 });
  appendFileSync(path, "dan,dan@x.example\n");
  utimesSync(path, 0, 0);
  expect(await ran(cwd)).toMatchObject({ contacts: 4 });
  written(path, "id,email\neve,eve@x.example\n", 10);
  const replayed = await ran(cwd, "--now", "2099-01-01");
  expect(replayed.contacts).toBe(4);
});

test("what cannot be loaded again is a problem until it can", async () => {
  const cwd = projectOf({ "shop.cdz": greeting, "people.csv": people });
  const path = join(cwd, "people.csv");
  await cadenza(["load"], { cwd });
  rmSync(path);
  const { problems } = await ran(cwd);
  expect(problems.map(({ text }) => text)).toEqual([
    "`contact` could not be loaded again from `people.csv`: F101 There is no file `people.csv`.",
  ]);
  written(path, "key,mail\nana,ana@x.example\n", 10);
  expect((await ran(cwd)).problems[0]?.text).toMatch(/: F144 `people.csv` has no column `id`/);
  written(path, `${people}ben,ben@x.example\n`, 10);
  expect(await ran(cwd)).toMatchObject({ contacts: 2, problems: [] });
});

test("`refresh every` loads at once, and again when its time is over, whether the file has changed or not", async () => {
  const source = greeting.replace('"people.csv"', '"people.csv" refresh every 1h');
  const cwd = projectOf({ "shop.cdz": source, "people.csv": people });
  expect(await ran(cwd)).toMatchObject({ contacts: 1 });
  const loads = async () => {
    const { stdout } = await cadenza(["show", "data", "--json"], { cwd });
    return JSON.parse(stdout).tables.find(({ kind }: { kind: string }) => kind === "contact").lastLoad;
  };
  const first = await loads();
  await ran(cwd);
  expect(await loads()).toEqual(first);
});
