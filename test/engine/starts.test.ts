import { expect, test } from "vitest";
import { worldOf } from "./world.ts";

const onboarding = `program onboarding < start when signed_up  send welcome  wait 3d  send nudge >`;

test("an event starts a person, who gets both mails three days apart", async () => {
  const world = await worldOf(onboarding);
  await world.person("ana");
  await world.apply("2026-03-02 09:00");
  await world.happen("signed_up", "ana", "2026-03-02 09:20");
  await world.tick("2026-03-02 09:00", "2026-03-02 10:00", "2026-03-05 09:00", "2026-03-05 10:00");
  expect(await world.story("ana")).toEqual([]);
  expect(await world.mails()).toEqual(["2026-03-02 10:00 ana welcome", "2026-03-05 10:00 ana nudge"]);
});
