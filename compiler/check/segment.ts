// Segments: their parameters, their condition, and that none uses itself.

import type { Segment } from "../../grammar/ast/declaration.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Checked, CheckedValue } from "../checked.ts";
import type { Context } from "../context.ts";
import { repeated } from "../catalog.ts";
import type { Parameter, Report, Scope } from "../scope.ts";
import { checkCondition, fallbackOf } from "./condition.ts";
import { checkValue, parameterTarget } from "./value.ts";

export interface CheckedParameter {
  readonly name: string;
  /** Whether its arguments stand in quotes. */
  readonly isText: boolean;
  readonly fallback: CheckedValue | null;
}

export interface CheckedSegment {
  readonly name: string;
  readonly doc: string | null;
  readonly parameters: readonly CheckedParameter[];
  readonly where: Checked;
}

export function checkSegments(scope: Scope, report: Report): ReadonlyMap<string, CheckedSegment> {
  const checked = new Map<string, CheckedSegment>();
  for (const [name, shared] of scope.shared) {
    if (shared.kind !== "segment" || !shared.node) continue;
    checked.set(name, checkSegment(scope, report, shared.node, shared.parameters));
  }
  return checked;
}

const maxDepth = 64;

/** Segments with parameters that hand them on and on. `names`: used ones before their users. */
export function checkDepth(
  names: readonly string[],
  checked: ReadonlyMap<string, CheckedSegment>,
  scope: Scope,
  report: Report,
): void {
  const depths = new Map<string, number>();
  for (const name of names) {
    const segment = checked.get(name);
    if (!segment || segment.parameters.length === 0) continue;
    const depth = 1 + segmentsAsked(segment.where).reduce((most, used) => Math.max(most, depths.get(used) ?? 0), 0);
    depths.set(name, depth);
    const shared = scope.shared.get(name);
    if (depth !== maxDepth + 1 || shared?.kind !== "segment" || !shared.node) continue;
    report(diagnose("E243", shared.node.name.span, { name, limit: maxDepth }));
  }
}

function checkSegment(scope: Scope, report: Report, node: Segment, parameters: readonly Parameter[]): CheckedSegment {
  const context: Context = {
    scope,
    report,
    place: { kind: "segment" },
    parameters: new Map(parameters.map((parameter) => [parameter.name, parameter])),
    event: null,
  };
  const where: Checked = node.recovered ? { kind: "unchecked", span: node.span } : checkCondition(context, node.where);
  if (!node.recovered) checkParameters(context, node, parameters);
  const fallbacks = parameters.map((parameter) => ({
    name: parameter.name,
    isText: parameter.type.scalar.kind !== "enum" && parameter.type.scalar.kind !== "country",
    fallback: fallbackOf(context, parameter),
  }));
  return { name: node.name.text, doc: node.doc, parameters: fallbacks, where };
}

function checkParameters(context: Context, node: Segment, parameters: readonly Parameter[]): void {
  const { report } = context;
  for (const { text, span } of repeated(node.parameters.map(({ name }) => name))) {
    report(diagnose("E231", span, { what: "The parameter", name: text }));
  }
  for (const { name, type, span } of parameters) {
    if (type.isList || type.isNullable) report(diagnose("E321", span, { name }));
  }
  const bare = { ...context, parameters: new Map() };
  for (const { name, type, fallback } of parameters) {
    if (fallback) checkValue(bare, fallback, parameterTarget(name, type));
  }
  const first = parameters.findIndex(({ fallback }) => fallback !== null);
  const late = first < 0 ? undefined : parameters.slice(first).find(({ fallback }) => fallback === null);
  if (late) report(diagnose("E322", late.span, { name: parameters[first]?.name ?? "" }));
}

/** Names of the segments that a condition asks for. */
export function segmentsAsked(node: Checked): readonly string[] {
  switch (node.kind) {
    case "in segment":
      return [node.name];
    case "all":
    case "any":
      return node.of.flatMap(segmentsAsked);
    case "not":
      return segmentsAsked(node.of);
    default:
      return [];
  }
}
