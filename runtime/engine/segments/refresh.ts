// Brings the stored membership of all segments up to an instant: of everybody where there is none yet or a definition is
// new, else of those alone who can have changed.

import { printWords, wordName, type Judging } from "../../../compiler/sql/bits.ts";
import type { Leaf } from "../../../compiler/sql/rules.ts";
import { quote } from "../../../compiler/sql/tables.ts";
import { bind } from "../../../compiler/sql/bind.ts";
import { forgetChanges, recordChanges } from "./history.ts";
import { type News, newsOf, printMark, seenNow } from "./news.ts";
import { type Places, placesOf, unseenWords } from "./places.ts";
import {
  changeOn,
  fillOn,
  readStore,
  readWrites,
  type Refreshing,
  runOn,
  type Store,
  sumOf,
  type Writes,
  writeSeen,
  writeSlots,
  writeStore,
} from "./store.ts";

export interface Refreshed {
  /** How many contacts were looked at; null: everybody. */
  readonly looked: number | null;
}

/** Above this share of all contacts, everybody is judged: that is read and written in one go. */
const mostLooked = 0.2;

/**
 * Afterwards the stored membership is what judging everybody at this instant gives. To be run in a transaction. Where the
 * membership was stored for a later instant, it is made anew, and its history begins again.
 */
export async function refreshSegments(refreshing: Refreshing): Promise<Refreshed> {
  const found = await readStore(refreshing.session);
  const writes = await readWrites(refreshing.session);
  const isLater = found !== null && found.at > refreshing.now;
  const store = isLater ? null : found;
  if (isLater) await forgetChanges(refreshing);
  const places = placesOf(refreshing, store);
  const columns = columnsOf(refreshing);
  if (!store) {
    const seen = await seenNow(refreshing, writes);
    await judgeAll(refreshing, { store, places, judged: refreshing.rules.leaves });
    return settle(refreshing, { places, columns, writes, seen }, { looked: null });
  }
  if (places.isSame && store.columns === columns && store.at === refreshing.now && sumOf(writes) === store.writes) {
    return { looked: 0 };
  }
  const news = await newsOf(refreshing, store, writes);
  const isForAll = !places.isSame || news.isForAll || news.again.size > 0 || store.columns !== columns;
  const looked = isForAll ? null : await judgeSome(refreshing, { store, places, news });
  if (looked === null) {
    const touched = new Set([...places.fresh, ...news.again, ...news.sources.flatMap(({ leaves }) => leaves)]);
    const judged = refreshing.rules.leaves.filter(({ key }) => touched.has(key));
    await judgeAll(refreshing, { store, places, judged });
  }
  return settle(refreshing, { places, columns, writes, seen: news.seen }, { looked });
}

function columnsOf({ plan }: Refreshing): string {
  return JSON.stringify(plan.catalog.contact.fields.map(({ name, type }) => [name, type]));
}

interface Settling {
  readonly places: Places;
  readonly columns: string;
  readonly writes: Writes;
  readonly seen: Store["seen"];
}

async function settle(refreshing: Refreshing, settling: Settling, refreshed: Refreshed): Promise<Refreshed> {
  const { places, columns, writes, seen } = settling;
  if (!places.isSame) await writeSlots(refreshing, places.slots);
  for (const [name, far] of seen) await writeSeen(refreshing, name, far);
  await writeStore(refreshing, { words: places.words, columns, writes: sumOf(writes) });
  return refreshed;
}

interface All {
  readonly store: Store | null;
  readonly places: Places;
  readonly judged: readonly Leaf[];
}

const judgingOf = (
  { plan, rules }: Refreshing,
  { slots, words }: Places,
): Pick<Judging, "plan" | "rules" | "slots" | "words"> => ({
  plan,
  rules,
  slots: new Map([...slots].map(([name, { slot }]) => [name, slot])),
  words,
});

/** Judges everybody, into a new table: that is quicker than to change most rows of one. */
async function judgeAll(refreshing: Refreshing, { store, places, judged }: All): Promise<void> {
  const mark = `${printMark(refreshing.plan, "t")} AS mark`;
  const subjects = store
    ? ({ kind: "all", words: "segment_member", unseen: unseenWords(refreshing, places), known: store.words } as const)
    : ({ kind: "new" } as const);
  const words = printWords({ ...judgingOf(refreshing, places), judged, subjects, columns: [mark] });
  const made = bind(words, refreshing.calendar, refreshing.now);
  if (!store) {
    await refreshing.session.change({ ...made, text: `CREATE OR REPLACE TABLE segment_member AS ${made.text}` });
    return;
  }
  await refreshing.session.change({ ...made, text: `CREATE OR REPLACE TABLE segment_next AS ${made.text}` });
  await recordChanges(refreshing, places, {
    words: Math.min(store.words, places.words),
    print: (word) => `SELECT coalesce(n.contact_id, m.contact_id) AS contact_id, coalesce(m.${word}, 0) AS was,
        coalesce(n.${word}, 0) AS "is"
      FROM segment_next AS n FULL JOIN segment_member AS m ON m.contact_id = n.contact_id`,
  });
  await changeOn(refreshing, () => "DROP TABLE segment_member");
  await changeOn(refreshing, () => "ALTER TABLE segment_next RENAME TO segment_member");
}

