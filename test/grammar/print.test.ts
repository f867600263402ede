import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { print } from "../../grammar/print.ts";
import { examples, parsed } from "./examples.ts";

const folder = new URL("../golden/grammar/printed/", import.meta.url);
const printed = (text: string): string => print(parsed(text).file);

describe("the canonical layout of", () => {
  test.each(examples)("the example $name", async ({ name, text }) => {
    await expect(printed(text)).toMatchFileSnapshot(fileURLToPath(new URL(`${name}.expected`, folder)));
  });

  const own = readdirSync(fileURLToPath(folder)).filter((name) => name.endsWith(".cdz"));
  test.each(own)("%s", async (name) => {
    const path = fileURLToPath(new URL(name, folder));
    const text = readFileSync(path, "utf8");
    expect(parsed(text).diagnostics).toEqual([]);
    await expect(printed(text)).toMatchFileSnapshot(`${path}.expected`);
    expect(printed(printed(text))).toBe(printed(text));
  });
});

test("a short condition takes one line, a long one a line for each clause", () => {
  expect(printed("segment A where\n  purchased\n  and opened")).toBe("segment A where purchased and opened\n");
  const clause = "received where (topic = newsletter) in 6mo";
  const expected = `segment A where\n  ${clause}\n  and not ${clause}\n`;
  expect(printed(`segment A where ${clause} and not ${clause}`)).toBe(expected);
});

test("semicolons go, long units become short, blanks in lines become one", () => {
  expect(printed("use   a ; use b;segment A where opened in 90   days;")).toBe(
    "use a\nuse b\nsegment A where opened in 90d\n",
  );
});

test("a broken declaration comes back as it is, and a fraction with the digits that it has", () => {
  expect(printed("segment   A   where\nsegment B   where x\n")).toBe("segment   A   where\nsegment B where x\n");
  const text = "policy p < at most 0.1 emails per day in total  at most 2.50 emails in 7d >\n";
  expect(printed(printed(text))).toContain("at most 0.1 emails per day");
  expect(printed(text)).toContain("at most 2.50 emails in 7d");
});

test("an empty file stays empty, and one of comments keeps them", () => {
  expect(printed("")).toBe("");
  expect(printed("\n\n# a\n\n\n# b")).toBe("# a\n\n# b\n");
});
