// What an edit does to the people inside: where each occupied step of the live version leads in a new plan.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program, Step } from "../../compiler/ir/program.ts";
import type { Result, Session } from "../ports.ts";
import { Failed } from "../failures/failures.ts";
import { inherit, type Inheritance, predecessorOf } from "./lineage.ts";
import { followersOf } from "./steps/registry.ts";
import { type AppliedPlan, newestPlan, versionsOf } from "./stored-plan.ts";

/** A step with people on it, by the names that are live. */
export interface Occupied {
  readonly program: string;
  /** The version that they finish; null: they go on in the newest one. */
  readonly pinned: number | null;
  readonly step: string;
  readonly people: number;
}

/** `program` and `step` are the names that the new plan has. */
export type Fate =
  /** They go on there, due as they were. */
  | { readonly kind: "kept"; readonly program: string; readonly step: string }
  /** The same, and the program or the step is called otherwise now. */
  | { readonly kind: "renamed"; readonly program: string; readonly step: string }
  /** The next tick has them go on at `continueAt`, or leave where that is null. */
  | { readonly kind: "removed"; readonly program: string; readonly step: string; readonly continueAt: string | null }
  /** They finish the version with that number. */
  | { readonly kind: "pinned"; readonly version: number }
  /** `apply` refuses. `lines`: what may be written so that they are placed, the likeliest first. */
  | {
      readonly kind: "vanished";
      readonly what: "program" | "step";
      readonly title: string;
      readonly lines: readonly string[];
    };

export interface Placing extends Occupied {
  readonly fate: Fate;
}

export async function occupiedSteps(session: Session): Promise<readonly Occupied[]> {
  const rows = await session.run({
    text: `SELECT program, pinned, step, count(*) AS people FROM positions
      GROUP BY program, pinned, step ORDER BY program, pinned NULLS FIRST, step`,
    params: {},
  });
  return rows.map((row) => ({
    program: String(row.program),
    pinned: row.pinned === null ? null : Number(row.pinned),
    step: String(row.step),
    people: Number(row.people),
  }));
}

/**
 * Where the people inside come to if the plan is applied now; nobody is inside where none was applied before.
 * @returns F405 or F406 where what the plan says of renamed and removed names cannot be
 */
export async function placePeople(session: Session, next: Plan): Promise<Result<readonly Placing[]>> {
  try {
    const earlier = await newestPlan(session);
    if (earlier === null) return { ok: true, value: [] };
    const inheritance = inherit(next, earlier, earlier.version + 1);
    return { ok: true, value: await placingsOf(session, earlier, inheritance) };
  } catch (error) {
    if (error instanceof Failed) return { ok: false, failure: error.failure };
    throw error;
  }
}

export async function placingsOf(
  session: Session,
  earlier: AppliedPlan,
  inheritance: Inheritance,
): Promise<readonly Placing[]> {
  const occupied = await occupiedSteps(session);
  const pinned = [...new Set(occupied.flatMap((one) => one.pinned ?? []))];
  const versions = await versionsOf(session, pinned);
  return occupied.map((one) => {
    const source = one.pinned === null ? earlier.plan : (versions.get(one.pinned) ?? earlier.plan);
    return { ...one, fate: fateOf(one, { earlier, inheritance, source }) };
  });
}

interface Editing {
  readonly earlier: AppliedPlan;
  readonly inheritance: Inheritance;
  /** The version in which the people are. */
  readonly source: Plan;
}

function fateOf(occupied: Occupied, editing: Editing): Fate {
  const { earlier, inheritance } = editing;
  const { plan, renames } = inheritance;
  const name = renames.program.get(occupied.program) ?? occupied.program;
  const program = plan.programs.find((one) => one.name === name) ?? null;
  const before = earlier.plan.programs.find((one) => one.name === occupied.program) ?? null;
  if (occupied.pinned !== null && program?.edits !== "follow") return { kind: "pinned", version: occupied.pinned };
  if (before && isPinning(before, editing)) return { kind: "pinned", version: earlier.version };
  if (program === null) {
    const added = plan.programs.filter((one) => predecessorOf(one, earlier.plan, renames) === null);
    const lines = added.map((one) => `renamed program ${occupied.program} to ${one.name}`);
    return { kind: "vanished", what: "program", title: occupied.program, lines };
  }
  return stepFate(occupied, program, editing);
}

