// Rules 15 and 17: who starts, who starts again, and who is turned away.

import { expect, test } from "vitest";
import { planOf, worldOf } from "./world.ts";

const onboarding = "program onboarding < start when signed_up  send welcome  wait 3d  send nudge >";

test("an event starts a person, who gets both mails three days apart", async () => {
  const world = await worldOf(onboarding);
  await world.person("ana");
  await world.apply("2026-03-02 09:00");
  await world.happen("signed_up", "ana", "2026-03-02 09:20");
  await world.tick("2026-03-02 09:00", "2026-03-02 10:00", "2026-03-05 09:00", "2026-03-05 10:00");
  expect(await world.story("ana")).toEqual([
    "2026-03-02 10:00 started (signed_up)",
    "2026-03-02 10:00 send:welcome:1 send",
    "2026-03-05 10:00 wait:3d:1 waited",
    "2026-03-05 10:00 send:nudge:1 send",
    "2026-03-05 10:00 left (finished)",
  ]);
  expect(await world.mails()).toEqual(["2026-03-02 10:00 ana welcome", "2026-03-05 10:00 ana nudge"]);
});

test("an event older than the first apply never starts, a late arrival does, and none does twice", async () => {
  const world = await worldOf(onboarding);
  for (const id of ["old", "late", "early"]) await world.person(id);
  await world.happen("signed_up", "old", "2026-03-02 08:59");
  await world.happen("signed_up", "early", "2026-03-02 11:30");
  await world.apply("2026-03-02 09:00");
  await world.tick("2026-03-02 10:00", "2026-03-02 11:00");
  // It happened before the last tick, but comes in a batch of its own.
  await world.happen("signed_up", "late", "2026-03-02 09:30", {}, 2);
  await world.tick("2026-03-02 11:00", "2026-03-02 12:00", "2026-03-02 13:00");
  expect(
    await world.rows("SELECT contact_id, epoch_ms(started_at) AS started FROM enrollment ORDER BY contact_id"),
  ).toEqual([
    { contact_id: "early", started: Date.parse("2026-03-02T11:30Z") },
    { contact_id: "late", started: Date.parse("2026-03-02T09:30Z") },
  ]);
});

test("an event that is loaded before its time counts from its own time on", async () => {
  const world = await worldOf(onboarding);
  await world.person("ana");
  await world.happen("signed_up", "ana", "2026-03-05 12:00");
  await world.apply("2026-03-02 09:00");
  await world.tick("2026-03-02 10:00", "2026-03-05 11:00");
  expect(await world.story("ana")).toEqual([]);
  await world.tick("2026-03-05 12:00");
  expect((await world.story("ana"))[0]).toBe("2026-03-05 12:00 started (signed_up)");
});

test("the event's own properties and the rest of the branch decide", async () => {
  const world = await worldOf("program p < start when signed_up where (plan = team) and role = boss  send welcome >");
  await world.person("ana", { role: "boss" });
  await world.person("ben", { role: "user" });
  await world.person("cleo", { role: "boss" });
  await world.apply("2026-03-02");
  await world.happen("signed_up", "ana", "2026-03-02 01:00", { plan: "team" });
  await world.happen("signed_up", "ben", "2026-03-02 01:00", { plan: "team" });
  await world.happen("signed_up", "cleo", "2026-03-02 01:00", { plan: "free" });
  await world.tick("2026-03-02 02:00");
  expect(await world.rows("SELECT contact_id FROM enrollment")).toEqual([{ contact_id: "ana" }]);
  expect(await world.rows("SELECT * FROM journal WHERE outcome = 'dropped'")).toEqual([]);
});

test("an edge starts who turns true, and not who was true when it was applied", async () => {
  const world = await worldOf("program p < start when seats >= 10  wait 1d >");
  await world.person("before", { seats: 10 });
  await world.person("later", { seats: 9 });
  await world.apply("2026-03-02");
  await world.person("new", { seats: 20 });
  await world.tick("2026-03-02 01:00");
  await world.person("later", { seats: 11 });
  await world.person("before", { seats: 1 });
  await world.tick("2026-03-02 02:00");
  await world.person("before", { seats: 12 });
  await world.tick("2026-03-02 03:00", "2026-03-02 04:00");
  expect(
    await world.rows("SELECT contact_id, epoch_ms(started_at) AS started FROM enrollment ORDER BY started_at"),
  ).toEqual([
    { contact_id: "new", started: Date.parse("2026-03-02T01:00Z") },
    { contact_id: "later", started: Date.parse("2026-03-02T02:00Z") },
    { contact_id: "before", started: Date.parse("2026-03-02T03:00Z") },
  ]);
});

