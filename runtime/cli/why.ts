// cadenza why: why a person is in a segment, or not.

import { askedSegment, failure, programNamed, renderPretty, renderWhy, whyJson } from "../index.ts";
import type { Define } from "./command.ts";
import { type Compiled, instantOf, withOpened, withPlan } from "./engine.ts";
import { type ExitCode, type ProjectOptions, report, type Shell, withValue } from "./shell.ts";

interface Asked {
  readonly contact: string;
  readonly name: string;
}

export const whyCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("why"))
    .argument("<contact>", "the contact's key")
    .argument("<segment>", "a segment, with arguments where it takes some: 'Quiet(60d)'")
    .description("why a person is in a segment, or not")
    .option("--now <time>", "the instant (default: the clock)")
    .option("--json", "print JSON")
    .action((contact: string, name: string, options: ProjectOptions) => finish(why(shell, { contact, name }, options)));
};

async function why(shell: Shell, { contact, name }: Asked, options: ProjectOptions): Promise<ExitCode> {
  return withPlan(shell, options, ({ folder, plan: own }) => {
    const segment = askedSegment(folder, own, name);
    const other = segment.ok && segment.value.kind === "segment" ? null : otherKind(own, name);
    if (other !== null) return report(shell, failure("F133", { kind: other, name }));
    return withValue(shell, segment, (asked) => {
      if (asked.kind === "wrong arguments") {
        shell.err(renderPretty(asked.diagnostics, asked.sources));
        return 2;
      }
      const { plan, id } = asked;
      return withOpened(shell, { folder, plan, options, choices: { needsDatabase: true } }, ({ engine }) =>
        withValue(shell, instantOf(shell, plan, options.now), async (at) =>
          withValue(shell, await engine.why(contact, id, at), (found) => {
            const answer = { ...found, segment: asked.name };
            shell.out(options.json ? `${JSON.stringify(whyJson(answer), null, 2)}\n` : renderWhy(answer, plan));
            return 0;
          }),
        ),
      );
    });
  });
}

function otherKind(plan: Compiled["plan"], name: string): "program" | "email" | null {
  if (programNamed(plan, name).ok) return "program";
  return plan.emails.some((email) => email.name.toLowerCase() === name.toLowerCase()) ? "email" : null;
}
