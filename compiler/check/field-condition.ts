// A bare field with a window, as in `renewal in next month`: the grammar reads it like an event, its name decides.

import type { Behaviour, Check, Window } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { join } from "../../grammar/span.ts";
import type { Checked, Operand } from "../checked.ts";
import type { Context } from "../context.ts";
import { insert, replace, suggested } from "../fixes.ts";
import { typeWords } from "../type-words.ts";
import { checkComparison } from "./compare.ts";
import { countAsComparison } from "./habits.ts";
import { isDate } from "./value.ts";

export function checkFieldCondition(context: Context, operand: Operand, node: Behaviour): Checked | null {
  const { event: name, email, machines, where } = node.term;
  const { report } = context;
  if (email) {
    const asked = askedWord(email.text);
    if (asked !== null) {
      const instead = `${name.text} ${asked}`;
      const span = join(name.span, email.span);
      const fixes = [suggested(`Write \`${instead}\``, replace(span, instead))];
      report(
        diagnose(
          asked === "changed" ? "E125" : "E157",
          span,
          { found: `${name.text} ${email.text}`, instead: [instead] },
          { fixes },
        ),
      );
      return null;
    }
    const fixes = [suggested("Write `=` between them", insert("before", email.span, "= "))];
    const words = { first: name.text, second: email.text };
    report(diagnose("E225", join(name.span, email.span), words, { fixes }));
    return null;
  }
  if (machines || where || node.count || node.follows.length > 0) return wantsEvent(context, operand, node);
  if (!node.window) {
    const check = operand.type.scalar.kind === "boolean" && !operand.type.isList ? "is yes" : "is known";
    const fixes = [suggested(`Write \`${name.text} ${check}\``, insert("after", name.span, ` ${check}`))];
    report(diagnose("E227", name.span, { name: name.text }, { fixes }));
    return null;
  }
  const check = asCheck(node.window);
  return check ? checkComparison(context, operand, check, node.span) : notWindow(context, operand, node, node.window);
}

/** What words mean that other products put behind a field. */
function askedWord(word: string): string | null {
  if (/^(exists|exist|present|filled)$/i.test(word)) return "is known";
  if (/^(missing|empty|blank|unset|absent)$/i.test(word)) return "is unknown";
  return /^(changes|change|updated|changing)$/i.test(word) ? "changed" : null;
}

function asCheck(window: Window): Check | null {
  const { span } = window;
  switch (window.kind) {
    case "before":
      return { kind: "before", bound: window.bound, span };
    case "between":
      return { kind: "between", low: window.low, high: window.high, span };
    case "in calendar":
      return { kind: "in calendar", calendar: window.calendar, span };
    default:
      return null;
  }
}

function wantsEvent(context: Context, operand: Operand, node: Behaviour): null {
  const is = context.event ? "a property" : "a field";
  const text = countAsComparison(operand, node);
  const fixes = text === null ? [] : [suggested(`Write \`${text}\``, replace(node.span, text))];
  const params = { name: operand.name, is, wanted: "an event" };
  context.report(diagnose("E222", node.term.event.span, params, { fixes }));
  return null;
}

function notWindow(context: Context, operand: Operand, node: Behaviour, window: Window): null {
  const { report, scope } = context;
  const field = operand.name;
  if (window.kind === "in parameter" && !context.parameters.has(window.name.text)) {
    const values = `(${window.name.text})`;
    const fixes = [suggested(`Write \`in ${values}\``, replace(window.name.span, values))];
    report(diagnose("E266", window.span, { field, value: window.name.text }, { fixes }));
    return null;
  }
  if (window.kind !== "in duration" && window.kind !== "in parameter") return wantsEvent(context, operand, node);
  if (!isDate(operand.type.scalar) || operand.type.isList) {
    const is = typeWords(operand.type);
    report(diagnose("E306", window.span, { subject: `\`${field}\``, is, how: "does not lie in a period" }));
    return null;
  }
  const length = scope.text(window.kind === "in duration" ? window.duration.span : window.name.span);
  const past = `${field} between ${length} ago and now`;
  const coming = `${field} between now and ${length} from now`;
  // A parameter cannot be moved from now, so only a written length has fixes.
  const fixes =
    window.kind === "in duration"
      ? [past, coming].map((text) => suggested(`Write \`${text}\``, replace(node.span, text)))
      : [];
  report(diagnose("E261", node.span, { field, length }, { fixes }));
  return null;
}
