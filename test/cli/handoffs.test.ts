// cadenza handoffs, on the built command.

import { describe, expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";

const files = {
  "shop.cdz": `project shop < time zone "UTC"  currency EUR  sender "Shop <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email  owner text? >
event called < >
load contact from csv "people.csv" < id from id  email from email  owner from owner >
load called from csv "calls.csv" < contact from id  at from at >
team sales "Inside sales"
program warm < why "They asked"  start when called  hand off to sales with "Call now"  wait 9d >
`,
  "people.csv": "id,email,owner\na,a@x.example,Iris\nb,b@x.example,\n",
  "calls.csv": "id,at\na,2026-03-02 09:00\nb,2026-03-02 10:00\n",
};

async function handedOff() {
  const cwd = projectOf(files);
  const run = (...args: readonly string[]) => cadenza(args, { cwd });
  expect(await run("apply", "--yes", "--now", "2026-03-01")).toMatchObject({ code: 0 });
  expect(await run("load", "--now", "2026-03-02 12:00")).toMatchObject({ code: 0 });
  expect(await run("run", "--once", "--now", "2026-03-02 12:00")).toMatchObject({ code: 0 });
  return run;
}

describe("handoffs", () => {
  test("lists who waits, closes one with who did it, and keeps the first who said so", async () => {
    const run = await handedOff();
    const open = JSON.parse((await run("handoffs", "--json")).stdout);
    expect(open).toMatchObject([
      {
        team: "sales",
        program: "warm",
        contact: "a",
        note: "Call now",
        done: null,
        fields: { id: "a", owner: "Iris" },
      },
      { team: "sales", contact: "b", fields: { owner: null, email: "b@x.example" } },
    ]);
    const [{ id }, other] = open;
    expect((await run("handoffs")).stdout).toBe(
      `id            since              team   contact  program  note\n${id}  2026-03-02 12:00Z  sales  a        warm     Call now\n` +
        `${other.id}  2026-03-02 12:00Z  sales  b        warm     Call now\n2 open hand-offs\n`,
    );
    const done = ["handoffs", "--done", id, "--by", "Ana", "--now", "2026-03-03 08:00"];
    expect(await run(...done)).toEqual({
      code: 0,
      stderr: "",
      stdout: `${id}: a was taken care of for sales by Ana, 2026-03-03 08:00Z.\n`,
    });
    expect((await run("handoffs", "--done", id, "--by", "Bo", "--now", "2026-03-04")).stdout).toContain("by Ana");
    expect((await run("handoffs")).stdout).toContain("1 open hand-off\n");
    expect((await run("handoffs", "--all")).stdout).toMatch(/Ana, 2026-03-03 08:00Z.*open.*2 hand-offs/s);
  });
  test("an id that is none is refused", async () => {
    const run = await handedOff();
    const ran = await run("handoffs", "--done", "nothing");
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain("F174");
  });
  test("without a hand-off it says so", async () => {
    const cwd = projectOf(files);
    expect(await cadenza(["load", "--now", "2026-03-01"], { cwd })).toMatchObject({ code: 0 });
    expect(await cadenza(["handoffs"], { cwd })).toMatchObject({ code: 0, stdout: "0 open hand-offs\n" });
    expect((await cadenza(["handoffs", "--json"], { cwd })).stdout).toBe("[]\n");
  });
});
