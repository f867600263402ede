// cadenza show: members and SQL of a segment, all segments, the steps of a program, all that is known of a contact.

import type { Command } from "commander";
import type { ArmsView, ContactView, Instant, Plan, Program, Result } from "../index.ts";
import { askedSegment, printable, programNamed, renderPretty, segmentSql, statementsOf } from "../index.ts";
import type { Define } from "./command.ts";
import { armsJson, armsText } from "./arms-text.ts";
import { askIfThere, type Compiled, instantOf, withEngine, withOpened, withPlan } from "./engine.ts";
import { showProfile } from "./profile.ts";
import { type ExitCode, instantText, plural, type ProjectOptions, type Shell, withValue } from "./shell.ts";
import { showAside } from "./show-aside.ts";
import { showSegments } from "./show-segments.ts";
import { table } from "./table.ts";

interface SegmentOptions extends ProjectOptions {
  readonly sql?: boolean;
  readonly count?: boolean;
  readonly sample?: string;
}
interface ProgramOptions extends ProjectOptions {
  readonly steps?: boolean;
  readonly sql?: boolean;
}

export const showCommand: Define = (program, definition) => {
  const { shell, withDatabase, finish } = definition;
  const show = program.command("show").description("show a segment, a program, a contact or the data");
  const timed = (command: Command) =>
    withDatabase(command).option("--now <time>", "the instant (default: the clock)").option("--json", "print JSON");
  timed(show.command("segment"))
    .argument("<name>", "a segment, with arguments where the project uses it with some: 'Quiet(60d)'")
    .description("who is in a segment")
    .option("--sql", "the SQL that decides it, with its parameters")
    .option("--count", "only how many")
    .option("--sample <n>", "only the first n by key")
    .action((name: string, options: SegmentOptions) => finish(showSegment(shell, name, options)));
  timed(show.command("segments"))
    .description("all segments: how many are in each, who came and went, what judging it takes")
    .action((options: ProjectOptions) => finish(showSegments(shell, options)));
  timed(show.command("program"))
    .argument("<name>", "a program")
    .description("how a program was compiled, and how its arms do")
    .option("--steps", "its steps, and who goes where (default without --sql)")
    .option("--sql", "the statements that run it")
    .action((name: string, options: ProgramOptions) => finish(showProgram(shell, name, options)));
  timed(show.command("contact"))
    .argument("<key>", "the contact's key")
    .description("a person's fields, scores, stages, segments and programs")
    .action((key: string, options: ProjectOptions) => finish(showContact(shell, key, options)));
  timed(show.command("data"))
    .description("what is known: of each field, event, list and topic how much, and how old")
    .action((options: ProjectOptions) => finish(showProfile(shell, options)));
  withDatabase(show.command("aside"))
    .description("messages that came in over HTTP and could not be taken in, by name and reason")
    .option("--json", "print JSON")
    .action((options: ProjectOptions) => finish(showAside(shell, options)));
};

async function showSegment(shell: Shell, name: string, options: SegmentOptions): Promise<ExitCode> {
  const limit = options.sample === undefined ? undefined : Number(options.sample);
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    shell.err(`--sample takes a whole number above 0, not \`${options.sample}\`.\n`);
    return 2;
  }
  return withPlan(shell, options, ({ folder, plan: own }) =>
    withValue(shell, askedSegment(folder, own, name), (asked) => {
      if (asked.kind === "wrong arguments") {
        shell.err(renderPretty(asked.diagnostics, asked.sources));
        return 2;
      }
      const { plan, id } = asked;
      if (options.sql) return segmentText(shell, plan, id, options);
      return withOpened(shell, { folder, plan, options, choices: { needsDatabase: true } }, ({ engine }) =>
        withValue(shell, instantOf(shell, plan, options.now), async (at) => {
          const wanted = options.count ? 0 : limit;
          const limits = wanted === undefined ? {} : { limit: wanted };
          // What the project itself does not use is not stored for it.
          const found = await engine.evaluate(id, { at, ...limits, isApart: plan !== own });
          return withValue(shell, found, (members) =>
            membersText(shell, options, { ...members, at, name: asked.name }),
          );
        }),
      );
    }),
  );
}

interface ShownMembers {
  readonly name: string;
  readonly at: Instant;
  readonly count: number;
  readonly members: readonly string[];
}

function membersText(shell: Shell, options: SegmentOptions, { name, at, count, members }: ShownMembers): ExitCode {
  const now = new Date(at).toISOString();
  if (options.json) shell.out(`${JSON.stringify({ segment: name, now, count, members })}\n`);
  else if (options.count) shell.out(`${count}\n`);
  else shell.out(`${members.map((key) => `${printable(key)}\n`).join("")}${plural(count, "member")} of ${name}\n`);
  return 0;
}

function segmentText(shell: Shell, plan: Plan, id: string, options: SegmentOptions): Promise<ExitCode> | ExitCode {
  return withValue(shell, instantOf(shell, plan, options.now), (at) =>
    withValue(shell, segmentSql(plan, id, at), (sql) => {
      shell.out(options.json ? `${JSON.stringify(sql)}\n` : sqlText(sql));
      return 0;
    }),
  );
}

