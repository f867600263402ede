// Rules 5, 31 and 32: starts by a date of the person, once per moment, in the project's zone or the person's.

import { expect, test } from "vitest";
import { nextMoment } from "../../runtime/engine/next-moment.ts";
import { dated, follow, starts } from "./dated-people.ts";
import { at, clockOf, type World, worldOf } from "./world.ts";

/** As a load writes it: the change of a field, and when it was told. */
async function told(world: World, id: string, field: string, when: string, batch: number): Promise<void> {
  await world.rows(
    `INSERT INTO contact_change VALUES ('${id}', '${field}', make_timestamp(${at(when)}000), ${batch}, NULL, NULL)`,
  );
}

test.each([
  ["start on renewal", "UTC", { renewal: "2026-03-20" }, "2026-03-20 09:00"],
  ["start on renewal", "Europe/Berlin", { renewal: "2026-03-20" }, "2026-03-20 08:00"],
  ["start on renewal at 10:30", "Europe/Berlin", { renewal: "2026-03-30" }, "2026-03-30 08:30"],
  [
    "start on renewal at 10:00 local",
    "Europe/Berlin",
    { renewal: "2026-03-20", time_zone: "America/New_York" },
    "2026-03-20 14:00",
  ],
  ["start on renewal at 10:00 local", "Europe/Berlin", { renewal: "2026-03-20", country: "JP" }, "2026-03-20 01:00"],
  ["start on renewal at 10:00 local", "Europe/Berlin", { renewal: "2026-03-20", country: "US" }, "2026-03-20 09:00"],
  ["start 7d before renewal", "UTC", { renewal: "2026-03-20" }, "2026-03-13 09:00"],
  ["start 3d after renewal", "UTC", { renewal: "2026-02-28" }, "2026-03-03 09:00"],
  ["start 1mo after renewal", "UTC", { renewal: "2026-02-28" }, "2026-03-28 09:00"],
  ["start 1mo before renewal", "UTC", { renewal: "2026-05-31" }, "2026-04-30 09:00"],
  ["start 2h before renewal", "Europe/Berlin", { renewal: "2026-03-29" }, "2026-03-29 05:00"],
  ["start 1y after renewal", "UTC", { renewal: "2025-03-20" }, "2026-03-20 09:00"],
  ["start on meeting", "Europe/Berlin", { meeting: "2026-03-20 13:31:30" }, "2026-03-20 13:31:30"],
  ["start 1d before meeting", "Europe/Berlin", { meeting: "2026-03-29 22:00:00" }, "2026-03-28 23:00"],
  ["start 90min before meeting", "UTC", { meeting: "2026-03-20 13:30:00" }, "2026-03-20 12:00"],
  ["start on meeting at 08:00", "Europe/Berlin", { meeting: "2026-03-20 23:30:00" }, "2026-03-21 07:00"],
  // 02:30 does not exist in Berlin on 29 March and moves forward; on 25 October it comes twice and is the first.
  ["start on renewal at 02:30", "Europe/Berlin", { renewal: "2026-03-29" }, "2026-03-29 01:30"],
  ["start on renewal at 02:30", "Europe/Berlin", { renewal: "2026-10-25" }, "2026-10-25 00:30"],
  // Lord Howe's clocks go forward by half an hour at 02:00 on 4 October, and back to 01:30 at 02:00 on 5 April.
  ["start on renewal at 02:15", "Australia/Lord_Howe", { renewal: "2026-10-04" }, "2026-10-03 15:45"],
  [
    "start on renewal at 01:45 local",
    "UTC",
    { renewal: "2026-04-05", time_zone: "Australia/Lord_Howe" },
    "2026-04-04 14:45",
  ],
  ["start on renewal at 00:00 local", "UTC", { renewal: "2026-03-20", time_zone: "Pacific/Apia" }, "2026-03-19 11:00"],
  ["start on anniversary of renewal", "UTC", { renewal: "2020-03-20" }, "2026-03-20 09:00"],
  ["start 7d before anniversary of renewal", "UTC", { renewal: "2020-01-03" }, "2026-12-27 09:00"],
  ["start 18mo after anniversary of renewal", "UTC", { renewal: "2024-12-01" }, "2026-06-01 09:00"],
  [
    "start on anniversary of renewal at 09:00 local",
    "UTC",
    { renewal: "2020-03-20", country: "JP" },
    "2026-03-20 00:00",
  ],
  ["start on anniversary of meeting", "Europe/Berlin", { meeting: "2019-03-30 13:30:00" }, "2026-03-30 12:30"],
])("%s in %s for %j is at %s", async (start, zone, values, moment) => {
  const world = await dated(start, { ana: values, ben: {} }, zone);
  await world.tick("2026-03-01");
  expect(await nextMoment(world.engine(), at("2026-03-01"))).toBe(at(moment));
  const before = clockOf(at(moment) - 1000);
  await world.tick(before, moment, moment, clockOf(at(moment) + 60_000));
  expect(await starts(world)).toEqual([`${moment} ana`]);
});

