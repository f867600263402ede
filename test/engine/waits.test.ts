// Rules 4, 5, 16 and 31: how long people wait, in whose zone, and what ends it.

import { expect, test } from "vitest";
import { type World, worldOf } from "./world.ts";

const hours = (from: string, count: number) =>
  [...Array(count).keys()].map((hour) =>
    new Date(Date.parse(`${from.replace(" ", "T")}Z`) + hour * 3_600_000).toISOString().slice(0, 16).replace("T", " "),
  );

async function waiting(steps: string, start: string, zone = "Europe/Berlin", person = {}): Promise<World> {
  const world = await worldOf(`program p < start when signed_up  ${steps} >`, zone);
  await world.person("ana", person);
  await world.apply("2026-01-01");
  await world.happen("signed_up", "ana", start);
  await world.tick(start);
  return world;
}
async function dueOf(world: World): Promise<string> {
  const [row] = await world.rows("SELECT strftime(due, '%Y-%m-%d %H:%M') AS due FROM positions");
  return String(row?.due);
}

// Berlin's clocks go forward on 29 March 2026 at 01:00 UTC and back on 25 October at 01:00 UTC.
test.each([
  ["wait 3d", "2026-03-27 11:00", "2026-03-30 10:00"],
  ["wait 72h", "2026-03-27 11:00", "2026-03-30 11:00"],
  ["wait 1mo", "2026-01-31 08:00", "2026-02-28 08:00"],
  ["wait 1w", "2026-10-21 10:00", "2026-10-28 11:00"],
  ["wait 90min", "2026-03-29 00:00", "2026-03-29 01:30"],
  // 02:30 does not exist on 29 March: it moves forward to 03:30.
  ["wait 1d", "2026-03-28 01:30", "2026-03-29 01:30"],
  // 02:30 comes twice on 25 October: it is the first.
  ["wait 1d", "2026-10-24 00:30", "2026-10-25 00:30"],
])("%s from %s is due at %s", async (steps, start, due) => {
  expect(await dueOf(await waiting(`${steps}  send welcome`, start))).toBe(due);
});

