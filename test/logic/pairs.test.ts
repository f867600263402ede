// Over two hundred pairs of predicates: nearly all are decided, each witness is found by the compiled SQL to be as claimed, and
// no random person contradicts what is claimed of all.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Condition } from "../../compiler/ir/condition.ts";
import { logicOf, type Verdict } from "../../compiler/logic/verdict.ts";
import type { Witness } from "../../compiler/logic/witness.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printConditions, type Subjects } from "../../compiler/sql/print.ts";
import { planWithPrelude } from "../compiler/project.ts";
import { diceOf } from "../sql/dice.ts";
import { type Duck, duck } from "../sql/duck.ts";
import { build } from "../sql/build.ts";
import type { World } from "../sql/world.ts";
import { drawPair } from "./draw-pair.ts";
import { drawPeople } from "./domain.ts";
import { worldOf } from "./worlds.ts";

const drawnFile = new URL("drawn-pairs.txt", import.meta.url);
const seed = 20_260_302;

function drawnPairs(): string {
  const dice = diceOf(seed);
  return `# Pairs drawn by draw-pair.ts from the seed ${seed}.\n${dice.times(100, () => drawPair(dice)).join("\n")}\n`;
}

test("the drawn pairs are those of the seed", async () => {
  await expect(drawnPairs()).toMatchFileSnapshot(drawnFile.pathname);
});

const lines = [readFileSync(new URL("pairs.txt", import.meta.url), "utf8"), drawnPairs()].flatMap((text) =>
  text.split("\n").filter((line) => line.includes(" ~ ")),
);

const declared = `
segment Big where seats > 100
segment Quiet(d duration = 90d) where not purchased in d
segment Engaged where (purchased in 30d or opened at least 2 times in 30d) and in Big
segment Idle where in Quiet(30d) and not opened in 30d
score Interest <
  opened at least 3 times adds 5
  purchased adds 10 up to 30
  role = user adds 20
  unsubscribed subtracts 15
>
score Fading < purchased adds 10  halves every 30d >
funnel Way <
  stage lead when email is known
  stage buyer when purchased
  stage regular when purchased at least 3 times
  stage fan when in Engaged and role = user
>
funnel Ladder < stage low when seats > 3  stage high when purchased  moves forward only >
derived size = small when seats < 10, medium when seats < 100, large when seats >= 100
derived tier = 1 when in Big, 2 when vip is yes otherwise 3
derived firm = first known of (site, company.plan)
derived buyer_since = first purchased
derived spent = sum of purchased.amount
`;
const plan = planWithPrelude(
  declared +
    lines
      .flatMap((line, index) => {
        const [first, second] = line.split(" ~ ");
        return [`segment First${index} where ${first}`, `segment Second${index} where ${second}`];
      })
      .join("\n"),
);
const whereOf = (id: string): Condition => {
  const segment = plan.segments.find((candidate) => candidate.id === id);
  if (!segment) throw new Error(`no segment ${id}`);
  return segment.where;
};

interface Pair {
  readonly line: string;
  readonly first: Condition;
  readonly second: Condition;
  readonly verdict: Verdict;
}
const pairs = lines.map((line, index): Pair => {
  const [first, second] = [whereOf(`First${index}`), whereOf(`Second${index}`)];
  return { line, first, second, verdict: logicOf(plan, `p${index}`).verdict(first, second) };
});

const regions = [
  { name: "both", is: [true, true] },
  { name: "onlyFirst", is: [true, false] },
  { name: "onlySecond", is: [false, true] },
] as const;

let database: Duck;
beforeAll(async () => {
  database = await duck();
});
afterAll(() => database.close());

const contacts: Subjects = { kind: "contact", from: { text: '"contact"', params: {} } };

/** For each pair, by the key of each contact, whether both predicates hold. */
async function judge(world: World, judged: readonly Pair[]) {
  await build(database, world);
  const named = judged.flatMap(({ first, second }, index) => [
    { name: `first ${index}`, when: first },
    { name: `second ${index}`, when: second },
  ]);
  const rows = await database.rows(bind(printConditions(plan, contacts, named), world.calendar, world.now));
  return judged.map(
    (_, index) =>
      new Map(rows.map((row) => [String(row.contact_id), [row[`first ${index}`], row[`second ${index}`]] as const])),
  );
}

test("there are two hundred pairs, of which nine in ten are decided", () => {
  expect(new Set(lines).size).toBeGreaterThanOrEqual(200);
  const undecided = pairs.filter(({ verdict }) => verdict.relation === "not decided").map(({ line }) => line);
  expect(undecided.length, undecided.join("\n")).toBeLessThanOrEqual(pairs.length / 10);
});

