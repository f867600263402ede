// A person's history as a `test` block that reproduces what became of her in a program, or of her with an email: told from the
// rows, tried out by the engine of tests, and then with as few facts as do.

import type { Plan } from "../compiler/ir/plan.ts";
import type { AskedWhy } from "./asked-why.ts";
import { openEngine } from "./engine/engine.ts";
import { failure } from "./failures/failures.ts";
import { formatSource } from "./sources/format-source.ts";
import type { Database, Failure, Result } from "./ports.ts";
import type { ProjectFolder } from "./sources/project.ts";
import { compileProjectTests, runTests } from "./sources/testing.ts";
import { expectedOf, type Expecting } from "./why/expected.ts";
import { type Fact, historyOf, storyOf, type Told } from "./why/history.ts";
import { calledIn, testText, type Writing } from "./why/test-text.ts";
import { programNamed } from "./sources/project-plan.ts";

export interface AsTestRequest {
  /** The sources that the test is to run with. */
  readonly folder: ProjectFolder;
  readonly contact: string;
  /** A program or an email. */
  readonly asked: AskedWhy;
}

export interface AsTest {
  /** The block, in the canonical layout. */
  readonly text: string;
  readonly title: string;
  /** How many facts are known of the person, and how many of them the test says. */
  readonly known: number;
  readonly said: number;
}

const path = "why.cdz";

/** F117 and F118 where there is no such program, email or contact, F501 where a test does not bring about the same, F502 where nothing is applied. */
export async function asTest(database: Database, request: AsTestRequest): Promise<Result<AsTest>> {
  const { contact: key, folder } = request;
  const engine = await openEngine(database);
  if (engine === null) return refused(failure("F502", {}));
  const { plan, calendar } = engine;
  const programs = programsAsked(plan, request.asked);
  if (!programs.ok) return programs;
  const found = await database.transaction(async (session) => {
    const history = await historyOf(session, plan, key);
    if (history === null) return null;
    const expecting: Expecting = {
      session,
      plan,
      key,
      programs: programs.value,
      email: emailAsked(plan, request.asked),
    };
    return {
      history,
      story: await storyOf(session, key, programs.value),
      expected: await expectedOf(expecting, history.start),
    };
  });
  if (found === null) return refused(failure("F118", { key }));
  const { history, story, expected } = found;
  const title = `${calledIn(history)} and ${request.asked.name}`;
  const { address } = plan.catalog.contact;
  const writing: Writing = { calendar, history, title, address, expected };
  const tries = (facts: readonly Fact[]) =>
    tried({ folder, writing, key: keyIn(writing), programs: programs.value, story }, facts);
  // An address of nobody does as well, but for rules that read it.
  const [made, first] = await firstThat(
    [{ ...history, facts: history.facts.map(withoutAddress(writing)) }, history],
    (one) => tries(one.facts),
  );
  if (first !== null) return refused(failure("F501", { reason: first }));
  const isStart = startEvents(plan, programs.value);
  // Where nothing was written down, what might have started the person says the most.
  const needed = story.length > 0 ? [] : made.facts.filter((fact) => fact.kind === "event" && isStart.has(fact.event));
  const others = made.facts.filter((fact) => !needed.includes(fact));
  const kept = await fewest(others, async (some) => (await tries(inOrder(made.facts, [...needed, ...some]))) === null);
  const facts = inOrder(made.facts, [...needed, ...kept]);
  const { text } = formatSource({ path, text: testText(writing, facts) });
  return { ok: true, value: { text, title, known: made.facts.length, said: facts.length } };
}

const refused = (reason: Failure): { readonly ok: false; readonly failure: Failure } => ({
  ok: false,
  failure: reason,
});

/** The first value of which nothing is wrong; else the last, with what is. */
async function firstThat<T>(
  values: readonly [T, ...T[]],
  wrong: (value: T) => Promise<string | null>,
): Promise<[T, string | null]> {
  const [value, next, ...rest] = values;
  const found = await wrong(value);
  return found === null || next === undefined ? [value, found] : firstThat([next, ...rest], wrong);
}

