// Ways from program to program and from step to step: who comes in by them, and that nobody goes round without end.

import type { Program } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { CheckedProgram, CheckedStep } from "../checked-program.ts";
import { blocksOf, flatten } from "../checked-steps.ts";
import { insert, suggested } from "../fixes.ts";
import type { Length } from "../ir/condition.ts";
import type { Report, Scope } from "../scope.ts";
import { stepsOf } from "../written-steps.ts";

/** Programs that nobody enters, by a start or out of another program. */
export function checkEntrances(scope: Scope, report: Report, nodes: readonly Program[]): void {
  const continued = new Set([...scope.programs.values()].flatMap(targetsOf));
  for (const { name, segment, parts } of nodes) {
    const hasStart = parts.some(({ kind }) => kind.startsWith("start "));
    if (hasStart || segment || continued.has(name.text) || scope.isLost(name.text, [])) continue;
    report(diagnose("W504", name.span, { name: name.text }));
  }
}

function targetsOf(program: Program): readonly string[] {
  return stepsOf(program).flatMap((step) => (step.kind === "continue in" ? [step.program.text] : []));
}

type Jump = Extract<CheckedStep, { readonly kind: "go to" | "continue in" }>;

interface Place {
  readonly step: CheckedStep;
  readonly program: string;
  /** Where a person goes from here in no time, or in less than an hour. */
  readonly next: readonly CheckedStep[];
}

/** Where `go to` and `continue in` lead. */
interface Targets {
  readonly starts: ReadonlyMap<string, CheckedStep>;
  readonly labels: ReadonlyMap<string, CheckedStep>;
}

/** Rings without a wait that is long enough: each is reported once, at the jump that closes it. */
export function checkRings(report: Report, programs: readonly CheckedProgram[]): void {
  const starts = new Map(programs.flatMap(({ name, steps }) => (steps[0] ? [[name, steps[0]] as const] : [])));
  const places = new Map<CheckedStep, Place>();
  for (const { name: program, steps } of programs) {
    const nested = flatten(steps);
    const labels = new Map(nested.flatMap((step) => (step.label === null ? [] : [[step.label, step] as const])));
    const put = (block: readonly CheckedStep[], after: CheckedStep | null): CheckedStep | null => {
      block.forEach((step, index) => {
        const behind = block[index + 1] ?? after;
        const entries = blocksOf(step).map((inner) => put(inner, behind));
        const next = nextOf(step, behind, entries, { starts, labels });
        places.set(step, { step, program, next: next.filter((to) => to !== null) });
      });
      return block[0] ?? after;
    };
    put(steps, null);
  }
  const reported = new Set<CheckedStep>();
  eachRing(places, (path, first) => {
    const jump = lastJump(path, first);
    if (!jump || reported.has(jump)) return;
    reported.add(jump);
    reportRing(report, jump, path, first);
  });
}

/** The last jump of a way, down to the step where the ring closes. */
function lastJump(path: readonly Place[], first: CheckedStep): Jump | null {
  for (let index = path.length - 1; index >= 0; index -= 1) {
    const step = path[index]?.step;
    if (!step) break;
    if (isJump(step)) return step;
    if (step === first) break;
  }
  return null;
}

function reportRing(report: Report, jump: Jump, path: readonly Place[], first: CheckedStep): void {
  // A step that goes to itself takes its label away from what would stand before it.
  const isOwn = jump.kind === "go to" && jump.label === jump.target;
  const fixes = isOwn ? [] : [suggested("Add `wait 1d` before it", insert("before", jump.span, "wait 1d  "))];
  if (jump.kind === "go to") {
    const start = path.findLast(({ step }) => step === jump)?.next[0];
    const related = start ? [{ span: start.span, text: "it leads back here" }] : [];
    report(diagnose("E527", jump.span, { target: jump.target }, { fixes, related }));
    return;
  }
  const ring = path.slice(path.findLastIndex(({ step }) => step === first));
  const programs = [...new Set(ring.map(({ program }) => program))];
  const words = [...programs, programs[0] ?? ""].map((name) => `\`${name}\``).join(" continues in ");
  report(diagnose("E528", jump.span, { ring: words }, { fixes }));
}

function isJump(step: CheckedStep): step is Jump {
  return step.kind === "go to" || step.kind === "continue in";
}

/** `behind`: the step a person comes to when this one is done; `entries`: the first steps of its blocks. */
function nextOf(
  step: CheckedStep,
  behind: CheckedStep | null,
  entries: readonly (CheckedStep | null)[],
  { starts, labels }: Targets,
): readonly (CheckedStep | null)[] {
  switch (step.kind) {
    case "wait":
      return isLong(step.length) ? [] : [behind];
    case "go to":
      return [labels.get(step.target) ?? null];
    case "continue in":
      return [starts.get(step.program) ?? null];
    case "wait for":
      return [...entries, behind];
    case "choose":
    case "split":
    case "experiment":
      return entries;
    case "stop":
    case "unchecked":
      return [];
    default:
      return [behind];
  }
}

/** A minute and an hour have a fixed length, and every other unit is longer. */
function isLong({ amount, unit }: Length): boolean {
  return unit === "min" ? amount >= 60 : amount >= 1;
}

/** Each way round that a walk over all places finds: the places on the way, and the step to which the last of them leads back. */
function eachRing(
  places: ReadonlyMap<CheckedStep, Place>,
  found: (path: readonly Place[], first: CheckedStep) => void,
): void {
  const finished = new Set<CheckedStep>();
  for (const root of places.values()) {
    if (finished.has(root.step)) continue;
    // Without recursion, for a program may have thousands of steps.
    const path = [root];
    const rests = [root.next[Symbol.iterator]()];
    const open = new Set([root.step]);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const { value: step, done } = rests.at(-1)?.next() ?? { done: true, value: undefined };
      if (done || !step) {
        path.pop();
        rests.pop();
        open.delete(top.step);
        finished.add(top.step);
        continue;
      }
      const place = places.get(step);
      if (open.has(step)) found(path, step);
      else if (place && !finished.has(step)) {
        open.add(step);
        path.push(place);
        rests.push(place.next[Symbol.iterator]());
      }
    }
  }
}
