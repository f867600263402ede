// Which word was meant: the edit distance with neighbours swapped (Damerau-Levenshtein).

/** The number of letters to add, drop, change or swap to get from one word to the other. */
export function distance(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const changed = at(last, column - 1) + (isSame ? 0 : 1);
      let best = Math.min(changed, at(last, column) + 1, at(current, column - 1) + 1);
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (isSwap) best = Math.min(best, at(before, column - 2) + 1);
      current.push(best);
    }
    before = last;
    last = current;
  }
  return at(last, other.length);
}
const at = (row: readonly number[], index: number): number => row[index] ?? 0;

/** The words near `word`, the nearest first; short words must be nearer than long ones. */
export function nearest(word: string, words: Iterable<string>): readonly string[] {
  const limit = word.length <= 2 ? 0 : word.length <= 5 ? 1 : 2;
  const found: { readonly word: string; readonly away: number }[] = [];
  for (const each of words) {
    if (Math.abs(each.length - word.length) > limit) continue;
    const away = distance(word, each);
    if (away > 0 && away <= limit) found.push({ word: each, away });
  }
  return found.sort((one, other) => one.away - other.away).map((each) => each.word);
}
