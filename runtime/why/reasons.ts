// The journal's reasons in the words of the language, each with the rule that it follows from.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program, Recurrence, Trigger } from "../../compiler/ir/program.ts";
import { reasons as held } from "../engine/decide.ts";
import { restraintsOf } from "../engine/restraints.ts";
import { conditionText, termText } from "./words.ts";

interface Told {
  readonly text: string;
  readonly rule: string;
}

/** Why a start did not happen. */
export function droppedText(plan: Plan, program: Program, reason: string): Told {
  const rival = /^already in (.*)$/.exec(reason)?.[1];
  if (rival !== undefined) {
    const found = restraintsOf(plan, "only one of").find(
      ({ rule }) => rule.programs.includes(rival) && rule.programs.includes(program.name),
    );
    return {
      text: `in ${rival} at that time, or just starting there`,
      rule: found ? `${found.rule.title} (policy ${found.policy})` : "only one of",
    };
  }
  if (reason.startsWith("not in ")) return { text: reason, rule: `for ${program.segment ?? reason.slice(7)}` };
  if (reason.startsWith("entered less than ")) return { text: reason, rule: enterText(program) };
  return dropped(program)[reason] ?? { text: reason, rule: "start" };
}

const dropped = (program: Program): Readonly<Record<string, Told>> => ({
  paused: { text: "the program was paused, and starts by hand or from another program do not queue", rule: "pause" },
  closed: { text: "the program was closed", rule: "closes at" },
  "already inside": { text: "inside already", rule: "one active enrollment of each person" },
  "entered before": { text: "had entered before", rule: enterText(program) },
  "started at this instant already": { text: "had started at that very instant", rule: enterText(program) },
  "only if did not hold": {
    text: "its only if did not hold",
    rule: program.onlyIf ? `only if ${conditionText(program.onlyIf)}` : "only if",
  },
});

export function enterText({ enter }: Program): string {
  if (enter.kind === "once") return enter.per === null ? "enter once" : `enter once per ${enter.per}`;
  return enter.kind === "again" ? `enter again after ${enter.after.amount}${enter.after.unit}` : "enter every time";
}

/** The rule by which a mail is held back; null: none of the language's. */
export function heldRule(plan: Plan, program: Program | undefined, reason: string | null): string | null {
  if (reason === null) return null;
  const known: Readonly<Record<string, string>> = {
    [held.address]: "a mail needs an address",
    [held.suppressed]: "who is in Suppressed is never mailed",
    [held.unsubscribed]: "who refused all mail gets none",
    [held.onlyIf]: "the send's own only if",
    [held.copy]: "two contacts of one address get one copy",
    "left before it was sent": "an exit or goal wins over a mail that has not gone out",
  };
  if (known[reason] !== undefined) return known[reason];
  if (reason.startsWith("unsubscribed from ")) return "who refused a topic gets none of its mails";
  if (reason.startsWith("not subscribed to ")) return "a topic that people opt in to needs consent";
  if (program?.sendAtMost?.title === reason) return `program ${program.name}`;
  const policy = plan.policies.find(({ rules }) => rules.some(({ title }) => title === reason));
  return policy ? `policy ${policy.name}` : null;
}

/** How an enrollment ended. */
export function leftText(program: Program | undefined, reason: string): string {
  const onFailure = program?.onFailure === "exit" ? ", as on failure exit says" : "";
  const known: Readonly<Record<string, string>> = {
    finished: "walked to the end",
    exit: "an exit held",
    goal: "reached the goal",
    "goal already reached": "the goal was reached before the start, so it does not count",
    ejected: "was taken out by hand",
    failed: `a mail or call failed for good${onFailure}`,
    stopped: "came to a stop",
    "held out": "was held out, and the goal's time is over",
    "no date": "waited for a date that is unknown",
  };
  return known[reason] ?? reason;
}

/** What a program starts by, as it is written. */
export function triggerText(trigger: Trigger): string {
  switch (trigger.kind) {
    case "event":
    case "edge":
      return "start when";
    case "every":
      return `start every ${recurrenceText(trigger.recurrence)}`;
    case "at":
      return `start at ${trigger.at.value.replace("T", " ").replace(/(:00)?(\.000)?Z?$/, "")}${trigger.at.kind === "local" ? " local" : "Z"}`;
    default: {
      const { offset, isAnniversary, field } = trigger;
      const date = `${isAnniversary ? "anniversary of " : ""}${termText(field)}`;
      if (offset === null) return `start on ${date}`;
      const side = offset.amount < 0 ? "before" : "after";
      return `start ${Math.abs(offset.amount)}${offset.unit} ${side} ${date}`;
    }
  }
}

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

function recurrenceText(recurrence: Recurrence): string {
  const { hour, minute, isLocal } = recurrence.time;
  const day = recurrence.every === "week" ? weekdays[recurrence.weekday - 1] : recurrence.every;
  const clock = [hour, minute].map((part) => String(part).padStart(2, "0")).join(":");
  return `${day} ${clock}${isLocal ? " local" : ""}`;
}
