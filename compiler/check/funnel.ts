// Funnels: stages in their order, each with its condition.

import type { Funnel } from "../../grammar/ast/declaration.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { repeated } from "../catalog.ts";
import type { CheckedFunnel } from "../checked-people.ts";
import type { Context } from "../context.ts";
import { checkCondition } from "./condition.ts";

export function checkFunnel(context: Context, { name, doc, stages, forwardOnly }: Funnel): CheckedFunnel {
  if (stages.length === 0) context.report(diagnose("E277", name.span, { name: name.text }));
  for (const { text, span } of repeated(stages.map((stage) => stage.name))) {
    context.report(diagnose("E231", span, { what: "The stage", name: text }));
  }
  const checked = stages.map((stage) => ({
    name: stage.name.text,
    when: stage.when && checkCondition(context, stage.when),
  }));
  return { name: name.text, doc, stages: checked, isForwardOnly: forwardOnly };
}
