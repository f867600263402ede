// cadenza explain: the page of a code, or the list of all.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CodePage, codeFamilies, codePageOf, failure, type Result, systemReason } from "../index.ts";
import type { Define } from "./command.ts";
import { type ExitCode, type Shell, withValue } from "./shell.ts";

interface ExplainOptions {
  readonly json?: boolean;
}

export const explainCommand: Define = (program, { shell, finish }) => {
  program
    .command("explain")
    .argument("[code]", "a code such as W401; without one all are listed")
    .description("what a code means, why it matters, and what to write instead")
    .option("--json", "print JSON")
    .action((code: string | undefined, options: ExplainOptions) => finish(explain(shell, code, options)));
};

async function explain(shell: Shell, code: string | undefined, options: ExplainOptions): Promise<ExitCode> {
  return withValue(shell, readPages(shell), (pages) => {
    if (code === undefined) {
      shell.out(options.json ? jsonText(pages) : listText(pages));
      return 0;
    }
    return withValue(shell, codePageOf(pages, code), (page) => {
      shell.out(options.json ? jsonText(page) : pageText(page));
      return 0;
    });
  });
}

function readPages({ home }: Shell): Result<readonly CodePage[]> {
  try {
    const { pages }: { readonly pages: readonly CodePage[] } = JSON.parse(
      readFileSync(join(home, "docs/codes.json"), "utf8"),
    );
    return { ok: true, value: pages };
  } catch (error) {
    return { ok: false, failure: failure("F181", { path: "docs/codes.json", reason: systemReason(error) }) };
  }
}

const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function listText(pages: readonly CodePage[]): string {
  const families = codeFamilies(pages).map((family) => {
    const lines = family.pages.map(({ code, severity, text }) => `  ${code}  ${severity.padEnd(7)}  ${text}\n`);
    return `${family.title}\n${lines.join("")}`;
  });
  return `${families.join("\n")}\ncadenza explain CODE says more about one.\n`;
}

function pageText({ code, severity, text, why, avoid, at, prefer }: CodePage): string {
  const example = [
    ...(avoid === null ? [] : [`Avoid\n${indented(pointedAt(avoid, at))}`]),
    ...(prefer === null ? [] : [`Prefer\n${indented(prefer)}`]),
  ];
  return [`${code}  ${severity}\n\n  ${text}\n\n  ${why}\n`, ...example].join("\n");
}

/** The source with marks below what the finding points at. */
function pointedAt(source: string, at: CodePage["at"]): string {
  if (at === null) return source;
  const lines = source.split("\n");
  const marks = " ".repeat(at.start) + "^".repeat(Math.max(1, at.end - at.start));
  return lines.toSpliced(at.line + 1, 0, marks).join("\n");
}

function indented(source: string): string {
  return source
    .trimEnd()
    .split("\n")
    .map((line) => `${`  ${line}`.trimEnd()}\n`)
    .join("");
}
