// cadenza restore: a backup is put back.

import { resolve } from "node:path";
import { connect, failure, printable, type Restored, restore } from "../index.ts";
import type { Define } from "./command.ts";
import { stateFolder, withPlan } from "./engine.ts";
import { type ExitCode, instantText, plural, type ProjectOptions, report, type Shell, withValue } from "./shell.ts";

export const restoreCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("restore"))
    .argument("<file>", "a backup of this project")
    .description("put a backup in the place of the database, which is kept beside it")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nThe engine must not run. Mails that were due since the backup are looked up before any goes out.\n\nExample:\n  cadenza restore /backups/acme-2026-03-02.backup\n",
    )
    .action((file: string, options: ProjectOptions) => finish(putBack(shell, file, options)));
};

function putBack(shell: Shell, given: string, options: ProjectOptions): Promise<ExitCode> {
  return withPlan(shell, options, async ({ folder, plan }) => {
    const state = stateFolder(folder.root);
    const running = await connect({ plan, folder: state, uid: shell.uid, version: shell.version });
    if (!running.ok) return report(shell, running.failure);
    if (running.value !== null) {
      await running.value.close();
      return report(shell, failure("F485", { what: "restore" }));
    }
    const request = { plan, database: { folder: state }, clock: shell.clock };
    return withValue(shell, await restore(request, { file: resolve(shell.cwd, given) }), (done) => {
      shell.out(options.json ? `${JSON.stringify(jsonOf(done), null, 2)}\n` : textOf(done, given));
      return 0;
    });
  });
}

const jsonOf = ({ at, unread, ...done }: Restored) => ({
  ...done,
  at: new Date(at).toISOString(),
  unread: unread === null ? null : { code: unread.code, text: unread.text },
});

function textOf(done: Restored, given: string): string {
  const { project, at, kept, unread, consents, suppressions, told, doubted } = done;
  const lines = [`\`${project}\` is as of ${instantText(at)} again, from ${printable(given)}.`];
  if (kept !== null) lines.push(`What was there is kept as ${printable(kept)}; remove it once nobody needs it.`);
  if (unread !== null) lines.push(`Nothing could be taken over from it (${unread.code}): ${printable(unread.text)}`);
  else if (kept !== null)
    lines.push(
      `Taken over from it: ${plural(consents, "word")} of consent, ${plural(suppressions, "suppression")}, and that ${plural(told, "mail")} had been handed over since.`,
    );
  lines.push(
    doubted > 0
      ? `${plural(doubted, "mail")} that were under way, and what was due since, will be looked up before anything goes out.`
      : "Mails that were due since will be looked up before they go out.",
  );
  return `${lines.join("\n")}\n`;
}
