// Builds declarations other than programs, reports, tests and what belongs to delivery.

import type { CstNode } from "chevrotain";
import type {
  ChoiceArm,
  Contact,
  Declared,
  Derived,
  DerivedBody,
  EventDecl,
  FieldDef,
  List,
  Load,
  LoadOption,
  Mapping,
  Parameter,
  Project,
  ProjectSetting,
  Segment,
  Team,
  Term,
  Topic,
  Use,
  ValueMap,
  Vocabulary,
} from "../ast/declaration.ts";
import type { Expr, Name, NumberValue, Operand, Text } from "../ast/expr.ts";
import type { Span } from "../span.ts";
import * as c from "./conditions.ts";
import {
  attempt,
  child,
  each,
  has,
  maybe,
  maybeChild,
  maybeToken,
  nodes,
  phraseOf,
  pick,
  type Site,
  spanOf,
  token,
  tokenSpan,
  tokens,
  which,
} from "./cst.ts";
import * as v from "./values.ts";

export function shared(node: CstNode, site: Site): Declared {
  const span = spanOf(node, site);
  return { span, doc: site.docBefore(span.start), recovered: site.recovered };
}

// What stands in for a part that recovery cut: a declaration keeps its name, so that uses of it stay quiet.
export const noText = (span: Span): Text => ({ kind: "text", value: "", span });
export const noExpr = (span: Span): Expr => ({ kind: "and", terms: [], span });

export const use = (node: CstNode, site: Site): Use => ({
  ...shared(node, site),
  kind: "use",
  name: v.declaredIn(node, site, "a pack"),
});

export const project = (node: CstNode, site: Site): Project => ({
  ...shared(node, site),
  kind: "project",
  name: v.declaredIn(node, site, "a project"),
  settings: each(nodes(node, "projectSetting"), (inner) => projectSetting(inner, site)),
});
function projectSetting(node: CstNode, site: Site): ProjectSetting {
  const span = spanOf(node, site);
  if (has(node, "LANGUAGE")) return { kind: "language", value: v.numberIn(node, site), span };
  if (has(node, "CURRENCY")) return { kind: "currency", value: v.name(token(node, "Currency"), site), span };
  if (has(node, "FIRST")) return { kind: "first weekday", value: v.name(token(node, "Weekday"), site), span };
  const kind = pick(node, ["time zone", "sender", "postal address", "seed", "holidays"] as const);
  return { kind, value: v.textIn(node, site), span };
}

export const contact = (node: CstNode, site: Site): Contact => ({
  ...shared(node, site),
  kind: which(node, ["contact", "company"] as const),
  fields: fields(node, site),
});
export const event = (node: CstNode, site: Site): EventDecl => ({
  ...shared(node, site),
  kind: "event",
  name: v.declaredIn(node, site, "an event"),
  fields: fields(node, site),
});
function fields(node: CstNode, site: Site): readonly FieldDef[] {
  const block = maybeChild(node, "fields");
  return block === null ? [] : each(nodes(block, "fieldDef"), (inner) => fieldDef(inner, site));
}
const fieldDef = (node: CstNode, site: Site): FieldDef => ({
  ...shared(node, site),
  kind: "field def",
  name: v.name(token(node, "Name"), site),
  type: v.type(child(node, "type"), site),
  key: has(node, "KEY"),
});

export function derived(node: CstNode, site: Site): Derived {
  const place = shared(node, site);
  const name = v.name(token(node, "Name"), site);
  const missing: DerivedBody = { kind: "first known", operands: [] };
  return { ...place, kind: "derived", name, body: attempt(() => derivedBody(node, site)) ?? missing };
}
function derivedBody(node: CstNode, site: Site): DerivedBody {
  const arms = maybeChild(node, "choice");
  if (arms !== null) {
    return {
      kind: "choice",
      arms: each(nodes(arms, "choiceArm"), (arm) => choiceArm(arm, site)),
      otherwise: maybe(arms, "choiceValue", (inner) => choiceValue(inner, site)),
    };
  }
  const known = maybeChild(node, "firstKnown");
  if (known !== null) {
    return {
      kind: "first known",
      operands: each(nodes(known, "firstKnownItem"), (item) => firstKnownItem(item, site)),
    };
  }
  const aggregate = maybeChild(node, "aggregate");
  if (aggregate === null) return { kind: "operand", operand: c.operand(child(node, "operand"), site), window: null };
  const window = maybe(node, "window", (inner) => c.windowOf(inner, site));
  return { kind: "operand", operand: c.aggregate(aggregate, site, window), window };
}
function firstKnownItem(node: CstNode, site: Site): Operand {
  return maybe(node, "aggregate", (inner) => c.aggregate(inner, site, null)) ?? c.operand(child(node, "operand"), site);
}
const choiceArm = (node: CstNode, site: Site): ChoiceArm => ({
  kind: "choice arm",
  value: choiceValue(child(node, "choiceValue"), site),
  when: c.exprIn(node, site),
  span: spanOf(node, site),
});
function choiceValue(node: CstNode, site: Site): Name | Text | NumberValue {
  const word = v.maybeName(node, "Word", site) ?? v.maybeText(node, site);
  return word ?? v.numberIn(node, site);
}

