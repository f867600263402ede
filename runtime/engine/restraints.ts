// The rules of a plan's policies, each with whom it is for.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Policy, PolicyRule } from "../../compiler/ir/policy.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import type { NamedCondition } from "../../compiler/sql/print.ts";
import { printEmailKey } from "./editions.ts";
import { texts } from "./engine.ts";

export type RuleOf<K extends PolicyRule["kind"]> = PolicyRule & { readonly kind: K };

/** A rule with what its policy says about whom it is for. */
export interface Restraint<K extends PolicyRule["kind"]> {
  readonly rule: RuleOf<K>;
  /** Column of whether the policy holds for the person; null: it holds for everybody. */
  readonly audience: string | null;
  /** Its policy's name. */
  readonly policy: string;
}

/** Rules by which a mail may have to wait, besides rates of programs. */
const delaying: ReadonlySet<PolicyRule["kind"]> = new Set<PolicyRule["kind"]>([
  "at most",
  "at most in total",
  "quiet hours",
  "send only between",
  "send only on",
  "no sending on holidays",
]);

export const delaysMail = ({ policies, programs }: Plan): boolean =>
  policies.some(({ rules }) => rules.some(({ kind }) => delaying.has(kind))) ||
  programs.some(({ sendAtMost }) => sendAtMost !== null);

/** Whether some rule is asked before a mail is sent. */
export const restrainsMail = (plan: Plan): boolean => delaysMail(plan) || restraintsOf(plan, "never send").length > 0;

const audienceOf = ({ segment }: Policy, index: number): string | null => (segment === null ? null : `policy_${index}`);

export function restraintsOf<K extends PolicyRule["kind"]>({ policies }: Plan, kind: K): readonly Restraint<K>[] {
  const isMeant = (rule: PolicyRule): rule is RuleOf<K> => rule.kind === kind;
  return policies.flatMap((policy, index) =>
    policy.rules.filter(isMeant).map((rule) => ({ rule, audience: audienceOf(policy, index), policy: policy.name })),
  );
}

/** Columns of those whom a policy may or may not hold for. */
export const audiences = ({ policies }: Plan): readonly string[] =>
  policies.flatMap((policy, index) => audienceOf(policy, index) ?? []);

/** Whom policies are for, as columns of people. */
export const audienceConditions = ({ policies }: Plan): readonly NamedCondition[] =>
  policies.flatMap((policy, index) => {
    const name = audienceOf(policy, index);
    const { segment } = policy;
    return name === null || segment === null ? [] : [{ name, when: { kind: "in segment", segment } as const }];
  });

/** Whether the rule holds for the person of a row with the columns of `audiences`. */
export const isFor = ({ audience }: { readonly audience: string | null }, row: string): string =>
  audience === null ? "true" : `coalesce(${row}.${audience}, false)`;

/** Whether caps, quiet hours and rates are about the mail in a row. */
export function printIsMarketing(plan: Plan, row: string, builder: Builder): string {
  const others = plan.emails.filter(({ isTransactional }) => isTransactional).map(({ name }) => name);
  return others.length > 0
    ? `NOT list_contains(${builder.param(texts(others))}, ${printEmailKey(plan, row, builder)})`
    : "true";
}
