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
import { zoneOf } from "./zones.ts";

/** A program with people whose turn may be now, and the steps that they stand on. */
export interface Standing {
  readonly program: Program;
  readonly steps: readonly string[];
  /** Who waits for something is looked at: everybody, or who came in this very tick. */
  readonly watching: "all" | "arrived";
  /** False where it is known that no mail was skipped that somebody who was there before waits for. */
  readonly hasSkipped: boolean;
}

/** The same people behind their first step, which is known of each or kept in the temporary table `first_hop`. */
export interface Walking extends Standing {
  /** Ids of the steps to which the first one leads; null: all that it may lead to, and the first is yet to be taken. */
  readonly nexts: readonly string[] | null;
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
  /** Names of the emails of those mails. */
  readonly emails: readonly string[];
}

/** Whether it depends on conditions who takes the first step: if not, everybody who is due does. */
export function isFirstHopOpen({ program, steps }: Standing, { engine }: Instants): boolean {
  const origin = originOf(program, engine.plan.catalog);
  return program.steps.some((step) => steps.includes(step.id) && conditionsOf(step, origin).length > 0);
}

/** SELECT of those whose turn it is, with the first step that they pass, as subjects of all that is judged behind it. */
export function printFirstHop(standing: Standing, instants: Instants, builder: Builder): string {
  const { program, steps } = standing;
  const level = program.steps.filter(({ id }) => steps.includes(id));
  const scene = sceneOf(program, instants, builder);
  const from = judge({ program, level, relation: '"here"' }, instants, builder);
  return `WITH "here" AS (${printStanding(standing, builder)})
    SELECT f.enrollment_id, f.program, f.contact_id, f.started_at, f.start_event, f.start_event_id, f.waited AS wait_from,
      f.wait_until, f.seq, f.step, f.outcome, f.reason, f."next",
      f.wait_from AS waits_from, f.only_if
    FROM (SELECT g.*, ${hopColumns(level, scene)} FROM (
      SELECT j.* EXCLUDE (seq, wait_from), j.seq + 1 AS seq, j.wait_from AS waited FROM (${from}) AS j) AS g) AS f
    WHERE f.outcome IS NOT NULL`;
}

interface Judging {
  readonly program: Program;
  readonly level: readonly Step[];
  /** Quoted name of the relation of enrollments. */
  readonly relation: string;
}

/** SELECT of enrollments with a column for each condition of the steps. */
function judge({ program, level, relation }: Judging, { engine }: Instants, builder: Builder): string {
  const conditions = conditionsAt(program, level, engine);
  if (conditions.length === 0) return `SELECT * FROM ${relation}`;
  const subjects = { kind: "enrollment", from: { text: relation, params: {} } } as const;
  return builder.include(printConditions(engine.plan, subjects, conditions));
}

function conditionsAt(program: Program, level: readonly Step[], { plan }: Engine): readonly NamedCondition[] {
  const origin = originOf(program, plan.catalog);
  return level.flatMap((step) =>
    conditionsOf(step, origin).map((when, index) => ({ name: conditionColumn(program, step, index), when })),
  );
}

/**
 * `is_last` marks the row behind which a person comes to rest or leaves (`next` NULL); `due`, `wait_from` and `wait_until`
 * are those of the place of rest.
 */
