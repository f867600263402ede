// Conditions that stand on one line where they fit, else one clause a line.

import type { Expr } from "../ast/expr.ts";
import { expr } from "./flat.ts";
import { inner, maxLine, type Writer } from "./writer.ts";

export interface Framed {
  /** What stands in front of the condition, such as `exit when`. */
  readonly before: string;
  /** What stands behind it, such as `then <`. */
  readonly after: string;
  readonly from: number;
  /** The end in the source of what stands behind it. */
  readonly to: number;
  readonly limit: number;
  /** Whether the first clause gets a line of its own too. */
  readonly isHanging: boolean;
}

/** The end of the first clause, up to which comments go in front of the line that it stands on. */
export function firstEnd(condition: Expr): number {
  const isChain = condition.kind === "and" || condition.kind === "or";
  return (isChain ? condition.terms[0] : null)?.span.end ?? condition.span.end;
}

const join = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join(" ");

export function writeCondition(out: Writer, indent: number, condition: Expr, frame: Framed): void {
  const flat = join(frame.before, expr(condition), frame.after);
  const { span } = condition;
  const isChain = condition.kind === "and" || condition.kind === "or";
  const inside = frame.isHanging ? frame.from : firstEnd(condition);
  const isLong = indent + flat.length > maxLine || out.hasComment(inside, span.end);
  if (!isChain || !isLong || condition.terms.length < 2) {
    out.line(indent, flat, frame.from, { to: Math.max(span.end, frame.to), limit: frame.limit });
    return;
  }
  const [first, ...rest] = condition.terms;
  if (first === undefined) return;
  if (frame.isHanging) {
    out.open(indent, frame.before, frame.from, { to: frame.from, limit: first.span.start });
    out.line(inner(indent), expr(first), first.span.start, {
      to: first.span.end,
      limit: rest[0]?.span.start ?? span.end,
    });
  } else {
    const text = join(frame.before, expr(first));
    out.line(indent, text, frame.from, { to: first.span.end, limit: rest[0]?.span.start ?? span.end });
  }
  rest.forEach((term, index) => {
    const next = rest[index + 1];
    const text = join(condition.kind, expr(term), next === undefined ? frame.after : "");
    const to = next === undefined ? Math.max(frame.to, term.span.end) : term.span.end;
    out.line(inner(indent), text, term.span.start, { to, limit: next?.span.start ?? frame.limit });
  });
}
