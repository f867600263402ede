// cadenza explain: the page of a code, the list of all, and what is said about a code that does not exist.

import { expect, test } from "vitest";
import { codes } from "../../grammar/diagnostics/table.ts";
import { failureCodes } from "../../runtime/failures/failures.ts";
import { cadenza } from "../support/cadenza.ts";
import { scratchFolder } from "../support/scratch.ts";

const explain = (...args: readonly string[]) => cadenza(["explain", ...args], { cwd: scratchFolder() });

test("prints what a code says, why, and both examples, in any letter case", async () => {
  const ran = await explain("w401");
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toBe(`W401  warning

  This also catches people who never had a chance to open.

  People who were sent nothing, or joined yesterday, have not opened anything either. Ask for a mail that reached them.

Avoid
  segment Quiet where role = decision_maker and not opened in 90d
                                                ^^^^^^^^^^^^^^^^^

Prefer
  segment Quiet where role = decision_maker and not opened in 90d and received in 90d
`);
});

test("prints a failure with what to do about it", async () => {
  const { stdout } = await explain("F116");
  expect(stdout).toBe(
    "F116  failure\n\n  There is no database yet: `.cadenza/cadenza.duckdb` does not exist.\n\n  Fill it with `cadenza load`.\n",
  );
});

test("lists all codes, each once, where none is asked for", async () => {
  const { code, stdout } = await explain();
  expect(code).toBe(0);
  const listed = [...stdout.matchAll(/^ {2}([EWHF]\d{3}) /gm)].map(([, found]) => found);
  expect(listed.toSorted()).toEqual([...codes, ...failureCodes].toSorted());
  expect(stdout).toMatch(/^Words and punctuation\n {2}E101 {2}error/);
});

test.each([
  ["E302x", "E302"],
  ["W302", "E302"],
])("names a code near %s", async (asked, near) => {
  const ran = await explain(asked);
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr).toContain(`F180  There is no code \`${asked}\`.`);
  expect(ran.stderr).toContain(`Did you mean \`${near}\`?`);
});

test("names none where nothing is near", async () => {
  const ran = await explain("everything");
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/^F180 {2}There is no code `everything`\.\n/);
});

test("prints JSON, one page or all", async () => {
  const one = JSON.parse((await explain("E301", "--json")).stdout);
  expect(one).toMatchObject({ code: "E301", severity: "error", avoid: expect.any(String), prefer: expect.any(String) });
  const all = JSON.parse((await explain("--json")).stdout);
  expect(all).toHaveLength(codes.length + failureCodes.length);
  expect(all).toContainEqual(one);
});
