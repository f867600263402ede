// How many things of each kind there must be, so that as many as asked for belong to each set.

/** `least` to `most` things belong to the set with that number. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

const largestSearch = 5_000;

/**
 * `kinds`: for each kind of thing the sets that it belongs to, as a bit mask. Gives the kinds of the things, one for
 * each thing; null where there is no such collection.
 */
export function collect(kinds: readonly number[], ranges: readonly Range[]): readonly number[] | null | "too large" {
  const seen = new Set<string>();
  const chosen: number[] = [];
  const counts = ranges.map(() => 0);
  let steps = 0;
  const add = (kind: number, by: number) => {
    for (const index of ranges.keys()) if (kind & (1 << index)) counts[index] = (counts[index] ?? 0) + by;
  };
  const isTooMany = () => ranges.some(({ most }, index) => (counts[index] ?? 0) > most);
  const visit = (): boolean => {
    if (++steps > largestSearch) return false;
    const state = counts.map((count, index) => Math.min(count, limitOf(ranges[index]))).join(" ");
    if (seen.has(state)) return false;
    seen.add(state);
    const lacking = ranges.findIndex(({ least }, index) => (counts[index] ?? 0) < least);
    if (lacking < 0) return true;
    // Whatever collection there is, one of its things belongs to the set that lacks one.
    for (const kind of kinds) {
      if (!(kind & (1 << lacking))) continue;
      chosen.push(kind);
      add(kind, 1);
      if (!isTooMany() && visit()) return true;
      chosen.pop();
      add(kind, -1);
    }
    return false;
  };
  if (visit()) return chosen;
  return steps > largestSearch ? "too large" : null;
}

/** Where there is no limit above, more than enough is as good as enough. */
function limitOf(range: Range | undefined): number {
  if (!range) return 0;
  return range.most === Infinity ? range.least : range.most;
}

/** All kinds that things have which are of several of those kinds at once. */
export function unions(kinds: readonly number[]): readonly number[] {
  const all = new Set(kinds);
  for (const one of kinds) for (const other of [...all]) all.add(one | other);
  return [...all];
}
