// Head clauses of a program: each by itself, and those that exclude or need each other.

import type { Head, Program } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { CheckedProgram, CheckedTrigger } from "../checked-program.ts";
import type { Context } from "../context.ts";
import { insert, suggested } from "../fixes.ts";
import type { Enter, PointInTime } from "../ir/program.ts";
import { isHead } from "../written-steps.ts";
import { checkCondition } from "./condition.ts";
import { isCount } from "./count.ts";
import { checkWait } from "./moment.ts";
import { checkDateField, checkPointInTime, recurrenceOf } from "./schedule.ts";
import { checkTriggers } from "./trigger.ts";

export type HeadOf<K extends Head["kind"]> = Head & { readonly kind: K };
type Start = HeadOf<"start when" | "start every" | "start at" | "start on">;

function isStart(head: Head): head is Start {
  return head.kind.startsWith("start ");
}

/** Each start is one more way in, and each exit one more way out. */
const mayRepeat = (head: Head): boolean => isStart(head) || head.kind === "exit when";

/** Heads come before steps, and most of them stand once. */
export function checkOrder({ report }: Context, node: Program): void {
  const firstStep = node.parts.findIndex((part) => !isHead(part));
  const seen = new Map<string, Head>();
  node.parts.forEach((part, index) => {
    if (!isHead(part)) return;
    const words = part.kind.startsWith("enter") ? "enter" : part.kind;
    if (firstStep >= 0 && index > firstStep) {
      report(diagnose("E501", part.span, { head: words }));
      return;
    }
    const earlier = seen.get(words);
    if (earlier && !mayRepeat(part)) {
      const related = [{ span: earlier.span, text: "the first one" }];
      report(diagnose("E502", part.span, { head: words }, { related }));
    }
    seen.set(words, part);
  });
}

/** All starts, in the order written. */
export function checkStarts(context: Context, heads: readonly Head[]): readonly CheckedTrigger[] {
  return heads.filter(isStart).flatMap((head) => checkStart(context, head));
}

function checkStart(context: Context, head: Start): readonly CheckedTrigger[] {
  switch (head.kind) {
    case "start when":
      return checkTriggers(context, checkCondition(context, head.when));
    case "start every":
      return [{ kind: "every", recurrence: recurrenceOf(head.recurrence) }];
    case "start at": {
      const at = checkPointInTime(context, head.at, head.local);
      return [at ? { kind: "at", at } : reported(head)];
    }
    default: {
      const date = checkDateField(context, head, "E520");
      return [date ? { kind: "date", ...date } : reported(head)];
    }
  }
}

/** A start that was reported: more people may enter by it than can be told. */
function reported({ span }: Head): CheckedTrigger {
  return { kind: "edge", when: { kind: "unchecked", span }, enrolsPresent: false };
}

type Settings = Pick<CheckedProgram, "holdOut" | "edits" | "onFailure" | "closesAt" | "sendAtMost">;

/** What holds for the whole program, besides who enters and leaves. */
export function checkSettings(context: Context, heads: readonly Head[], triggers: readonly CheckedTrigger[]): Settings {
  const first = <K extends Head["kind"]>(kind: K) => heads.find((head): head is HeadOf<K> => head.kind === kind);
  const [holdOut, closing, rate] = [first("hold out"), first("closes at"), first("send at most")];
  checkRecurring(context, heads);
  if (holdOut) checkHoldOut(context, holdOut, first("goal"));
  const closesAt = closing ? checkPointInTime(context, closing.at, closing.local) : null;
  if (closing && closesAt) checkClosing(context, closing, closesAt, triggers);
  if (rate && !isCount(rate.emails)) {
    context.report(diagnose("E707", rate.emails.span, { found: rate.emails.digits }));
  }
  return {
    holdOut: holdOut?.share.value ?? null,
    edits: first("edits")?.mode ?? "follow",
    onFailure: first("on failure")?.mode ?? "skip",
    closesAt,
    sendAtMost: rate ? { emails: rate.emails.value, per: rate.per } : null,
  };
}

/** Whoever starts again and again must say who may enter again. */
function checkRecurring({ report }: Context, heads: readonly Head[]): void {
  const every = heads.find(({ kind }) => kind === "start every");
  if (!every || heads.some(({ kind }) => kind.startsWith("enter"))) return;
  const fixes = ["enter once", "enter every time"].map((words) =>
    suggested(`Add \`${words}\``, insert("after", every.span, `  ${words}`)),
  );
  report(diagnose("E516", every.span, {}, { fixes }));
}

function checkHoldOut(
  { report }: Context,
  { share, span }: HeadOf<"hold out">,
  goal: HeadOf<"goal"> | undefined,
): void {
  const found = `${share.digits}%`;
  if (share.value < 0 || share.value > 100) report(diagnose("E318", share.span, { found }));
  else if (share.value === 0 || share.value === 100) report(diagnose("E518", share.span, { found }));
  if (goal?.within) return;
  const fixes = goal ? [suggested("Add `within 30d`", insert("after", goal.when.span, " within 30d"))] : [];
  const related = goal ? [{ span: goal.span, text: "the goal without a limit" }] : [];
  report(
    diagnose("E517", span, { lacks: goal ? "`within` behind its `goal`" : "`goal … within …`" }, { fixes, related }),
  );
}

/** A start at one moment, and nothing before it, when nobody may enter any more. */
function checkClosing(
  { report }: Context,
  closing: HeadOf<"closes at">,
  closesAt: PointInTime,
  triggers: readonly CheckedTrigger[],
): void {
  const isTooLate = (trigger: CheckedTrigger) =>
    trigger.kind === "at" && trigger.at.kind === closesAt.kind && trigger.at.value >= closesAt.value;
  if (triggers.length > 0 && triggers.every(isTooLate)) report(diagnose("E519", closing.span, {}));
}

export function checkEnter(
  context: Context,
  heads: readonly Head[],
  program: string,
  triggers: readonly CheckedTrigger[],
): Enter {
  for (const head of heads) {
    if (head.kind === "enter every time") return { kind: "every time" };
    if (head.kind === "enter again") {
      const after = checkWait(context, head.after);
      if (after) return { kind: "again", after };
    }
    if (head.kind === "enter once" && head.per) {
      checkPer(context, head.per, program, triggers);
      return { kind: "once", per: head.per.text };
    }
  }
  return { kind: "once", per: null };
}

function checkPer(
  { place, report, scope }: Context,
  per: NonNullable<HeadOf<"enter once">["per"]>,
  program: string,
  triggers: readonly CheckedTrigger[],
): void {
  if (place.kind !== "program" || !place.starts.isWhole || scope.isLost(per.text, ["event"])) return;
  const { events } = place.starts;
  const lacking = events.find(({ fields }) => !fields.some(({ name, type }) => name === per.text && !type.isList));
  const why = lacking
    ? `\`${lacking.name}\` has no property \`${per.text}\``
    : `\`${program}\` starts people without an event`;
  const hasOther = triggers.some(({ kind }) => kind !== "event") || triggers.length === 0;
  if (lacking || hasOther) report(diagnose("E505", per.span, { name: per.text, why }));
}
