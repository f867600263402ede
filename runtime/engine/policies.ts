// What the policies of a plan say about a person who is about to be mailed: which of them hold for her, and whether she is
// never to be mailed.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { type NamedCondition, printConditions } from "../../compiler/sql/print.ts";
import { type Engine, text, texts } from "./engine.ts";
import { printPlaced } from "./hours.ts";
import { audienceOf, isFor, restraintsOf } from "./restraints.ts";

const neverColumn = (index: number): string => `never_${index}`;

/** SELECT contact_id and the columns that the other parts read, of the contacts in a relation. */
export function printJudged(engine: Engine, people: string, builder: Builder): string {
  const { plan } = engine;
  const conditions: NamedCondition[] = [
    ...plan.policies.flatMap((policy, index) => {
      const name = audienceOf(policy, index);
      return name === null || policy.segment === null
        ? []
        : [{ name, when: { kind: "in segment", segment: policy.segment } as const }];
    }),
    ...restraintsOf(plan, "never send").map(({ rule }, index) => ({ name: neverColumn(index), when: rule.to })),
  ];
  const placed = printPlaced(engine, people, builder);
  if (conditions.length === 0) return placed ?? `SELECT contact_id FROM ${people}`;
  const subjects = { kind: "contact", from: { text: people, params: {} } } as const;
  const judged = builder.include(printConditions(plan, subjects, conditions));
  if (placed === null) return judged;
  return `SELECT j.*, l.* EXCLUDE (contact_id) FROM (${judged}) AS j JOIN (${placed}) AS l ON l.contact_id = j.contact_id`;
}

/** The first rule by which the mail in `mail` is never sent to the person in `judged`, in words; NULL: none. */
export function printNever(plan: Plan, mail: string, judged: string, builder: Builder): string {
  const checks = restraintsOf(plan, "never send").map((restraint, index) => {
    const { topic, title } = restraint.rule;
    const named = plan.emails.filter((email) => email.topic === topic).map(({ name }) => name);
    const isMeant = topic === null ? "true" : `list_contains(${builder.param(texts(named))}, ${mail}.email)`;
    const isIn = `coalesce(${judged}.${neverColumn(index)}, false)`;
    return `WHEN ${isFor(restraint, judged)} AND ${isIn} AND ${isMeant} THEN ${builder.param(text(title))}`;
  });
  return checks.length > 0 ? `CASE ${checks.join(" ")} END` : "CAST(NULL AS VARCHAR)";
}
