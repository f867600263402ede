// Rule 19: how many mails go out in a time in all, which ones go first, and when the others do.

import fc from "fast-check";
import { expect, test } from "vitest";
import { nextMoment } from "../../runtime/engine/next-moment.ts";
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

/** Ticks whenever something is due. */
async function goOn(world: World, from: string, until: string): Promise<void> {
  for (
    let now: number | null = at(from);
    now !== null && now <= at(until);
    now = await nextMoment(world.engine(), now)
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