test.each([
  ["scores", /\bscore /],
  ["stages", /\bstage /],
  ["derived fields", /\b(size|tier|firm|buyer_since|spent)\b/],
  ["chains", /\bfollowed by\b/],
  ["patterns", /\bmatches "/],
  ["lists", /\btags\b/],
])("of pairs about %s there are some, and most are decided", (_, words) => {
  const about = pairs.filter(({ line }) => words.test(line));
  const undecided = about.filter(({ verdict }) => verdict.relation === "not decided").map(({ line }) => line);
  expect(about.length).toBeGreaterThanOrEqual(8);
  expect(undecided.length, undecided.join("\n")).toBeLessThanOrEqual(about.length / 3);
});

test("every relation occurs often", () => {
  const counts = new Map<string, number>();
  for (const { verdict } of pairs) counts.set(verdict.relation, (counts.get(verdict.relation) ?? 0) + 1);
  for (const relation of ["equivalent", "inside", "around", "disjoint", "overlapping"]) {
    expect(counts.get(relation), relation).toBeGreaterThan(8);
  }
});

interface Shown {
  readonly pair: Pair;
  readonly witness: Witness;
  readonly is: readonly [boolean, boolean];
}

/** Witnesses that can live in one world: of one instant, with keys and addresses of their own. */
function worldsOf(shown: readonly Shown[]): readonly (readonly Shown[])[] {
  const worlds: { readonly taken: Set<string>; readonly people: Shown[] }[] = [];
  const { key, address } = plan.catalog.contact;
  for (const one of shown) {
    const { now, contact, company } = one.witness;
    const names = [`key ${contact[key]}`, `address ${contact[address]}`.toLowerCase(), ...(company ? ["company"] : [])];
    const fits = worlds.find(
      ({ taken, people }) => people[0]?.witness.now === now && !names.some((name) => taken.has(name)),
    );
    const world = fits ?? { taken: new Set(), people: [] };
    if (!fits) worlds.push(world);
    for (const name of names) world.taken.add(name);
    world.people.push(one);
  }
  return worlds.map(({ people }) => people);
}

test("every witness is what it is claimed to be", { timeout: 240_000 }, async () => {
  const shown = pairs.flatMap((pair) =>
    regions.flatMap(({ name, is }): readonly Shown[] => {
      const found = pair.verdict[name];
      return found.kind === "some" ? [{ pair, witness: found.model, is }] : [];
    }),
  );
  expect(shown.length).toBeGreaterThan(300);
  for (const people of worldsOf(shown)) {
    const world = worldOf(
      plan,
      people.map(({ witness }) => witness),
    );
    const judged = await judge(
      world,
      people.map(({ pair }) => pair),
    );
    people.forEach(({ pair, witness, is }, index) => {
      const key = String(witness.contact[plan.catalog.contact.key]);
      expect(judged[index]?.get(key), `${pair.line}\n${JSON.stringify(witness)}`).toEqual(is);
    });
  }
});

test("nobody among random people contradicts what is claimed of all", { timeout: 240_000 }, async () => {
  const outcomes = new Map<string, number>();
  const check = async (seed: number) => {
    const dice = diceOf(seed);
    for (const pair of pairs) {
      const impossible = regions.filter(({ name }) => pair.verdict[name].kind === "none");
      if (impossible.length === 0) continue;
      const world = drawPeople(dice, plan, [pair.first, pair.second]);
      const [judged = new Map()] = await judge(world, [pair]);
      for (const [key, is] of judged) {
        outcomes.set(String(is), (outcomes.get(String(is)) ?? 0) + 1);
        const wrong = impossible.find((region) => String(region.is) === String(is));
        if (wrong) throw new Error(`${pair.line}: ${wrong.name}, at ${world.now}: ${describe(world, key)}`);
      }
    }
  };
  await fc.assert(fc.asyncProperty(fc.integer(), check), { numRuns: 1, endOnFailure: true });
  for (const is of ["true,true", "true,false", "false,true", "false,false"])
    expect(outcomes.get(is), is).toBeGreaterThan(500);
});

function describe(world: World, key: string): string {
  const contact = world.contacts.find((row) => row[plan.catalog.contact.key] === key);
  const events = [...world.events].flatMap(([name, rows]) =>
    rows.filter(({ contactId }) => contactId === key).map((row) => ({ name, ...row })),
  );
  return JSON.stringify({ contact, events });
}
