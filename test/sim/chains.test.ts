// Chains of events inside programs, in whole tests of the language: whose events count, and when the clock alone decides.

import { expect, test } from "vitest";
import { outcomes } from "./project.ts";

const programs = `
program reminder < enter every time  start when signed_up not followed by purchased within 3d  exit when unsubscribed  send nudge >
program course <
  start when signed_up
  exit when purchased followed by shipped within 2d for the same order_id

  send welcome
  wait up to 5d until opened welcome followed by clicked welcome within 1d then < send digest > otherwise < send nudge >
  wait 30d
>
program monthly < enter once  start when purchased not followed by purchased within 1mo  exit when unsubscribed  send digest >
`;
const consent = "given ana subscribed to news";

async function outcomeOf(clauses: string): Promise<string | undefined> {
  return (await outcomes(`${programs}test "t" < ${clauses} >`)).t;
}

test("what did not follow starts people at the very minute at which its time is over", async () => {
  expect(
    await outcomeOf(`given ana  when ana signed_up
      at 2026-01-08 08:59  expect ana is not in program reminder
      at 2026-01-08 09:01  expect ana was sent nudge 1 times on 2026-01-08 09:00`),
  ).toBe("passed");
});

test("a month behind the last day of January is over on the last of February", async () => {
  expect(
    await outcomeOf(`now is 2026-01-31 09:00  given ana  ${consent}  when ana purchased
      at 2026-03-02 09:00  expect ana was sent digest 1 times on 2026-02-28 09:00`),
  ).toBe("passed");
});

test("what followed in time starts nobody", async () => {
  expect(
    await outcomeOf(`given ana  when ana signed_up  at 2026-01-08 09:00  when ana purchased
      after 30d  expect ana was not sent nudge on 2026-01-08`),
  ).toBe("passed");
});

test("a wait looks at the mails of its own enrollment, link by link", async () => {
  const story = (clicked: string) => `given ana  ${consent}  when ana signed_up
    after 1d  when ana opened welcome  after ${clicked}  when ana clicked welcome
    after 10d  expect ana was`;
  expect(await outcomeOf(`${story("20h")} sent digest 1 times`)).toBe("passed");
  expect(await outcomeOf(`${story("25h")} not sent digest`)).toBe("passed");
});

test("an exit ties two events of one order", async () => {
  const story = (order: string) => `given ana  when ana signed_up
    when ana purchased < order_id = "a1" >  after 1d  when ana shipped < order_id = "${order}" >  after 1h
    expect ana is`;
  expect(await outcomeOf(`${story("a1")} not in program course`)).toBe("passed");
  expect(await outcomeOf(`${story("b2")} in program course`)).toBe("passed");
});

test("events of before the start are no part of a chain inside a program", async () => {
  expect(
    await outcomeOf(`given ana  given ana purchased < order_id = "a1" > 1d ago  when ana signed_up
      after 1h  when ana shipped < order_id = "a1" >  after 1h  expect ana is in program course`),
  ).toBe("passed");
});
