// What is tried in order: choices of derived fields, variants of emails, stages of funnels. Some of it nothing comes to.

import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import type { CheckedEmail } from "../check/email.ts";
import type { Checked } from "../checked.ts";
import type { CheckedDerived, CheckedFunnel, CheckedScore } from "../checked-people.ts";
import { always, type Formula, notOf } from "../logic/formula.ts";
import type { Scope } from "../scope.ts";
import { type Judge, judgeCondition, refutes, words } from "./judge.ts";
import { coreOf, relatedTo, shown } from "./reasons.ts";
import type { Setting } from "./translate.ts";

const settingOf = (salt: string): Setting => ({ salt, scope: "all", bindings: new Map() });

export function judgeRules(judge: Judge, { name, rules }: CheckedScore): void {
  for (const { when } of rules) judgeCondition(judge, when, settingOf(name));
}

export function judgeChoice(judge: Judge, scope: Scope, { name, body }: CheckedDerived): void {
  if (body.kind !== "choice") return;
  const tried = body.arms.map(({ value, when }) => ({ name: String(value.value), when }));
  const none = judgeTried(judge, tried, settingOf(name));
  const written = scope.shared.get(name);
  const node = written?.kind === "derived field" ? written.node.body : null;
  if (
    node?.kind !== "choice" ||
    !node.otherwise ||
    !refutes(
      judge,
      none.map(({ formula }) => formula),
    )
  )
    return;
  const core = coreOf(none, (some) =>
    refutes(
      judge,
      some.map(({ formula }) => formula),
    ),
  );
  const related = relatedTo(core, "because of this", "and this");
  judge.report(diagnose("W411", node.otherwise.span, { field: name }, { related }));
}

/** Variants without `when` are sent only where they are named. */
export function judgeVariants(judge: Judge, { name, variants }: CheckedEmail): void {
  const tried = variants.flatMap(({ name, when }) => (when ? [{ name, when }] : []));
  judgeTried(judge, tried, settingOf(name));
}

interface Tried {
  readonly name: string;
  readonly when: Checked;
}
interface None {
  readonly formula: Formula;
  readonly name: string;
  readonly span: Span;
}

/** Reports what only people come to who were taken before; gives what holds of whoever is left. */
function judgeTried(judge: Judge, tried: readonly Tried[], setting: Setting): readonly None[] {
  const none: None[] = [];
  for (const { name, when } of tried) {
    if (!judgeCondition(judge, when, setting)) continue;
    const formula = judge.translator.formula(when, setting);
    const clash = (some: readonly None[]) => refutes(judge, [formula, ...some.map((one) => one.formula)]);
    if (none.length > 0 && clash(none)) {
      const core = coreOf(none, clash);
      const takers = core.map((one) => one.name);
      const related = relatedTo(core, "because of this", "and this");
      const params = { name, condition: words(judge, when.span), takers };
      judge.report(diagnose("W409", when.span, params, { related, shown: shown(judge, [formula]) }));
    } else none.push({ formula: notOf(formula), name, span: when.span });
  }
  return none;
}

/** Reports stages that nobody is ever at, for whoever comes so far is higher already. */
export function judgeStages(judge: Judge, scope: Scope, { name, stages }: CheckedFunnel): void {
  const setting = settingOf(name);
  const clear = stages.map(({ when }) => !when || judgeCondition(judge, when, setting));
  const formulas = stages.map(({ when }) => (when ? judge.translator.formula(when, setting) : always));
  const nodes = scope.funnels.get(name)?.stages ?? [];
  for (const [index, formula] of formulas.entries()) {
    const stage = nodes[index];
    if (!stage || !clear[index]) continue;
    const higher = nodes.flatMap((node, other): readonly None[] => {
      const own = formulas[other];
      return other > index && clear[other] && own ? [{ ...node, formula: notOf(own), name: node.name.text }] : [];
    });
    const clash = (some: readonly None[]) => refutes(judge, [formula, ...some.map((one) => one.formula)]);
    if (higher.length === 0 || !clash(higher)) continue;
    const core = coreOf(higher, clash);
    const params = { stage: stage.name.text, funnel: name, takers: core.map((one) => one.name) };
    const related = relatedTo(core, "because of this", "and this");
    judge.report(diagnose("W410", stage.name.span, params, { related, shown: shown(judge, [formula]) }));
  }
}
