// cadenza check: parse, type-check, lint, and fix what can be fixed.

import type { Command } from "commander";
import { relative, resolve, sep } from "node:path";
import {
  chosen,
  type CompiledProject,
  compileProject,
  countFixes,
  type Diagnostic,
  failure,
  type Findings,
  type FixedFinding,
  type FixLevel,
  fixProject,
  fixQuestions,
  formatNames,
  isFailing,
  isUnread,
  open,
  type Output,
  parseFailLevel,
  parseOutputs,
  printable,
  type ProjectFolder,
  readProject,
  renderAs,
  type Result,
  withCounts,
} from "../index.ts";
import type { Define } from "./command.ts";
import { askedOrOpened, instantOf } from "./engine.ts";
import { replaceFile, replaceSource } from "./replace-file.ts";
import { type ExitCode, isInput, plural, type ProjectOptions, report, type Shell, withValue } from "./shell.ts";
import { readInput } from "./standard-input.ts";

interface CheckOptions extends ProjectOptions {
  readonly format?: readonly string[];
  readonly failLevel: string;
  readonly fix?: string | true;
  readonly stdinPath?: string;
  readonly data?: boolean;
}

const repeated = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export const checkCommand: Define = (program, { shell, withDatabase, finish }) => {
  withDatabase(program.command("check"))
    .argument("[file]", "`-` checks one file from the standard input")
    .description("parse, type-check and lint the project")
    .option("--format <format[=file]>", `${formatNames.join(", ")}; more than one may be given`, repeated)
    .option("--json", "the same as --format json")
    .option("--fail-level <level>", "error, warning or hint: what makes the exit code 1", "error")
    .option(
      "--fix [which]",
      "write the fixes that keep the meaning into the files; --fix=all also those that change it",
    )
    .option("--data", "say behind each fix of a segment how many people it would take in or leave out")
    .option("--now <time>", "the instant at which --data counts (default: the clock)")
    .option("--stdin-path <path>", "which file of the project the text from the standard input is")
    .action((input: string | undefined, options: CheckOptions, command: Command) => {
      const isGiven = command.getOptionValueSource("project") === "cli";
      return finish(check(shell, input, { ...options, given: isGiven ? options.project : null }));
    });
};

interface Asked {
  readonly outputs: readonly Output[];
  readonly failLevel: Diagnostic["severity"];
  readonly fix: FixLevel | null;
  readonly fromInput: boolean;
}

type GivenOptions = CheckOptions & { readonly given: string | null };

async function check(shell: Shell, input: string | undefined, options: GivenOptions): Promise<ExitCode> {
  return withValue(shell, askedOf(input, options), async (asked) => {
    if (options.data && (asked.fromInput || asked.fix !== null)) {
      shell.err("--data counts for the files as they are: it goes with neither `-` nor --fix.\n");
      return 2;
    }
    if (!asked.fromInput)
      return withValue(shell, readProject(options.project, shell.cwd), (folder) =>
        checkFolder(shell, folder, asked, options),
      );
    const read = await readInput(shell, { project: options.given, stdinPath: options.stdinPath });
    return withValue(shell, read, ({ folder, path }) =>
      tell(shell, { folder, asked, compiled: onlyOf(path, compileProject(folder)), fixed: [], files: [path] }),
    );
  });
}

function askedOf(input: string | undefined, options: CheckOptions): Result<Asked> {
  const fromInput = isInput("check", input);
  if (!fromInput.ok) return fromInput;
  const outputs = parseOutputs([...(options.format ?? []), ...(options.json ? ["json"] : [])]);
  if (!outputs.ok) return outputs;
  const failLevel = parseFailLevel(options.failLevel);
  if (!failLevel.ok) return failLevel;
  const fix =
    options.fix === undefined ? null : chosen("--fix", options.fix === true ? "safe" : options.fix, ["safe", "all"]);
  if (fix && !fix.ok) return fix;
  if (fromInput.value && fix) return { ok: false, failure: failure("F159", { path: null }) };
  const list = outputs.value.length === 0 ? ([{ format: "pretty", file: null }] as const) : outputs.value;
  return {
    ok: true,
    value: { outputs: list, failLevel: failLevel.value, fix: fix?.value ?? null, fromInput: fromInput.value },
  };
}

/** What was found in that file; what is wrong elsewhere its writer does not see here. */
function onlyOf(path: string, compiled: CompiledProject): CompiledProject {
  return { ...compiled, diagnostics: compiled.diagnostics.filter(({ span }) => span.file === path) };
}

