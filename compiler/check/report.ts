// Reports: what is shown of which programs, by what, when and to whom.

import type { Name } from "../../grammar/ast/expr.ts";
import type { Measure, Report as ReportNode, ReportPart } from "../../grammar/ast/suite.ts";
import type { Fix } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { repeated } from "../catalog.ts";
import type { CheckedDimension, CheckedMeasure, CheckedReport } from "../checked-delivery.ts";
import type { Context } from "../context.ts";
import { replace, suggested } from "../fixes.ts";
import { kindOf, namesOf, type Report, type Scope } from "../scope.ts";
import { isSender } from "../settings.ts";
import { isDeclared } from "./acts.ts";
import { checkAggregate } from "./aggregate.ts";
import { checkCondition } from "./condition.ts";
import { checkWait } from "./moment.ts";
import { fieldNamed, missing } from "./operand.ts";
import { recurrenceOf } from "./schedule.ts";
import { isFuture } from "./window.ts";

export function checkReport(scope: Scope, report: Report, node: ReportNode): CheckedReport {
  const context: Context = { scope, report, place: { kind: "segment" }, parameters: new Map(), event: null };
  checkOnce(context, node.parts);
  const part = <K extends ReportPart["kind"]>(kind: K) =>
    node.parts.find((part): part is ReportPart & { readonly kind: K } => part.kind === kind);
  const programs = part("for") ? checkPrograms(context, part("for")?.names ?? []) : null;
  const measures = part("show")?.measures ?? [];
  checkGoals(context, measures, programs);
  const to = part("to")?.address ?? null;
  if (to && !isSender(to.value)) report(diagnose("E838", to.span, { found: to.value }));
  const every = part("every");
  return {
    name: node.name.text,
    doc: node.doc,
    every: every ? recurrenceOf(every.recurrence) : null,
    window: checkTime(context, part("in")),
    programs,
    measures: checkMeasures(context, measures),
    by: checkDimensions(context, part("by")?.names ?? []),
    to: to?.value ?? null,
  };
}

function checkOnce({ report }: Context, parts: readonly ReportPart[]): void {
  const seen = new Set<string>();
  for (const { kind, span } of parts) {
    if (seen.has(kind)) report(diagnose("E801", span, { setting: kind }));
    seen.add(kind);
  }
}

function checkTime(
  context: Context,
  part: (ReportPart & { readonly kind: "in" }) | undefined,
): CheckedReport["window"] {
  if (!part) return null;
  if (part.window.kind === "duration") return checkWait(context, part.window);
  const { calendar, span } = part.window;
  if (isFuture(calendar)) context.report(diagnose("E317", span, { found: context.scope.text(span) }));
  return calendar;
}

function checkPrograms(context: Context, names: readonly Name[]): readonly string[] {
  for (const { text, span } of repeated(names)) {
    context.report(diagnose("E231", span, { what: "The program", name: text }));
  }
  return names.filter((name) => isDeclared(context, name, "program", "programs")).map(({ text }) => text);
}

/** Rates, each with the count that it is made of. */
const rates: ReadonlyMap<string, string> = new Map([
  ["open", "opened"],
  ["click", "clicked"],
  ["reply", "replied"],
  ["bounce", "bounced"],
  ["complaint", "complained"],
  ["unsubscribe", "unsubscribed"],
  ["goal", "goals"],
]);
const counts: ReadonlySet<string> = new Set([
  ...["entered", "held_out", "active", "sent", "skipped", "delivered", "left"],
  ...rates.values(),
]);

function checkMeasures(context: Context, measures: readonly Measure[]): readonly CheckedMeasure[] {
  const written = measures.map(({ span }) => ({ text: context.scope.text(span).replaceAll(/\s+/g, " "), span }));
  for (const { text, span } of repeated(written)) {
    context.report(diagnose("E231", span, { what: "The measure", name: text }));
  }
  return measures.flatMap((measure) => checkMeasure(context, measure) ?? []);
}

function checkMeasure(context: Context, measure: Measure): CheckedMeasure | null {
  const { span } = measure;
  if (measure.kind === "sum of") {
    const { event, property } = measure;
    const sum = { kind: "aggregate", function: "sum of", event, property, where: null, window: null, span } as const;
    const operand = checkAggregate(context, sum, checkCondition);
    return operand && { kind: "sum", operand };
  }
  if (measure.kind !== "measure") return { kind: "count", name: measure.kind };
  const { text: name } = measure.name;
  if ((measure.rate ? rates : counts).has(name)) return { kind: measure.rate ? "rate" : "count", name };
  const found = measure.rate ? `${name} rate` : name;
  context.report(diagnose("E834", span, { found }, { fixes: meant(context, measure.name.text, measure) }));
  return null;
}

/** `opened rate` is the open rate; `open` is what was opened, or its rate; else the nearest. */
function meant({ scope }: Context, name: string, { span }: Measure): readonly Fix[] {
  const all = [...counts, ...[...rates.keys()].map((rate) => `${rate} rate`)];
  const rate = [...rates].find(([, count]) => count === name)?.[0];
  const count = rates.get(name);
  const near = scope.nearest(scope.text(span).replaceAll(/\s+/g, " "), all);
  const words = rate ? [`${rate} rate`] : count ? [count, `${name} rate`] : near === null ? [] : [near];
  return words.map((word) => suggested(`Write \`${word}\``, replace(span, word)));
}

/** Goals are shown of programs that have one. */
function checkGoals({ scope, report }: Context, measures: readonly Measure[], names: readonly string[] | null): void {
  const programs = [...scope.programs.values()].filter(({ name }) => names === null || names.includes(name.text));
  const lacks = programs.every(({ parts, recovered }) => !recovered && !parts.some(({ kind }) => kind === "goal"));
  if (programs.length === 0 || !lacks || scope.isLost("goal", [])) return;
  for (const measure of measures) {
    const isOfGoal =
      measure.kind === "time to goal" ||
      (measure.kind === "measure" && measure.name.text === (measure.rate ? "goal" : "goals"));
    if (isOfGoal) report(diagnose("E836", measure.span, { found: scope.text(measure.span) }));
  }
}

const dimensions = ["email", "step", "variant", "arm", "segment", "topic", "week"] as const;

function checkDimensions(context: Context, names: readonly Name[]): readonly CheckedDimension[] {
  for (const { text, span } of repeated(names)) {
    context.report(diagnose("E231", span, { what: "The word", name: text }));
  }
  return names.flatMap((name) => checkDimension(context, name) ?? []);
}

function checkDimension(context: Context, name: Name): CheckedDimension | null {
  const { scope, report } = context;
  const word = dimensions.find((word) => word === name.text);
  if (word) return { kind: word };
  if (kindOf(scope, name.text) === null) {
    const names = [...dimensions, ...namesOf(scope, "field"), ...namesOf(scope, "derived field")];
    return missing(context, name, { what: "field", starters: ["contact"] }, names);
  }
  const operand = fieldNamed(context, name);
  if (operand?.type.isList) {
    report(diagnose("E837", name.span, { name: name.text }));
    return null;
  }
  return operand && { kind: "field", operand };
}
