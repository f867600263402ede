// Rule 19: how many mails go out in a time in all, which ones go first, and when the others do.

import fc from "fast-check";
import { expect, test } from "vitest";
import { nextMoment } from "../../runtime/engine/next-moment.ts";
import { deliver } from "../../runtime/engine/deliver.ts";
import { runLoop } from "../../runtime/engine/run.ts";
import { tick } from "../../runtime/engine/tick.ts";
import { valueFrom } from "../support/scratch.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { go } from "./posting.ts";
import { at, clockOf, type World, worldOf } from "./world.ts";

async function begun(people: number, policies: string, more = ""): Promise<World> {
  const world = await worldOf(`${policies} ${more}
    program a < start when signed_up  enter every time  send welcome  wait 9d >
    program b < start when delivered_order  enter every time  send receipt >`);
  for (let index = 0; index < people; index++) await world.person(`p${index}`);
  await world.apply("2026-03-01");
  return world;
}

/** How many went out at which instants. */
const sent = async (world: World) => {
  const rows = await world.rows(
    "SELECT epoch_ms(settled_at) AS at, count(*) AS n FROM outbox WHERE state = 'sent' GROUP BY 1 ORDER BY 1",
  );
  return rows.map(({ at, n }) => `${clockOf(Number(at)).slice(5)}: ${n}`);
};

const secondFrom = (instant: number | null) => instant && Math.ceil(instant / 1000) * 1000;

/** Ticks whenever something is due. */
async function goOn(world: World, from: string, until: string): Promise<void> {
  for (
    let now: number | null = at(from);
    now !== null && now <= at(until);
    now = secondFrom(await nextMoment(world.engine(), now))
  ) {
    await go(world, clockOf(now));
  }
}

test("no more go out than the rate allows, the others when there is room, each delayed once", async () => {
  const world = await begun(10, "policy house < at most 3 emails per hour in total >");
  for (let index = 0; index < 10; index++) await world.happen("signed_up", `p${index}`, "2026-03-02 10:00");
  await goOn(world, "2026-03-02 10:00", "2026-03-02 20:00");
  expect(await sent(world)).toEqual(["03-02 10:00: 3", "03-02 11:00: 3", "03-02 12:00: 3", "03-02 13:00: 1"]);
  const delayed = await world.rows("SELECT reason, count(*) AS n FROM journal WHERE outcome = 'delayed' GROUP BY ALL");
  expect(delayed).toEqual([{ reason: "at most 3 emails per hour in total", n: 7 }]);
});

test("who fell due first goes first, then the program of the earlier name", async () => {
  const world = await begun(
    4,
    "policy house < at most 1 emails per hour in total >",
    `
    program z < start when purchased  enter every time  send nudge >`,
  );
  await world.happen("purchased", "p0", "2026-03-02 10:00");
  await go(world, "2026-03-02 10:00");
  await world.happen("purchased", "p1", "2026-03-02 10:10");
  await go(world, "2026-03-02 10:10");
  await world.happen("signed_up", "p2", "2026-03-02 11:00");
  await world.happen("purchased", "p3", "2026-03-02 11:00");
  await goOn(world, "2026-03-02 11:00", "2026-03-02 20:00");
  const rows = await world.rows("SELECT contact_id FROM outbox ORDER BY settled_at");
  expect(rows.map(({ contact_id }) => contact_id)).toEqual(["p0", "p1", "p2", "p3"]);
  expect(await sent(world)).toEqual(["03-02 10:00: 1", "03-02 11:00: 1", "03-02 12:00: 1", "03-02 13:00: 1"]);
});

test("transactional mails wait for nothing and are counted", async () => {
  const world = await begun(4, "policy house < at most 2 emails per day in total >");
  for (let index = 0; index < 3; index++) await world.happen("delivered_order", `p${index}`, "2026-03-02 10:00");
  await world.happen("signed_up", "p3", "2026-03-02 10:00");
  await goOn(world, "2026-03-02 10:00", "2026-03-05");
  expect(await sent(world)).toEqual(["03-02 10:00: 3", "03-03 10:00: 1"]);
});

test("the rate is asked behind caps and hours, and all of them again when there is room", async () => {
  const world = await begun(3, `policy house < at most 1 emails per hour in total  quiet hours 12:00 to 15:00 >`);
  for (let index = 0; index < 3; index++) await world.happen("signed_up", `p${index}`, "2026-03-02 10:30");
  await goOn(world, "2026-03-02 10:30", "2026-03-02 20:00");
  expect(await sent(world)).toEqual(["03-02 10:30: 1", "03-02 11:30: 1", "03-02 15:00: 1"]);
});

