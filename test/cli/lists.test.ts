// cadenza list and cadenza consent, on the built command.

import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { cadenza, cadenzaProcess, type RunChoices } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";

const files = {
  "shop.cdz": `project shop < time zone "UTC"  currency EUR  sender "Shop <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email? >
load contact from csv "people.csv" < id from id  email from email >
list partners "People who sell for us"
topic events "Invitations" opt in
segment Sellers where in partners
`,
  "people.csv": "id,email\na,A@x.example\nb,a@x.example\nc,\nd,d@x.example\n",
};

async function loaded() {
  const cwd = projectOf(files);
  await cadenza(["load", "--now", "2026-03-01"], { cwd });
  return {
    cwd,
    run: (args: readonly string[], choices: Partial<RunChoices> = {}) => cadenza(args, { cwd, ...choices }),
  };
}

const march = ["--now", "2026-03-01"];

describe("list", () => {
  test("adds, shows and removes, whatever repeats, and the segment follows", async () => {
    const { run } = await loaded();
    const add = ["list", "add", "Partners", "b", "a", "b", "--by", "Ana", ...march];
    expect(await run(add)).toEqual({ code: 0, stderr: "", stdout: "2 added to partners: 2 members now.\n" });
    expect((await run([...add, "d"])).stdout).toBe("1 added to partners, 2 were in it already: 3 members now.\n");
    expect((await run(["list", "show", "partners", ...march])).stdout).toBe(
      "contact  since              from\na        2026-03-01 00:00Z  by Ana\nb        2026-03-01 00:00Z  by Ana\n" +
        "d        2026-03-01 00:00Z  by Ana\n3 members of partners\n",
    );
    expect((await run(["list", "remove", "partners", "a", "c", ...march])).stdout).toBe(
      "1 removed from partners, 1 was not in it: 2 members now.\n",
    );
    expect((await run(["show", "segment", "Sellers", ...march])).stdout).toBe("b\nd\n2 members of Sellers\n");
    const cleared = await run(["list", "clear", "partners", "--json", ...march]);
    expect(JSON.parse(cleared.stdout)).toEqual({
      ...{ list: "partners", change: "clear", now: "2026-03-01T00:00:00.000Z" },
      ...{ changed: 2, unchanged: 0, members: 0 },
    });
  });
  test("reads keys from the standard input as other systems write them", async () => {
    const { run } = await loaded();
    const ran = await run(["list", "add", "partners", "a", "-", "--by", "Ana", ...march], {
      input: "\uFEFFd\r\n\r\n  b  \r\na",
    });
    expect(ran.stdout).toBe("3 added to partners: 3 members now.\n");
    const shown = await run(["list", "show", "partners", "--json", ...march]);
    expect(JSON.parse(shown.stdout)).toEqual({
      ...{ list: "partners", now: "2026-03-01T00:00:00.000Z", count: 3 },
      members: ["a", "b", "d"].map((key) => ({ key, since: "2026-03-01T00:00:00.000Z", source: "by Ana" })),
    });
  });
  test("takes all contacts or none", async () => {
    const { run } = await loaded();
    const ran = await run(["list", "add", "partners", "-"], { input: "a\nnobody\nb\nzoe\n" });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain("F171  There are no contacts with the keys `nobody`, `zoe`.");
    expect((await run(["list", "show", "partners"])).stdout).toBe("0 members of partners\n");
  });
  test.each([
    [["partner", "a"], "", "F117  There is no list `partner`. Did you mean `partners`?"],
    [["partners"], "", "F172  No contact is named."],
    [["partners", "-"], "\n\n", "F172  The standard input names no contact."],
    [["partners", "-"], new Uint8Array([0x61, 0xff]), "F170  The standard input is not text in UTF-8."],
    [["partners", "--file", "-"], Buffer.from("a\nb", "utf16le"), "F170"],
    [["partners", "--file", "none.txt"], "", "F101"],
    [["partners", "--file", "."], "", "F141"],
    [["partners", "a", "--now", "soon"], "", "F115"],
  ])("refuses %j", async (args, input, said) => {
    const { run } = await loaded();
    const ran = await run(["list", "add", ...args], { input });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(said);
  });
  test("says who holds the database", async () => {
    const { cwd } = await loaded();
    const held = await DuckDBInstance.create(join(cwd, ".cadenza/cadenza.duckdb"));
    for (const args of [
      ["list", "add", "partners", "a"],
      ["consent", "a", "events", "yes"],
    ]) {
      const ran = await cadenzaProcess(args, { cwd });
      expect(ran).toMatchObject({ code: 2, stdout: "" });
      expect(ran.stderr).toContain("F120");
    }
    held.closeSync();
  });
});

describe("consent", () => {
  test("belongs to the address, and is written once", async () => {
    const { run } = await loaded();
    const agree = ["consent", "a", "EVENTS", "yes", "--by", "Ana", ...march];
    expect((await run(agree)).stdout).toBe("a@x.example agrees to events (2 contacts have the address).\n");
    expect((await run([...agree.slice(0, -1), "2026-03-02"])).stdout).toContain("that was known already");
    const refused = await run(["consent", "b", "events", "no", "--by", "Bo", "--json", "--now", "2026-03-03"]);
    expect(JSON.parse(refused.stdout)).toEqual({
      ...{ contact: "b", topic: "events", address: "a@x.example", contacts: 2, isNew: true, suppressed: null },
      now: "2026-03-03T00:00:00.000Z",
      holds: { word: "no", at: "2026-03-03T00:00:00.000Z", source: "by Bo", ofAllMail: false },
    });
    const late = await run(["consent", "a", "events", "yes", ...march]);
    expect(late.stdout).toContain("The refusal of events of 2026-03-03 00:00Z (by Bo) is not older, and holds.");
  });
  test.each([
    [["zoe", "events", "yes"], "F118"],
    [["c", "events", "yes"], "F173  The contact `c` has no address."],
    [["a", "event", "yes"], "F117  There is no topic `event`. Did you mean `events`?"],
    [["a", "events", "maybe"], "F157"],
  ])("refuses %j", async (args, said) => {
    const { run } = await loaded();
    const ran = await run(["consent", ...args]);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(said);
  });
});
