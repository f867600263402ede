// One mapping of a load: the format, zone and value map of a column.

import type { Mapping as MappingNode, ValueMap } from "../../grammar/ast/declaration.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { calendarOf } from "../calendar.ts";
import type { Context } from "../context.ts";
import type { Literal } from "../ir/condition.ts";
import type { LoadSource, MappedTo, Mapping } from "../ir/load.ts";
import type { Report, Scope } from "../scope.ts";
import { typeWords } from "../type-words.ts";
import type { Type } from "../types.ts";
import { checkValue, isDate, isText, parameterTarget } from "./value.ts";
import { writtenTerm } from "../lower/condition.ts";

const plain = (scalar: Type["scalar"]): Type => ({ scalar, isList: false, isNullable: false });

/** The type of what a mapping fills. */
function typeOf(scope: Scope, to: MappedTo): Type {
  switch (to.kind) {
    case "field":
      return to.type;
    case "at":
      return plain({ kind: "datetime" });
    case "state":
      return plain({ kind: "boolean" });
    case "contact":
      return scope.contact?.fields.find(({ isKey }) => isKey)?.type ?? plain({ kind: "text", isExact: true });
    default:
      return { ...plain({ kind: "text", isExact: to.kind === "event id" }), isNullable: true };
  }
}

export function checkMapping(
  scope: Scope,
  report: Report,
  node: MappingNode,
  to: MappedTo,
  from: LoadSource,
): Mapping | null {
  const type = typeOf(scope, to);
  const target = node.target.text;
  const is = typeWords({ ...type, isList: false });
  if (node.format) {
    if (!isDate(type.scalar) && !isText(type.scalar)) {
      report(diagnose("E819", node.format.span, { target, word: "as", is }));
    } else if (isText(type.scalar) && node.format.value.split("*").length !== 2) {
      report(diagnose("E823", node.format.span, { target }));
    }
  }
  if (node.zone) {
    if (!isDate(type.scalar)) report(diagnose("E819", node.zone.span, { target, word: "in", is }));
    else if (!scope.isZone(node.zone.value)) report(diagnose("E319", node.zone.span, { found: node.zone.value }));
  }
  const rows = node.values?.map((row) => checkRow(scope, report, row, target, type)) ?? null;
  checkRows(node.values ?? [], report);
  const values = rows?.flatMap((row) => (row && row.from !== null ? [{ from: row.from, to: row.to }] : [])) ?? null;
  const otherwise = rows?.find((row) => row !== null && row.from === null) ?? null;
  return {
    to,
    from,
    format: node.format?.value ?? null,
    zone: node.zone?.value ?? null,
    values,
    otherwise: otherwise && { to: otherwise.to },
    span: node.span,
  };
}

interface Row {
  readonly from: string | null;
  readonly to: Literal | null;
}

function checkRow(scope: Scope, report: Report, row: ValueMap, target: string, type: Type): Row | null {
  const from = row.from?.value ?? null;
  if (row.to === null) {
    if (!type.isNullable && !type.isList) report(diagnose("E820", row.span, { target }));
    return { from, to: null };
  }
  const context: Context = { scope, report, place: { kind: "segment" }, parameters: new Map(), event: null };
  const item: Type = { ...type, isList: false };
  const value = checkValue(context, row.to, parameterTarget(target, item));
  if (!value) return null;
  if (value.kind === "point" && value.start.kind === "day" && item.scalar.kind === "datetime") {
    // A day as a date with a time is its first instant.
    const start = calendarOf(scope.settings.zone, 1).startOfDay(value.start.date);
    return { from, to: { kind: "instant", value: new Date(start).toISOString() } };
  }
  const term = writtenTerm(value, item);
  if (term.kind === "literal") return { from, to: term.literal };
  const found = scope.text(row.to.span);
  const subject = `\`${target}\``;
  report(
    diagnose("E302", row.to.span, {
      subject,
      found,
      is: "not the same in every row and at all times",
      expected: "a plain value here",
    }),
  );
  return null;
}

/** `otherwise` last and once, each text once. */
function checkRows(rows: readonly ValueMap[], report: Report): void {
  const seen = new Set<string>();
  rows.forEach((row, index) => {
    const text = row.from?.value.trim().toLowerCase();
    if (text === undefined) {
      if (index < rows.length - 1) report(diagnose("E818", row.span, {}));
      return;
    }
    if (seen.has(text)) report(diagnose("E822", row.from?.span ?? row.span, { found: row.from?.value ?? "" }));
    seen.add(text);
  });
}
