// cadenza show aside: what came in over HTTP and could not be taken in.

import { printable } from "../index.ts";
import { withEngine } from "./engine.ts";
import { type ExitCode, instantText, plural, type ProjectOptions, type Shell, withValue } from "./shell.ts";
import { table } from "./table.ts";

export function showAside(shell: Shell, options: ProjectOptions): Promise<ExitCode> {
  return withEngine(shell, options, { needsDatabase: true }, async ({ engine }) =>
    withValue(shell, await engine.aside(), (found) => {
      const all = found.reduce((sum, { messages }) => sum + messages, 0);
      const rows = found.map(({ name, reason, messages, last }) => [
        messages.toLocaleString("en-US"),
        printable(name),
        printable(reason),
        instantText(last),
      ]);
      const listed = rows.length === 0 ? "" : table(["messages", "name", "why", "last"], rows);
      const json = found.map((one) => ({ ...one, last: new Date(one.last).toISOString() }));
      shell.out(
        options.json ? `${JSON.stringify(json, null, 2)}\n` : `${listed}${plural(all, "message")} kept aside\n`,
      );
      return 0;
    }),
  );
}
