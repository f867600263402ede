// Draws projects whose audiences are often inside or beside one another, with all that is tried in order or kept apart by them.

import type { Dice } from "../sql/dice.ts";

const names = ["S0", "S1", "S2", "S3"];

export function drawProject(dice: Dice): string {
  const one = () => drawAudience(dice);
  const segment = () => dice.pick(names);
  const audience = () => dice.pick(["", ` for ${segment()}`]);
  const silence = () => `never send ${dice.pick(["", "", "tips "])}to in ${segment()}`;
  const exit = () => dice.pick([`not in ${segment()}`, `in ${segment()}`, "unsubscribed"]);
  const choice = () =>
    `if ${one()} then < set vip = yes > otherwise if ${one()} then < set vip = no > otherwise < wait 2d >`;
  const started = (name: string) =>
    `program ${name}${audience()} < start when ${dice.pick(["signed_up", "purchased", `in ${segment()}`])}  exit when ${exit()}  send welcome >`;
  const kept = (name: string, own: string) =>
    `program ${name} for ${own} < exit when not in ${own}  ${dice.pick(["send welcome", choice()])} >`;
  const program = (name: string) => (dice.chance(35) ? started(name) : kept(name, segment()));
  return [
    ...names.map((name) => `segment ${name} where ${one()}`),
    `policy first${audience()} < ${silence()} >`,
    `policy second${audience()} < ${silence()}  ${silence()} >`,
    `policy third for ${segment()} < at most 1 emails in 7d >`,
    `policy apart < only one of ${dice.pick(["a, b", "a, b, c"])} >`,
    ...["a", "b", "c"].map(program),
    `derived size = small when ${one()}, large when ${one()}, huge when ${one()} otherwise odd`,
    `funnel Way < stage lead  stage mid when ${one()}  stage top when ${one()} >`,
  ].join("\n");
}

function drawAudience(dice: Dice): string {
  const leaf = () => `${dice.chance(20) ? "not " : ""}${drawLeaf(dice)}`;
  return dice.chance(60) ? leaf() : `${leaf()}${dice.pick([" and ", " or "])}${leaf()}`;
}

function drawLeaf(dice: Dice): string {
  return dice.pick([
    `seats ${dice.pick([">", "<", "<="])} ${dice.pick([3, 5])}`,
    dice.pick(["role = user", "role = influencer", "role in (user, influencer)", "role is known"]),
    `purchased${dice.pick(["", " at least 2 times"])}${dice.pick(["", " in 30d", " in 90d"])}`,
    dice.pick(["in beta", "subscribed to news", "seats is unknown"]),
  ]);
}
