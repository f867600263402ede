// What can have changed since the last refresh: which contacts, and which leaves and rules must be judged for them or for
// everybody.

import type { Plan } from "../../../compiler/ir/plan.ts";
import type { Builder } from "../../../compiler/sql/builder.ts";
import { duckdb } from "../../../compiler/sql/dialect.ts";
import type { Edge } from "../../../compiler/sql/reads.ts";
import { leafName, type Rules } from "../../../compiler/sql/rules.ts";
import type { Param } from "../../../compiler/sql/sql.ts";
import { quote } from "../../../compiler/sql/tables.ts";
import { contactColumn } from "../../../compiler/sql/terms.ts";
import { instant, integer } from "../engine.ts";
import { runOn, type Refreshing, type Seen, type Store, sumOf, type Writes } from "./store.ts";

/** Contacts that can have changed, and the leaves and rules in which. */
export interface Source {
  /** SELECT of contact_id; contacts may come more than once. */
  readonly print: (builder: Builder) => string;
  /** Names of leaves and rules. */
  readonly names: readonly string[];
}

export interface News {
  readonly sources: readonly Source[];
  /** Names of the leaves to be judged for everybody. */
  readonly again: ReadonlySet<string>;
  /** True where rules must be judged for everybody, whatever became of the leaves. */
  readonly isForAll: boolean;
  /** True where contacts may be new, changed or gone. */
  readonly isOfContacts: boolean;
  /** How far the tables that were written have been read now. */
  readonly seen: ReadonlyMap<string, Seen>;
}

export async function newsOf(refreshing: Refreshing, store: Store, writes: Writes): Promise<News> {
  const { rules, now } = refreshing;
  const written = await newsOfTables(refreshing, store, writes);
  const moved = newsOfClock(refreshing, store);
  const hasMoved = now !== store.at || sumOf(writes) !== store.writes;
  const isOtherDay = refreshing.calendar.dayOf(now) !== refreshing.calendar.dayOf(store.at);
  const others = rules.leaves.flatMap(({ key, reads }) =>
    (reads.isUnclear && hasMoved) || (reads.isDaily && isOtherDay) ? [leafName(key)] : [],
  );
  return { ...written, sources: [...written.sources, ...moved], again: new Set([...written.again, ...others]) };
}

/** Tables in which a row belongs to a contact, or to an address, and stays as it is once it is written. */
const isAppended = (table: string): boolean => /^event_/.test(table) || addressed.has(table) || table === "list_member";
const addressed: ReadonlySet<string> = new Set(["consent", "suppression"]);

function tablesRead({ leaves, rules }: Rules): readonly string[] {
  return [...new Set(["contact", ...[...leaves, ...rules].flatMap(({ reads }) => reads.tables)])];
}

async function newsOfTables(
  refreshing: Refreshing,
  store: Store,
  writes: Writes,
): Promise<Omit<News, "again"> & { readonly again: readonly string[] }> {
  const { plan, rules } = refreshing;
  const written = tablesRead(rules).filter((table) => isWritten(table, store, writes));
  const rows = await countRows(refreshing, written.filter(isAppended), store);
  const sources: Source[] = [];
  const again: string[] = [];
  const seen = new Map<string, Seen>();
  const readers = (table: string) =>
    rules.leaves.flatMap(({ key, reads }) => (reads.tables.includes(table) ? [leafName(key)] : []));
  for (const table of written) {
    const before = store.seen.get(keyOf(table));
    const counts = rows.get(table);
    const next = { ...countsOf(table, writes), rowCount: counts?.rows ?? 0, nextRow: counts?.next ?? 0 };
    seen.set(keyOf(table), next);
    if (!counts) continue;
    const isGrown = before?.rewritten === next.rewritten && counts.rows - before.rowCount === counts.fresh;
    if (!isGrown || !before) again.push(...readers(table));
    else if (counts.fresh > 0) {
      // Rows of this very transaction are numbered otherwise until it ends.
      seen.set(keyOf(table), { ...next, nextRow: before.nextRow + counts.fresh });
      const from = before.nextRow;
      const print = (builder: Builder) => printOwners(plan, table, `t.rowid >= ${builder.param(integer(from))}`);
      sources.push({ print, names: readers(table) });
    }
  }
  const isOfContacts = written.includes("contact");
  if (isOfContacts) {
    // Of a contact that is new, all rules, and the leaves that no row of another table would tell of.
    const leaves = rules.leaves.flatMap(({ key, when, reads }) =>
      when.kind !== "behaviour" || reads.isUnclear || reads.tables.includes("contact") ? [leafName(key)] : [],
    );
    sources.push({ print: () => printChanged(plan), names: [...leaves, ...rules.rules.map(({ key }) => key)] });
  }
  return { sources, again, isForAll: written.includes("company"), isOfContacts, seen };
}

