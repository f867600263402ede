// Scores to their IR: points in millionths, a half-life in milliseconds.

import type { CheckedBehaviour } from "../checked.ts";
import type { CheckedScore, CheckedScoreRule } from "../checked-people.ts";
import type { Behaviour } from "../ir/condition.ts";
import { millionths, type Score, type ScoreRule } from "../ir/people.ts";
import { lowerEvent, lowerCondition, type Room } from "./condition.ts";
import { seconds } from "./moment.ts";

export function lowerScore(room: Room, { name, doc, rules, halves }: CheckedScore): Omit<Score, "reads" | "hash"> {
  return {
    name,
    doc,
    rules: rules.map((rule) => lowerRule(room, rule)),
    halfLife: halves && seconds(halves) * 1000,
  };
}

function lowerRule(room: Room, { when, points, cap, isPerOccurrence }: CheckedScoreRule): ScoreRule {
  const limit = cap === null ? null : inMillionths(cap);
  if (isPerOccurrence && when.kind === "behaviour") {
    return { kind: "each", of: counted(room, when), points: inMillionths(points), cap: limit };
  }
  const given = limit === null ? Math.abs(points) : Math.min(Math.abs(points), cap ?? 0);
  return { kind: "once", when: lowerCondition(room, when), points: inMillionths(Math.sign(points) * given) };
}

const inMillionths = (points: number): number => Math.round(points * millionths);

/** As if somebody asked whether there is at least one: occurrences are told apart as every count tells them. */
function counted(room: Room, when: CheckedBehaviour): Behaviour {
  return lowerEvent(room, { ...when, count: { op: ">=", times: 1 } });
}