test("Samoa left out 30 December 2011: its moment is the next day's", async () => {
  const world = await dated("start on renewal", { ana: { renewal: "2011-12-30" } }, "Pacific/Apia", "2011-12-01");
  await world.tick("2011-12-01", "2011-12-30 18:59");
  expect(await starts(world)).toEqual([]);
  await world.tick("2011-12-30 19:00");
  expect(await starts(world)).toEqual(["2011-12-30 19:00 ana"]);
});

test("29 February comes round on the 28th, and on the 29th in leap years", async () => {
  const world = await dated("start on anniversary of renewal", { ana: { renewal: "2024-02-29" } }, "UTC", "2026-01-01");
  expect(await follow(world, "2026-01-01", "2029-06-01")).toEqual([
    "2026-02-28 09:00",
    "2027-02-28 09:00",
    "2028-02-29 09:00",
    "2029-02-28 09:00",
  ]);
  expect(await starts(world)).toHaveLength(4);
});

test("the day itself is its anniversary, and no year before it", async () => {
  const people = { ana: { renewal: "2027-03-10" }, ben: { renewal: "2026-03-10" }, cem: { renewal: "2025-03-10" } };
  const world = await dated("start on anniversary of renewal", people);
  await follow(world, "2026-03-01", "2027-04-01");
  expect(await starts(world)).toEqual([
    "2026-03-10 09:00 ben",
    "2026-03-10 09:00 cem",
    "2027-03-10 09:00 ana",
    "2027-03-10 09:00 ben",
    "2027-03-10 09:00 cem",
  ]);
});

test("an engine that looks late makes up for a day, and writes down whose moments it missed by more", async () => {
  const people = {
    ana: { renewal: "2026-03-02" },
    ben: { renewal: "2026-03-03" },
    cem: { renewal: "2026-03-04" },
    dot: { renewal: "2026-03-05" },
  };
  const world = await dated("start on renewal", people);
  await world.tick("2026-03-01", "2026-03-04 09:00", "2026-03-04 09:00", "2026-03-04 09:01");
  expect(await starts(world)).toEqual(["2026-03-03 09:00 ben", "2026-03-04 09:00 cem"]);
  const missed = await world.rows("SELECT program, contact_id, reason FROM journal WHERE outcome = 'missed'");
  expect(missed.map(Object.values)).toEqual([
    ["p", "ana", "the start of 2026-03-02T09:00:00.000Z was missed by more than 24 hours"],
  ]);
});

test("years without an engine are written down year by year", async () => {
  const world = await dated("start on anniversary of renewal", { ana: { renewal: "2020-02-29" } });
  await world.tick("2026-03-01", "2029-02-28 10:00");
  expect(await starts(world)).toEqual(["2029-02-28 09:00 ana"]);
  expect(await world.story("ana")).toEqual([
    "2029-02-28 10:00 missed (the start of 2027-02-28T09:00:00.000Z was missed by more than 24 hours)",
    "2029-02-28 10:00 missed (the start of 2028-02-29T09:00:00.000Z was missed by more than 24 hours)",
    "2029-02-28 10:00 started",
    "2029-02-28 10:00 send:welcome:1 send",
    "2029-02-28 10:00 left (finished)",
  ]);
});

