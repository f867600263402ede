// What a seed decides before anything happens: programs, policies, people, and what they will do.

import type { Dice } from "../sql/dice.ts";
import { at } from "../engine/world.ts";

export const start = at("2026-03-27 06:00");
const hourMs = 3_600_000;
/** Until then the world does its worst; behind it everything is given time to end. */
export const stormHours = 10;
export const calmHours = 10;

export interface Happening {
  readonly event: "signed_up" | "purchased";
  readonly person: string;
  readonly at: number;
  /** When it is heard of. */
  readonly heardAt: number;
}

export interface Scenario {
  readonly source: string;
  readonly cap: { readonly emails: number; readonly hours: number } | null;
  readonly hasQuietHours: boolean;
  readonly people: readonly {
    readonly id: string;
    readonly email: string;
    readonly seats: number | null;
    readonly agreesToNews: boolean;
  }[];
  readonly happenings: readonly Happening[];
  /** In hours: how far apart ticks are. */
  readonly every: number;
  /** True: once the engine is down for so long that the provider no longer knows of mails before. */
  readonly hasLongNight: boolean;
  /** For a while the engine's clock is off by so much; null: never. */
  readonly skew: { readonly from: number; readonly until: number; readonly ms: number } | null;
}

const triggers = ["start when signed_up", "start when purchased", "start when seats >= 3", "start when in Buyers"];
const conditions = ["seats >= 4", "purchased", "opened welcome", "clicked in 1d", "in Buyers", "not received in 6h"];
const sends = ["send welcome", "send nudge", "send nudge only if seats >= 3", "send digest", "send receipt"];
const others = [
  "call crm",
  "wait 3h",
  "wait 7h",
  "wait until 09:00",
  "set seats add 1",
  "set role = boss",
  "stop",
  "suppress",
  "unsubscribe from tips",
  "subscribe to news",
];

/** Behind so long, from the first who comes on, an experiment may have a winner. */
export const winnerHours = 6;

/** Of one program: its name, and how many experiments it has so far. */
interface Naming {
  readonly program: string;
  readonly hasGoal: boolean;
  experiments: number;
}

/** Arms, some of which send nothing. */
function armsOf(dice: Dice, naming: Naming, block: () => string): string {
  const shares = dice.pick([
    [50, 50],
    [30, 70],
    [20, 30, 50],
  ] as const);
  const [keyword, ending] = dice.chance(30)
    ? ["split", ""]
    : [`experiment ${naming.program}_${naming.experiments++}`, winnerOf(dice, naming)];
  const isSplit = keyword === "split";
  const arms = shares.map((share, index) => {
    const first = index < 2 ? dice.pick(sends.slice(0, 2)) : "";
    return `arm ${isSplit ? "" : `arm_${index} `}${share}% < ${first} ${dice.chance(40) ? block() : ""} >`;
  });
  return `${keyword} < ${arms.join("  ")} ${ending} >`;
}

function winnerOf(dice: Dice, { hasGoal }: Naming): string {
  if (!dice.chance(80)) return "";
  const by = dice.pick(hasGoal ? (["open", "click", "goal"] as const) : (["open", "click"] as const));
  return `winner by ${by} rate after ${winnerHours}h needs 1`;
}

/** `naming` null: without arms. */
export function stepOf(dice: Dice, naming: Naming | null, depth = 0): string {
  const block = () => dice.times(1 + dice.below(2), () => stepOf(dice, naming, depth + 1)).join("  ");
  if (naming !== null && depth < 1 && dice.chance(20)) return armsOf(dice, naming, block);
  if (depth < 2 && dice.chance(10)) return `if ${dice.pick(conditions)} then < ${block()} >`;
  if (depth < 2 && dice.chance(15))
    return `wait up to 5h until ${dice.pick(conditions)} then < ${block()} > otherwise < ${block()} >`;
  return dice.chance(60) ? dice.pick(sends) : dice.pick(others.slice(0, dice.chance(70) ? 6 : others.length));
}

function programOf(dice: Dice, name: string): string {
  const enter = dice.pick(["", "enter every time", "enter again after 7h"]);
  const goal = dice.pick(["", "", "goal purchased within 1d"]);
  const exit = dice.pick(["", "", "exit when role = boss", "exit when unsubscribed"]);
  const naming: Naming = { program: name, hasGoal: goal !== "", experiments: 0 };
  const steps = [dice.pick(sends), ...dice.times(1 + dice.below(5), () => stepOf(dice, naming))];
  const parts = [dice.pick(triggers), enter, goal, exit, ...steps].filter((part) => part !== "");
  return `program ${name} <  ${parts.join("  ")} >`;
}

const caps = [
  { emails: 1, hours: 12 },
  { emails: 2, hours: 30 },
] as const;

export function scenarioOf(dice: Dice): Scenario {
  const cap = dice.chance(35) ? dice.pick(caps) : null;
  const hasQuietHours = dice.chance(25);
  const rules = [
    ...(cap ? [`at most ${cap.emails} emails in ${cap.hours}h`] : []),
    ...(hasQuietHours ? ["quiet hours 20:00 to 08:00"] : []),
    ...(dice.chance(15) ? ["never send tips to in Few"] : []),
    ...(dice.chance(10) ? ["at most 3 emails per hour in total"] : []),
  ];
  const policy = rules.length > 0 ? `policy house < ${rules.join("  ")} >` : "";
  const people = dice.times(5 + dice.below(4), (index) => ({
    id: `p${index}`,
    email: `${dice.chance(30) ? "P" : "p"}${index % 6}@test.example`,
    seats: dice.maybe(dice.below(8)),
    agreesToNews: dice.chance(60),
  }));
  return {
    source: `webhook crm "https://crm.example/hook"  segment Buyers where purchased in 2d  segment Few where seats < 2  ${policy}\n${programOf(dice, "p")}\n${programOf(dice, "q")}`,
    cap,
    hasQuietHours,
    people,
    happenings: dice.times(8 + dice.below(4), () => {
      const happenedAt = start + dice.below(stormHours * 60) * 60_000;
      return {
        event: dice.pick(["signed_up", "signed_up", "purchased"] as const),
        person: dice.pick(people).id,
        at: happenedAt,
        heardAt: happenedAt + (dice.chance(25) ? dice.below(4 * 60) * 60_000 : 0),
      };
    }),
    every: dice.pick([4, 5]),
    hasLongNight: dice.chance(10),
    skew: dice.chance(20) ? skewOf(dice) : null,
  };
}

function skewOf(dice: Dice): NonNullable<Scenario["skew"]> {
  const from = start + dice.below(stormHours) * hourMs;
  const ms = dice.pick([-0.25, -1, -6, -26, 0.5, 3, 30]) * hourMs;
  return { from, until: from + (1 + dice.below(6)) * hourMs, ms };
}