test("an edge turns by the clock alone", async () => {
  const world = await worldOf(
    "segment Quiet where purchased and not purchased in 30d  program p < start when in Quiet  wait 1d >",
  );
  await world.person("ana");
  await world.happen("purchased", "ana", "2026-03-02 12:00");
  await world.apply("2026-03-02");
  await world.tick("2026-03-02 13:00", "2026-04-01 12:00");
  expect(await world.story("ana")).toEqual([]);
  await world.tick("2026-04-01 13:00");
  expect(await world.story("ana")).toEqual(["2026-04-01 13:00 started"]);
});

test("a program for a segment takes in who is there already", async () => {
  const source = "segment Big where seats >= 10  program p for Big < wait 1d >";
  const world = await worldOf(source);
  await world.person("ana", { seats: 10 });
  await world.apply("2026-03-02");
  await world.tick("2026-03-02");
  expect(await world.story("ana")).toEqual(["2026-03-02 00:00 started"]);
  // Applying the same meaning again takes in nobody twice, and neither does a new version with the same trigger.
  await world.apply("2026-03-04");
  await world.apply("2026-03-05", planOf(`${source} segment Small where seats < 3`));
  await world.tick("2026-03-06");
  expect(await world.rows("SELECT count(*) AS n FROM enrollment")).toEqual([{ n: 1 }]);
});

test("a program for a segment with a start asks for the segment at the start", async () => {
  const world = await worldOf("segment Big where seats >= 10  program p for Big < start when signed_up  wait 1d >");
  await world.person("ana", { seats: 10 });
  await world.person("ben", { seats: 1 });
  await world.apply("2026-03-02");
  await world.happen("signed_up", "ana", "2026-03-02 01:00");
  await world.happen("signed_up", "ben", "2026-03-02 01:00");
  await world.tick("2026-03-02 02:00");
  expect(await world.story("ana")).toEqual(["2026-03-02 02:00 started (signed_up)"]);
  expect(await world.story("ben")).toEqual(["2026-03-02 02:00 dropped (not in Big)"]);
});

test("only if drops a start and says so", async () => {
  const world = await worldOf("program p < start when signed_up  only if seats is known  wait 1d >");
  await world.person("ana");
  await world.apply("2026-03-02");
  await world.happen("signed_up", "ana", "2026-03-02 01:00");
  await world.tick("2026-03-02 02:00");
  await world.person("ana", { seats: 3 });
  await world.tick("2026-03-02 03:00");
  expect(await world.story("ana")).toEqual(["2026-03-02 02:00 dropped (only if did not hold)"]);
});

const entering = async (enter: string, times: readonly string[], orders: readonly string[] = []) => {
  const world = await worldOf(`program p < start when purchased  ${enter}  wait 2d >`);
  await world.person("ana");
  await world.apply("2026-03-01");
  for (const [index, time] of times.entries()) {
    const order = orders[index];
    await world.happen("purchased", "ana", time, order === undefined ? {} : { order_id: order });
  }
  await world.tick(
    ...[...Array(40).keys()].map((day) => new Date(Date.UTC(2026, 2, 1 + day)).toISOString().slice(0, 10)),
  );
  return world;
};

test("once is the default: a second event is recorded and dropped", async () => {
  const world = await entering("", ["2026-03-01 12:00", "2026-03-02 12:00", "2026-03-10"]);
  expect(await world.story("ana")).toEqual([
    "2026-03-02 00:00 started (purchased)",
    "2026-03-03 00:00 dropped (already inside)",
    "2026-03-04 00:00 wait:2d:1 waited",
    "2026-03-04 00:00 left (finished)",
    "2026-03-10 00:00 dropped (entered before)",
  ]);
});

test("once per order lets two orders in side by side, and no order twice", async () => {
  const world = await entering(
    "enter once per order_id",
    ["2026-03-01 12:00", "2026-03-01 13:00", "2026-03-01 14:00", "2026-03-20"],
    ["a", "b", "a", "b"],
  );
  expect(
    await world.rows("SELECT enter_key, epoch_ms(started_at) AS started FROM enrollment ORDER BY enter_key"),
  ).toEqual([
    { enter_key: "a", started: Date.parse("2026-03-01T12:00Z") },
    { enter_key: "b", started: Date.parse("2026-03-01T13:00Z") },
  ]);
  const dropped = await world.rows("SELECT reason FROM journal WHERE outcome = 'dropped' ORDER BY tick");
  expect(dropped).toEqual([{ reason: "already inside" }, { reason: "entered before" }]);
});

test("again after 10d counts from the last start", async () => {
  const world = await entering("enter again after 10d", ["2026-03-01 12:00", "2026-03-08", "2026-03-12"]);
  expect(await world.rows("SELECT epoch_ms(started_at) AS started FROM enrollment ORDER BY started")).toEqual([
    { started: Date.parse("2026-03-01T12:00Z") },
    { started: Date.parse("2026-03-12T00:00Z") },
  ]);
  expect(await world.story("ana")).toContain("2026-03-08 00:00 dropped (entered less than 10d ago)");
});