test("a moment before the program was applied starts nobody, one at that very instant does", async () => {
  const people = { ana: { renewal: "2026-03-01" } };
  const late = await dated("start on renewal", people, "UTC", "2026-03-01 09:01");
  await late.tick("2026-03-01 09:01", "2026-03-02");
  expect(await starts(late)).toEqual([]);
  const inTime = await dated("start on renewal", people, "UTC", "2026-03-01 09:00");
  await inTime.tick("2026-03-01 09:00");
  expect(await starts(inTime)).toEqual(["2026-03-01 09:00 ana"]);
});

test("a date that is past when it becomes known starts nothing, also where the engine did not look in between", async () => {
  const world = await dated("start on renewal", { ana: {}, ben: {}, cem: { renewal: "2026-03-02" } });
  await world.tick("2026-03-02 08:00");
  await world.person("ana", { renewal: "2026-03-02" });
  await told(world, "ana", "renewal", "2026-03-02 09:01", 2);
  await world.person("ben", { renewal: "2026-03-02", role: "boss" });
  await told(world, "ben", "renewal", "2026-03-02 08:59", 2);
  await told(world, "ben", "role", "2026-03-02 09:30", 2);
  // A contact who is new at 09:30.
  await world.person("dot", { renewal: "2026-03-02" });
  await told(world, "dot", "", "2026-03-02 09:30", 2);
  await world.tick("2026-03-02 10:00");
  expect(await starts(world)).toEqual(["2026-03-02 09:00 ben", "2026-03-02 09:00 cem"]);
  await world.tick("2026-03-05");
  expect(await world.rows("SELECT * FROM journal WHERE outcome = 'missed'")).toEqual([]);
});

test("a date that is told at its very moment starts, also behind a look at that moment, and once", async () => {
  const world = await dated("start on renewal", { ana: {} });
  await world.tick("2026-03-02 09:00");
  await world.person("ana", { renewal: "2026-03-02" });
  await told(world, "ana", "renewal", "2026-03-02 09:00", 2);
  await world.happen("signed_up", "ana", "2026-03-01", {}, 2);
  await world.tick("2026-03-02 09:00", "2026-03-02 09:00", "2026-03-02 09:01");
  expect(await starts(world)).toEqual(["2026-03-02 09:00 ana"]);
  expect((await world.story("ana")).filter((line) => line.includes("dropped"))).toEqual([]);
});

test("a date that changes starts at its new moment, a second time where that may be, and never at the old one", async () => {
  const world = await dated("start on renewal", { ana: { renewal: "2026-03-02" }, ben: { renewal: "2026-03-10" } });
  await world.tick("2026-03-02 09:00");
  await world.person("ana", { renewal: "2026-03-05" });
  await world.person("ben", { renewal: "2026-03-20" });
  await told(world, "ana", "renewal", "2026-03-03", 2);
  await told(world, "ben", "renewal", "2026-03-03", 2);
  await world.tick("2026-03-05 09:00", "2026-03-10 09:00", "2026-03-20 09:00");
  expect(await starts(world)).toEqual(["2026-03-02 09:00 ana", "2026-03-05 09:00 ana", "2026-03-20 09:00 ben"]);
  const once = await worldOf("program p < start on renewal  send welcome >");
  await once.person("ana", { renewal: "2026-03-02" });
  await once.apply("2026-03-01");
  await once.tick("2026-03-02 09:00");
  await once.person("ana", { renewal: "2026-03-05" });
  await once.tick("2026-03-05 09:00");
  expect(await starts(once)).toEqual(["2026-03-02 09:00 ana"]);
  expect((await once.story("ana")).at(-1)).toBe("2026-03-05 09:00 dropped (entered before)");
});

test("a step that sets a date to this very moment starts the person in it", async () => {
  const world = await worldOf(
    `program a < start when signed_up  set meeting = now  wait 1d  set meeting = now >
     program b < start on meeting  enter every time  send welcome >`,
  );
  await world.person("ana");
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02 10:00");
  await world.tick("2026-03-02 10:00", "2026-03-02 10:00", "2026-03-02 10:01", "2026-03-03 10:00");
  expect(await world.mails()).toEqual(["2026-03-02 10:00 ana welcome", "2026-03-03 10:00 ana welcome"]);
  expect((await world.story("ana")).filter((line) => line.includes("dropped"))).toEqual([]);
});

