// What is computed of a person, said in conditions on what it is made of: choices, the first known of several, stages, scores.

import type { ZoneCalendar } from "../calendar.ts";
import type { Compare, Condition, FirstKnown, Chosen, Literal, Op, Term } from "../ir/condition.ts";
import { termsOf, withTerms } from "../ir/condition.ts";
import { type Funnel, millionths, type Score, type ScoreRule } from "../ir/people.ts";
import type { Plan } from "../ir/plan.ts";
import { asBehaviours } from "./aggregates.ts";
import { computedField } from "./ground.ts";
import { isValueLeaf } from "./leaf.ts";
import { isTrue } from "./values.ts";

export interface Declared {
  readonly scores: ReadonlyMap<string, Score>;
  readonly funnels: ReadonlyMap<string, Funnel>;
  readonly calendar: ZoneCalendar;
}

export function declaredIn({ scores, funnels }: Pick<Plan, "scores" | "funnels">, calendar: ZoneCalendar): Declared {
  return {
    scores: new Map(scores.map((score) => [score.name, score])),
    funnels: new Map(funnels.map((funnel) => [funnel.name, funnel])),
    calendar,
  };
}

const always: Condition = { kind: "constant", value: true };
const not = (of: Condition): Condition => ({ kind: "not", of });
const all = (of: readonly Condition[]): Condition => ({ kind: "all", of });
const any = (of: readonly Condition[]): Condition => ({ kind: "any", of });

/** The same in other words; null where only what is computed can say it. */
export function inOtherWords(condition: Condition, declared: Declared): Condition | null {
  return saidOf(condition, declared) ?? asField(condition);
}

/** Nothing is known of its value, but one value cannot be above 5 and below 3. */
function asField(condition: Condition): Condition | null {
  const [term, ...others] = termsOf(condition).filter(({ kind }) => kind !== "literal" && kind !== "moment");
  if (!isValueLeaf(condition) || others.length > 0 || !term || !("type" in term) || term.type.isList) return null;
  if (term.kind !== "score" && term.kind !== "stage" && term.kind !== "aggregate") return null;
  const field = computedField(JSON.stringify(term), { ...term.type, isNullable: term.kind !== "score" });
  return withTerms(condition, (one) => (one === term ? field : one));
}

function saidOf(condition: Condition, declared: Declared): Condition | null {
  const computed = termsOf(condition).filter(({ kind }) => kind !== "literal");
  const [term] = computed;
  if (computed.length > 1 && term?.kind !== "first known") return asBehaviours(condition);
  switch (term?.kind) {
    case "chosen":
      return ofChosen(condition, term, declared);
    case "first known":
      return ofFirstKnown(condition, term);
    case "stage":
      return ofStage(condition, declared.funnels.get(term.name), declared, term.as);
    case "score":
      return ofScore(condition, declared.scores.get(term.name));
    default:
      return asBehaviours(condition);
  }
}

/** What it says of a written value; null where that cannot be told. */
function saysOf(condition: Condition, literal: Literal | null, { calendar }: Declared): boolean | null {
  if (!isValueLeaf(condition)) return null;
  if (literal === null) return false;
  if (condition.kind === "known") return true;
  const put = (term: Term): Term => (term.kind === "literal" ? term : { kind: "literal", literal });
  const present = { now: 0, calendar };
  switch (condition.kind) {
    case "compare":
      return isTrue({ ...condition, left: put(condition.left), right: put(condition.right) }, new Map(), present);
    case "one of":
      return isTrue({ ...condition, term: put(condition.term) }, new Map(), present);
    case "starts with":
    case "ends with":
    case "matches glob":
      return isTrue({ ...condition, term: put(condition.term) }, new Map(), present);
    default:
      return null;
  }
}

function ofChosen(condition: Condition, { arms, otherwise }: Chosen, declared: Declared): Condition | null {
  const said = [...arms.map(({ value }) => value), otherwise].map((value) => saysOf(condition, value, declared));
  if (said.some((one) => one === null)) return null;
  const before = (index: number) => arms.slice(0, index).map(({ when }) => not(when));
  return any(
    said.flatMap((holds, index) => {
      const arm = arms[index];
      return holds ? [all([...before(index), ...(arm ? [arm.when] : [])])] : [];
    }),
  );
}

function ofFirstKnown(condition: Condition, term: FirstKnown): Condition | null {
  const known = (one: Term): Condition => ({ kind: "known", term: one });
  const put = (one: Term): Condition | null => {
    if (condition.kind === "known") return known(one);
    if (condition.kind === "compare") {
      if (condition.left === term) return { ...condition, left: one };
      return condition.right === term ? { ...condition, right: one } : null;
    }
    return "term" in condition && condition.term === term ? { ...condition, term: one } : null;
  };
  const said = term.of.map((one, index) => {
    const own = put(one);
    return own && all([...term.of.slice(0, index).map((other) => not(known(other))), known(one), own]);
  });
  const whole = said.filter((one) => one !== null);
  return whole.length === said.length ? any(whole) : null;
}

