// Counts of mails count distinct messages, for everybody at once and for some, however often a message was opened.

import fc from "fast-check";
import { expect, test } from "vitest";
import { calendarOf } from "../../compiler/calendar.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printMembers } from "../../compiler/sql/print.ts";
import { rulesOf } from "../../compiler/sql/rules.ts";
import { printStored } from "../../runtime/engine/segments/members.ts";
import { refreshSegments } from "../../runtime/engine/segments/refresh.ts";
import { at, openWorld, planOf, type World } from "./world.ts";
import { scratchDatabase } from "../support/scratch.ts";

const counts = [
  "at least 2",
  "at least 3",
  "more than 1",
  "exactly 1",
  "exactly 2",
  "at most 1",
  "at most 2",
  "fewer than 3",
];
const windows = ["", "in 30d", "in 90d"];
const asked = counts.flatMap((count) =>
  windows.flatMap((window) => [
    `opened ${count} times ${window}`,
    `opened including machines ${count} times ${window}`,
    `opened where (topic = news) ${count} times ${window}`,
  ]),
);
const planFor = (some: readonly string[]) =>
  planOf(some.map((where, index) => `segment S${index} where ${where.replaceAll(" 1 times", " 1 time")}`).join("\n"));
const now = at("2026-06-01");
const calendar = calendarOf("UTC", 1);

const opening = fc.record({
  contact: fc.integer({ min: 0, max: 3 }),
  message: fc.option(fc.integer({ min: 0, max: 4 }), { freq: 5 }),
  daysAgo: fc.constantFrom(1, 29, 30, 31, 89, 91, 200),
  topic: fc.constantFrom("news", "tips"),
  machine: fc.constantFrom(true, false, null),
});
type Opening = typeof opening extends fc.Arbitrary<infer T> ? T : never;

async function open(world: World, openings: readonly Opening[]): Promise<void> {
  for (const { contact, message, daysAgo, topic, machine } of openings) {
    const when = new Date(now - daysAgo * 86_400_000).toISOString().slice(0, 10);
    const values = { message: message === null ? null : `m${message}`, topic, machine };
    await world.happen("opened", `p${contact}`, when, values);
  }
}

async function checkAll({ database, plan }: World): Promise<void> {
  const refreshing = { plan, calendar, rules: rulesOf(plan), now };
  const { slots } = await database.transaction((session) => refreshSegments({ session, ...refreshing }, 1));
  for (const { id } of plan.segments) {
    const members = bind(printMembers(plan, id), calendar, now);
    const expected = await database.run({ ...members, text: `SELECT * FROM (${members.text}) ORDER BY ALL` });
    const found = await database.run({ text: `${printStored({ slots }, id)} ORDER BY ALL`, params: {} });
    expect([id, found]).toEqual([id, expected]);
  }
}

test("a message that was opened again is one", { timeout: 170_000 }, async () => {
  const drawn = fc.tuple(
    // Few, since whoever is in doubt for one is looked at for all.
    fc.shuffledSubarray(asked, { minLength: 1, maxLength: 3 }),
    fc.array(opening, { minLength: 12, maxLength: 24 }),
    fc.array(opening, { minLength: 1, maxLength: 4 }),
  );
  await fc.assert(
    fc.asyncProperty(drawn, async ([some, before, after]) => {
      const database = await scratchDatabase();
      const world = await openWorld(database, planFor(some));
      for (let contact = 0; contact < 4; contact++) await world.person(`p${contact}`);
      await open(world, before);
      await checkAll(world);
      await open(world, after);
      await checkAll(world);
      await database.close();
    }),
    { numRuns: 20, endOnFailure: true },
  );
});
