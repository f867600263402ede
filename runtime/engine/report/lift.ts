// How sure a difference is: intervals of 95% for shares and for means.

/** 97.5% of a normal distribution lie below. */
const z = 1.959963984540054;

export interface Share {
  readonly did: number;
  readonly people: number;
}
export interface Mean {
  readonly mean: number;
  /** Of the sample; 0 where there is one. */
  readonly variance: number;
  readonly people: number;
}
export interface Difference {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/** Wilson's interval of a share. */
function wilson({ did, people }: Share): { readonly low: number; readonly high: number } {
  const share = did / people;
  const middle = share + (z * z) / (2 * people);
  const reach = z * Math.sqrt((share * (1 - share)) / people + (z * z) / (4 * people * people));
  const whole = 1 + (z * z) / people;
  return { low: Math.max(0, (middle - reach) / whole), high: Math.min(1, (middle + reach) / whole) };
}

/**
 * The difference of two shares with Newcombe's hybrid score interval (Statistics in Medicine 17, 1998, method 10), which
 * holds for few people and for shares of nothing, where the usual one does not. null where a side has nobody.
 */
export function differenceOfShares(one: Share, other: Share): Difference | null {
  if (one.people === 0 || other.people === 0) return null;
  const [first, second] = [one.did / one.people, other.did / other.people];
  const [left, right] = [wilson(one), wilson(other)];
  const difference = first - second;
  return {
    difference,
    low: difference - Math.hypot(first - left.low, right.high - second),
    high: difference + Math.hypot(left.high - first, second - right.low),
  };
}

/** The difference of two means with the interval for many people and unequal variances; null where a side has fewer than two. */
export function differenceOfMeans(one: Mean, other: Mean): Difference | null {
  if (one.people < 2 || other.people < 2) return null;
  const difference = one.mean - other.mean;
  const reach = z * Math.sqrt(one.variance / one.people + other.variance / other.people);
  return { difference, low: difference - reach, high: difference + reach };
}
