// Where mail must wait by the clock: the places of those who are to be mailed, and until when each is closed.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { quote } from "../../compiler/sql/tables.ts";
import type { Instant, Row } from "../ports.ts";
import { type Engine, run, texts, type Turn } from "./engine.ts";
import { closedAt } from "./openings.ts";
import { isFor, restraintsOf } from "./restraints.ts";
import { zoneOf } from "./zones.ts";

/** All people of a place are of the same zone and country, and the same policies hold for them. */
export interface Closure {
  readonly place: string;
  /** null: it opens in no time that can be foreseen. */
  readonly until: Instant | null;
  /** The rule, in words. */
  readonly by: string;
}

const hoursOf = (plan: Plan) => [...restraintsOf(plan, "quiet hours"), ...restraintsOf(plan, "send only between")];
const daysOf = (plan: Plan) => [...restraintsOf(plan, "send only on"), ...restraintsOf(plan, "no sending on holidays")];

/** Columns of people that say where they are, as far as some rule asks for it. */
export function placeColumns(plan: Plan): readonly string[] {
  const isLocal = [...hoursOf(plan), ...daysOf(plan)].some(({ rule }) => rule.isLocal);
  const asksCountry = daysOf(plan).some(({ rule }) =>
    rule.kind === "send only on"
      ? rule.isLocal && rule.days === "weekdays"
      : rule.holidays.some(({ country }) => country !== null),
  );
  return [...(isLocal ? ["place_zone"] : []), ...(asksCountry ? ["place_country"] : [])];
}

/** About whom something is asked. */
export interface Asked {
  /** A FROM item with the column contact_id. */
  readonly people: string;
  /** `allContacts`, or a table that holds all of these people as they are there. */
  readonly contacts: string;
}

export const allContacts = quote("contact");

/** SELECT contact_id and the columns of places, of the contacts in a relation; null: none is asked for. */
export function printPlaced(engine: Engine, { people, contacts }: Asked, builder: Builder): string | null {
  const columns = placeColumns(engine.plan);
  if (columns.length === 0) return null;
  const place = zoneOf({ engine, zones: null }, "w", builder);
  const values = columns.map((name) => (name === "place_zone" ? place.zone : "w.own_country"));
  return `SELECT w.contact_id, ${columns.map((name, index) => `${values[index]} AS ${name}`).join(", ")}
    FROM (SELECT p.contact_id, ${place.columns.join(", ")} FROM ${people} AS p JOIN ${contacts} AS c ON c.contact_id = p.contact_id) AS w
    ${place.join}`;
}

/** SQL of the place of a row with the columns of places and of audiences. */
export function placeKey(plan: Plan, row: string): string {
  const asked = [...hoursOf(plan), ...daysOf(plan)].filter(({ audience }) => audience !== null);
  const parts = [
    ...placeColumns(plan).map((name) => `coalesce(${row}.${name}, '')`),
    ...new Set(asked.map((restraint) => `CAST(${isFor(restraint, row)} AS VARCHAR)`)),
  ];
  return parts.length === 0 ? "''" : `concat_ws(chr(31), ${parts.join(", ")})`;
}

/** Which of the places in a FROM item are closed now. Few of them stand behind many people. */
export async function findClosures(turn: Turn, from: string): Promise<readonly Closure[]> {
  const { plan, calendar, calendarOf } = turn.engine;
  const [hours, days] = [hoursOf(plan), daysOf(plan)];
  if (hours.length + days.length === 0) return [];
  const columns = placeColumns(plan);
  const audiences = [...new Set([...hours, ...days].flatMap(({ audience }) => audience ?? []))];
  // Where all are at one place, nobody has to be looked at.
  const isOne = columns.length + audiences.length === 0;
  const rows: readonly Row[] = isOne
    ? [{ place: "" }]
    : await run(
        turn,
        () => `SELECT DISTINCT ${[`${placeKey(plan, "d")} AS place`, ...[...columns, ...audiences].map((name) => `d.${name}`)].join(", ")}
      FROM ${from}`,
      );
  return rows.flatMap((row): readonly Closure[] => {
    const isHeld = ({ audience }: { readonly audience: string | null }) => audience === null || row[audience] === true;
    const zone = row.place_zone == null ? null : String(row.place_zone);
    const closed = closedAt(
      hours.filter(isHeld).map(({ rule }) => rule),
      days.filter(isHeld).map(({ rule }) => rule),
      {
        local: zone === null ? calendar : calendarOf(zone),
        project: calendar,
        country: row.place_country == null ? null : String(row.place_country),
      },
      turn.now,
    );
    return closed === null ? [] : [{ place: String(row.place), until: closed.until, by: closed.by.title }];
  });
}

/** SELECT of closures: place, until and closed_by. */
export function printClosures(closures: readonly Closure[], builder: Builder): string {
  if (closures.length === 0) {
    return "SELECT '' AS place, CAST(NULL AS TIMESTAMP) AS until, '' AS closed_by WHERE false";
  }
  const column = (of: (closure: Closure) => string) => `unnest(${builder.param(texts(closures.map(of)))})`;
  return `SELECT ${column(({ place }) => place)} AS place,
    make_timestamp(TRY_CAST(${column(({ until }) => String(until ?? ""))} AS BIGINT) * 1000) AS until,
    ${column(({ by }) => by)} AS closed_by`;
}
