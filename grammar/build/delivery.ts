// Builds policies, scores, funnels, emails, webhooks and what was renamed or removed.

import type { CstNode } from "chevrotain";
import type {
  Email,
  EmailSetting,
  Funnel,
  Moved,
  Policy,
  PolicyRule,
  RateUnit,
  Score,
  ScoreRule,
  Stage,
  Variant,
  Webhook,
} from "../ast/declaration.ts";
import type { Name, Value } from "../ast/expr.ts";
import type { Span } from "../span.ts";
import * as c from "./conditions.ts";
import {
  child,
  each,
  has,
  Incomplete,
  maybe,
  maybeChild,
  nodes,
  onlyChild,
  pick,
  type Site,
  spanOf,
  token,
  tokens,
  which,
} from "./cst.ts";
import { noText, shared } from "./declarations.ts";
import * as v from "./values.ts";

export interface Audience {
  readonly segment: Name | null;
  readonly args: readonly Value[] | null;
}
/** `for Hot(60d)` of a policy or a program. */
export function audience(node: CstNode, site: Site): Audience {
  const inner = maybeChild(node, "audience");
  if (inner === null) return { segment: null, args: null };
  return {
    segment: v.declaredIn(inner, site, "a segment"),
    args: maybe(inner, "args", (list) => v.args(list, site)),
  };
}

export const policy = (node: CstNode, site: Site): Policy => ({
  ...shared(node, site),
  kind: "policy",
  name: v.declaredIn(node, site, "a policy"),
  ...audience(node, site),
  rules: each(nodes(node, "policyRule"), (inner) => policyRule(inner, site)),
});

function policyRule(node: CstNode, site: Site): PolicyRule {
  const span = spanOf(node, site);
  if (has(node, "SENDING")) return { kind: "no sending on holidays", span };
  const inner = onlyChild(node);
  switch (inner.name) {
    case "quietHours":
      return { kind: "quiet hours", ...clocks(inner, site), span };
    case "sendOnly":
      return sendOnly(inner, span, site);
    case "cap":
      return cap(inner, span, site);
    case "neverSend": {
      const found = nodes(inner, "declaredName");
      const [first, second] = found;
      if (first === undefined) throw new Incomplete("segment");
      if (second === undefined)
        return { kind: "never send", topic: null, segment: v.declared(first, site, "a segment"), span };
      const topic = v.declared(first, site, "a topic");
      return { kind: "never send", topic, segment: v.declared(second, site, "a segment"), span };
    }
    case "onlyOneOf": {
      const programs = nodes(inner, "declaredName").map((each) => v.declared(each, site, "a program"));
      return { kind: "only one of", programs, span };
    }
    default:
      return { kind: "on ambiguous", mode: which(inner, ["reconcile", "resend", "never"] as const), span };
  }
}
function clocks(node: CstNode, site: Site) {
  const [from, to] = tokens(node, "Clock").map((each) => v.clock(each, site));
  if (from === undefined || to === undefined) throw new Incomplete("Clock");
  return { from, to, local: has(node, "LOCAL") };
}
function sendOnly(node: CstNode, span: Span, site: Site): PolicyRule {
  if (has(node, "BETWEEN")) return { kind: "send only between", ...clocks(node, site), span };
  const days = has(node, "WEEKDAYS") ? "weekdays" : v.names(node, "Weekday", site);
  return { kind: "send only on", days, local: has(node, "LOCAL"), span };
}
function cap(node: CstNode, span: Span, site: Site): PolicyRule {
  const emails = v.numberIn(node, site);
  const per = maybeChild(node, "perUnit");
  if (per === null) return { kind: "at most", emails, duration: v.durationIn(node, site), span };
  return { kind: "at most in total", emails, per: perUnit(per), span };
}
export const perUnit = (node: CstNode): RateUnit => which(node, ["second", "minute", "hour", "day"] as const);

