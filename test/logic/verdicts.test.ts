// What is said of everybody where things are tried in order, started, or silenced: the compiled SQL finds nobody among random
// people for whom it is otherwise, and whoever is shown is as the finding says.

import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { analyse } from "../../compiler/analyse/project.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printConditions, type Subjects } from "../../compiler/sql/print.ts";
import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { checkWithPrelude } from "../compiler/project.ts";
import { build } from "../sql/build.ts";
import { diceOf } from "../sql/dice.ts";
import { type Duck, duck } from "../sql/duck.ts";
import type { World } from "../sql/world.ts";
import { type Asked, type Claim, claimsOf } from "./claims.ts";
import { drawPeople } from "./domain.ts";
import { drawProgram } from "./draw-program.ts";
import { drawProject } from "./draw-project.ts";
import { enrollAll } from "./enroll.ts";
import { enrolledIn, witnessOf } from "./worlds.ts";

const codes = ["W409", "W410", "W411", "W520", "W526", "W527", "W528", "W529", "W530", "W531", "W532"];

const folder = new URL("../golden/compiler/", import.meta.url);
const shown = readdirSync(folder)
  .filter((name) => name.endsWith(".cdz") && codes.some((code) => name.startsWith(code)))
  .map((file) => readFileSync(new URL(file, folder), "utf8"));
const quiet = "segment Quiet where not purchased in 90d\n";
const programs = diceOf(20_261_127).times(200, (index) => `${quiet}${drawProgram(diceOf(9_000 + index))}`);
const projects = diceOf(20_261_128).times(120, (index) => drawProject(diceOf(index)));

const claims = [...shown, ...programs, ...projects].flatMap((text): readonly Claim[] => {
  const { project } = checkWithPrelude(text);
  const found: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void found.push(diagnostic);
  analyse(project, (file) => file === "main.cdz", report);
  return claimsOf(project, found, text);
});

let database: Duck;
beforeAll(async () => {
  database = await duck();
});
afterAll(() => database.close());

const enrolled: Subjects = { kind: "enrollment", from: { text: '"enrolled"', params: {} } };

/** Of each of them, which conditions are as asked. */
async function judge({ plan }: Claim, world: World, asked: readonly Asked[]): Promise<readonly (readonly boolean[])[]> {
  await build(database, world);
  const named = asked.map(({ when }, index) => ({ name: `c${index}`, when }));
  const rows = await database.rows(bind(printConditions(plan, enrolled, named), world.calendar, world.now));
  return rows.map((row) => asked.map(({ holds }, index) => row[`c${index}`] === holds));
}

test("each of them is found", () => {
  const counts = new Map<string, number>();
  for (const { code } of claims) counts.set(code, (counts.get(code) ?? 0) + 1);
  for (const code of codes)
    expect(counts.get(code) ?? 0, `${code} of ${JSON.stringify([...counts])}`).toBeGreaterThan(3);
});

test("whoever is shown is as claimed", { timeout: 240_000 }, async () => {
  const judged = new Set<string>();
  for (const claim of claims) {
    const { code, name, plan, example, asked, some, starting } = claim;
    if (!example) continue;
    const world = enrolledIn(plan, witnessOf(plan, example.person), starting);
    const [is = []] = await judge(claim, world, [...asked, ...some]);
    expect(is.slice(0, asked.length), `${name}\n${JSON.stringify(example.person)}`).toEqual(asked.map(() => true));
    if (some.length > 0) expect(is.slice(asked.length), `${name}\n${JSON.stringify(example.person)}`).toContain(true);
    judged.add(code);
  }
  // Nobody can show that there is nobody.
  const bare = new Set(["W411", "W520", "W526", "W530"]);
  expect([...judged].toSorted()).toEqual(codes.filter((code) => !bare.has(code)));
});

test("nobody among random people contradicts what is claimed of all", { timeout: 300_000 }, async () => {
  const near = new Map<string, number>();
  const taken = new Map<string, number>();
  let seed = 0;
  for (const claim of claims) {
    const round = (taken.get(claim.code) ?? 0) + 1;
    taken.set(claim.code, round);
    if (round > 14) continue;
    for (const { all, starts } of claim.never) {
      const dice = diceOf(20_261_129 + seed++);
      const world = enrollAll(
        dice,
        drawPeople(
          dice,
          claim.plan,
          all.map(({ when }) => when),
        ),
        starts,
      );
      for (const is of await judge(claim, world, all)) {
        const missing = is.filter((one) => !one).length;
        if (missing === 0) throw new Error(`${claim.name}\n${JSON.stringify(all)}`);
        if (missing === 1) near.set(claim.code, (near.get(claim.code) ?? 0) + 1);
      }
    }
  }
  // All but one of them hold of many, so that the claim says something.
  for (const code of codes) expect(near.get(code) ?? 0, `${code} of ${JSON.stringify([...near])}`).toBeGreaterThan(30);
});
