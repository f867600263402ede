// One program's proposals for an instant: who moves, through which steps, and where they come to rest.

import type { Next, Program, Step, StepHead } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { type NamedCondition, printConditions } from "../../compiler/sql/print.ts";
import type { Instant } from "../ports.ts";
import { isReadBack } from "./acts.ts";
import { hasLocalWait, type Instants, isLocal, printArrival } from "./arrival.ts";
import { type Edition, isOf, pinnedValue } from "./editions.ts";
import { cases, type Engine, instant, text } from "./engine.ts";
import { otherAddresses, printOtherAddresses } from "./other-addresses.ts";
import { delaysMail } from "./restraints.ts";
import { endOfClockWait } from "./schedule.ts";
import type { Hop, Origin, Scene, StepOf } from "./steps/kind.ts";
import {
  conditionsOf,
  dueOf,
  followersOf,
  hopOf,
  isInstant,
  isWatched,
  originOf,
  passedFrom,
} from "./steps/registry.ts";
import { variantOf } from "./steps/send.ts";
import { addressColumn, zoneOf } from "./zones.ts";

/** An edition with people whose turn may be now, and the steps that they stand on. */
export interface Standing {
  readonly program: Edition;
  readonly steps: readonly string[];
  /** Who waits for something is looked at: everybody, or who came in this very tick. */
  readonly watching: "all" | "arrived";
  /** False where it is known that no mail was skipped that somebody who was there before waits for. */
  readonly hasSkipped: boolean;
  /** Whether of some mail nobody knows whether it went out: who waits for that stays. */
  readonly hasUnknown: boolean;
}

/** The same people behind their first step, which is known of each or kept in the temporary table `first_hop`. */
export interface Walking extends Standing {
  /** Ids of the steps to which the first one leads; null: all that it may lead to, and the first is yet to be taken. */
  readonly nexts: readonly string[] | null;
}

/** What a program proposes. */
export interface Proposals {
  readonly program: string;
  /** A FROM item: one row per step that a person passes, in the order of `seq`. */
  readonly from: string;
  /** Ids of the steps at which a mail is proposed. */
  readonly sends: readonly string[];
  /** Names of the emails of those mails. */
  readonly emails: readonly string[];
}

/** Whether it depends on conditions who takes the first step: if not, everybody who is due does. */
export function isFirstHopOpen({ program, steps }: Standing, { engine }: Instants): boolean {
  const origin = originOf(program, engine.plan);
  return program.steps.some((step) => steps.includes(step.id) && conditionsOf(step, origin).length > 0);
}

