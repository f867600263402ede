// Walks a program as a person does: what is known at each step, and which steps nobody comes to.

import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import type { Checked, CheckedBehaviour } from "../checked.ts";
import type { CheckedProgram, CheckedStep, CheckedTrigger } from "../checked-program.ts";
import { blocksOf, flatten } from "../checked-steps.ts";
import { insert, suggested } from "../fixes.ts";
import { both, either, isKnown, type Known, knownAtStart, knownWhere, nothing, withoutEvent } from "../known.ts";
import { type Lint, lintCondition } from "./meaning.ts";

/** A send of an email, with what is known of everybody who gets it. */
export interface Sending {
  readonly email: string;
  readonly variant: string | null;
  readonly program: CheckedProgram;
  readonly known: Known;
  readonly span: Span;
}

/** What is known of everybody who comes by a `go to` or a `continue in`, by the place where it leads. */
type Arrivals = ReadonlyMap<string, Known>;

interface Walk extends Lint {
  readonly program: CheckedProgram;
  readonly sendings: Sending[];
  readonly arrivals: Arrivals;
  /** The same, as far as this walk has seen it. */
  readonly departures: Map<string, Known>;
}

/** null: nobody comes there. */
type Reaching = Known | null;

/** Reports what is doubtful in programs, and gives their sends. */
export function lintPrograms(lint: Lint, programs: readonly CheckedProgram[]): readonly Sending[] {
  const arrivals = arrivalsOf(lint, programs);
  return programs.flatMap((program) =>
    lintProgram({ ...lint, program, sendings: [], arrivals, departures: new Map() }),
  );
}

/** Rounds after which nothing is said any more about programs that jump back and forth so much. */
const maxRounds = 100;

/** Walks all programs until nobody arrives anywhere of whom less is known. */
function arrivalsOf(lint: Lint, programs: readonly CheckedProgram[]): Arrivals {
  const jumps = programs.flatMap(({ steps }) => flatten(steps)).filter(({ kind }) => jumping.has(kind));
  const continued = new Set(jumps.flatMap((step) => (step.kind === "continue in" ? [step.program] : [])));
  const silent = { ...lint, report: () => {} };
  let arrivals = new Map<string, Known>();
  for (let round = 0; round < maxRounds && jumps.length > 0; round += 1) {
    const departures = new Map(arrivals);
    for (const program of programs) {
      const isWaiting = program.triggers.length === 0 && continued.has(program.name) && !arrivals.has(program.name);
      if (!isWaiting) lintProgram({ ...silent, program, sendings: [], arrivals, departures });
    }
    if ([...departures].every(([place, known]) => isSame(arrivals.get(place), known))) return arrivals;
    arrivals = departures;
  }
  return new Map([...arrivals.keys()].map((place) => [place, "all"]));
}

const jumping: ReadonlySet<CheckedStep["kind"]> = new Set(["go to", "continue in"]);

function isSame(left: Known | undefined, right: Known): boolean {
  if (left === undefined || left === "all" || right === "all") return left === right;
  return left.size === right.size;
}

function placeOf(program: string, label: string): string {
  return `${program}.${label}`;
}

function lintProgram(walk: Walk): readonly Sending[] {
  const { program } = walk;
  const start = knownAtStart(program, walk.proofs, walk.arrivals.get(program.name) ?? null);
  for (const trigger of program.triggers) {
    for (const part of partsOf(trigger)) lintCondition(walk, part, nothing, "segment");
  }
  if (program.onlyIf) lintCondition(walk, program.onlyIf, start, "segment");
  const whole = program.goal ? [program.goal.when, ...program.exits] : program.exits;
  for (const when of whole) lintCondition(walk, when, start, "inside");
  followAll(walk, program.steps, start);
  return walk.sendings;
}

function partsOf(trigger: CheckedTrigger): readonly Checked[] {
  switch (trigger.kind) {
    case "edge":
      return [trigger.when];
    case "event":
      return [trigger.behaviour, ...trigger.rest];
    case "change":
      return trigger.rest;
    default:
      return [];
  }
}

/** `isReportedBefore`: whether it was said already that nobody comes here. */
function followAll(
  walk: Walk,
  steps: readonly CheckedStep[],
  start: Reaching,
  isReportedBefore = start === null,
): Reaching {
  let known = start;
  let isReported = isReportedBefore;
  for (const step of steps) {
    const here = join(known, arrivalAt(walk, step));
    if (here !== null) known = follow(walk, step, here);
    else if (flatten([step]).some((inner) => arrivalAt(walk, inner) !== null))
      known = followInside(walk, step, isReported);
    else if (!isReported) {
      walk.report(diagnose("W511", step.span, {}));
      isReported = true;
    }
  }
  return known;
}