test.each([
  ["wait until 09:00", {}, "2026-03-02 08:00", "2026-03-02 08:00"],
  ["wait until 09:00", {}, "2026-03-02 08:01", "2026-03-03 08:00"],
  ["wait until tuesday 09:00", {}, "2026-03-02 10:00", "2026-03-03 08:00"],
  ["wait until monday 09:00", {}, "2026-03-02 10:00", "2026-03-09 08:00"],
  ["wait until 09:00 local", { time_zone: "America/New_York" }, "2026-03-02 10:00", "2026-03-02 14:00"],
  ["wait until 09:00 local", { country: "JP" }, "2026-03-02 10:00", "2026-03-03 00:00"],
  ["wait until 09:00 local", { country: "jp " }, "2026-03-02 10:00", "2026-03-03 00:00"],
  // Lord Howe's clocks go forward by half an hour at 02:00 on 4 October, and back to 01:30 at 02:00 on 5 April.
  ["wait until 02:15 local", { time_zone: "Australia/Lord_Howe" }, "2026-10-03 14:00", "2026-10-03 15:45"],
  [
    "wait until renewal at 01:45 local",
    { time_zone: "Australia/Lord_Howe", renewal: "2026-04-05" },
    "2026-04-01 00:00",
    "2026-04-04 14:45",
  ],
  // 02:30 came for the first time before 01:00 UTC; its second time does not count.
  ["wait until 02:30", {}, "2026-10-25 01:00", "2026-10-26 01:30"],
  ["wait until 09:00 local", { country: "US" }, "2026-03-02 10:00", "2026-03-03 08:00"],
  ["wait until 09:00 local", { country: "JP", time_zone: "America/New_York" }, "2026-03-02 10:00", "2026-03-02 14:00"],
  ["wait until 09:00 local", {}, "2026-03-02 10:00", "2026-03-03 08:00"],
  ["wait until 2026-04-01 10:00", {}, "2026-03-02 10:00", "2026-04-01 08:00"],
  ["wait until 2026-04-01 10:00 local", { time_zone: "America/New_York" }, "2026-03-02 10:00", "2026-04-01 14:00"],
  ["wait until renewal", { renewal: "2026-03-20" }, "2026-03-02 10:00", "2026-03-20 08:00"],
  [
    "wait until renewal at 10:00 local",
    { renewal: "2026-03-20", time_zone: "America/New_York" },
    "2026-03-02 10:00",
    "2026-03-20 14:00",
  ],
  ["wait until 3d before renewal", { renewal: "2026-03-20" }, "2026-03-02 10:00", "2026-03-17 08:00"],
  ["wait until 1mo after renewal", { renewal: "2026-03-31" }, "2026-03-02 10:00", "2026-04-30 07:00"],
  ["wait until 2h before renewal", { renewal: "2026-03-29" }, "2026-03-02 10:00", "2026-03-29 05:00"],
  ["wait until meeting", { meeting: "2026-03-20 13:30:00" }, "2026-03-02 10:00", "2026-03-20 13:30"],
  ["wait until 1d before meeting", { meeting: "2026-03-29 22:00:00" }, "2026-03-02 10:00", "2026-03-28 23:00"],
  // A clock that is named takes the place of the field's own: 23:30 UTC is the next day in Berlin.
  ["wait until meeting at 08:00", { meeting: "2026-03-20 23:30:00" }, "2026-03-02 10:00", "2026-03-21 07:00"],
  [
    "wait until 1d before meeting at 08:00 local",
    { meeting: "2026-03-20 13:30:00", time_zone: "America/New_York" },
    "2026-03-02 10:00",
    "2026-03-19 12:00",
  ],
  // The next anniversary, now included; none lies before the date itself.
  ["wait until anniversary of renewal", { renewal: "2020-03-20" }, "2026-03-02 10:00", "2026-03-20 08:00"],
  ["wait until anniversary of renewal", { renewal: "2020-03-02" }, "2026-03-02 08:00", "2026-03-02 08:00"],
  ["wait until anniversary of renewal", { renewal: "2020-03-02" }, "2026-03-02 08:01", "2027-03-02 08:00"],
  ["wait until anniversary of renewal", { renewal: "2029-03-20" }, "2026-03-02 10:00", "2029-03-20 08:00"],
  ["wait until anniversary of renewal", { renewal: "2024-02-29" }, "2026-02-02 10:00", "2026-02-28 08:00"],
  ["wait until anniversary of renewal", { renewal: "2024-02-29" }, "2027-03-02 10:00", "2028-02-29 08:00"],
  ["wait until 1mo after anniversary of renewal", { renewal: "2020-01-31" }, "2026-02-10 10:00", "2026-02-28 08:00"],
  ["wait until 7d before anniversary of renewal", { renewal: "2020-01-03" }, "2026-12-20 10:00", "2026-12-27 08:00"],
  ["wait until 18mo after anniversary of renewal", { renewal: "2020-01-03" }, "2026-03-02 10:00", "2026-07-03 07:00"],
  ["wait until 2h before anniversary of renewal", { renewal: "2020-03-29" }, "2026-03-02 10:00", "2026-03-29 05:00"],
  [
    "wait until anniversary of renewal at 01:45 local",
    { time_zone: "Australia/Lord_Howe", renewal: "2020-04-05" },
    "2026-04-01 00:00",
    "2026-04-04 14:45",
  ],
  // Its own clock in the project's zone, which was an hour behind that in the winter of its year.
  ["wait until anniversary of meeting", { meeting: "2020-03-28 13:30:00" }, "2026-03-02 10:00", "2026-03-28 13:30"],
  ["wait until anniversary of meeting", { meeting: "2020-03-29 13:30:00" }, "2027-03-02 10:00", "2027-03-29 13:30"],
  ["wait until anniversary of meeting", { meeting: "2019-03-30 13:30:00" }, "2026-03-02 10:00", "2026-03-30 12:30"],
  [
    "wait until anniversary of meeting at 08:00",
    { meeting: "2019-03-30 23:30:00" },
    "2026-03-02 10:00",
    "2026-03-31 06:00",
  ],
])("%s for %j from %s is due at %s", async (steps, person, start, due) => {
  const world = await waiting(`${steps}  wait 365d`, start, "Europe/Berlin", person);
  const [row] = await world.rows("SELECT step FROM positions");
  if (due === start) expect(row?.step).toBe("wait:365d:1");
  else expect(await dueOf(world)).toBe(due);
});

