// A checked policy to its IR.

import { Bug } from "../../grammar/unreachable.ts";
import type { CheckedPolicy, CheckedRule } from "../checked-delivery.ts";
import { subjectOf } from "../check/policy-rules.ts";
import type { Policy, PolicyRule } from "../ir/policy.ts";
import { lowerCondition, type Room } from "./condition.ts";
import type { Segments } from "./segments.ts";

export function lowerPolicy(segments: Segments, { name, doc, segment, rules }: CheckedPolicy): Policy {
  const { require, derived } = segments;
  const room: Room = { bindings: new Map(), scope: "all", salt: `policy ${name}`, segment: require, derived };
  return {
    name,
    doc,
    segment: segment && require(segment.name, segment.args),
    rules: rules.map((rule) => lowerRule(room, rule)),
  };
}

function lowerRule(room: Room, rule: CheckedRule): PolicyRule {
  switch (rule.kind) {
    case "at most":
      return { kind: rule.kind, emails: rule.emails, length: rule.length };
    case "never send":
      return { kind: rule.kind, topic: rule.topic, to: lowerCondition(room, rule.to), title: subjectOf(rule) };
    default:
      throw new Bug("a rule of a policy that nothing runs reached lowering");
  }
}
