// One program's proposals for an instant: who moves, through which steps, and where they come to rest.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Next, Program, Step, StepHead, WaitUntil } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { type NamedCondition, printConditions } from "../../compiler/sql/print.ts";
import { columnOf, quote } from "../../compiler/sql/tables.ts";
import type { Instant } from "../ports.ts";
import { cases, type Engine, instant, text, texts } from "./engine.ts";
import { type ClockWait, endOfClockWait } from "./schedule.ts";
import type { Hop, Scene, StepOf } from "./steps/kind.ts";
import { conditionsOf, dueOf, followersOf, hopOf, isWatched, levelsFrom, originOf } from "./steps/registry.ts";
import { printContactZones } from "./zones.ts";

/** A program with people whose turn may be now, and the steps that they stand on. */
export interface Standing {
  readonly program: Program;
  readonly steps: readonly string[];
  /** Who waits for something is looked at: everybody, or who came in this very tick. */
  readonly watching: "all" | "arrived";
}

export interface Instants {
  readonly engine: Engine;
  readonly now: Instant;
  /** Zones of contacts, for waits that end by a local clock. */
  readonly zones: readonly string[];
}

/** What a program proposes. */
export interface Proposals {
  /** A FROM item: one row per step that a person passes, in the order of `seq`. */
  readonly from: string;
  /** Ids of the steps at which a mail is proposed. */
  readonly sends: readonly string[];
}

/**
 * `is_last` marks the row behind which a person comes to rest or leaves (`next` NULL); `due`, `wait_from` and `wait_until`
 * are those of the place of rest.
 */
export function printProposals(standing: Standing, instants: Instants, builder: Builder): Proposals {
  const { program, steps } = standing;
  const levels = levelsFrom(program, steps);
  const reached = program.steps.filter((step) => levels.some((level) => level.includes(step)));
  const origin = originOf(program, instants.engine.plan.catalog);
  const conditions: NamedCondition[] = reached.flatMap((step) =>
    conditionsOf(step, origin).map((when, index) => ({ name: conditionColumn(program, step, index), when })),
  );
  const subjects = { kind: "enrollment", from: { text: '"standing"', params: {} } } as const;
  const judged =
    conditions.length === 0
      ? 'SELECT * FROM "standing"'
      : builder.include(printConditions(instants.engine.plan, subjects, conditions));
  const scene = sceneOf(program, instants, builder);
  const carried = [
    "enrollment_id",
    "contact_id",
    "address",
    "due",
    "is_mail_skipped",
    ...conditions.map(({ name }) => name),
  ];
  const hasSends = reached.some(({ kind }) => kind === "send");
  const address = hasSends ? addressColumn(instants.engine.plan) : null;
  const walks = levels.map((level, index) => {
    const before = levels[index - 1];
    const from = before
      ? `SELECT ${carried.join(", ")}, seq + 1 AS seq, "next" AS step, wait_from AS waited
         FROM walk_${index - 1} WHERE ${isPassing(before, level, scene)}`
      : `SELECT ${carried.join(", ")}, seq + 1 AS seq, step, wait_from AS waited FROM (${judged}) AS j`;
    return `walk_${index} AS (SELECT f.*, ${hopColumns(level, scene)} FROM (${from}) AS f)`;
  });
  const passed = levels.map((level, index) => {
    const after = levels[index + 1];
    const isLast = after ? `(${isPassing(level, after, scene)}) IS NOT TRUE` : "true";
    return `SELECT w.*, ${isLast} AS is_last FROM walk_${index} AS w WHERE w.outcome IS NOT NULL`;
  });
  return {
    from: `(WITH "standing" AS (${printStanding(standing, address, builder)}), ${walks.join(",\n")}
      ${printRest(program, reached, passed, instants, builder)})`,
    sends: reached.filter(({ kind }) => kind === "send").map(({ id }) => id),
  };
}

/** Column of the field that mail goes to. */
function addressColumn({ catalog }: Plan): string {
  const { fields, address } = catalog.contact;
  const field = fields.find(({ name }) => name === address);
  return quote(field ? columnOf(field, "contact") : address);
}

function conditionColumn(program: Program, step: StepHead, index: number): string {
  return `c${program.steps.findIndex(({ id }) => id === step.id)}_${index}`;
}