test("a date that has passed passes at once, an unknown one ends the enrollment", async () => {
  const past = await waiting("wait until renewal  send welcome", "2026-03-02 10:00", "UTC", { renewal: "2026-03-01" });
  expect(await past.mails()).toEqual(["2026-03-02 10:00 ana welcome"]);
  const unknown = await waiting("wait until renewal  send welcome", "2026-03-02 10:00", "UTC");
  expect(await unknown.mails()).toEqual([]);
  expect((await unknown.story("ana")).at(-1)).toMatch(/left \(no date\)$/);
});

test("a changed date moves the wait, and one that becomes unknown ends it", async () => {
  const world = await waiting("wait until renewal  send welcome  wait 10d", "2026-03-02 10:00", "UTC", {
    renewal: "2026-03-20",
  });
  await world.person("ana", { renewal: "2026-03-10" });
  await world.tick("2026-03-10 08:00", "2026-03-10 09:00");
  expect(await world.mails()).toEqual(["2026-03-10 09:00 ana welcome"]);
  const gone = await waiting("wait until renewal  send welcome", "2026-03-02 10:00", "UTC", { renewal: "2026-03-20" });
  await gone.person("ana", { renewal: null });
  await gone.tick("2026-03-03");
  expect((await gone.story("ana")).at(-1)).toMatch(/^2026-03-03 00:00 .* left \(no date\)$/);
});

test("an anniversary that moves behind the arrival passes at once", async () => {
  const world = await waiting("wait until anniversary of renewal  send welcome", "2026-03-02 10:00", "UTC", {
    renewal: "2020-09-01",
  });
  await world.tick("2026-05-01");
  expect(await dueOf(world)).toBe("2026-09-01 09:00");
  await world.person("ana", { renewal: "2020-02-01" });
  await world.tick("2026-05-02");
  expect(await dueOf(world)).toBe("2027-02-01 09:00");
  await world.person("ana", { renewal: "2020-04-01" });
  await world.tick("2026-05-03");
  expect(await world.mails()).toEqual(["2026-05-03 00:00 ana welcome"]);
});

const upTo = "wait up to 5d until purchased then < send welcome > otherwise < send nudge >  wait 100d";

test("what is waited for runs then, the limit otherwise", async () => {
  const came = await waiting(upTo, "2026-03-02 10:00", "UTC");
  await came.happen("purchased", "ana", "2026-03-04 10:30");
  await came.tick("2026-03-04 10:00", "2026-03-04 11:00", "2026-03-07 10:00", "2026-03-08 10:00");
  expect(await came.mails()).toEqual(["2026-03-04 11:00 ana welcome"]);
  const late = await waiting(upTo, "2026-03-02 10:00", "UTC");
  await late.tick("2026-03-07 09:00", "2026-03-07 10:00", "2026-03-08");
  expect(await late.mails()).toEqual(["2026-03-07 10:00 ana nudge"]);
});

