// What is known while the clauses of one test are checked in order: who is there, and what the clock shows.

import type { DateTimeValue, DateValue, Name } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import type { ZoneCalendar } from "../calendar.ts";
import type { Context } from "../context.ts";
import { replace, suggested } from "../fixes.ts";
import type { TestPerson, TestSpan } from "../ir/test.ts";
import { kindOf } from "../scope.ts";
import { checkDay, checkMoment } from "./moment.ts";
import { missing, type Wanted } from "./operand.ts";

export interface Story {
  readonly context: Context;
  readonly calendar: ZoneCalendar;
  readonly people: Map<string, TestPerson>;
  readonly companies: Set<string>;
  /** Names that stood in the place of an event, which was reported: where \`given\` is missing, a person's stands there. */
  readonly mistaken: Set<string>;
  readonly start: number;
  clock: number;
  /** Whether something but `now is` and `given` has stood. */
  isBegun: boolean;
  /** Whether `now is` has stood. */
  isDated: boolean;
  /** Whether the clock has come further than a test lasts, which was reported. */
  isTooLong: boolean;
}

/** Enough for the anniversaries that people wait for. */
const longestYears = 10;

/** Lets the clock of the test come to `to`; `span` is what says so. */
export function moveClock(story: Story, to: number, span: Span): void {
  const { calendar, context, start } = story;
  const last = calendar.shift(start, { amount: longestYears, unit: "y" });
  if (to > last && !story.isTooLong) {
    const found = context.scope.text(span);
    context.report(diagnose("E865", span, { found, years: longestYears, last: clockText(story, last) }));
    story.isTooLong = true;
  }
  story.clock = Math.max(story.clock, to);
}

const minuteMs = 60_000;

/** History that does not say when it was: before everything else that the test brings about. */
export const justBefore = (start: number): number => start - minuteMs;

/** An instant as the project's clocks show it, in the way it is written. */
export function clockText({ calendar }: Pick<Story, "calendar">, at: number): string {
  return calendar.wallClockOf(at).slice(0, 16).replace("T", " ");
}

/** null where there is nobody of that name, which is reported. */
export function personNamed({ context, people, mistaken }: Story, name: Name): TestPerson | null {
  const found = people.get(name.text);
  if (found) return found;
  // `given people` without a number was reported: the parser took it for a name.
  if (people.has("people") && name.text.startsWith("people_")) return null;
  if (mistaken.has(name.text)) return null;
  const near = context.scope.nearest(name.text, people.keys());
  const fixes = near === null ? [] : [suggested(`Write \`${near}\``, replace(name.span, near))];
  context.report(diagnose("E850", name.span, { name: name.text }, { fixes }));
  return null;
}

/** Whether a name is one of `names`; else it is reported, with what it is or what was probably meant. */
export function isNamed(
  { context }: Pick<Story, "context">,
  name: Name,
  wanted: Wanted,
  names: Iterable<string>,
): boolean {
  const all = [...names];
  if (all.includes(name.text)) return true;
  const is = kindOf(context.scope, name.text);
  if (is !== null) {
    const article = /^[aeiou]/.test(wanted.what) ? "an" : "a";
    context.report(diagnose("E222", name.span, { name: name.text, is, wanted: `${article} ${wanted.what}` }));
  } else missing(context, name, wanted, all);
  return false;
}

export function isProgram(story: Story, name: Name): boolean {
  return isNamed(story, name, { what: "program", starters: ["program"] }, story.context.scope.programs.keys());
}

/** A whole number from `least`; false, and reported, where it is none. */
export function isCount({ context }: Story, count: number, span: Span, least: number, wanted: string): boolean {
  if (Number.isSafeInteger(count) && count >= least) return true;
  context.report(diagnose("E857", span, { found: String(count), wanted }));
  return false;
}

/** False, and reported, where a count is larger than any test needs. */
export function isFewEnough({ context }: Story, count: number, span: Span, most: number): boolean {
  if (count > most) context.report(diagnose("E857", span, { found: String(count), wanted: `at most ${most}` }));
  return count <= most;
}

/** null where there is no such moment, which is reported. */
export function instantOf(
  { context, calendar }: Pick<Story, "context" | "calendar">,
  at: DateTimeValue,
): number | null {
  const point = checkMoment(context, at);
  return point && calendar.resolveInstant(point.start, 0);
}

/** The moment that `on` names: of a day nine o'clock, as everywhere else. */
export function momentOn(story: Story, on: DateTimeValue | DateValue): number | null {
  if (on.kind === "datetime") return instantOf(story, on);
  return checkDay(story.context, on) && story.calendar.instantOf(`${on.value}T09:00`);
}

/** All that `on` names where something is looked for: the whole day, or the minute. */
export function spanOn(story: Story, on: DateTimeValue | DateValue): TestSpan | null {
  if (on.kind === "datetime") {
    const from = instantOf(story, on);
    const hasSeconds = on.value.split(":").length > 2;
    return from === null ? null : { from, until: from + (hasSeconds ? 1_000 : minuteMs) };
  }
  const point = checkDay(story.context, on);
  const end = point?.end ?? null;
  if (!point || !end) return null;
  const [from, until] = [point.start, end].map((edge) => story.calendar.resolveInstant(edge, 0));
  return from === undefined || until === undefined ? null : { from, until };
}
