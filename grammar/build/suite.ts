// Builds reports and tests.

import type { CstNode } from "chevrotain";
import type {
  Clause,
  Happened,
  Many,
  Measure,
  Outcome,
  PersonAct,
  PersonState,
  Report,
  ReportPart,
  Test,
} from "../ast/suite.ts";
import {
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
  tokens,
  which,
} from "./cst.ts";
import { noText, shared } from "./declarations.ts";
import { assignsIn, recurrence, variantName } from "./programs.ts";
import * as v from "./values.ts";

export const report = (node: CstNode, site: Site): Report => ({
  ...shared(node, site),
  kind: "report",
  name: v.declaredIn(node, site, "a report"),
  parts: each(nodes(node, "reportPart"), (inner) => reportPart(inner, site)),
});

function reportPart(node: CstNode, site: Site): ReportPart {
  const span = spanOf(node, site);
  if (has(node, "EVERY")) return { kind: "every", recurrence: recurrence(child(node, "recurrence"), site), span };
  if (has(node, "IN")) {
    const window = v.maybeDuration(node, site) ?? v.calendar(child(node, "calendar"), site);
    return { kind: "in", window, span };
  }
  if (has(node, "FOR")) {
    const programs = nodes(node, "declaredName").map((each) => v.declared(each, site, "a program"));
    return { kind: "for", names: programs, span };
  }
  if (has(node, "BY")) {
    const names = [...v.names(node, "Name", site), ...v.names(node, "WEEK", site)];
    return { kind: "by", names: names.toSorted((left, right) => left.span.start - right.span.start), span };
  }
  if (has(node, "TO")) return { kind: "to", address: v.textIn(node, site), span };
  return { kind: "show", measures: each(nodes(node, "measure"), (inner) => measure(inner, site)), span };
}

function measure(node: CstNode, site: Site): Measure {
  const span = spanOf(node, site);
  if (has(node, "SUM")) {
    const property = v.name(token(node, "Name"), site);
    return { kind: "sum of", event: v.name(token(node, "Id"), site), property, span };
  }
  if (has(node, "OFFS")) return { kind: "hand offs", span };
  if (has(node, "TIME")) return { kind: "time to goal", span };
  return { kind: "measure", name: v.name(token(node, "Name"), site), rate: has(node, "RATE"), span };
}

export function test(node: CstNode, site: Site): Test {
  const place = shared(node, site);
  return {
    ...place,
    kind: "test",
    title: v.maybeText(node, site) ?? noText(place.span),
    clauses: each(nodes(node, "clause"), (inner) => clause(inner, site)),
  };
}

function clause(node: CstNode, site: Site): Clause {
  const span = spanOf(node, site);
  if (has(node, "NOW")) return { kind: "now is", at: v.dateTimeIn(node, site), span };
  if (has(node, "AFTER")) return { kind: "after", duration: v.durationIn(node, site), span };
  if (has(node, "AT")) return { kind: "at", at: v.dateTimeIn(node, site), span };
  const inner = onlyChild(node);
  if (inner.name === "given") return given(inner, site);
  return inner.name === "when" ? when(inner, site) : expect(inner, site);
}

function given(node: CstNode, site: Site): Clause {
  const span = spanOf(node, site);
  const assigns = assignsIn(node, site);
  if (has(node, "COMPANY")) return { kind: "given company", company: v.name(token(node, "Word"), site), assigns, span };
  if (has(node, "PEOPLE")) return { kind: "given people", count: v.count(node), assigns, span };
  const mail = maybeChild(node, "givenMail");
  if (mail !== null) {
    const outcome = has(mail, "FAILS") ? "fails" : "is refused";
    return { kind: "given mail", person: v.declaredIn(mail, site, "a person"), outcome, times: times(mail), span };
  }
  const person = v.declaredIn(node, site, "a person");
  const state = maybeChild(node, "personState");
  if (state === null) return { kind: "given contact", person, assigns, span };
  return { kind: "given state", person, state: personState(state, site), span };
}
const times = (node: CstNode): number | null => maybe(node, "times", (inner) => v.count(inner));

function personState(node: CstNode, site: Site): PersonState {
  const span = spanOf(node, site);
  const inner = maybeChild(node, "happened");
  if (inner !== null) return happened(inner, site);
  if (has(node, "IS")) return { kind: "is held out", span };
  if (has(node, "GETS")) return { kind: "gets arm", ...armOf(node, site), span };
  if (has(node, "IN")) return { kind: "in list", list: v.declaredIn(node, site, "a list"), span };
  const kind = has(node, "SUBSCRIBED") ? "subscribed to" : "unsubscribed from";
  return { kind, topic: v.declaredIn(node, site, "a topic"), span };
}
function armOf(node: CstNode, site: Site) {
  const inner = child(node, "armOf");
  return { arm: v.name(token(inner, "Name"), site), experiment: v.declaredMaybe(inner, site, "an experiment") };
}

