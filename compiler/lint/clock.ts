// Sends that are due at a clock time at which a policy sends nothing.

import type { Policy } from "../../grammar/ast/declaration.ts";
import type { ClockValue, Duration } from "../../grammar/ast/expr.ts";
import type { Head, Program, Time } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { weekdays } from "../../grammar/words.ts";
import type { Report } from "../scope.ts";
import type { Mails } from "./sends.ts";
import { followWays, type Pause, type Send, stepsOf } from "./ways.ts";

/** When people may come to a place, as far as it is known. */
interface Arrival {
  /** 0: monday; null: any. */
  readonly day: number | null;
  /** Since midnight. */
  readonly minutes: number;
  readonly isLocal: boolean;
}

type Rule = Policy["rules"][number];
interface Silence {
  readonly policy: string;
  readonly rule: Rule;
  readonly isSilent: (arrival: Arrival) => boolean;
}

/** What policies for everybody say about the clock; a policy `for` a segment may not meet the people of a program. */
export function silencesOf(policies: readonly Policy[]): readonly Silence[] {
  return policies.flatMap(({ name, segment, rules }) => {
    if (segment) return [];
    return rules.flatMap((rule) => {
      const isSilent = silence(rule);
      return isSilent ? [{ policy: name.text, rule, isSilent }] : [];
    });
  });
}

const minutesOf = ({ hour, minute }: ClockValue): number => hour * 60 + minute;

function isBetween(minutes: number, from: ClockValue, to: ClockValue): boolean {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  return start <= end ? start <= minutes && minutes < end : start <= minutes || minutes < end;
}

function silence(rule: Rule): Silence["isSilent"] | null {
  switch (rule.kind) {
    case "quiet hours":
      return ({ minutes, isLocal }) => isLocal === rule.local && isBetween(minutes, rule.from, rule.to);
    case "send only between":
      return ({ minutes, isLocal }) => isLocal === rule.local && !isBetween(minutes, rule.from, rule.to);
    case "send only on": {
      const { days } = rule;
      // The weekend of a person's country is not known here.
      if (days === "weekdays") return rule.local ? null : ({ day, isLocal }) => !isLocal && day !== null && day > 4;
      const allowed = new Set(days.map(({ text }) => weekdays.indexOf(text)));
      return ({ day, isLocal }) => isLocal === rule.local && day !== null && !allowed.has(day);
    }
    default:
      return null;
  }
}

/** Reports each send that people come to at a time at which the policy is silent, by the clock that both of them name. */
export function lintClock(report: Report, program: Program, silences: readonly Silence[], mails: Mails): void {
  if (silences.length === 0) return;
  const told = new Set<number>();
  const send = (arrivals: readonly Arrival[], step: Send): readonly Arrival[] => {
    if (!mails.isMarketing(step.email.text) || told.has(step.span.start)) return arrivals;
    for (const arrival of arrivals) {
      const silent = silences.find(({ isSilent }) => isSilent(arrival));
      if (!silent) continue;
      told.add(step.span.start);
      const related = [{ span: silent.rule.span, text: `the rule of \`${silent.policy}\`` }];
      const params = { email: step.email.text, time: timeText(arrival), policy: silent.policy };
      report(diagnose("W544", step.span, params, { related }));
      break;
    }
    return arrivals;
  };
  const either = (left: readonly Arrival[], right: readonly Arrival[]) => distinct([...left, ...right]);
  followWays({ send, pause: arrivalsBehind, either }, stepsOf(program), startsOf(program));
}

function distinct(arrivals: readonly Arrival[]): readonly Arrival[] {
  return [...new Map(arrivals.map((arrival) => [`${timeText(arrival)} ${arrival.isLocal}`, arrival])).values()];
}

function timeText({ day, minutes }: Arrival): string {
  const clock = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
  return day === null ? clock : `${weekdays[day] ?? ""} ${clock}`;
}

function startsOf({ parts }: Program): readonly Arrival[] {
  const starts = parts.filter(
    (part): part is Extract<Head, { readonly kind: "start every" }> => part.kind === "start every",
  );
  return starts.map(({ recurrence }) => at(recurrence.every.text, recurrence.time));
}

/** A recurrence without a clock means 09:00. */
function at(day: string, time: Time | null): Arrival {
  const index = weekdays.indexOf(day);
  return {
    day: index < 0 ? null : index,
    minutes: time ? minutesOf(time.clock) : 9 * 60,
    isLocal: time?.local === true,
  };
}

/** Days keep the clock; the time at which something comes is not known. */
function arrivalsBehind(arrivals: readonly Arrival[], step: Pause): readonly Arrival[] {
  if (step.kind === "wait up to") return [];
  if (step.kind === "wait") return distinct(arrivals.map((arrival) => later(arrival, step.duration)));
  const { until } = step;
  if (until.kind === "weekday") return [at(until.weekday.text, until.time)];
  return until.kind === "clock" ? [at("", until.time)] : [];
}

function later({ day, minutes, isLocal }: Arrival, { amount, unit }: Duration): Arrival {
  if (unit === "mo" || unit === "y") return { day: null, minutes, isLocal };
  const ahead = unit === "min" ? amount : unit === "h" ? amount * 60 : 0;
  const days = (unit === "d" ? amount : unit === "w" ? amount * 7 : 0) + Math.floor((minutes + ahead) / 1440);
  return { day: day === null ? null : (day + days) % 7, minutes: (minutes + ahead) % 1440, isLocal };
}
