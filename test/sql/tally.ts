// How often each alternative of conditions was drawn.

import { type Condition, childrenOf, type Moment, type Term } from "../../compiler/ir/condition.ts";
import { isHistory } from "../../compiler/sql/history.ts";
import { functions, isDay, ops } from "./conditions.ts";

/** What must be drawn often enough for a test of all conditions to mean something. */
export const alternatives: readonly string[] = [
  ...[
    "constant",
    "all",
    "any",
    "not",
    "compare",
    "one of",
    "known",
    "starts with",
    "ends with",
    "contains",
    "list contains",
    "day in list of instants",
    "instant in list of days",
    "matches glob",
    "matches regex",
    "behaviour",
    "chain",
    "changed",
    "stage changed",
    "stage standing",
    "recorded",
    "in segment",
    "in program",
  ],
  ...["one link", "several links", "followed by", "not followed by", "within exactly", "within days"],
  ...["for the same", "not for the same"],
  ...["all", "enrollment", "wait"].map((scope) => `chain of scope ${scope}`),
  ...["in list", "suppressed", "subscribed", "refused", "sample"],
  ...[
    "field",
    "company field",
    "start property",
    "property",
    "occurred at",
    "score",
    "stage",
    "literal",
    "moment",
    "aggregate",
    "anniversary",
    "first known",
    "chosen",
  ].map((kind) => `term ${kind}`),
  ...functions,
  ...["where", "window", "of this enrollment"].map((kind) => `aggregate ${kind}`),
  ...["text", "money", "day", "instant", "number", "boolean"].map((kind) => `literal ${kind}`),
  ...["text", "exact", "plain"].map((by) => `by ${by}`),
  ...ops.flatMap((op) => [`op ${op}`, `count ${op}`]),
  ...["now", "shift", "instant", "day", "period"].map((kind) => `moment ${kind}`),
  ...["all", "enrollment", "wait"].map((scope) => `scope ${scope}`),
  ...["any time", "from", "until", "from until"].map((kind) => `window ${kind}`),
  ...[
    "no count",
    "day with instant",
    "distinct",
    "each event",
    "email",
    "wait for email",
    "no machines",
    "machines",
    "where",
    "empty all",
    "empty any",
  ],
];

export function tally(condition: Condition, counts: Map<string, number>): void {
  const add = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  const addMoment = (moment: Moment) => add(`moment ${moment.kind}`);
  const addTerm = (term: Term) => {
    add(`term ${term.kind}`);
    if (term.kind === "literal") add(`literal ${term.literal.kind}`);
    if (term.kind === "moment") addMoment(term.moment);
    if (term.kind === "aggregate") {
      add(term.function);
      if (term.where) add("aggregate where");
      if (term.from || term.until) add("aggregate window");
      if (term.scope === "enrollment") add("aggregate of this enrollment");
    }
  };
  add(condition.kind);
  if ((condition.kind === "all" || condition.kind === "any") && condition.of.length === 0)
    add(`empty ${condition.kind}`);
  if ("by" in condition) add(`by ${condition.by}`);
  if (condition.kind === "compare") {
    const days = [condition.left, condition.right].filter(isDay).length;
    if (days === 1) add("day with instant");
    add(`op ${condition.op}`);
    addTerm(condition.left);
    addTerm(condition.right);
  }
  if (condition.kind === "contains" && "type" in condition.term && condition.term.type.isList) {
    const [held, wanted] = [isDay(condition.term), isDay(condition.value)];
    add("list contains");
    if (held !== wanted) add(held ? "instant in list of days" : "day in list of instants");
  }
  if ("term" in condition) addTerm(condition.term);
  if (condition.kind === "one of") condition.values.forEach(addTerm);
  if (condition.kind === "chain") {
    add(`${condition.links.length > 1 ? "several links" : "one link"}`);
    add(`chain of scope ${condition.first.scope}`);
    for (const { isNegated, within, same } of condition.links) {
      add(isNegated ? "not followed by" : "followed by");
      add(within.unit === "h" || within.unit === "min" ? "within exactly" : "within days");
      if (same) add(isNegated ? "not for the same" : "for the same");
    }
  }
  if (condition.kind === "behaviour") {
    if (isHistory(condition.event)) add(condition.event.replace(/^(stage )?.* /, "$1"));
    add(`scope ${condition.scope}`);
    add(condition.count ? `count ${condition.count.op}` : "no count");
    add(condition.distinct === null ? "each event" : "distinct");
    if (condition.email !== null) add(condition.scope === "wait" ? "wait for email" : "email");
    add(condition.countsMachines ? "machines" : "no machines");
    if (condition.where) add("where");
    add(`window ${[condition.from && "from", condition.until && "until"].filter(Boolean).join(" ") || "any time"}`);
    if (condition.from) addMoment(condition.from);
    if (condition.until) addMoment(condition.until.moment);
  }
  for (const child of childrenOf(condition)) tally(child, counts);
}
