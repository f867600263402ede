// Faults in the words of a writer: what is there, and what could have been.

import type { IToken, TokenType } from "chevrotain";
import * as t from "./tokens.ts";

/** A token as it is quoted in a message. */
export function found(token: IToken): string {
  if (token.tokenType !== t.Str) return `\`${token.image}\``;
  return token.image.length > 30 ? `the text \`${token.image.slice(0, 24)}…"\`` : `the text \`${token.image}\``;
}

const literals: ReadonlyMap<TokenType, string> = new Map([
  [t.Id, "a name"],
  [t.Name, "a name"],
  [t.Word, "a word"],
  [t.Contextual, "a name"],
  [t.Str, "a text in quotes"],
  [t.Num, "a number"],
  [t.Duration, "a duration such as `30d`"],
  [t.Percent, "a percentage such as `10%`"],
  [t.Clock, "a time such as `09:00`"],
  [t.Date_, "a date such as `2026-03-02`"],
  [t.DateTime, "a date with its time, such as `2026-03-02 09:00`"],
  [t.Currency, "a currency such as `EUR`"],
  [t.Weekday, "a weekday"],
  [t.LongUnit, "a unit"],
  [t.Lt, "`<`"],
  [t.Gt, "`>`"],
  [t.Le, "`<=`"],
  [t.Ge, "`>=`"],
  [t.Eq, "`=`"],
  [t.Ne, "`!=`"],
  [t.Open, "`(`"],
  [t.Close, "`)`"],
  [t.Comma, "`,`"],
  [t.Dot, "`.`"],
  [t.Semicolon, "`;`"],
]);

export const kindOf = (type: TokenType): string => literals.get(type) ?? `\`${type.name.toLowerCase()}\``;

// Sets of tokens that mean one thing to a writer, told by members that only they have.
const groups: readonly { readonly members: readonly string[]; readonly words: string }[] = [
  { members: ["SEGMENT", "WEBHOOK"], words: "a declaration such as `segment` or `email`" },
  { members: ["NOT", "SAMPLE"], words: "a condition" },
  { members: ["SAMPLE", "SUBSCRIBED"], words: "a condition" },
  { members: ["Word", "COUNT"], words: "a field, something computed such as `last purchased`, or a value with `when`" },
  { members: ["WAIT", "SPLIT"], words: "a step such as `send` or `wait`" },
  { members: ["TIMEZONE", "BOOLEAN"], words: "a type such as `text`, `number` or `date`" },
  { members: ["Percent", "Clock", "YES"], words: "a value" },
  { members: ["Percent", "Clock", "Str"], words: "a value that can be compared" },
  { members: ["HAS", "MATCHES"], words: "a comparison such as `=`, `>=` or `is known`" },
];

/** What was expected, as a writer would say it. */
export function expectation(types: readonly TokenType[]): string {
  const names = new Set(types.map((type) => type.name));
  const group = groups.find(({ members }) => members.every((member) => names.has(member)));
  if (group !== undefined) return group.words;
  if (names.size === 1 && names.has("Gt")) return "the next part of the block, or `>` as its end,";
  const kinds = [...new Set(types.map(kindOf))];
  if (kinds.length === 0) return "the next declaration";
  if (kinds.length > 8) return `${kinds.slice(0, 7).join(", ")} or something else`;
  const last = kinds.at(-1) ?? "";
  return kinds.length === 1 ? last : `${kinds.slice(0, -1).join(", ")} or ${last}`;
}

/** What a name behind a keyword names. */
const named: Readonly<Record<string, string>> = {
  use: "a pack",
  project: "a project",
  event: "an event",
  derived: "a derived field",
  list: "a list",
  team: "a team",
  vocabulary: "a vocabulary",
  topic: "a topic",
  policy: "a policy",
  segment: "a segment",
  score: "a score",
  funnel: "a funnel",
  email: "an email",
  webhook: "a webhook",
  program: "a program",
  report: "a report",
  send: "an email",
  experiment: "an experiment",
  stage: "a stage",
  variant: "a variant",
  arm: "an arm",
  call: "a webhook",
  as: "a step",
  for: "a segment or program",
  given: "a person",
  when: "a person",
  expect: "a person",
};
export const whatIsNamed = (keyword: string | undefined): string | null =>
  (keyword !== undefined && Object.hasOwn(named, keyword) ? named[keyword] : null) ?? null;
