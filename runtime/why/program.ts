// Why a person is in a program or not, where she stands, and what comes next.

import { calendarOf } from "../../compiler/calendar.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Next, Program, Step } from "../../compiler/ir/program.ts";
import { Bug } from "../../grammar/unreachable.ts";
import type { Database, Instant, Session } from "../ports.ts";
import { type Course, courseOf, type Enrollment, type Entry, missedOf, type Position } from "./course.ts";
import type { WhyMove, WhyNextStep, WhyPlace, WhyProgram, WhyRefused, WhyStay } from "./course-answer.ts";
import type { Asking } from "./facts.ts";
import { withPerson } from "./person.ts";
import { type Asked, endQuestions, entryQuestions, put, stepQuestion } from "./questions.ts";
import { droppedText, heldRule, leftText } from "./reasons.ts";

export interface CourseRequest {
  /** The plan that is live, or where none is the project's. */
  readonly plan: Plan;
  /** null: none is live. */
  readonly version: number | null;
  readonly key: string;
  readonly at: Instant;
}

/** Of refused starts as many are told. */
const mostRefused = 10;

/** null where there is no contact with that key. */
export async function whyProgramIn(
  database: Database,
  request: CourseRequest,
  program: Program,
): Promise<WhyProgram | null> {
  const { plan, key, at, version } = request;
  const course = await courseOf(database, { key, programs: [program.name] });
  const entry = entryQuestions(plan, program);
  const ends = new Map(course.enrollments.map((one) => [one.id, endQuestions(plan, program, one)]));
  const waits = new Map(course.enrollments.map((one) => [one.id, waitOf(plan, program, one)]));
  const all = [...entry, ...[...ends.values()].flat(), ...[...waits.values()].flatMap((wait) => wait ?? [])];
  const roots = all.flatMap(({ root }) => root ?? []);
  return withPerson(database, { plan, key, roots }, async (session) => {
    const calendar = calendarOf(plan.project.zone, plan.project.firstWeekday);
    const asking: Asking = { session, plan, key, at, calendar };
    const stays: WhyStay[] = [];
    for (const enrollment of course.enrollments) {
      const asked = { ends: ends.get(enrollment.id) ?? [], wait: waits.get(enrollment.id) ?? null };
      stays.push(await stayOf({ asking, program, course }, enrollment, asked));
    }
    const questions = [];
    for (const one of entry) questions.push(await put(asking, one));
    const refused = await refusedOf(session, plan, program, course);
    return {
      kind: "program",
      contact: key,
      program: program.name,
      at,
      version,
      state: stateOf(version, stays, refused),
      paused: await pausedOf(session, program.name),
      stays,
      refused: refused.slice(-mostRefused),
      refusedCount: refused.length,
      questions,
    };
  });
}

function stateOf(
  version: number | null,
  stays: readonly WhyStay[],
  refused: readonly WhyRefused[],
): WhyProgram["state"] {
  if (version === null) return "not live";
  if (stays.some(({ leftAt }) => leftAt === null)) return "inside";
  if (stays.length > 0) return "left";
  return refused.some(({ outcome }) => outcome === "dropped") ? "not let in" : "not asked for";
}

function waitOf(plan: Plan, program: Program, enrollment: Enrollment): Asked | null {
  const step = enrollment.position && stepNamed(program, enrollment.position.step);
  return step ? stepQuestion(plan, program, step, enrollment) : null;
}

export const stepNamed = ({ steps }: Program, id: string | null): Step | null =>
  steps.find((step) => step.id === id) ?? null;

interface Told {
  readonly asking: Asking;
  readonly program: Program;
  readonly course: Course;
}

