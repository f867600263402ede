// Chains: an event, and what did or did not follow it.

import type { Behaviour, EventTerm, Follow, Name } from "../../grammar/ast/expr.ts";
import type { Fix } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { machineEvents } from "../built-in.ts";
import type { CheckedEventTerm, CheckedFollow } from "../checked.ts";
import type { CheckWhere, Context } from "../context.ts";
import { replace, suggested } from "../fixes.ts";
import type { EventTable } from "../ir/catalog.ts";
import { typeWords } from "../type-words.ts";
import type { Type } from "../types.ts";
import { eventNamed } from "./event.ts";
import { checkWait } from "./moment.ts";
import { missing } from "./operand.ts";
import { isComparable } from "./value.ts";

interface TermRoom {
  readonly checkWhere: CheckWhere;
  /** Offered where an email stands behind an event that is not about one. */
  readonly fixes: readonly Fix[];
}

/** An event with what stands directly behind it; null where that does not fit, which is reported. */
export function checkTerm(
  context: Context,
  event: EventTable,
  term: EventTerm,
  { checkWhere, fixes }: TermRoom,
): CheckedEventTerm | null {
  const { scope, report } = context;
  let isWhole = true;
  if (term.email && !event.isMail) {
    report(diagnose("E262", term.email.span, { event: event.name, email: term.email.text }, { fixes }));
    isWhole = false;
  } else if (term.email && !scope.emails.has(term.email.text)) {
    missing(context, term.email, { what: "email", starters: ["email"] }, scope.emails.keys());
    isWhole = false;
  }
  if (term.machines && !machineEvents.has(event.name)) {
    report(diagnose("E263", term.event.span, { event: event.name }));
    isWhole = false;
  }
  const where = term.where && checkWhere({ ...context, event }, term.where);
  return isWhole ? { event, email: term.email?.text ?? null, countsMachines: term.machines, where } : null;
}

/** What follows `first`, link by link; null where a link does not fit, which is reported. */
export function checkFollows(
  context: Context,
  first: EventTable,
  node: Behaviour,
  checkWhere: CheckWhere,
): readonly CheckedFollow[] | null {
  const [start] = node.follows;
  if (!start) return [];
  const links: CheckedFollow[] = [];
  let before: EventTable | null = first;
  for (const follow of node.follows) {
    const event = eventNamed(context, follow.term.event);
    const link = event && checkLink(context, { before, event }, follow, checkWhere);
    if (link) links.push(link);
    before = event;
  }
  const isInOrder = checkOrder(context, node);
  if (!isInOrder || links.length < node.follows.length) return null;
  return links;
}

/** `before` null: reported already. */
interface Link {
  readonly before: EventTable | null;
  readonly event: EventTable;
}

function checkLink(
  context: Context,
  { before, event }: Link,
  follow: Follow,
  checkWhere: CheckWhere,
): CheckedFollow | null {
  const term = checkTerm(context, event, follow.term, { checkWhere, fixes: [] });
  const within = checkWait(context, follow.within);
  const isTied = !follow.same || !before || isSame(context, { before, event }, follow.same);
  if (!term || !within || !isTied) return null;
  const same = follow.same?.text ?? null;
  return { ...term, isNegated: follow.negated, within, same, span: follow.span };
}

/** No count, and `not followed by` last. */
function checkOrder({ report }: Context, { term, count, follows }: Behaviour): boolean {
  if (count) {
    const fixes = [suggested("Remove the count", replace({ ...count.span, start: term.span.end }, ""))];
    report(diagnose("E271", count.span, {}, { fixes }));
  }
  const early = follows.slice(0, -1).find(({ negated }) => negated);
  if (early) report(diagnose("E272", early.span, { event: early.term.event.text }));
  return !count && !early;
}

interface Pair {
  readonly before: EventTable;
  readonly event: EventTable;
}

/** Whether both events have the property, with one type. */
function isSame(context: Context, { before, event }: Pair, name: Name): boolean {
  const typeIn = (table: EventTable) => table.fields.find((field) => field.name === name.text)?.type ?? null;
  const [left, right] = [typeIn(before), typeIn(event)];
  if (left && right) return haveOneType(context, name, { before, event }, [left, right]);
  if (context.scope.isLost(name.text, ["event"])) return false;
  const lacking = left ? event : before;
  const shared = before.fields
    .map((field) => field.name)
    .filter((field) => event.fields.some((one) => one.name === field));
  const near = context.scope.nearest(name.text, shared);
  const fixes = near === null ? [] : [suggested(`Write \`${near}\``, replace(name.span, near))];
  context.report(diagnose("E273", name.span, { name: name.text, event: lacking.name }, { fixes }));
  return false;
}

function haveOneType(
  { report }: Context,
  name: Name,
  { before, event }: Pair,
  [left, right]: readonly [Type, Type],
): boolean {
  if (isOneType(left, right)) return true;
  const words = {
    name: name.text,
    first: before.name,
    is: typeWords(left),
    second: event.name,
    otherIs: typeWords(right),
  };
  report(diagnose("E326", name.span, words));
  return false;
}

/** Whether values of the two are of one kind: text is text, exact or not. */
function isOneType(left: Type, right: Type): boolean {
  if (left.isList || right.isList || left.scalar.kind !== right.scalar.kind) return false;
  if (left.scalar.kind === "money" && right.scalar.kind === "money") {
    return left.scalar.currency === right.scalar.currency;
  }
  return isComparable(left.scalar, right.scalar);
}
