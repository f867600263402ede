// Random anniversaries, each with what it means for the days of all years.

import type { Field } from "../../compiler/ir/catalog.ts";
import { daysOfYears } from "./aggregate-reference.ts";
import { isDated } from "./source-checks.ts";
import { type Draw, drawEnd, drawMoment, drawPeriod, type Point } from "./source-moments.ts";
import type { Predicate } from "./source-predicates.ts";

const forms = ["=", "!=", "in", "in calendar", "between", "before", "after", "<=", ">=", "is known"] as const;

export function drawAnniversary(draw: Draw): Predicate {
  const { dice, world } = draw;
  const fields = world.catalog.contact.fields.filter((field) => isDated(field) && !field.type.isList);
  const field: Field = dice.pick(fields);
  const form = dice.pick(forms);
  draw.note(`anniversary ${form}`);
  const { text, check } = drawForm(draw, form);
  return {
    text: `anniversary of ${field.name} ${text}`,
    holds({ row }) {
      const value = row[field.name] ?? null;
      if (value === null) return form === "!=";
      return check(daysOfYears(typeof value === "number" ? world.calendar.dayOf(value) : String(value)));
    },
  };
}

interface Form {
  readonly text: string;
  /** From the days of all years, the first one first. */
  readonly check: (days: readonly string[]) => boolean;
}

function drawForm(draw: Draw, form: (typeof forms)[number]): Form {
  const { dice, world } = draw;
  const today = world.calendar.dayOf(world.now);
  const next = (days: readonly string[]) => days.find((day) => day >= today) ?? "";
  const isBefore = (day: string, point: Point) => day < point.startDay;
  const isBehind = (day: string, point: Point) => (point.end === null ? day > point.startDay : day >= point.endDay);
  const falls = (days: readonly string[], low: Point, high: Point) =>
    days.some((day) => !isBefore(day, low) && !isBehind(day, high));
  switch (form) {
    case "is known":
      return { text: form, check: () => true };
    case "in calendar": {
      const period = drawPeriod(draw);
      return { text: `in ${period.text}`, check: (days) => falls(days, period, period) };
    }
    case "between": {
      const [low, high] = [drawEnd(draw), drawEnd(draw)];
      return { text: `between ${low.text} and ${high.text}`, check: (days) => falls(days, low, high) };
    }
    case "in": {
      const points = [drawEnd(draw), drawEnd(draw)];
      const text = `in (${points.map((point) => point.text).join(", ")})`;
      return { text, check: (days) => points.some((point) => falls(days, point, point)) };
    }
    case "=":
    case "!=": {
      const point = drawEnd(draw);
      return { text: `${form} ${point.text}`, check: (days) => falls(days, point, point) === (form === "=") };
    }
    case "before":
    case "after": {
      const point = dice.chance(40) ? drawPeriod(draw) : drawMoment(draw);
      const check = (days: readonly string[]) =>
        form === "before" ? isBefore(next(days), point) : isBehind(next(days), point);
      return { text: `${form} ${point.text}`, check };
    }
    default: {
      const point = drawEnd(draw);
      const check = (days: readonly string[]) =>
        form === "<=" ? !isBehind(next(days), point) : !isBefore(next(days), point);
      return { text: `${form} ${point.text}`, check };
    }
  }
}
