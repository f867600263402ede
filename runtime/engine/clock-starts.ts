// Starts by the clock: everybody, or all of the program's segment, at moments that the calendar names.

import type { ZoneCalendar } from "../../compiler/calendar.ts";
import type { ClockTime, Program, Recurrence, Trigger } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { printConditions } from "../../compiler/sql/print.ts";
import type { Instant } from "../ports.ts";
import { type Engine, integer, iso, text, texts, type Turn } from "./engine.ts";
import type { Notes } from "./notes.ts";
import { zoneOf } from "./zones.ts";

export type ClockTrigger = Extract<Trigger, { kind: "every" | "at" }>;

export const isClockTrigger = (trigger: Trigger): trigger is ClockTrigger =>
  trigger.kind === "every" || trigger.kind === "at";

/** Whether the moments differ from zone to zone. */
export const isLocalTrigger = (trigger: ClockTrigger): boolean =>
  trigger.kind === "at" ? trigger.at.kind === "local" : trigger.recurrence.time.isLocal;

const dayMs = 86_400_000;
/** A moment that was missed by more is written down, and not made up for. */
export const latestStartMs = dayMs;
/** Calendars end with the year 9999. */
const lastDay = "9999-12-30";

/** Behind `after`, up to `until`, the oldest first. */
interface Stretch {
  readonly after: Instant;
  readonly until: Instant;
}

/** The moments of a trigger for people in a zone. */
export function momentsOf(
  trigger: ClockTrigger,
  calendar: ZoneCalendar,
  { after, until }: Stretch,
): readonly Instant[] {
  const moments: Instant[] = [];
  for (const at of momentsFrom(trigger, calendar, after)) {
    if (at > until) break;
    moments.push(at);
  }
  return moments;
}

/** All moments behind `after`, the oldest first. */
function* momentsFrom(trigger: ClockTrigger, calendar: ZoneCalendar, after: Instant): Generator<Instant> {
  if (trigger.kind === "at") {
    const at = trigger.at.kind === "utc" ? Date.parse(trigger.at.value) : calendar.instantOf(trigger.at.value);
    if (at > after) yield at;
    return;
  }
  const clock = clockText(trigger.recurrence.time);
  let last = after;
  for (let day = calendar.dayOf(after); day < lastDay; day = calendar.shiftDay(day, { amount: 1, unit: "d" })) {
    if (!isDayOf(trigger.recurrence, calendar, day)) continue;
    const at = calendar.instantOf(`${day}T${clock}`);
    // A day that a zone leaves out has the next one's moment.
    if (at > last) yield at;
    last = Math.max(last, at);
  }
}

/** The first moment behind `after`; null where there is none any more. */
export function nextMomentOf(trigger: ClockTrigger, calendar: ZoneCalendar, after: Instant): Instant | null {
  const { value } = momentsFrom(trigger, calendar, after).next();
  return value ?? null;
}

