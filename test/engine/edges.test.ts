// Edge triggers are told from the stored membership whom they turned for: the same as if everybody were judged at each tick.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Program } from "../../compiler/ir/program.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printConditions } from "../../compiler/sql/print.ts";
import { rulesOf } from "../../compiler/sql/rules.ts";
import { quote } from "../../compiler/sql/tables.ts";
import { edgesOf, judgeEdges, rememberEdges, rememberPresent } from "../../runtime/engine/edges.ts";
import { createEngine, type Turn } from "../../runtime/engine/engine.ts";
import { refreshSegments } from "../../runtime/engine/segments/refresh.ts";
import type { Session } from "../../runtime/ports.ts";
import { printStored, withMembership } from "../../runtime/engine/segments/members.ts";
import { drawCondition } from "../sql/conditions.ts";
import { changes, choiceOf, refreshIn, run, type Stage, stagePlan, step, withStage } from "./refresh-stage.ts";
import { at, worldOf } from "./world.ts";

function drawProgram(stage: Stage, name: string): Program {
  const when = drawCondition(choiceOf(stage, stage), 2);
  const id = JSON.stringify(when);
  const span = { path: "", start: 0, end: 0 } as never;
  return {
    ...{
      name,
      doc: null,
      why: null,
      owner: null,
      hash: "",
      segment: null,
      onlyIf: null,
      goal: null,
      exits: [],
      holdOut: null,
      closesAt: null,
      sendAtMost: null,
      onFailure: "skip",
      edits: "follow",
    },
    ...{ enter: { kind: "every time" }, steps: [], first: null, span },
    triggers: [{ kind: "edge", id, when, enrolsPresent: false }],
  };
}

const turnOf = (stage: Stage, session: Session): Turn => ({
  engine: createEngine(stage.database, stagePlan(stage), 1),
  session,
  now: stage.now,
});

type Held = ReadonlySet<string>;

/** `program contact` of everybody for whom a trigger holds now. */
async function heldNow(stage: Stage): Promise<Held> {
  const found = new Set<string>();
  for (const { program, trigger } of edgesOf({ plan: stagePlan(stage) })) {
    const everybody = { kind: "contact", from: { text: quote("contact"), params: {} } } as const;
    const printed = printConditions(stagePlan(stage), everybody, [{ name: "it holds", when: trigger.when }]);
    const { text, params } = bind(printed, stage.world.calendar, stage.now);
    const rows = await stage.database.run({ text: `SELECT contact_id FROM (${text}) AS j WHERE j."it holds"`, params });
    for (const row of rows) found.add(`${program.name} ${row.contact_id}`);
  }
  return found;
}

/** What a tick does about edges; the trigger was last looked at by the tick of `seenAt`. */
async function tickEdges(stage: Stage, session: Session, seenAt: number | null): Promise<readonly string[]> {
  const turn = turnOf(stage, session);
  const states = () => ({ firstAppliedAt: 0, seenAt, seenBatch: 0, isCurrent: true });
  const judged = await judgeEdges(turn, edgesOf(turn.engine), states);
  const rows = await session.run({ text: "SELECT program, contact_id, holds FROM edge_turned", params: {} });
  await rememberEdges(turn, judged);
  return rows.map(({ program, contact_id, holds }) => `${holds ? "+" : "-"} ${program} ${contact_id}`).sort();
}

/** What happens to the stored membership between two ticks. */
const meanwhile: readonly ((stage: Stage, seenAt: number | null) => Promise<void> | void)[] = [
  () => undefined,
  async (stage) => void (await stage.database.transaction((session) => refreshIn(stage, session))),
  // Somebody looks with other definitions, or at what will be.
  async (stage) => {
    const plan = { ...stagePlan(stage), programs: [] };
    const asked = { plan, calendar: stage.world.calendar, rules: rulesOf(plan), now: stage.now };
    await stage.database.transaction((session) => refreshSegments({ session, ...asked }));
  },
  async (stage) => {
    const { now } = stage;
    stage.now += 90_000_000;
    await stage.database.transaction((session) => refreshIn(stage, session));
    stage.now = now;
  },
  async (stage, seenAt) => {
    const dying = stage.database.transaction(async (session) => {
      await tickEdges(stage, session, seenAt);
      throw new Error("as if the process had ended");
    });
    await expect(dying).rejects.toThrow("as if the process had ended");
  },
];

