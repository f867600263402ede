// A checked policy to its IR.

import { unreachable } from "../../grammar/unreachable.ts";
import { weekdays } from "../../grammar/words.ts";
import type { CheckedPolicy, CheckedRule } from "../checked-delivery.ts";
import { clockText, subjectOf } from "../check/policy-rules.ts";
import type { Holiday, Policy, PolicyRule } from "../ir/policy.ts";
import { lowerCondition, type Room } from "./condition.ts";
import type { Segments } from "./segments.ts";

export function lowerPolicy(
  segments: Segments,
  holidays: readonly Holiday[],
  { name, doc, segment, rules }: CheckedPolicy,
): Policy {
  const { require, derived } = segments;
  const room: Room = { bindings: new Map(), scope: "all", salt: `policy ${name}`, segment: require, derived };
  return {
    name,
    doc,
    segment: segment && require(segment.name, segment.args),
    rules: rules.map((rule) => lowerRule(room, holidays, rule)),
  };
}

function lowerRule(room: Room, holidays: readonly Holiday[], rule: CheckedRule): PolicyRule {
  switch (rule.kind) {
    case "at most": {
      const { kind, emails, length } = rule;
      return { kind, emails, length, title: `at most ${emails} emails in ${length.amount}${length.unit}` };
    }
    case "at most in total": {
      const { kind, emails, per } = rule;
      return { kind, emails, per, title: `at most ${emails} emails per ${per} in total` };
    }
    case "never send":
      return { kind: rule.kind, topic: rule.topic, to: lowerCondition(room, rule.to), title: subjectOf(rule) };
    case "quiet hours":
    case "send only between": {
      const { kind, from, to, isLocal } = rule;
      const link = kind === "quiet hours" ? "to" : "and";
      return { kind, from, to, isLocal, title: `${kind} ${clockText(from)} ${link} ${clockText(to)}${local(isLocal)}` };
    }
    case "send only on": {
      const { kind, days, isLocal } = rule;
      const named = days === "weekdays" ? days : days.map((day) => weekdays[day - 1]).join(", ");
      return { kind, days, isLocal, title: `${kind} ${named}${local(isLocal)}` };
    }
    case "no sending on holidays":
      return { kind: rule.kind, holidays, isLocal: false, title: subjectOf(rule) };
    case "only one of":
      return { kind: rule.kind, programs: rule.programs, title: subjectOf(rule) };
    case "on ambiguous":
      return { kind: rule.kind, mode: rule.mode, title: subjectOf(rule) };
    default:
      return unreachable(rule);
  }
}

const local = (isLocal: boolean): string => (isLocal ? " local" : "");
