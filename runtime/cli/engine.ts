// From a command's options to an open engine, and back to an exit code.

import { resolve } from "node:path";
import {
  type Cadenza,
  type Caller,
  compileProject,
  connect,
  type Instant,
  type Links,
  type Mailer,
  type OlderDatabase,
  open,
  parseInstant,
  type Plan,
  printable,
  type ProjectFolder,
  readProject,
  renderPretty,
  type Result,
} from "../index.ts";
import { type ExitCode, type ProjectOptions, report, type Shell, withValue } from "./shell.ts";

export interface Compiled {
  readonly folder: ProjectFolder;
  readonly plan: Plan;
}

/** Reads and compiles the project; findings that forbid running are printed and end the command with 1. */
export async function withPlan(
  shell: Shell,
  options: ProjectOptions,
  next: (compiled: Compiled) => Promise<ExitCode> | ExitCode,
): Promise<ExitCode> {
  return withValue(shell, readProject(options.project, shell.cwd), (folder) => {
    const compiled = compileProject(folder);
    if (compiled.plan === null) {
      shell.err(renderPretty(compiled.diagnostics, compiled.sources));
      return 1;
    }
    return next({ folder, plan: compiled.plan });
  });
}

export interface Opened extends Compiled {
  readonly engine: Cadenza;
}

/** How mails go out, and what their links start with. */
export interface Mailing {
  readonly mailer: Mailer;
  readonly links: Links | null;
}

export interface OpenChoices {
  /** Absent: nothing is mailed by this command. */
  readonly mailer?: (folder: ProjectFolder) => Promise<Result<Mailing>>;
  /** Absent: this command calls no webhook. */
  readonly caller?: (compiled: Compiled) => Promise<Result<Caller>>;
  /** True for a command that changes nothing of the database, not even its tables. */
  readonly leavesAsIs?: boolean;
  /** True for commands that only look: without a database there is nothing to see. */
  readonly needsDatabase?: boolean;
  /** True for commands that need the file of the database itself, and do not ask the engine that runs. */
  readonly needsFile?: boolean;
}

/** Compiles the project, opens its database, runs `next`, and closes whatever happens. */
export async function withEngine(
  shell: Shell,
  options: ProjectOptions,
  choices: OpenChoices,
  next: (opened: Opened) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withPlan(shell, options, (compiled) => withOpened(shell, { ...compiled, options, choices }, next));
}

export interface OpenNeeds extends Compiled {
  readonly options: ProjectOptions;
  readonly choices: OpenChoices;
}

/** The same for a plan that is at hand. */
export async function withOpened(
  shell: Shell,
  { folder, plan, options, choices }: OpenNeeds,
  next: (opened: Opened) => Promise<ExitCode>,
): Promise<ExitCode> {
  const mailer = choices.mailer ? await choices.mailer(folder) : null;
  if (mailer && !mailer.ok) return report(shell, mailer.failure);
  const caller = choices.caller ? await choices.caller({ folder, plan }) : null;
  if (caller && !caller.ok) return report(shell, caller.failure);
  const openFile = () =>
    open({
      plan,
      database: { folder: stateFolder(folder.root), mustExist: choices.needsDatabase === true },
      dataDir: options.dataDir === undefined ? folder.root : resolve(shell.cwd, options.dataDir),
      clock: shell.clock,
      onOlder: tellOlder(shell),
      ...(choices.leavesAsIs ? { isUntouched: true } : {}),
      ...(options.memory === undefined ? {} : { memory: options.memory }),
      ...(mailer ? mailer.value : {}),
      ...(caller ? { caller: caller.value } : {}),
    });
  const engine = choices.needsFile
    ? await openFile()
    : await askedOrOpened(shell, { folder, plan, mailer: mailer?.value.mailer ?? null }, openFile);
  if (!engine.ok) return report(shell, engine.failure);
  try {
    return await next({ folder, plan, engine: engine.value });
  } finally {
    await engine.value.close();
  }
}

/** Says where a database that is brought to a newer version is kept as it was. */
export const tellOlder =
  (shell: Shell) =>
  ({ version, current, backup }: OlderDatabase): void =>
    shell.err(
      `The database is of version ${version} and is brought to version ${current}. As it was, it is kept as ${printable(backup)}.\n`,
    );

/** What the database says, where there is one; null: nothing was loaded yet. */
export async function askIfThere<T>(
  shell: Shell,
  { folder, plan, options }: Omit<OpenNeeds, "choices">,
  ask: (engine: Cadenza) => Promise<Result<T>>,
): Promise<Result<T | null>> {
  const opened = await askedOrOpened(shell, { folder, plan, mailer: null }, () =>
    open({
      plan,
      database: { folder: stateFolder(folder.root), mustExist: true },
      dataDir: options.dataDir === undefined ? folder.root : resolve(shell.cwd, options.dataDir),
      clock: shell.clock,
      onOlder: tellOlder(shell),
      ...(options.memory === undefined ? {} : { memory: options.memory }),
    }),
  );
  if (!opened.ok) return opened.failure.code === isMissing ? { ok: true, value: null } : opened;
  try {
    return await ask(opened.value);
  } finally {
    await opened.value.close();
  }
}

export const stateFolder = (root: string): string => `${root}/.cadenza`;

/** An engine that starts or ends holds the file a moment without its socket. */
const attempts = 5;
const attemptEveryMs = 200;
const isLocked = "F120";
const isMissing = "F116";

/** The engine that runs, else the file. */
export async function askedOrOpened(
  shell: Shell,
  { folder, plan, mailer }: Compiled & { readonly mailer: Mailer | null },
  openFile: () => Promise<Result<Cadenza>>,
): Promise<Result<Cadenza>> {
  const { uid, version } = shell;
  for (let attempt = 1; ; attempt++) {
    const running = await connect({
      plan,
      folder: stateFolder(folder.root),
      uid,
      version,
      ...(mailer ? { mailer } : {}),
    });
    if (!running.ok) return running;
    if (running.value !== null) return { ok: true, value: running.value };
    const opened = await openFile();
    if (opened.ok || opened.failure.code !== isLocked || attempt === attempts) return opened;
    await shell.clock.sleepUntil(shell.clock.now() + attemptEveryMs, shell.interrupted);
  }
}

/** The instant of --now; null: there is none, and whoever answers looks at the clock when it is their turn. */
export function askedInstant(shell: Shell, plan: Plan, text: string | undefined): Result<Instant | null> {
  return text === undefined ? { ok: true, value: null } : instantOf(shell, plan, text);
}

/** The instant of --now in the project's zone, else the clock's. */
export function instantOf(shell: Shell, plan: Plan, text: string | undefined): Result<Instant> {
  return text === undefined ? { ok: true, value: shell.clock.now() } : parseInstant(text, plan.project.zone);
}
