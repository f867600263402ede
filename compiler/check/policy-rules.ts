// Rules of policies side by side: all hold together, so none may take away what another one needs.

import { diagnose } from "../../grammar/diagnostics/table.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import { suppressed } from "../built-in.ts";
import type { CheckedRule } from "../checked-delivery.ts";
import type { Report } from "../scope.ts";

type RuleOf<K extends CheckedRule["kind"]> = CheckedRule & { readonly kind: K };

/** Whether the same policy has a rule about the same already, which is reported; `own`: its rules, by what they are about. */
export function checkTwice(report: Report, own: ReadonlyMap<string, CheckedRule>, rule: CheckedRule): boolean {
  const subject = subjectOf(rule);
  const earlier = own.get(subject);
  if (!earlier) return false;
  report(diagnose("E708", rule.span, { rule: subject }, { related: [{ span: earlier.span, text: "the first one" }] }));
  return true;
}

/** What a policy says one thing about. */
export function subjectOf(rule: CheckedRule): string {
  switch (rule.kind) {
    case "quiet hours":
      return `quiet hours ${clockText(rule.from)} to ${clockText(rule.to)}`;
    case "send only between":
    case "send only on":
    case "no sending on holidays":
      return rule.kind;
    case "at most":
      return `at most … in ${rule.length.amount}${rule.length.unit}`;
    case "at most in total":
      return `at most … per ${rule.per} in total`;
    case "never send":
      return `never send ${rule.topic ? `${rule.topic} ` : ""}to in ${memberOf(rule)}`;
    case "only one of":
      return `only one of ${rule.programs.join(", ")}`;
    case "on ambiguous":
      return `on ambiguous ${rule.mode}`;
    default:
      return unreachable(rule);
  }
}

export function clockText(minutes: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function memberOf({ to }: RuleOf<"never send">): string {
  return to.kind === "in segment" || to.kind === "in list" ? to.name : suppressed;
}

/** Reports what cannot hold together with a rule before it. */
export function checkStanding(report: Report, earlier: readonly CheckedRule[], rule: CheckedRule): void {
  const found = contradictionOf(earlier, rule);
  if (!found) return;
  const related = [{ span: found.other.span, text: "the other rule" }];
  report(diagnose("E709", rule.span, { reason: found.reason }, { related }));
}

interface Contradiction {
  readonly other: CheckedRule;
  readonly reason: string;
}

function contradictionOf(earlier: readonly CheckedRule[], rule: CheckedRule): Contradiction | null {
  switch (rule.kind) {
    case "on ambiguous": {
      const other = earlier.find((other) => other.kind === rule.kind && other.mode !== rule.mode);
      return other ? { other, reason: `\`${subjectOf(other)}\` and \`${subjectOf(rule)}\`` } : null;
    }
    case "only one of":
      return orderOf(earlier, rule);
    case "send only on":
      return daysLeft(earlier, rule);
    case "quiet hours":
    case "send only between":
      return hoursLeft(earlier, rule);
    default:
      return null;
  }
}

/** Of two programs the earlier in the list wins, so lists must agree on which that is. */
function orderOf(earlier: readonly CheckedRule[], { programs }: RuleOf<"only one of">): Contradiction | null {
  const place = new Map(programs.map((program, index) => [program, index]));
  for (const other of earlier) {
    if (other.kind !== "only one of") continue;
    const shared = other.programs.filter((program) => place.has(program));
    for (const [index, first] of shared.entries()) {
      const second = shared[index + 1];
      if (second === undefined || (place.get(first) ?? 0) < (place.get(second) ?? 0)) continue;
      return { other, reason: `\`${first}\` comes before \`${second}\` in one and behind it in the other` };
    }
  }
  return null;
}

/** Which days `weekdays` are depends on the country, so only named days can be told to exclude each other. */
function daysLeft(earlier: readonly CheckedRule[], { days, isLocal }: RuleOf<"send only on">): Contradiction | null {
  let left = days === "weekdays" ? null : days;
  for (const other of earlier) {
    if (other.kind !== "send only on" || other.isLocal !== isLocal || other.days === "weekdays" || !left) continue;
    const { days: others } = other;
    left = left.filter((day) => others.includes(day));
    if (left.length === 0) return { other, reason: "no day is left to send on" };
  }
  return null;
}

type Hours = RuleOf<"quiet hours" | "send only between">;

/** Hours in zones that differ are not compared: what is night for one person is day for another. */
function hoursLeft(earlier: readonly CheckedRule[], rule: Hours): Contradiction | null {
  let left = minutesOf(rule);
  for (const other of earlier) {
    if ((other.kind !== "quiet hours" && other.kind !== "send only between") || other.isLocal !== rule.isLocal)
      continue;
    left &= minutesOf(other);
    if (left === 0n) return { other, reason: "no time of the day is left to send in" };
  }
  return null;
}

const minutes = 24n * 60n;
const wholeDay = (1n << minutes) - 1n;

/** The minutes of the day in which mail may be sent, each a bit. */
function minutesOf({ kind, from, to }: Hours): bigint {
  const [low, high] = [BigInt(Math.min(from, to)), BigInt(Math.max(from, to))];
  const between = ((1n << (high - low)) - 1n) << low;
  const within = from < to ? between : wholeDay ^ between;
  return kind === "send only between" ? within : wholeDay ^ within;
}
