// What whoever watches sees beside the snapshot: per step, of the outbox, and what people did with their mail.

import { calendarOf } from "../../compiler/calendar.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Param } from "../../compiler/sql/sql.ts";
import type { Database, Instant, Row } from "../ports.ts";
import type { OutboxPulse, ProgramPulse, Response } from "../snapshot.ts";
import { areTooMany, complaintsIn } from "./complaints.ts";
import { instant } from "./engine.ts";
import { waysOf } from "./ways.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Days that are told of what people do with their mail, today included. */
const responseDays = 14;
const mostErrors = 50;

type Read = (text: string, params?: Readonly<Record<string, Param>>) => Promise<readonly Row[]>;

const reading =
  (database: Database): Read =>
  (text, params = {}) =>
    database.run({ text, params });

export interface Pulse {
  readonly programs: readonly ProgramPulse[];
  readonly outbox: OutboxPulse;
}

/** By program: what people did with their mail, and at which step how many left. It takes as long as the history is. */
export interface SlowPulse {
  readonly responses: ReadonlyMap<string, Response>;
  /** By program and step, as `placeOf` makes one text of them. */
  readonly left: ReadonlyMap<string, number>;
}

const placeOf = (program: unknown, step: unknown): string => `${String(program)} ${String(step)}`;

function startOfToday({ project }: Plan, at: Instant): Instant {
  const calendar = calendarOf(project.zone, project.firstWeekday);
  return calendar.startOfDay(calendar.dayOf(at));
}

export async function pulse(database: Database, plan: Plan, at: Instant, slow: SlowPulse | null): Promise<Pulse> {
  const read = reading(database);
  const today = startOfToday(plan, at);
  const soon = at + hourMs;
  const standing = await read(
    `SELECT program, step, count(*) FILTER (due <= $soon) AS due_soon, count(owed_at) AS held
     FROM positions GROUP BY program, step`,
    { soon: instant(soon) },
  );
  const mailed = await read(
    `SELECT program, step, count(*) FILTER (state = 'sent') AS sent, count(*) FILTER (state = 'failed') AS failed
     FROM outbox GROUP BY program, step`,
  );
  const paused = await read('SELECT program, "at", reason FROM paused');
  const sentToday = await read(
    "SELECT program, count(*) AS mails FROM outbox WHERE state = 'sent' AND settled_at >= $today GROUP BY program",
    { today: instant(today) },
  );
  const [standingAt, mailedAt] = [byPlace(standing), byPlace(mailed)];
  const programs = plan.programs.map(({ name, steps }) => {
    const stop = paused.find((row) => row.program === name);
    const ofSteps = steps.map((step) => {
      const place = placeOf(name, step.id);
      const [here, mails] = [standingAt.get(place), mailedAt.get(place)];
      return {
        step: step.id,
        dueSoon: Number(here?.due_soon ?? 0),
        held: Number(here?.held ?? 0),
        sent: Number(mails?.sent ?? 0),
        failed: Number(mails?.failed ?? 0),
        left: slow === null ? null : (slow.left.get(place) ?? 0),
        ways: waysOf(step),
      };
    });
    return {
      name,
      paused: stop ? { since: Number(stop.at), reason: typeof stop.reason === "string" ? stop.reason : null } : null,
      dueSoon: ofSteps.reduce((sum, { dueSoon }) => sum + dueSoon, 0),
      sentToday: Number(sentToday.find((row) => row.program === name)?.mails ?? 0),
      response: slow === null ? null : (slow.responses.get(name) ?? noResponse),
      steps: ofSteps,
    };
  });
  return { programs, outbox: await outboxPulse(database, read, { at, today }) };
}

const byPlace = (rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [placeOf(row.program, row.step), row]));

