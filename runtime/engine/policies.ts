// What the policies of a plan say about a person who is about to be mailed: which of them hold for her, and whether she is
// never to be mailed.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { type NamedCondition, printConditions } from "../../compiler/sql/print.ts";
import { printEmailKey } from "./editions.ts";
import { type Engine, text, texts } from "./engine.ts";
import { allContacts, type Asked, placeColumns, printPlaced } from "./hours.ts";
import { audienceConditions, audiences, isFor, restraintsOf } from "./restraints.ts";

const neverColumn = (index: number): string => `never_${index}`;

/** Whether some rule depends on who the person is, or where. */
export const asksPeople = (plan: Plan): boolean =>
  audiences(plan).length + placeColumns(plan).length + restraintsOf(plan, "never send").length > 0;

/** SELECT contact_id and the columns that the other parts read, of the contacts in a relation. */
export function printJudged(engine: Engine, { people, contacts }: Asked, builder: Builder): string {
  const { plan } = engine;
  const conditions: NamedCondition[] = [
    ...audienceConditions(plan),
    ...restraintsOf(plan, "never send").map(({ rule }, index) => ({ name: neverColumn(index), when: rule.to })),
  ];
  const placed = printPlaced(engine, { people, contacts }, builder);
  if (conditions.length === 0) return placed ?? `SELECT contact_id FROM ${people}`;
  const subjects = { kind: "contact", from: { text: people, params: {} }, contacts } as const;
  const judged = builder.include(printConditions(plan, subjects, conditions));
  if (placed === null) return judged;
  return `SELECT j.*, l.* EXCLUDE (contact_id) FROM (${judged}) AS j JOIN (${placed}) AS l ON l.contact_id = j.contact_id`;
}

/** The first rule by which the mail in `mail` is never sent to the person in `judged`, in words; NULL: none. */
export function printNever(plan: Plan, mail: string, judged: string, builder: Builder): string {
  const checks = restraintsOf(plan, "never send").map((restraint, index) => {
    const { topic, title } = restraint.rule;
    const named = plan.emails.filter((email) => email.topic === topic).map(({ name }) => name);
    const isMeant =
      topic === null ? "true" : `list_contains(${builder.param(texts(named))}, ${printEmailKey(plan, mail, builder)})`;
    const isIn = `coalesce(${judged}.${neverColumn(index)}, false)`;
    return `WHEN ${isFor(restraint, judged)} AND ${isIn} AND ${isMeant} THEN ${builder.param(text(title))}`;
  });
  return checks.length > 0 ? `CASE ${checks.join(" ")} END` : "CAST(NULL AS VARCHAR)";
}

/** What is made of a mail to a person in the row `judged` of which nobody knows whether it went out; `join`: of the people. */
export function printAmbiguous(
  engine: Engine,
  people: string,
  judged: string,
  builder: Builder,
): { readonly value: string; readonly join: string } {
  const said = restraintsOf(engine.plan, "on ambiguous");
  if (said.length === 0) return { value: "'reconcile'", join: "" };
  const cases = said.map(
    (restraint) => `WHEN ${isFor(restraint, judged)} THEN ${builder.param(text(restraint.rule.mode))}`,
  );
  const isAsked = said.some(({ audience }) => audience !== null);
  return {
    value: `CASE ${cases.join(" ")} ELSE 'reconcile' END`,
    join: isAsked
      ? `LEFT JOIN (${printJudged(engine, { people, contacts: allContacts }, builder)}) AS ${judged} ON ${judged}.contact_id = o.contact_id`
      : "",
  };
}
