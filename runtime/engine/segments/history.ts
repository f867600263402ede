// Who came into a segment and who left it, and whom an edge trigger may have turned for, told from the bits before and
// after a refresh.

import { bitOf, wordName, wordOf } from "../../../compiler/sql/bits.ts";
import type { Builder } from "../../../compiler/sql/builder.ts";
import { edgeName } from "../../../compiler/sql/rules.ts";
import { quote } from "../../../compiler/sql/tables.ts";
import { texts } from "../engine.ts";
import type { Places } from "./places.ts";
import { changeOn, type Refreshing } from "./store.ts";

/** The column with a word before, beside the column of its name with the word after. */
export const wasName = (word: number): string => `was ${word}`;

/**
 * `segment_judged` has a row for each contact whose words differ, with its words before and after. Rules that are judged
 * for the first time have no changes: their members are simply there.
 */
export async function recordChanges({ plan, ...door }: Refreshing, places: Places, words: number): Promise<void> {
  const segments = plan.segments.map(({ id }): Turning => ({ key: id, name: id }));
  const triggers = plan.programs.flatMap((program) => program.triggers.filter(({ kind }) => kind === "edge"));
  const edges = [...new Set(triggers.map(({ id }) => id))].map((id): Turning => ({ key: edgeName(id), name: id }));
  if (segments.length > 0) {
    await changeOn(
      door,
      (builder) => `INSERT INTO segment_change (segment, contact_id, "at", is_member)
        SELECT t.name, t.contact_id, ${builder.now()}, t.is_member FROM ${printTurned(segments, { places, words }, builder)}`,
    );
  }
  if (edges.length > 0) {
    await changeOn(
      door,
      (builder) => `INSERT INTO segment_turn (trigger_id, contact_id)
        SELECT t.name, t.contact_id FROM ${printTurned(edges, { places, words }, builder)}
        WHERE t.name IN (SELECT s.trigger_id FROM trigger_state AS s)`,
    );
  }
}

/** A rule by its key, and what it is called where its changes are written. */
interface Turning {
  readonly key: string;
  readonly name: string;
}

interface Compared {
  readonly places: Places;
  /** How many there were before, and are still. */
  readonly words: number;
}

/** FROM item `t` of name, contact_id and is_member. */
function printTurned(turning: readonly Turning[], { places, words }: Compared, builder: Builder): string {
  const own = turning.flatMap(({ key, name }) => {
    const slot = places.slots.get(key)?.slot ?? -1;
    return places.known.has(key) && wordOf(slot) < words ? [{ name, word: wordOf(slot), bit: bitOf(slot) }] : [];
  });
  if (own.length === 0) return "(SELECT NULL AS name, NULL AS contact_id, NULL AS is_member WHERE false) AS t";
  const told = [...new Set(own.map(({ word }) => word))].map((word) => {
    const mask = own.filter((one) => one.word === word).reduce((sum, { bit }) => sum + bit, 0);
    const [was, is] = [`j.${quote(wasName(word))}`, `j.${quote(wordName(word))}`];
    return { word, turned: `xor(${was}, ${is}) & ${mask}`, is };
  });
  const each = (of: (one: (typeof told)[number]) => string | number) => `unnest([${told.map(of).join(", ")}])`;
  const given = (of: (one: (typeof own)[number]) => string | number) =>
    `unnest(${builder.param(texts(own.map((one) => String(of(one)))))})`;
  // Few patterns turn for many people: each is taken apart once.
  return `(WITH d AS MATERIALIZED (
      SELECT * FROM (
        SELECT j.contact_id, ${each(({ word }) => word)} AS word, ${each(({ turned }) => turned)} AS turned,
          ${each(({ is }) => is)} AS "is" FROM segment_judged AS j
      ) AS w WHERE w.turned <> 0
    ), k AS (
      SELECT p.word, p.turned, r.name, r.bit FROM (SELECT DISTINCT d.word, d.turned FROM d) AS p
      JOIN (SELECT ${given(({ name }) => name)} AS name, CAST(${given(({ word }) => word)} AS INTEGER) AS word,
        CAST(${given(({ bit }) => bit)} AS INTEGER) AS bit) AS r ON r.word = p.word
      WHERE (p.turned & r.bit) <> 0
    )
    SELECT k.name, d.contact_id, (d."is" & k.bit) <> 0 AS is_member
    FROM d JOIN k ON k.word = d.word AND k.turned = d.turned) AS t`;
}

export async function forgetChanges(refreshing: Refreshing): Promise<void> {
  await changeOn(refreshing, () => "DELETE FROM segment_change");
}