test("whatever falls due when, no hour and no day has too many, and everybody is mailed", async () => {
  const minute = fc.integer({ min: 0, max: 10 * 60 });
  const drawn = fc.record({
    hourly: fc.integer({ min: 1, max: 4 }),
    daily: fc.integer({ min: 4, max: 12 }),
    minutes: fc.array(minute, { minLength: 1, maxLength: 14 }),
  });
  await fc.assert(
    fc.asyncProperty(drawn, async ({ hourly, daily, minutes }) => {
      const world = await begun(
        minutes.length,
        `policy house < at most ${hourly} emails per hour in total  at most ${daily} emails per day in total >`,
      );
      for (const [index, after] of minutes.entries()) {
        await world.happen("signed_up", `p${index}`, clockOf(at("2026-03-02") + after * 60_000));
      }
      for (let now = at("2026-03-02"); now <= at("2026-03-04 12:00"); ) {
        await go(world, clockOf(now));
        now = (await nextMoment(world.engine(), now)) ?? Number.POSITIVE_INFINITY;
      }
      const rows = await world.rows("SELECT epoch_ms(settled_at) AS at FROM outbox WHERE state = 'sent' ORDER BY 1");
      const times = rows.map((row) => Number(row.at));
      const within = (last: number, ms: number) => times.filter((time) => time > last - ms && time <= last).length;
      for (const time of times) {
        expect(within(time, 3_600_000)).toBeLessThanOrEqual(hourly);
        expect(within(time, 86_400_000)).toBeLessThanOrEqual(daily);
      }
      // Two days have room for twice as many, and the queue is no longer than that.
      expect(times.length).toBeGreaterThanOrEqual(Math.min(minutes.length, 2 * daily));
    }),
    { numRuns: 6 },
  );
}, 120_000);

test("a program's own rate holds back its mails alone, and takes no room from the others", async () => {
  const world = await worldOf(`policy house < at most 3 emails per hour in total >
    program a < start when signed_up  enter every time  send at most 1 emails per hour  send welcome  wait 9d >
    program b < start when purchased  enter every time  send nudge  wait 9d >`);
  for (let index = 0; index < 8; index++) await world.person(`p${index}`);
  await world.apply("2026-03-01");
  for (let index = 0; index < 5; index++) await world.happen("signed_up", `p${index}`, "2026-03-02 10:00");
  for (let index = 5; index < 8; index++) await world.happen("purchased", `p${index}`, "2026-03-02 10:00");
  await goOn(world, "2026-03-02 10:00", "2026-03-02 20:00");
  const rows = await world.rows(
    `SELECT strftime(settled_at, '%H:%M') AS t, program, count(*) AS n FROM outbox WHERE state = 'sent' GROUP BY ALL ORDER BY ALL`,
  );
  expect(rows.map(({ t, program, n }) => `${t} ${program} ${n}`)).toEqual([
    "10:00 a 1",
    "10:00 b 2",
    "11:00 a 1",
    "11:00 b 1",
    "12:00 a 1",
    "13:00 a 1",
    "14:00 a 1",
  ]);
  const reasons = await world.rows(
    "SELECT DISTINCT program, reason FROM journal WHERE outcome = 'delayed' ORDER BY ALL",
  );
  expect(reasons).toEqual([
    { program: "a", reason: "send at most 1 emails per hour" },
    { program: "b", reason: "at most 3 emails per hour in total" },
  ]);
});

test("a rate for a segment counts the mails of who was in it then, also where the mail itself ends that", async () => {
  const world = await begun(
    6,
    `segment Fresh where not sent in 1d
     policy gently for Fresh < at most 1 emails per hour in total >`,
    "program z < start when purchased  enter every time  send nudge  wait 9d >",
  );
  for (let index = 0; index < 3; index++) await world.happen("signed_up", `p${index}`, "2026-03-02 10:00");
  await goOn(world, "2026-03-02 10:00", "2026-03-02 13:00");
  expect(await sent(world)).toEqual(["03-02 10:00: 1", "03-02 11:00: 1", "03-02 12:00: 1"]);
  // Who is not fresh any more is mailed at once.
  for (let index = 0; index < 3; index++) await world.happen("purchased", `p${index}`, "2026-03-02 13:00");
  await goOn(world, "2026-03-02 13:00", "2026-03-02 14:00");
  expect((await sent(world)).at(-1)).toBe("03-02 13:00: 3");
});

test.each([
  ["second", ["10:00:00 2", "10:00:01 2", "10:00:02 1"]],
  ["minute", ["10:00:00 2", "10:01:00 2", "10:02:00 1"]],
  ["day", ["10:00:00 2"]],
])("where there is an instant whenever something is due, a rate per %s is kept by the steps", async (per, times) => {
  const world = await begun(5, `policy house < at most 2 emails per ${per} in total >`);
  for (let index = 0; index < 5; index++) await world.happen("signed_up", `p${index}`, "2026-03-02 10:00");
  await goOn(world, "2026-03-02 10:00", "2026-03-02 20:00");
  const rows = await world.rows(
    "SELECT strftime(settled_at, '%H:%M:%S') AS t, count(*) AS n FROM outbox WHERE state = 'sent' GROUP BY ALL ORDER BY ALL",
  );
  expect(rows.map(({ t, n }) => `${t} ${n}`)).toEqual(times);
});

