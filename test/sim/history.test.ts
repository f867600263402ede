// What contact fields were before, in whole tests of the language: who is started by a change, and who stays what they are.

import { expect, test } from "vitest";
import { outcomes } from "./project.ts";

const programs = `
program moved < enter every time  start when role changed and seats >= 3  exit when unsubscribed  send nudge  wait 10d >
program named < enter every time  start when first_name changed  exit when unsubscribed  send nudge  wait 10d >
program settled < enter every time  start when role has been user for 30d  exit when role changed  send digest  wait 100d >
program chained < enter every time  start when signed_up  exit when unsubscribed  set nick = "new"  wait 10d >
program follower < enter every time  start when nick changed  exit when unsubscribed  send nudge  wait 10d >
`;
const consent = "given ana subscribed to news";

async function outcomeOf(clauses: string): Promise<string | undefined> {
  return (await outcomes(`${programs}test "t" < ${clauses} >`)).t;
}

test("every change starts the person, the first value does not", async () => {
  expect(
    await outcomeOf(`given ana < role = user  seats = 5 >  after 1d  expect ana was not sent nudge
      when ana < role = decision_maker >  after 1h  expect ana was sent nudge 1 times
      after 20d  when ana < role = user >  after 1h  expect ana was sent nudge 2 times
      after 20d  when ana < role = decision_maker >  after 1h  expect ana was sent nudge 3 times`),
  ).toBe("passed");
});

test("unknown to known is a change, and so is known to unknown", async () => {
  expect(
    await outcomeOf(`given ana  after 1d  when ana < first_name = "Ana" >  after 1h  expect ana was sent nudge 1 times
      after 20d  when ana < first_name = " ANA" >  after 1h  expect ana was sent nudge 1 times
      after 20d  when ana < first_name = unknown >  after 1h  expect ana was sent nudge 2 times`),
  ).toBe("passed");
});

test("the same value again is no change, and the rest of the branch must hold", async () => {
  expect(
    await outcomeOf(`given ana < role = user  seats = 5 >  when ana < role = user >  after 1d
      expect ana was not sent nudge`),
  ).toBe("passed");
  expect(
    await outcomeOf(`given ana < role = user  seats = 2 >  when ana < role = decision_maker >  after 1d
      expect ana was not sent nudge`),
  ).toBe("passed");
});

test("a value that stays starts people at the very minute at which it has stayed long enough", async () => {
  expect(
    await outcomeOf(`given ana < role = decision_maker >  ${consent}  after 3d  when ana < role = user >
      after 31d  expect ana was sent digest 1 times on 2026-02-07 09:00`),
  ).toBe("passed");
});

test("what is known of a contact from the start counts from the start", async () => {
  expect(
    await outcomeOf(
      `given ana < role = user >  ${consent}  after 31d  expect ana was sent digest 1 times on 2026-02-04 09:00`,
    ),
  ).toBe("passed");
});

test("a value that was left for a moment begins anew", async () => {
  expect(
    await outcomeOf(`given ana < role = user >  ${consent}  after 10d  when ana < role = decision_maker >  after 1h
      when ana < role = user >  after 25d  expect ana was not sent digest  after 10d  expect ana was sent digest 1 times`),
  ).toBe("passed");
});

test("inside a program a change counts from its start", async () => {
  expect(
    await outcomeOf(`given ana < role = user >  ${consent}  after 31d  expect ana is in program settled
      when ana < role = decision_maker >  after 1h  expect ana is not in program settled`),
  ).toBe("passed");
});

test("what a step sets starts people in the same instant, and once", async () => {
  expect(
    await outcomeOf(`given ana  when ana signed_up
      expect ana was sent nudge 1 times on 2026-01-05 09:00  after 5d  expect ana was sent nudge 1 times`),
  ).toBe("passed");
});
