import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Condition, Term } from "../../compiler/ir/condition.ts";
import { type Funnel, placeTerm, type Score, scoreTerm } from "../../compiler/ir/people.ts";
import type { Plan, Segment } from "../../compiler/ir/plan.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printConditions, printMembers, printTerms, type Subjects } from "../../compiler/sql/print.ts";
import type { Sql } from "../../compiler/sql/sql.ts";
import { type Choice, drawCondition } from "./conditions.ts";
import { drawFunnel, drawScore } from "./declared.ts";
import { type Dice, diceOf } from "./dice.ts";
import { type Duck, duck } from "./duck.ts";
import { type Oracle, oracleOf, type Person } from "./oracle.ts";
import { alternatives, tally } from "./tally.ts";
import { runs } from "../random.ts";
import { build } from "./build.ts";
import { drawWorld, type World } from "./world.ts";
import { planOf } from "../support/plan-of.ts";

let database: Duck;
beforeAll(async () => {
  database = await duck();
});
afterAll(() => database.close());

const counts = new Map<string, number>();
/** How often a condition of some kind held and did not: a test in which nothing ever holds would prove little. */
const outcomes = new Map<string, number>();

const choicePlan = ({
  world,
  segments,
  scores,
  funnels,
}: Pick<Choice, "world" | "segments" | "scores" | "funnels">): Plan =>
  planOf(world.catalog, world.calendar, { segments, scores, funnels }, "p");

function segmentOf(id: string, where: Condition): Segment {
  return { id, name: id, doc: null, where, reads: [], hash: "" };
}

/**
 * Each reads those before it; the last ones are large and read often, so that they are evaluated by themselves, two whose
 * ids differ in letter case alone among them.
 */
function drawDeclared(dice: Dice, world: World): Pick<Choice, "segments" | "scores" | "funnels"> {
  const segments: Segment[] = [];
  const scores: Score[] = [];
  const funnels: Funnel[] = [];
  const choice: Choice = { dice, world, segments, scores, funnels, isInside: false, kinds: "all" };
  const draw = () => drawCondition(choice, 2);
  for (let index = 0; index < 3; index++) {
    segments.push(segmentOf(`S${index}`, draw()));
    if (index === 0) continue;
    scores.push(drawScore(choice, `T${index}`));
    funnels.push(drawFunnel(choice, `F${index}`));
  }
  for (const id of ['Big("a")', 'Big("A")', "Bigger"]) {
    segments.push(segmentOf(id, { kind: dice.pick(["all", "any"] as const), of: dice.times(14, draw) }));
  }
  return { segments, scores, funnels };
}

const contacts: Subjects = { kind: "contact", from: { text: '"contact"', params: {} } };
const someContacts: Subjects = {
  kind: "contact",
  from: {
    text: "(SELECT contact_id, contact_id AS again FROM (VALUES ($first), ('c3'), ('c4'), ('c13')) AS v(contact_id))",
    params: { first: { kind: "text", value: "c1" } },
  },
};
const enrolled: Subjects = { kind: "enrollment", from: { text: '"enrolled"', params: {} } };
const cutEnrolled: Subjects = { ...enrolled, cuts: "enrollment" };
const someEnrolled: Subjects = {
  kind: "enrollment",
  from: {
    text: "(SELECT * FROM enrolled WHERE started_at <= $p1)",
    params: { p1: { kind: "moment", moment: { kind: "now" }, as: "instant" } },
  },
};

