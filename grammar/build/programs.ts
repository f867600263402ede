// Builds programs: head clauses and steps.

import type { CstNode } from "chevrotain";
import type {
  Arm,
  Assign,
  Block,
  Branch,
  DateField,
  Head,
  Offset,
  Program,
  Recurrence,
  Step,
  Time,
  WaitUntil,
  Winner,
} from "../ast/program.ts";
import {
  bySpan,
  child,
  each,
  has,
  Incomplete,
  maybe,
  maybeChild,
  nodes,
  onlyChild,
  type Site,
  spanOf,
  token,
  which,
} from "./cst.ts";
import * as c from "./conditions.ts";
import { shared } from "./declarations.ts";
import { audience, perUnit } from "./delivery.ts";
import * as v from "./values.ts";

export const program = (node: CstNode, site: Site): Program => ({
  ...shared(node, site),
  kind: "program",
  name: v.declaredIn(node, site, "a program"),
  ...audience(node, site),
  parts: [
    ...each(nodes(node, "head"), (inner) => head(inner, site)),
    ...each(nodes(node, "step"), (inner) => step(inner, site)),
  ].sort(bySpan),
});

function head(node: CstNode, site: Site): Head {
  const span = spanOf(node, site);
  if (has(node, "HOLD")) return { kind: "hold out", share: v.percent(node, site), span };
  if (has(node, "CLOSES")) return { kind: "closes at", at: v.dateTimeIn(node, site), local: has(node, "LOCAL"), span };
  if (has(node, "SEND")) {
    return { kind: "send at most", emails: v.numberIn(node, site), per: perUnit(child(node, "perUnit")), span };
  }
  if (has(node, "Str")) return { kind: which(node, ["why", "owner"] as const), text: v.textIn(node, site), span };
  const inner = onlyChild(node);
  switch (inner.name) {
    case "start":
      return start(inner, site);
    case "gate":
      return { kind: has(inner, "ONLY") ? "only if" : "exit when", when: c.exprIn(inner, site), span };
    case "entry":
      return entry(inner, site);
    case "goal": {
      const target = has(inner, "Percent") ? v.percent(inner, site) : null;
      return { kind: "goal", when: c.exprIn(inner, site), within: v.maybeDuration(inner, site), target, span };
    }
    default:
      if (has(inner, "EDITS")) return { kind: "edits", mode: which(inner, ["follow", "pin"] as const), span };
      return { kind: "on failure", mode: which(inner, ["skip", "stop", "exit"] as const), span };
  }
}

function start(node: CstNode, site: Site): Head {
  const span = spanOf(node, site);
  if (has(node, "WHEN")) return { kind: "start when", when: c.exprIn(node, site), span };
  if (has(node, "EVERY")) {
    return { kind: "start every", recurrence: recurrence(child(node, "recurrence"), site), span };
  }
  if (has(node, "AT")) return { kind: "start at", at: v.dateTimeIn(node, site), local: has(node, "LOCAL"), span };
  const date = dateField(child(node, "dateField"), site);
  return { kind: "start on", offset: maybe(node, "offset", (inner) => offset(inner, site)), date, span };
}

function entry(node: CstNode, site: Site): Head {
  const span = spanOf(node, site);
  if (has(node, "ONCE")) return { kind: "enter once", per: v.maybeName(node, "Name", site), span };
  if (has(node, "AGAIN")) return { kind: "enter again", after: v.durationIn(node, site), span };
  return { kind: "enter every time", span };
}

export function recurrence(node: CstNode, site: Site): Recurrence {
  const keyword = (["DAY", "MONTH", "QUARTER"] as const).find((word) => has(node, word)) ?? "Weekday";
  const every = v.name(token(node, keyword), site);
  return {
    kind: "recurrence",
    every,
    time: maybe(node, "time", (inner) => time(inner, site)),
    span: spanOf(node, site),
  };
}
const time = (node: CstNode, site: Site): Time => ({
  kind: "time",
  clock: v.clock(token(node, "Clock"), site),
  local: has(node, "LOCAL"),
  span: spanOf(node, site),
});
const dateField = (node: CstNode, site: Site): DateField => ({
  kind: "date field",
  anniversary: has(node, "ANNIVERSARY"),
  name: v.name(token(node, "Name"), site),
  time: maybe(node, "atTime", (inner) => time(inner, site)),
  span: spanOf(node, site),
});
const offset = (node: CstNode, site: Site): Offset => ({
  kind: "offset",
  duration: v.durationIn(node, site),
  direction: which(node, ["before", "after"] as const),
  span: spanOf(node, site),
});

const block = (node: CstNode, site: Site): Block => ({
  kind: "block",
  steps: each(nodes(node, "step"), (inner) => step(inner, site)),
  span: spanOf(node, site),
});

type Unlabelled = Step extends infer S ? (S extends Step ? Omit<S, "label" | "span"> : never) : never;

function step(node: CstNode, site: Site): Step {
  const place = { span: spanOf(node, site), label: v.declaredMaybe(node, site, "a step") };
  if (has(node, "SUPPRESS")) return { ...place, kind: "suppress" };
  if (has(node, "STOP")) return { ...place, kind: "stop" };
  return { ...place, ...action(onlyStep(node), site) } as Step;
}
/** The rule that a step is, its label aside. */
function onlyStep(node: CstNode): CstNode {
  const key = Object.keys(node.children).find((each) => each !== "declaredName" && each !== "AS");
  if (key === undefined) throw new Incomplete("step");
  return child(node, key);
}

