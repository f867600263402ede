// Seeded draws: one seed gives one world, so that a failure can be looked at again.

export interface Dice {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  chance(percent: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** `null` now and then. */
  maybe<T>(value: T): T | null;
  times<T>(count: number, draw: (index: number) => T): T[];
  shuffle<T>(from: readonly T[]): T[];
}

export function diceOf(seed: number): Dice {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const dice: Dice = {
    below,
    chance: (percent) => next() * 100 < percent,
    pick<T>(from: readonly T[]): T {
      if (from.length === 0) throw new Error("nothing to pick from");
      return from[below(from.length)] as T;
    },
    maybe: (value) => (dice.chance(25) ? null : value),
    times: (count, draw) => Array.from({ length: count }, (_, index) => draw(index)),
    shuffle(from) {
      const left = [...from];
      return from.map(() => left.splice(below(left.length), 1)[0] as (typeof left)[number]);
    },
  };
  return dice;
}
