// Draws programs whose conditions often cannot meet: few fields, events and emails, in all places where a condition stands.

import type { Dice } from "../sql/dice.ts";

export function drawProgram(dice: Dice): string {
  const one = () => drawCondition(dice);
  const start = dice.pick(["start when signed_up", "start when signed_up where (plan = team)", "start when purchased"]);
  const goal = dice.chance(50) ? `goal ${one()}${dice.pick(["", "", " within 30d"])}` : "";
  return [
    `program p${dice.pick(["", " for Customers", " for Quiet"])} < ${start}`,
    dice.chance(50) ? `only if ${one()}` : "",
    goal,
    `exit when ${one()}${dice.pick(["", " or unsubscribed"])}`,
    ...dice.times(2 + dice.below(3), () => drawStep(dice)),
    ">",
  ].join("\n  ");
}

function drawStep(dice: Dice): string {
  const one = () => drawCondition(dice);
  return dice.pick([
    "send welcome",
    `send welcome only if ${one()}`,
    "wait 1d",
    `if ${one()} then < set vip = yes > otherwise if ${one()} then < set vip = no > otherwise < wait 2d >`,
    `if ${one()} then < if ${one()} then < set vip = yes > >`,
    `wait up to 3d until ${one()} then < set vip = yes > otherwise < set vip = no >`,
  ]);
}

function drawCondition(dice: Dice): string {
  const leaf = () => `${dice.chance(25) ? "not " : ""}${drawLeaf(dice)}`;
  if (dice.chance(15)) return drawRepeated(dice);
  return dice.chance(65) ? leaf() : `${leaf()}${dice.pick([" and ", " or "])}${leaf()}`;
}

function drawLeaf(dice: Dice): string {
  const window = () => dice.pick(["", "", "", " in 30d", " ever", " in 90d", " before 30d ago"]);
  const count = () => dice.pick(["", "", "", " at least 2 times", " at most 1 time"]);
  return dice.pick([
    `seats ${dice.pick([">", "<", "<="])} ${dice.pick([3, 5])}`,
    dice.pick(["role = user", "role in (user, influencer)", "role is known", "vip is yes"]),
    dice.pick(["event.plan = team", "event.plan = free", "event.plan is unknown"]),
    dice.pick(["in Customers", "in Quiet", "in beta", "subscribed to tips"]),
    `purchased${dice.pick(["", " where (amount > 20)"])}${count()}${window()}`,
    `signed_up${window()}`,
    `opened welcome${dice.pick(["", "", " at most 1 time"])}${window()}`,
    `clicked${dice.pick(["", " welcome"])}${window()}`,
    `unsubscribed${window()}`,
  ]);
}

/** One of the two says nothing beside the other. */
function drawRepeated(dice: Dice): string {
  const [narrow, wide] = dice.pick([
    ["seats > 5", "seats > 3"],
    ["purchased at least 2 times", "purchased"],
    ["purchased in 30d", "purchased in 90d"],
    ["signed_up", "signed_up ever"],
    ["clicked welcome", "clicked"],
    ["event.plan = team", "event.plan is known"],
  ] as const);
  return `${narrow}${dice.pick([" and ", " or "])}${wide}`;
}
