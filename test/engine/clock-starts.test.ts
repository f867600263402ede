// Rule 32: starts by the clock, each contact once per moment; what was missed by more than a day is written down.

import fc from "fast-check";
import { DateTime } from "luxon";
import { expect, test } from "vitest";
import { calendarOf } from "../../compiler/calendar.ts";
import type { Recurrence } from "../../compiler/ir/program.ts";
import { momentsOf, nextMomentOf } from "../../runtime/engine/clock-starts.ts";
import { openEngine } from "../../runtime/engine/engine.ts";
import { nextMoment } from "../../runtime/engine/next-moment.ts";
import { at, clockOf, type World, worldOf } from "./world.ts";

async function applied(source: string, zone = "UTC", when = "2026-03-01"): Promise<World> {
  const world = await worldOf(source, zone);
  await world.person("ana", { role: "boss" });
  await world.person("ben", { role: "user", time_zone: "America/New_York" });
  await world.apply(when);
  return world;
}
const starts = async (world: World) =>
  (
    await world.rows("SELECT contact_id, epoch_ms(started_at) AS at FROM enrollment ORDER BY started_at, contact_id")
  ).map((row) => `${new Date(Number(row.at)).toISOString()} ${row.contact_id}`);

test("everybody starts at each moment, once, however often the engine looks", async () => {
  const world = await applied("program p < start every monday 09:00  enter every time  send welcome >");
  await world.tick("2026-03-02 08:59", "2026-03-02 09:00", "2026-03-02 09:00", "2026-03-02 09:01", "2026-03-09 12:00");
  expect(await starts(world)).toEqual([
    "2026-03-02T09:00:00.000Z ana",
    "2026-03-02T09:00:00.000Z ben",
    "2026-03-09T09:00:00.000Z ana",
    "2026-03-09T09:00:00.000Z ben",
  ]);
});

test("a moment before the program was applied starts nobody, one at that very instant does", async () => {
  const late = await applied("program p < start at 2026-03-01 09:00  send welcome >", "UTC", "2026-03-01 09:01");
  await late.tick("2026-03-01 09:01", "2026-03-02");
  expect(await starts(late)).toEqual([]);
  const inTime = await applied("program p < start at 2026-03-01 09:00  send welcome >", "UTC", "2026-03-01 09:00");
  await inTime.tick("2026-03-01 09:00");
  expect(await starts(inTime)).toHaveLength(2);
});

test("of the program's segment start those for whom it holds then, and only if is recorded", async () => {
  const world = await applied(
    `segment Known where role is known
     program p for Known < start every day 09:00  only if role = boss  enter every time  send welcome >`,
  );
  await world.person("cem");
  await world.tick("2026-03-01 09:00");
  expect(await starts(world)).toEqual(["2026-03-01T09:00:00.000Z ana"]);
  expect(await world.story("ben")).toEqual(["2026-03-01 09:00 dropped (only if did not hold)"]);
  expect(await world.story("cem")).toEqual([]);
});

test("local means each person's own clock", async () => {
  const world = await applied("program p < start at 2026-03-02 09:00 local  send welcome >", "Europe/Berlin");
  await world.tick("2026-03-02 07:59", "2026-03-02 08:00", "2026-03-02 13:59");
  expect(await starts(world)).toEqual(["2026-03-02T08:00:00.000Z ana"]);
  await world.tick("2026-03-02 14:00");
  expect(await starts(world)).toEqual(["2026-03-02T08:00:00.000Z ana", "2026-03-02T14:00:00.000Z ben"]);
});

test("what was missed by more than 24 hours is written down once and not made up for", async () => {
  const world = await applied("program p < start every day 09:00  enter every time  wait 1h >");
  await world.tick("2026-03-01 08:00", "2026-03-04 08:30", "2026-03-04 08:31");
  expect(await starts(world)).toEqual(["2026-03-03T09:00:00.000Z ana", "2026-03-03T09:00:00.000Z ben"]);
  const missed = await world.rows(
    "SELECT program, contact_id, reason FROM journal WHERE outcome = 'missed' ORDER BY rowid",
  );
  expect(missed.map(Object.values)).toEqual([
    ["p", "", "the start of 2026-03-01T09:00:00.000Z was missed by more than 24 hours"],
    ["p", "", "the start of 2026-03-02T09:00:00.000Z was missed by more than 24 hours"],
  ]);
});

test("nobody enters once the program has closed, and who is inside finishes", async () => {
  const world = await applied(
    "program p < start when signed_up  enter every time  closes at 2026-03-03 00:00  wait 2d  send welcome >",
  );
  await world.happen("signed_up", "ana", "2026-03-02 23:59");
  await world.happen("signed_up", "ben", "2026-03-03");
  await world.tick("2026-03-03", "2026-03-05");
  expect(await world.story("ben")).toEqual(["2026-03-03 00:00 dropped (closed)"]);
  expect(await world.mails()).toEqual(["2026-03-05 00:00 ana welcome"]);
});