export function load(node: CstNode, site: Site): Load {
  const place = shared(node, site);
  const formats = ["csv", "parquet", "json"] as const;
  return {
    ...place,
    kind: "load",
    target: loadTarget(child(node, "declaredName"), site),
    format: attempt(() => which(node, formats)) ?? "csv",
    path: v.maybeText(node, site) ?? noText(place.span),
    options: each(nodes(node, "loadOption"), (inner) => loadOption(inner, site)),
    mappings: each(nodes(node, "mapping"), (inner) => mapping(inner, site)),
  };
}
function loadTarget(node: CstNode, site: Site): Name {
  const found = token(node, "Name");
  const isFixed = found.image === "contact" || found.image === "company";
  return isFixed ? v.name(found, site) : v.declared(node, site, "an event, a list or a topic");
}
function loadOption(node: CstNode, site: Site): LoadOption {
  const span = spanOf(node, site);
  const rows = maybeChild(node, "rowsWhere");
  if (rows !== null) {
    const column = v.maybeName(rows, "Name", site) ?? v.textIn(rows, site);
    return { kind: "rows where", column, negated: has(rows, "NOT"), values: texts(rows, site), span };
  }
  const kind = phraseOf(node);
  switch (kind) {
    case "no header":
      return { kind, span };
    case "unknown is":
      return { kind, values: texts(node, site), span };
    case "refresh every":
      return { kind, duration: v.durationIn(node, site), span };
    default:
      return { kind: pick(node, ["delimiter", "encoding"] as const), value: v.textIn(node, site), span };
  }
}
const texts = (node: CstNode, site: Site): readonly Text[] =>
  tokens(child(node, "texts"), "Str").map((found) => v.text(found, site));

function mapping(node: CstNode, site: Site): Mapping {
  const strings = { as: after(node, "AS", site), in: after(node, "IN", site) };
  return {
    kind: "mapping",
    target: mappingTarget(node, site),
    source: columnSource(child(node, "column"), site),
    format: strings.as,
    zone: strings.in,
    values: has(node, "WITH") ? each(nodes(node, "valueMap"), (inner) => valueMap(inner, site)) : null,
    span: spanOf(node, site),
  };
}
/** The text that stands behind a keyword of the node. */
function after(node: CstNode, keyword: string, site: Site): Text | null {
  const word = maybeToken(node, keyword);
  const found = word && tokens(node, "Str").find((string) => string.startOffset > word.startOffset);
  return found ? v.text(found, site) : null;
}
function mappingTarget(node: CstNode, site: Site): Name {
  if (!has(node, "EVENT")) return v.name(token(node, "Name"), site);
  const first = tokenSpan(token(node, "EVENT"), site);
  return { kind: "name", text: "event id", span: { ...first, end: tokenSpan(token(node, "ID"), site).end } };
}
function columnSource(node: CstNode, site: Site): Name | Text | NumberValue {
  if (has(node, "COLUMN")) return v.numberIn(node, site);
  return v.maybeName(node, "Name", site) ?? v.textIn(node, site);
}
const valueMap = (node: CstNode, site: Site): ValueMap => ({
  kind: "value map",
  from: v.maybeText(node, site),
  to: has(node, "UNKNOWN") ? null : v.valueIn(node, site),
  span: spanOf(node, site),
});

export function titled(node: CstNode, site: Site): List | Team {
  const kind = which(node, ["list", "team"] as const);
  const name = v.declaredIn(node, site, kind === "list" ? "a list" : "a team");
  return { ...shared(node, site), kind, name, title: v.maybeText(node, site) };
}

export const vocabulary = (node: CstNode, site: Site): Vocabulary => ({
  ...shared(node, site),
  kind: "vocabulary",
  name: v.name(token(node, "Name"), site),
  terms: each(nodes(node, "termDef"), (inner) => term(inner, site)),
});
function term(node: CstNode, site: Site): Term {
  const [singular, plural] = nodes(node, "term").map(
    (inner) => v.maybeName(inner, "Word", site) ?? v.textIn(inner, site),
  );
  const name = v.name(token(node, "Name"), site);
  return { kind: "term", name, singular: singular ?? name, plural: plural ?? null, span: spanOf(node, site) };
}

export function topic(node: CstNode, site: Site): Topic {
  const place = shared(node, site);
  return {
    ...place,
    kind: "topic",
    name: v.declaredIn(node, site, "a topic"),
    title: v.maybeText(node, site) ?? noText(place.span),
    consent: has(node, "IN") ? "opt in" : "opt out",
  };
}

export function segment(node: CstNode, site: Site): Segment {
  const place = shared(node, site);
  return {
    ...place,
    kind: "segment",
    name: v.declaredIn(node, site, "a segment"),
    parameters: each(nodes(node, "parameter"), (inner) => parameter(inner, site)),
    where: attempt(() => c.exprIn(node, site)) ?? noExpr(place.span),
  };
}
const parameter = (node: CstNode, site: Site): Parameter => ({
  kind: "parameter",
  name: v.declaredIn(node, site, "a parameter"),
  type: v.type(child(node, "type"), site),
  fallback: maybe(node, "value", (inner) => v.value(inner, site)),
  span: spanOf(node, site),
});