/** Whether who is inside a program of the version before finishes that version: by the word of the new one, or where the program is gone by its own. */
export function isPinning(before: Program, editing: Pick<Editing, "earlier" | "inheritance">): boolean {
  const { plan, renames } = editing.inheritance;
  const name = renames.program.get(before.name) ?? before.name;
  const next = plan.programs.find((one) => one.name === name) ?? null;
  return (next ?? before).edits === "pin" && !isSameFor(next, before, editing);
}

/** Whether a program means what it meant, its mails included. */
function isSameFor(
  next: Program | null,
  before: Program,
  { earlier, inheritance }: Pick<Editing, "earlier" | "inheritance">,
): boolean {
  if (next === null || next.hash !== before.hash) return false;
  const hashOf = (plan: Plan, email: string) => plan.emails.find(({ name }) => name === email)?.hash;
  return next.steps.every(
    (step) => step.kind !== "send" || hashOf(earlier.plan, step.email) === hashOf(inheritance.plan, step.email),
  );
}

function stepFate(occupied: Occupied, program: Program, { earlier, inheritance, source }: Editing): Fate {
  const former = formerProgram(occupied, source, earlier.plan);
  const step = former?.steps.find(({ id }) => id === occupied.step);
  const first = step?.origin ?? occupied.step;
  const place = program.steps.find(({ id, origin }) => (origin ?? id) === first);
  if (!place) {
    const lines = step && former ? linesFor(step, former, program, inheritance) : [];
    return { kind: "vanished", what: "step", title: step?.title ?? occupied.step, lines };
  }
  const at = { program: program.name, step: place.id };
  if (place.kind === "removed") {
    return { kind: "removed", ...at, continueAt: place.next === null ? null : (program.steps[place.next]?.id ?? null) };
  }
  const isSame = program.name === occupied.program && place.id === occupied.step;
  return { kind: isSame ? "kept" : "renamed", ...at };
}

/** The program in an earlier version, in which it may have had another name: its first one is the same. */
export function formerProgram({ program }: Pick<Occupied, "program">, source: Plan, newest: Plan): Program | null {
  const now = newest.programs.find(({ name }) => name === program);
  const first = now?.origin ?? program;
  return (
    source.programs.find(({ name, origin }) => (origin ?? name) === first) ??
    source.programs.find(({ name }) => name === program) ??
    null
  );
}

/** What may be said of a step with a label that is gone. */
function linesFor(step: Step, former: Program, program: Program, { steps }: Inheritance): readonly string[] {
  if (step.id.includes(":") || step.kind === "held out" || step.kind === "removed") return [];
  const known = new Set([...former.steps.map(({ id }) => id), ...steps.map(({ to }) => to)]);
  const isLabel = (id: string) => !id.includes(":");
  const added = program.steps.filter(({ id, kind }) => isLabel(id) && kind === step.kind && !known.has(id));
  const renamed = added.map(({ id }) => `renamed step ${program.name}.${step.id} to ${id}`);
  const labels = new Set(program.steps.filter(({ id, kind }) => isLabel(id) && kind !== "removed").map(({ id }) => id));
  const behind = nextAmong(step, former, labels);
  const goesOn = behind === null ? [] : [`removed step ${program.name}.${step.id} continue at ${behind}`];
  return [...renamed, ...goesOn, `removed step ${program.name}.${step.id} exit`];
}

/** The nearest step behind one that is among the labels. */
function nextAmong(step: Step, { steps }: Program, labels: ReadonlySet<string>): string | null {
  const seen = new Set<Step>([step]);
  for (const one of seen) {
    if (one !== step && labels.has(one.id)) return one.id;
    for (const index of followersOf(one)) {
      const follower = steps[index];
      if (follower) seen.add(follower);
    }
  }
  return null;
}
