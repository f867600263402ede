// At which steps a process is killed: at every one where that is asked for, else at some.

const isThorough = process.env.KILL_STEPS === "all";

/** From one step to the next where nobody knows how many there are: 1, or `inCi`. */
export const killStride = (inCi: number): number => (isThorough ? 1 : inCi);

/** The first, the last, and one in `inCi` of those between. */
export function killSteps(steps: number, inCi: number): readonly number[] {
  const all = Array.from({ length: steps }, (_, index) => index + 1);
  return all.filter((step) => isThorough || step === steps || (step - 1) % inCi === 0);
}