export function sceneOf(program: Program, { engine, now }: Instants, builder: Builder): Scene {
  const param = (at: Instant) => builder.param(instant(at));
  const stepAt = (next: Next) => (next === null ? undefined : program.steps[next]);
  return {
    now: builder.now(),
    condition: (step, index) => conditionColumn(program, step, index),
    next: (next) => {
      const step = stepAt(next);
      return step ? builder.param(text(step.id)) : "NULL";
    },
    text: (value) => builder.param(text(value)),
    after: (length) => builder.param({ kind: "moment", moment: { kind: "shift", by: length }, as: "instant" }),
    endOf: (_, until) => {
      const own = param(endOfClockWait(until, engine.calendar, now));
      return isLocal(until) ? `coalesce(l.due, ${own})` : own;
    },
  };
}

function isLocal(until: WaitUntil): until is ClockWait {
  if (until.kind === "date") return false;
  return until.kind === "moment" ? until.at.kind === "local" : until.time.isLocal;
}

/**
 * The people whose turn may be now; those who wait for a mail that was skipped are marked. Addresses are joined here, where
 * the database can guess how few people there are.
 */
function printStanding({ program, steps, watching }: Standing, address: string | null, builder: Builder): string {
  const name = builder.param(text(program.name));
  const here = program.steps.filter(({ id }) => steps.includes(id));
  const waits = here.flatMap((step) => (step.kind === "wait for" && step.mails.length > 0 ? [step] : []));
  const skipped = waits.map((step) => printSkipped(name, step, builder)).join(" UNION ALL ");
  const watched = here.filter(isWatched).map(({ id }) => builder.param(text(id)));
  const isWatchedNow = `s.step IN (${watched.join(", ")})${watching === "all" ? "" : ` AND s.arrived_at = ${builder.now()}`}`;
  const isTurn = [`s.due <= ${builder.now()}`, ...(watched.length > 0 ? [`(${isWatchedNow})`] : [])];
  return `SELECT s.enrollment_id, s.program, s.contact_id, s.started_at, s.start_event, s.start_event_id, s.step, s.due,
      s.wait_from, s.wait_until, s.seq, ${waits.length > 0 ? "k.step IS NOT NULL" : "false"} AS is_mail_skipped,
      ${address === null ? "CAST(NULL AS VARCHAR)" : `c.${address}`} AS address
    FROM positions AS s
    ${address === null ? "" : "LEFT JOIN contact AS c ON c.contact_id = s.contact_id"}
    ${waits.length > 0 ? `LEFT JOIN (${skipped}) AS k ON k.enrollment_id = s.enrollment_id AND k.step = s.step` : ""}
    WHERE s.program = ${name} AND s.step IN (${here.map(({ id }) => builder.param(text(id))).join(", ")})
      AND (${isTurn.join(" OR ")})`;
}

/** Enrollments in which every mail that the wait names was skipped, or refused for good, and none went out. */
function printSkipped(name: string, step: StepOf<"wait for">, builder: Builder): string {
  const mails = step.mails.map((mail) => builder.param(text(mail))).join(", ");
  return `SELECT u.enrollment_id, ${builder.param(text(step.id))} AS step
    FROM (
      SELECT enrollment_id, email FROM journal WHERE outcome = 'skipped' AND program = ${name} AND email IN (${mails})
      UNION
      SELECT enrollment_id, email FROM outbox
      WHERE state IN ('skipped', 'failed') AND program = ${name} AND email IN (${mails})
    ) AS u
    ANTI JOIN (
      SELECT enrollment_id, email FROM outbox
      WHERE state NOT IN ('skipped', 'failed') AND program = ${name} AND email IN (${mails})
    ) AS o ON o.enrollment_id = u.enrollment_id AND o.email = u.email
    GROUP BY u.enrollment_id HAVING count(*) = ${step.mails.length}`;
}

