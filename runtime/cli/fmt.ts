// cadenza fmt: the one canonical layout.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  type Diagnostic,
  formatSource,
  isFailing,
  isUnread,
  jsonFindings,
  printable,
  type ProjectFolder,
  readProject,
  renderPretty,
  unifiedDiff,
} from "../index.ts";
import type { Define } from "./command.ts";
import { replaceFile } from "./replace-file.ts";
import { type ExitCode, isInput, plural, type ProjectOptions, report, type Shell, withValue } from "./shell.ts";
import { readInput } from "./standard-input.ts";

interface FmtOptions extends ProjectOptions {
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly stdinPath?: string;
}

export const fmtCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("fmt"))
    .argument("[file]", "`-` lays out the standard input and prints it")
    .description("bring every file into the one canonical layout; what has mistakes stays as it is")
    .option("--check", "change nothing; list files that are laid out otherwise and exit with 1")
    .option("--diff", "change nothing; print what would change as a patch and exit with 1")
    .option("--json", "print which files changed, and the mistakes, as JSON")
    .option("--stdin-path <path>", "what to call the standard input")
    .action((input: string | undefined, options: FmtOptions) =>
      finish(
        withValue(shell, isInput("fmt", input), (fromInput) =>
          fromInput ? fmtInput(shell, options) : fmtProject(shell, options),
        ),
      ),
    );
};

interface LaidOut {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

async function fmtInput(shell: Shell, options: FmtOptions): Promise<ExitCode> {
  // Where in a project it stands is no matter for its layout.
  const read = await readInput(shell, { project: null, stdinPath: undefined });
  return withValue(shell, read, ({ folder }) => {
    const [source] = folder.sources.map(({ text }) => ({ path: options.stdinPath ?? "stdin.cdz", text }));
    if (source === undefined) return told(shell, { files: [], diagnostics: folder.unreadable, sources: [] }, options);
    const { text, diagnostics } = formatSource(source);
    const laidOut = { file: source.path, before: source.text, after: text };
    if (isDry(options) || options.json)
      return told(shell, { files: [laidOut], diagnostics, sources: [source] }, options);
    shell.out(text);
    shell.err(renderPretty(diagnostics, [source]));
    return exitCode(diagnostics);
  });
}

async function fmtProject(shell: Shell, options: FmtOptions): Promise<ExitCode> {
  return withValue(shell, readProject(options.project, shell.cwd), (folder) => {
    const all = folder.sources.map((source) => ({ source, ...formatSource(source) }));
    const files = all.map(({ source, text }) => ({
      file: source.path,
      before: textOnDisk(folder, source.path),
      after: text,
    }));
    const changed = files.filter(isChanged);
    for (const { file, after } of isDry(options) ? [] : changed) {
      const refused = replaceFile(resolve(folder.root, file), file, after);
      if (refused) return report(shell, refused);
    }
    const diagnostics = [...folder.unreadable, ...all.flatMap((each) => each.diagnostics)];
    return told(shell, { files, diagnostics, sources: folder.sources }, options);
  });
}

/** With its byte order mark, which the canonical layout has not. */
function textOnDisk({ root }: ProjectFolder, path: string): string {
  return readFileSync(resolve(root, path), "utf8");
}

const isChanged = ({ before, after }: LaidOut): boolean => before !== after;
const isDry = ({ check, diff }: FmtOptions): boolean => check === true || diff === true;

interface Outcome {
  readonly files: readonly LaidOut[];
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ProjectFolder["sources"];
}

function told(shell: Shell, outcome: Outcome, options: FmtOptions): ExitCode {
  const changed = outcome.files.filter(isChanged);
  if (options.json) shell.out(`${JSON.stringify(jsonOf(outcome, options), null, 2)}\n`);
  else if (options.diff) tellDiff(shell, outcome);
  else {
    shell.out(renderPretty(outcome.diagnostics, outcome.sources));
    shell.out(changed.map(({ file }) => `${printable(file)}\n`).join(""));
    shell.out(`${plural(changed.length, "file")} ${isDry(options) ? "would change" : "changed"}.\n`);
  }
  return isDry(options) && changed.length > 0 ? worse(1, exitCode(outcome.diagnostics)) : exitCode(outcome.diagnostics);
}

/** The output is a patch and nothing else. */
function tellDiff(shell: Shell, { files, diagnostics, sources }: Outcome): void {
  shell.out(files.map(({ file, before, after }) => unifiedDiff(file, before, after)).join(""));
  shell.err(renderPretty(diagnostics, sources));
}

function jsonOf({ files, diagnostics, sources }: Outcome, options: FmtOptions) {
  return {
    version: 1,
    isWritten: !isDry(options),
    files: files.map((each) => ({
      file: each.file,
      isChanged: isChanged(each),
      ...(options.diff ? { diff: unifiedDiff(each.file, each.before, each.after) } : {}),
    })),
    diagnostics: jsonFindings(diagnostics, sources),
  };
}

const worse = (one: ExitCode, other: ExitCode): ExitCode => (one > other ? one : other);

function exitCode(diagnostics: readonly Diagnostic[]): ExitCode {
  if (diagnostics.some(isUnread)) return 2;
  return diagnostics.some((finding) => isFailing(finding, "error")) ? 1 : 0;
}