test("a program closes by each person's own clock, on the night of a clock change too", async () => {
  const source = `program p < start when signed_up  enter every time  closes at 2026-03-29 02:30 local  send welcome >
    program q < start when signed_up  enter every time  closes at 2026-03-29 02:30  send nudge >`;
  const world = await worldOf(source, "Europe/Berlin");
  // 02:30 is skipped in Berlin and moves forward; Japan is eight hours ahead, and who has no zone has the project's.
  const people = { ana: {}, ben: { country: "JP" }, cem: { time_zone: "America/New_York", country: "JP" } };
  for (const [id, values] of Object.entries(people)) await world.person(id, values);
  await world.apply("2026-03-01");
  const closings = { ana: "2026-03-29 01:30", ben: "2026-03-28 17:30", cem: "2026-03-29 06:30" };
  for (const [id, closing] of Object.entries(closings)) {
    await world.happen("signed_up", id, clockOf(at(closing) - 1000));
    await world.happen("signed_up", id, closing);
  }
  await world.tick("2026-03-30");
  const entered = await world.rows("SELECT contact_id, epoch_ms(started_at) AS at FROM enrollment WHERE program = 'p'");
  expect(entered.map((row) => `${clockOf(Number(row.at))} ${row.contact_id}`).sort()).toEqual([
    "2026-03-28 17:29:59 ben",
    "2026-03-29 01:29:59 ana",
    "2026-03-29 06:29:59 cem",
  ]);
  const shut = await world.rows(
    "SELECT contact_id FROM journal WHERE program = 'p' AND reason = 'closed' ORDER BY ALL",
  );
  expect(shut.map((row) => row.contact_id)).toEqual(["ana", "ben", "cem"]);
  const others = await world.rows(
    "SELECT contact_id FROM journal WHERE program = 'q' AND reason = 'closed' ORDER BY ALL",
  );
  expect(others.map((row) => row.contact_id)).toEqual(["ana", "cem", "cem"]);
});

test("a plan that was applied before closings could be local closes as it said", async () => {
  const world = await applied("program p < start when signed_up  closes at 2026-03-03 00:00  send welcome >");
  await world.rows(
    `UPDATE applied SET plan = replace(plan, '{"kind":"utc","value":"2026-03-03T00:00:00.000Z"}', '"2026-03-03T00:00:00.000Z"')`,
  );
  const [row] = await world.rows("SELECT plan FROM applied");
  expect(String(row?.plan)).toContain('"closesAt":"2026-03-03T00:00:00.000Z"');
  const engine = await openEngine(world.database);
  expect(engine?.plan.programs[0]?.closesAt).toEqual({ kind: "utc", value: "2026-03-03T00:00:00.000Z" });
});

test("a clock that jumps stops at the next moment", async () => {
  const world = await applied("program p < start every quarter 09:00 local  enter every time  send welcome >");
  await world.tick("2026-03-01");
  expect(await nextMoment(world.engine(), at("2026-03-01"))).toBe(at("2026-04-01 09:00"));
  await world.tick("2026-04-01 09:00");
  expect(await nextMoment(world.engine(), at("2026-04-01 09:00"))).toBe(at("2026-04-01 13:00"));
});

const zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"];
const times = fc.record({
  hour: fc.integer({ min: 0, max: 23 }),
  minute: fc.integer({ min: 0, max: 59 }),
  isLocal: fc.boolean(),
});
const recurrences: fc.Arbitrary<Recurrence> = fc.oneof(
  fc.record({ every: fc.constantFrom("day" as const, "month" as const, "quarter" as const), time: times }),
  fc.record({ every: fc.constant("week" as const), weekday: fc.integer({ min: 1, max: 7 }), time: times }),
);

test("moments are those days of the calendar, each once, also where the clock changes", () => {
  const instants = fc.integer({ min: Date.parse("2011-12-01"), max: Date.parse("2027-01-01") });
  const law = (recurrence: Recurrence, zone: string, after: number, hours: number) => {
    const until = after + hours * 3_600_000;
    const trigger = { kind: "every", id: "t", recurrence } as const;
    const calendar = calendarOf(zone, 1);
    const found = momentsOf(trigger, calendar, { after, until });
    const days = found.map((moment) => DateTime.fromMillis(moment, { zone }));
    for (const [index, moment] of found.entries()) {
      expect(moment > after && moment <= until).toBe(true);
      expect(index === 0 || moment > (found[index - 1] ?? 0)).toBe(true);
    }
    // Samoa left out the 30th of December 2011: what falls on it comes with the next day.
    const isWhole = (day: DateTime) => zone !== "Pacific/Apia" || day.toISODate() !== "2011-12-31";
    for (const day of days.filter(isWhole)) {
      if (recurrence.every === "week") expect(day.weekday).toBe(recurrence.weekday);
      if (recurrence.every === "month" || recurrence.every === "quarter") expect(day.day).toBe(1);
      if (recurrence.every === "quarter") expect(day.month % 3).toBe(1);
    }
    const [first] = found;
    const next = nextMomentOf(trigger, calendar, after);
    if (first === undefined) expect(next === null || next > until).toBe(true);
    else expect(next).toBe(first);
  };
  fc.assert(fc.property(recurrences, fc.constantFrom(...zones), instants, fc.integer({ min: 0, max: 2400 }), law), {
    numRuns: 400,
  });
});
