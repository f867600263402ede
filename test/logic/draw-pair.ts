// Draws pairs of predicates as they are written, from few fields, events, edges and numbers, so that they touch.

import type { Dice } from "../sql/dice.ts";

const windows = ["", " in 7d", " in 30d", " in 90d", " in 1mo", " in this month", " in last month", " before 30d ago"];
const counts = ["", "", " at least 2 times", " at most 1 time", " exactly 1 time", " more than 2 times"];
const wheres = ["", "", " where (amount > 20)", " where (amount >= 50)", ' where (product = "CD")'];
const segments = ["Customers", "Big", "Quiet", "Quiet(30d)", "Engaged", "Idle", "beta", "Suppressed"];

export function drawPair(dice: Dice): string {
  // Half of the pairs are about one subject, where more is to be told.
  const kinds = dice.chance(50) ? [dice.below(leaves.length)] : leaves.map((_, index) => index);
  const depth = dice.below(3);
  return `${drawPredicate(dice, kinds, depth)} ~ ${drawPredicate(dice, kinds, dice.below(3))}`;
}

function drawPredicate(dice: Dice, kinds: readonly number[], depth: number): string {
  const leaf = () => leaves[dice.pick(kinds)]?.(dice) ?? "";
  if (depth === 0) return dice.chance(20) ? `not ${leaf()}` : leaf();
  const word = dice.pick([" and ", " or "]);
  const parts = dice.times(2 + dice.below(2), () => {
    if (depth > 1 && dice.chance(40)) return `(${drawPredicate(dice, kinds, depth - 1)})`;
    return dice.chance(25) ? `not ${leaf()}` : leaf();
  });
  return parts.join(word);
}

const leaves: readonly ((dice: Dice) => string)[] = [
  (dice) => `seats ${dice.pick(["=", "<", "<=", ">", ">="])} ${dice.pick([3, 5, 9])}`,
  (dice) => dice.pick(["seats is known", "seats in (3, 5)", "seats between 3 and 9", "arr > 10", "arr <= 10"]),
  (dice) =>
    dice.pick(["role = user", "role in (user, influencer)", "role = decision_maker", "role is unknown", "vip is yes"]),
  (dice) =>
    `created ${dice.pick(["before", "after"])} ${dice.pick(["90d ago", "30d ago", "1mo ago", "2026-01-01", "today"])}`,
  (dice) =>
    `joined ${dice.pick(["=", "<", ">", "<=", ">="])} ${dice.pick(["2026-01-01", "2026-01-02", "today", "30d ago"])}`,
  (dice) =>
    `renewal ${dice.pick(["in next month", "after today", "is unknown", "before 30d from now", "> field joined"])}`,
  (dice) => `first_name ${dice.pick(['= "Ana"', 'starts with "A"', 'ends with "a"', "is known", 'in ("Ana", "Bo")'])}`,
  (dice) => `purchased${dice.pick(wheres)}${dice.pick(counts)}${dice.pick(windows)}`,
  (dice) =>
    `${dice.pick(["opened", "opened welcome", "opened including machines"])}${dice.pick(counts)}${dice.pick(windows)}`,
  (dice) => `in ${dice.pick(segments)}`,
  (dice) => dice.pick(["subscribed to tips", "unsubscribed from tips", "subscribed to news", "unsubscribed from news"]),
  (dice) =>
    dice.pick(["company.employees > 5", "company is known", 'company.plan = "team"', "company.domain is unknown"]),
];
