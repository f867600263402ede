// Builds names, literals, values and types.

import type { CstNode, IToken } from "chevrotain";
import type { TypeNode } from "../ast/declaration.ts";
import type {
  CalendarNode,
  ClockValue,
  DateTimeValue,
  DateValue,
  Duration,
  Instantly,
  Name,
  NumberValue,
  PercentValue,
  Relative,
  Text,
  Value,
} from "../ast/expr.ts";
import { periodUnits } from "../ast/expr.ts";
import { diagnose } from "../diagnostics/table.ts";
import { join } from "../span.ts";
import * as t from "../tokens.ts";
import { unitOf } from "../words.ts";
import {
  child,
  has,
  Incomplete,
  maybeChild,
  maybeToken,
  onlyChild,
  type Site,
  spanOf,
  token,
  tokenSpan,
  tokens,
  which,
} from "./cst.ts";

export const name = (each: IToken, site: Site): Name => ({
  kind: "name",
  text: each.image,
  span: tokenSpan(each, site),
});

export function maybeName(node: CstNode, key: string, site: Site): Name | null {
  const found = maybeToken(node, key);
  return found === null ? null : name(found, site);
}
export const names = (node: CstNode, key: string, site: Site): readonly Name[] =>
  tokens(node, key)
    .filter((each) => each.isInsertedInRecovery !== true)
    .map((each) => name(each, site));

/** A name of something declared; a word of the language there parses, and is reported once. */
export function declared(node: CstNode, site: Site, what: string): Name {
  const found = token(node, "Name");
  if (found.tokenType !== t.Id && !(found.tokenType.CATEGORIES ?? []).includes(t.Id)) {
    site.report(diagnose("E112", tokenSpan(found, site), { name: found.image, what }));
  }
  return name(found, site);
}
export const declaredIn = (node: CstNode, site: Site, what: string): Name =>
  declared(child(node, "declaredName"), site, what);
export function declaredMaybe(node: CstNode, site: Site, what: string): Name | null {
  const found = maybeChild(node, "declaredName");
  return found === null ? null : declared(found, site, what);
}