const withoutAddress =
  ({ history, address }: Writing) =>
  (fact: Fact): Fact =>
    fact.kind === "field" && fact.field.name === address && fact.value !== null
      ? { ...fact, value: `${calledIn(history)}@test.example` }
      : fact;

/** The key of a person in a test is the name, unless it is given. */
const keyIn = ({ history }: Writing): string => calledIn(history);

const inOrder = (all: readonly Fact[], some: readonly Fact[]): readonly Fact[] =>
  all.filter((fact) => some.includes(fact));

function programsAsked(plan: Plan, { kind, name }: AskedWhy): Result<readonly string[]> {
  if (kind !== "email") {
    const program = programNamed(plan, name);
    return program.ok ? { ok: true, value: [program.value.name] } : program;
  }
  const email = emailAsked(plan, { kind, name });
  if (email === null) return refused(failure("F117", { kind: "email", name, near: null }));
  const sends = plan.programs.filter(({ steps }) => steps.some((step) => step.kind === "send" && step.email === email));
  return { ok: true, value: sends.map((program) => program.name) };
}

function emailAsked(plan: Plan, { kind, name }: AskedWhy): string | null {
  if (kind !== "email") return null;
  return plan.emails.find((email) => email.name.toLowerCase() === name.toLowerCase())?.name ?? null;
}

function startEvents(plan: Plan, programs: readonly string[]): ReadonlySet<string> {
  const own = plan.programs.filter(({ name }) => programs.includes(name));
  return new Set(own.flatMap(({ triggers }) => triggers.flatMap((one) => (one.kind === "event" ? [one.event] : []))));
}

interface Trying {
  readonly folder: ProjectFolder;
  readonly writing: Writing;
  readonly key: string;
  readonly programs: readonly string[];
  readonly story: readonly Told[];
}

/** null where the test passes and the same is written down as happened; else why not. */
async function tried(
  { folder, writing, key, programs, story }: Trying,
  facts: readonly Fact[],
): Promise<string | null> {
  const text = testText(writing, facts);
  const { suite, diagnostics, sources } = compileProjectTests({
    ...folder,
    sources: [...folder.sources, { path, text }],
  });
  const mine = suite?.tests.filter(({ span }) => span.file === path) ?? [];
  const [test] = mine;
  const wrong = diagnostics.find(({ span, severity }) => span.file === path && severity === "error");
  if (!suite || !test) return wrong?.text ?? "the project has errors";
  let told: readonly Told[] = [];
  const report = await runTests({
    suite,
    tests: mine,
    sources,
    hasCoverage: false,
    stopwatch: () => 0,
    lanes: 1,
    onEnd: async (world) => {
      told = await storyOf(world.bench.database, key, programs);
    },
  });
  if (!report.ok) return report.failure.text;
  const [finding] = report.value.results.flatMap(({ findings }) => findings);
  if (finding) return findingText(finding);
  const differs = story.findIndex((line, index) => JSON.stringify(line) !== JSON.stringify(told[index]));
  if (differs === -1 && told.length === story.length) return null;
  const line = story[differs === -1 ? story.length : differs];
  return line
    ? `${line.step ?? line.program} was ${line.outcome}, and in the test it is not`
    : "more happens in the test";
}

function findingText(finding: { readonly kind: string; readonly seen?: string; readonly reason?: string }): string {
  return finding.seen ?? finding.reason ?? "the test stopped";
}

/** As few as do: none of them can be left out alone. */
async function fewest(
  facts: readonly Fact[],
  isEnough: (some: readonly Fact[]) => Promise<boolean>,
): Promise<readonly Fact[]> {
  const needed = async (some: readonly Fact[], kept: readonly Fact[]): Promise<readonly Fact[]> => {
    if (some.length === 0 || (await isEnough(kept))) return [];
    if (some.length === 1) return some;
    const middle = Math.ceil(some.length / 2);
    const [left, right] = [some.slice(0, middle), some.slice(middle)];
    const ofLeft = await needed(left, [...kept, ...right]);
    const ofRight = await needed(right, [...kept, ...ofLeft]);
    return [...ofLeft, ...ofRight];
  };
  return needed(facts, []);
}
