// What people did, in plain English: `have not opened a mail in the last 90 days`.

import type { Behaviour, Count, EventTerm, Expr, Follow } from "../../grammar/ast/expr.ts";
import { lengthWords, opposite, spaced, timesWords, windowWords } from "./words.ts";

interface Telling {
  readonly isNegated: boolean;
  readonly isMail: (event: string) => boolean;
  /** The words of a condition on the event itself. */
  readonly where: (condition: Expr) => string;
}

/** What stands before and behind the mail: `had a mail bounce`. */
const mailVerbs: ReadonlyMap<string, readonly [before: string, behind: string]> = new Map(
  Object.entries({
    received: ["received ", ""],
    sent: ["been sent ", ""],
    opened: ["opened ", ""],
    clicked: ["clicked in ", ""],
    replied: ["replied to ", ""],
    bounced: ["had ", " bounce"],
    complained: ["complained about ", ""],
    unsubscribed: ["unsubscribed from ", ""],
  }),
);

export function behaviourWords(node: Behaviour, telling: Telling): string {
  if (node.term.event.text === "everyone") return telling.isNegated ? "are nobody" : "are anybody";
  const turned = telling.isNegated && node.count ? opposite(node.count) : null;
  const count = turned ?? node.count;
  const have = telling.isNegated && turned === null ? "have not" : "have";
  const follows = node.follows.map((follow) => followWords(follow, telling));
  return [`${have} ${termWords(node.term, count, telling)}`, windowWords(node.window), ...follows]
    .filter((part) => part !== "")
    .join(" ");
}

function followWords({ negated, term, within, same }: Follow, telling: Telling): string {
  const tied = same ? ` for the same ${spaced(same.text)}` : "";
  return `${negated ? "not " : ""}followed within ${lengthWords(within)} by ‘${termWords(term, null, telling)}’${tied}`;
}

function termWords(term: EventTerm, count: Count | null, telling: Telling): string {
  const { event, email, machines, where } = term;
  const name = event.text;
  const only = where ? ` (where ${telling.where(where)})` : "";
  const included = machines ? " (by machines, too)" : "";
  if (!telling.isMail(name)) {
    const plain = name === "visited" ? "visited the site" : spaced(name);
    return `${plain}${only}${count ? ` ${timesWords(count)}` : ""}`;
  }
  if (name === "unsubscribed" && email === null && count === null) return `unsubscribed${only}`;
  const [before, behind] = mailVerbs.get(name) ?? [`${spaced(name)} `, ""];
  const mail = email ? `the mail ${email.text}` : count ? mailsWords(count) : "a mail";
  const times = email && count ? ` ${timesWords(count)}` : "";
  return `${before}${mail}${behind}${only}${times}${included}`;
}

const mailsWords = ({ op, times }: Count): string =>
  `${op} ${times.toLocaleString("en-US")} ${times === 1 ? "mail" : "mails"}`;