async function checkFolder(
  shell: Shell,
  folder: ProjectFolder,
  asked: Asked,
  options: CheckOptions,
): Promise<ExitCode> {
  const files = folder.sources.map(({ path }) => path);
  if (asked.fix === null) {
    const compiled = compileProject(folder);
    const counted = options.data
      ? await countedIn(shell, folder, compiled, options)
      : { ok: true as const, value: compiled };
    return withValue(shell, counted, (found) => tell(shell, { folder, asked, compiled: found, fixed: [], files }));
  }
  const { judged, texts, fixed } = fixProject(folder, asked.fix);
  for (const [path, text] of texts) {
    const refused = replaceSource(resolve(folder.root, path), path, text);
    if (refused) return report(shell, refused);
  }
  return tell(shell, { folder, asked, compiled: judged, fixed, files });
}

/** The findings with what their fixes would change for the people in the project's database. */
async function countedIn(
  shell: Shell,
  folder: ProjectFolder,
  compiled: CompiledProject,
  options: CheckOptions,
): Promise<Result<CompiledProject>> {
  const questions = compiled.plan && fixQuestions(folder, compiled.diagnostics);
  if (!questions) return { ok: true, value: compiled };
  const at = instantOf(shell, questions.plan, options.now);
  if (!at.ok) return at;
  const database = { folder: `${folder.root}/.cadenza`, mustExist: true };
  const asked = { folder, plan: questions.plan, mailer: null };
  const engine = await askedOrOpened(shell, asked, () =>
    open({
      ...{ plan: questions.plan, database, clock: shell.clock },
      ...(options.memory === undefined ? {} : { memory: options.memory }),
    }),
  );
  if (!engine.ok) return engine;
  try {
    const counts = await countFixes(engine.value, questions, at.value);
    if (!counts.ok) return counts;
    return { ok: true, value: { ...compiled, diagnostics: withCounts(compiled.diagnostics, counts.value) } };
  } finally {
    await engine.value.close();
  }
}

interface Checked {
  readonly folder: ProjectFolder;
  readonly asked: Asked;
  readonly compiled: CompiledProject;
  readonly fixed: readonly FixedFinding[];
  readonly files: readonly string[];
}

/** Files first: a report that cannot be written must not hide behind a long output. */
function tell(shell: Shell, checked: Checked): ExitCode {
  const { asked, compiled, fixed } = checked;
  const findings = findingsOf(shell, checked);
  for (const { format, file } of asked.outputs) {
    if (file === null) continue;
    const refused = replaceFile(resolve(shell.cwd, file), file, renderAs(format, findings));
    if (refused) return report(shell, refused);
  }
  const shown = asked.outputs.find(({ file }) => file === null)?.format ?? null;
  const isForPeople = shown === null || shown === "pretty";
  // What a program reads holds nothing else.
  (isForPeople ? shell.out : shell.err)(fixesText(fixed));
  if (shown !== null) shell.out(renderAs(shown, findings));
  if (isForPeople) shell.out(summary(compiled.diagnostics, checked.files.length, fixed.length));
  if (compiled.diagnostics.some(isUnread)) return 2;
  return compiled.diagnostics.some((finding) => isFailing(finding, asked.failLevel)) ? 1 : 0;
}

function findingsOf(shell: Shell, { folder, asked, compiled, files }: Checked): Findings {
  const way = relative(shell.cwd, folder.root).replaceAll(sep, "/");
  return {
    diagnostics: compiled.diagnostics,
    sources: compiled.sources,
    files,
    folder: way === "" ? "" : `${way}/`,
    failLevel: asked.failLevel,
    version: shell.version,
  };
}

function fixesText(fixed: readonly FixedFinding[]): string {
  return fixed
    .map(({ code, text, place: { file, start } }) =>
      printable(`${file}:${start.line}:${start.column}: fixed ${code}: ${text}`),
    )
    .map((line) => `${line}\n`)
    .join("");
}

function summary(diagnostics: readonly Diagnostic[], files: number, fixes: number): string {
  const count = (level: Diagnostic["severity"]) => diagnostics.filter(({ severity }) => severity === level).length;
  const found = [
    plural(count("error"), "error"),
    plural(count("warning"), "warning"),
    ...(count("hint") > 0 ? [plural(count("hint"), "hint")] : []),
  ];
  const fixed = fixes === 0 ? "" : `${plural(fixes, "fix", "fixes")} written, `;
  return `${plural(files, "file")} checked: ${fixed}${found.join(", ")}.\n`;
}
