// Why a cell or a row was not taken: the words of the rejects file.

import type { Type } from "../../../compiler/types.ts";
import { unreachable } from "../../../grammar/unreachable.ts";

function expected(type: Type): string {
  const { scalar } = type;
  switch (scalar.kind) {
    case "text":
      return "text";
    case "enum":
      return `one of ${scalar.values.join(", ")}`;
    case "number":
      return "a plain number such as 1234.5";
    case "percent":
      return "a percentage such as 10%";
    case "money":
      return "a plain amount such as 1234.50";
    case "date":
      return "a date that exists, as 2026-03-02 or as the load says";
    case "datetime":
      return "a date and time that exist, as 2026-03-02 09:00 or as the load says";
    case "timezone":
      return "a time zone such as Europe/Berlin";
    case "country":
      return "a country of two letters such as DE";
    case "email":
      return "an email address";
    case "url":
      return "a web address that starts with https:// or a path that starts with /";
    case "boolean":
      return "yes or no";
    case "duration":
      return "a duration such as 90d";
    default:
      return unreachable(scalar);
  }
}

const whole = (type: Type) => (type.isList ? `a list, each ${expected(type)}` : expected(type));

export const reasons = {
  unfit: (type: Type) => `this is not ${whole(type)}; the row was rejected`,
  unknown: (type: Type) => `this is not ${whole(type)}; it was loaded as unknown`,
  /** Followed by the names of the fields. */
  missing: "the row was rejected: required and empty: ",
  /** Followed by the names of the fields. */
  absent: "the row was rejected: a new one needs ",
  stranger: "the row was rejected: there is no contact of this key",
  forgotten: "the row was rejected: this person was forgotten",
  noAddress: "the row was rejected: this contact has no email address",
  overridden: "duplicate key, a later row won",
  repeated: "duplicate event id, the first row won",
  columns: (found: number, wanted: number) =>
    `the row was rejected: it has ${found === 1 ? "one column" : `${found} columns`} instead of ${wanted}`,
  wrapped: "the row was rejected: the whole line stands in quotes, so it is one column",
  unclosed: "the row was rejected: a quote opens here and never closes",
  junk: "the row was rejected: text follows a closing quote",
  long: "the row was rejected: it is longer than 2 MB",
  encoding: "the row was rejected: it is not UTF-8; name the file's encoding in the load",
  notJson: "the row was rejected: it is not valid JSON",
  notObject: "the row was rejected: it is JSON, but not an object",
  brokenArray: "the rows from here on were rejected: the JSON array is not well-formed",
} as const;

/** Whether a reason is one of a whole row. */
export const isRejection = (reason: string): boolean => reason.includes("the row was rejected");
