// cadenza apply: makes the project live at an instant. On a terminal it shows the plan and asks first.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Applied, type ApplyRequest, failure, type Instant, type Result, systemReason } from "../index.ts";
import type { Define } from "./command.ts";
import { askedInstant, type Opened, withEngine } from "./engine.ts";
import { planText } from "./plan-text.ts";
import { type ExitCode, instantText, plural, type ProjectOptions, report, type Shell, withValue } from "./shell.ts";

interface ApplyOptions extends ProjectOptions {
  readonly yes?: boolean;
}

export const applyCommand: Define = (program, { shell, withDatabase, finish }) => {
  withDatabase(program.command("apply"))
    .argument("[file]", "a plan that `cadenza plan --out` saved: it is done as it says, or not at all")
    .description("make the project live: from now on its triggers start people")
    .option("--now <time>", "the instant (default: the clock)")
    .option("--json", "print what is live as JSON")
    .option("--yes", "do not show the plan and ask, as is done on a terminal where no file is named")
    .action((file: string | undefined, options: ApplyOptions) => finish(apply(shell, file, options)));
};

async function apply(shell: Shell, file: string | undefined, options: ApplyOptions): Promise<ExitCode> {
  return withValue(shell, savedIn(shell, file), (saved) =>
    withEngine(shell, options, {}, (opened) =>
      withValue(shell, askedInstant(shell, opened.plan, options.now), async (at) => {
        const asks = saved === null && !options.yes && !options.json && isWatched(shell);
        if (!asks) return made(shell, options, opened, { at, request: saved === null ? {} : { saved } });
        return withValue(
          shell,
          await opened.engine.foresee(at === null ? {} : { at }),
          async (found): Promise<ExitCode> => {
            shell.out(planText(found));
            if (found.refusal) return report(shell, { kind: "failure", ...found.refusal });
            if (found.isChanged && !(await isConfirmed(shell))) {
              shell.out("Nothing was changed.\n");
              return 1;
            }
            return made(shell, options, opened, { at, request: { seen: found.live } });
          },
        );
      }),
    ),
  );
}

interface Making {
  /** null: when it is done. */
  readonly at: Instant | null;
  readonly request: ApplyRequest;
}

async function made(shell: Shell, options: ApplyOptions, { engine, plan }: Opened, making: Making): Promise<ExitCode> {
  const applied = await engine.apply(making.at ?? undefined, making.request);
  return withValue(shell, applied, ({ version, isNew, at }: Applied) => {
    if (options.json) {
      const programs = plan.programs.map(({ name }) => name);
      shell.out(`${JSON.stringify({ version, isNew, at: new Date(at).toISOString(), programs })}\n`);
      return 0;
    }
    const what = isNew ? `Version ${version} is live` : `Version ${version} was live already`;
    shell.out(`${what} at ${instantText(at)}: ${plural(plan.programs.length, "program")}.\n`);
    return 0;
  });
}

function savedIn({ cwd }: Shell, file: string | undefined): Result<string | null> {
  if (file === undefined) return { ok: true, value: null };
  try {
    return { ok: true, value: readFileSync(resolve(cwd, file), "utf8") };
  } catch (error) {
    const reason = systemReason(error);
    const missing = reason === "ENOENT" ? failure("F101", { path: file }) : failure("F142", { path: file, reason });
    return { ok: false, failure: missing };
  }
}

const isWatched = ({ screen, streams }: Shell): boolean => screen.isTty && streams.stdin.isTTY === true;

/** Whether `yes` is typed; the end of the input, Ctrl-C and all else are no. */
export async function isConfirmed({
  out,
  streams,
  interrupted,
}: Pick<Shell, "out" | "streams" | "interrupted">): Promise<boolean> {
  out("Make it live? Type yes: ");
  const { stdin } = streams;
  const answer = await new Promise<string>((done) => {
    stdin.once("data", (chunk) => done(String(chunk)));
    stdin.once("end", () => done(""));
    interrupted.addEventListener("abort", () => done(""), { once: true });
  });
  stdin.pause();
  return answer.trim().toLowerCase() === "yes";
}
