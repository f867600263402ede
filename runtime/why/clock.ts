// When time alone turns the answer: instants at which a moment that moves with the clock passes something dated.

import type { ZoneCalendar } from "../../compiler/calendar.ts";
import { type Condition, childrenOf, type Moment, type Term, termsOf } from "../../compiler/ir/condition.ts";
import type { Field } from "../../compiler/ir/catalog.ts";
import { columnOf, eventTable, quote } from "../../compiler/sql/tables.ts";
import type { Instant } from "../ports.ts";
import type { WhyNext } from "./answer.ts";
import { type Asking, judge } from "./facts.ts";
import { eventsRead, hasTable } from "./person.ts";
import { type Branch, branchesOf } from "./tree.ts";

const years = 10;
/** Questions to the database, which bound the search. */
const mostInstants = 400;
const mostDated = 500;

/** The first instant at which the answer is another one, with the rows as they are. */
export async function nextOf(asking: Asking, root: Branch, holds: boolean): Promise<WhyNext> {
  const { calendar, at: now } = asking;
  const conditions = branchesOf(root).flatMap(({ when }) => within(when));
  const isChange = (one: Condition) => one.kind === "behaviour" && !hasTable(asking.plan.catalog, one.event);
  if (conditions.some((one) => isUnclear(one) || isChange(one))) return { kind: "not worked out" };
  const last = calendar.shift(now, { amount: years, unit: "y" });
  const dated = [...writtenIn(conditions, calendar), ...(await datedRows(asking, root))];
  if (dated.length > mostDated) return { kind: "not worked out" };
  const facts = new Set(dated);
  const days = new Set(dated.map(calendar.dayOf));
  const found = new Set<Instant>();
  const note = (isReached: (at: Instant) => boolean) => {
    if (!isReached(now) && isReached(last)) found.add(firstAt(now, last, isReached));
  };
  for (const moment of movingIn(conditions)) {
    for (const fact of facts) {
      note((at) => calendar.resolveInstant(moment, at) >= fact);
      note((at) => calendar.resolveInstant(moment, at) > fact);
    }
    for (const day of days) {
      note((at) => calendar.resolveDay(moment, at) >= day);
      note((at) => calendar.resolveDay(moment, at) > day);
    }
  }
  const instants = [...found].toSorted((a, b) => a - b);
  for (const at of instants.slice(0, mostInstants)) {
    const [turned] = await judge({ ...asking, at }, [root]);
    if (turned !== holds) return { kind: "at", at };
  }
  return instants.length > mostInstants ? { kind: "not worked out" } : { kind: "not within", years };
}

const within = (condition: Condition): readonly Condition[] => [condition, ...childrenOf(condition).flatMap(within)];

/** What may be compared with the clock in ways that no dated row tells of. */
function isUnclear(condition: Condition): boolean {
  const terms = termsOf(condition);
  const moving = terms.filter((term) => term.kind === "moment" && isMoving(term.moment));
  const isPassing = condition.kind === "compare" && moving.length > 1;
  return !followed.has(condition.kind) || isPassing || terms.some((term) => !plain.has(term.kind) || isElsewhere(term));
}

/** Dates of companies and in lists. */
const isElsewhere = (term: Term): boolean =>
  "type" in term &&
  isDated(term.type.scalar.kind) &&
  (term.type.isList || (term.kind !== "field" && term.kind !== "property" && term.kind !== "aggregate"));

const isDated = (kind: string): boolean => kind === "date" || kind === "datetime";

const followed: ReadonlySet<string> = new Set<Condition["kind"]>([
  ...(["constant", "all", "any", "not", "compare", "one of", "known", "starts with", "ends with", "contains"] as const),
  ...(["matches glob", "matches regex", "behaviour", "in segment", "in list", "suppressed"] as const),
  ...(["subscribed", "refused", "sample"] as const),
]);
const plain: ReadonlySet<string> = new Set<Term["kind"]>([
  ...(["field", "company field", "property", "occurred at", "literal", "moment", "aggregate"] as const),
]);

const isMoving = ({ kind }: Moment): boolean => kind === "now" || kind === "shift" || kind === "period";

/** The moments that move with the clock; what lies ahead comes when now passes it. */
function movingIn(conditions: readonly Condition[]): readonly Moment[] {
  const all = conditions.flatMap(momentsOf).filter(isMoving);
  const moments: readonly Moment[] = [{ kind: "now" }, ...all];
  return [...new Map(moments.map((moment) => [JSON.stringify(moment), moment])).values()];
}

function momentsOf(condition: Condition): readonly Moment[] {
  const terms = termsOf(condition);
  const own = terms.flatMap((term) => (term.kind === "moment" ? [term.moment] : []));
  const selections = [condition, ...terms].flatMap((one) =>
    one.kind === "behaviour" || one.kind === "aggregate" ? [one] : [],
  );
  const edges = selections.flatMap(({ from, until }) => [from, until?.moment ?? null]);
  return [...own, ...edges.filter((moment) => moment !== null)];
}

/** Dates that are written in the conditions themselves. */
function writtenIn(conditions: readonly Condition[], calendar: ZoneCalendar): readonly Instant[] {
  const fixed = conditions.flatMap(momentsOf).filter((moment) => !isMoving(moment));
  const literals = conditions.flatMap(termsOf).flatMap((term): readonly Instant[] => {
    if (term.kind !== "literal") return [];
    if (term.literal.kind === "day") return [calendar.startOfDay(term.literal.value)];
    return term.literal.kind === "instant" ? [Date.parse(term.literal.value)] : [];
  });
  return [...fixed.map((moment) => calendar.resolveInstant(moment, 0)), ...literals];
}

/** Every date of the person's rows; a day is its first instant. */
async function datedRows({ session, plan, calendar }: Asking, root: Branch): Promise<readonly Instant[]> {
  const { contact, events } = plan.catalog;
  const own = (fields: readonly Field[], kind: "contact" | "event") =>
    fields.filter(({ type }) => isDated(type.scalar.kind) && !type.isList).map((field) => columnOf(field, kind));
  const read = eventsRead(plan, [root]);
  const columns = [
    ...own(contact.fields, "contact").map((column) => ["contact", column] as const),
    ...([
      ["list_member", "added_at"],
      ["suppression", "at"],
      ["consent", "at"],
    ] as const),
    ...events
      .filter(({ name }) => read.has(name))
      .flatMap(({ name, fields }) =>
        ["occurred_at", ...own(fields, "event")].map((column) => [eventTable(name), column] as const),
      ),
  ];
  const found: Instant[] = [];
  for (const [table, column] of columns) {
    const text = `SELECT DISTINCT ${quote(column)} AS "at" FROM ${quote(table)} WHERE ${quote(column)} IS NOT NULL LIMIT ${mostDated}`;
    for (const { at } of await session.run({ text, params: {} })) {
      found.push(typeof at === "string" ? calendar.startOfDay(at) : Number(at));
    }
  }
  return found;
}

/** The first instant at which something holds that does not before, and does for good. */
function firstAt(early: Instant, late: Instant, isReached: (at: Instant) => boolean): Instant {
  let [before, behind] = [early, late];
  while (behind - before > 1) {
    const middle = Math.floor((before + behind) / 2);
    if (isReached(middle)) behind = middle;
    else before = middle;
  }
  return behind;
}