test("every time lets in whoever is not inside", async () => {
  const world = await entering("enter every time", ["2026-03-01 12:00", "2026-03-02 12:00", "2026-03-05"]);
  expect(await world.rows("SELECT count(*) AS n FROM enrollment")).toEqual([{ n: 2 }]);
});

test("of two starts at one instant the earlier event enters", async () => {
  const world = await worldOf("program p < start when signed_up or purchased  wait 1d >");
  await world.person("ana");
  await world.apply("2026-03-02");
  await world.happen("signed_up", "ana", "2026-03-02 02:00");
  await world.happen("purchased", "ana", "2026-03-02 01:00");
  await world.tick("2026-03-02 03:00");
  expect(await world.rows("SELECT start_event FROM enrollment")).toEqual([{ start_event: "purchased" }]);
  expect(await world.story("ana")).toContain("2026-03-02 03:00 dropped (already inside)");
});

test("whoever still is what an edge asks for starts again when the time is over", async () => {
  const world = await worldOf("segment Big where seats >= 10  program p for Big < enter again after 90d  wait 1d >");
  await world.person("ana", { seats: 10 });
  await world.apply("2026-01-01");
  await world.tick("2026-01-01", "2026-01-05", "2026-03-31", "2026-04-01", "2026-04-02", "2026-04-10");
  expect(await world.rows("SELECT epoch_ms(started_at) AS started FROM enrollment ORDER BY started")).toEqual([
    { started: Date.parse("2026-01-01T00:00Z") },
    { started: Date.parse("2026-04-01T00:00Z") },
  ]);
});

test("a program without steps is entered and left at once", async () => {
  const world = await worldOf("program p < start when signed_up  exit when seats = 1 >");
  await world.person("ana");
  await world.apply("2026-03-02");
  await world.happen("signed_up", "ana", "2026-03-02 01:00");
  await world.tick("2026-03-02 02:00", "2026-03-02 03:00");
  expect(await world.story("ana")).toEqual([
    "2026-03-02 02:00 started (signed_up)",
    "2026-03-02 02:00 left (finished)",
  ]);
});

test("an event that two branches ask for is one start, and none that is refused", async () => {
  const world = await worldOf(
    "program p < start when signed_up or (signed_up and role = boss) or seats >= 3  wait 1d >",
  );
  await world.person("ana", { role: "boss" });
  await world.apply("2026-03-02");
  await world.happen("signed_up", "ana", "2026-03-02 01:00");
  await world.tick("2026-03-02 02:00");
  expect(await world.story("ana")).toEqual(["2026-03-02 02:00 started (signed_up)"]);
  await world.person("ana", { role: "boss", seats: 3 });
  await world.tick("2026-03-02 03:00");
  expect((await world.story("ana")).slice(1)).toEqual(["2026-03-02 03:00 dropped (already inside)"]);
});

test("of two events at one instant the smaller id enters", async () => {
  const world = await worldOf("program p < start when purchased  wait 1d >");
  await world.person("ana");
  await world.apply("2026-03-02");
  for (const order of ["first", "second"]) {
    await world.happen("purchased", "ana", "2026-03-02 01:00", { order_id: order });
  }
  await world.tick("2026-03-02 02:00");
  expect(await world.rows("SELECT start_event_id FROM enrollment")).toEqual([{ start_event_id: "e00001" }]);
});

test("once per a text property ignores its letter case and outer space", async () => {
  const world = await entering("enter once per order_id", ["2026-03-01 12:00", "2026-03-01 13:00"], ["A1", " a1"]);
  expect(await world.rows("SELECT count(*) AS n FROM enrollment")).toEqual([{ n: 1 }]);
});

test("an event at the very instant of the first apply starts", async () => {
  const world = await worldOf(onboarding);
  await world.person("ana");
  await world.apply("2026-03-02 09:00");
  await world.happen("signed_up", "ana", "2026-03-02 09:00");
  await world.tick("2026-03-02 10:00");
  expect((await world.story("ana"))[0]).toBe("2026-03-02 10:00 started (signed_up)");
});

test.each([
  ["opened welcome", { email: "welcome" }, 1],
  ["opened welcome", { email: "nudge" }, 0],
  ["opened", { email: "nudge" }, 1],
  ["opened welcome", { email: "welcome", machine: true }, 0],
  ["opened welcome including machines", { email: "welcome", machine: true }, 1],
] as const)("start when %s for %j", async (trigger, values, starts) => {
  const world = await worldOf(`program p < start when ${trigger}  wait 1d >`);
  await world.person("ana");
  await world.apply("2026-03-02");
  await world.happen("opened", "ana", "2026-03-02 01:00", { message: "m", ...values });
  await world.tick("2026-03-02 02:00");
  expect(await world.rows("SELECT count(*) AS n FROM enrollment")).toEqual([{ n: starts }]);
});