export function printProposals(walking: Walking, instants: Instants, builder: Builder): Proposals {
  const { program, nexts } = walking;
  const isCut = (step: Step) => step.kind === "set" && instants.engine.fieldsRead.has(step.field);
  const levels = levelsFrom(program, walking.steps, nexts, isCut);
  const [, ...behind] = levels;
  const passing = program.steps.filter((step) => behind.some((level) => level.includes(step)));
  const reached = program.steps.filter((step) => levels.some((level) => level.includes(step)));
  const scene = sceneOf(program, instants, builder);
  const name = builder.param(text(program.name));
  const hop =
    nexts === null ? printFirstHop(walking, instants, builder) : `SELECT * FROM first_hop WHERE program = ${name}`;
  const contact = contactColumns(reached, arrivalsOf(walking, levels), instants, builder);
  const standing = `SELECT h.*, ${contact.columns.join(", ")} FROM (${hop}) AS h ${contact.join}`;
  const judged = judge({ program, level: passing, relation: '"standing"' }, instants, builder);
  const columns = conditionsAt(program, passing, instants.engine).map((condition) => condition.name);
  const carried = ["enrollment_id", "contact_id", "address", "own_zone", "own_country", ...columns].join(", ");
  const walks = levels.map((level, index) => {
    const before = levels[index - 1];
    if (!before) {
      return `walk_0 AS (SELECT ${carried}, seq, step, outcome, reason, "next", waits_from AS wait_from,
        only_if FROM (${judged}) AS j)`;
    }
    return `walk_${index} AS (SELECT f.* EXCLUDE (waited), ${hopColumns(level, scene)} FROM (
      SELECT ${carried}, seq + 1 AS seq, "next" AS step, wait_from AS waited
      FROM walk_${index - 1} WHERE ${isPassing(
        before.filter((step) => !isCut(step)),
        level,
        scene,
      )}) AS f)`;
  });
  const passed = levels.map((level, index) => {
    const after = levels[index + 1];
    const isLast = after
      ? `(${isPassing(
          level.filter((step) => !isCut(step)),
          after,
          scene,
        )}) IS NOT TRUE`
      : "true";
    return `SELECT w.*, ${isLast} AS is_last FROM walk_${index} AS w`;
  });
  return {
    from: `(WITH "standing" AS (${standing}), ${walks.join(",\n")}
      ${printRest(walking, levels, passed, instants, builder)})`,
    sends: reached.filter(({ kind }) => kind === "send").map(({ id }) => id),
    emails: reached.flatMap((step) => (step.kind === "send" ? [step.email] : [])),
  };
}

