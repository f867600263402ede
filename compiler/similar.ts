// Finds the name that was probably meant.

/** Damerau-Levenshtein distance (adjacent letters swapped count once), ignoring letter case. */
export function distance(left: string, right: string): number {
  const a = left.toLowerCase();
  const b = right.toLowerCase();
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

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
  let found: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const name of names) {
    // A distance is at least the difference in length, so most names need no closer look.
    if (Math.abs(name.length - word.length) >= least) continue;
    const far = distance(word, name);
    if (far < least) {
      least = far;
      found = name;
    }
  }
  return found;
}