const stored = async ({ database }: Stage): Promise<Held> => {
  const rows = await database.run({ text: "SELECT program, contact_id FROM edge_member", params: {} });
  return new Set(rows.map((row) => `${row.program} ${row.contact_id}`));
};

async function play(seed: number, seen: Map<string, number>): Promise<void> {
  await withStage(seed, async (stage) => {
    const { dice, database } = stage;
    stage.programs = ["p", "q"].map((name) => drawProgram(stage, name));
    for (const { trigger } of edgesOf({ plan: stagePlan(stage) })) {
      const id = trigger.id.replaceAll("'", "''");
      await run(stage, `INSERT INTO trigger_state VALUES ('p', '${id}', '1970-01-01', NULL, 0) ON CONFLICT DO NOTHING`);
    }
    let before: Held = new Set();
    if (dice.chance(50)) {
      await database.transaction((session) => {
        const turn = turnOf(stage, session);
        return rememberPresent(turn, edgesOf(turn.engine));
      });
      before = await stored(stage);
      expect(before).toEqual(await heldNow(stage));
    }
    let seenAt: number | null = null;
    for (let round = 0; round < 8; round++) {
      const names = dice.times(dice.below(4), () => dice.pick(Object.keys(changes)));
      for (const name of names) await changes[name]?.(stage);
      if (dice.chance(70)) step(stage, false);
      const what = dice.below(meanwhile.length);
      await meanwhile[what]?.(stage, seenAt);
      if (what === 1 && dice.chance(50)) step(stage, false);
      const turned = await database.transaction((session) => tickEdges(stage, session, seenAt));
      const now = await heldNow(stage);
      const expected = [
        ...[...now].filter((one) => !before.has(one)).map((one) => `+ ${one}`),
        ...[...before].filter((one) => !now.has(one)).map((one) => `- ${one}`),
      ].sort();
      expect({ round, names, what, turned }).toEqual({ round, names, what, turned: expected });
      expect(await stored(stage)).toEqual(now);
      seen.set(turned.length > 0 ? "somebody" : "nobody", round);
      seenAt = stage.now;
      before = now;
    }
  });
}

test("edges turn for the same people as if everybody were judged at each tick", { timeout: 300_000 }, async () => {
  const seen = new Map<string, number>();
  const seeds = fc.asyncProperty(fc.integer(), (seed) => play(seed, seen));
  await fc.assert(seeds, { numRuns: Number(process.env.REFRESH_RUNS ?? 15), endOnFailure: true });
  expect([...seen.keys()].sort()).toEqual(["nobody", "somebody"]);
});

test("a tick leaves the membership as of its instant, and somebody who looks in between takes no start away", async () => {
  const world = await worldOf(`segment Lately where purchased in 30d
    program welcome_back for Lately < why "They came back"  enter every time  stop >`);
  const look = (when: string) =>
    withMembership(world.database, world.plan, at(when), async ({ looked, slots, session }) => {
      const members = await session.run({ text: printStored({ slots }, "Lately"), params: {} });
      return [looked, ...members.map(({ contact_id }) => contact_id)];
    });
  await world.person("ana");
  await world.apply("2026-03-01");
  await world.tick("2026-03-01");
  await world.happen("purchased", "ana", "2026-03-01 12:00");
  await world.tick("2026-03-02");
  expect(await look("2026-03-02")).toEqual([0, "ana"]);
  // She falls out of it and comes back, seen by a look before the tick that starts her again.
  await world.tick("2026-04-05");
  await world.happen("purchased", "ana", "2026-04-06");
  expect(await look("2026-04-06")).toEqual([null, "ana"]);
  await world.tick("2026-04-07");
  expect((await world.story("ana")).filter((line) => line.includes("started"))).toHaveLength(2);
});