export function text(each: IToken, site: Site): Text {
  const value = each.image.slice(1, -1).replace(/\\(["\\])/g, "$1");
  return { kind: "text", value, span: tokenSpan(each, site) };
}
export const textIn = (node: CstNode, site: Site, key = "Str"): Text => text(token(node, key), site);
export function maybeText(node: CstNode, site: Site, key = "Str"): Text | null {
  const found = maybeToken(node, key);
  return found === null ? null : text(found, site);
}

const plain = (image: string): number => Number(image.replaceAll("_", ""));

export const number = (each: IToken, site: Site): NumberValue => ({
  kind: "number",
  value: plain(each.image),
  digits: each.image,
  currency: null,
  span: tokenSpan(each, site),
});
export const numberIn = (node: CstNode, site: Site): NumberValue => number(token(node, "Num"), site);
export const count = (node: CstNode): number => plain(token(node, "Num").image);

export function percent(node: CstNode, site: Site): PercentValue {
  const each = token(node, "Percent");
  const digits = each.image.slice(0, -1);
  return { kind: "percent", value: plain(digits), digits, span: tokenSpan(each, site) };
}

export function duration(each: IToken, site: Site): Duration {
  const [, amount = "", word = ""] = /^([\d_]+)\s*([a-z]+)$/.exec(each.image) ?? [];
  const unit = unitOf(word) ?? (["min", "h", "d", "w", "mo", "y"] as const).find((short) => short === word);
  if (unit === undefined) throw new Incomplete(each.image);
  return { kind: "duration", amount: plain(amount), unit, span: tokenSpan(each, site) };
}
export const durationIn = (node: CstNode, site: Site): Duration => duration(token(node, "Duration"), site);
export function maybeDuration(node: CstNode, site: Site): Duration | null {
  const found = maybeToken(node, "Duration");
  return found === null ? null : duration(found, site);
}

export function clock(each: IToken, site: Site): ClockValue {
  const [hour = 0, minute = 0] = each.image.split(":").map(Number);
  return { kind: "clock", hour, minute, span: tokenSpan(each, site) };
}
export const date = (each: IToken, site: Site): DateValue => ({
  kind: "date",
  value: each.image,
  span: tokenSpan(each, site),
});
export function dateTime(each: IToken, site: Site): DateTimeValue {
  const [, day = "", time = "", offset] = /^(\S{10})[T ]+([\d:]+)(.*)$/.exec(each.image) ?? [];
  return { kind: "datetime", value: `${day}T${time}`, offset: offset || null, span: tokenSpan(each, site) };
}
export const dateTimeIn = (node: CstNode, site: Site): DateTimeValue => dateTime(token(node, "DateTime"), site);

/** `2026-03-02` or `2026-03-02 09:00`, whichever stands in the node. */
export function day(node: CstNode, site: Site): DateValue | DateTimeValue {
  const found = maybeToken(node, "Date");
  return found === null ? dateTimeIn(node, site) : date(found, site);
}

export function instant(node: CstNode, site: Site): Instantly | DateValue | DateTimeValue {
  const found = maybeToken(node, "TODAY") ?? maybeToken(node, "NOW");
  if (found === null) return day(node, site);
  return { kind: found.image === "now" ? "now" : "today", span: tokenSpan(found, site) };
}

/** A duration alone, or with `ago` or `from now`. */
export function relative(node: CstNode, site: Site): Duration | Relative {
  const length = durationIn(node, site);
  if (has(node, "AGO")) return { kind: "relative", duration: length, direction: "ago", span: spanOf(node, site) };
  if (has(node, "FROM")) return { kind: "relative", duration: length, direction: "from now", span: spanOf(node, site) };
  return length;
}

export function amount(node: CstNode, site: Site): NumberValue {
  const digits = numberIn(node, site);
  return { ...digits, currency: maybeName(node, "Currency", site), span: spanOf(node, site) };
}

/** A `value` or an `ordered` value. */
export function value(node: CstNode, site: Site): Value {
  for (const [key, list] of Object.entries(node.children)) {
    const first = list[0];
    if (first === undefined) continue;
    if ("tokenTypeIdx" in first) return literal(key, first, node, site);
    switch (key) {
      case "fieldValue":
        return { kind: "field value", name: name(token(first, "Name"), site), span: spanOf(first, site) };
      case "duration":
        return relative(first, site);
      case "instant":
        return instant(first, site);
      case "amount":
        return amount(first, site);
    }
  }
  throw new Incomplete("value");
}
function literal(key: string, each: IToken, node: CstNode, site: Site): Value {
  if (each.isInsertedInRecovery === true) throw new Incomplete(key);
  switch (key) {
    case "Percent":
      return percent(node, site);
    case "Str":
      return text(each, site);
    case "Clock":
      return clock(each, site);
    case "YES":
      return { kind: "yes", span: tokenSpan(each, site) };
    case "NO":
      return { kind: "no", span: tokenSpan(each, site) };
    default:
      return name(each, site);
  }
}
export const valueIn = (node: CstNode, site: Site): Value => value(child(node, "value"), site);

export function args(node: CstNode, site: Site): readonly Value[] {
  const list = node.children.value ?? [];
  return list.flatMap((each) => ("tokenTypeIdx" in each ? [] : [value(each, site)]));
}

export function period(node: CstNode, site: Site): CalendarNode {
  const span = spanOf(node, site);
  if (has(node, "YESTERDAY")) return { kind: "calendar", calendar: { kind: "yesterday" }, span };
  if (has(node, "TOMORROW")) return { kind: "calendar", calendar: { kind: "tomorrow" }, span };
  const kind = which(node, ["this", "last", "next"] as const);
  return { kind: "calendar", calendar: { kind, unit: which(node, periodUnits) }, span };
}
export function calendar(node: CstNode, site: Site): CalendarNode {
  if (has(node, "TODAY")) return { kind: "calendar", calendar: { kind: "today" }, span: spanOf(node, site) };
  return period(onlyChild(node), site);
}

const scalars = [
  "text",
  "number",
  "money",
  "percent",
  "date",
  "datetime",
  "timezone",
  "country",
  "email",
  "url",
  "boolean",
  "duration",
] as const;

export function type(node: CstNode, site: Site): TypeNode {
  const scalar = child(node, "scalar");
  return {
    kind: "type",
    list: has(node, "LIST"),
    nullable: has(node, "Maybe"),
    scalar: has(scalar, "ONE") ? "one of" : which(scalar, scalars),
    exact: has(scalar, "EXACT"),
    currency: maybeName(scalar, "Currency", site),
    values: names(scalar, "Word", site),
    span: spanOf(node, site),
  };
}

/** The name in front of a tail of options, with both as one span. */
export const around = (first: Name, tail: CstNode | null, site: Site) =>
  tail === null || Object.keys(tail.children).length === 0 ? first.span : join(first.span, spanOf(tail, site));
