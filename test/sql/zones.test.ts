// The calendars that rows are counted by, in SQL over tables of offsets, against luxon: local days, weeks and months, and
// lengths of calendar time, around every change of clocks.

import fc from "fast-check";
import { DateTime } from "luxon";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Length } from "../../compiler/ir/condition.ts";
import { duckdb } from "../../compiler/sql/dialect.ts";
import { builder } from "../../compiler/sql/builder.ts";
import { printDayOf } from "../../compiler/sql/local-day.ts";
import { instantOf, interval, wallClockAt } from "../../compiler/sql/shift.ts";
import { spansOf } from "../../runtime/engine/schedule.ts";
import { diceOf } from "./dice.ts";
import { type Duck, duck } from "./duck.ts";

const zones = [
  ...[
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "Africa/Casablanca",
    "Asia/Kathmandu",
  ],
  // Half an hour of summer; a day that never was; as far ahead as it gets; two hours of summer.
  ...[
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Antarctica/Troll",
    "America/Vancouver",
    "Etc/GMT+5",
    "UTC",
  ],
];
const from = Date.parse("1970-01-01T00:00:00Z");
const until = Date.parse("2060-01-01T00:00:00Z");
const spans = zones.flatMap((zone) => spansOf(zone, from, until));
const dayMs = 86_400_000;

let database: Duck;
beforeAll(async () => {
  database = await duck();
  await database.exec(
    `CREATE TABLE tz_spans (zone VARCHAR, from_utc TIMESTAMP, until_utc TIMESTAMP, offset_s INTEGER, until_local TIMESTAMP)`,
  );
  const stamp = (at: number) => `epoch_ms(${at}::BIGINT)`;
  const rows = spans.map(
    (span) => `('${span.zone}', ${stamp(span.from)}, ${stamp(span.until)}, ${span.offsetS}, ${stamp(span.untilLocal)})`,
  );
  await database.exec(`INSERT INTO tz_spans VALUES ${rows.join(", ")}`);
});
afterAll(() => database.close());

interface Place {
  readonly zone: string;
  readonly at: number;
}

/** Every other one lies near a change of the zone's clock. */
function drawPlaces(seed: number): readonly Place[] {
  const dice = diceOf(seed);
  const [first, last] = [Date.parse("1995-01-01T00:00:00Z"), Date.parse("2038-01-01T00:00:00Z")];
  const near = spans.filter((span) => span.from > first && span.from < last);
  return dice.times(300, () => {
    if (dice.chance(40)) {
      return { zone: dice.pick(zones), at: first + dice.below(Math.floor((last - first) / 60_000)) * 60_000 };
    }
    const span = dice.pick(near);
    return { zone: span.zone, at: span.from + (dice.below(4 * 24 * 60) - 2 * 24 * 60) * 60_000 };
  });
}

async function fill(places: readonly Place[]): Promise<void> {
  await database.exec("CREATE OR REPLACE TABLE place (id INTEGER, zone VARCHAR, at_utc TIMESTAMP)");
  const rows = places.map(({ zone, at }, id) => `(${id}, '${zone}', epoch_ms(${at}::BIGINT))`);
  await database.exec(`INSERT INTO place VALUES ${rows.join(", ")}`);
}

const read = (text: string) => database.rows({ text, params: {} });
const localOf = ({ zone, at }: Place) => DateTime.fromMillis(at, { zone });

test("local wall clocks, days, weeks and months are those of luxon", { timeout: 120_000 }, async () => {
  const judge = async (seed: number) => {
    const places = drawPlaces(seed);
    await fill(places);
    const clock = wallClockAt("p.zone", "p.at_utc", "s");
    const parts = builder();
    const days = `CASE p.zone ${zones.map((zone) => `WHEN '${zone}' THEN ${printDayOf("p.at_utc", zone, { builder: parts, dialect: duckdb })}`).join(" ")} END`;
    const cut = (unit: string) => `strftime(date_trunc('${unit}', CAST(${clock.value} AS TIMESTAMP)), '%Y-%m-%d')`;
    const printed = parts.finish(
      `SELECT p.id, strftime(${clock.value}, '%Y-%m-%dT%H:%M:%S') AS clock, ${cut("day")} AS "day", ${cut("week")} AS "week",
        ${cut("month")} AS "month", CAST(${days} AS VARCHAR) AS day_of
      FROM place AS p ${clock.join} ORDER BY p.id`,
    );
    const rows = await database.rows(printed);
    const meant = places.map((place, id) => {
      const local = localOf(place);
      const day = local.toISODate();
      return {
        ...{ id, clock: local.toFormat("yyyy-MM-dd'T'HH:mm:ss"), day, day_of: day },
        ...{ week: local.startOf("week").toISODate(), month: local.startOf("month").toISODate() },
      };
    });
    expect(rows.map((row, id) => ({ ...row, zone: places[id]?.zone }))).toEqual(
      meant.map((row, id) => ({ ...row, zone: places[id]?.zone })),
    );
  };
  await fc.assert(fc.asyncProperty(fc.integer(), judge), { numRuns: 15, endOnFailure: true });
});

const lengths: readonly Length[] = (["d", "w", "mo", "y"] as const).flatMap((unit) =>
  [1, -1, 3, -7, 12].map((amount) => ({ amount, unit })),
);
const units = { d: "days", w: "weeks", mo: "months", y: "years" } as const;

/** The first instant at which a zone's clock shows so; where it is skipped, as long behind the change as it says. */
function instantIn(zone: string, clock: DateTime): number {
  const wall = clock.toMillis();
  const offsetAt = (at: number) => DateTime.fromMillis(at, { zone }).offset * 60_000;
  const before = offsetAt(wall - 2 * dayMs);
  const offsets = [before, offsetAt(wall + 2 * dayMs), offsetAt(wall), offsetAt(wall - dayMs), offsetAt(wall + dayMs)];
  const shown = offsets.map((offset) => wall - offset).filter((at) => at + offsetAt(at) === wall);
  if (shown.length > 0) return Math.min(...shown);
  // The offset that held up to the change.
  return wall - offsetAt(Math.min(...offsets.map((offset) => wall - offset)) - 1);
}

test("a length of calendar time keeps the wall clock, as luxon tells its offsets", { timeout: 300_000 }, async () => {
  const judge = async (seed: number, length: Length) => {
    const places = drawPlaces(seed);
    await fill(places);
    const clock = wallClockAt("p.zone", "p.at_utc", "b");
    const moved = `SELECT p.*, ${clock.value} + ${interval(length)} AS moved FROM place AS p ${clock.join}`;
    const end = instantOf("q.zone", "q.moved", "g");
    const rows = await read(`SELECT epoch_ms(${end.value}) AS "at" FROM (${moved}) AS q ${end.join} ORDER BY q.id`);
    const unit = units[length.unit as keyof typeof units];
    const meant = places.map((place) => {
      const wall = DateTime.fromISO(localOf(place).toFormat("yyyy-MM-dd'T'HH:mm:ss"), { zone: "utc" });
      return instantIn(place.zone, wall.plus({ [unit]: length.amount }));
    });
    const shown = (at: number, id: number) => `${JSON.stringify(places[id])} ${new Date(at).toISOString()}`;
    expect(rows.map((row, id) => shown(Number(row.at), id))).toEqual(meant.map(shown));
  };
  const property = fc.asyncProperty(fc.integer(), fc.constantFrom(...lengths), judge);
  await fc.assert(property, { numRuns: 40, endOnFailure: true });
});
