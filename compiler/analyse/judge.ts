// Conditions that say less than they seem to: always true, never true, or with a part that changes nothing.

import type { Fix } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import type { Checked } from "../checked.ts";
import { replace, safe } from "../fixes.ts";
import { type Formula, allOf, anyOf, notOf, sizeOf } from "../logic/formula.ts";
import { isRelated, type Subjects } from "../logic/subjects.ts";
import { isRefuted } from "../logic/verdict.ts";
import type { Report } from "../scope.ts";
import { coreOf, type Reasoning, relatedTo, shown } from "./reasons.ts";
import { judgeScore } from "./score.ts";
import type { Setting, Translator } from "./translate.ts";

export interface Judge extends Reasoning {
  readonly translator: Translator;
  readonly subjects: Subjects;
  /** The most points that each score can have. */
  readonly limits: ReadonlyMap<string, number>;
  readonly report: Report;
  /** The source text of a span. */
  readonly text: (span: Span) => string;
}

/** Leaves above which nothing is decided, and above which the parts of a condition are not compared. */
const largest = 200;
const largestCompared = 30;

export function refutes({ ground, memory, sizes }: Judge, formulas: readonly Formula[]): boolean {
  const size = formulas.reduce((sum, formula) => sum + sizeOf(formula, sizes), 0);
  return size <= largest && isRefuted(allOf(formulas), ground, memory);
}

