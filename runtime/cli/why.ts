// cadenza why: why a person is in a segment or a program, or was sent an email.

import {
  type AskedWhy,
  askedSegment,
  askedWhy,
  failure,
  renderPretty,
  renderWhy,
  renderWhyEmail,
  renderWhyProgram,
  whyEmailJson,
  whyJson,
  whyProgramJson,
} from "../index.ts";
import type { Define } from "./command.ts";
import { type Compiled, instantOf, type Opened, withOpened, withPlan } from "./engine.ts";
import { type ExitCode, type ProjectOptions, report, type Shell, withValue } from "./shell.ts";

export const whyCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("why"))
    .argument("<contact>", "the contact's key")
    .argument(
      "<name...>",
      "a segment ('Quiet(60d)' where it takes arguments), a program or an email; or its kind first: program NAME",
    )
    .description("why a person is in a segment or a program or not, or was sent an email or not")
    .option("--now <time>", "the instant (default: the clock)")
    .option("--json", "print JSON")
    .option("--as-test", "what became of the person as a `test` block that passes")
    .action((contact: string, name: readonly string[], options: WhyOptions) =>
      finish(
        withPlan(shell, options, (compiled) =>
          withValue(shell, askedWhy(compiled.plan, name), (asked) =>
            asked.kind === "segment"
              ? whySegment(shell, { ...asked, contact, options }, compiled)
              : whyCourse(shell, { ...asked, contact, options }, compiled),
          ),
        ),
      ),
    );
};

interface WhyOptions extends ProjectOptions {
  readonly asTest?: boolean;
}

interface Asked extends AskedWhy {
  readonly contact: string;
  readonly options: WhyOptions;
}

function whySegment(
  shell: Shell,
  { contact, name, options }: Asked,
  { folder, plan: own }: Compiled,
): Promise<ExitCode> {
  if (options.asTest) return Promise.resolve(report(shell, failure("F503", { kind: "segment" })));
  return withValue(shell, askedSegment(folder, own, name), (asked) => {
    if (asked.kind === "wrong arguments") {
      shell.err(renderPretty(asked.diagnostics, asked.sources));
      return 2;
    }
    const { plan, id } = asked;
    return withOpened(shell, { folder, plan, options, choices: { needsDatabase: true } }, ({ engine }) =>
      withValue(shell, instantOf(shell, plan, options.now), async (at) =>
        withValue(shell, await engine.why(contact, id, at), (found) => {
          const answer = { ...found, segment: asked.name };
          return print(shell, options, whyJson(answer), renderWhy(answer, plan));
        }),
      ),
    );
  });
}

function whyCourse(shell: Shell, asked: Asked, compiled: Compiled): Promise<ExitCode> {
  const { options } = asked;
  return withOpened(shell, { ...compiled, options, choices: { needsDatabase: true } }, async (opened) => {
    if (options.asTest) {
      const { kind, name, contact } = asked;
      const made = await opened.engine.asTest({ folder: compiled.folder, contact, asked: { kind, name } });
      return withValue(shell, made, (test) => print(shell, options, test, test.text));
    }
    return withValue(shell, instantOf(shell, compiled.plan, options.now), (at) => answer(shell, asked, opened, at));
  });
}

async function answer(shell: Shell, asked: Asked, { engine, plan }: Opened, at: number): Promise<ExitCode> {
  const { contact, name, options } = asked;
  if (asked.kind === "program") {
    return withValue(shell, await engine.whyProgram(contact, name, at), (found) =>
      print(shell, options, whyProgramJson(found), renderWhyProgram(found, plan)),
    );
  }
  return withValue(shell, await engine.whyEmail(contact, name, at), (found) =>
    print(shell, options, whyEmailJson(found), renderWhyEmail(found, plan)),
  );
}

function print(shell: Shell, { json }: ProjectOptions, answered: object, text: string): ExitCode {
  shell.out(json ? `${JSON.stringify(answered, null, 2)}\n` : text);
  return 0;
}