async function stayOf(
  { asking, program, course }: Told,
  enrollment: Enrollment,
  asked: { readonly ends: readonly Asked[]; readonly wait: Asked | null },
): Promise<WhyStay> {
  const { id, startedAt, startEvent, version, leftAt, reason, goalAt, position } = enrollment;
  const entries = course.journal.filter((entry) => entry.enrollment === id);
  const questions = [];
  for (const one of asked.ends) questions.push(await put(asking, one, leftAt ?? asking.at));
  const wait = asked.wait ? await put(asking, asked.wait) : null;
  const last = entries.find(({ seq }) => seq === position?.seq) ?? null;
  return {
    enrollment: id,
    startedAt,
    by: startedBy(entries, startEvent),
    version,
    moves: entries.filter(({ outcome }) => outcome !== "started").map((entry) => moveOf(asking.plan, program, entry)),
    place: position && placeOf(program, position, last, wait),
    leftAt,
    reason,
    leftText: reason === null ? null : leftText(program, reason),
    questions,
    goalAt,
  };
}

function startedBy(entries: readonly Entry[], event: string | null): string {
  const reason = entries.find(({ outcome }) => outcome === "started")?.reason ?? event;
  return reason === null ? "a condition, a moment, by hand or from another program" : reason;
}

export function moveOf(plan: Plan, program: Program, entry: Entry): WhyMove {
  const { tick: at, step, email, outcome, reason, next } = entry;
  const isHeld = outcome === "skipped" || outcome === "delayed";
  return {
    at,
    step,
    title: stepNamed(program, step)?.title ?? null,
    email,
    outcome,
    reason,
    rule: isHeld ? heldRule(plan, program, reason) : null,
    next,
  };
}

function placeOf(program: Program, position: Position, last: Entry | null, question: WhyPlace["question"]): WhyPlace {
  const { due } = position;
  const step = stepNamed(program, position.step);
  if (step === null) {
    return {
      step: position.step,
      title: position.step,
      due,
      text: "a step that the program no longer has",
      question,
      next: [],
    };
  }
  const known = { step: step.id, title: step.title, due, question };
  const then = (next: Next, when: string, at: Instant | null): WhyNextStep => ({
    when,
    at,
    title: titleOf(program, next),
  });
  switch (step.kind) {
    case "wait for":
      return {
        ...known,
        text: "waits for something to come, until its limit",
        next: [then(step.then, "as soon as it comes", null), then(step.otherwise, "if it does not come", due)],
      };
    case "send": {
      const by = last?.outcome === "delayed" ? `, held back by ${last.reason ?? "a policy"}` : "";
      const again: WhyNextStep = { when: "asked again, and sent if all lets it", at: due, title: step.title };
      return { ...known, text: `comes to this send${by}`, next: [again, then(step.next, "behind it", null)] };
    }
    case "held out":
      return { ...known, text: "is held out: gets nothing, and counts for the goal until its time is over", next: [] };
    case "wait":
    case "wait until":
      return { ...known, text: "waits for a moment", next: [then(step.next, "then", due)] };
    default:
      return { ...known, text: "comes to this step at the next tick", next: [] };
  }
}

/** null: the program is over. */
function titleOf(program: Program, next: Next): string | null {
  if (next === null) return null;
  const step = program.steps[next];
  if (!step) throw new Bug(`${program.name} has no step ${next}`);
  return step.title;
}

async function refusedOf(
  session: Session,
  plan: Plan,
  program: Program,
  { journal }: Course,
): Promise<readonly WhyRefused[]> {
  const dropped = journal.flatMap(({ outcome, tick: at, reason }): readonly WhyRefused[] => {
    if (outcome === "dropped") return [{ at, outcome, ...droppedText(plan, program, reason ?? "") }];
    return outcome === "missed" ? [missed(at, reason ?? "")] : [];
  });
  const ofAll = await missedOf(session, program.name);
  const told = ofAll.map(({ tick, reason }) => missed(tick, reason));
  return [...dropped, ...told].toSorted((a, b) => a.at - b.at);
}

const missed = (at: Instant, text: string): WhyRefused => ({
  at,
  outcome: "missed",
  text,
  rule: "a moment missed by more than 24 hours is not made up for",
});

async function pausedOf(session: Session, program: string): Promise<WhyProgram["paused"]> {
  const [row] = await session.run({
    text: 'SELECT "at", reason FROM paused WHERE program = $program',
    params: { program: { kind: "text", value: program } },
  });
  return row ? { since: Number(row.at), reason: typeof row.reason === "string" ? row.reason : null } : null;
}