function happened(node: CstNode, site: Site): Happened {
  const [event, email] = v.names(node, "Id", site);
  if (event === undefined) throw new Incomplete("event");
  return {
    kind: "happened",
    event,
    email: email ?? null,
    assigns: assignsIn(node, site),
    times: times(node),
    on: maybe(node, "onDay", (inner) => v.day(inner, site)),
    ago: v.maybeDuration(node, site),
    span: spanOf(node, site),
  };
}

function when(node: CstNode, site: Site): Clause {
  const span = spanOf(node, site);
  if (!has(node, "act")) {
    const act = which(node, ["pause", "resume"] as const);
    return { kind: "when program", act, program: v.declaredIn(node, site, "a program"), span };
  }
  const person = v.name(token(node, "Id"), site);
  return { kind: "when", person, act: act(child(node, "act"), site), span };
}
function act(node: CstNode, site: Site): PersonAct {
  const span = spanOf(node, site);
  const inner = maybeChild(node, "happened");
  if (inner !== null) return happened(inner, site);
  if (has(node, "FORGOTTEN")) return { kind: "is forgotten", span };
  if (has(node, "assigns")) return { kind: "assigns", assigns: assignsIn(node, site), span };
  const kind = has(node, "ENTERS") ? "enters" : "is ejected from";
  return { kind, program: v.declaredIn(node, site, "a program"), span };
}

function expect(node: CstNode, site: Site): Clause {
  const span = spanOf(node, site);
  const many = maybeChild(node, "expectMany");
  if (many !== null) return expectMany(many, span, site);
  const what = maybeChild(node, "expectValue");
  if (what !== null) return expectValue(what, span, site);
  return {
    kind: "expect",
    person: v.declaredIn(node, site, "a person"),
    outcome: outcome(child(node, "outcome"), site),
    span,
  };
}
function expectMany(node: CstNode, span: Clause["span"], site: Site): Clause {
  const [low, high] = tokens(node, "Num").map((each) => v.number(each, site).value);
  if (low === undefined) throw new Incomplete("Num");
  const many: Many = high === undefined ? { kind: "exactly", count: low } : { kind: "between", low, high };
  if (has(node, "IN")) return { kind: "expect members", many, segment: v.declaredIn(node, site, "a segment"), span };
  const email = v.declaredIn(node, site, "an email");
  return { kind: "expect sent", many, email, variant: variantName(node, site), span };
}
function expectValue(node: CstNode, span: Clause["span"], site: Site): Clause {
  const id = v.maybeName(node, "Id", site);
  const name = id ?? v.name(token(node, "Name"), site);
  const what = id === null ? "field" : which(node, ["score", "stage"] as const);
  const person = v.declaredIn(node, site, "a person");
  if (has(node, "Eq")) {
    return { kind: "expect value", what, name, person, check: { kind: "=", value: v.valueIn(node, site) }, span };
  }
  const kind = has(node, "KNOWN") ? "is known" : "is unknown";
  return { kind: "expect value", what, name, person, check: { kind }, span };
}

function outcome(node: CstNode, site: Site): Outcome {
  const span = spanOf(node, site);
  if (has(node, "GOT")) return { kind: "got arm", ...armOf(node, site), span };
  if (has(node, "LEFT")) return { kind: "left", program: v.declaredIn(node, site, "a program"), span };
  if (has(node, "REACHED")) return { kind: "reached goal of", program: v.declaredIn(node, site, "a program"), span };
  const inner = onlyChild(node);
  const negated = has(inner, "NOT");
  switch (inner.name) {
    case "inOutcome":
      return { kind: "in", negated, name: v.declaredIn(inner, site, "a segment"), span };
    case "wasOutcome":
      return wasOutcome(inner, negated, site);
    default:
      if (has(inner, "AT")) return { kind: "is at", label: v.declaredIn(inner, site, "a step"), span };
      return { kind: "is in program", negated, program: v.declaredIn(inner, site, "a program"), span };
  }
}
function wasOutcome(node: CstNode, negated: boolean, site: Site): Outcome {
  const span = spanOf(node, site);
  const mail = maybeChild(node, "sentMail");
  if (mail === null) return { kind: "was handed off to", negated, team: v.declaredIn(node, site, "a team"), span };
  return {
    kind: "was sent",
    negated,
    email: v.declaredIn(mail, site, "an email"),
    variant: variantName(mail, site),
    to: v.maybeText(mail, site, "address"),
    saying: v.maybeText(mail, site, "words"),
    times: times(mail),
    on: maybe(mail, "onDay", (inner) => v.day(inner, site)),
    span,
  };
}