const keyOf = (table: string): string => table.toLowerCase();

function countsOf(table: string, writes: Writes): Pick<Seen, "appended" | "rewritten"> {
  return writes.get(keyOf(table)) ?? { appended: 0, rewritten: 0 };
}

function isWritten(table: string, { seen }: Store, writes: Writes): boolean {
  const before = seen.get(keyOf(table));
  const { appended, rewritten } = countsOf(table, writes);
  return before?.appended !== appended || before.rewritten !== rewritten;
}

interface Counted {
  readonly rows: number;
  /** Rows behind the last one that was seen. */
  readonly fresh: number;
  /** The number behind that of the last of those. */
  readonly next: number;
}

/** Rows are numbered in the order in which they came, as long as none is removed. */
async function countRows(
  refreshing: Refreshing,
  tables: readonly string[],
  store: Store | null,
): Promise<ReadonlyMap<string, Counted>> {
  if (tables.length === 0) return new Map();
  const rows = await runOn(refreshing, (builder) =>
    tables
      .map((table, place) => {
        const from = builder.param(integer(store?.seen.get(keyOf(table))?.nextRow ?? 0));
        return `SELECT ${place} AS place, count(*) AS n, NULL AS "next" FROM ${quote(table)}
          UNION ALL SELECT ${place}, count(*), coalesce(max(t.rowid) + 1, 0) FROM ${quote(table)} AS t WHERE t.rowid >= ${from}`;
      })
      .join(" UNION ALL "),
  );
  return new Map(
    tables.map((table, place) => {
      const [all, behind] = [false, true].map((isBehind) =>
        rows.find((row) => row.place === place && (row.next !== null) === isBehind),
      );
      return [table, { rows: Number(all?.n ?? 0), fresh: Number(behind?.n ?? 0), next: Number(behind?.next ?? 0) }];
    }),
  );
}

/** How far all tables are read once everything has been judged anew. */
export async function seenNow(refreshing: Refreshing, writes: Writes): Promise<ReadonlyMap<string, Seen>> {
  const tables = tablesRead(refreshing.rules);
  const rows = await countRows(refreshing, tables.filter(isAppended), null);
  return new Map(
    tables.map((table) => {
      const { rows: rowCount, next: nextRow } = rows.get(table) ?? { rows: 0, next: 0 };
      return [keyOf(table), { ...countsOf(table, writes), rowCount, nextRow }];
    }),
  );
}

/** Columns of the contact, in a fixed order. */
export function printMark({ catalog }: Plan, alias: string): string {
  const columns = catalog.contact.fields.map(({ name }) => `${alias}.${contactColumn(catalog, name)}`);
  return `hash(${columns.join(", ")})`;
}

function printChanged(plan: Plan): string {
  return `SELECT c.contact_id FROM "contact" AS c LEFT JOIN "segment_member" AS m ON m.contact_id = c.contact_id
    WHERE m.mark IS DISTINCT FROM ${printMark(plan, "c")}`;
}

