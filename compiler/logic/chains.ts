// Chains of events: what surely follows from them, and where events lie so that they surely make one, or surely none.

import type { Behaviour, Chain, Compare, Condition, Length, Moment } from "../ir/condition.ts";

export interface ChainWords {
  /** Whoever fulfils it has the chain; null: nothing that can be said. */
  readonly enough: Condition | null;
  /** Whoever has the chain fulfils all of it. */
  readonly sure: readonly Condition[];
}

const minute: Length = { amount: -1, unit: "min" };

export function wordsOf({ first, links }: Chain): ChainWords {
  const sure = [first, ...links.flatMap(({ isNegated, event }) => (isNegated ? [] : [event]))];
  const [link] = links;
  if (!link || links.length > 1) return { enough: null, sure };
  const { isNegated, event, within, same } = link;
  if (isNegated) {
    const { least, most } = daysOf(within);
    const long = timed(first, "<=", { amount: -most, unit: "d" });
    return {
      enough: all([long, not(event)]),
      sure: least > 0 ? [...sure, timed(first, "<=", { amount: -least, unit: "d" })] : sure,
    };
  }
  const apart = all([not(timed(first, "<", minute)), not(timed(event, ">=", minute))]);
  const isLong = within.unit !== "min" || within.amount >= 2;
  const before = timed(timed(first, ">=", { amount: -2, unit: "min" }), "<=", minute);
  return {
    enough: isLong && !same ? all([before, timed(event, ">", minute)]) : null,
    sure: [...sure, not(apart)],
  };
}

const not = (of: Condition): Condition => ({ kind: "not", of });
const all = (of: readonly Condition[]): Condition => ({ kind: "all", of });

/** How many days it has in any calendar. */
function daysOf({ amount, unit }: Length): { readonly least: number; readonly most: number } {
  const days = { min: [0, 1], h: [0, 1], d: [1, 1], w: [7, 7], mo: [28, 31], y: [365, 366] } as const;
  const [short, long] = days[unit];
  return { least: amount * short - 1, most: amount * long + 2 };
}

function timed(behaviour: Behaviour, op: Compare["op"], by: Length): Behaviour {
  const moment: Moment = { kind: "shift", by };
  const right = { kind: "moment", moment, as: "instant" } as const;
  const at: Compare = { kind: "compare", op, left: { kind: "occurred at" }, right, by: "plain" };
  return { ...behaviour, where: behaviour.where ? { kind: "all", of: [behaviour.where, at] } : at };
}
