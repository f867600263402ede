// Policies that leave nobody to be mailed, or that say something of nobody.

import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { CheckedPolicy, CheckedRule } from "../checked-delivery.ts";
import type { CheckedProgram } from "../checked-program.ts";
import { type Formula, notOf } from "../logic/formula.ts";
import { isRelated } from "../logic/subjects.ts";
import { factsAtStart, factsInside } from "./facts.ts";
import { type Judge, refutes, words } from "./judge.ts";
import { shown } from "./reasons.ts";
import type { Setting } from "./translate.ts";

/** People who get no mail, or none of a topic. */
export interface Silence {
  readonly policy: string;
  readonly rule: CheckedRule & { readonly kind: "never send" };
  /** Whom the policy is for; null: everybody. */
  readonly audience: { readonly name: string; readonly formula: Formula } | null;
  readonly formula: Formula;
}

export function silencesOf(judge: Judge, policies: readonly CheckedPolicy[]): readonly Silence[] {
  return policies.flatMap((policy) => {
    const audience = audienceOf(judge, policy);
    return policy.rules.flatMap((rule): readonly Silence[] => {
      if (rule.kind !== "never send" || rule.to.kind === "suppressed") return [];
      const formula = judge.translator.formula(rule.to, settingOf(policy));
      return [{ policy: policy.name, rule, audience, formula }];
    });
  });
}

const settingOf = ({ name }: CheckedPolicy): Setting => ({ salt: name, scope: "all", bindings: new Map() });

function audienceOf({ translator }: Judge, { segment }: CheckedPolicy): Silence["audience"] {
  return segment && { name: segment.name, formula: translator.segment(segment.name, segment.args) };
}

/** Whether the first of them holds for nobody for whom the second does not, though they have to do with each other. */
function isInside(judge: Judge, inner: Formula, outer: Formula): boolean {
  return isRelated(inner, outer, judge.subjects) && refutes(judge, [inner, notOf(outer)]);
}

export function judgePolicies(
  judge: Judge,
  policies: readonly CheckedPolicy[],
  isOwn: (file: string) => boolean,
): void {
  const silences = silencesOf(judge, policies);
  for (const silence of silences) {
    if (isOwn(silence.rule.span.file)) judgeSilence(judge, silence, silences);
  }
  for (const policy of policies) {
    const [first] = policy.rules;
    if (first && isOwn(first.span.file)) judgeAudience(judge, policy, silences);
  }
}

/** A rule by itself, and beside the rules that reach further. */
function judgeSilence(judge: Judge, silence: Silence, all: readonly Silence[]): void {
  const { rule, audience, formula, policy } = silence;
  const { span } = rule.to;
  const to = words(judge, span);
  if (audience && isInside(judge, audience.formula, formula)) {
    const people = { shown: shown(judge, [audience.formula]) };
    if (rule.topic === null) judge.report(diagnose("W527", span, { policy, to, segment: audience.name }, people));
    return;
  }
  const isApart = audience && isRelated(audience.formula, formula, judge.subjects);
  if (isApart && refutes(judge, [audience.formula, formula])) {
    const people = { shown: shown(judge, [audience.formula]) };
    judge.report(diagnose("W528", span, { policy, to, segment: audience.name }, people));
    return;
  }
  const wider = all.find((other) => isWider(judge, other, silence, all));
  if (!wider) return;
  const related = [{ span: wider.rule.span, text: `the rule of \`${wider.policy}\`` }];
  const people = shown(judge, [wider.formula, notOf(formula)]);
  const params = { to, other: words(judge, wider.rule.to.span) };
  judge.report(diagnose("W531", span, params, { related, shown: people }));
}

/** Whether the other rule silences all of these people already. Of two that say the same, the one behind is too many. */
function isWider(judge: Judge, other: Silence, own: Silence, all: readonly Silence[]): boolean {
  if (other === own || (other.rule.topic !== null && other.rule.topic !== own.rule.topic)) return false;
  if (other.audience !== null && other.policy !== own.policy) return false;
  if (!isInside(judge, own.formula, other.formula)) return false;
  const isBack = isInside(judge, other.formula, own.formula) && other.rule.topic === own.rule.topic;
  return !isBack || all.indexOf(other) < all.indexOf(own);
}

/** A policy for people whom another one never mails says nothing. */
function judgeAudience(judge: Judge, policy: CheckedPolicy, silences: readonly Silence[]): void {
  const audience = audienceOf(judge, policy);
  const [first] = policy.rules;
  // Who may enter a program is no matter of mail.
  if (!audience || !first || policy.rules.some(({ kind }) => kind === "only one of")) return;
  const found = silences.find(
    (other) => other.audience === null && other.rule.topic === null && isInside(judge, audience.formula, other.formula),
  );
  if (!found) return;
  const related = [{ span: found.rule.span, text: `the rule of \`${found.policy}\`` }];
  const params = { policy: policy.name, segment: audience.name, other: found.policy };
  judge.report(diagnose("W532", first.span, params, { related, shown: shown(judge, [audience.formula]) }));
}

/** Programs of an `only one of` of whose people none could be in another of them. */
export function judgeExclusions(
  judge: Judge,
  policies: readonly CheckedPolicy[],
  programs: ReadonlyMap<string, CheckedProgram>,
  {
    isContinued,
    isOwn,
  }: { readonly isContinued: (name: string) => boolean; readonly isOwn: (file: string) => boolean },
): void {
  const formulasOf = (facts: ReturnType<typeof factsInside>) => facts.map(({ formula }) => formula);
  const start = (program: CheckedProgram) =>
    formulasOf(factsAtStart(judge.translator, program, isContinued(program.name)));
  const inside = (program: CheckedProgram) => formulasOf(factsInside(judge.translator, program));
  const meets = (one: CheckedProgram, other: CheckedProgram): boolean =>
    !refutes(judge, [...start(one), ...start(other)]) ||
    !refutes(judge, [...inside(one), ...start(other)]) ||
    !refutes(judge, [...start(one), ...inside(other)]);
  for (const { rules } of policies) {
    for (const rule of rules) {
      if (rule.kind !== "only one of" || !isOwn(rule.span.file)) continue;
      const named = [...new Set(rule.programs)].map((name) => programs.get(name));
      // What was reported is not judged, nor a list of one. Exits do not free people who are held out.
      if (named.length < 2 || named.some((program) => !program || program.holdOut !== null)) continue;
      const whole = named.flatMap((program) => program ?? []);
      const alone = whole.filter((one) => whole.every((other) => other === one || !meets(one, other)));
      for (const { name } of alone.slice(0, whole.length === 2 ? 1 : alone.length)) {
        const others = whole.flatMap((other) => (other.name === name ? [] : [other.name]));
        judge.report(diagnose("W530", rule.span, { program: name, others }));
      }
    }
  }
}

/** Reports a mail that nobody gets who comes to it, since they are never to be mailed. */
export function findSilence(
  judge: Judge,
  facts: readonly Formula[],
  topic: string | null,
  silences: readonly Silence[],
): Silence | null {
  const found = silences.find(({ rule, formula, audience }) => {
    if (rule.topic !== null && rule.topic !== topic) return false;
    if (!facts.some((fact) => isRelated(fact, formula, judge.subjects))) return false;
    const isFor = audience === null || refutes(judge, [...facts, notOf(audience.formula)]);
    return isFor && refutes(judge, [...facts, notOf(formula)]);
  });
  return found ?? null;
}
