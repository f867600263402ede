// Funnels to their IR.

import type { CheckedFunnel } from "../checked-people.ts";
import type { Funnel } from "../ir/people.ts";
import { lowerCondition, type Room } from "./condition.ts";

export function lowerFunnel(
  room: Room,
  { name, doc, stages, isForwardOnly }: CheckedFunnel,
): Omit<Funnel, "reads" | "hash"> {
  const lowered = stages.map((stage) => ({ name: stage.name, when: stage.when && lowerCondition(room, stage.when) }));
  return { name, doc, stages: lowered, isForwardOnly };
}
