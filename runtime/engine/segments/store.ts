// What the stored membership was last time: as of when, where each bit is, and how far each table was read.

import type { ZoneCalendar } from "../../../compiler/calendar.ts";
import type { Plan } from "../../../compiler/ir/plan.ts";
import { bind } from "../../../compiler/sql/bind.ts";
import type { Builder } from "../../../compiler/sql/builder.ts";
import type { Rules } from "../../../compiler/sql/rules.ts";
import type { Sql } from "../../../compiler/sql/sql.ts";
import type { Instant, Row, Session } from "../../ports.ts";
import { instant, integer, printed, text, texts } from "../engine.ts";

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

/** As of when the stored membership holds; null: there is none. */
export async function storedAt(session: Session): Promise<Instant | null> {
  const [row] = await session.run({ text: "SELECT refreshed_at FROM segment_store", params: {} });
  return row ? Number(row.refreshed_at) : null;
}

export async function readStore(session: Session): Promise<Store | null> {
  const read = (statement: string) => session.run({ text: statement, params: {} });
  const [row] = await read("SELECT * FROM segment_store");
  if (!row) return null;
  const slots = await read("SELECT * FROM segment_slot ORDER BY slot");
  const sources = await read("SELECT * FROM segment_source");
  return {
    at: Number(row.refreshed_at),
    words: Number(row.words),
    columns: String(row.columns),
    writes: Number(row.writes),
    slots: new Map(
      slots.map(({ name, slot, hash, since }) => [
        String(name),
        { slot: Number(slot), hash: String(hash), since: Number(since) },
      ]),
    ),
    seen: new Map(
      sources.map((source) => [
        String(source.name),
        {
          appended: Number(source.appended),
          rewritten: Number(source.rewritten),
          rowCount: Number(source.row_count),
          nextRow: Number(source.next_row),
        },
      ]),
    ),
  };
}

export async function readWrites(session: Session): Promise<Writes> {
  const rows = await session.run({ text: "SELECT name, appended, rewritten FROM table_write", params: {} });
  return new Map(
    rows.map((row) => [String(row.name), { appended: Number(row.appended), rewritten: Number(row.rewritten) }]),
  );
}

export const sumOf = (writes: Writes): number =>
  [...writes.values()].reduce((sum, { appended, rewritten }) => sum + appended + rewritten, 0);

export async function writeSlots(door: Door, slots: Store["slots"]): Promise<void> {
  await changeOn(door, () => "DELETE FROM segment_slot");
  const all = [...slots];
  if (all.length === 0) return;
  const list = (name: string, values: readonly string[], builder: Builder) =>
    `unnest(${builder.param(texts(values))}) AS ${name}`;
  await changeOn(
    door,
    (builder) => `INSERT INTO segment_slot
      SELECT n.name, CAST(n.slot AS INTEGER), n.hash, epoch_ms(CAST(n.since AS BIGINT)) FROM (SELECT ${[
        list(
          "name",
          all.map(([name]) => name),
          builder,
        ),
        list(
          "slot",
          all.map(([, { slot }]) => String(slot)),
          builder,
        ),
        list(
          "hash",
          all.map(([, { hash }]) => hash),
          builder,
        ),
        list(
          "since",
          all.map(([, { since }]) => String(since)),
          builder,
        ),
      ].join(", ")}) AS n`,
  );
}

export async function writeSeen(door: Door, name: string, seen: Seen): Promise<void> {
  await changeOn(door, (builder) => `DELETE FROM segment_source WHERE name = ${builder.param(text(name))}`);
  await changeOn(
    door,
    (builder) =>
      `INSERT INTO segment_source VALUES (${[
        text(name),
        integer(seen.appended),
        integer(seen.rewritten),
        integer(seen.rowCount),
        integer(seen.nextRow),
      ]
        .map((value) => builder.param(value))
        .join(", ")})`,
  );
}

export async function writeStore(door: Door, store: Pick<Store, "words" | "columns" | "writes">): Promise<void> {
  await changeOn(
    door,
    (builder) => `INSERT INTO segment_store VALUES (1, ${builder.param(instant(door.now))},
        ${builder.param(integer(store.words))}, ${builder.param(text(store.columns))}, ${builder.param(integer(store.writes))})
      ON CONFLICT (only_row) DO UPDATE SET refreshed_at = excluded.refreshed_at, words = excluded.words,
        columns = excluded.columns, writes = excluded.writes`,
  );
}
