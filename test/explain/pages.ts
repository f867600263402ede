// The pages of all codes, made of the tables, of docs/codes and of what the compiler says there.

import { readdirSync, readFileSync } from "node:fs";
import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { type Code, codes, diagnose } from "../../grammar/diagnostics/table.ts";
import { compile } from "../../compiler/compile.ts";
import type { CodePage } from "../../runtime/sources/code-pages.ts";
import { failure, type FailureCode, failureCodes } from "../../runtime/failures/failures.ts";
import { world } from "../compiler/project.ts";
import { failureExamples } from "./failure-examples.ts";

const docs = new URL("../../docs/", import.meta.url);
const folder = new URL("codes/", docs);

/** The project that examples belong to, unless they stand alone. */
export const shop = readFileSync(new URL("shop.cdz", docs), "utf8");

export interface Snippet {
  readonly text: string;
  /** True for an example that is a project by itself. */
  readonly isAlone: boolean;
}
export interface Examples {
  readonly avoid: Snippet;
  readonly prefer: Snippet;
}

const nowhere = { file: "", start: 0, end: 0 };

/** What no small source can show, and what only a run of tests finds. */
const tooLarge: readonly Diagnostic[] = [
  diagnose("E115", nowhere, {
    reason: "line 3 has the byte FC, which is not UTF-8 (it looks like Latin-1 or Windows-1252)",
  }),
  diagnose("E116", nowhere, { size: 2_000_000 }),
  diagnose("E287", nowhere, { reason: "a link that leads back to itself" }),
  diagnose("E150", nowhere, { what: "file", reason: "EACCES" }),
  diagnose("W837", nowhere, {}),
  diagnose("W440", nowhere, { instead: "audiences.cdz" }),
  diagnose("E119", nowhere, { count: 100 }),
  diagnose("E240", nowhere, { count: 50_001 }),
  diagnose("E243", nowhere, { name: "Quiet", limit: 64 }),
  diagnose("E870", nowhere, { expected: "ana was sent tips" }),
  diagnose("E871", nowhere, { clause: "when ana opened tips", reason: "`tips` was not sent to ana before" }),
];
const isTooLarge = (code: string): boolean => tooLarge.some((shown) => shown.code === code);

/** Codes that have a file of examples. */
export const exampleFiles = readdirSync(folder).map((name) => name.replace(/\.cdz$/, ""));

export const withoutPage = (): readonly Code[] =>
  codes.filter((code) => !exampleFiles.includes(code) && !isTooLarge(code));

export function examplesOf(code: string): Examples {
  const text = readFileSync(new URL(`${code}.cdz`, folder), "utf8");
  const found = /^# avoid( alone)?\n([\s\S]*)^# prefer( alone)?\n([\s\S]*)$/m.exec(text);
  if (!found) throw new Error(`docs/codes/${code}.cdz needs a line "# avoid" and below it a line "# prefer"`);
  return {
    avoid: { text: found[2] ?? "", isAlone: found[1] !== undefined },
    prefer: { text: found[4] ?? "", isAlone: found[3] !== undefined },
  };
}

/** What is said of a snippet. It is part of something larger, so hints other than `code` are no matter. */
export function saidOf({ text, isAlone }: Snippet, code?: string): readonly Diagnostic[] {
  const sources = isAlone ? [] : [{ path: "shop.cdz", text: shop }];
  const { diagnostics } = compile([...sources, { path: "example.cdz", text }], world);
  const isOwn = (found: Diagnostic) => found.span.file !== "shop.cdz" && found.code === code;
  const isMinor = (found: Diagnostic) => found.severity === "hint";
  return diagnostics.filter((found) => !isMinor(found) || isOwn(found));
}

function diagnosticPage(code: Code): CodePage {
  const examples = isTooLarge(code) ? null : examplesOf(code);
  const found = examples ? saidOf(examples.avoid, code) : tooLarge;
  const shown = found.find((finding) => finding.code === code);
  if (!shown) throw new Error(`the avoid example in docs/codes/${code}.cdz does not give ${code}`);
  const { severity, text, why } = shown;
  const [avoid, prefer] = [examples?.avoid, examples?.prefer].map((snippet) => snippet?.text.trimEnd() ?? null);
  return { code, severity, text, why, avoid: avoid ?? null, at: markIn(avoid ?? "", shown), prefer: prefer ?? null };
}

/** Where a finding points in its example; to the end of the line where it goes on below. */
function markIn(source: string, { span }: Diagnostic): CodePage["at"] {
  const isInside = span.file === "example.cdz" && span.start < source.length;
  if (!isInside || (span.start === 0 && span.end === 0)) return null;
  const before = source.slice(0, span.start).split("\n");
  const start = before.at(-1)?.length ?? 0;
  const length = source.slice(span.start, span.end).split("\n", 1)[0]?.length ?? 0;
  return { line: before.length - 1, start, end: start + length };
}

function failurePage<C extends FailureCode>(code: C): CodePage {
  const { text, help } = failure(code, failureExamples[code]);
  return { code, severity: "failure", text, why: help, avoid: null, at: null, prefer: null };
}

export const allPages = (): readonly CodePage[] => [...codes.map(diagnosticPage), ...failureCodes.map(failurePage)];
