// What the policies of a plan say about a person who is about to be mailed: which of them hold for her, and whether she is
// never to be mailed.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Policy, PolicyRule } from "../../compiler/ir/policy.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { type NamedCondition, printConditions } from "../../compiler/sql/print.ts";
import { text, texts } from "./engine.ts";

export type RuleOf<K extends PolicyRule["kind"]> = PolicyRule & { readonly kind: K };

/** A rule with what its policy says about whom it is for. */
export interface Restraint<K extends PolicyRule["kind"]> {
  readonly rule: RuleOf<K>;
  /** Column of whether the policy holds for the person; null: it holds for everybody. */
  readonly audience: string | null;
}

/** Rules by which a mail may have to wait. */
const delaying: ReadonlySet<PolicyRule["kind"]> = new Set<PolicyRule["kind"]>(["at most"]);

export const delaysMail = ({ policies }: Plan): boolean =>
  policies.some(({ rules }) => rules.some(({ kind }) => delaying.has(kind)));

/** Whether some rule is asked before a mail is sent. */
export const restrainsMail = (plan: Plan): boolean => delaysMail(plan) || restraintsOf(plan, "never send").length > 0;

const audienceOf = ({ segment }: Policy, index: number): string | null => (segment === null ? null : `policy_${index}`);

export function restraintsOf<K extends PolicyRule["kind"]>({ policies }: Plan, kind: K): readonly Restraint<K>[] {
  const isMeant = (rule: PolicyRule): rule is RuleOf<K> => rule.kind === kind;
  return policies.flatMap((policy, index) =>
    policy.rules.filter(isMeant).map((rule) => ({ rule, audience: audienceOf(policy, index) })),
  );
}

/** Columns of those whom a policy may or may not hold for. */
export const audiences = ({ policies }: Plan): readonly string[] =>
  policies.flatMap((policy, index) => audienceOf(policy, index) ?? []);

/** Whether the rule holds for the person of a row with the columns of `audiences`. */
export const isFor = ({ audience }: { readonly audience: string | null }, row: string): string =>
  audience === null ? "true" : `coalesce(${row}.${audience}, false)`;

const neverColumn = (index: number): string => `never_${index}`;

/** SELECT contact_id and the columns that the other parts read, of the contacts in a relation. */
export function printJudged(plan: Plan, people: string, builder: Builder): string {
  const conditions: NamedCondition[] = [
    ...plan.policies.flatMap((policy, index) => {
      const name = audienceOf(policy, index);
      return name === null || policy.segment === null
        ? []
        : [{ name, when: { kind: "in segment", segment: policy.segment } as const }];
    }),
    ...restraintsOf(plan, "never send").map(({ rule }, index) => ({ name: neverColumn(index), when: rule.to })),
  ];
  if (conditions.length === 0) return `SELECT contact_id FROM ${people}`;
  return builder.include(printConditions(plan, { kind: "contact", from: { text: people, params: {} } }, conditions));
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

/** Whether caps, quiet hours and rates are about the mail in a row. */
export function printIsMarketing({ emails }: Plan, row: string, builder: Builder): string {
  const others = emails.filter(({ isTransactional }) => isTransactional).map(({ name }) => name);
  return others.length > 0 ? `NOT list_contains(${builder.param(texts(others))}, ${row}.email)` : "true";
}
