// What `npm run fuzz` is asked for.

export interface FuzzRun {
  readonly inputs: number;
  readonly seed: number;
}

export const usage = `Usage: npm run fuzz [INPUTS] [FIRST SEED]
  INPUTS      how many texts are tried: a whole number from 1 to 1,000,000,000; a million unless told otherwise
  FIRST SEED  a whole number from 0 to 4294967295; by the clock unless told otherwise
`;

const mostInputs = 1_000_000_000;
export const seeds = 2 ** 32;

/** null where the arguments are none that it takes. */
export function fuzzRunOf(given: readonly string[], now: number): FuzzRun | null {
  const [inputs, seed] = given.map((text) => (/^\d+$/.test(text) ? Number(text) : Number.NaN));
  const run = { inputs: inputs ?? 1_000_000, seed: seed ?? now % seeds };
  const isFine = given.length <= 2 && run.inputs >= 1 && run.inputs <= mostInputs && run.seed < seeds;
  return isFine ? run : null;
}