test("a step lets go what it has room for, and people beyond that wait for the next", async () => {
  const world = await begun(50, "policy house < at most 2 emails per second in total >");
  for (let index = 0; index < 50; index++) await world.happen("signed_up", `p${index}`, "2026-03-02 10:00");
  const stepMs = 10_000;
  valueFrom(await tick(world.engine(), at("2026-03-02 10:00"), { stepMs }));
  const counts = () =>
    world.rows(
      "SELECT outcome, count(*) AS n FROM journal WHERE outcome IN ('send', 'delayed') GROUP BY ALL ORDER BY 1",
    );
  expect(await counts()).toEqual([
    { outcome: "delayed", n: 30 },
    { outcome: "send", n: 20 },
  ]);
  // The engine is behind: what is promised and not handed over takes room in the next step.
  valueFrom(await tick(world.engine(), at("2026-03-02 10:00") + stepMs, { stepMs }));
  expect((await world.rows("SELECT count(*) AS n FROM outbox")).map(({ n }) => Number(n))).toEqual([20]);
});

test("handing over keeps to rates that are shorter than the step, whatever is due at once", async () => {
  const drawn = fc.record({
    perSecond: fc.integer({ min: 1, max: 4 }),
    perMinute: fc.integer({ min: 3, max: 20 }),
    ofProgram: fc.integer({ min: 2, max: 30 }),
    people: fc.integer({ min: 1, max: 40 }),
    answerMs: fc.constantFrom(0, 1, 300, 1500),
  });
  await fc.assert(
    fc.asyncProperty(drawn, async ({ perSecond, perMinute, ofProgram, people, answerMs }) => {
      const world = await worldOf(
        `policy house < at most ${perSecond} emails per second in total  at most ${perMinute} emails per minute in total >
         program a < start when signed_up  send at most ${ofProgram} emails per minute  send welcome  wait 9d >
         program b < start when delivered_order  send receipt >`,
      );
      await world.rows(
        `INSERT INTO contact (contact_id, email) SELECT 'p' || i, 'p' || i || '@test.example' FROM range(${people}) AS r(i)`,
      );
      await world.apply("2026-03-01");
      for (let index = 0; index < people; index++) await world.happen("signed_up", `p${index}`, "2026-03-02 10:00");
      await world.happen("delivered_order", "p0", "2026-03-02 10:00");
      let asked = at("2026-03-02 10:00");
      const mailer = fakeMailer();
      await runLoop({
        engine: world.engine(),
        clock: {
          now: () => asked,
          sleepUntil: async (until) => {
            asked = Math.max(asked, until);
          },
        },
        mailer: {
          ...mailer,
          send: async (message) => {
            asked += answerMs;
            return mailer.send(message);
          },
        },
        render: plainRender,
        every: { amount: 1, unit: "min" },
        until: at("2026-03-02 10:20"),
      });
      const rows = await world.rows(
        "SELECT email, epoch_ms(settled_at) AS at FROM outbox WHERE state = 'sent' ORDER BY 2",
      );
      const times = rows.filter(({ email }) => email === "welcome").map((row) => Number(row.at));
      const within = (last: number, ms: number) => times.filter((time) => time > last - ms && time <= last).length;
      for (const time of times) {
        expect(within(time, 1000)).toBeLessThanOrEqual(perSecond);
        expect(within(time, 60_000)).toBeLessThanOrEqual(Math.min(perMinute, ofProgram));
      }
      // What is transactional waits for nobody, and nobody is left behind who had the time.
      expect(rows.filter(({ email }) => email === "receipt")).toHaveLength(1);
      expect(times.length).toBeGreaterThanOrEqual(Math.min(people, 10 * Math.min(perMinute, ofProgram)));
    }),
    { numRuns: 8 },
  );
}, 120_000);

test("what has no room before the next instant stays promised, and an end of the run leaves it so", async () => {
  const world = await begun(5, "policy house < at most 1 emails per second in total >");
  for (let index = 0; index < 5; index++) await world.happen("signed_up", `p${index}`, "2026-03-02 10:00");
  let now = at("2026-03-02 10:00");
  valueFrom(await tick(world.engine(), now, { stepMs: 60_000 }));
  const wait = async (until: number) => {
    if (until > at("2026-03-02 10:00") + 2000) return false;
    now = until;
    return true;
  };
  const keeping = { stepMs: 60_000, wait };
  const request = { engine: world.engine(), mailer: fakeMailer(), render: plainRender, now, time: () => now, keeping };
  expect((await deliver(request)).sent).toBe(3);
  expect(
    (await world.rows("SELECT state, count(*) AS n FROM outbox GROUP BY 1 ORDER BY 1")).map(
      ({ state, n }) => `${state} ${n}`,
    ),
  ).toEqual(["pending 2", "sent 3"]);
});
