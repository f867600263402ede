// On random programs, histories and edits: what a plan announces is what apply and the next tick do, to the person.

import fc from "fast-check";
import { expect, test } from "vitest";
import { hashOf } from "../../compiler/hash.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { applyPlan } from "../../runtime/engine/apply.ts";
import { runLoop } from "../../runtime/engine/run.ts";
import { tick } from "../../runtime/engine/tick.ts";
import { happenedSince, journalEnd } from "../../runtime/planning/announced.ts";
import type { Foresight } from "../../runtime/planning/foresee.ts";
import { membersOf } from "../../runtime/questions.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import { days, type Scenario, scenario, sourceOf, start } from "../differential/scenarios.ts";
import { fakeMailer, plainRender } from "../engine/mailers.ts";
import { planOf, type World, worldOf } from "../engine/world.ts";
import { runs } from "../random.ts";
import { valueFrom } from "../support/scratch.ts";
import { foreseen, wholeOf } from "./fixture.ts";

const hourMs = 3_600_000;
const clock = (at: number) => new Date(at).toISOString().slice(0, 16).replace("T", " ");

/** What of a project becomes what; each leaves something that compiles. */
type Edit = (live: Scenario, other: Scenario) => string;
const edits: Readonly<Record<string, Edit>> = {
  "other program": (live, other) => sourceOf({ ...live, programs: [live.programs[0], other.programs[1]] }),
  "other programs": (live, other) => sourceOf({ ...live, programs: other.programs }),
  "other policy": (live, other) => sourceOf({ ...live, policy: other.policy }),
  "one program less": (live) => {
    const [, gone] = live.programs;
    return sourceOf(live).replace(gone, "").replace("continue in q", "").replaceAll("in program q", "seats >= 2");
  },
  "one program more": (live, other) =>
    `${sourceOf(live)}\n${other.programs[0].replace("program p", "program third").replace("experiment tone_p", "experiment tone_third")}`,
  "other audience": (live) => sourceOf(live).replace("purchased in 3d", "purchased in 1d or seats >= 6"),
  "other numbers": (live) => sourceOf(live).replaceAll("seats >= 5", "seats >= 2").replaceAll("wait 7h", "wait 5h"),
  "other exit": (live) => sourceOf(live).replaceAll("wait 1h as top", "exit when seats >= 6\n    wait 1h as top"),
};

const drawn = fc.record({
  live: scenario,
  other: scenario,
  edit: fc.constantFrom(...Object.keys(edits)),
  /** Hours behind the start, and minutes from the last tick to the plan. */
  until: fc.integer({ min: 6, max: days * 24 - 30 }),
  pause: fc.integer({ min: 0, max: 1500 }),
});

async function lived(live: Scenario, until: number): Promise<World> {
  const world = await worldOf(sourceOf(live), "Europe/Berlin");
  for (const [index, { seats, role, address, day, zone }] of live.people.entries()) {
    await world.person(`p${index}`, {
      email: address === null ? null : `a${address}@test.example`,
      seats,
      role,
      renewal: day === null ? null : clock(start + day * 24 * hourMs).slice(0, 10),
      time_zone: zone,
      created: `${clock(start + index * 8 * hourMs)}:00`,
    });
  }
  for (const { event, person, minute, plan } of live.happenings)
    await world.happen(event, `p${person}`, clock(start + minute * 60_000), event === "signed_up" ? { plan } : {});
  await world.apply("2026-03-27");
  valueFrom(
    await runLoop({
      engine: world.engine(),
      clock: virtualClock(start),
      mailer: fakeMailer(undefined, { delivers: true }),
      render: plainRender,
      every: { amount: 3, unit: "h" },
      until: start + until * hourMs,
      isReplay: true,
    }),
  );
  return world;
}