function arrivalAt({ arrivals, program }: Walk, { label }: CheckedStep): Reaching {
  return label === null ? null : (arrivals.get(placeOf(program.name, label)) ?? null);
}

/** Nobody comes to the step itself, but somebody jumps into its blocks. */
function followInside(walk: Walk, step: CheckedStep, isReported: boolean): Reaching {
  return joinAll(blocksOf(step).map((block) => followAll(walk, block, null, isReported)));
}

function depart(walk: Walk, place: string, known: Known): null {
  const before = walk.departures.get(place);
  walk.departures.set(place, before === undefined ? known : either(before, known));
  return null;
}

function follow(walk: Walk, step: CheckedStep, known: Known): Reaching {
  switch (step.kind) {
    case "send": {
      if (step.onlyIf) lintCondition(walk, step.onlyIf, known, "inside");
      const asked = step.onlyIf ? knownWhere(step.onlyIf, true, walk.proofs) : nothing;
      const { email, variant, span } = step;
      walk.sendings.push({ email, variant, program: walk.program, known: both(known, asked), span });
      return known;
    }
    case "wait until": {
      const { until } = step;
      if (until.kind === "date" && until.operand.type.isNullable && !isKnown(known, until.operand.name)) {
        walk.report(diagnose("W510", until.span, { name: until.operand.name }));
      }
      return known;
    }
    case "wait for": {
      lintBranching(walk, step.until, known);
      const came = both(known, knownWhere(step.until, true, walk.proofs));
      return join(followAll(walk, step.came, came), followAll(walk, step.otherwise, known));
    }
    case "choose":
      return followChoice(walk, step, known);
    case "split":
    case "experiment":
      return step.arms.length === 0 ? known : joinAll(step.arms.map(({ steps }) => followAll(walk, steps, known)));
    case "set":
      return followSet(step, known);
    case "go to":
      return depart(walk, placeOf(walk.program.name, step.target), known);
    case "continue in":
      return depart(walk, step.program, withoutEvent(known));
    case "stop":
      return null;
    case "unchecked":
      return "all";
    default:
      return known;
  }
}

function joinAll(ends: readonly Reaching[]): Reaching {
  return ends.reduce(join, null);
}

function join(left: Reaching, right: Reaching): Reaching {
  if (left === null) return right;
  return right === null ? left : either(left, right);
}

function followChoice(walk: Walk, step: CheckedStep & { readonly kind: "choose" }, start: Known): Reaching {
  let rest = start;
  let end: Reaching = null;
  for (const { when, steps } of step.branches) {
    lintBranching(walk, when, rest);
    end = join(end, followAll(walk, steps, both(rest, knownWhere(when, true, walk.proofs))));
    rest = both(rest, knownWhere(when, false, walk.proofs));
  }
  return join(end, followAll(walk, step.otherwise, rest));
}

function followSet({ operand, value }: CheckedStep & { readonly kind: "set" }, known: Known): Known {
  if (known === "all") return known;
  const others = new Set([...known].filter((name) => name !== operand.name));
  // A list from which a value was taken may be empty, which is unknown; so may the field be that was copied.
  const isCopy = value.kind === "value" && value.value.kind === "term";
  return value.kind === "unknown" || value.kind === "remove" || isCopy ? others : new Set([...known, operand.name]);
}

function lintBranching(walk: Walk, when: Checked, known: Known): void {
  lintCondition(walk, when, known, "inside");
  const leaves = leavesOf(when);
  const opens = leaves.filter(isOpen);
  if (leaves.length === 0 || opens.length < leaves.length) return;
  const clicked = walk.scope.text(when.span).replace("opened", "clicked");
  const fixes =
    when.kind === "behaviour" && when.count === null
      ? [suggested(`Add \`or ${clicked}\``, insert("after", when.span, ` or ${clicked}`))]
      : [];
  walk.report(diagnose("W402", when.span, {}, { fixes }));
}

function leavesOf(node: Checked): readonly Checked[] {
  if (node.kind === "all" || node.kind === "any") return node.of.flatMap(leavesOf);
  return node.kind === "not" ? leavesOf(node.of) : [node];
}

/** An open by a person, as far as can be told: with machines counted it was chosen knowingly. */
function isOpen(node: Checked): node is CheckedBehaviour {
  return node.kind === "behaviour" && node.event.name === "opened" && !node.countsMachines;
}