/** What the walk needs of contacts, joined where the database can guess how few people there are. */
function contactColumns(
  reached: readonly Step[],
  arrivals: readonly Step[],
  instants: Instants,
  builder: Builder,
): { readonly columns: readonly string[]; readonly join: string } {
  const unknown = "CAST(NULL AS VARCHAR)";
  const hasSends = reached.some(({ kind }) => kind === "send");
  const isZoned = hasLocalWait(arrivals);
  const address = `${hasSends ? `c.${addressColumn(instants.engine.plan)}` : unknown} AS address`;
  const zone = isZoned
    ? zoneOf(instants, "w", builder).columns
    : [`${unknown} AS own_zone`, `${unknown} AS own_country`];
  const join = hasSends || isZoned ? "LEFT JOIN contact AS c ON c.contact_id = h.contact_id" : "";
  return { columns: [address, ...zone], join };
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

/** The people whose turn may be now; those who wait for a mail that was skipped are marked. */
function printStanding({ program, steps, watching, hasSkipped }: Standing, builder: Builder): string {
  const name = builder.param(text(program.name));
  const here = program.steps.filter(({ id }) => steps.includes(id));
  const waits = here.flatMap((step) => (hasSkipped && step.kind === "wait for" && step.mails.length > 0 ? [step] : []));
  const skipped = waits.map((step) => printSkipped(name, step, builder)).join(" UNION ALL ");
  const watched = here.filter(isWatched).map(({ id }) => builder.param(text(id)));
  const isWatchedNow = `s.step IN (${watched.join(", ")})${watching === "all" ? "" : ` AND s.arrived_at = ${builder.now()}`}`;
  const isTurn = [`s.due <= ${builder.now()}`, ...(watched.length > 0 ? [`(${isWatchedNow})`] : [])];
  return `SELECT s.enrollment_id, s.program, s.contact_id, s.started_at, s.start_event, s.start_event_id, s.step, s.due,
      s.wait_from, s.wait_until, s.seq, ${waits.length > 0 ? "k.step IS NOT NULL" : "false"} AS is_mail_skipped
    FROM positions AS s
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
function hopColumns(level: readonly Step[], scene: Scene): string {
  const hops = level.map((step) => ({ id: scene.text(step.id), step, hop: hopOf(step, scene) }));
  // The casts keep a column whose cases are all unknown a text.
  const column = (of: keyof Hop) => {
    const found = hops.map(({ id, hop }) => [id, hop[of]] as const);
    return `CAST(${cases("step", found)} AS VARCHAR)`;
  };
  const sends = hops.filter(({ step }) => step.kind === "send").map(({ id }) => id);
  // Whoever came to a send waits from there, whether the mail goes out or not.
  const from =
    sends.length > 0 ? `CASE WHEN step IN (${sends.join(", ")}) THEN ${scene.now} ELSE waited END` : "waited";
  const onlyIfs = level.flatMap((step) =>
    step.kind === "send" && step.onlyIf ? [[scene.text(step.id), scene.condition(step, 0)] as const] : [],
  );
  return `${column("outcome")} AS outcome, ${column("reason")} AS reason, ${column("next")} AS "next",
    ${from} AS wait_from, coalesce(${cases("step", onlyIfs)}, true) AS only_if`;
}

/** True for a row of a level behind which the person passes a step of the next level; `level`: without those that are cut. */
function isPassing(level: readonly Step[], after: readonly Step[], scene: Scene): string {
  const ids = (steps: readonly Step[]) => steps.map(({ id }) => scene.text(id)).join(", ");
  return level.length === 0 ? "false" : `"next" IN (${ids(after)}) AND step IN (${ids(level)})`;
}

/** The proposals that a walk amounts to; `passed` are SELECTs of its levels. */
function printRest(
  walking: Walking,
  levels: readonly (readonly Step[])[],
  passed: readonly string[],
  instants: Instants,
  builder: Builder,
): string {
  const { program } = walking;
  const scene = sceneOf(program, instants, builder);
  const sends = program.steps
    .filter((step) => levels.some((level) => level.includes(step)))
    .flatMap((step) => (step.kind === "send" ? [step] : []));
  const emails = sends.map((step) => [scene.text(step.id), scene.text(step.email)] as const);
  const arrival = printArrival(arrivalsOf(walking, levels), instants, scene, builder);
  return `SELECT ${scene.text(program.name)} AS program, w.enrollment_id, w.contact_id, w.seq, w.step,
      CAST(${cases("w.step", emails)} AS VARCHAR) AS email, w.outcome, w.reason, w."next", w.address,
      w.only_if, w.is_last,
      ${arrival.due} AS due, w.wait_from, ${arrival.waitUntil} AS wait_until
    FROM (${passed.join(" UNION ALL ")}) AS w ${arrival.joins}`;
}

/** Steps at which the walk may come to rest. */
function arrivalsOf({ program, nexts }: Walking, levels: readonly (readonly Step[])[]): readonly Step[] {
  const targets = levels.flatMap((level, index) =>
    level.flatMap(followersOf).filter((target) => {
      const id = program.steps[target]?.id;
      return index > 0 || nexts === null || (id !== undefined && nexts.includes(id));
    }),
  );
  return program.steps.filter((_, index) => targets.includes(index));
}

export interface Arrival {
  /** Behind a FROM item that is called `w` and has the columns `next`, own_zone and own_country. */
  readonly joins: string;
  readonly due: string;
  readonly waitUntil: string;
}

const localWaits = (steps: readonly Step[]) =>
  steps.flatMap((step) =>
    step.kind === "wait until" && isLocal(step.until) ? [{ id: step.id, until: step.until }] : [],
  );

/** Whether some wait among the steps ends by the clock of the contact's zone. */
export const hasLocalWait = (steps: readonly Step[]): boolean => localWaits(steps).length > 0;

/** When people who come to one of `steps` now are due there. */
export function printArrival(steps: readonly Step[], instants: Instants, scene: Scene, builder: Builder): Arrival {
  const dueAt = (of: readonly Step[]) =>
    `CAST(${cases(
      'w."next"',
      of.map((step) => [scene.text(step.id), dueOf(step, scene)] as const),
    )} AS TIMESTAMP)`;
  const locals = localWaits(steps);
  const place = zoneOf(instants, "w", builder);
  const clocks = `LEFT JOIN (${printClocks(locals, instants, builder)}) AS l ON l.step = w."next" AND l."zone" = ${place.zone}`;
  return {
    joins: locals.length === 0 ? "" : `${place.join} ${clocks}`,
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