test("an event behind the limit does not count, even if one tick meets both; at the limit it does", async () => {
  for (const [when, mail] of [
    ["2026-03-07 10:00", "welcome"],
    ["2026-03-07 10:01", "nudge"],
  ]) {
    const world = await waiting(upTo, "2026-03-02 10:00", "UTC");
    await world.happen("purchased", "ana", String(when));
    await world.tick("2026-03-07 12:00");
    expect(await world.mails()).toEqual([`2026-03-07 12:00 ana ${mail}`]);
  }
});

test("a wait whose condition is true already is satisfied at once", async () => {
  const world = await waiting(
    "wait up to 5d until seats >= 1 then < send welcome >  wait 9d",
    "2026-03-02 10:00",
    "UTC",
    { seats: 2 },
  );
  expect(await world.mails()).toEqual(["2026-03-02 10:00 ana welcome"]);
});

test("events count from when the person came to the last send", async () => {
  const source = "wait 1d  send welcome  wait 1d  wait up to 5d until purchased then < send nudge >  wait 90d";
  for (const [when, mails] of [
    ["2026-03-03 09:00", 1],
    ["2026-03-03 11:00", 2],
  ] as const) {
    const world = await waiting(source, "2026-03-02 10:00", "UTC");
    await world.happen("purchased", "ana", when);
    await world.tick(...hours("2026-03-03 10:00", 30), "2026-03-20");
    expect((await world.mails()).length).toBe(mails);
  }
});

test("a wait for a mail that was skipped passes at once and runs neither block", async () => {
  const steps = `send welcome only if seats is known  wait up to 5d until opened welcome then < set seats = 1 >
    otherwise < set seats = 2 >  send nudge  wait 9d`;
  const world = await waiting(steps, "2026-03-02 10:00", "UTC");
  expect(await world.mails()).toEqual(["2026-03-02 10:00 ana nudge"]);
  expect(await world.rows("SELECT seats FROM contact")).toEqual([{ seats: null }]);
});

test("with same ties the event to the one that started the enrollment", async () => {
  const world = await worldOf(
    `program p < start when purchased  enter once per order_id
       wait up to 5d until delivered_order with same order_id then < set first_name = "came" >  wait 90d >`,
  );
  await world.person("ana");
  await world.apply("2026-03-01");
  await world.happen("purchased", "ana", "2026-03-02", { order_id: "a" });
  await world.happen("purchased", "ana", "2026-03-02", { order_id: "b" });
  await world.tick("2026-03-02");
  await world.happen("delivered_order", "ana", "2026-03-03", { order_id: "b" });
  await world.tick("2026-03-03", "2026-03-04");
  const rows = await world.rows(
    "SELECT n.enter_key, p.step LIKE 'wait:90d%' AS came FROM positions AS p JOIN enrollment AS n USING (enrollment_id) ORDER BY 1",
  );
  expect(rows).toEqual([
    { enter_key: "a", came: false },
    { enter_key: "b", came: true },
  ]);
});

test.each([
  ['set time_zone = "Asia/Kathmandu"  wait until 09:00 local', "2026-03-02 03:15"],
  ["set country = JP  wait until 10:00 local", "2026-03-02 01:00"],
  ['set time_zone = "Asia/Kathmandu"  wait until renewal at 09:00 local', "2026-04-01 03:15"],
  ['set time_zone = "Asia/Kathmandu"  set role = boss  wait until monday 09:00 local', "2026-03-02 03:15"],
])("%s waits by the clock of the zone just set, in which nobody was before", async (steps, due) => {
  const world = await waiting(`${steps}  send welcome`, "2026-03-02 00:00", "UTC", { renewal: "2026-04-01" });
  expect(await world.mails()).toEqual([]);
  expect(await dueOf(world)).toBe(due);
  const [row] = await world.rows("SELECT strftime(arg_max(due, seq), '%Y-%m-%d %H:%M') AS due FROM journal");
  if (!steps.includes("renewal")) expect(row?.due).toBe(due);
});
