// Brings the stored membership of all segments up to an instant: of everybody where there is none yet or a definition is
// new, else of those alone who can have changed.

import { contactColumnsOf, printWords, wordName, type Judging } from "../../../compiler/sql/bits.ts";
import { type Leaf, leafName, readersOf } from "../../../compiler/sql/rules.ts";
import { quote } from "../../../compiler/sql/tables.ts";
import { bind } from "../../../compiler/sql/bind.ts";
import { forgetChanges, recordChanges, wasName } from "./history.ts";
import { type News, newsOf, printMark, seenNow } from "./news.ts";
import { type Places, placesOf, unseenWords } from "./places.ts";
import {
  changeOn,
  fillOn,
  type Found,
  readStore,
  type Refreshing,
  runOn,
  type Store,
  sumOf,
  type Writes,
  writeStore,
} from "./store.ts";

export interface Refreshed {
  /** How many contacts were looked at; null: everybody. */
  readonly looked: number | null;
  /** Where the bits of leaves and rules are. */
  readonly slots: Store["slots"];
}

/**
 * Afterwards the stored membership is what judging everybody at this instant gives. To be run in a transaction. Where the
 * membership was stored for a later instant, it is made anew, and its history begins again.
 */
export async function refreshSegments(refreshing: Refreshing, mostLooked = aFifth): Promise<Refreshed> {
  return refreshFrom(refreshing, await readStore(refreshing.session), mostLooked);
}

const aFifth = 0.2;

/**
 * As `refreshSegments`, where what is stored has been read already. Where a larger share of all contacts than `mostLooked`
 * is to be judged, everybody is: that is read and written in one go.
 */
export async function refreshFrom(
  refreshing: Refreshing,
  { store: found, writes }: Found,
  mostLooked = aFifth,
): Promise<Refreshed> {
  const isLater = found !== null && found.at > refreshing.now;
  const store = isLater ? null : found;
  if (isLater) await forgetChanges(refreshing);
  const places = placesOf(refreshing, store);
  const columns = columnsOf(refreshing);
  if (!store) {
    const seen = await seenNow(refreshing, writes);
    await judgeAll(refreshing, { store, places, judged: refreshing.rules.leaves });
    return settle(refreshing, { store, places, columns, writes, seen }, null);
  }
  const isSame = places.isSame && store.columns === columns;
  if (isSame && store.at === refreshing.now && sumOf(writes) === store.writes) return { looked: 0, slots: store.slots };
  const news = await newsOf(refreshing, store, writes);
  if (news.isOfContacts) await removeGone(refreshing, store, places);
  const isForAll = !isSame || news.isForAll || news.again.size > 0;
  const looked = isForAll ? null : await judgeSome(refreshing, { places, news, mostLooked });
  if (looked === null) {
    const touched = new Set([...places.fresh, ...news.again, ...news.sources.flatMap(({ names }) => names)]);
    const judged = refreshing.rules.leaves.filter(({ key }) => touched.has(leafName(key)));
    await judgeAll(refreshing, { store, places, judged });
  }
  const seen = news.seen.size === 0 ? store.seen : new Map([...store.seen, ...news.seen]);
  return settle(refreshing, { store, places, columns, writes, seen }, looked);
}

function columnsOf({ plan }: Refreshing): string {
  return JSON.stringify(plan.catalog.contact.fields.map(({ name, type }) => [name, type]));
}

interface Settling {
  readonly store: Store | null;
  readonly places: Places;
  readonly columns: string;
  readonly writes: Writes;
  readonly seen: Store["seen"];
}

async function settle(refreshing: Refreshing, settling: Settling, looked: number | null): Promise<Refreshed> {
  const { store, places, columns, writes, seen } = settling;
  const { slots, words } = places;
  await writeStore(refreshing, { at: refreshing.now, words, columns, writes: sumOf(writes), slots, seen }, store);
  return { looked, slots };
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
  rules: rules.rules,
  slots: new Map([...slots].map(([name, { slot }]) => [name, slot])),
  words,
});

