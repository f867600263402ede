// What a condition reads, of every kind.

import type { Operand as OperandNode } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { replace, safe } from "../fixes.ts";
import type { CheckedTerm, Operand } from "../checked.ts";
import type { CheckWhere, Context } from "../context.ts";
import { scoreTerm, stageTerm } from "../ir/people.ts";
import { kindOf } from "../scope.ts";
import { typeWords } from "../type-words.ts";
import type { Type } from "../types.ts";
import { checkAggregate } from "./aggregate.ts";
import { companyField, fieldNamed, missing, outsideWhere, startProperty } from "./operand.ts";
import { isDate } from "./value.ts";

/** null where it stands for nothing that can be compared, which is reported. */
export function checkOperand(context: Context, operand: OperandNode, checkWhere: CheckWhere): Operand | null {
  switch (operand.kind) {
    case "field":
      return fieldNamed(context, operand.name);
    case "path":
      if (context.event) return outsideWhere(context, operand.name, "a field of another table");
      return operand.base === "company" ? companyField(context, operand.name) : startProperty(context, operand.name);
    case "score":
    case "stage":
      if (context.event) return outsideWhere(context, operand.name, operand.kind === "score" ? "a score" : "a funnel");
      return operand.kind === "score" ? scoreNamed(context, operand) : stageOf(context, operand);
    case "anniversary":
      return anniversaryOf(context, operand);
    default:
      return checkAggregate(context, operand, checkWhere);
  }
}

type Phrase = Extract<OperandNode, { readonly kind: "score" | "stage" | "anniversary" }>;

function scoreNamed(context: Context, operand: Phrase): Operand | null {
  const { name } = operand;
  if (!context.scope.scores.has(name.text)) return notDeclared(context, operand, "score");
  const term = scoreTerm(name.text);
  return { term, type: term.type, name: `score ${name.text}` };
}

function stageOf(context: Context, operand: Phrase): Operand | null {
  const { name } = operand;
  const { funnels, stages } = context.scope;
  if (!funnels.has(name.text)) return notDeclared(context, operand, "funnel");
  const type = stages.get(name.text);
  // It has no stages, which is reported where it is declared.
  if (!type) return null;
  return { term: stageTerm(name.text, type), type, name: `stage ${name.text}` };
}

/** A score where a funnel is meant, or the reverse, is put right; anything else is missing. */
function notDeclared(context: Context, { name, span }: Phrase, kind: "score" | "funnel"): null {
  const { scope, report } = context;
  const is = kindOf(scope, name.text);
  if (is === null) {
    const declared = kind === "score" ? scope.scores : scope.funnels;
    return missing(context, name, { what: kind, starters: [kind] }, declared.keys());
  }
  const word = scope.scores.has(name.text) ? "score" : scope.funnels.has(name.text) ? "stage" : null;
  const phrase = `${word} ${name.text}`;
  const fixes = word === null ? [] : [safe(`Write \`${phrase}\``, replace(span, phrase))];
  report(diagnose("E222", name.span, { name: name.text, is, wanted: `a ${kind}` }, { fixes }));
  return null;
}

/** The day of every year on which a date comes round again. */
function anniversaryOf(context: Context, { name }: Phrase): Operand | null {
  const date = fieldNamed(context, name);
  if (!date) return null;
  if (!isDate(date.type.scalar) || date.type.isList) {
    context.report(diagnose("E330", name.span, { subject: `\`${name.text}\``, is: typeWords(date.type) }));
    return null;
  }
  const type: Type = { ...date.type, scalar: { kind: "date" } };
  return { term: anniversary(date.term), type, name: `anniversary of ${name.text}` };
}

/** An anniversary comes round on its own day, and a derived field on that of what it stands for. */
function anniversary(term: CheckedTerm): CheckedTerm {
  const root = (term.kind === "derived" && term.field.source?.term) || term;
  return root.kind === "anniversary" ? root : { kind: "anniversary", of: root };
}
