// Classic mistakes: each is told once, in the same words wherever it stands, beside whatever else is wrong.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Diagnostic, Fix } from "../../grammar/diagnostics/entry.ts";
import { habits } from "../../grammar/diagnostics/habits.ts";
import { isError } from "../../grammar/diagnostics/table.ts";
import { renderPretty } from "../../grammar/render.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { frames, hole, redeclared, renamed, worlds } from "./mistake-frames.ts";
import { world } from "./project.ts";

const folder = new URL("../golden/mistakes/", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");
const prelude = read("prelude.txt");

interface Mistake {
  readonly slug: string;
  readonly text: string;
  /** What is wrong, without the frame around it. */
  readonly fragment: string;
  readonly kind: string;
}

const mistakes = readdirSync(folder)
  .filter((name) => name.endsWith(".cdz"))
  .map((name) => mistakeIn(name.replace(/\.cdz$/, ""), read(name)));

function mistakeIn(slug: string, text: string): Mistake {
  const [first = "", ...rest] = text.split("\n");
  const kind = /^# moves as: (\w+)$/.exec(first)?.[1] ?? "";
  const [before = "", behind = ""] = frames[kind]?.home.split(hole) ?? [];
  const body = rest.join("\n");
  if (!body.startsWith(before) || !body.endsWith(behind)) throw new Error(`${slug} does not stand in its frame`);
  return { slug, text, kind, fragment: body.slice(before.length, body.length - behind.length) };
}

const framesOf = ({ kind }: Mistake): readonly string[] => frames[kind]?.away ?? [];
const put = (frame: string, fragment: string): string => frame.replace(hole, () => fragment);

const projects = new Map<string, SourceFile>();

/** The same file each time, which is parsed once. */
function projectFile(text: string): SourceFile {
  const file = projects.get(text) ?? { path: "prelude.cdz", text };
  projects.set(text, file);
  return file;
}

const judge = (text: string, project = prelude): readonly Diagnostic[] =>
  compile([projectFile(project), { path: "main.cdz", text }], world).diagnostics;
const errorsOf = (text: string, project = prelude) => judge(text, project).filter(isError);

/** The words up to what stands behind the mistake, which belongs to the place it stands in. */
const context = / before .*$|, but .*$|; .* is there\.$/;
const words = ({ code, text }: Diagnostic): string => `${code} ${text.replace(context, "")}`;

function applied(text: string, { edits }: Fix): string {
  const backwards = edits.toSorted((left, right) => right.span.start - left.span.start);
  return backwards.reduce((rest, { span, text }) => rest.slice(0, span.start) + text + rest.slice(span.end), text);
}

test("the corpus has at least 100 mistakes, and a project without any", () => {
  expect(mistakes.length).toBeGreaterThanOrEqual(100);
  expect(errorsOf("")).toEqual([]);
  for (const world of worlds) expect(errorsOf("", renamed(prelude, world))).toEqual([]);
});

test("every code for habits is shown by it", () => {
  const shown = new Set(mistakes.flatMap(({ text }) => errorsOf(text).map(({ code }) => code)));
  expect(Object.keys(habits).filter((code) => !shown.has(code))).toEqual([]);
});

describe.each(mistakes)("$slug", (mistake) => {
  const { slug, text, fragment } = mistake;
  const [own] = errorsOf(text);

  test("says what was meant", async () => {
    const sources = [{ path: `${slug}.cdz`, text }];
    const told = judge(text).map((each) => ({ ...each, span: { ...each.span, file: `${slug}.cdz` } }));
    const moved = told.map((each) => ({
      ...each,
      related: each.related.map((other) => ({ ...other, span: { ...other.span, file: `${slug}.cdz` } })),
    }));
    await expect(`${text}\n${"=".repeat(80)}\n\n${renderPretty(moved, sources)}`).toMatchFileSnapshot(
      `../golden/mistakes/${slug}.expected`,
    );
    expect(told.filter(({ severity }) => severity !== "hint").map(({ code }) => code)).toEqual([own?.code]);
  });

  test("is told in the same words in other places of other projects", () => {
    const places = framesOf(mistake);
    expect(places.length).toBeGreaterThanOrEqual(3);
    for (const [index, frame] of places.entries()) {
      const world = worlds[index % worlds.length] ?? 0;
      const moved = renamed(put(frame, fragment), world);
      const found = errorsOf(moved, renamed(prelude, world));
      expect(found.map(words), moved).toEqual(own ? [renamed(words(own), world)] : []);
      const marked = own ? text.slice(own.span.start, own.span.end) : "";
      if (!own || context.test(own.text) || !fragment.includes(marked)) continue;
      expect(
        found.map(({ span }) => moved.slice(span.start, span.end)),
        moved,
      ).toEqual([renamed(marked, world)]);
    }
  });

  test("leaves other findings of the file alone", () => {
    const before = "segment Earlier where nowhere > 3\n\n";
    const behind = "\nsegment Further where nothing_here is yes\n";
    const around = before + text + behind;
    const found = errorsOf(around).map((each) => `${each.code} ${around.slice(each.span.start, each.span.end)}`);
    expect(found).toContain("E220 nowhere");
    expect(found).toContain("E220 nothing_here");
    expect(found.length, found.join("\n")).toBe(3);
  });

  test("is taken away by each of its fixes, which bring nothing new", () => {
    for (const frame of [frames[mistake.kind]?.home ?? "", ...framesOf(mistake)]) {
      const moved = put(frame, fragment);
      for (const fix of errorsOf(moved)[0]?.fixes ?? []) {
        const after = applied(moved, fix);
        expect(
          errorsOf(after).map((each) => `${each.code} ${each.text}`),
          after,
        ).toEqual([]);
      }
    }
  });
});

describe("two mistakes in one file", () => {
  const second = (mistake: Mistake): string => redeclared(put(framesOf(mistake)[0] ?? "", mistake.fragment));
  const codes = (text: string) => errorsOf(text).map(({ code }) => code);
  const declaresNames = (text: string) => /^\s*(event|contact|company)\b/m.test(text);
  const known = mistakes.map((mistake) => {
    const other = second(mistake);
    return { ...mistake, other, first: codes(mistake.text), second: codes(other) };
  });
  test.each(known.map((mistake, index) => ({ ...mistake, index })))(
    "$slug and another",
    ({ index, kind, text, first }) => {
      for (const step of [1, 23, 67]) {
        const next = known[(index + step) % known.length];
        // Where a field may be unknown is told once all programs that could send the mail can be read, and what is wrong in
        // a placeholder once all that it can name can be.
        if (next === undefined || [...first, ...next.second].includes("E603")) continue;
        if ((kind === "mail" && declaresNames(next.other)) || (next.kind === "mail" && declaresNames(text))) continue;
        const [before, behind] = [`${next.other}\n${text}`, `${text}\n${next.other}`];
        expect(codes(behind), behind).toEqual([...first, ...next.second]);
        expect(codes(before), before).toEqual([...next.second, ...first]);
      }
    },
  );
});
