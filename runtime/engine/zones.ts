// Zones of contacts, and wall clocks of rows turned into instants and back, by joins with `tz_spans`.

import type { Builder } from "../../compiler/sql/builder.ts";
import type { Catalog } from "../../compiler/ir/catalog.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program } from "../../compiler/ir/program.ts";
import { columnOf, quote } from "../../compiler/sql/tables.ts";
import { isZone } from "../../compiler/calendar.ts";
import type { Instant } from "../ports.ts";
import { change, type Engine, run, text, texts, type Turn } from "./engine.ts";
import { spansOf } from "./schedule.ts";

const yearMs = 365.25 * 86_400_000;

function column(catalog: Catalog, name: string): string {
  const field = catalog.contact.fields.find((candidate) => candidate.name === name);
  return quote(field ? columnOf(field, "contact") : name);
}

/** Column of the field that mail goes to. */
export const addressColumn = ({ catalog }: Plan): string => column(catalog, catalog.contact.address);

/**
 * The zone that `local` means: the contact's own, else the only one of its country, else the project's. `columns` are read
 * from the contact row `c`; `join` and `zone` from a relation `row` that has them.
 */
export function zoneOf({ engine, zones: inUse }: Places, row: string, builder: Builder): ContactZone {
  const { zone, country } = engine.plan.catalog.contact;
  const { catalog, project } = engine.plan;
  const known: string[] = [];
  let join = "";
  if (zone !== null) known.push(`${row}.own_zone`);
  if (country !== null) {
    // All countries of the world would make a long list to plan for, of which few are anybody's.
    const theirs = [...engine.countries].filter(([, only]) => inUse === null || inUse.includes(only));
    const codes = builder.param(texts(theirs.map(([code]) => code)));
    const zones = builder.param(texts(theirs.map(([, only]) => only)));
    join = `LEFT JOIN (SELECT unnest(${codes}) AS code, unnest(${zones}) AS "zone") AS k ON k.code = ${row}.own_country`;
    known.push('k."zone"');
  }
  return {
    columns: [
      `${zone === null ? "CAST(NULL AS VARCHAR)" : `c.${column(catalog, zone)}`} AS own_zone`,
      `${country === null ? "CAST(NULL AS VARCHAR)" : `upper(trim(c.${column(catalog, country)}))`} AS own_country`,
    ],
    join,
    zone: `coalesce(${[...known, builder.param(text(project.zone))].join(", ")})`,
  };
}

export interface Places {
  readonly engine: Engine;
  /** Zones of contacts, each that somebody has by field or by country; null: not known. */
  readonly zones: readonly string[] | null;
}

export interface ContactZone {
  readonly columns: readonly string[];
  readonly join: string;
  readonly zone: string;
}

/** Whether some wait ends by the clock of the contact's zone. */
export function hasLocalWaits(programs: readonly Program[]): boolean {
  return programs.some(({ steps }) =>
    steps.some((step) => {
      if (step.kind !== "wait until") return false;
      const { until } = step;
      return until.kind === "moment" ? until.at.kind === "local" : until.time?.isLocal === true;
    }),
  );
}

/** Every zone that some contact has, and the project's. Names that are no zone are left out: they mean the project's. */
export async function zonesInUse(turn: Turn): Promise<readonly string[]> {
  const { catalog, project } = turn.engine.plan;
  const { zone, country } = catalog.contact;
  if (zone === null && country === null) return [project.zone];
  const columns = [zone, country].map((name) => (name === null ? "NULL" : column(catalog, name)));
  // Few pairs stand behind many people; what they mean is looked up here.
  const rows = await run(turn, () => `SELECT DISTINCT ${columns[0]} AS "zone", ${columns[1]} AS country FROM contact`);
  const found = rows.map((row) => {
    if (row.zone !== null) return String(row.zone);
    return turn.engine.countries.get(String(row.country).trim().toUpperCase()) ?? project.zone;
  });
  return [...new Set([project.zone, ...found.filter(isZone).sort()])];
}

/** Offsets reach this far; a date further away is met again by a later tick, with later offsets. */
const behindYears = 3;
const aheadYears = 12;

/**
 * Writes the offsets of zones that `tz_spans` does not have, or has not far enough. The project's reach back to 1900: any
 * instant among the rows may be asked for its day.
 * @returns up to when each zone's offsets are known
 */
export async function ensureSpans(turn: Turn, zones: readonly string[]): Promise<ReadonlyMap<string, Instant>> {
  const rows = await run(turn, () => 'SELECT "zone", max(until_utc) AS until FROM tz_spans GROUP BY "zone"');
  const covered = new Map(rows.map((row) => [String(row.zone), Number(row.until)]));
  const missing = zones.filter((zone) => (covered.get(zone) ?? 0) < farEnough(turn.now));
  if (missing.length === 0) return covered;
  const until = turn.now + aheadYears * yearMs;
  const spans = missing.flatMap((zone) => spansOf(zone, spanStart(turn, zone), until));
  await change(turn, (builder) => `DELETE FROM tz_spans WHERE list_contains(${builder.param(texts(missing))}, "zone")`);
  const stamp = (builder: Builder, of: (span: (typeof spans)[number]) => Instant) =>
    `make_timestamp(CAST(unnest(${builder.param(texts(spans.map((span) => String(of(span)))))}) AS BIGINT) * 1000)`;
  await change(
    turn,
    (builder) => `INSERT INTO tz_spans ("zone", from_utc, until_utc, offset_s, until_local)
      SELECT unnest(${builder.param(texts(spans.map((span) => span.zone)))}), ${stamp(builder, (span) => span.from)},
        ${stamp(builder, (span) => span.until)},
        CAST(unnest(${builder.param(texts(spans.map((span) => String(span.offsetS))))}) AS INTEGER),
        ${stamp(builder, (span) => span.untilLocal)}`,
  );
  return new Map([...covered, ...missing.map((zone) => [zone, until] as const)]);
}

/** Offsets that reach that far need no more rows yet. */
export const farEnough = (now: Instant): Instant => now + (aheadYears / 2) * yearMs;

function spanStart(turn: Turn, zone: string): Instant {
  return zone === turn.engine.plan.project.zone ? Date.parse("1900-01-01T00:00:00Z") : turn.now - behindYears * yearMs;
}