async function rowsOf(sql: Sql, world: World) {
  const bound = bind(sql, world.calendar, world.now);
  return database.rows(bound).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : error}\n${sql.text}`);
  });
}

function personOf(row: Readonly<Record<string, unknown>>, world: World): Person {
  const enrollment = world.enrollments.find((candidate) => candidate.enrollmentId === row.enrollment_id) ?? null;
  return { contactId: String(row.contact_id), enrollment };
}

async function checkConditions(choice: Choice, subjects: Subjects, conditions: readonly Condition[], oracle: Oracle) {
  const { world } = choice;
  const named = conditions.map((when, index) => ({ name: `is ${index}`, when }));
  const sql = printConditions(choicePlan(choice), subjects, named);
  const rows = await rowsOf(sql, world);
  const ids = rows.map((row) => row.enrollment_id ?? row.contact_id);
  expect(new Set(ids).size, "every subject once").toBe(ids.length);
  for (const row of rows) {
    const person = personOf(row, world);
    for (const { name, when } of named) {
      const kind = when.kind === "behaviour" ? `${when.kind} of scope ${when.scope}` : when.kind;
      outcomes.set(`${kind}: ${row[name]}`, (outcomes.get(`${kind}: ${row[name]}`) ?? 0) + 1);
      if (row[name] !== oracle.isTrue(when, person)) {
        const single = printConditions(choicePlan(choice), subjects, [{ name, when }]);
        throw new Error(`${row[name]} for ${JSON.stringify(person)}\n${JSON.stringify(when, null, 1)}\n${single.text}`);
      }
    }
  }
  return rows.length;
}

async function checkMembers(choice: Choice, oracle: Oracle) {
  const { world, dice } = choice;
  const where = drawCondition(choice, 3);
  const segments = [...choice.segments, segmentOf("X", where), segmentOf("Not", { kind: "not", of: where })];
  const members = async (id: string) => {
    const rows = await rowsOf(printMembers(choicePlan({ ...choice, segments }), id), world);
    return rows.map((row) => String(row.contact_id));
  };
  const all = world.contacts.map((contact) => String(contact.id));
  const inside = await members("X");
  const outside = await members("Not");
  expect([...inside, ...outside].sort(), JSON.stringify(where)).toEqual([...all].sort());
  const expected = all.filter((contactId) => oracle.isTrue(where, { contactId, enrollment: null }));
  expect(
    [...inside].sort(),
    `${JSON.stringify(where)}\n${printMembers(choicePlan({ ...choice, segments }), "X").text}`,
  ).toEqual(expected.sort());
  tally(where, counts);
  const asked = dice.pick(choice.segments).id;
  const known = all.filter((contactId) =>
    oracle.isTrue({ kind: "in segment", segment: asked }, { contactId, enrollment: null }),
  );
  expect((await members(asked)).sort()).toEqual(known.sort());
}

async function checkTerms(choice: Choice, conditions: readonly Condition[], oracle: Oracle) {
  const { world, scores, funnels } = choice;
  const compared = conditions.flatMap((condition): readonly Term[] =>
    condition.kind === "compare" ? [condition.left, condition.right] : [],
  );
  const terms = [
    ...compared,
    ...scores.map(({ name }) => scoreTerm(name)),
    ...funnels.map(({ name }) => placeTerm(name)),
  ];
  const named = terms.map((term, index) => ({ name: `value ${index}`, term }));
  const rows = await rowsOf(printTerms(choicePlan(choice), enrolled, named), world);
  expect(rows).toHaveLength(world.enrollments.length);
  for (const row of rows) {
    for (const { name, term } of named) {
      const expected = oracle.valueIn(term, personOf(row, world));
      const isMoney = typeof expected === "string" && typeof row[name] === "number";
      expect(row[name], JSON.stringify(term)).toEqual(isMoney ? Number(expected) : expected);
    }
  }
}

test("SQL agrees with the language, row by row, and `not X` is the complement of X", { timeout: 600_000 }, async () => {
  let judged = 0;
  const world = async (seed: number) => {
    const dice = diceOf(seed);
    const drawn = drawWorld(dice);
    await build(database, drawn);
    const declared = drawDeclared(dice, drawn);
    const oracle = oracleOf(drawn, declared);
    const outside: Choice = { dice, world: drawn, ...declared, isInside: false, kinds: "all" };
    const inside: Choice = { ...outside, isInside: true };
    for (const subjects of [contacts, someContacts]) {
      const conditions = dice.times(18, () => drawCondition(outside, 2));
      judged += await checkConditions(outside, subjects, conditions, oracle);
      for (const condition of conditions) tally(condition, counts);
    }
    for (const subjects of [enrolled, someEnrolled, cutEnrolled]) {
      const conditions = dice.times(12, () => drawCondition(inside, 2));
      const judge = subjects === cutEnrolled ? oracleOf(drawn, declared, "enrollment") : oracle;
      judged += await checkConditions(inside, subjects, conditions, judge);
      for (const condition of conditions) tally(condition, counts);
      await checkTerms(inside, conditions, oracle);
    }
    for (let index = 0; index < 4; index++) await checkMembers(outside, oracle);
  };
  await fc.assert(fc.asyncProperty(fc.integer(), world), { numRuns: runs(100), endOnFailure: true });
  expect(judged).toBeGreaterThan(1000);
  const sides = [
    "behaviour of scope all",
    "behaviour of scope enrollment",
    "behaviour of scope wait",
    "in segment",
    "in list",
  ]
    .concat(
      "in program",
      "chain",
      "compare",
      "one of",
      "starts with",
      "contains",
      "matches glob",
      "matches regex",
      "suppressed",
      "subscribed",
      "refused",
      "sample",
    )
    .flatMap((kind) => [`${kind}: true`, `${kind}: false`]);
  expect(sides.filter((side) => (outcomes.get(side) ?? 0) < 20)).toEqual([]);
  const rare = alternatives.filter((alternative) => (counts.get(alternative) ?? 0) < 50);
  expect(rare.map((alternative) => `${alternative}: ${counts.get(alternative) ?? 0}`)).toEqual([]);
});