function action(node: CstNode, site: Site): Unlabelled {
  switch (node.name) {
    case "send":
      return {
        kind: "send",
        email: v.declaredIn(node, site, "an email"),
        variant: variantName(node, site),
        to: v.maybeName(node, "Name", site),
        onlyIf: c.maybeExpr(node, site),
      };
    case "wait":
      return wait(node, site);
    case "if":
      return {
        kind: "if",
        branches: nodes(node, "branch").map((inner) => branch(inner, site)),
        otherwise: maybe(node, "block", (inner) => block(inner, site)),
      };
    case "split":
      return { kind: "split", arms: each(nodes(node, "share"), (inner) => arm(inner, site)) };
    case "experiment":
      return {
        kind: "experiment",
        name: v.declaredIn(node, site, "an experiment"),
        arms: each(nodes(node, "arm"), (inner) => arm(inner, site)),
        winner: maybe(node, "winner", (inner) => winner(inner, site)),
      };
    case "set":
      return set(node, site);
    case "call":
      return { kind: "call", webhook: v.declaredIn(node, site, "a webhook"), assigns: assignsIn(node, site) };
    case "handOff":
      return { kind: "hand off", team: v.declaredIn(node, site, "a team"), note: v.maybeText(node, site) };
    default:
      return move(node, site);
  }
}
export const variantName = (node: CstNode, site: Site) =>
  maybe(node, "variantName", (inner) => v.name(token(inner, "Name"), site));

function wait(node: CstNode, site: Site): Unlabelled {
  const length = v.maybeDuration(node, site);
  if (length !== null) return { kind: "wait", duration: length };
  const until = maybeChild(node, "until");
  if (until !== null) return { kind: "wait until", until: waitUntil(until, site) };
  const upTo = child(node, "upTo");
  return {
    kind: "wait up to",
    limit: v.durationIn(upTo, site),
    until: c.exprIn(upTo, site),
    same: v.maybeName(upTo, "Name", site),
    then: maybe(upTo, "thenBlock", (inner) => block(inner, site)),
    otherwise: maybe(upTo, "otherwiseBlock", (inner) => block(inner, site)),
  };
}
function waitUntil(node: CstNode, site: Site): WaitUntil {
  const weekday = v.maybeName(node, "Weekday", site);
  if (weekday !== null) return { kind: "weekday", weekday, time: time(child(node, "time"), site) };
  if (has(node, "Clock")) return { kind: "clock", time: time(node, site) };
  if (has(node, "DateTime")) return { kind: "moment", at: v.dateTimeIn(node, site), local: has(node, "LOCAL") };
  const date = dateField(child(node, "dateField"), site);
  return { kind: "date", offset: maybe(node, "offset", (inner) => offset(inner, site)), date };
}

const branch = (node: CstNode, site: Site): Branch => ({
  kind: "branch",
  when: c.exprIn(node, site),
  then: block(child(node, "block"), site),
  span: spanOf(node, site),
});
const arm = (node: CstNode, site: Site): Arm => ({
  kind: "arm",
  name: v.maybeName(node, "Name", site),
  share: v.percent(node, site),
  block: block(child(node, "block"), site),
  span: spanOf(node, site),
});
const winner = (node: CstNode, site: Site): Winner => ({
  kind: "winner",
  by: which(node, ["open", "click", "goal"] as const),
  after: v.durationIn(node, site),
  needs: v.numberIn(node, site),
  span: spanOf(node, site),
});

function set(node: CstNode, site: Site): Unlabelled {
  const whole = maybeChild(node, "assign");
  if (whole !== null) return { kind: "set", assign: assign(whole, site) };
  const kind = has(node, "ADD") ? "set add" : "set remove";
  return { kind, name: v.name(token(node, "Name"), site), value: v.valueIn(node, site) };
}
function assign(node: CstNode, site: Site): Assign {
  const list = maybe(node, "args", (inner) => v.args(inner, site));
  const value = list ?? maybe(node, "value", (inner) => v.value(inner, site));
  if (value === null && !has(node, "UNKNOWN")) throw new Incomplete("assign");
  return { kind: "assign", name: v.name(token(node, "Name"), site), value, span: spanOf(node, site) };
}
export function assignsIn(node: CstNode, site: Site): readonly Assign[] {
  const inner = maybeChild(node, "assigns");
  return inner === null ? [] : each(nodes(inner, "assign"), (one) => assign(one, site));
}

function move(node: CstNode, site: Site): Unlabelled {
  const named = (what: string) => v.declaredIn(node, site, what);
  if (has(node, "ADD")) return { kind: "add to", list: named("a list") };
  if (has(node, "REMOVE")) return { kind: "remove from", list: named("a list") };
  if (has(node, "CONTINUE")) return { kind: "continue in", program: named("a program") };
  if (has(node, "GO")) return { kind: "go to", target: named("a step") };
  if (has(node, "SUBSCRIBE")) return { kind: "subscribe to", topic: named("a topic") };
  // That there is no such step is told where it is checked.
  const topic = token(child(node, "declaredName"), "Name");
  return { kind: "unsubscribe from", topic: topic.image === "all" ? v.name(topic, site) : named("a topic") };
}
