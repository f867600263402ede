// The moments that dates of contacts name: the date itself or its day of every year, moved and set to a clock.

import type { Length, Term } from "../../compiler/ir/condition.ts";
import type { DateMoment } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { instantOf, interval, isExact, wallClockAt } from "../../compiler/sql/shift.ts";
import { text } from "./engine.ts";
import { type Places, zoneOf } from "./zones.ts";

export interface DatedRows {
  /**
   * SELECT with contact_id and field_value: the date or instant, NULL where it is unknown. An anniversary also reads
   * `from_at`, from about which on its moments are asked for.
   */
  readonly rows: string;
  /** How many years behind that of `from_at` an anniversary's moments are asked for. */
  readonly years: number;
}

/** How a term's values are kept. */
export const isInstantField = (term: Term): boolean => "type" in term && term.type.scalar.kind === "datetime";

/** SELECT of the rows with `at`, the moment; NULL where the date is unknown. Of an anniversary, one row for each year. */
export function printMoments(places: Places, date: DateMoment, { rows, years }: DatedRows, builder: Builder): string {
  const { field, isAnniversary, offset, time } = date;
  const moved = offset ? ` + ${interval(offset)}` : "";
  const isExactly = offset === null || isExact(offset);
  if (isInstantField(field) && time === null && !isAnniversary && isExactly) {
    return `SELECT d.*, d.field_value${moved} AS "at" FROM (${rows}) AS d`;
  }
  const [days, exact] = isExactly ? ["", moved] : [moved, ""];
  const clock = time ? ` + INTERVAL (${time.hour * 60 + time.minute}) MINUTE` : "";
  const yearly = isAnniversary ? printYears(printWalls(places, date, rows, builder), offset, years) : null;
  const walls = yearly ?? printWalls(places, date, rows, builder);
  const end = instantOf('p."zone"', "p.clock", "g");
  // Few days and few zones stand behind many people: each pair is turned into an instant once.
  return `WITH r AS MATERIALIZED (SELECT w.* EXCLUDE (wall), w.wall${days}${clock} AS clock FROM (${walls}) AS w),
    q AS (SELECT p.clock, p."zone", ${end.value}${exact} AS "at"
      FROM (SELECT DISTINCT r.clock, r."zone" FROM r WHERE r.clock IS NOT NULL) AS p ${end.join})
    SELECT r.* EXCLUDE (clock, "zone"), q."at" FROM r LEFT JOIN q ON q.clock = r.clock AND q."zone" = r."zone"`;
}

/** SELECT of the rows with `zone` and `wall`: the date as a wall clock, at midnight where another clock is named. */
function printWalls(places: Places, { field, time }: DateMoment, rows: string, builder: Builder): string {
  const project = builder.param(text(places.engine.plan.project.zone));
  let [walls, wall] = [`SELECT d.* FROM (${rows}) AS d`, "CAST(v.field_value AS TIMESTAMP)"];
  if (isInstantField(field)) {
    const own = wallClockAt('d."own zone"', "d.field_value", "b");
    walls = `SELECT d.* EXCLUDE ("own zone"), ${own.value} AS own_wall
      FROM (SELECT i.*, ${project} AS "own zone" FROM (${rows}) AS i) AS d ${own.join}`;
    wall = time ? "date_trunc('day', v.own_wall)" : "v.own_wall";
  }
  const without = isInstantField(field) ? " EXCLUDE (own_wall)" : "";
  if (!time?.isLocal) return `SELECT v.*${without}, ${wall} AS wall, ${project} AS "zone" FROM (${walls}) AS v`;
  const place = zoneOf(places, "v", builder);
  return `SELECT v.* EXCLUDE (own_zone, own_country${without === "" ? "" : ", own_wall"}), ${wall} AS wall, ${place.zone} AS "zone"
    FROM (SELECT e.*, ${place.columns.join(", ")} FROM (${walls}) AS e LEFT JOIN contact AS c ON c.contact_id = e.contact_id) AS v
    ${place.join}`;
}

/** SELECT of the rows with `wall` in each year, none before its own; in years without a 29 February that is the 28th. */
function printYears(walls: string, offset: Length | null, years: number): string {
  const from = offset ? `y.from_at - ${interval(offset)}` : "y.from_at";
  // Neither a zone nor the length of a month moves anything by a year.
  const first = `greatest(year(y.wall), year(${from}) - 1)`;
  return `SELECT y.* REPLACE (y.wall + to_years(CAST(${first} + k.n - year(y.wall) AS INTEGER)) AS wall)
    FROM (${walls}) AS y CROSS JOIN (SELECT unnest(range(${Math.trunc(years) + 4})) AS n) AS k`;
}