interface Some {
  readonly store: Store;
  readonly places: Places;
  readonly news: News;
}

/** Judges who can have changed; null where those are so many that everybody is to be judged. */
async function judgeSome(refreshing: Refreshing, { places, news }: Some): Promise<number | null> {
  const { rules, plan } = refreshing;
  if (news.isOfContacts) await removeGone(refreshing, places);
  if (news.sources.length === 0) return 0;
  const touched = await fillOn(refreshing, "segment_touched", (builder) =>
    news.sources
      .map(({ print }, place) => `SELECT DISTINCT s.contact_id, ${place} AS source FROM (${print(builder)}) AS s`)
      .join("\nUNION ALL\n"),
  );
  if (touched === 0) return 0;
  const rows = await runOn(
    refreshing,
    () => `SELECT source, 0 AS people FROM segment_touched GROUP BY source
      UNION ALL SELECT -1, count(DISTINCT contact_id) FROM segment_touched
      UNION ALL SELECT -2, count(*) FROM "contact"`,
  );
  const people = (source: number) => Number(rows.find((row) => row.source === source)?.people ?? 0);
  const looked = people(-1);
  if (looked > 1000 && looked > people(-2) * mostLooked) return null;
  const asked = new Set(rows.flatMap(({ source }) => news.sources[Number(source)]?.leaves ?? []));
  const names = Array.from({ length: places.words }, (_, word) => quote(wordName(word)));
  const unseen = unseenWords(refreshing, places);
  await fillOn(refreshing, "segment_asked", () => {
    const words = names.map((name, word) => `coalesce(m.${name}, ${unseen[word] ?? 0}) AS ${name}`);
    return `SELECT ${["c.*", ...words, 'm.contact_id IS NULL AS "is new"'].join(", ")} FROM "contact" AS c
      SEMI JOIN segment_touched AS s ON s.contact_id = c.contact_id
      LEFT JOIN segment_member AS m ON m.contact_id = c.contact_id`;
  });
  const judged = printWords({
    ...judgingOf(refreshing, places),
    judged: rules.leaves.filter(({ key }) => asked.has(key)),
    subjects: { kind: "some", table: "segment_asked" },
    columns: [
      `${printMark(plan, "t")} AS mark`,
      't."is new" AS "is new"',
      ...names.map((name, word) => `t.${name} AS "was ${word}"`),
    ],
  });
  const bound = bind(judged, refreshing.calendar, refreshing.now);
  await refreshing.session.run({ ...bound, text: `CREATE OR REPLACE TEMP TABLE segment_judged AS ${bound.text}` });
  await writeJudged(refreshing, places, names);
  return looked;
}

async function writeJudged(refreshing: Refreshing, places: Places, names: readonly string[]): Promise<void> {
  await recordChanges(refreshing, places, {
    words: places.words,
    print: (word, place) => `SELECT j.contact_id, j."was ${place}" AS was, j.${word} AS "is" FROM segment_judged AS j`,
  });
  const columns = ["mark", ...names];
  await changeOn(
    refreshing,
    () => `UPDATE segment_member AS m SET ${columns.map((name) => `${name} = j.${name}`).join(", ")}
      FROM segment_judged AS j WHERE j.contact_id = m.contact_id
        AND (${columns.map((name) => `m.${name} <> j.${name}`).join(" OR ")})`,
  );
  const all = ["contact_id", ...columns];
  await changeOn(
    refreshing,
    () => `INSERT INTO segment_member (${all.join(", ")})
      SELECT ${all.map((name) => `j.${name}`).join(", ")} FROM segment_judged AS j WHERE j."is new"`,
  );
}

/** Contacts that are no more. */
async function removeGone(refreshing: Refreshing, places: Places): Promise<void> {
  const gone = await fillOn(
    refreshing,
    "segment_gone",
    () => 'SELECT m.* FROM segment_member AS m ANTI JOIN "contact" AS c ON c.contact_id = m.contact_id',
  );
  if (gone === 0) return;
  await recordChanges(refreshing, places, {
    words: places.words,
    print: (word) => `SELECT g.contact_id, g.${word} AS was, 0 AS "is" FROM segment_gone AS g`,
  });
  await changeOn(
    refreshing,
    () =>
      "DELETE FROM segment_member AS m WHERE EXISTS (SELECT 1 FROM segment_gone AS g WHERE g.contact_id = m.contact_id)",
  );
}