/** Members of every segment that the plan told of. */
async function segmentSizes(world: World, plan: Plan, { foreseen: found }: Foresight): Promise<readonly unknown[]> {
  const sizes: unknown[] = [];
  for (const { segment, after } of found.segments) {
    if (after === null) sizes.push([segment, null]);
    else {
      const request = { at: found.at, limit: 0, isApart: true };
      sizes.push([segment, valueFrom(await membersOf(world.database, plan, segment, request)).count]);
    }
  }
  return sizes;
}

function compiled(source: string): Plan | null {
  try {
    return planOf(source, "Europe/Berlin");
  } catch {
    return null;
  }
}

test("what a plan announces is what apply and the next tick do, to the person", { timeout: 600_000 }, async () => {
  let moved = 0;
  const same = async ({ live, other, edit, until, pause }: typeof drawn extends fc.Arbitrary<infer T> ? T : never) => {
    const next = compiled(edits[edit]?.(live, other) ?? "");
    fc.pre(next !== null);
    const world = await lived(live, until);
    const at = start + until * hourMs + pause * 60_000;
    const [before, end] = [await wholeOf(world), await journalEnd(world.database)];
    const foresight = await foreseen(world, next, clock(at));
    expect(await wholeOf(world)).toEqual(before);
    const applied = await applyPlan(world.database, next, at);
    const { refusal, mails, segments } = foresight.foreseen;
    expect(applied.ok ? null : applied.failure.code).toBe(refusal?.code ?? null);
    if (!applied.ok) return;
    valueFrom(await tick(applied.value.engine, at));
    const happened = await happenedSince(world.database, end);
    expect(foresight.after, `${edit}\n${sourceOf(live)}`).toEqual(happened);
    const rows = await world.rows(
      `SELECT program, email, count(*) AS mails FROM outbox WHERE epoch_ms(planned_at) = ${at} AND state = 'pending' GROUP BY ALL ORDER BY ALL`,
    );
    const announced = mails.filter(({ atOnce }) => atOnce.after > 0);
    expect(announced.map(({ program, email, atOnce }) => ({ program, email, mails: atOnce.after }))).toEqual(rows);
    expect(segments.map(({ segment, after }) => [segment, after])).toEqual(await segmentSizes(world, next, foresight));
    moved += happened.length;
  };
  await fc.assert(fc.asyncProperty(drawn, same), {
    numRuns: runs(Number(process.env.PLANNING_RUNS ?? 5)),
    endOnFailure: true,
  });
  expect(moved).toBeGreaterThan(0);
});

/** The same project, with mails that say something else. */
function saidOtherwise(plan: Plan): Plan {
  const emails = plan.emails.map((email) => ({ ...email, subject: `${email.subject}!` }));
  const { hash: _, ...rest } = { ...plan, emails };
  return { ...rest, hash: hashOf(rest) };
}

test("a text-only edit moves nobody and mails nobody", { timeout: 600_000 }, async () => {
  const same = async ({ live, until, pause }: typeof drawn extends fc.Arbitrary<infer T> ? T : never) => {
    const world = await lived(live, until);
    const at = start + until * hourMs + pause * 60_000;
    const { foreseen: found, before, after } = await foreseen(world, saidOtherwise(world.plan), clock(at));
    expect(found).toMatchObject({ isChanged: true, categories: ["text-only"], segments: [], refusal: null, risks: [] });
    // Whoever a policy delays is asked again when something is applied, and waits on.
    const moving = (all: typeof after) => all.filter(({ outcome }) => outcome !== "delayed");
    expect(moving(after), sourceOf(live)).toEqual(moving(before));
    const moves = [
      ...found.programs.flatMap(({ enter, leave, acts }) => [enter, leave, ...acts]),
      ...found.mails.map(({ atOnce }) => atOnce),
    ];
    expect(moves.filter(({ more, fewer }) => more.count + fewer.count > 0)).toEqual([]);
  };
  await fc.assert(fc.asyncProperty(drawn, same), { numRuns: runs(2), endOnFailure: true });
});