async function outboxPulse(
  database: Database,
  read: Read,
  { at, today }: { readonly at: Instant; readonly today: Instant },
): Promise<OutboxPulse> {
  const [sent] = await read(
    `SELECT count(*) FILTER (settled_at >= $minute) AS last_minute, count(*) FILTER (settled_at >= $hour) AS last_hour,
       count(*) FILTER (settled_at >= $today) AS today
     FROM outbox WHERE state = 'sent' AND settled_at >= least($today, $hour)`,
    { minute: instant(at - minuteMs), hour: instant(at - hourMs), today: instant(today) },
  );
  const [waiting] = await read(
    "SELECT count(*) AS mails, min(not_before) AS next_at FROM outbox WHERE state = 'pending' AND attempt > 0",
  );
  const [unknown] = await read(
    `SELECT count(*) AS mails, min(coalesce(claimed_at, settled_at, planned_at)) AS since FROM outbox WHERE state = 'unknown'`,
  );
  const errors = await read(
    `SELECT reason, count(*) AS mails, max(coalesce(settled_at, claimed_at, planned_at)) AS "at" FROM outbox
     WHERE reason IS NOT NULL AND (state IN ('failed', 'unknown') OR (state = 'pending' AND attempt > 0))
     GROUP BY reason ORDER BY "at" DESC, reason LIMIT ${mostErrors}`,
  );
  const complaints = await complaintsIn(database, at);
  return {
    lastMinute: Number(sent?.last_minute ?? 0),
    lastHour: Number(sent?.last_hour ?? 0),
    today: Number(sent?.today ?? 0),
    backingOff:
      waiting && Number(waiting.mails) > 0 ? { mails: Number(waiting.mails), nextAt: Number(waiting.next_at) } : null,
    brake: areTooMany(complaints)
      ? `${complaints.complained} people complained about ${complaints.delivered} delivered mails`
      : null,
    quarantine:
      unknown && Number(unknown.mails) > 0 ? { mails: Number(unknown.mails), since: Number(unknown.since) } : null,
    errors: errors.map((row) => ({ at: Number(row.at), reason: String(row.reason), mails: Number(row.mails) })),
  };
}

const emptyDays = Array.from({ length: responseDays }, () => ({ delivered: 0, opened: 0 }));
const noResponse: Response = { delivered: 0, opened: 0, clicked: 0, days: emptyDays };

export async function slowPulse(database: Database, plan: Plan, at: Instant): Promise<SlowPulse> {
  const read = reading(database);
  const until = startOfToday(plan, at) + dayMs;
  const left = await read(
    `SELECT program, step, count(*) AS people FROM (
       SELECT e.program, e.enrollment_id, arg_max(coalesce(j."next", j.step), j.seq) AS step
       FROM enrollment AS e JOIN journal AS j ON j.enrollment_id = e.enrollment_id AND j.seq > 0 AND j.seq < e.left_seq
         AND j.seq >= e.left_seq - 2 AND coalesce(j."next", j.step) IS NOT NULL
       WHERE e.left_at IS NOT NULL GROUP BY e.program, e.enrollment_id) AS l
     GROUP BY program, step`,
  );
  return {
    responses: await responses(read, { from: instant(until - responseDays * dayMs), until: instant(until) }),
    left: new Map(left.map((row) => [placeOf(row.program, row.step), Number(row.people)])),
  };
}

type Bars = Response["days"];

/** Days of 24 hours that end with the project's today: which bar a mail of a clock change belongs to matters to nobody. */
async function responses(
  read: Read,
  params: { readonly from: Param; readonly until: Param },
): Promise<ReadonlyMap<string, Response>> {
  const count = (event: string) =>
    read(
      `SELECT program, "day", count(DISTINCT contact_id) AS people
       FROM (SELECT e."program" AS program, e.contact_id,
               (epoch_ms($until) - 1 - epoch_ms(e.occurred_at)) // ${dayMs} AS "day"
             FROM event_${event} AS e
             WHERE e."machine" IS NOT TRUE AND e."program" IS NOT NULL AND e.occurred_at >= $from AND e.occurred_at < $until) AS d
       GROUP BY GROUPING SETS ((program), (program, "day"))`,
      params,
    );
  const [delivered, opened, clicked] = [await count("received"), await count("opened"), await count("clicked")];
  const total = (rows: readonly Row[], program: string) =>
    Number(rows.find((row) => row.program === program && row.day === null)?.people ?? 0);
  const perDay = (rows: readonly Row[], program: string, day: number) =>
    Number(rows.find((row) => row.program === program && row.day !== null && Number(row.day) === day)?.people ?? 0);
  const daysOf = (program: string): Bars =>
    emptyDays.map((_, index) => ({
      delivered: perDay(delivered, program, responseDays - 1 - index),
      opened: perDay(opened, program, responseDays - 1 - index),
    }));
  const names = new Set([...delivered, ...opened, ...clicked].map((row) => String(row.program)));
  return new Map(
    [...names].map((name) => [
      name,
      {
        delivered: total(delivered, name),
        opened: total(opened, name),
        clicked: total(clicked, name),
        days: daysOf(name),
      },
    ]),
  );
}

/** How many rows each of these ticks added to the journal. */
export async function rowsOfTicks(
  database: Database,
  ticks: readonly Instant[],
): Promise<ReadonlyMap<Instant, number>> {
  if (ticks.length === 0) return new Map();
  const rows = await reading(database)(
    "SELECT tick, count(*) AS moved FROM journal WHERE tick BETWEEN $first AND $last GROUP BY tick",
    { first: instant(Math.min(...ticks)), last: instant(Math.max(...ticks)) },
  );
  const moved = new Map(rows.map((row) => [Number(row.tick), Number(row.moved)]));
  return new Map(ticks.map((at) => [at, moved.get(at) ?? 0]));
}
