import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { habits } from "../../grammar/diagnostics/habits.ts";
import { codes } from "../../grammar/diagnostics/table.ts";
import { parse } from "../../grammar/parse.ts";
import { renderPretty } from "../../grammar/render.ts";

const folder = new URL("../golden/grammar/messages/", import.meta.url);
const files = readdirSync(fileURLToPath(folder)).filter((name) => name.endsWith(".cdz"));

/** The source, then what is said about it, so that the expected file can be read alone. */
function show(path: string, text: string): string {
  const source = { path, text };
  const { diagnostics } = parse(source);
  return `${text}\n${"=".repeat(80)}\n\n${renderPretty(diagnostics, [source])}`;
}

test.each(files)("%s says what is wrong", async (name) => {
  const path = fileURLToPath(new URL(name, folder));
  await expect(show(name, readFileSync(path, "utf8"))).toMatchFileSnapshot(`${path}.expected`);
});

test("every message that the parser can give is shown by one of these files, or is about a file as a whole", () => {
  const shown = new Set(
    files.flatMap((name) => {
      const text = readFileSync(new URL(name, folder), "utf8");
      return parse({ path: name, text }).diagnostics.map((each) => each.code);
    }),
  );
  // What people write out of habit is shown by the corpus of mistakes.
  const elsewhere = ["E115", "E116", "E119", "E150", ...Object.keys(habits)];
  const own = codes.filter((code) => /^E(1\d\d|20\d)$/.test(code) && !elsewhere.includes(code));
  expect(own.filter((code) => !shown.has(code))).toEqual([]);
});