/** What happens at the step in the column `step`, as columns. */
function hopColumns(reached: readonly Step[], scene: Scene): string {
  const hops = reached.map((step) => ({ id: scene.text(step.id), step, hop: hopOf(step, scene) }));
  // The casts keep a column whose cases are all unknown a text.
  const column = (of: keyof Hop) => {
    const found = hops.map(({ id, hop }) => [id, hop[of]] as const);
    return `CAST(${cases("step", found)} AS VARCHAR)`;
  };
  const sends = hops.filter(({ step }) => step.kind === "send").map(({ id }) => id);
  // Whoever came to a send waits from there, whether the mail goes out or not.
  const from =
    sends.length > 0 ? `CASE WHEN step IN (${sends.join(", ")}) THEN ${scene.now} ELSE waited END` : "waited";
  return `${column("outcome")} AS outcome, ${column("reason")} AS reason, ${column("next")} AS "next",
    ${from} AS wait_from`;
}

/** True for a row of a level behind which the person passes a step of the next level in the same instant. */
function isPassing(level: readonly Step[], after: readonly Step[], scene: Scene): string {
  const cuts = level.filter(({ kind }) => kind === "set").map(({ id }) => scene.text(id));
  const isNext = `"next" IN (${after.map(({ id }) => scene.text(id)).join(", ")})`;
  return cuts.length > 0 ? `${isNext} AND step NOT IN (${cuts.join(", ")})` : isNext;
}

/** The proposals that a walk amounts to; `passed` are SELECTs of its levels. */
function printRest(
  program: Program,
  reached: readonly Step[],
  passed: readonly string[],
  instants: Instants,
  builder: Builder,
): string {
  const scene = sceneOf(program, instants, builder);
  const sends = reached.flatMap((step) => (step.kind === "send" ? [step] : []));
  const emails = sends.map((step) => [scene.text(step.id), scene.text(step.email)] as const);
  const onlyIfs = sends.map((step) => [scene.text(step.id), step.onlyIf ? scene.condition(step, 0) : "NULL"] as const);
  const targets = new Set(reached.flatMap(followersOf));
  const arrivals = program.steps.filter((_, index) => targets.has(index));
  const arrival = printArrival(arrivals, instants, scene, builder);
  return `SELECT ${scene.text(program.name)} AS program, w.enrollment_id, w.contact_id, w.seq, w.step,
      CAST(${cases("w.step", emails)} AS VARCHAR) AS email, w.outcome, w.reason, w."next", w.address,
      coalesce(${cases("w.step", onlyIfs)}, true) AS only_if, w.is_last,
      ${arrival.due} AS due, w.wait_from, ${arrival.waitUntil} AS wait_until
    FROM (${passed.join(" UNION ALL ")}) AS w ${arrival.joins}`;
}

export interface Arrival {
  /** Behind a FROM item that is called `w` and has the columns contact_id and `next`. */
  readonly joins: string;
  readonly due: string;
  readonly waitUntil: string;
}

/** When people who come to one of `steps` now are due there. */
export function printArrival(steps: readonly Step[], instants: Instants, scene: Scene, builder: Builder): Arrival {
  const locals = steps.flatMap((step) =>
    step.kind === "wait until" && isLocal(step.until) ? [{ id: step.id, until: step.until }] : [],
  );
  const dueAt = (of: readonly Step[]) =>
    `CAST(${cases(
      'w."next"',
      of.map((step) => [scene.text(step.id), dueOf(step, scene)] as const),
    )} AS TIMESTAMP)`;
  const zones = `LEFT JOIN (${printContactZones(instants.engine, builder)}) AS z ON z.contact_id = w.contact_id`;
  const clocks = `LEFT JOIN (${printClocks(locals, instants, builder)}) AS l ON l.step = w."next" AND l."zone" = z."zone"`;
  return {
    joins: locals.length === 0 ? "" : `${zones} ${clocks}`,
    due: dueAt(steps),
    waitUntil: dueAt(steps.filter(isWatched)),
  };
}

/** The ends of local waits as a small table, one row per step and zone. */
function printClocks(
  waits: readonly { readonly id: string; readonly until: ClockWait }[],
  { engine, now, zones }: Instants,
  builder: Builder,
): string {
  const rows = waits.flatMap(({ id, until }) =>
    zones.map((zone) => ({ id, zone, due: endOfClockWait(until, engine.calendarOf(zone), now) })),
  );
  const column = (values: readonly string[]) => `unnest(${builder.param(texts(values))})`;
  return `SELECT ${column(rows.map(({ id }) => id))} AS step, ${column(rows.map(({ zone }) => zone))} AS "zone",
    make_timestamp(CAST(${column(rows.map(({ due }) => String(due)))} AS BIGINT) * 1000) AS due`;
}
