// The logic of conditions: always or never true, one inside another, disjoint, the same. Every answer is either shown by a
// person or proven for all people and instants; otherwise it says that it is not decided.

import type { Condition, Moment } from "../ir/condition.ts";
import type { Plan } from "../ir/plan.ts";
import { declaredIn, inOtherWords } from "./computed.ts";
import { allOf, type Formula, formulaOf, normalOf, notOf, sizeOf } from "./formula.ts";
import { type Ground, groundOf } from "./ground.ts";
import { isJoined, type Literal, type Normal } from "./literal.ts";
import { type Memory, memoryOf } from "./memory.ts";
import { personTheory, refuting, type Sketch } from "./person.ts";
import { type Found, search } from "./search.ts";
import { termsOf } from "./values.ts";
import { completed, type Witness } from "./witness.ts";

/** Someone for whom it holds, or the certainty that there is nobody. */
export type People = Found<Witness>;

export type Relation = "equivalent" | "inside" | "around" | "disjoint" | "overlapping" | "not decided";

export interface Verdict {
  /** Of the first to the second; `inside`: whoever is in the first is in the second, and not the reverse. */
  readonly relation: Relation;
  readonly both: People;
  readonly onlyFirst: People;
  readonly onlySecond: People;
}

export interface Answer {
  readonly answer: "yes" | "no" | "not decided";
  /** For whom it is otherwise. */
  readonly witness: Witness | null;
}

export interface Logic {
  verdict(first: Condition, second: Condition): Verdict;
  isNever(condition: Condition): Answer;
  isAlways(condition: Condition): Answer;
}

/** Leaves above which nothing is decided, and steps that one question may take. */
const largest = 400;
const mostSteps = 4_000;
const mostStepsOfLint = 400;

/** `fresh` stands in the texts of the witnesses. */
export function logicOf(
  plan: Pick<Plan, "catalog" | "project" | "segments" | "scores" | "funnels">,
  fresh = "",
): Logic {
  const ground = groundOf(plan);
  const segments = new Map(plan.segments.map((segment) => [segment.id, segment.where]));
  const formulas = new Map<string, Formula>();
  const where = (id: string): Formula => {
    const known = formulas.get(id);
    if (known) return known;
    const condition = segments.get(id);
    const formula: Formula = condition ? read(condition) : { kind: "opaque", name: id };
    formulas.set(id, formula);
    return formula;
  };
  const declared = declaredIn(plan, ground.calendar);
  const read = (condition: Condition) => formulaOf(condition, where, (one) => inOtherWords(one, declared));
  const memory = memoryOf();
  const people = (...parts: readonly Formula[]): People => {
    const found = peopleOf(allOf(parts), { ground, memory, fresh, steps: mostSteps });
    return found.kind === "some" ? { ...found, model: completed(found.model.witness, ground, fresh) } : found;
  };
  return {
    verdict(first, second) {
      const [one, other] = [read(first), read(second)];
      const both = people(one, other);
      const onlyFirst = people(one, notOf(other));
      const onlySecond = people(other, notOf(one));
      return { relation: relationOf(both, onlyFirst, onlySecond), both, onlyFirst, onlySecond };
    },
    isNever: (condition) => answerOf(people(read(condition))),
    isAlways: (condition) => answerOf(people(notOf(read(condition)))),
  };
}

function answerOf(found: People): Answer {
  if (found.kind === "none") return { answer: "yes", witness: null };
  return found.kind === "some" ? { answer: "no", witness: found.model } : { answer: "not decided", witness: null };
}

function relationOf(both: People, onlyFirst: People, onlySecond: People): Relation {
  if (onlyFirst.kind === "none" && onlySecond.kind === "none") return "equivalent";
  if (both.kind === "none") return "disjoint";
  if ([both, onlyFirst, onlySecond].some(({ kind }) => kind === "not decided")) return "not decided";
  if (onlyFirst.kind === "none") return "inside";
  return onlySecond.kind === "none" ? "around" : "overlapping";
}

interface Asking {
  readonly ground: Ground;
  readonly memory: Memory;
  readonly fresh: string;
  readonly steps: number;
}

function peopleOf(formula: Formula, { ground, memory, fresh, steps }: Asking): Found<Sketch> {
  if (sizeOf(formula) > largest) return { kind: "not decided" };
  const goal = normalOf(formula);
  const budget = { steps };
  const theory = personTheory({ ground, budget, memory }, { nows: presentsOf(goal, ground), fresh });
  return search(goal, theory, budget);
}

/** Whether nobody fulfils it, ever. False where that is not sure. */
export function isRefuted(formula: Formula, ground: Ground, memory: Memory): boolean {
  const budget = { steps: mostStepsOfLint };
  return search(normalOf(formula), refuting({ ground, budget, memory }), budget).kind === "none";
}

/** Somebody who fulfils it; null where none was found. */
export function somebody(formula: Formula, ground: Ground, memory: Memory): Sketch | null {
  const found = peopleOf(formula, { ground, memory, fresh: "", steps: mostStepsOfLint });
  return found.kind === "some" ? found.model : null;
}

const day = 86_400_000;
/** A Monday; days at which months and years are short or long; and such as many clocks are changed on. */
const usual = [
  ...["2026-03-16", "2026-03-31", "2026-03-01", "2024-02-29", "2026-08-31", "2026-01-01", "2026-05-17"],
  ...["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01"],
];
const steps = [-800, -400, -100, -40, -8, -2, -1, 0, 1, 2, 8, 40, 100, 400, 800];
const mostPlaces = 3;

/** Instants at which the order of places in time may differ: around those that are written as dates. */
function presentsOf(goal: Normal, ground: Ground): readonly number[] {
  const moments = literalsOf(goal).flatMap(momentsIn);
  const fixed = moments.filter(({ kind }) => kind === "day" || kind === "instant");
  const places = [...new Set(fixed.map((moment) => ground.calendar.resolveInstant(moment, 0)))].slice(0, mostPlaces);
  const noon = usual.map((date) => Date.parse(`${date}T20:00:00Z`));
  return [...noon, ...places.flatMap((place) => steps.map((step) => place + (step + 0.5) * day))].filter(isInYears);
}

const isInYears = (at: number): boolean => at > Date.parse("0100-01-01") && at < Date.parse("9900-01-01");

function literalsOf(normal: Normal): readonly Literal[] {
  return isJoined(normal) ? normal.of.flatMap(literalsOf) : [normal];
}

function momentsIn(literal: Literal): readonly Moment[] {
  if (literal.kind === "count") {
    const { from, until } = literal.filter;
    return [...(from ? [from] : []), ...(until ? [until.moment] : [])];
  }
  if (literal.kind !== "value") return [];
  return termsOf(literal.leaf).flatMap((term): readonly Moment[] => {
    if (term.kind === "moment") return [term.moment];
    if (term.kind !== "literal") return [];
    const value = String(term.literal.value);
    if (term.literal.kind === "day") return [{ kind: "day", date: value, edge: "start" }];
    return term.literal.kind === "instant" ? [{ kind: "instant", utc: value }] : [];
  });
}
