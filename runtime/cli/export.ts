// cadenza export: a person's own data, all of it.

import { type PersonalRows, printable } from "../index.ts";
import type { Define } from "./command.ts";
import { withEngine } from "./engine.ts";
import { type ExitCode, type ProjectOptions, type Shell, withValue } from "./shell.ts";

export const exportCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("export"))
    .argument("<contact>", "the contact's key")
    .description("all that is kept of a person, for the person to have")
    .option("--json", "print JSON")
    .action((contact: string, options: ProjectOptions) => finish(exportOne(shell, contact, options)));
};

function exportOne(shell: Shell, contact: string, options: ProjectOptions): Promise<ExitCode> {
  return withEngine(shell, options, { needsDatabase: true }, async ({ engine }) =>
    withValue(shell, await engine.export(contact), (data) => {
      shell.out(options.json ? `${JSON.stringify(data, null, 2)}\n` : textOf(data));
      return 0;
    }),
  );
}

function textOf({ contact, tables }: PersonalRows): string {
  const sections = Object.entries(tables).map(([table, rows]) => {
    const shown = rows.map((row) =>
      Object.entries(row)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => `  ${name}: ${printable(Array.isArray(value) ? value.join(", ") : String(value))}\n`)
        .join(""),
    );
    return `${table}\n${shown.join("\n")}`;
  });
  return `${printable(contact)}\n\n${sections.join("\n")}`;
}
