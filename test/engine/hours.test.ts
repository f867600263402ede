// Rules 18, 19, 34 and 42: mails that wait for a time at which they may go out.

import { expect, test } from "vitest";
import { nextMoment } from "../../runtime/engine/next-moment.ts";
import { go, sent } from "./posting.ts";
import { at, clockOf, type World, worldOf } from "./world.ts";

const mailing = "program a < start when signed_up  enter every time  send welcome  wait 1d  set seats = 1  wait 9d >";

async function begun(policies: string, more = mailing, zone = "UTC"): Promise<World> {
  const world = await worldOf(`${policies} ${more}`, zone);
  await world.apply("2026-03-01");
  return world;
}

test("each person's mail waits for the morning of her own zone, and the wait behind it begins then", async () => {
  const world = await begun("policy house < quiet hours 20:00 to 08:00 local >", mailing, "Europe/Berlin");
  await world.person("ana", { time_zone: "America/New_York" });
  await world.person("ben", { country: "JP" });
  await world.person("cem");
  for (const id of ["ana", "ben", "cem"]) await world.happen("signed_up", id, "2026-03-02 20:00");
  // 15:00 in New York, 05:00 in Tokyo, 21:00 in Berlin.
  await go(world, "2026-03-02 20:00");
  expect(await sent(world)).toEqual(["03-02 20:00 ana welcome"]);
  expect(await world.story("ben")).toContain(
    "2026-03-02 20:00 send:welcome:1 delayed (quiet hours 20:00 to 08:00 local)",
  );
  expect(clockOf((await nextMoment(world.engine(), at("2026-03-02 20:00"))) ?? 0)).toBe("2026-03-02 23:00");
  await go(world, "2026-03-02 22:59", "2026-03-02 23:00", "2026-03-03 06:59", "2026-03-03 07:00");
  expect(await sent(world)).toEqual(["03-02 20:00 ana welcome", "03-02 23:00 ben welcome", "03-03 07:00 cem welcome"]);
  await go(world, "2026-03-03 23:00");
  expect(
    (await world.rows("SELECT contact_id FROM contact WHERE seats = 1 ORDER BY 1")).map((row) => row.contact_id),
  ).toEqual(["ana", "ben"]);
});

test("transactional mails go out at any time", async () => {
  const world = await begun(
    "policy house < send only between 09:00 and 10:00  send only on monday >",
    `
    program a < start when signed_up  send receipt  wait 9d >`,
  );
  await world.person("ana");
  await world.happen("signed_up", "ana", "2026-03-03 20:00");
  await go(world, "2026-03-03 20:00");
  expect(await sent(world)).toEqual(["03-03 20:00 ana receipt"]);
});

test("all checks run again when the time has come", async () => {
  const world = await begun(
    "segment Bosses where role = boss  policy house < quiet hours 20:00 to 08:00  never send to in Bosses >",
    "program a < start when signed_up  exit when purchased  send welcome only if seats >= 5  wait 9d >",
  );
  for (const id of ["ana", "ben", "cem", "dan"]) {
    await world.person(id, { seats: 9 });
    await world.happen("signed_up", id, "2026-03-02 21:00");
  }
  await go(world, "2026-03-02 21:00");
  await world.person("ben", { seats: 1 });
  await world.person("cem", { seats: 9, role: "boss" });
  await world.happen("purchased", "dan", "2026-03-02 23:00");
  await go(world, "2026-03-02 23:00", "2026-03-03 08:00");
  expect(await sent(world)).toEqual(["03-03 08:00 ana welcome"]);
  expect((await world.story("ben")).at(-1)).toBe("2026-03-03 08:00 send:welcome:1 skipped (its only if did not hold)");
  expect((await world.story("cem")).at(-1)).toBe("2026-03-03 08:00 send:welcome:1 skipped (never send to in Bosses)");
  expect((await world.story("dan")).at(-1)).toBe("2026-03-02 23:00 left (exit)");
});

test("a policy for a segment holds for who is in it then, beside those for everybody", async () => {
  const world = await begun(`segment Bosses where role = boss
    policy house < quiet hours 20:00 to 08:00 >
    policy calm for Bosses < send only on tuesday >`);
  await world.person("ana", { role: "boss" });
  await world.person("ben");
  for (const id of ["ana", "ben"]) await world.happen("signed_up", id, "2026-03-04 21:00");
  await go(world, "2026-03-04 21:00", "2026-03-05 08:00", "2026-03-10 07:59", "2026-03-10 08:00");
  expect(await sent(world)).toEqual(["03-05 08:00 ben welcome", "03-10 08:00 ana welcome"]);
});

test("the cap is asked before the hours, and mails of a quiet night take its room in their order", async () => {
  const world = await begun(
    "policy house < quiet hours 20:00 to 08:00  at most 1 emails in 1d >",
    `
    program a < start when signed_up  send welcome >  program b < start when purchased  send nudge >`,
  );
  await world.person("ana");
  await world.happen("purchased", "ana", "2026-03-02 21:00");
  await world.happen("signed_up", "ana", "2026-03-02 22:00");
  await go(world, "2026-03-02 21:00", "2026-03-02 22:00", "2026-03-03 08:00", "2026-03-04 08:00");
  expect(await sent(world)).toEqual(["03-03 08:00 ana nudge", "03-04 08:00 ana welcome"]);
});

test("a mail that could not go out in time waits for the morning, and none is lost", async () => {
  const world = await begun("policy house < quiet hours 20:00 to 08:00 local >");
  await world.person("ana", { time_zone: "America/New_York" });
  await world.person("ben");
  for (const id of ["ana", "ben"]) await world.happen("signed_up", id, "2026-03-02 19:59");
  await world.tick("2026-03-02 19:59");
  // Nothing was running for a minute.
  await go(world, "2026-03-02 20:00");
  expect(await sent(world)).toEqual(["03-02 20:00 ana welcome"]);
  expect(clockOf((await nextMoment(world.engine(), at("2026-03-02 20:00"))) ?? 0)).toBe("2026-03-03 08:00");
  await go(world, "2026-03-03 08:00");
  expect(await sent(world)).toEqual(["03-02 20:00 ana welcome", "03-03 08:00 ben welcome"]);
});

test("rules that leave no time at all skip the mail and say so", async () => {
  const world = await begun("policy house < quiet hours 00:00 to 12:00  send only between 00:00 and 12:00 local >");
  await world.person("ana", { time_zone: "UTC" });
  await world.person("ben", { time_zone: "America/New_York" });
  for (const id of ["ana", "ben"]) await world.happen("signed_up", id, "2026-03-02 13:00");
  await go(world, "2026-03-02 13:00");
  expect(await sent(world)).toEqual(["03-02 13:00 ben welcome"]);
  expect((await world.story("ana")).at(-1)).toBe(
    "2026-03-02 13:00 send:welcome:1 skipped (send only between 00:00 and 12:00 local)",
  );
});