test("the program's segment and only if must hold then; who is left out is written down", async () => {
  const world = await worldOf(
    `segment Known where role is known
     program p for Known < start 1d before renewal  only if role = boss  closes at 2026-03-04 00:00  send welcome >`,
  );
  const renewal = "2026-03-04";
  await world.person("ana", { renewal, role: "boss" });
  await world.person("ben", { renewal, role: "user" });
  await world.person("cem", { renewal });
  await world.person("dot", { renewal: "2026-03-06", role: "boss" });
  await world.apply("2026-03-01");
  await world.tick("2026-03-03 09:00", "2026-03-05 09:00");
  expect(await starts(world)).toEqual(["2026-03-03 09:00 ana"]);
  expect(await world.story("ben")).toEqual(["2026-03-03 09:00 dropped (only if did not hold)"]);
  expect(await world.story("cem")).toEqual(["2026-03-03 09:00 dropped (not in Known)"]);
  expect(await world.story("dot")).toEqual(["2026-03-05 09:00 dropped (closed)"]);
});

test("of people whose dates lie all over the year, each day has its own", async () => {
  const ids = [...Array(366).keys()];
  const dayOf = (index: number) => clockOf(at("2024-01-01") + index * 86_400_000).slice(0, 10);
  const people = Object.fromEntries(ids.map((index) => [`p${index}`, { renewal: dayOf(index) }]));
  const world = await dated("start on anniversary of renewal", people, "UTC", "2026-12-25");
  const found: string[] = [];
  for (let day = at("2026-12-25 09:00"); day < at("2027-03-05"); day += 86_400_000) await world.tick(clockOf(day));
  for (const line of await starts(world)) found.push(line.slice(5, 10));
  const expected = (await starts(world)).map((line) => dayOf(Number(line.split(" p")[1])).slice(5));
  expect(found.filter((day, index) => day !== expected[index])).toEqual(["02-28"]);
  expect(found).toHaveLength(71);
});

test("two dates of one program at one moment are one start", async () => {
  const world = await worldOf(
    "program p < start on renewal  start 1d before renewal  start on meeting  enter every time  send welcome >",
  );
  await world.person("ana", { renewal: "2026-03-03", meeting: "2026-03-03 09:00:00" });
  await world.apply("2026-03-01");
  await world.tick("2026-03-01");
  expect(await follow(world, "2026-03-01", "2026-04-01")).toEqual(["2026-03-02 09:00", "2026-03-03 09:00"]);
  expect(await starts(world)).toEqual(["2026-03-02 09:00 ana", "2026-03-03 09:00 ana"]);
  expect((await world.story("ana")).filter((line) => line.includes("dropped"))).toEqual([]);
});

test("a derived date is one that is worked out when the engine looks", async () => {
  const world = await worldOf(
    `derived last_order = last purchased.at
     program p < start 30d after last_order  enter every time  send welcome >`,
  );
  await world.person("ana");
  await world.apply("2026-03-01");
  await world.happen("purchased", "ana", "2026-03-02 10:00");
  await world.happen("purchased", "ana", "2026-03-20 11:30");
  await follow(world, "2026-03-01", "2026-06-01");
  expect(await starts(world)).toEqual(["2026-04-19 11:30 ana"]);
});

test("a derived date is not taken for new because another field that it may be taken from has changed", async () => {
  const world = await worldOf(
    `derived next_date = first known of (renewal, audit)
     program p < start on next_date  enter every time  send welcome >`,
    "UTC",
    ":memory:",
    "audit date?",
  );
  await world.person("ana", { renewal: "2026-03-02" });
  await world.apply("2026-03-01");
  await world.tick("2026-03-02 08:00");
  await world.person("ana", { audit: "2026-05-01" });
  await told(world, "ana", "audit", "2026-03-02 09:30", 2);
  await world.tick("2026-03-02 10:00");
  expect(await starts(world)).toEqual(["2026-03-02 09:00 ana"]);
});
