// The language reference: each example is compiled, each link leads somewhere, each command exists.
// A block is marked ```cadenza; behind it `alone` (a project by itself, else it belongs to docs/shop.cdz) or `gives CODE`
// (that finding and no other).

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { saidOf } from "../explain/pages.ts";
import { cadenza } from "../support/cadenza.ts";
import { scratchFolder } from "../support/scratch.ts";

const docs = new URL("../../docs/", import.meta.url);
const pages = ["guide.md", ...readdirSync(new URL("language/", docs)).map((name) => `language/${name}`)];
const textOf = (page: string): string => readFileSync(new URL(page, docs), "utf8");

interface Block {
  readonly marks: string;
  readonly text: string;
}

const blocksOf = (page: string, language: string): readonly Block[] =>
  [...textOf(page).matchAll(/^```(\w+) ?([^\n]*)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , marks = "", text = ""]) => ({ marks, text }));

const examples = pages.flatMap((page) =>
  blocksOf(page, "cadenza").map((block, index) => ({ ...block, page, place: `${page}, example ${index + 1}` })),
);

describe("the example in", () => {
  test.each(examples)("$place: $marks", ({ marks, text }) => {
    const gives = /^gives (\w+)$/.exec(marks)?.[1];
    const checked = saidOf({ text, isAlone: marks === "alone" });
    const found = checked.map((finding) => `${finding.code} ${finding.text}`);
    if (gives) {
      expect([...new Set(checked.map(({ code }) => code))]).toEqual([gives]);
      return;
    }
    expect(["", "alone"]).toContain(marks);
    expect(found).toEqual([]);
  });
});

test("there are examples on the pages about the language", () => {
  const bare = ["guide.md", "language/command-line.md"];
  const without = pages.filter((page) => !bare.includes(page) && !examples.some((example) => example.page === page));
  expect(without).toEqual([]);
});

test.each(pages)("the links of %s lead to files that are there", (page) => {
  const links = [...textOf(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target = ""]) => target);
  const lost = links.filter(
    (target) => !target.startsWith("https://") && !existsSync(new URL(target, new URL(page, docs))),
  );
  expect(lost).toEqual([]);
});

test("the guide leads to every page", () => {
  const guide = textOf("guide.md");
  expect(pages.filter((page) => page !== "guide.md" && !guide.includes(`(${page})`))).toEqual([]);
});

/** `show segment`, with the options that are used with it somewhere. */
function commandsUsed(): ReadonlyMap<string, ReadonlySet<string>> {
  const lines = pages.flatMap((page) => blocksOf(page, "sh").flatMap(({ text }) => text.split("\n")));
  const table = pages.flatMap((page) => textOf(page).match(/^\| `cadenza [^\n]*/gm) ?? []);
  const used = new Map<string, Set<string>>();
  for (const line of [...lines, ...table]) {
    const [, name] = /^(?:\| `)?cadenza (show \w+|[\w-]+)/.exec(line.trim()) ?? [];
    if (!name) continue;
    const options = line.replace(/ # .*$/, "").match(/--[a-z][a-z-]*/g) ?? [];
    used.set(name, new Set([...(used.get(name) ?? []), ...options]));
  }
  return used;
}

test("every command and option that the pages name is one", async () => {
  const cwd = scratchFolder();
  const used = commandsUsed();
  expect(used.size).toBeGreaterThan(8);
  for (const [name, options] of used) {
    const { code, stdout } = await cadenza([...name.split(" "), "--help"], { cwd });
    expect({ name, code, help: stdout.startsWith(`Usage: cadenza ${name} `) }).toEqual({ name, code: 0, help: true });
    expect([...options].filter((option) => !stdout.includes(option))).toEqual([]);
  }
});
