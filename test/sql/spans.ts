// Random windows and calendar periods.

import type { Behaviour, Moment } from "../../compiler/ir/condition.ts";
import type { Calendar } from "../../grammar/ast/expr.ts";
import type { Dice } from "./dice.ts";
import { days, lengths } from "./world.ts";

export function drawWindow(dice: Dice): Pick<Behaviour, "from" | "until"> {
  const ago = (): Moment => {
    const by = dice.pick(lengths);
    return { kind: "shift", by: { ...by, amount: -by.amount } };
  };
  const calendar = drawCalendar(dice);
  const between: Pick<Behaviour, "from" | "until"> = {
    from: { kind: "period", calendar, edge: "start" },
    until: { moment: { kind: "period", calendar, edge: "end" }, isIncluded: false },
  };
  return dice.pick([
    { from: ago(), until: null },
    { from: null, until: { moment: ago(), isIncluded: false } },
    { from: ago(), until: { moment: ago(), isIncluded: true } },
    { from: ago(), until: { moment: { kind: "now" }, isIncluded: true } },
    { from: { kind: "day", date: dice.pick(days), edge: dice.pick(["start", "end"] as const) }, until: null },
    { from: { kind: "instant", utc: "2026-03-01T00:00:00Z" }, until: null },
    between,
  ]);
}

export function drawCalendar(dice: Dice): Calendar {
  if (dice.chance(30)) return { kind: dice.pick(["today", "yesterday", "tomorrow"] as const) };
  return {
    kind: dice.pick(["this", "last", "next"] as const),
    unit: dice.pick(["week", "month", "quarter", "year"] as const),
  };
}
