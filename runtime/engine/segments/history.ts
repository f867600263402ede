// Who came into a segment and who left it, told from the bits before and after a refresh.

import { bitOf, wordName, wordOf } from "../../../compiler/sql/bits.ts";
import { quote } from "../../../compiler/sql/tables.ts";
import { texts } from "../engine.ts";
import type { Places } from "./places.ts";
import { changeOn, type Refreshing } from "./store.ts";

interface Compared {
  /** Words that there were before, and are still. */
  readonly words: number;
  /** SELECT of contact_id, was and is: a word before and after. */
  readonly print: (word: string, place: number) => string;
}

/** Segments that are judged for the first time have no changes: their members are simply there. */
export async function recordChanges(
  refreshing: Refreshing,
  { slots, known }: Places,
  compared: Compared,
): Promise<void> {
  for (let word = 0; word < compared.words; word++) {
    const own = [...slots].filter(([name, { slot }]) => known.has(name) && wordOf(slot) === word);
    if (own.length === 0) continue;
    await changeOn(refreshing, (builder) => {
      const names = builder.param(texts(own.map(([name]) => name)));
      const bits = builder.param(texts(own.map(([, { slot }]) => String(bitOf(slot)))));
      return `INSERT INTO segment_change (segment, contact_id, "at", is_member)
        SELECT k.name, d.contact_id, ${builder.now()}, (d."is" & k.bit) <> 0
        FROM (SELECT * FROM (${compared.print(quote(wordName(word)), word)}) AS w WHERE w.was <> w."is") AS d
        JOIN (SELECT unnest(${names}) AS name, CAST(unnest(${bits}) AS INTEGER) AS bit) AS k
          ON (xor(d.was, d."is") & k.bit) <> 0`;
    });
  }
}

export async function forgetChanges(refreshing: Refreshing): Promise<void> {
  await changeOn(refreshing, () => "DELETE FROM segment_change");
}
