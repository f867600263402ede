// Being in a program as a condition: at which instant it turns, and what comes of programs that ask for each other.

import { expect, test } from "vitest";
import { outcomes } from "./project.ts";

const course = "program course < start when signed_up  exit when purchased  wait 10d >";

async function outcomeOf(programs: string, clauses: string): Promise<string | undefined> {
  return (await outcomes(`${programs} test "t" < ${clauses} >`)).t;
}

test("who comes in is in at that instant, but not yet for others who start by the same event; who leaves is out", async () => {
  const programs = `${course}
    segment Learners where in program course
    program without < start when signed_up and not in program course  exit when unsubscribed  send nudge  wait 90d >
    program beside < start when in program course  exit when not in program course  send nudge  wait 90d >`;
  expect(
    await outcomeOf(
      programs,
      `given ana  when ana signed_up  expect ana in Learners  expect ana is in program beside
       expect ana was sent nudge 2 times on 2026-01-05 09:00
       after 3d  when ana purchased  expect ana not in Learners  expect ana is not in program beside`,
    ),
  ).toBe("passed");
  expect(
    await outcomeOf(
      programs,
      `given ana  when ana signed_up  at 2026-01-15 08:59  expect ana is in program beside
       at 2026-01-15 09:01  expect ana left beside  expect ana not in Learners`,
    ),
  ).toBe("passed");
});

test("an exit and a branch see who came in at the same instant", async () => {
  const programs = `program lower < start when signed_up  exit when in program upper  wait 10d >
    program upper < start when purchased  exit when unsubscribed
      if in program lower then < send nudge >
      wait 30d >`;
  expect(
    await outcomeOf(
      programs,
      `given ana  when ana signed_up  after 1d  when ana purchased
       expect ana left lower  expect ana is in program upper  expect ana was not sent nudge`,
    ),
  ).toBe("passed");
});

test("two programs that each end where the other is both end", async () => {
  const programs = `program left_one < start when signed_up  exit when in program right_one  wait 10d >
    program right_one < start when signed_up  exit when in program left_one  wait 10d >`;
  expect(
    await outcomeOf(programs, "given ana  when ana signed_up  expect ana left left_one  expect ana left right_one"),
  ).toBe("passed");
});

test("a program that ends where one is in it ends before its first step", async () => {
  const programs = "program short < start when signed_up  exit when in program short  send nudge  wait 10d >";
  expect(
    await outcomeOf(programs, "given ana  when ana signed_up  expect ana left short  expect ana was not sent nudge"),
  ).toBe("passed");
});

test("programs that chase each other come to rest: conditions start nobody twice at one instant", async () => {
  const programs = `
    program hare < enter every time  start when signed_up or not in program hound  exit when in program hound  wait 10d >
    program hound < enter every time  start when in program hare  exit when not in program hare  wait 10d >`;
  expect(
    await outcomeOf(
      programs,
      "given ana  when ana signed_up  expect ana left hare  expect ana left hound  after 1d  expect ana left hound",
    ),
  ).toBe("passed");
});