const clockText = ({ hour, minute }: ClockTime): string =>
  `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;

function isDayOf(recurrence: Recurrence, calendar: ZoneCalendar, day: string): boolean {
  switch (recurrence.every) {
    case "day":
      return true;
    case "week":
      return calendar.weekdayOf(day) === recurrence.weekday;
    case "month":
      return day.endsWith("-01");
    case "quarter":
      return /-(01|04|07|10)-01$/.test(day);
  }
}

/** When a trigger was looked at last, and first applied. */
interface Seen {
  readonly firstAppliedAt: Instant;
  readonly seenAt: Instant | null;
}

interface ZoneMoment {
  readonly zone: string;
  readonly at: Instant;
}

/** The moments that have come since the last look, in each zone in use. */
function momentsSince(
  { engine, now }: Turn,
  trigger: ClockTrigger,
  seen: Seen,
  zones: readonly string[],
): readonly ZoneMoment[] {
  const stretch = { after: Math.max(seen.firstAppliedAt - 1, seen.seenAt ?? Number.NEGATIVE_INFINITY), until: now };
  const asked = isLocalTrigger(trigger) ? zones : [engine.plan.project.zone];
  return asked.flatMap((zone) => momentsOf(trigger, engine.calendarOf(zone), stretch).map((at) => ({ zone, at })));
}

/** SELECT of those whom a trigger starts, see `printCandidates`; null: nobody, because no moment of it has come. */
export function printClockStarts(
  turn: Turn,
  { program, trigger }: { readonly program: Program; readonly trigger: ClockTrigger },
  { seen, zones }: { readonly seen: Seen; readonly zones: readonly string[] },
  builder: Builder,
): string | null {
  const { engine, now } = turn;
  const due = momentsSince(turn, trigger, seen, zones).filter(({ at }) => now - at <= latestStartMs);
  if (due.length === 0) return null;
  const place = zoneOf({ engine, zones }, "w", builder);
  const ats = builder.param(texts(due.map(({ at }) => String(at))));
  const moments = `SELECT unnest(${builder.param(texts(due.map(({ zone }) => zone)))}) AS "zone",
    make_timestamp(CAST(unnest(${ats}) AS BIGINT) * 1000) AS "at"`;
  const isLocal = isLocalTrigger(trigger);
  const found = `SELECT w.contact_id, m."at"
    FROM (SELECT c.contact_id${isLocal ? `, ${place.columns.join(", ")}` : ""} FROM contact AS c) AS w ${isLocal ? place.join : ""}
    JOIN (${moments}) AS m ON ${isLocal ? `m."zone" = ${place.zone}` : "true"}`;
  const columns = `CAST(NULL AS VARCHAR) AS start_event, CAST(NULL AS VARCHAR) AS start_event_id, '' AS enter_key, false AS is_continued`;
  const name = builder.param(text(program.name));
  if (program.segment === null)
    return `SELECT ${name} AS program, f.contact_id, f."at", ${columns} FROM (${found}) AS f`;
  const people = { kind: "contact", from: { text: "(SELECT contact_id FROM contact)", params: {} } } as const;
  const member = { name: "is_member", when: { kind: "in segment", segment: program.segment } } as const;
  const judged = builder.include(printConditions(engine.plan, people, [member]));
  return `SELECT ${name} AS program, f.contact_id, f."at", ${columns}
    FROM (${found}) AS f JOIN (${judged}) AS j ON j.contact_id = f.contact_id AND j.is_member`;
}

/** Of which programs, and where in the journal, starts that were missed are written down. */
interface Missing {
  readonly programs: readonly Program[];
  readonly zones: readonly string[];
  readonly round: number;
}

interface Missed {
  readonly program: string;
  readonly at: Instant;
}

/** For the journal: moments that are too long ago to be made up for, once each. null: there are none. */
export function missedNotes(
  turn: Turn,
  seenOf: (program: Program, trigger: Trigger) => Seen,
  { programs, zones, round }: Missing,
): Notes | null {
  const missed = programs.flatMap((program) =>
    program.triggers.filter(isClockTrigger).flatMap((trigger): readonly Missed[] => {
      const moments = momentsSince(turn, trigger, seenOf(program, trigger), zones);
      const late = new Set(moments.flatMap(({ at }) => (turn.now - at > latestStartMs ? [at] : [])));
      return [...late].sort((left, right) => left - right).map((at) => ({ program: program.name, at }));
    }),
  );
  if (missed.length === 0) return null;
  return (_, builder) => {
    const list = (values: readonly string[]) => `unnest(${builder.param(texts(values))})`;
    return `SELECT ${builder.now()} AS tick, ${builder.param(integer(round))} AS round, m.program,
        ${builder.param(integer(turn.engine.version))} AS version, '' AS enrollment_id, '' AS contact_id, 0 AS seq,
        'missed' AS outcome, m.reason, CAST(NULL AS VARCHAR) AS "next", CAST(NULL AS TIMESTAMP) AS due
      FROM (SELECT ${list(missed.map(({ program }) => program))} AS program,
        ${list(missed.map(({ at }) => `the start of ${iso(at)} was missed by more than 24 hours`))} AS reason) AS m`;
  };
}

/** The next moment at which a program starts people by the clock; null: there is none. */
export function nextClockStart({ plan, calendarOf }: Engine, now: Instant, zones: readonly string[]): Instant | null {
  const found = plan.programs.flatMap(({ triggers }) =>
    triggers.filter(isClockTrigger).flatMap((trigger) => {
      const asked = isLocalTrigger(trigger) ? zones : [plan.project.zone];
      return asked.flatMap((zone) => nextMomentOf(trigger, calendarOf(zone), now) ?? []);
    }),
  );
  return found.length === 0 ? null : Math.min(...found);
}

/** Whether some program starts people by the clock of their own zone. */
export const startsLocally = (programs: readonly Program[]): boolean =>
  programs.some(({ triggers }) =>
    triggers.some((trigger) => {
      if (trigger.kind === "date") return trigger.time?.isLocal === true;
      return isClockTrigger(trigger) && isLocalTrigger(trigger);
    }),
  );
