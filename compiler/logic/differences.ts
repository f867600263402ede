// Bounds on differences: whether x ≤ y + d for many x and y can hold together, whatever the instant.

/** `left − right` is at most `amount`, and less than that if `isStrict`. */
interface Bound {
  readonly amount: number;
  readonly isStrict: boolean;
}

const unbounded: Bound = { amount: Infinity, isStrict: false };

function isTighter(one: Bound, other: Bound): boolean {
  return one.amount < other.amount || (one.amount === other.amount && one.isStrict && !other.isStrict);
}

export interface Differences {
  readonly atMost: (left: string, right: string, amount: number, isStrict: boolean) => void;
  readonly differ: (left: string, right: string) => void;
  /** Whether no numbers fulfil all that was said. */
  readonly isImpossible: () => boolean;
}

/** `isWhole`: between two neighbouring whole numbers there is none. */
export function differencesOf(isWhole: boolean): Differences {
  const names = new Set<string>();
  const said = new Map<string, Bound>();
  const unequal: (readonly [string, string])[] = [];
  const key = (left: string, right: string) => `${left}\n${right}`;
  const tighten = (bounds: Map<string, Bound>, place: string, bound: Bound) => {
    if (isTighter(bound, bounds.get(place) ?? unbounded)) bounds.set(place, bound);
  };
  return {
    atMost(left, right, amount, isStrict) {
      names.add(left).add(right);
      const bound = isWhole && isStrict ? { amount: amount - 1, isStrict: false } : { amount, isStrict };
      tighten(said, key(left, right), bound);
    },
    differ(left, right) {
      names.add(left).add(right);
      unequal.push([left, right]);
    },
    isImpossible() {
      const bounds = new Map(said);
      for (const name of names) tighten(bounds, key(name, name), { amount: 0, isStrict: false });
      for (const middle of names) {
        for (const left of names) {
          const first = bounds.get(key(left, middle));
          if (!first) continue;
          for (const right of names) {
            const second = bounds.get(key(middle, right));
            if (!second) continue;
            const isStrict = first.isStrict || second.isStrict;
            tighten(bounds, key(left, right), { amount: first.amount + second.amount, isStrict });
          }
        }
      }
      const isEmpty = ({ amount, isStrict }: Bound) => amount < 0 || (amount === 0 && isStrict);
      if ([...names].some((name) => isEmpty(bounds.get(key(name, name)) ?? unbounded))) return true;
      const most = (left: string, right: string) => bounds.get(key(left, right))?.amount ?? Infinity;
      return unequal.some(([left, right]) => most(left, right) <= 0 && most(right, left) <= 0);
    },
  };
}