/** SELECT of the contacts that rows `t` of a table belong to. */
function printOwners({ catalog }: Plan, table: string, where: string): string {
  const from = `FROM ${quote(table)} AS t WHERE ${where}`;
  if (table === "company") {
    return `SELECT c.contact_id FROM "contact" AS c ${duckdb.semiJoin} (SELECT t.company_id ${from}) AS o
      ON o.company_id = c.${contactColumn(catalog, "company")}`;
  }
  if (!addressed.has(table)) return `SELECT t.contact_id ${from}`;
  return `SELECT c.contact_id FROM "contact" AS c ${duckdb.semiJoin} (SELECT t.address ${from}) AS o
    ON o.address = ${duckdb.fold(`c.${contactColumn(catalog, catalog.contact.address)}`)}`;
}

interface Range {
  readonly low: Param;
  readonly high: Param;
}

/** Rows over which some edge has passed since the last refresh. */
function newsOfClock(refreshing: Refreshing, store: Store): readonly Source[] {
  const found = new Map<string, { readonly edge: Edge; readonly range: Range; readonly names: string[] }>();
  const ends = new Map<string, readonly number[]>();
  for (const { edge, names } of edgesOf(refreshing.rules)) {
    // Many edges stand at one moment, and a calendar takes its time.
    const moment = JSON.stringify(edge.moment);
    const instants =
      ends.get(moment) ?? [store.at, refreshing.now].map((at) => refreshing.calendar.resolveInstant(edge.moment, at));
    ends.set(moment, instants);
    const range = rangeOf(edge, instants, refreshing, store);
    if (!range) continue;
    const key = JSON.stringify([edge.table, edge.column, range]);
    const known = found.get(key) ?? { edge, range, names: [] };
    found.set(key, known);
    known.names.push(...names);
  }
  return [...found.values()].map(({ edge, range, names }) => ({
    names: [...new Set(names)],
    print: (builder) => {
      const [low, high] = [builder.param(range.low), builder.param(range.high)];
      return printOwners(refreshing.plan, edge.table, `t.${quote(edge.column)} BETWEEN ${low} AND ${high}`);
    },
  }));
}

/** Each edge once, with the names of the leaves and rules that have it. */
function edgesOf({ leaves, rules }: Rules) {
  const found = new Map<string, { readonly edge: Edge; readonly names: string[] }>();
  const named = [
    ...leaves.map(({ key, reads }) => ({ name: leafName(key), reads })),
    ...rules.map(({ key, reads }) => ({ name: key, reads })),
  ];
  for (const { name, reads } of named) {
    for (const edge of reads.edges) {
      const key = JSON.stringify(edge);
      const known = found.get(key) ?? { edge, names: [] };
      found.set(key, known);
      known.names.push(name);
    }
  }
  return found.values();
}

/** Values over which an edge has moved; null: it stands where it stood. Edges never overtake the clock, nor each other. */
function rangeOf(
  { type, moment, as }: Edge,
  instants: readonly number[],
  { calendar, now }: Refreshing,
  { at }: Store,
): Range | null {
  if (type === "TIMESTAMP" && as === "instant") {
    const [low, high] = [Math.min(...instants), Math.max(...instants)];
    return low === high ? null : { low: instant(low), high: instant(high) };
  }
  const days = [
    ...[at, now].map((when) => calendar.resolveDay(moment, when)),
    ...instants.map((when) => calendar.dayOf(when)),
  ].sort();
  const [low = "", high = ""] = [days[0], days.at(-1)];
  if (low === high) return null;
  if (type === "DATE") return { low: { kind: "day", value: low }, high: { kind: "day", value: high } };
  const behind = calendar.startOfDay(calendar.shiftDay(high, { amount: 1, unit: "d" }));
  return { low: instant(calendar.startOfDay(low)), high: instant(behind) };
}
