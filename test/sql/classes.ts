// Which types compare with each other, and how.

import type { Comparison } from "../../compiler/ir/condition.ts";
import type { Scalar } from "../../compiler/types.ts";

export type Class = "text" | "exact" | "number" | "money" | "boolean" | "day" | "instant" | "enum" | "country";

export function classOf(scalar: Scalar): Class {
  switch (scalar.kind) {
    case "text":
      return scalar.isExact ? "exact" : "text";
    case "url":
    case "email":
      return "text";
    case "percent":
    case "duration":
      return "number";
    case "date":
      return "day";
    case "datetime":
      return "instant";
    case "timezone":
      return "country";
    default:
      return scalar.kind;
  }
}

export function byOf(kind: Class): Comparison {
  return kind === "text" ? "text" : kind === "exact" ? "exact" : "plain";
}

/** Terms that may stand here: columns of the judged row, or of an event where its properties are given. */
