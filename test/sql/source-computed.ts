// Random scores and funnels as a writer would write them, and what can be asked of them, each with what it means.

import { halved } from "./halved.ts";
import type { Draw } from "./source-moments.ts";
import { drawSingle, drawField, type Predicate, type Subject } from "./source-predicates.ts";
import { stageNames } from "./world.ts";

export interface DrawnScore {
  readonly name: string;
  readonly text: string;
  pointsOf(subject: Subject): number;
}

export interface DrawnFunnel {
  readonly name: string;
  readonly text: string;
  readonly stages: readonly string[];
  /** From 1; 0 where no stage holds. */
  placeOf(subject: Subject): number;
}

export interface Computed {
  readonly scores: readonly DrawnScore[];
  readonly funnels: readonly DrawnFunnel[];
}

const hourMs = 3_600_000;
/** A day has 24 hours, a month 30 days. */
const halfLives = [
  ["90min", 1.5 * hourMs],
  ["1d", 24 * hourMs],
  ["2w", 14 * 24 * hourMs],
  ["1mo", 30 * 24 * hourMs],
  ["1y", 365 * 24 * hourMs],
] as const;

interface DrawnRule {
  readonly text: string;
  /** In millionths, negative where they are subtracted. */
  giveTo(subject: Subject, halfLife: number | null): bigint;
}

const millionths = (points: string): bigint => BigInt(Math.round(Number(points) * 1e6));

function drawRule(draw: Draw): DrawnRule {
  const { dice } = draw;
  const isAdded = dice.chance(75);
  const points = dice.pick(["1", "0.5", "3.25", "40", "0.000001"]);
  const limit = dice.chance(40) ? dice.pick(["1", "2.5", "100"]) : null;
  const behaviour = dice.chance(70) ? drawSingle(draw) : null;
  const when = behaviour ?? drawField(draw);
  const upTo = limit === null ? "" : ` up to ${limit}`;
  return {
    text: `${when.text} ${isAdded ? "adds" : "subtracts"} ${points}${upTo}`,
    giveTo(subject, halfLife) {
      const each = millionths(points);
      const all =
        behaviour && !behaviour.isCounted
          ? behaviour
              .occurrencesOf(subject)
              .reduce((sum, at) => sum + halved(each, subject.world.now - at, halfLife), 0n)
          : when.holds(subject)
            ? each
            : 0n;
      const given = limit !== null && all > millionths(limit) ? millionths(limit) : all;
      return isAdded ? given : -given;
    },
  };
}

export function drawScore(draw: Draw, name: string): DrawnScore {
  const { dice } = draw;
  const rules = dice.times(dice.below(5), () => drawRule(draw));
  const decay = dice.chance(60) ? dice.pick(halfLives) : null;
  const lines = [...rules.map(({ text }) => text), ...(decay ? [`halves every ${decay[0]}`] : [])];
  return {
    name,
    text: `score ${name} <\n${lines.join("\n")}\n>`,
    pointsOf(subject) {
      const total = rules.reduce((sum, rule) => sum + rule.giveTo(subject, decay?.[1] ?? null), 0n);
      return total < 0n ? 0 : Number(total) / 1e6;
    },
  };
}

export function drawFunnel(draw: Draw, name: string, scores: readonly DrawnScore[]): DrawnFunnel {
  const { dice } = draw;
  const stages = dice.shuffle(stageNames).slice(0, 1 + dice.below(4));
  const whens = stages.map((): Predicate | null => {
    if (dice.chance(15)) return null;
    return dice.pick([() => drawField(draw), () => drawSingle(draw), () => drawPoints(draw, scores)])();
  });
  const isForwardOnly = dice.chance(50);
  const lines = stages.map((stage, index) => {
    const when = whens[index];
    return when ? `stage ${stage} when ${when.text}` : `stage ${stage}`;
  });
  return {
    name,
    text: `funnel ${name} <\n${[...lines, ...(isForwardOnly ? ["moves forward only"] : [])].join("\n")}\n>`,
    stages,
    placeOf(subject) {
      const { world, row } = subject;
      const now = whens.map((when, index) => (when === null || when.holds(subject) ? index + 1 : 0));
      const recorded = world.stages
        .filter((found) => found.funnel === name && found.contactId === row.id && found.at <= world.now)
        .map(({ stage }) => (stage === null ? 0 : stages.indexOf(stage) + 1));
      return Math.max(0, ...now, ...(isForwardOnly ? recorded : []));
    },
  };
}

const orders = {
  ">=": (one: number, other: number) => one >= other,
  ">": (one: number, other: number) => one > other,
  "<=": (one: number, other: number) => one <= other,
  "<": (one: number, other: number) => one < other,
  "=": (one: number, other: number) => one === other,
};
const signs = Object.keys(orders) as (keyof typeof orders)[];

function drawPoints({ dice, note }: Draw, scores: readonly DrawnScore[]): Predicate {
  note("score");
  const score = dice.pick(scores);
  const [sign, limit] = [dice.pick(signs), dice.pick([0, 0.5, 1, 3.25, 40])];
  return {
    text: `score ${score.name} ${sign} ${limit}`,
    holds: (subject) => orders[sign](score.pointsOf(subject), limit),
  };
}

function drawStage({ dice, note }: Draw, funnels: readonly DrawnFunnel[]): Predicate {
  note("stage");
  const { name, stages, placeOf } = dice.pick(funnels);
  const [one, other] = [1 + dice.below(stages.length), 1 + dice.below(stages.length)];
  const word = (place: number) => stages[place - 1] ?? "";
  const known = (test: (place: number) => boolean) => (subject: Subject) => {
    const place = placeOf(subject);
    return place > 0 && test(place);
  };
  const sign = dice.pick(signs);
  const asked: readonly Predicate[] = [
    { text: `${sign} ${word(one)}`, holds: known((place) => orders[sign](place, one)) },
    { text: `!= ${word(one)}`, holds: (subject) => placeOf(subject) !== one },
    { text: `in (${word(one)}, ${word(other)})`, holds: known((place) => place === one || place === other) },
    { text: `between ${word(one)} and ${word(other)}`, holds: known((place) => place >= one && place <= other) },
    { text: "is known", holds: known(() => true) },
    { text: "is unknown", holds: (subject) => placeOf(subject) === 0 },
  ];
  const { text, holds } = dice.pick(asked);
  return { text: `stage ${name} ${text}`, holds };
}

export function drawAsked(draw: Draw, { scores, funnels }: Computed): Predicate {
  return draw.dice.chance(50) ? drawPoints(draw, scores) : drawStage(draw, funnels);
}