function sqlText(sql: { readonly text: string; readonly params: Readonly<Record<string, string>> }): string {
  const params = Object.entries(sql.params).map(([name, value]) => `-- $${name} = ${value}\n`);
  return `${params.join("")}${sql.text.trimEnd()}\n`;
}

async function showProgram(shell: Shell, name: string, options: ProgramOptions): Promise<ExitCode> {
  return withPlan(shell, options, ({ folder, plan }) =>
    withValue(shell, programNamed(plan, name), async (program): Promise<ExitCode> => {
      const statements = options.sql ? await statementsOf(plan, program) : [];
      const divides = !options.sql && program.steps.some(({ kind }) => kind === "divide");
      const asked = divides ? await armsNow(shell, { folder, plan, options }, program.name) : nothingKnown;
      return withValue(shell, asked, (arms) => {
        const parts = [
          ...(options.steps || !options.sql ? [stepsText(program) + armsText(arms ?? [])] : []),
          ...statements.map(({ title, sql }) => `-- ${title}\n${sqlText(sql)}`),
        ];
        const shown = {
          ...program,
          ...(options.sql ? { statements } : {}),
          ...(arms === null ? {} : { arms: armsJson(arms) }),
        };
        shell.out(options.json ? `${JSON.stringify(shown, null, 2)}\n` : parts.join("\n"));
        return 0;
      });
    }),
  );
}

const nothingKnown: Result<readonly ArmsView[] | null> = { ok: true, value: null };

async function armsNow(
  shell: Shell,
  { folder, plan, options }: Compiled & { readonly options: ProgramOptions },
  program: string,
): Promise<Result<readonly ArmsView[] | null>> {
  const at = instantOf(shell, plan, options.now);
  return at.ok ? askIfThere(shell, { folder, plan, options }, (engine) => engine.arms(program, at.value)) : at;
}

function nextText(step: Program["steps"][number]): string {
  const go = (next: number | null) => (next === null ? "end" : String(next + 1));
  switch (step.kind) {
    case "continue in":
      return `in ${step.program}`;
    case "stop":
    case "held out":
      return "ends";
    case "divide":
      return step.arms.map(({ name, share, next }) => `${name ?? "arm"} ${share}% ${go(next)}`).join(", ");
    case "choose":
      return [...step.branches.map(({ next }) => `then ${go(next)}`), `otherwise ${go(step.otherwise)}`].join(", ");
    case "wait for":
      return `then ${go(step.then)}, otherwise ${go(step.otherwise)}, skipped ${go(step.next)}`;
    default:
      return go(step.next);
  }
}

function stepsText(program: Program): string {
  const head = [program.name, ...(program.why ? [`  why: ${program.why}`] : [])];
  if (program.owner) head.push(`  owner: ${program.owner}`);
  const rows = program.steps.map((step, index) => [String(index + 1), step.kind, step.title, nextText(step), step.id]);
  return `${head.join("\n")}\n${table(["", "kind", "step", "next", "id"], rows)}`;
}

async function showContact(shell: Shell, key: string, options: ProjectOptions): Promise<ExitCode> {
  return withEngine(shell, options, { needsDatabase: true }, ({ engine, plan }) =>
    withValue(shell, instantOf(shell, plan, options.now), async (at) =>
      withValue(shell, await engine.contact(key, at), (view) => {
        shell.out(options.json ? `${JSON.stringify(contactJson(view), null, 2)}\n` : contactText(view));
        return 0;
      }),
    ),
  );
}

/** Every instant as ISO 8601 in UTC, as the datetime fields are. */
function contactJson({ enrollments, ...rest }: ContactView) {
  const iso = (instant: Instant) => new Date(instant).toISOString();
  return {
    ...rest,
    enrollments: enrollments.map(({ startedAt, leftAt, ...enrollment }) => ({
      ...enrollment,
      startedAt: iso(startedAt),
      leftAt: leftAt === null ? null : iso(leftAt),
    })),
  };
}

function contactText(view: ContactView): string {
  const rows = (values: ContactView["fields"]) =>
    Object.entries(values).map(([name, value]) => [name, value === null ? "unknown" : String(value)]);
  const derived = rows(view.derived);
  const programs = view.enrollments.map((enrollment) => [
    enrollment.program,
    instantText(enrollment.startedAt),
    enrollment.leftAt === null ? `at ${enrollment.step ?? "?"}` : `left: ${enrollment.reason ?? "?"}`,
  ]);
  const parts = [table(["field", "value"], rows(view.fields))];
  if (derived.length > 0) parts.push(`\n${table(["derived field", "value"], derived)}`);
  const scores = Object.entries(view.scores).map(([name, value]) => [name, String(value)]);
  const stages = Object.entries(view.stages).map(([name, stage]) => [name, stage ?? "unknown"]);
  if (scores.length > 0) parts.push(`\n${table(["score", "points"], scores)}`);
  if (stages.length > 0) parts.push(`\n${table(["funnel", "stage"], stages)}`);
  parts.push(`\nin segments: ${view.segments.length > 0 ? view.segments.join(", ") : "none"}\n`);
  if (programs.length > 0) parts.push(`\n${table(["program", "started", "now"], programs)}`);
  return parts.join("");
}
