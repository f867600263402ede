// Finds the name that was probably meant, ignoring letter case.

import { distance } from "../grammar/near.ts";

const mostCompared = 500_000;

/** `nearest`, until so many names were compared that a reader is long lost in findings: then it offers none. */
export function patientNearest(): typeof nearest {
  let compared = 0;
  return (word, names) => {
    if (compared > mostCompared) return null;
    const candidates = [...names];
    compared += candidates.length;
    return nearest(word, candidates);
  };
}

/** The nearest of `names` to `word`, or null where none is near enough to be what was meant. */
export function nearest(word: string, names: Iterable<string>): string | null {
  const wanted = word.toLowerCase();
  let found: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const name of names) {
    // A distance is at least the difference in length, so most names need no closer look.
    if (Math.abs(name.length - word.length) >= least) continue;
    const far = distance(wanted, name.toLowerCase());
    if (far < least) {
      least = far;
      found = name;
    }
  }
  return found;
}
