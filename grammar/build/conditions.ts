// Builds conditions.

import type { CstNode } from "chevrotain";
import type {
  Aggregate,
  Behaviour,
  Bound,
  Check,
  Checked,
  Count,
  EventTerm,
  Expr,
  Follow,
  Name,
  Operand,
  Value,
  Window,
} from "../ast/expr.ts";
import { join, type Node } from "../span.ts";
import {
  child,
  has,
  Incomplete,
  isEmpty,
  maybe,
  maybeChild,
  nodes,
  onlyChild,
  phraseOf,
  type Site,
  spanOf,
  token,
  tokens,
  tokenSpan,
  which,
} from "./cst.ts";
import * as v from "./values.ts";

export function expr(node: CstNode, site: Site): Expr {
  const terms = nodes(node, "and").map((term) => and(term, site));
  const [only] = terms;
  if (only === undefined) throw new Incomplete("expr");
  return terms.length === 1 ? only : { kind: "or", terms, span: spanOf(node, site) };
}
export const exprIn = (node: CstNode, site: Site): Expr => expr(child(node, "expr"), site);
export const maybeExpr = (node: CstNode, site: Site): Expr | null => maybe(node, "expr", (inner) => expr(inner, site));

function and(node: CstNode, site: Site): Expr {
  const terms = nodes(node, "not").map((term) => not(term, site));
  const [only] = terms;
  if (only === undefined) throw new Incomplete("and");
  return terms.length === 1 ? only : { kind: "and", terms, span: spanOf(node, site) };
}

export function not(node: CstNode, site: Site): Expr {
  const term = predicate(child(node, "predicate"), site);
  return has(node, "NOT") ? { kind: "not", term, span: spanOf(node, site) } : term;
}

function predicate(node: CstNode, site: Site): Expr {
  const inner = onlyChild(node);
  const span = spanOf(inner, site);
  switch (inner.name) {
    case "expr":
      return { kind: "group", inner: expr(inner, site), span: spanOf(node, site) };
    case "sample":
      return { kind: "sample", share: v.percent(inner, site), span };
    case "membership":
      return membership(inner, site);
    case "consentCheck": {
      const kind = has(inner, "SUBSCRIBED") ? "subscribed to" : "unsubscribed from";
      return { kind, topic: v.declaredIn(inner, site, "a topic"), span };
    }
    case "aggregateCheck":
      return aggregateCheck(inner, site);
    case "phraseCheck":
      return phraseCheck(inner, site);
    default:
      return named(inner, site);
  }
}

function membership(node: CstNode, site: Site): Expr {
  const span = spanOf(node, site);
  if (has(node, "PROGRAM")) return { kind: "in program", name: v.declaredIn(node, site, "a program"), span };
  const name = v.name(token(node, "Id"), site);
  return { kind: "member", name, args: maybe(node, "args", (list) => v.args(list, site)), span };
}

function aggregateCheck(node: CstNode, site: Site): Checked {
  const window = maybe(node, "window", (inner) => windowOf(inner, site));
  const operand = aggregate(child(node, "aggregate"), site, window);
  return { kind: "checked", operand, check: checkOrRange(node, site), span: spanOf(node, site) };
}

function phraseCheck(node: CstNode, site: Site): Checked {
  const operand = phrase(child(node, "phrase"), site);
  const period = maybeChild(node, "calendar");
  if (period === null) return { kind: "checked", operand, check: checkOrRange(node, site), span: spanOf(node, site) };
  const inCalendar = v.calendar(period, site);
  const span = join(tokenSpan(token(node, "IN"), site), inCalendar.span);
  return {
    kind: "checked",
    operand,
    check: { kind: "in calendar", calendar: inCalendar, span },
    span: spanOf(node, site),
  };
}

function checkOrRange(node: CstNode, site: Site): Check {
  return maybe(node, "check", (inner) => check(inner, site)) ?? range(child(node, "range"), site);
}

