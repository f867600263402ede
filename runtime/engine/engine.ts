// An applied plan together with the database that it runs on, and how its statements are run at an instant.

import { calendarOf, type ZoneCalendar } from "../../compiler/calendar.ts";
import type { Funnel } from "../../compiler/ir/people.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { type Builder, builder } from "../../compiler/sql/builder.ts";
import { type Rules, rulesOf } from "../../compiler/sql/rules.ts";
import type { Param, Sql } from "../../compiler/sql/sql.ts";
import type { Database, Instant, Row, Session } from "../ports.ts";
import { type ClockReading, clockReadingOf } from "./clock-reading.ts";
import { type Draws, drawsBySeed } from "./draws.ts";
import { insideOf, type InsidePlan, type Pinned, readPinned, withEditions } from "./editions.ts";
import { fieldsRead, remembered } from "./reads.ts";
import { calendarsOf, zonesOfCountries } from "./schedule.ts";
import { newestPlan } from "./stored-plan.ts";

export interface Engine {
  readonly database: Database;
  /** What is live, for all who enter; beside it stands what the editions need that some people finish. */
  readonly plan: Plan;
  /** The same for the people inside: its programs are all editions that somebody may be in. */
  readonly inside: InsidePlan;
  /** Number of the applied plan, from 1. */
  readonly version: number;
  /** The project's. */
  readonly calendar: ZoneCalendar;
  readonly calendarOf: (zone: string) => ZoneCalendar;
  /** The zone of each country that has exactly one. */
  readonly countries: ReadonlyMap<string, string>;
  /** Contact fields of which a change may change what else happens in the same instant. */
  readonly fieldsRead: ReadonlySet<string>;
  /** Funnels of which it is written down who was where. */
  readonly remembered: readonly Funnel[];
  /** What is stored of every contact; null: nobody starts because a condition turned true, so that no tick asks for it. */
  readonly rules: Rules | null;
  /** How the plan depends on the clock. */
  readonly clock: ClockReading;
  readonly draws: Draws;
  /** Zones whose offsets this process knows to be written, and up to when; a memory that saves a query in every tick. */
  readonly covered: Map<string, Instant>;
}

/** What an engine has looked up and another one of the same database need not, and the versions that people finish. */
interface Known {
  readonly covered?: Map<string, Instant>;
  readonly pinned?: readonly Pinned[];
}

/** An engine for the plan that was applied as `version`. */
export function createEngine(database: Database, applied: Plan, version: number, known: Known | null = null): Engine {
  const pinned = known?.pinned ?? [];
  const plan = withEditions(applied, pinned);
  const inside = insideOf(plan, pinned);
  const calendar = calendarOf(plan.project.zone, plan.project.firstWeekday);
  return {
    database,
    plan,
    inside,
    version,
    calendar,
    calendarOf: calendarsOf(calendar, plan.project.firstWeekday),
    // They take a while to look up.
    countries: plan.catalog.contact.country === null ? new Map() : zonesOfCountries(),
    fieldsRead: fieldsRead(inside),
    remembered: remembered(inside),
    rules: plan.programs.some(({ triggers }) => triggers.some(({ kind }) => kind === "edge")) ? rulesOf(plan) : null,
    clock: clockReadingOf(inside),
    draws: drawsBySeed(plan.project),
    covered: known?.covered ?? new Map(),
  };
}

/** An engine for the newest plan that was applied; null where none was. */
export async function openEngine(database: Database): Promise<Engine | null> {
  const newest = await newestPlan(database);
  if (!newest) return null;
  const pinned = await readPinned(database, newest.plan);
  return createEngine(database, newest.plan, newest.version, { pinned });
}

/** Statements of one instant in one transaction. */
export interface Turn {
  readonly engine: Engine;
  readonly session: Session;
  readonly now: Instant;
}

/** Builds a statement and runs it; moments in it are resolved at the turn's instant. */
export function run(turn: Turn, print: (builder: Builder) => string): Promise<readonly Row[]> {
  return turn.session.run(resolved(turn, print));
}

/** Fills a temporary table of the connection anew with a SELECT, and says how many rows it has. */
export async function fill(turn: Turn, table: string, print: (builder: Builder) => string): Promise<number> {
  const [row] = await run(turn, (builder) => `CREATE OR REPLACE TEMP TABLE ${table} AS ${print(builder)}`);
  return Number(row?.Count ?? 0);
}

/** As `run`, and says how many rows changed. */
export function change(turn: Turn, print: (builder: Builder) => string): Promise<number> {
  return turn.session.change(resolved(turn, print));
}

function resolved(turn: Turn, print: (builder: Builder) => string): Sql {
  return bind(printed(print), turn.engine.calendar, turn.now);
}

/** A statement, or a piece of one, with its parameters. */
export function printed(print: (builder: Builder) => string): Sql {
  const parts = builder();
  return parts.finish(print(parts));
}

/** An instant as messages show it. */
export const iso = (at: Instant): string => new Date(at).toISOString();

export const text = (value: string | null): Param => ({ kind: "text", value });
export const texts = (value: readonly string[]): Param => ({ kind: "texts", value });
export const integer = (value: number): Param => ({ kind: "integer", value });
export const instant = (value: Instant | null): Param => ({ kind: "instant", value });

/** One SQL expression that has a value per entry; NULL for all else. */
export function cases(subject: string, entries: readonly (readonly [when: string, value: string])[]): string {
  const telling = entries.filter(([, value]) => value !== "NULL");
  if (telling.length === 0) return "NULL";
  return `CASE ${subject} ${telling.map(([when, value]) => `WHEN ${when} THEN ${value}`).join(" ")} END`;
}
