// What is left of points as time goes by, worked out exactly: in fixed point, with more digits than anybody needs.

const bits = 240n;
const one = 1n << bits;

/** The natural logarithm of 2: the sum of 1 / (k * 2^k). */
const ln2 = (() => {
  let sum = 0n;
  for (let k = 1n; k <= bits; k++) sum += (one >> k) / k;
  return sum;
})();

/** 2 to the power of minus `part` / `whole`, for a part that is less than the whole. */
function partlyHalved(part: bigint, whole: bigint): bigint {
  const x = (ln2 * part) / whole;
  let term = one;
  let sum = 0n;
  for (let k = 1n; term !== 0n; k++) {
    sum += k % 2n === 1n ? term : -term;
    term = (term * x) / one / k;
  }
  return sum;
}

/** Half of them after each half-life, to the nearest whole number, halves up. Both lengths in milliseconds. */
export function halved(points: bigint, age: number, halfLife: number | null): bigint {
  if (halfLife === null) return points;
  const [whole, all] = [BigInt(halfLife), BigInt(age)];
  const shift = bits + all / whole;
  return (points * partlyHalved(all % whole, whole) + (1n << (shift - 1n))) >> shift;
}