function named(node: CstNode, site: Site): Expr {
  const name = v.name(token(node, "Id"), site);
  const checked = maybeChild(node, "check");
  if (checked !== null) {
    const operand: Operand = { kind: "field", name, span: name.span };
    return { kind: "checked", operand, check: check(checked, site), span: spanOf(node, site) };
  }
  return behaviour(name, child(node, "behaviour"), site);
}

function behaviour(event: Name, node: CstNode, site: Site): Behaviour {
  const window =
    maybe(node, "window", (inner) => windowOf(inner, site)) ?? maybe(node, "range", (inner) => range(inner, site));
  return {
    kind: "behaviour",
    term: eventTerm(event, child(node, "eventTail"), site),
    count: maybe(node, "count", (inner) => count(inner, site)),
    window,
    follows: nodes(node, "follow").map((inner) => follow(inner, site)),
    span: v.around(event, hasContent(node) ? node : null, site),
  };
}
/** A behaviour always has its tail as a child, which may be empty itself. */
function hasContent(node: CstNode): boolean {
  return Object.entries(node.children).some(([key, list]) =>
    key === "eventTail" ? list.some((inner) => "name" in inner && !isEmpty(inner)) : list.length > 0,
  );
}

function eventTerm(event: Name, tail: CstNode, site: Site): EventTerm {
  return {
    kind: "event term",
    event,
    email: v.maybeName(tail, "Id", site),
    machines: has(tail, "MACHINES"),
    where: maybe(tail, "where", (inner) => exprIn(inner, site)),
    span: v.around(event, tail, site),
  };
}

function follow(node: CstNode, site: Site): Follow {
  return {
    kind: "follow",
    negated: has(node, "NOT"),
    term: eventTerm(v.name(token(node, "Id"), site), child(node, "eventTail"), site),
    within: v.durationIn(node, site),
    same: v.maybeName(node, "Name", site),
    span: spanOf(node, site),
  };
}

function count(node: CstNode, site: Site): Count {
  const span = spanOf(node, site);
  const times = v.count(node);
  if (has(node, "EXACTLY")) return { kind: "count", op: "exactly", times, span };
  if (has(node, "AT")) return { kind: "count", op: has(node, "LEAST") ? "at least" : "at most", times, span };
  return { kind: "count", op: has(node, "MORE") ? "more than" : "fewer than", times, span };
}

export function windowOf(node: CstNode, site: Site): Window {
  const span = spanOf(node, site);
  if (has(node, "EVER")) return { kind: "ever", span };
  if (has(node, "SINCE")) {
    if (has(node, "START")) return { kind: "since start", span };
    return { kind: "since", date: v.date(token(node, "Date"), site), span };
  }
  const length = v.maybeDuration(node, site);
  if (length !== null) return { kind: "in duration", duration: length, span };
  const period = maybe(node, "calendar", (inner) => v.calendar(inner, site));
  if (period !== null) return { kind: "in calendar", calendar: period, span };
  return { kind: "in parameter", name: v.name(token(node, "Id"), site), span };
}

type Range = Node &
  (
    | { readonly kind: "before"; readonly bound: Bound }
    | { readonly kind: "between"; readonly low: Value; readonly high: Value }
  );
function range(node: CstNode, site: Site): Range {
  const span = spanOf(node, site);
  const edge = maybe(node, "bound", (inner) => bound(inner, site));
  if (edge !== null) return { kind: "before", bound: edge, span };
  const [low, high] = nodes(node, "ordered").map((inner) => v.value(inner, site));
  if (low === undefined || high === undefined) throw new Incomplete("between");
  return { kind: "between", low, high, span };
}

function bound(node: CstNode, site: Site): Bound {
  const moment = maybeChild(node, "moment");
  if (moment === null) return v.period(child(node, "period"), site);
  return maybe(moment, "instant", (inner) => v.instant(inner, site)) ?? v.relative(moment, site);
}

