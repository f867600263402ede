// The page for marketers says what the playbook says: each block stands in one of its files, and each program has one.

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const docs = new URL("../../docs/", import.meta.url);
const folder = new URL("../../examples/playbook/", import.meta.url);
const page = readFileSync(new URL("playbook.md", docs), "utf8");
const sources = readdirSync(folder)
  .filter((name) => name.endsWith(".cdz"))
  .map((name) => readFileSync(new URL(name, folder), "utf8"));
const blocks = [...page.matchAll(/^```cadenza\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text.trim());

test("every block stands in a file of the playbook", () => {
  const parts = blocks.flatMap((block) => block.split(/\n\n(?=(?:program|segment|score|email|test) )/));
  expect(parts.length).toBeGreaterThan(20);
  expect(parts.filter((part) => !sources.some((source) => source.includes(part.trim())))).toEqual([]);
});

test("every program but the second of a pair is shown", () => {
  const programs = sources.flatMap((source) => [...source.matchAll(/^program (\w+)/gm)].map(([, name = ""]) => name));
  expect(programs).toHaveLength(16);
  expect(programs.filter((name) => !page.includes(`program ${name} `))).toEqual(["analytics_interest"]);
});

test("its links lead somewhere", () => {
  for (const [, path = "", anchor] of page.matchAll(/\]\(((?!https?:)[^)#]+)(?:#([^)]+))?\)/g)) {
    const text = readFileSync(new URL(path, docs), "utf8");
    const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w ]/g, "")
        .replaceAll(" ", "-"),
    );
    if (anchor !== undefined) expect(anchors).toContain(anchor);
  }
});
