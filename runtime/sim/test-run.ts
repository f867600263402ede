// One test from its first clause to its last.

import type { Atom } from "../../compiler/ir/atom.ts";
import type { Test, TestClause } from "../../compiler/ir/test.ts";
import type { Span } from "../../grammar/span.ts";
import type { GivenDraw } from "../engine/draws.ts";
import { pause, resume } from "../engine/pauses.ts";
import { request } from "../engine/requests.ts";
import { drawsSaid } from "./test-draws.ts";
import { Failed } from "../failures/failures.ts";
import type { Failure } from "../ports.ts";
import { clockOf, type Expectation, isInside, look } from "./test-expect.ts";
import { addCompany, addEvents, addPeople, addToList, changeContact, type Counts, say } from "./test-facts.ts";
import { forget } from "./test-forgotten.ts";
import { type Said, type Timeline, timelineOf } from "./test-timeline.ts";
import { begin, emptyWorld, moveTo, settle, type TestBench, type TestWorld } from "./test-world.ts";

export type TestFinding = { readonly span: Span } /** The world is not as expected; `seen` says how it is. */ & (
  | { readonly kind: "unexpected"; readonly at: string; readonly seen: string }
  /** A clause that cannot happen: what comes behind it was not run. */
  | { readonly kind: "impossible"; readonly reason: string }
  | { readonly kind: "failure"; readonly failure: Failure }
);

export interface TestOutcome {
  readonly findings: readonly TestFinding[];
  /** Of the people that a finding is about. */
  readonly timelines: readonly Timeline[];
}

export interface TestRequest {
  readonly test: Test;
  readonly atoms: readonly Atom[];
  /** The source text of a span. */
  readonly textOf: (span: Span) => string;
  /** Called behind each judgement. */
  readonly onJudged: ((world: TestWorld) => Promise<void>) | null;
  /** Called when the last clause has run. */
  readonly onEnd: ((world: TestWorld) => Promise<void>) | null;
}

interface Running {
  readonly request: TestRequest;
  readonly world: TestWorld;
  readonly counts: Counts;
  readonly said: Said[];
  readonly findings: TestFinding[];
  readonly draws: GivenDraw[];
  isBegun: boolean;
}

const history: ReadonlySet<TestClause["kind"]> = new Set([
  "people",
  "company",
  "mail fault",
  "in list",
  "consent",
  "held out",
  "gets arm",
]);
const isHistory = (clause: TestClause): boolean =>
  history.has(clause.kind) || (clause.kind === "happened" && clause.isHistory);

/** Never throws for a failure of the world: the test has failed then. */
export async function runTest(bench: TestBench, request: TestRequest): Promise<TestOutcome> {
  const { test } = request;
  const world = await emptyWorld(bench, test.start, request.onJudged);
  const running: Running = { request, world, counts: new Map(), said: [], findings: [], draws: [], isBegun: false };
  let last: Span = test.span;
  try {
    for (const clause of test.clauses) {
      last = clause.span;
      await runClause(running, clause);
      if (running.findings.at(-1)?.kind === "impossible") break;
      note(running, clause);
    }
    last = test.span;
    await start(running);
    await settle(world);
    await request.onEnd?.(world);
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    running.findings.push({ kind: "failure", span: last, failure: error.failure });
  }
  return { findings: running.findings, timelines: await timelines(running) };
}

async function start(running: Running): Promise<void> {
  if (running.isBegun) return;
  running.isBegun = true;
  await begin(running.world, running.draws);
}

const minuteMs = 60_000;

async function runClause(running: Running, clause: TestClause): Promise<void> {
  const { world, findings } = running;
  if (!isHistory(clause)) {
    await start(running);
    if (clause.at > world.at) await moveTo(world, clause.at);
  }
  const before = clause.at - minuteMs;
  switch (clause.kind) {
    case "people":
      return addPeople(world, clause);
    case "company":
      return addCompany(world, clause);
    case "mail fault":
      return world.mailer.fault(clause.person.id, clause.outcome, clause.times);
    case "in list":
      return addToList(world, clause, before);
    case "consent":
      return say(world, clause.person, clause.topic, clause.isAgreed, before);
    case "held out":
    case "gets arm":
      running.draws.push(...drawsSaid(world.bench.plan, clause));
      return;
    case "happened": {
      if (world.forgotten.has(clause.person.id)) return;
      const reason = await addEvents(world, clause, running.counts);
      if (reason !== null) findings.push({ kind: "impossible", span: clause.span, reason });
      if (!clause.isHistory) world.hasNews = true;
      return;
    }
    case "written":
      await changeContact(world, clause);
      world.hasNews = true;
      return;
    case "enters":
    case "is ejected from":
      return askByHand(running, clause);
    case "is forgotten":
      return forget(world, clause.person);
    case "pause":
    case "resume":
      await settle(world);
      await (clause.kind === "pause"
        ? pause(world.bench.database, clause.program, clause.at)
        : resume(world.bench.database, clause.program));
      world.hasNews = true;
      return;
    case "wait":
      return;
    default:
      return expect(running, clause);
  }
}

type ByHand = Extract<TestClause, { readonly kind: "enters" | "is ejected from" }>;

/** What is said of the same moment before has happened by then. */
async function askByHand({ world, findings }: Running, { kind, person, program, span }: ByHand): Promise<void> {
  await settle(world);
  const isEjected = kind === "is ejected from";
  if (isEjected && !(await isInside(world, person, program))) {
    findings.push({ kind: "impossible", span, reason: `${person.name} is not in ${program} then` });
    return;
  }
  if (world.forgotten.has(person.id)) {
    findings.push({ kind: "impossible", span, reason: `${person.name} was forgotten before` });
    return;
  }
  await request(world.bench.database, { kind: isEjected ? "eject" : "enroll", program, contacts: [person.id] });
  world.hasNews = true;
}

async function expect({ world, request, findings }: Running, clause: Expectation): Promise<void> {
  await settle(world);
  const seen = await look(world, clause, request.atoms);
  if (seen !== null) findings.push({ kind: "unexpected", span: clause.span, at: clockOf(world, world.at), seen });
}

/** Remembers what a clause says of somebody, in its own words. */
function note({ said, request }: Running, clause: TestClause): void {
  if (clause.kind.startsWith("expect") || !("person" in clause)) return;
  const words = request.textOf(clause.span).replaceAll(/\s+/g, " ");
  const text = words.replace(/^given mail to \w+/, "mail").replace(/^(given|when) \w+ /, "");
  const at = clause.kind === "happened" ? clause.occurredAt : clause.at;
  const late = clause.kind === "happened" && !clause.isHistory && at < clause.at ? " (told later)" : "";
  said.push({ person: clause.person.name, at, text: `${text}${late}` });
}

async function timelines({ request, world, findings, said }: Running): Promise<readonly Timeline[]> {
  const spans = new Set(findings.map(({ span }) => span));
  const people = request.test.clauses.flatMap((clause) =>
    spans.has(clause.span) && "person" in clause ? [clause.person] : [],
  );
  const shown = [...new Map(people.map((person) => [person.name, person])).values()];
  const found: Timeline[] = [];
  for (const person of shown) found.push(await timelineOf(world, person, said));
  return found;
}
