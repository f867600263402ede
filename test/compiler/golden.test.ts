// Every file of the golden folder: its source, what is found in it, and what the compiler understood.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { describePlan } from "./describe.ts";
import type { Compiled } from "../../compiler/compile.ts";
import { delivery } from "../../grammar/diagnostics/delivery.ts";
import type { Diagnostic, Edit, Fix } from "../../grammar/diagnostics/entry.ts";
import { logic } from "../../grammar/diagnostics/logic.ts";
import { mail } from "../../grammar/diagnostics/mail.ts";
import { names } from "../../grammar/diagnostics/names.ts";
import { programs } from "../../grammar/diagnostics/programs.ts";
import { project } from "../../grammar/diagnostics/project.ts";
import { segments } from "../../grammar/diagnostics/segments.ts";
import { tests } from "../../grammar/diagnostics/tests.ts";
import { types } from "../../grammar/diagnostics/types.ts";
import { compileOne, compileWithPrelude, place } from "./project.ts";

const folder = new URL("../golden/compiler/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".cdz"));
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");

function compileCase(text: string): Compiled {
  return text.startsWith("# alone") ? compileOne(text) : compileWithPrelude(text);
}

function applied(text: string, edits: readonly Edit[]): string {
  const backwards = edits.toSorted((left, right) => right.span.start - left.span.start);
  return backwards.reduce((rest, { span, text }) => rest.slice(0, span.start) + text + rest.slice(span.end), text);
}

/** A fix with the lines that it changes, as they are afterwards. */
function showFix(text: string, fix: Fix): string {
  const before = text.split("\n");
  const after = applied(text, fix.edits).split("\n");
  const changed = after.filter((line, index) => line !== before[index]);
  return [`  ${fix.kind} fix: ${fix.text}`, ...changed.map((line) => `    ${line.trim()}`)].join("\n");
}

function showFinding(sources: Compiled["sources"], { code, span, text, fixes, related, example }: Diagnostic): string {
  const source = sources.find(({ path }) => path === span.file)?.text ?? "";
  const file = span.file === "main.cdz" ? "" : `${span.file} `;
  const others = related.map((other) => {
    const text = sources.find(({ path }) => path === other.span.file)?.text ?? "";
    return `  see ${other.span.file} ${place(text, other.span)}: ${other.text}`;
  });
  const people = example ? [`  for example, ${example.text}`] : [];
  const changes = fixes.map((fix) => showFix(source, fix));
  return [`${code} ${file}${place(source, span)} ${text}`, ...others, ...people, ...changes].join("\n");
}

const empty = describePlan(compileWithPrelude("").plan ?? neverNull());

function neverNull(): never {
  throw new Error("the prelude has errors");
}

function show(text: string): string {
  const { plan, diagnostics, sources } = compileCase(text);
  const known = new Set(empty.split("\n"));
  const lines = plan ? describePlan(plan).split("\n") : [];
  const own = lines.filter((line) => !known.has(line));
  const parts = [text.trimEnd(), "", "=== findings", ...diagnostics.map((found) => showFinding(sources, found))];
  return `${[...parts, "=== plan", ...(plan ? own : ["none"])].join("\n")}\n`;
}

describe("golden", () => {
  for (const file of files) {
    test(file, async () => {
      await expect(show(read(file))).toMatchFileSnapshot(`../golden/compiler/${file.replace(/\.cdz$/, ".expected")}`);
    });
  }
});

function codesOf(text: string): readonly string[] {
  return compileCase(text).diagnostics.map(({ code }) => code);
}

describe("the golden folder", () => {
  // More declarations than a file could show, and what stands in no file: other tests make them.
  const elsewhere = ["E240", "E243", "W440", "W837"];
  const all = Object.keys({
    ...names,
    ...types,
    ...segments,
    ...logic,
    ...programs,
    ...mail,
    ...delivery,
    ...project,
    ...tests,
  });
  const found = new Map(files.map((file) => [file, codesOf(read(file))]));

  test("shows every code", () => {
    const shown = new Set([...found.values()].flat());
    expect(all.filter((code) => !shown.has(code) && !elsewhere.includes(code))).toEqual([]);
  });
  test("shows each code in the file called like it", () => {
    const wrong = files.filter((file) => {
      const code = /^[EW]\d{3}/.exec(file)?.[0];
      return code !== undefined && !found.get(file)?.includes(code);
    });
    expect(wrong).toEqual([]);
  });
  test("has no findings in what is good", () => {
    const good = files.filter((file) => file.startsWith("good"));
    expect(good.length).toBeGreaterThan(5);
    expect(good.filter((file) => compileCase(read(file)).plan === null)).toEqual([]);
  });
  test("has nothing but what no run could honour yet in what is whole", () => {
    const whole = files.filter((file) => file.startsWith("whole"));
    expect(whole.length).toBeGreaterThan(0);
    expect(whole.filter((file) => compileCase(read(file)).diagnostics.length > 0)).toEqual([]);
  });
  test("names a file only after codes that exist", () => {
    const codes = files.flatMap((file) => /^[EW]\d{3}/.exec(file)?.[0] ?? []);
    expect(codes.filter((code) => !all.includes(code))).toEqual([]);
  });
});

describe("fixes", () => {
  for (const file of files) {
    const text = read(file);
    const findings = (text: string) => compileCase(text).diagnostics.filter(({ span }) => span.file === "main.cdz");
    const own = findings(text);
    const cases = own.flatMap((finding) => finding.fixes.map((fix) => ({ finding, fix })));
    if (cases.length === 0) continue;
    test(`of ${file} take the finding away and bring no mistake`, () => {
      for (const { finding, fix } of cases) {
        const after = findings(applied(text, fix.edits));
        const same = ({ code }: Diagnostic) => code === finding.code;
        expect(after.filter(same).length, `${finding.text} ${fix.text}`).toBeLessThan(own.filter(same).length);
        expect(after.filter(({ code }) => /^E1|^E20/.test(code)).map((found) => found.text)).toEqual([]);
      }
    });
  }
});

test("the prelude has no findings", () => {
  expect(compileWithPrelude("").diagnostics).toEqual([]);
});