export function phrase(node: CstNode, site: Site): Operand {
  const span = spanOf(node, site);
  if (has(node, "Contextual")) {
    const name = v.name(token(node, "Contextual"), site);
    return { kind: "field", name, span };
  }
  if (has(node, "Dot")) {
    const base = which(node, ["company", "event"] as const);
    return { kind: "path", base, name: v.name(token(node, "Name"), site), span };
  }
  if (has(node, "ANNIVERSARY")) return { kind: "anniversary", name: v.name(token(node, "Name"), site), span };
  return { kind: which(node, ["score", "stage"] as const), name: v.name(token(node, "Id"), site), span };
}

export function operand(node: CstNode, site: Site): Operand {
  const inner = maybeChild(node, "phrase");
  if (inner !== null) return phrase(inner, site);
  const name = v.name(token(node, "Id"), site);
  return { kind: "field", name, span: name.span };
}

const functions = {
  "count of": "count of",
  "count of distinct": "count of distinct",
  "sum of": "sum of",
  "average of": "average of",
  lowest: "lowest",
  highest: "highest",
  first: "first",
  last: "last",
} as const;

export function aggregate(node: CstNode, site: Site, window: Window | null): Aggregate {
  const name = phraseOf(child(node, "aggregateFunction"));
  if (!isFunction(name)) throw new Incomplete(name);
  const span = spanOf(node, site);
  return {
    kind: "aggregate",
    function: name,
    event: v.name(token(node, "Id"), site),
    property: v.maybeName(node, "Name", site),
    where: maybe(node, "where", (inner) => exprIn(inner, site)),
    window,
    span: window === null ? span : join(span, window.span),
  };
}
const isFunction = (name: string): name is keyof typeof functions => name in functions;

function check(node: CstNode, site: Site): Check {
  const inner = onlyChild(node);
  const span = spanOf(inner, site);
  switch (inner.name) {
    case "equality":
      return { kind: "compare", op: has(inner, "Eq") ? "=" : "!=", value: v.valueIn(inner, site), span };
    case "order":
      return { kind: "compare", op: orderOp(inner), value: v.value(child(inner, "ordered"), site), span };
    case "inValues":
      return { kind: "one of", negated: has(inner, "NOT"), values: v.args(child(inner, "args"), site), span };
    case "isCheck":
      return isCheck(inner, site);
    case "after":
      return { kind: "after", bound: bound(child(inner, "bound"), site), span };
    case "changed":
      return { kind: "changed", window: maybe(inner, "window", (each) => windowOf(each, site)), span };
    case "hasBeen":
      return { kind: "has been", value: v.valueIn(inner, site), duration: v.durationIn(inner, site), span };
    case "contains":
      return contains(inner, site);
    case "edge":
      return { kind: has(inner, "STARTS") ? "starts with" : "ends with", text: v.textIn(inner, site), span };
    default:
      return { kind: "matches", regex: has(inner, "REGEX"), pattern: v.textIn(inner, site), span };
  }
}
function orderOp(node: CstNode): "<" | "<=" | ">" | ">=" {
  if (has(node, "Lt")) return "<";
  if (has(node, "Le")) return "<=";
  return has(node, "Gt") ? ">" : ">=";
}
function isCheck(node: CstNode, site: Site): Check {
  const negated = has(node, "NOT");
  const span = spanOf(node, site);
  if (has(node, "KNOWN")) return { kind: "is known", negated, span };
  if (has(node, "UNKNOWN")) return { kind: "is unknown", negated, span };
  return { kind: "is", negated, value: v.valueIn(node, site), span };
}
function contains(node: CstNode, site: Site): Check {
  const span = spanOf(node, site);
  const list = maybeChild(node, "args");
  if (list === null) return { kind: "contains", mode: "value", values: [v.valueIn(node, site)], span };
  const mode = tokens(node, "ANY").length > 0 ? "any of" : "all of";
  return { kind: "contains", mode, values: v.args(list, site), span };
}
