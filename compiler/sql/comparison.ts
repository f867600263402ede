// Comparisons of values as SQL: NULL where a side is unknown.

import { unreachable } from "../../grammar/unreachable.ts";
import type { Compare, Condition, Term } from "../ir/condition.ts";
import { dayOf, isDay, printDay, printTerm, type Reader } from "./terms.ts";

const kinds = [
  "compare",
  "one of",
  "starts with",
  "ends with",
  "contains",
  "matches glob",
  "matches regex",
] as const satisfies readonly Condition["kind"][];
const comparing: ReadonlySet<string> = new Set(kinds);
type Comparing = Extract<Condition, { readonly kind: (typeof kinds)[number] }>;
type Contains = Extract<Comparing, { readonly kind: "contains" }>;
type Matches = Extract<Comparing, { readonly pattern: string }>;

export function isComparing(condition: Condition): condition is Comparing {
  return comparing.has(condition.kind);
}

export function printComparison(condition: Comparing, reader: Reader): string {
  const fold = (term: string) => (condition.by === "text" ? reader.dialect.fold(term) : term);
  switch (condition.kind) {
    case "compare":
      return printCompare(condition, reader, fold);
    case "one of": {
      const values = condition.values.map((value) => fold(printTerm(value, reader)));
      return `${fold(printTerm(condition.term, reader))} IN (${values.join(", ")})`;
    }
    case "starts with":
    case "ends with": {
      const text = fold(printTerm(condition.term, reader));
      const part = fold(reader.builder.param({ kind: "text", value: condition.text }));
      return condition.kind === "starts with"
        ? reader.dialect.startsWith(text, part)
        : reader.dialect.endsWith(text, part);
    }
    case "contains":
      return printContains(condition, reader, fold);
    case "matches glob":
    case "matches regex":
      return printMatch(condition, reader, fold);
    default:
      return unreachable(condition);
  }
}

function printCompare({ op, left, right }: Compare, reader: Reader, fold: (term: string) => string): string {
  const isByDay = isDay(left) || isDay(right);
  const side = (term: Term) => fold(isByDay ? printDay(term, reader) : printTerm(term, reader));
  return `${side(left)} ${op} ${side(right)}`;
}

function printContains({ term, value, by }: Contains, reader: Reader, fold: (term: string) => string): string {
  const { dialect } = reader;
  const held = printTerm(term, reader);
  if (!("type" in term && term.type.isList)) return dialect.holdsText(fold(held), fold(printTerm(value, reader)));
  // One of the two is a day, the other an instant: then both are days.
  const [areDays, isWantedByDay] = [isDay(term), isDay(value)];
  const change = isWantedByDay && !areDays ? (item: string) => dayOf(item, reader) : fold;
  const list = by === "text" || change !== fold ? dialect.mapped(held, change) : held;
  return dialect.holdsItem(list, areDays ? printDay(value, reader) : fold(printTerm(value, reader)));
}

function printMatch(condition: Matches, reader: Reader, fold: (term: string) => string): string {
  const { dialect, builder } = reader;
  const { term, pattern, by } = condition;
  const text = printTerm(term, reader);
  if (condition.kind === "matches glob") {
    return dialect.isLike(fold(text), fold(builder.param({ kind: "text", value: likeOf(pattern) })));
  }
  // Folding an expression would change what its escapes mean.
  const wanted = builder.param({ kind: "text", value: pattern });
  return by === "text"
    ? dialect.finds(dialect.trim(text), wanted, "any case")
    : dialect.finds(text, wanted, "as written");
}

/** A glob as a pattern of LIKE. */
function likeOf(glob: string): string {
  return glob
    .replaceAll(/[\\%_]/g, "\\$&")
    .replaceAll("*", "%")
    .replaceAll("?", "_");
}
