// cadenza pause and cadenza resume, on the built command.

import { expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";
import { greeting } from "../support/greeting.ts";

test("who is in a paused program is mailed when it goes on", async () => {
  const cwd = projectOf({ "shop.cdz": greeting, "people.csv": "id,email\nana,ana@x.example\n" });
  const sent = async () => JSON.parse((await cadenza(["run", "--once", "--json"], { cwd })).stdout).mail.sent;
  await cadenza(["load"], { cwd });
  await cadenza(["apply", "--yes"], { cwd });
  expect(await cadenza(["pause", "greet"], { cwd })).toMatchObject({ code: 0, stdout: "`greet` is paused.\n" });
  expect(await sent()).toBe(0);
  expect(await cadenza(["resume", "all"], { cwd })).toMatchObject({ code: 0, stdout: "`greet` goes on.\n" });
  expect(await sent()).toBe(1);
});

test("a program that is not there is named, with the nearest", async () => {
  const cwd = projectOf({ "shop.cdz": greeting, "people.csv": "id,email\n" });
  await cadenza(["load"], { cwd });
  for (const command of ["pause", "resume"]) {
    const ran = await cadenza([command, "gret"], { cwd });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^F117 .*`gret`.*`greet`/);
  }
});
