// The seed of all random tests: the same every time, so that a run says of the same sources what it said before. Another
// one is drawn where RANDOM_SEED is `new`; each failure prints the one that it had.

import fc from "fast-check";

const usual = "20261128";
const asked = process.env.RANDOM_SEED ?? usual;
fc.configureGlobal({ seed: asked === "new" ? Date.now() % 2 ** 31 : Number(asked) });

/** Twice as many with another seed, so that what must be drawn often is, whatever the luck. */
export const runs = (count: number): number => (asked === usual ? count : 2 * count);
