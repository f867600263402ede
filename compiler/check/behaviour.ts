// A bare name with what stands behind it: an event that happened, or a field where the name is one.

import type { Behaviour } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import { everyone } from "../built-in.ts";
import type { Checked } from "../checked.ts";
import type { CheckWhere, Context } from "../context.ts";
import { insert, replace, safe, suggested } from "../fixes.ts";
import type { EventTable } from "../ir/catalog.ts";
import type { Op } from "../ir/condition.ts";
import { kindOf, namesOf } from "../scope.ts";
import { checkFieldCondition } from "./field-condition.ts";
import { checkFollows, checkTerm } from "./follow.ts";
import { isBareValue, isJoinedOddly } from "./habits.ts";
import { fieldNamed, missing } from "./operand.ts";
import { checkWindow } from "./window.ts";

const countOps: Readonly<Record<string, Op>> = {
  "at least": ">=",
  "at most": "<=",
  exactly: "=",
  "more than": ">",
  "fewer than": "<",
};

export function checkBehaviour(context: Context, node: Behaviour, checkWhere: CheckWhere): Checked {
  const nothing: Checked = { kind: "unchecked", span: node.span };
  if (isJoinedOddly(context, node)) return nothing;
  const { event: name } = node.term;
  const { scope, report } = context;
  const shared = scope.shared.get(name.text);
  if (context.event || shared?.kind === "field" || shared?.kind === "derived field") {
    const operand = fieldNamed(context, name);
    return (operand && checkFieldCondition(context, operand, node)) ?? nothing;
  }
  if (name.text === everyone) return checkEveryone(context, node);
  if (shared?.kind === "event") return checkEvent(context, shared.table, node, checkWhere);
  if (shared || scope.topics.has(name.text)) {
    const is = kindOf(scope, name.text) ?? "";
    const phrase = `${shared ? "in" : "subscribed to"} ${name.text}`;
    const fixes = [safe(`Write \`${phrase}\``, replace(name.span, phrase))];
    report(diagnose("E224", name.span, { name: name.text, is, phrase }, { fixes }));
    return nothing;
  }
  const is = context.parameters.has(name.text) ? "a parameter" : kindOf(scope, name.text);
  if (is !== null) report(diagnose("E222", name.span, { name: name.text, is, wanted: "an event" }));
  else if (scope.contact || node.window === null) {
    if (isBareValue(context, node)) return nothing;
    const kinds = ["event", "field", "derived field", "segment", "list"] as const;
    const names = kinds.flatMap((kind) => namesOf(scope, kind));
    missing(context, name, { what: "event", starters: ["event", "contact", "derived"] }, names);
  }
  return nothing;
}

function checkEveryone(context: Context, node: Behaviour): Checked {
  const { email, machines, where } = node.term;
  if (email || machines || where || node.count || node.window || node.follows.length > 0) {
    const fixes = [suggested("Write `everyone` alone", replace(node.span, everyone))];
    context.report(diagnose("E232", node.span, { name: everyone }, { fixes }));
    return { kind: "unchecked", span: node.span };
  }
  return { kind: "constant", value: true, span: node.span };
}

function checkEvent(context: Context, event: EventTable, node: Behaviour, checkWhere: CheckWhere): Checked {
  const { span } = node;
  const { email } = node.term;
  const isAlone = email !== null && node.follows.length === 0;
  const fixes = isAlone ? [suggested("Write `and` between them", insert("before", email.span, "and "))] : [];
  const term = checkTerm(context, event, node.term, { checkWhere, fixes });
  const count = node.count && checkCount(context, node.count.op, node.count.times, node.count.span);
  const window = node.window && checkWindow(context, event.name, node.window);
  const follows = checkFollows(context, event, node, checkWhere);
  if (!term || !follows || (node.count && !count) || (node.window && !window)) return { kind: "unchecked", span };
  return { kind: "behaviour", ...term, count, window, follows, span };
}

function checkCount(context: Context, op: string, times: number, span: Span) {
  const plain = countOps[op];
  if (plain !== undefined && Number.isSafeInteger(times) && times >= 0) return { op: plain, times };
  context.report(diagnose("E315", span, { found: String(times) }));
  return null;
}
