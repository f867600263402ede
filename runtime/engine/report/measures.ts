// What each measure of a report counts, and the columns in which statements give it.

import type { ReportMeasure } from "../../../compiler/ir/report.ts";
import type { ReportMeasureView } from "../../report.ts";

/** What a measure is counted over: those who entered, mails that went out, sends that were skipped, or hand-offs. */
export type Subject = "entered" | "mails" | "skipped" | "hand-offs" | "sums";

interface Counting {
  readonly subject: Subject;
  /** Of a rate: the column that it is a share of. */
  readonly of: string | null;
  readonly column: string;
  readonly kind: ReportMeasureView["kind"];
  readonly how: string;
}

const people = (subject: Subject, column: string, how: string): Counting => {
  return { subject, of: null, column, kind: "people", how };
};
const rate = (subject: Subject, column: string, of: string, how: string): Counting => {
  return { subject, of, column, kind: "rate", how };
};
const isApart = "held-out people apart";

const countings: ReadonlyMap<string, Counting> = new Map([
  ["entered", people("entered", "entered", `people who entered, ${isApart}`)],
  ["held_out", people("entered", "held_out", "people who entered and were held out: they get nothing")],
  ["active", people("entered", "active", `of those who entered, who are inside now, ${isApart}`)],
  ["left", people("entered", "gone", `of those who entered, who have left, ${isApart}`)],
  ["goals", people("entered", "goals", `of those who entered, who reached the goal, ${isApart}`)],
  ["goal rate", rate("entered", "goals", "entered", `who reached the goal, of those who entered, ${isApart}`)],
  [
    "time to goal",
    { ...people("entered", "seconds", `median time from the start to the goal, ${isApart}`), kind: "seconds" },
  ],
  ["sent", people("mails", "sent", "people to whom a mail was handed over")],
  ["delivered", people("mails", "delivered", "people to whom one of these mails was delivered")],
  ["opened", people("mails", "opened", "people who opened one of these mails, machines left out")],
  ["clicked", people("mails", "clicked", "people who clicked in one of these mails, machines left out")],
  ["replied", people("mails", "replied", "people who replied to one of these mails")],
  ["bounced", people("mails", "bounced", "people for whom one of these mails bounced")],
  ["complained", people("mails", "complained", "people who complained about one of these mails")],
  ["unsubscribed", people("mails", "unsubscribed", "people who unsubscribed by one of these mails")],
  [
    "open rate",
    rate("mails", "opened", "delivered", "who opened, of those to whom mail was delivered, machines left out"),
  ],
  [
    "click rate",
    rate("mails", "clicked", "delivered", "who clicked, of those to whom mail was delivered, machines left out"),
  ],
  ["reply rate", rate("mails", "replied", "delivered", "who replied, of those to whom mail was delivered")],
  ["bounce rate", rate("mails", "bounced", "sent", "for whom mail bounced, of those to whom it was handed over")],
  ["complaint rate", rate("mails", "complained", "delivered", "who complained, of those to whom mail was delivered")],
  [
    "unsubscribe rate",
    rate("mails", "unsubscribed", "delivered", "who unsubscribed, of those to whom mail was delivered"),
  ],
  ["skipped", people("skipped", "skipped", "people for whom a send was skipped by a rule")],
  ["hand offs", { ...people("hand-offs", "handoffs", "hand-offs to teams"), kind: "hand-offs" }],
]);

/** `place`: of the measure among those of the report. */
export function countingOf(measure: ReportMeasure, place: number): Counting {
  const found = countings.get(measure.name);
  if (found) return found;
  const how = `${measure.name}, of events inside the program or within its goal's time, ${isApart}`;
  return { subject: "sums", of: null, column: `sum_${place}`, kind: "sum", how };
}

/** What a report shows that names nothing. */
export function usualMeasures(hasGoal: boolean): readonly ReportMeasure[] {
  const counts = ["entered", "active", "left", "sent"].map((name) => ({ kind: "count" as const, name }));
  const rates = ["open rate", "click rate", ...(hasGoal ? ["goal rate"] : [])];
  return [...counts, ...rates.map((name) => ({ kind: "rate" as const, name }))];
}
