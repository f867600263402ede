// Orders that do not depend on where something is written.

export interface Ordered {
  /** Used ones before their users. */
  readonly names: readonly string[];
  /** Each ring of names that use each other, its first name repeated at its end. */
  readonly rings: readonly (readonly string[])[];
}

/** Names that use each other. Without recursion, so that a long chain is no danger. */
export function inOrder(all: Iterable<string>, uses: (name: string) => Iterable<string>): Ordered {
  const names: string[] = [];
  const rings: (readonly string[])[] = [];
  const finished = new Set<string>();
  for (const root of all) {
    if (finished.has(root)) continue;
    const open = new Set([root]);
    const path = [{ name: root, rest: uses(root)[Symbol.iterator]() }];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.rest.next();
      if (next.done) {
        path.pop();
        open.delete(top.name);
        finished.add(top.name);
        names.push(top.name);
      } else if (open.has(next.value)) {
        const inside = path.map(({ name }) => name);
        rings.push([...inside.slice(inside.indexOf(next.value)), next.value]);
      } else if (!finished.has(next.value)) {
        open.add(next.value);
        path.push({ name: next.value, rest: uses(next.value)[Symbol.iterator]() });
      }
    }
  }
  return { names, rings };
}

/** Sorts by name, so that moving a declaration to another place changes nothing. */
export function byName<N extends { readonly name: string }>(parts: readonly N[]): readonly N[] {
  return parts.toSorted((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
}