/** Where nobody falls back, it depends on what was. */
function ofStage(
  condition: Condition,
  funnel: Funnel | undefined,
  declared: Declared,
  as: "name" | "place",
): Condition | null {
  if (!funnel || funnel.isForwardOnly) return null;
  const { stages } = funnel;
  const said = stages.map(({ name }, index) => {
    const value: Literal = as === "name" ? { kind: "text", value: name } : { kind: "number", value: index + 1 };
    return saysOf(condition, value, declared);
  });
  if (said.some((one) => one === null)) return null;
  return any(
    stages.flatMap(({ when }, index) => {
      const higher = stages.slice(index + 1).map((stage) => not(stage.when ?? always));
      return said[index] ? [all([when ?? always, ...higher])] : [];
    }),
  );
}

/** Points that a rule gives at least, and when; each level asks for more than the one before it. */
interface Level {
  readonly points: number;
  readonly when: Condition;
}

const mostCombinations = 200;

/** Points that are lost with time are none that a condition could say. */
function ofScore(condition: Condition, score: Score | undefined): Condition | null {
  // A score is never unknown.
  if (condition.kind === "known") return always;
  const asked = condition.kind === "compare" ? askedOf(condition) : null;
  if (!score || !asked || score.halfLife !== null) return null;
  const { op, points } = asked;
  const [above, from] = [reached(score, points, (sum) => sum > points), reached(score, points, (sum) => sum >= points)];
  if (!above || !from) return null;
  const meanings: Readonly<Record<Op, Condition>> = {
    ">": above,
    ">=": from,
    "<": not(from),
    "<=": not(above),
    "=": all([from, not(above)]),
  };
  return meanings[op];
}

const turned: Readonly<Record<Op, Op>> = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function askedOf({ left, right, op }: Compare): { readonly op: Op; readonly points: number } | null {
  const [literal, order] = right.kind === "literal" ? [right, op] : [left, turned[op]];
  if (literal.kind !== "literal" || literal.literal.kind !== "number") return null;
  return { op: order, points: literal.literal.value * millionths };
}

/** That the points add up to enough, by each combination of which none can be left out. */
function reached(score: Score, asked: number, isEnough: (points: number) => boolean): Condition | null {
  if (isEnough(0)) return always;
  const gains = score.rules.filter(({ points }) => points > 0);
  const losses = score.rules.filter(({ points }) => points < 0);
  // To lose more than is gained at all makes no difference.
  const gained = gains.reduce((sum, rule) => sum + mostOf(rule, Number.POSITIVE_INFINITY), 0);
  const lost = losses.reduce((sum, rule) => sum + mostOf(rule, gained), 0);
  const levels = score.rules.map((rule) => levelsOf(rule, rule.points > 0 ? asked + lost : gained));
  const whole = levels.filter((some) => some !== null);
  if (whole.length < levels.length) return null;
  let places: readonly (readonly number[])[] = [[]];
  for (const some of whole) {
    places = places.flatMap((before) => some.map((_, index) => [...before, index]));
    if (places.length > mostCombinations) return null;
  }
  const sumOf = (chosen: readonly number[]) =>
    chosen.reduce((sum, level, rule) => sum + (whole[rule]?.[level]?.points ?? 0), 0);
  const isLeast = (chosen: readonly number[]) =>
    isEnough(sumOf(chosen)) &&
    chosen.every((level, rule) => level === 0 || !isEnough(sumOf(chosen.with(rule, level - 1))));
  return any(
    places.filter(isLeast).map((chosen) => all(chosen.map((level, rule) => whole[rule]?.[level]?.when ?? always))),
  );
}

/** The most that a rule gives or takes, where more than `enough` makes no difference. */
function mostOf(rule: ScoreRule, enough: number): number {
  const size = Math.abs(rule.points);
  return rule.kind === "once" ? size : Math.min(rule.cap ?? Number.POSITIVE_INFINITY, Math.max(0, enough) + size);
}

/** `enough`: more points than these make no difference. null: too many levels. */
function levelsOf(rule: ScoreRule, enough: number): readonly Level[] | null {
  const isGain = rule.points > 0;
  if (rule.kind === "once") {
    return isGain
      ? [
          { points: 0, when: always },
          { points: rule.points, when: rule.when },
        ]
      : [
          { points: rule.points, when: always },
          { points: 0, when: not(rule.when) },
        ];
  }
  const size = Math.abs(rule.points);
  const cap = rule.cap ?? Number.POSITIVE_INFINITY;
  const last = Math.ceil(mostOf(rule, enough) / size);
  if (!(last <= mostCombinations)) return null;
  const counted = (op: Op, times: number): Condition => ({ ...rule.of, count: { op, times } });
  const all = Array.from({ length: last + 1 }, (_, times): Level => {
    const points = Math.sign(rule.points) * Math.min(times * size, cap);
    if (isGain) return { points, when: times === 0 ? always : counted(">=", times) };
    return { points, when: times === last ? always : counted("<=", times) };
  });
  return isGain ? all : all.toReversed();
}
