// Types in the words of the people who write them.

import { unreachable } from "../grammar/unreachable.ts";
import type { Scalar, Type } from "./types.ts";

const words = {
  number: "a number",
  percent: "a percentage such as `10%`",
  date: "a date",
  datetime: "a date with a time",
  timezone: "a time zone",
  country: "a country",
  email: "an email address",
  url: "a web address",
  boolean: "`yes` or `no`",
  duration: "a duration such as `30d`",
} as const;

export function listed(values: readonly string[]): string {
  const quoted = values.map((value) => `\`${value}\``);
  if (quoted.length > 8) return `${quoted.slice(0, 7).join(", ")} and ${quoted.length - 7} more`;
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

export function scalarWords(scalar: Scalar): string {
  switch (scalar.kind) {
    case "text":
      return "text";
    case "money":
      return `an amount in ${scalar.currency}`;
    case "enum":
      return `one of ${listed(scalar.values)}`;
    case "number":
    case "percent":
    case "date":
    case "datetime":
    case "timezone":
    case "country":
    case "email":
    case "url":
    case "boolean":
    case "duration":
      return words[scalar.kind];
    default:
      return unreachable(scalar);
  }
}

export function typeWords(type: Type): string {
  return type.isList ? "a list" : scalarWords(type.scalar);
}

/** As a project declares it, but for the `?`. */
export function typeText({ scalar, isList }: Type): string {
  return isList ? `list of ${scalarText(scalar)}` : scalarText(scalar);
}

function scalarText(scalar: Scalar): string {
  switch (scalar.kind) {
    case "text":
      return scalar.isExact ? "text exact" : "text";
    case "money":
      return `money ${scalar.currency}`;
    case "enum":
      return `one of (${scalar.values.join(", ")})`;
    default:
      return scalar.kind;
  }
}
