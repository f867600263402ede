// Places in time as a writer would write them, worked out without the compiler's idea of periods.

import type { Length } from "../../compiler/ir/condition.ts";
import type { Dice } from "./dice.ts";
import { days, lengths, type World } from "./world.ts";

export interface Draw {
  readonly dice: Dice;
  readonly world: World;
  /** Notes which alternative was drawn. */
  note(alternative: string): void;
  /** Declares a parameter of the segment with that default; gives back its name. */
  parameter(type: string, value: string): string;
}

/** Dates and datetimes as places in time: from `start` up to but without `end`; an instant has no end. */
export interface Point {
  readonly text: string;
  readonly start: number;
  readonly end: number | null;
  readonly startDay: string;
  readonly endDay: string;
}

export function spell({ amount, unit }: Length, dice: Dice): string {
  const long = { min: "minutes", h: "hours", d: "days", w: "weeks", mo: "months", y: "years" }[unit];
  return dice.chance(20) ? `${amount} ${long}` : `${amount}${unit}`;
}

function drawRelative({ dice, world }: Draw): Point {
  const by = dice.pick(lengths);
  const isPast = dice.chance(70);
  const moved = { ...by, amount: isPast ? -by.amount : by.amount };
  const start = world.calendar.shift(world.now, moved);
  const isExact = by.unit === "min" || by.unit === "h";
  const startDay = isExact
    ? world.calendar.dayOf(start)
    : world.calendar.shiftDay(world.calendar.dayOf(world.now), moved);
  return { text: `${spell(by, dice)} ${isPast ? "ago" : "from now"}`, start, end: null, startDay, endDay: startDay };
}

const next = (world: World, day: string) => world.calendar.shiftDay(day, { amount: 1, unit: "d" });

function wholeDays(world: World, text: string, startDay: string, endDay: string): Point {
  return { text, start: world.calendar.startOfDay(startDay), end: world.calendar.startOfDay(endDay), startDay, endDay };
}

export function drawMoment(draw: Draw): Point {
  const { dice, world } = draw;
  const kind = dice.pick(["relative", "date", "datetime", "today", "now"] as const);
  draw.note(`moment ${kind}`);
  switch (kind) {
    case "relative":
      return drawRelative(draw);
    case "date": {
      const day = dice.pick(days);
      return wholeDays(world, day, day, next(world, day));
    }
    case "datetime": {
      const at = dice.pick(["2026-03-29 09:00", "2026-03-29T02:30", "2026-03-30 08:00:00Z"]);
      const [day = "", clock = ""] = at.split(/[ T]/);
      const start = at.endsWith("Z") ? Date.parse(`${day}T${clock}`) : world.calendar.instantOf(`${day}T${clock}`);
      const startDay = world.calendar.dayOf(start);
      return { text: at, start, end: null, startDay, endDay: startDay };
    }
    case "today": {
      const day = world.calendar.dayOf(world.now);
      return wholeDays(world, "today", day, next(world, day));
    }
    case "now": {
      const day = world.calendar.dayOf(world.now);
      return { text: "now", start: world.now, end: null, startDay: day, endDay: day };
    }
  }
}

/** A moment where a parameter may stand too. */
export function drawEnd(draw: Draw): Point {
  const point = drawMoment(draw);
  if (!draw.dice.chance(20)) return point;
  return { ...point, text: draw.parameter(point.end === null ? "datetime" : "date", point.text) };
}

/** Worked out from the day by hand, not by the compiler's calendar. Weeks start on Sunday. */
export function drawPeriod({ dice, world }: Pick<Draw, "dice" | "world">): Point {
  const today = world.calendar.dayOf(world.now);
  const [year = 0, month = 0, date = 0] = today.split("-").map(Number);
  const day = (y: number, m: number, d: number) => new Date(Date.UTC(y, m - 1, d)).toISOString().slice(0, 10);
  const kind = dice.pick(["this", "last", "next"]);
  const by = kind === "this" ? 0 : kind === "last" ? -1 : 1;
  switch (dice.below(6)) {
    case 0: {
      const sunday = date - new Date(Date.UTC(year, month - 1, date)).getUTCDay() + 7 * by;
      return wholeDays(world, `${kind} week`, day(year, month, sunday), day(year, month, sunday + 7));
    }
    case 1:
      return wholeDays(world, `${kind} month`, day(year, month + by, 1), day(year, month + by + 1, 1));
    case 2: {
      const first = 3 * Math.floor((month - 1) / 3) + 1 + 3 * by;
      return wholeDays(world, `${kind} quarter`, day(year, first, 1), day(year, first + 3, 1));
    }
    case 3:
      return wholeDays(world, `${kind} year`, day(year + by, 1, 1), day(year + by + 1, 1, 1));
    case 4:
      return wholeDays(world, "yesterday", day(year, month, date - 1), today);
    default:
      return wholeDays(world, "tomorrow", day(year, month, date + 1), day(year, month, date + 2));
  }
}

/** Events are not asked for in a period that has not begun. */
export function drawPast(draw: Draw): Point {
  const period = drawPeriod(draw);
  return /^(next|tomorrow)/.test(period.text) ? drawPast(draw) : period;
}

export function todayOf(world: World): Point {
  const day = world.calendar.dayOf(world.now);
  return wholeDays(world, "today", day, next(world, day));
}
