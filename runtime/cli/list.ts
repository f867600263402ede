// cadenza list: who is in a hand-kept list, and who is put in or taken out.

import type { Command } from "commander";
import type { Instant, ListChange, ListChanged, ListView } from "../index.ts";
import type { Define } from "./command.ts";
import { instantOf, type Opened, withEngine } from "./engine.ts";
import { keysGiven } from "./keys-given.ts";
import { type ExitCode, instantText, plural, type ProjectOptions, type Shell, whoOf, withValue } from "./shell.ts";
import { table } from "./table.ts";

interface ListOptions extends ProjectOptions {
  readonly by?: string;
  readonly file?: string;
}
interface Asked {
  readonly kind: ListChange["kind"];
  readonly list: string;
  readonly contacts: readonly string[];
}

const contactsHelp = "keys of contacts; `-` reads them from the standard input, one on each line";

export const listCommand: Define = (program, { shell, withProject, finish }) => {
  const list = program.command("list").description("keep a list by hand: add, remove, clear, show");
  const withOptions = (command: Command) =>
    withProject(command).option("--now <time>", "the instant (default: the clock)").option("--json", "print JSON");
  const withContacts = (command: Command) =>
    withOptions(command)
      .argument("<list>", "a list of the project")
      .argument("[contact...]", contactsHelp)
      .option("--file <file>", "keys of contacts from a file, one on each line");
  withContacts(list.command("add"))
    .description("put contacts into a list")
    .option("--by <name>", "who does it (default: the user of the system)")
    .action((name: string, contacts: readonly string[], options: ListOptions) =>
      finish(change(shell, { kind: "add", list: name, contacts }, options)),
    );
  withContacts(list.command("remove"))
    .description("take contacts out of a list")
    .action((name: string, contacts: readonly string[], options: ListOptions) =>
      finish(change(shell, { kind: "remove", list: name, contacts }, options)),
    );
  withOptions(list.command("clear"))
    .argument("<list>", "a list of the project")
    .description("take everyone out of a list")
    .action((name: string, options: ListOptions) =>
      finish(change(shell, { kind: "clear", list: name, contacts: [] }, options)),
    );
  withOptions(list.command("show"))
    .argument("<list>", "a list of the project")
    .description("who is in a list, since when and from where")
    .action((name: string, options: ListOptions) => finish(show(shell, name, options)));
};

/** Opens the database and hands over the instant. */
function within(
  shell: Shell,
  options: ListOptions,
  next: (opened: Opened, at: Instant) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withEngine(shell, options, { needsDatabase: true }, (opened) =>
    withValue(shell, instantOf(shell, opened.plan, options.now), (at) => next(opened, at)),
  );
}

async function change(shell: Shell, { kind, list, contacts }: Asked, options: ListOptions): Promise<ExitCode> {
  const keys =
    kind === "clear" ? { ok: true as const, value: [] } : await keysGiven(shell, { contacts, file: options.file });
  return withValue(shell, keys, (given) =>
    within(shell, options, async ({ engine }, at) => {
      const by = whoOf(shell, options.by);
      const done = await engine.keepList({ list, at, ...changeOf(kind, given, by) });
      return withValue(shell, done, (made) => {
        shell.out(options.json ? changedJson(kind, made, at) : changedText(kind, made));
        return 0;
      });
    }),
  );
}

function changeOf(kind: ListChange["kind"], contacts: readonly string[], by: string) {
  if (kind === "clear") return { kind };
  return kind === "add" ? { kind, contacts, by } : { kind, contacts };
}

function changedJson(kind: ListChange["kind"], { list, ...counts }: ListChanged, at: Instant): string {
  return `${JSON.stringify({ list, change: kind, now: new Date(at).toISOString(), ...counts })}\n`;
}

function changedText(kind: ListChange["kind"], { list, changed, unchanged, members }: ListChanged): string {
  const number = (count: number) => count.toLocaleString("en-US");
  const done = kind === "add" ? `added to ${list}` : `removed from ${list}`;
  const already = kind === "add" ? "in it already" : "not in it";
  const rest = unchanged === 0 ? "" : `, ${number(unchanged)} ${unchanged === 1 ? "was" : "were"} ${already}`;
  return `${number(changed)} ${done}${rest}: ${plural(members, "member")} now.\n`;
}

function show(shell: Shell, name: string, options: ListOptions): Promise<ExitCode> {
  return within(shell, options, async ({ engine }, at) =>
    withValue(shell, await engine.list(name, at), (view) => {
      shell.out(options.json ? listJson(view, at) : listText(view));
      return 0;
    }),
  );
}

function listJson({ list, count, members }: ListView, at: Instant): string {
  const iso = (instant: Instant) => new Date(instant).toISOString();
  const shown = members.map((member) => ({ ...member, since: iso(member.since) }));
  return `${JSON.stringify({ list, now: iso(at), count, members: shown })}\n`;
}

function listText({ list, count, members }: ListView): string {
  const rows = members.map(({ key, since, source }) => [key, instantText(since), source]);
  return `${count === 0 ? "" : table(["contact", "since", "from"], rows)}${plural(count, "member")} of ${list}\n`;
}
