// Random small programs over random histories: what must hold of every run, whatever the program says.

import fc from "fast-check";
import { expect, test } from "vitest";
import { runLoop } from "../../runtime/engine/run.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import { brokenLaws } from "../simulator/laws.ts";
import { valueFrom } from "../support/scratch.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, type World, worldOf } from "./world.ts";

const start = at("2026-03-27");
const days = 8;

const condition = fc.constantFrom(
  "seats >= 5",
  "role is unknown",
  "purchased",
  "not purchased in 2d",
  "opened welcome",
  "created before 1d ago",
  "in Buyers",
);
const leaf = fc.constantFrom(
  "send welcome",
  "send nudge only if seats >= 3",
  "wait 1d",
  "wait 7h",
  "wait until 09:00 local",
  "wait until sunday 02:30",
  "wait until renewal",
  "set seats add 1",
  "set role = boss",
  "stop",
);
const { step } = fc.letrec<{ step: string; block: string }>((tie) => ({
  block: fc.array(tie("step"), { minLength: 1, maxLength: 2 }).map((steps) => steps.join("  ")),
  step: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 5, arbitrary: leaf },
    { weight: 1, arbitrary: fc.tuple(condition, tie("block")).map(([when, block]) => `if ${when} then < ${block} >`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(condition, tie("block"), tie("block"))
        .map(([when, then, otherwise]) => `wait up to 20h until ${when} then < ${then} > otherwise < ${otherwise} >`),
    },
  ),
}));
const program = (name: string) =>
  fc
    .record({
      trigger: fc.constantFrom(
        "start when signed_up",
        "start when purchased",
        "start when seats >= 4",
        "start when in Buyers",
      ),
      enter: fc.constantFrom("", "enter every time", "enter again after 2d"),
      goal: fc.constantFrom("", "goal purchased within 2d", "goal seats >= 8"),
      exit: fc.constantFrom("", "exit when role = boss", "exit when purchased at least 3 times"),
      steps: fc.array(step, { minLength: 1, maxLength: 5 }),
    })
    .map(
      ({ trigger, enter, goal, exit, steps }) =>
        `program ${name} < ${trigger} ${enter} ${goal} ${exit} ${steps.join("  ")} >`,
    );

const caps = [
  { emails: 1, length: { amount: 1, unit: "d" } },
  { emails: 2, length: { amount: 30, unit: "h" } },
  { emails: 2, length: { amount: 1, unit: "w" } },
] as const;
type Cap = (typeof caps)[number];
const quiet = "quiet hours 20:00 to 08:00 local";
const policyOf = (cap: Cap | null, others: string) => {
  const rule = cap ? `at most ${cap.emails} emails in ${cap.length.amount}${cap.length.unit}` : "";
  return rule || others ? `policy house < ${rule} ${others} >` : "";
};

