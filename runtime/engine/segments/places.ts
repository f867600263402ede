// Which bit belongs to which leaf and rule: what keeps its meaning keeps its place.

import { wordOf, bitOf } from "../../../compiler/sql/bits.ts";
import { leafName } from "../../../compiler/sql/rules.ts";
import { holdsForNone } from "../../../compiler/sql/simplify.ts";
import type { Refreshing, Slot, Store } from "./store.ts";

export interface Places {
  readonly slots: ReadonlyMap<string, Slot>;
  readonly words: number;
  /** Names of leaves that have no bits yet. */
  readonly fresh: ReadonlySet<string>;
  /** Names of rules that were judged before, whatever their definition was. */
  readonly known: ReadonlySet<string>;
  /** True where every leaf and rule is as it was. */
  readonly isSame: boolean;
}

export function placesOf({ rules, now }: Refreshing, store: Store | null): Places {
  const wanted = [
    ...rules.leaves.map(({ key }) => ({ name: leafName(key), hash: key })),
    ...rules.rules.map(({ key, hash }) => ({ name: key, hash })),
  ];
  const before = store?.slots ?? new Map<string, Slot>();
  const isSame =
    store !== null &&
    wanted.length === before.size &&
    wanted.every(({ name, hash }) => before.get(name)?.hash === hash);
  const known = new Set(rules.rules.flatMap(({ key }) => (before.has(key) ? [key] : [])));
  if (isSame) return { slots: before, words: store.words, fresh: new Set(), known, isSame };
  const taken = new Set(wanted.flatMap(({ name }) => before.get(name)?.slot ?? []));
  let next = 0;
  const free = (): number => {
    while (taken.has(next)) next++;
    taken.add(next);
    return next;
  };
  const slots = new Map(
    wanted.map(({ name, hash }): [string, Slot] => {
      const was = before.get(name);
      return [name, was ? { ...was, hash } : { slot: free(), hash, since: now }];
    }),
  );
  const fresh = new Set(
    rules.leaves.flatMap(({ key }) => {
      const name = leafName(key);
      return before.has(name) ? [] : [name];
    }),
  );
  const last = Math.max(-1, ...[...slots.values()].map(({ slot }) => slot));
  return { slots, words: wordOf(last) + 1, fresh, known, isSame };
}

/** The words of a contact of whom no row of another table tells. */
export function unseenWords({ rules }: Refreshing, { slots, words }: Places): readonly number[] {
  const unseen = Array.from({ length: words }, () => 0);
  for (const { key, when } of rules.leaves) {
    const slot = slots.get(leafName(key))?.slot;
    if (slot === undefined || when.kind !== "behaviour" || !holdsForNone(when)) continue;
    unseen[wordOf(slot)] = (unseen[wordOf(slot)] ?? 0) + bitOf(slot);
  }
  return unseen;
}
