// cadenza check --data: what a fix would change for the people in the database.

import { expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";

const files = {
  "shop.cdz": `project shop < time zone "UTC"  currency EUR  sender "Shop <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email  role one of (user, owner)? >
load contact from csv "people.csv" < id from id  email from email  role from role >
segment NotOwners where role != owner
`,
  "people.csv": "id,email,role\na,a@x.example,user\nb,b@x.example,\nc,c@x.example,owner\n",
};
const now = ["--now", "2026-03-01"];

test("each fix says how many members there would be, in every format", async () => {
  const cwd = projectOf(files);
  await cadenza(["load", ...now], { cwd });
  const ran = await cadenza(["check", "--data", ...now], { cwd });
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toContain("  1 of 2 members has no known `role`. ");
  expect(ran.stdout).toContain("Add `and role is known` (1 member instead of 2)");
  expect(ran.stdout).toContain("Add `or role is unknown` (still 2 members)");
  const json = await cadenza(["check", "--data", "--json", ...now], { cwd });
  expect(json.stdout).toContain("(1 member instead of 2)");
});

test("the warning about people who had no chance names how many there are", async () => {
  const cwd = projectOf({
    "shop.cdz": `${files["shop.cdz"].replace("? >", "?  created datetime? >").replace("role from role >", "role from role  created from created >")}load received from csv "received.csv" < contact from who  at from at  message from id >
segment Quiet where role = user and not opened in 90d
`,
    "people.csv":
      "id,email,role,created\na,a@x.example,user,2025-01-01\nb,b@x.example,user,2026-02-20\nc,c@x.example,user,\nd,d@x.example,owner,2025-01-01\n",
    "received.csv": "id,who,at\nm1,a,2026-02-01\nm2,d,2026-02-01\n",
  });
  await cadenza(["load", ...now], { cwd });
  const ran = await cadenza(["check", "--data", ...now], { cwd });
  expect(ran.stdout).toContain("2 of 3 members received nothing in the last 90 days; 1 was created in that time.");
});

test("without a database it says so, and changes nothing", async () => {
  const ran = await cadenza(["check", "--data"], { cwd: projectOf(files) });
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr).toContain("F116");
});

test("with mistakes there is nothing to count, and they are told", async () => {
  const cwd = projectOf({ ...files, "more.cdz": "segment Wrong where rolle = owner\n" });
  const ran = await cadenza(["check", "--data"], { cwd });
  expect(ran).toMatchObject({ code: 1, stderr: "" });
  expect(ran.stdout).toContain("E220");
});

test("it goes with neither standard input nor fixes", async () => {
  const cwd = projectOf(files);
  expect(await cadenza(["check", "--data", "--fix"], { cwd })).toMatchObject({ code: 2, stdout: "" });
  expect(await cadenza(["check", "-", "--data"], { cwd })).toMatchObject({ code: 2, stdout: "" });
});
