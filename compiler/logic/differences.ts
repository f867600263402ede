// Bounds on differences: whether x ≤ y + d for many x and y can hold together, whatever the instant.

/** `left − right` is at most `amount`, and less than that if `isStrict`. */
interface Bound {
  readonly left: number;
  readonly right: number;
  readonly amount: number;
  readonly isStrict: boolean;
}

export interface Differences {
  readonly atMost: (left: string, right: string, amount: number, isStrict: boolean) => void;
  readonly differ: (left: string, right: string) => void;
  /** Whether no numbers fulfil all that was said. */
  readonly isImpossible: () => boolean;
}

/** `isWhole`: between two neighbouring whole numbers there is none. */
export function differencesOf(isWhole: boolean): Differences {
  const places = new Map<string, number>();
  const bounds: Bound[] = [];
  const unequal: (readonly [number, number])[] = [];
  const placeOf = (name: string): number => {
    const known = places.get(name);
    if (known !== undefined) return known;
    places.set(name, places.size);
    return places.size - 1;
  };
  return {
    atMost(left, right, amount, isStrict) {
      const ends = { left: placeOf(left), right: placeOf(right) };
      bounds.push(
        isWhole && isStrict ? { ...ends, amount: amount - 1, isStrict: false } : { ...ends, amount, isStrict },
      );
    },
    differ: (left, right) => void unequal.push([placeOf(left), placeOf(right)]),
    isImpossible: () => isImpossible(places.size, bounds, unequal),
  };
}

function isImpossible(
  count: number,
  bounds: readonly Bound[],
  unequal: readonly (readonly [number, number])[],
): boolean {
  const amounts = new Float64Array(count * count).fill(Infinity);
  const stricts = new Uint8Array(count * count);
  const tighten = (place: number, amount: number, strict: number) => {
    const before = amounts[place] ?? Infinity;
    if (amount > before || (amount === before && strict <= (stricts[place] ?? 0))) return;
    amounts[place] = amount;
    stricts[place] = strict;
  };
  for (let index = 0; index < count; index++) tighten(index * count + index, 0, 0);
  for (const { left, right, amount, isStrict } of bounds) tighten(left * count + right, amount, isStrict ? 1 : 0);
  for (let middle = 0; middle < count; middle++) {
    for (let left = 0; left < count; left++) {
      const first = amounts[left * count + middle] ?? Infinity;
      if (first === Infinity) continue;
      const strict = stricts[left * count + middle] ?? 0;
      for (let right = 0; right < count; right++) {
        const amount = first + (amounts[middle * count + right] ?? Infinity);
        tighten(left * count + right, amount, strict | (stricts[middle * count + right] ?? 0));
      }
    }
  }
  for (let index = 0; index < count; index++) {
    const place = index * count + index;
    const amount = amounts[place] ?? 0;
    if (amount < 0 || (amount === 0 && stricts[place])) return true;
  }
  const most = (left: number, right: number) => amounts[left * count + right] ?? Infinity;
  return unequal.some(([left, right]) => most(left, right) <= 0 && most(right, left) <= 0);
}