const wordsUpTo = (count: number): readonly number[] => Array.from({ length: count }, (_, word) => word);

/** Words before, beside the words of now. */
const printBefore = (words: readonly number[]): readonly string[] =>
  words.map((word) => `t.${quote(wordName(word))} AS ${quote(wasName(word))}`);

const printMember = ({ words }: Places): string =>
  ["contact_id", "mark", ...wordsUpTo(words).map((word) => quote(wordName(word)))].join(", ");

/** Judges everybody, into a new table: that is quicker than to change most rows of one. */
async function judgeAll(refreshing: Refreshing, { store, places, judged }: All): Promise<void> {
  const mark = `${printMark(refreshing.plan, "t")} AS mark`;
  const compared = wordsUpTo(Math.min(store?.words ?? 0, places.words));
  const subjects = store
    ? ({ kind: "all", words: "segment_member", unseen: unseenWords(refreshing, places), known: store.words } as const)
    : ({ kind: "new" } as const);
  const columns = [mark, ...printBefore(compared)];
  const words = printWords({ ...judgingOf(refreshing, places), judged, subjects, columns });
  const made = bind(words, refreshing.calendar, refreshing.now);
  if (!store) {
    await refreshing.session.change({ ...made, text: `CREATE OR REPLACE TABLE segment_member AS ${made.text}` });
    return;
  }
  await refreshing.session.run({ ...made, text: `CREATE OR REPLACE TEMP TABLE segment_judged AS ${made.text}` });
  await recordChanges(refreshing, places, compared.length);
  await changeOn(
    refreshing,
    () => `CREATE OR REPLACE TABLE segment_member AS SELECT ${printMember(places)} FROM segment_judged`,
  );
}

interface Some {
  readonly places: Places;
  readonly news: News;
  readonly mostLooked: number;
}

/** Judges who can have changed; null where those are so many that everybody is to be judged. */
async function judgeSome(refreshing: Refreshing, { places, news, mostLooked }: Some): Promise<number | null> {
  if (news.sources.length === 0) return 0;
  const touched = await fillOn(refreshing, "segment_touched", (builder) => {
    const rows = news.sources.map(
      ({ print }, place) => `SELECT s.contact_id, ${place} AS source FROM (${print(builder)}) AS s`,
    );
    return `SELECT DISTINCT u.contact_id, u.source FROM (${rows.join("\nUNION ALL\n")}) AS u`;
  });
  if (touched === 0) return 0;
  const rows = await runOn(
    refreshing,
    () => `SELECT source, 0 AS people FROM segment_touched GROUP BY source
      UNION ALL SELECT -1, count(DISTINCT contact_id) FROM segment_touched
      UNION ALL SELECT -2, count(*) FROM "contact"`,
  );
  const people = (source: number) => Number(rows.find((row) => row.source === source)?.people ?? 0);
  const looked = people(-1);
  if (looked > people(-2) * mostLooked) return null;
  const touching = new Set(rows.flatMap(({ source }) => news.sources[Number(source)]?.names ?? []));
  const judged = await judgeTouched(refreshing, { places, isOfContacts: news.isOfContacts, touching });
  if (judged > 0) await writeJudged(refreshing, places, judged);
  return looked;
}

interface Touched {
  readonly places: Places;
  readonly isOfContacts: boolean;
  /** Names of the leaves and rules that can have changed for them by themselves. */
  readonly touching: ReadonlySet<string>;
}

