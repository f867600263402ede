// What the stored membership was last time: as of when, where each bit is, and how far each table was read.

import type { ZoneCalendar } from "../../../compiler/calendar.ts";
import type { Plan } from "../../../compiler/ir/plan.ts";
import { bind } from "../../../compiler/sql/bind.ts";
import type { Builder } from "../../../compiler/sql/builder.ts";
import type { Rules } from "../../../compiler/sql/rules.ts";
import type { Sql } from "../../../compiler/sql/sql.ts";
import type { Instant, Row, Session } from "../../ports.ts";
import { instant, integer, printed, text } from "../engine.ts";

/** Everything that one refresh works with. */
export interface Refreshing {
  readonly session: Session;
  readonly plan: Plan;
  /** The project's. */
  readonly calendar: ZoneCalendar;
  readonly rules: Rules;
  readonly now: Instant;
}

export interface Slot {
  readonly slot: number;
  readonly hash: string;
  /** When it was first judged. */
  readonly since: Instant;
}

/** How far a table was read. */
export interface Seen {
  readonly appended: number;
  readonly rewritten: number;
  readonly rowCount: number;
  readonly nextRow: number;
}

export interface Store {
  readonly at: Instant;
  readonly words: number;
  readonly columns: string;
  readonly writes: number;
  /** By the name of a leaf or a rule. */
  readonly slots: ReadonlyMap<string, Slot>;
  /** By the name of a table, in small letters. */
  readonly seen: ReadonlyMap<string, Seen>;
}

/** How often each table was written. */
export type Writes = ReadonlyMap<string, { readonly appended: number; readonly rewritten: number }>;

type Door = Pick<Refreshing, "session" | "calendar" | "now">;

const resolved = ({ calendar, now }: Door, statement: Sql): Sql => bind(statement, calendar, now);

export const runOn = (door: Door, print: (builder: Builder) => string): Promise<readonly Row[]> =>
  door.session.run(resolved(door, printed(print)));

export const changeOn = (door: Door, print: (builder: Builder) => string): Promise<number> =>
  door.session.change(resolved(door, printed(print)));

/** Makes a temporary table anew, and says how many rows it has. */
export async function fillOn(door: Door, table: string, print: (builder: Builder) => string): Promise<number> {
  const [row] = await runOn(door, (builder) => `CREATE OR REPLACE TEMP TABLE ${table} AS ${print(builder)}`);
  return Number(row?.Count ?? 0);
}

export interface Found {
  /** null: nothing is stored. */
  readonly store: Store | null;
  readonly writes: Writes;
}

export async function readStore(session: Session): Promise<Found> {
  const rows = await session.run({
    text: `SELECT w.name, w.appended, w.rewritten FROM table_write AS w
      UNION ALL BY NAME SELECT s.* FROM segment_store AS s`,
    params: {},
  });
  const writes = new Map(
    rows.flatMap(({ name, appended, rewritten }) =>
      name === null ? [] : [[String(name), { appended: Number(appended), rewritten: Number(rewritten) }] as const],
    ),
  );
  const row = rows.find(({ name }) => name === null);
  if (!row) return { store: null, writes };
  const store = {
    at: Number(row.refreshed_at),
    words: Number(row.words),
    columns: String(row.columns),
    writes: Number(row.writes),
    slots: new Map(JSON.parse(String(row.slots)) as readonly (readonly [string, Slot])[]),
    seen: new Map(JSON.parse(String(row.seen)) as readonly (readonly [string, Seen])[]),
  };
  return { store, writes };
}

export const sumOf = (writes: Writes): number =>
  [...writes.values()].reduce((sum, { appended, rewritten }) => sum + appended + rewritten, 0);

/** Of a store that differs in nothing else, the instant alone is written. */
export async function writeStore(door: Door, store: Store, before: Store | null): Promise<void> {
  if (before && store.slots === before.slots && store.seen === before.seen && store.columns === before.columns) {
    await changeOn(
      door,
      (builder) => `UPDATE segment_store SET refreshed_at = ${builder.param(instant(store.at))},
        writes = ${builder.param(integer(store.writes))}`,
    );
    return;
  }
  await changeOn(door, (builder) => {
    const json = (map: ReadonlyMap<string, unknown>) => builder.param(text(JSON.stringify([...map])));
    const values = [
      builder.param(integer(1)),
      builder.param(instant(store.at)),
      builder.param(integer(store.words)),
      builder.param(text(store.columns)),
      builder.param(integer(store.writes)),
      json(store.slots),
      json(store.seen),
    ];
    return `INSERT INTO segment_store VALUES (${values.join(", ")})
      ON CONFLICT (only_row) DO UPDATE SET refreshed_at = excluded.refreshed_at, words = excluded.words,
        columns = excluded.columns, writes = excluded.writes, slots = excluded.slots, seen = excluded.seen`;
  });
}