const happening = fc.record({
  event: fc.constantFrom("signed_up", "purchased", "opened"),
  person: fc.integer({ min: 0, max: 5 }),
  minute: fc.integer({ min: 0, max: days * 24 * 60 - 1 }),
});
const scenario = fc.record({
  programs: fc.tuple(program("p"), program("q")),
  cap: fc.option(fc.constantFrom(...caps), { freq: 3 }),
  others: fc.constantFrom(
    "",
    "never send to in Buyers",
    "never send tips to in Few",
    quiet,
    `${quiet} send only on weekdays`,
  ),
  happenings: fc.array(happening, { minLength: 3, maxLength: 14 }),
  people: fc.array(
    fc.record({
      seats: fc.option(fc.integer({ min: 0, max: 9 })),
      day: fc.option(fc.integer({ min: -2, max: days })),
      zone: fc.option(fc.constantFrom("America/New_York", "Asia/Kathmandu")),
    }),
    { minLength: 6, maxLength: 6 },
  ),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

const clock = (minute: number) => new Date(start + minute * 60_000).toISOString().slice(0, 16).replace("T", " ");

async function begun({ programs, cap, others, happenings, people }: Scenario): Promise<World> {
  const world = await worldOf(
    `segment Buyers where purchased in 3d  segment Few where seats < 3  ${policyOf(cap, others)} ${programs.join("\n")}`,
    "Europe/Berlin",
  );
  for (const [index, { seats, day, zone }] of people.entries()) {
    await world.person(`p${index}`, {
      email: `p${index % 5}@test.example`,
      seats,
      renewal: day === null ? null : clock(day * 1440).slice(0, 10),
      time_zone: zone,
      created: `${clock(index * 500)}:00`,
    });
  }
  for (const { event, person, minute } of happenings) {
    await world.happen(event, `p${person}`, clock(minute), event === "opened" ? { email: "welcome" } : {});
  }
  await world.apply("2026-03-27");
  return world;
}

/** Goes through the history; with `stride` null it stops only where something can change, else at every instant. */
async function replay(world: World, isReplay: boolean): Promise<number> {
  const clockOfRun = virtualClock(start);
  const ended = await runLoop({
    engine: world.engine(),
    clock: clockOfRun,
    mailer: fakeMailer(undefined, { delivers: true }),
    render: plainRender,
    every: { amount: 3, unit: "h" },
    until: start + days * 86_400_000,
    isReplay,
  });
  return valueFrom(ended).ticks;
}

async function ended(world: World) {
  const found: Record<string, readonly unknown[]> = {};
  // The numbers of the writings within a tick depend on nothing that a person could see.
  found.journal = await world.rows("SELECT * EXCLUDE (round) FROM journal ORDER BY ALL");
  for (const table of ["enrollment", "positions", "outbox", "event_sent", "contact", "edge_member"]) {
    found[table] = await world.rows(`SELECT * FROM ${table} ORDER BY ALL`);
  }
  return found;
}

/** Mails of one person that are more than the cap allows in the time up to the last of them. */
async function excessOf(world: World, { emails, length }: Cap): Promise<readonly unknown[]> {
  const { calendar } = world.engine();
  const rows = await world.rows("SELECT contact_id, epoch_ms(occurred_at) AS at FROM event_sent ORDER BY ALL");
  return rows.filter((last) => {
    const since = calendar.shift(Number(last.at), { amount: -length.amount, unit: length.unit });
    const mails = rows.filter(
      ({ contact_id, at }) => contact_id === last.contact_id && Number(at) > since && Number(at) <= Number(last.at),
    );
    return mails.length > emails;
  });
}

/** Mails that went out while it was night for the person. */
async function nightly(world: World): Promise<readonly unknown[]> {
  const rows = await world.rows(
    `SELECT coalesce(c.time_zone, 'Europe/Berlin') AS "zone", epoch_ms(s.occurred_at) AS at FROM event_sent AS s
     JOIN contact AS c ON c.contact_id = s.contact_id WHERE s.email <> 'receipt'`,
  );
  return rows.filter(({ zone, at }) => {
    const parts = { timeZone: String(zone), hour: "numeric", hourCycle: "h23" } as const;
    const hour = Number(new Intl.DateTimeFormat("en", parts).format(Number(at)));
    return hour < 8 || hour >= 20;
  });
}

test("whatever the program, every run keeps its promises, and a replay that jumps is one that does not", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (drawn) => {
      const jumping = await begun(drawn);
      const ticks = await replay(jumping, true);
      expect(await jumping.rows(brokenLaws)).toEqual([]);
      if (drawn.cap) expect(await excessOf(jumping, drawn.cap)).toEqual([]);
      if (drawn.others.includes(quiet)) expect(await nightly(jumping)).toEqual([]);
      const patient = await begun(drawn);
      expect(await replay(patient, false)).toBeGreaterThanOrEqual(ticks);
      expect(await ended(jumping)).toEqual(await ended(patient));
    }),
    { numRuns: 3 },
  );
}, 170_000);