export const score = (node: CstNode, site: Site): Score => ({
  ...shared(node, site),
  kind: "score",
  name: v.declaredIn(node, site, "a score"),
  rules: each(nodes(node, "scoreRule"), (inner) => scoreRule(inner, site)),
  halves: v.maybeDuration(node, site),
});
function scoreRule(node: CstNode, site: Site): ScoreRule {
  const [points, cap] = tokens(node, "Num").map((each) => v.number(each, site));
  if (points === undefined) throw new Incomplete("Num");
  return {
    kind: "score rule",
    when: c.not(child(node, "not"), site),
    effect: which(node, ["adds", "subtracts"] as const),
    points,
    cap: cap ?? null,
    span: spanOf(node, site),
  };
}

export const funnel = (node: CstNode, site: Site): Funnel => ({
  ...shared(node, site),
  kind: "funnel",
  name: v.declaredIn(node, site, "a funnel"),
  stages: each(nodes(node, "stage"), (inner) => stage(inner, site)),
  forwardOnly: has(node, "FORWARD"),
});
const stage = (node: CstNode, site: Site): Stage => ({
  kind: "stage",
  name: v.name(token(node, "Name"), site),
  when: c.maybeExpr(node, site),
  span: spanOf(node, site),
});

export const email = (node: CstNode, site: Site): Email => ({
  ...shared(node, site),
  kind: "email",
  name: v.declaredIn(node, site, "an email"),
  settings: each(nodes(node, "emailSetting"), (inner) => emailSetting(inner, site)),
  variants: each(nodes(node, "variant"), (inner) => variant(inner, site)),
});
function emailSetting(node: CstNode, site: Site): EmailSetting {
  const span = spanOf(node, site);
  if (has(node, "TOPIC")) return { kind: "topic", name: v.declaredIn(node, site, "a topic"), span };
  if (has(node, "WORDS")) return { kind: "words from", name: v.name(token(node, "Name"), site), span };
  if (has(node, "TRANSACTIONAL")) return { kind: "transactional", span };
  if (has(node, "CAPS")) return { kind: "skip caps", span };
  return textSetting(node, site);
}
function textSetting(node: CstNode, site: Site): EmailSetting {
  const inner = maybeChild(node, "overridable") ?? node;
  const kind = pick(inner, ["subject", "body", "text", "sender", "reply to", "preview text", "attach"] as const);
  return { kind, value: v.textIn(inner, site), span: spanOf(node, site) };
}
const variant = (node: CstNode, site: Site): Variant => ({
  kind: "variant",
  name: v.name(token(node, "Name"), site),
  when: c.maybeExpr(node, site),
  settings: each(nodes(node, "variantSetting"), (inner) => textSetting(inner, site)),
  span: spanOf(node, site),
});

export function webhook(node: CstNode, site: Site): Webhook {
  const place = shared(node, site);
  const name = v.declaredIn(node, site, "a webhook");
  return { ...place, kind: "webhook", name, url: v.maybeText(node, site) ?? noText(place.span) };
}

export function moved(node: CstNode, site: Site): Moved {
  const place = shared(node, site);
  const inner = onlyChild(node);
  if (inner.name === "renamed") {
    const what = which(inner, ["program", "segment", "email", "experiment"] as const);
    const [from, to] = nodes(inner, "declaredName").map((each) => v.declared(each, site, aName[what]));
    if (from === undefined || to === undefined) throw new Incomplete("renamed");
    return { ...place, kind: "renamed", what, from, to };
  }
  const path = nodes(child(inner, "stepPath"), "declaredName");
  const [program, step] = path;
  if (program === undefined || step === undefined) throw new Incomplete("stepPath");
  const of = { program: v.declared(program, site, "a program"), step: v.declared(step, site, "a step") };
  const target = v.declaredMaybe(inner, site, "a step");
  if (inner.name === "removedStep") return { ...place, kind: "removed step", ...of, continueAt: target };
  if (target === null) throw new Incomplete("renamed step");
  return { ...place, kind: "renamed step", program: of.program, from: of.step, to: target };
}
const aName = { program: "a program", segment: "a segment", email: "an email", experiment: "an experiment" } as const;
