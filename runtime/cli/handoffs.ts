// cadenza handoffs: what teams are asked to do, and what is done.

import { type HandOff, printable } from "../index.ts";
import type { Define } from "./command.ts";
import { instantOf, withEngine } from "./engine.ts";
import { type ExitCode, instantText, plural, type ProjectOptions, type Shell, whoOf, withValue } from "./shell.ts";
import { table } from "./table.ts";

interface HandOffOptions extends ProjectOptions {
  readonly done?: string;
  readonly by?: string;
  readonly all?: boolean;
}

export const handOffsCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("handoffs"))
    .description("people whom programs have handed to teams, and which of those are done")
    .option("--all", "those that are done too")
    .option("--done <id>", "say that one is done")
    .option("--by <name>", "who has done it (default: the user of the system)")
    .option("--now <time>", "when it was done (default: the clock)")
    .option("--json", "print JSON")
    .action((options: HandOffOptions) => finish(handOffs(shell, options)));
};

function handOffs(shell: Shell, options: HandOffOptions): Promise<ExitCode> {
  return withEngine(shell, options, { needsDatabase: true }, ({ engine, plan }) =>
    withValue(shell, instantOf(shell, plan, options.now), async (at) => {
      if (options.done === undefined) {
        return withValue(shell, await engine.handOffs({ isAll: options.all === true }), (found) => {
          shell.out(
            options.json
              ? `${JSON.stringify(found.map(handOffJson), null, 2)}\n`
              : listText(found, options.all === true),
          );
          return 0;
        });
      }
      const by = whoOf(shell, options.by);
      return withValue(shell, await engine.closeHandOff({ id: options.done, by, at }), (closed) => {
        shell.out(options.json ? `${JSON.stringify(handOffJson(closed), null, 2)}\n` : `${doneText(closed)}\n`);
        return 0;
      });
    }),
  );
}

const iso = (instant: number) => new Date(instant).toISOString();

function handOffJson({ at, done, ...rest }: HandOff) {
  return { ...rest, at: iso(at), done: done && { ...done, at: iso(done.at) } };
}

const doneText = ({ id, team, contact, done }: HandOff): string =>
  printable(
    `${id}: ${contact} was taken care of for ${team} by ${done?.by ?? ""}, ${done ? instantText(done.at) : ""}.`,
  );

function listText(found: readonly HandOff[], isAll: boolean): string {
  const rows = found.map(({ id, at, team, contact, program, note, done }) => [
    id,
    instantText(at),
    team,
    contact,
    program,
    note ?? "",
    ...(isAll ? [done ? `${done.by}, ${instantText(done.at)}` : "open"] : []),
  ]);
  const head = ["id", "since", "team", "contact", "program", "note", ...(isAll ? ["done"] : [])];
  const count = `${plural(found.length, isAll ? "hand-off" : "open hand-off")}\n`;
  return found.length === 0 ? count : `${table(head, rows)}${count}`;
}