/** Source text on one line, not too long to stand in a sentence. */
export function words(judge: Judge, span: Span): string {
  const text = judge
    .text(span)
    .replaceAll(/#[^\n]*/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Reports what is doubtful in it, and gives whether it says something: it is neither always nor never true. */
export function judgeCondition(judge: Judge, node: Checked, setting: Setting): boolean {
  judgeInside(judge, node, setting);
  // `everyone` and `sample 100%` are said on purpose.
  if (node.kind === "constant" || node.kind === "sample" || node.kind === "unchecked") return true;
  const formula = judge.translator.formula(node, setting);
  if (sizeOf(formula, judge.sizes) === 0) return true;
  if (refutes(judge, [formula])) {
    reportNever(judge, node, setting);
    judge.translator.distrust(node);
    return false;
  }
  if (refutes(judge, [notOf(formula)])) {
    reportAlways(judge, node, setting);
    judge.translator.distrust(node);
    return false;
  }
  if (sizeOf(formula, judge.sizes) <= largestCompared) judgeParts(judge, node, setting, []);
  return true;
}

/** The conditions on events inside it. */
function judgeInside(judge: Judge, node: Checked, setting: Setting): void {
  judgeScore({ ...judge, text: (span) => words(judge, span) }, node);
  if (node.kind === "all" || node.kind === "any") for (const part of node.of) judgeInside(judge, part, setting);
  if (node.kind === "not") judgeInside(judge, node.of, setting);
  if (node.kind !== "behaviour") return;
  for (const { where } of [node, ...node.follows]) if (where) judgeCondition(judge, where, setting);
}

/** A part that never holds by itself is what is reported. */
function reportNever(judge: Judge, node: Checked, setting: Setting): void {
  const parts = node.kind === "all" && node.of.length <= largestCompared ? node.of : [];
  const alone = parts.find((part) => refutes(judge, [judge.translator.formula(part, setting)]));
  if (alone) {
    reportNever(judge, alone, setting);
    return;
  }
  const formula = (part: Checked) => judge.translator.formula(part, setting);
  const core = coreOf(partsOf(node, "all"), (some) => refutes(judge, some.map(formula)));
  const clash = core.length > 1 ? core.map(({ span }) => words(judge, span)) : null;
  const related = clash ? relatedTo(core, "this", "and this") : [];
  judge.report(diagnose("W404", node.span, { condition: words(judge, node.span), clash }, { related }));
}

/** The alternatives that leave nobody out. */
function reportAlways(judge: Judge, node: Checked, setting: Setting): void {
  const parts = partsOf(node, "any");
  const none = (part: Checked) => notOf(judge.translator.formula(part, setting));
  const core = coreOf(parts, (some) => refutes(judge, some.map(none)));
  const cover = core.length > 1 && core.length < parts.length ? core.map(({ span }) => words(judge, span)) : null;
  const related = core.length > 1 ? relatedTo(core, "either this", "or this") : [];
  judge.report(diagnose("W403", node.span, { condition: words(judge, node.span), cover }, { related }));
}

/** What is joined by it, at any depth. */
function partsOf(node: Checked, kind: "all" | "any"): readonly Checked[] {
  return node.kind === kind ? node.of.flatMap((part) => partsOf(part, kind)) : [node];
}

/** Reports a part that always holds, or never, whatever stands around it. */
function judgeAlone(judge: Judge, part: Checked, setting: Setting): boolean {
  if (part.kind === "not") return judgeAlone(judge, part.of, setting);
  const formula = judge.translator.formula(part, setting);
  if (isMeant(part) || sizeOf(formula, judge.sizes) === 0) return false;
  if (refutes(judge, [formula])) reportNever(judge, part, setting);
  else if (refutes(judge, [notOf(formula)])) reportAlways(judge, part, setting);
  else return false;
  judge.translator.distrust(part);
  return true;
}

/** `around`: what holds wherever it matters. */
function judgeParts(judge: Judge, node: Checked, setting: Setting, around: readonly Checked[]): void {
  if (node.kind === "not") judgeParts(judge, node.of, setting, around);
  if (node.kind !== "all" && node.kind !== "any") return;
  const isAll = node.kind === "all";
  let kept: readonly Checked[] = node.of;
  // Of two that say the same, the one behind is the one too many.
  for (const part of node.of.toReversed()) {
    const others = kept.filter((other) => other !== part);
    if (isMeant(part) || others.length === 0) continue;
    if (judgePart(judge, { part, others, around, isAll }, setting) || judgeAlone(judge, part, setting)) kept = others;
  }
  for (const part of kept) {
    const beside = isAll ? kept.filter((other) => other !== part) : [];
    judgeParts(judge, part, setting, [...around, ...beside]);
  }
}

/** What is written to be clear, though it follows from the rest. */
function isMeant(part: Checked): boolean {
  if (part.kind === "not") return isMeant(part.of);
  return ["known", "constant", "sample", "suppressed", "unchecked"].includes(part.kind);
}

interface Place {
  readonly part: Checked;
  readonly others: readonly Checked[];
  readonly around: readonly Checked[];
  readonly isAll: boolean;
}

/** Reports a part that changes nothing. */
function judgePart(judge: Judge, { part, others, around, isAll }: Place, setting: Setting): boolean {
  const formula = (node: Checked) => judge.translator.formula(node, setting);
  if (sizeOf(formula(part), judge.sizes) === 0) return false;
  const isNear = (other: Checked) => isRelated(formula(part), formula(other), judge.subjects);
  if (![...others, ...around].some(isNear)) return false;
  const own = isAll ? notOf(formula(part)) : formula(part);
  const beside = (node: Checked) => (isAll ? formula(node) : notOf(formula(node)));
  if (!refutes(judge, [own, ...around.map(formula), ...others.map(beside)])) return false;
  const fixes = removal(judge, part, others);
  const said = words(judge, part.span);
  const alone = others.find((other) => refutes(judge, [own, beside(other)]));
  const outer = around.find((other) => refutes(judge, [own, formula(other)]));
  const because = alone ?? outer;
  const related = because ? [{ span: because.span, text: "because of this" }] : [];
  const params = { part: said, because: because ? words(judge, because.span) : null };
  const where = around.map(formula);
  const isDead = !isAll && !alone && refutes(judge, [own, ...where]);
  const extra = (formulas: readonly Formula[]) => ({ related, fixes, shown: shown(judge, formulas) });
  const rest = because ? formula(because) : isAll ? allOf(others.map(formula)) : anyOf(others.map(formula));
  if (isAll) {
    const inside = because === outer && because ? [] : where;
    judge.report(diagnose("W405", part.span, params, extra([formula(part), notOf(rest), ...inside])));
  } else if (isDead) judge.report(diagnose("W407", part.span, params, extra([own])));
  else judge.report(diagnose("W406", part.span, params, extra([rest, notOf(own), ...where])));
  return true;
}

/** Takes a part out together with the word that joins it, where nothing else stands between. */
function removal(judge: Judge, part: Checked, others: readonly Checked[]): readonly Fix[] {
  const before = others.findLast(({ span }) => span.end <= part.span.start);
  const behind = others.find(({ span }) => span.start >= part.span.end);
  const { file } = part.span;
  const span = before
    ? { file, start: before.span.end, end: part.span.end }
    : behind && { file, start: part.span.start, end: behind.span.start };
  if (!span) return [];
  const between = before
    ? judge.text({ file, start: before.span.end, end: part.span.start })
    : judge.text({ file, start: part.span.end, end: span.end });
  if (!/^\s+(and|or)\s+$/.test(between)) return [];
  return [safe(`Remove \`${words(judge, part.span)}\``, replace(span, ""))];
}