/** SELECT of those whose turn it is, with the first step that they pass, as subjects of all that is judged behind it. */
export function printFirstHop(standing: Standing, instants: Instants, builder: Builder): string {
  const { program, steps } = standing;
  const level = program.steps.filter(({ id }) => steps.includes(id));
  const scene = sceneOf(program, instants, builder);
  const from = judge({ program, level, relation: '"here"' }, instants, builder);
  return `WITH "here" AS (${printStanding(standing, builder)})
    SELECT f.enrollment_id, f.program, f.pinned, f.contact_id, f.started_at, f.start_event, f.start_event_id, f.waited AS wait_from,
      f.wait_until, f.owed_at, f.seq, f.step, f.outcome, f.reason, f."next",
      f.wait_from AS waits_from, f.only_if, f.variant
    FROM (SELECT g.*, ${hopColumns(level, { origin: originOf(program, instants.engine.plan), scene })} FROM (
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
  const origin = originOf(program, plan);
  return level.flatMap((step) =>
    conditionsOf(step, origin).map((when, index) => ({ name: conditionColumn(program, step, index), when })),
  );
}

/**
 * `is_last` marks the row behind which a person comes to rest or leaves (`next` NULL); `due`, `wait_from` and `wait_until`
 * are those of the place of rest. `is_arriving`: it may be the person's turn there again in this very instant.
 */
export function printProposals(walking: Walking, instants: Instants, builder: Builder): Proposals {
  const { program, nexts } = walking;
  const isCut = (step: Step) => isReadBack(step, instants.engine);
  const passed = passedFrom(program, { ids: walking.steps, nexts, isCut });
  const reached = program.steps.filter((step) => passed.includes(step) || walking.steps.includes(step.id));
  const arrivals = arrivalsOf(walking, passed);
  const scene = walkScene(sceneOf(program, instants, builder), program);
  const standing = printSubjects(walking, { passed, reached, arrivals }, instants, builder);
  const others = otherAddresses(program, reached).map(({ column }) => column);
  const relation = others.length > 0 ? '"addressed"' : '"standing"';
  const judged = judge({ program, level: passed, relation }, instants, builder);
  const conditions = conditionsAt(program, passed, instants.engine).map((condition) => condition.name);
  const skipped = waitsOf(passed).map((step) => skippedColumn(program, step));
  const carried = [
    "enrollment_id",
    "contact_id",
    "owed_at",
    "address",
    ...others,
    "own_zone",
    "own_country",
    ...skipped,
    ...conditions,
  ].join(", ");
  const isOneByOne = delaysMail(instants.engine.inside);
  const goesOn = printGoesOn({ passed, cut: reached.filter(isCut), isOneByOne }, scene);
  const first = `SELECT j.*, ${goesOn} AS goes_on FROM (SELECT ${carried}, seq, step, outcome, reason, "next",
      waits_from AS wait_from, only_if, variant FROM (${judged}) AS j) AS j`;
  const further = `SELECT f.*, ${goesOn} AS goes_on FROM (SELECT ${carried}, g.seq, g.step, ${hopColumns(passed, { origin: originOf(program, instants.engine.plan), scene })} FROM (
      SELECT ${carried}, seq + 1 AS seq, "next" AS step, wait_from AS waited FROM walk WHERE goes_on) AS g) AS f`;
  const where = { reached, relation: '"standing"' };
  const addressed =
    others.length > 0 ? ` "addressed" AS (${printOtherAddresses(instants.engine.plan, program, where, builder)}),` : "";
  return {
    program: program.name,
    from: `(WITH RECURSIVE "standing" AS (${standing}),${addressed}
      walk AS (${passed.length > 0 ? `${first}\nUNION ALL\n${further}` : first})
      ${printRest(walking, { passed, reached, arrivals, isCut }, instants, builder)})`,
    sends: reached.filter(({ kind }) => kind === "send").map(({ id }) => id),
    emails: reached.flatMap((step) => (step.kind === "send" ? [step.email] : [])),
  };
}

/** Steps of a walk. */
interface Reach {
  /** Behind the first one of each person. */
  readonly passed: readonly Step[];
  /** Those and the first ones. */
  readonly reached: readonly Step[];
  /** Where the walk may come to rest. */
  readonly arrivals: readonly Step[];
}

/** SELECT of the people behind their first step, with what the walk needs to know of them. */
function printSubjects(
  walking: Walking,
  { passed, reached, arrivals }: Reach,
  instants: Instants,
  builder: Builder,
): string {
  const name = builder.param(text(walking.program.name));
  const hop =
    walking.nexts === null
      ? printFirstHop(walking, instants, builder)
      : `SELECT f.* FROM first_hop AS f WHERE ${isOf(walking.program, "f", builder)}`;
  const contact = contactColumns(reached, arrivals, instants, builder);
  const skipped = waitsOf(passed).map((step) => {
    const column = skippedColumn(walking.program, step);
    return {
      column: `${column}.enrollment_id IS NOT NULL AS ${column}`,
      join: `LEFT JOIN (${printSkipped(name, step, builder)}) AS ${column} ON ${column}.enrollment_id = h.enrollment_id`,
    };
  });
  // Whoever comes to a wait now is in none before: the limit of an earlier one cuts nothing off.
  return `SELECT h.* REPLACE (CAST(NULL AS TIMESTAMP) AS wait_until), ${[...contact.columns, ...skipped.map(({ column }) => column)].join(", ")}
    FROM (${hop}) AS h ${contact.join} ${skipped.map(({ join }) => join).join("\n")}`;
}

/** Waits for something that depends on mails, which may have been skipped. */
const waitsOf = (steps: readonly Step[]): readonly StepOf<"wait for">[] =>
  steps.flatMap((step) => (step.kind === "wait for" && step.mails.length > 0 ? [step] : []));

const skippedColumn = (program: Program, step: StepHead): string => `k${placeOf(program, step)}`;

/** The scene of steps behind the first one: who comes to a wait begins it now. */
function walkScene(scene: Scene, program: Program): Scene {
  return {
    ...scene,
    limitOf: (step) => dueOf(step, scene),
    isMailSkipped: (step) => (step.mails.length > 0 ? skippedColumn(program, step) : "false"),
  };
}

/** Steps that are passed in a walk, and those behind which it rests. */
interface Going {
  readonly passed: readonly Step[];
  readonly cut: readonly Step[];
  /** Whether the walk rests at a second send, since the first may be delayed. */
  readonly isOneByOne: boolean;
}

/** True for a row behind which the person passes a further step: one where nobody rests, or a wait that is over at once. */
function printGoesOn({ passed, cut, isOneByOne }: Going, scene: Scene): string {
  const isSecond = (step: Step) => isOneByOne && step.kind === "send";
  const instant = passed.filter((step) => isInstant(step) && !isSecond(step));
  const sends = passed.filter(isSecond);
  const waits = passed
    .filter((step) => !isInstant(step))
    .map(
      (step) =>
        `"next" = ${scene.text(step.id)} AND ${isUnsent(scene)} AND (${hopOf(step, scene).outcome}) IS NOT NULL`,
    );
  const ways = [
    ...(instant.length > 0 ? [`"next" IN (${idsOf(instant, scene)})`] : []),
    ...(sends.length > 0 ? [`"next" IN (${idsOf(sends, scene)}) AND ${isUnsent(scene)}`] : []),
    ...waits,
  ];
  if (ways.length === 0) return "false";
  return `coalesce((${ways.join(" OR ")})${cut.length > 0 ? ` AND step NOT IN (${idsOf(cut, scene)})` : ""}, false)`;
}

/** Whether nobody can have been mailed in this instant: what a send brings about is looked at in the next round. */
const isUnsent = (scene: Scene): string => `wait_from < ${scene.now}`;

const idsOf = (steps: readonly Step[], scene: Scene): string => steps.map(({ id }) => scene.text(id)).join(", ");

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

const placeOf = (program: Program, step: StepHead): number => program.steps.findIndex(({ id }) => id === step.id);

const conditionColumn = (program: Program, step: StepHead, index: number): string =>
  `c${placeOf(program, step)}_${index}`;

export function sceneOf(program: Program, { engine, now, winners }: Instants, builder: Builder): Scene {
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
    winnerOf: (step) => winners.armOf({ program: program.name, step: step.id }),
    isDrawn: (salt, share) => engine.draws({ salt, share, contact: "contact_id" }, builder),
    after: (length) => builder.param({ kind: "moment", moment: { kind: "shift", by: length }, as: "instant" }),
    endOf: (_, until) => {
      const own = param(endOfClockWait(until, engine.calendar, now));
      return isLocal(until) ? `coalesce(l.due, ${own})` : own;
    },
    limitOf: () => "due",
    isMailSkipped: () => "is_mail_skipped",
  };
}

/** The people whose turn may be now; those who wait for a mail that was skipped are marked. */
function printStanding({ program, steps, watching, hasSkipped, hasUnknown }: Standing, builder: Builder): string {
  const name = builder.param(text(program.name));
  const here = program.steps.filter(({ id }) => steps.includes(id));
  const waits = here.flatMap((step) => (hasSkipped && step.kind === "wait for" && step.mails.length > 0 ? [step] : []));
  const skipped = waits.map((step) => printSkipped(name, step, builder)).join(" UNION ALL ");
  const watched = here.filter(isWatched).map(({ id }) => builder.param(text(id)));
  const isWatchedNow = `s.step IN (${watched.join(", ")})${watching === "all" ? "" : ` AND s.arrived_at = ${builder.now()}`}`;
  const isTurn = [`s.due <= ${builder.now()}`, ...(watched.length > 0 ? [`(${isWatchedNow})`] : [])];
  return `SELECT s.enrollment_id, s.program, s.pinned, s.contact_id, s.started_at, s.start_event, s.start_event_id, s.step, s.due,
      coalesce(s.owed_at, greatest(s.arrived_at, least(s.due, ${builder.now()}))) AS owed_at, s.wait_from, s.wait_until, s.seq, ${waits.length > 0 ? "k.step IS NOT NULL" : "false"} AS is_mail_skipped
    FROM positions AS s ${hasUnknown ? unlessUnknown("s") : ""}
    ${waits.length > 0 ? `LEFT JOIN (${skipped}) AS k ON k.enrollment_id = s.enrollment_id AND k.step = s.step` : ""}
    WHERE ${isOf(program, "s", builder)} AND s.step IN (${here.map(({ id }) => builder.param(text(id))).join(", ")})
      AND (${isTurn.join(" OR ")})`;
}

/** A join that leaves out enrollments with a mail of which nobody knows whether it went out. */
export const unlessUnknown = (row: string): string =>
  `ANTI JOIN (SELECT enrollment_id FROM outbox WHERE state = 'unknown') AS x ON x.enrollment_id = ${row}.enrollment_id`;

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
function hopColumns(
  level: readonly Step[],
  { origin, scene }: { readonly origin: Origin; readonly scene: Scene },
): string {
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
  const variants = level.flatMap((step) =>
    step.kind === "send" ? [[scene.text(step.id), variantOf(step, origin, scene)] as const] : [],
  );
  return `${column("outcome")} AS outcome, ${column("reason")} AS reason, ${column("next")} AS "next",
    ${from} AS wait_from, coalesce(${cases("step", onlyIfs)}, true) AS only_if,
    CAST(${cases("step", variants)} AS VARCHAR) AS variant`;
}

/** The proposals that a walk amounts to. */
function printRest(
  { program }: Walking,
  { passed, reached, arrivals, isCut }: Reach & { isCut(step: Step): boolean },
  instants: Instants,
  builder: Builder,
): string {
  const scene = sceneOf(program, instants, builder);
  const emails = reached.flatMap((step) =>
    step.kind === "send" ? [[scene.text(step.id), scene.text(step.email)] as const] : [],
  );
  const others = otherAddresses(program, reached).map(({ step, column }) => [scene.text(step), `w.${column}`] as const);
  const address =
    others.length > 0
      ? `CASE w.step ${others.map(([id, to]) => `WHEN ${id} THEN ${to}`).join(" ")} ELSE w.address END`
      : "w.address";
  const arrival = printArrival(arrivals, instants, scene, builder);
  const waits = passed.filter((step) => !isInstant(step));
  const isWait = waits.length > 0 ? ` OR w."next" IN (${idsOf(waits, scene)})` : "";
  const open = printOpen({ passed: waits, cut: reached.filter(isCut) }, arrivals.filter(isWatched), scene);
  return `SELECT ${scene.text(program.name)} AS program, ${pinnedValue(program)} AS pinned, w.enrollment_id, w.contact_id, w.seq, w.step, w.owed_at,
      CAST(${cases("w.step", emails)} AS VARCHAR) AS email, w.outcome, w.reason, w."next", ${address} AS address,
      w.variant, w.only_if, NOT w.goes_on AS is_last, NOT w.goes_on AND coalesce(${arrival.due} <= ${scene.now} OR ${open}, false) AS is_arriving,
      CASE WHEN NOT w.goes_on${isWait} THEN ${arrival.due} END AS due, w.wait_from, ${arrival.waitUntil} AS wait_until
    FROM walk AS w ${arrival.joins}`;
}

/** True where somebody comes to a wait at which the walk has not looked. */
function printOpen({ passed, cut }: Omit<Going, "isOneByOne">, watched: readonly Step[], scene: Scene): string {
  if (watched.length === 0) return "false";
  const isThere = `w."next" IN (${idsOf(watched, scene)})`;
  if (passed.length === 0) return isThere;
  const isCut = cut.length > 0 ? ` AND w.step NOT IN (${idsOf(cut, scene)})` : "";
  return `${isThere} AND NOT (w."next" IN (${idsOf(passed, scene)}) AND w.${isUnsent(scene)}${isCut})`;
}

/** Steps at which the walk may come to rest. */
function arrivalsOf({ program, steps, nexts }: Walking, passed: readonly Step[]): readonly Step[] {
  const first = program.steps.filter(({ id }) => steps.includes(id)).flatMap(followersOf);
  const behind = passed.flatMap(followersOf);
  return program.steps.filter(
    ({ id }, index) => behind.includes(index) || (first.includes(index) && (nexts === null || nexts.includes(id))),
  );
}