/** Fills the temporary table `segment_judged` with who is touched and differs, and says how many those are. */
async function judgeTouched(refreshing: Refreshing, { places, isOfContacts, touching }: Touched): Promise<number> {
  const { rules, plan } = refreshing;
  const words = wordsUpTo(places.words);
  const affected = readersOf(rules, touching);
  const judging = {
    ...judgingOf(refreshing, places),
    rules: rules.rules.filter(({ key }) => affected.has(key)),
    judged: rules.leaves.filter(({ key }) => affected.has(leafName(key))),
  };
  const columns = isOfContacts ? null : contactColumnsOf(judging);
  await fillOn(refreshing, "segment_asked", () => printAsked(columns, unseenWords(refreshing, places)));
  const printed = printWords({
    ...judging,
    subjects: { kind: "some", table: "segment_asked" },
    columns: [
      `${isOfContacts ? printMark(plan, "t") : 't."was mark"'} AS mark`,
      't."was mark" AS "was mark"',
      `t.${memberRow} AS ${memberRow}`,
      ...printBefore(words),
    ],
  });
  const { text, params } = bind(printed, refreshing.calendar, refreshing.now);
  const differs = words.map((word) => `j.${quote(wasName(word))} <> j.${quote(wordName(word))}`);
  const where = ['j.mark IS DISTINCT FROM j."was mark"', ...differs].join(" OR ");
  const made = `CREATE OR REPLACE TEMP TABLE segment_judged AS SELECT * FROM (${text}) AS j WHERE ${where}`;
  const [row] = await refreshing.session.run({ text: made, params });
  return Number(row?.Count ?? 0);
}

/** Who is touched, with columns of the contact (null: all) and the words of last time. */
function printAsked(columns: ReadonlySet<string> | null, unseen: readonly number[]): string {
  const own = columns === null ? ["c.*"] : ["contact_id", ...columns].map((name) => `c.${name}`);
  const before = unseen.map((none, word) => {
    const name = quote(wordName(word));
    return `coalesce(m.${name}, ${none}) AS ${name}`;
  });
  const isTouched = (alias: string) => `SEMI JOIN segment_touched AS s ON s.contact_id = ${alias}.contact_id`;
  return `SELECT ${[...own, ...before, 'm.mark AS "was mark"', `m.${memberRow} AS ${memberRow}`].join(", ")}
    FROM (SELECT c.* FROM "contact" AS c ${isTouched("c")}) AS c
    LEFT JOIN (SELECT m.*, m.rowid AS ${memberRow} FROM segment_member AS m ${isTouched("m")}) AS m
      ON m.contact_id = c.contact_id`;
}

/** Where a contact's words are stored, by a name that no field can have; NULL: nowhere yet. */
const memberRow = quote("member row");

/** Nothing has been written to `segment_member` since its rows were read, so each is found where it was. */
async function writeJudged(refreshing: Refreshing, places: Places, judged: number): Promise<void> {
  await recordChanges(refreshing, places, places.words);
  const columns = ["mark", ...wordsUpTo(places.words).map((word) => quote(wordName(word)))];
  const updated = await changeOn(
    refreshing,
    () => `UPDATE segment_member AS m SET ${columns.map((name) => `${name} = j.${name}`).join(", ")}
      FROM segment_judged AS j WHERE j.${memberRow} = m.rowid`,
  );
  if (updated === judged) return;
  const all = ["contact_id", ...columns];
  await changeOn(
    refreshing,
    () => `INSERT INTO segment_member (${all.join(", ")})
      SELECT ${all.map((name) => `j.${name}`).join(", ")} FROM segment_judged AS j WHERE j.${memberRow} IS NULL`,
  );
}

/** Contacts that are no more. */
async function removeGone(refreshing: Refreshing, store: Store, places: Places): Promise<void> {
  const gone = await fillOn(refreshing, "segment_judged", () => {
    const words = wordsUpTo(store.words).map((word) => {
      const name = quote(wordName(word));
      return `m.${name} AS ${quote(wasName(word))}, 0 AS ${name}`;
    });
    return `SELECT ${["m.contact_id", ...words].join(", ")} FROM segment_member AS m
      ANTI JOIN "contact" AS c ON c.contact_id = m.contact_id`;
  });
  if (gone === 0) return;
  await recordChanges(refreshing, places, store.words);
  await changeOn(
    refreshing,
    () =>
      "DELETE FROM segment_member AS m WHERE EXISTS (SELECT 1 FROM segment_judged AS g WHERE g.contact_id = m.contact_id)",
  );
}
