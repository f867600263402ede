// Starts: who is asked for by a trigger, may enter, and is let in. Who may not is recorded, never queued.

import type { Length } from "../../compiler/ir/condition.ts";
import type { Program } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { isHistory } from "../../compiler/sql/history.ts";
import { type NamedCondition, printConditions } from "../../compiler/sql/print.ts";
import { interval, isExact } from "../../compiler/sql/shift.ts";
import { type Closing, printClosing } from "./closings.ts";
import { edgesOf, judgeEdges, rememberEdges } from "./edges.ts";
import { change, fill, instant, integer, printed, run, text, texts, type Turn } from "./engine.ts";
import { clocksNear, type Stretch } from "./near-clocks.ts";
import { noteHead, type Notes } from "./notes.ts";
import { againBounds, type Look, looksAgain, printCandidates } from "./triggers.ts";
import { busyReason, hasRivals, printBusy, printRivals, printWon, rivalConditions } from "./rivals.ts";
import { hasLocalWait, type Instants, printArrival } from "./arrival.ts";
import { sceneOf } from "./walk.ts";
import { noWinners } from "./winners.ts";
import { zoneOf } from "./zones.ts";

/** A program that asks for people. */
export interface Asking {
  readonly program: Program;
  /** Whether somebody is asked for more than once, so that one of the starts must be chosen. */
  readonly isRepeated: boolean;
  /** Nobody may enter for now. */
  readonly isPaused: boolean;
  /** When they are asked for. */
  readonly stretch: Stretch;
}

/** Fills the temporary table `candidate` with all who are asked for, and tells by which programs. */
export async function findCandidates(turn: Turn, look: Look): Promise<readonly Asking[]> {
  const edges = edgesOf(turn.engine).filter(({ program }) => !look.paused.has(program.name));
  const judged = edges.length > 0 ? await judgeEdges(turn, edges, look.states) : null;
  const hasTriggers = turn.engine.plan.programs.some(({ triggers }) => triggers.length > 0);
  const isTriggered = hasTriggers && (look.isFirst || looksAgain(turn.engine));
  if (!isTriggered && !look.hasContinued && !look.hasRequests) return [];
  const asked = printed((builder) => printCandidates(turn, look, judged, builder).join("\nUNION ALL\n"));
  const candidates = asked.text === "" ? 0 : await fill(turn, "candidate", (builder) => builder.include(asked));
  if (judged) await rememberEdges(turn, judged);
  if (candidates === 0) return [];
  const rows = await run(
    turn,
    () => `SELECT program, count(*) > count(DISTINCT contact_id) AS is_repeated, min("at") AS first_at, max("at") AS last_at
      FROM candidate GROUP BY program`,
  );
  return turn.engine.plan.programs.flatMap((program) => {
    const row = rows.find((of) => of.program === program.name);
    const isPaused = look.paused.has(program.name);
    if (!row) return [];
    const stretch = { from: Number(row.first_at), until: Number(row.last_at) };
    return [{ program, isRepeated: row.is_repeated === true, isPaused, stretch }];
  });
}

/** What became of candidates. */
export interface Entered {
  readonly hasStarted: boolean;
  readonly hasDropped: boolean;
}

/** Lets candidates in and fills the temporary table \`entry\` with what became of each. */
export async function enter(turn: Turn, asking: readonly Asking[], zones: readonly string[]): Promise<Entered> {
  const asked = await fill(turn, "entry", (builder) => {
    const entries = asking.map((of) => printEntries(turn, of, zones, builder));
    const all = entries.map((entry) => `SELECT * FROM (${entry}) AS e`).join("\nUNION ALL\n");
    const { plan } = turn.engine;
    const rivals = asking.map(({ program }) => program.name).filter((name) => hasRivals(plan, name));
    return rivals.length < 2
      ? all
      : `WITH entries AS (${all}) SELECT * FROM (${printWon(plan, "entries", rivals, builder)}) AS w`;
  });
  const entered = await change(
    turn,
    (
      builder,
    ) => `INSERT INTO enrollment (enrollment_id, program, contact_id, enter_key, version, started_at, start_event,
        start_event_id, goal_until, left_at, left_seq, reason)
      SELECT e.enrollment_id, e.program, e.contact_id, e.enter_key, ${builder.param(integer(turn.engine.version))} AS version,
        e."at" AS started_at, e.start_event, e.start_event_id, e.goal_until,
        CASE WHEN e."next" IS NULL THEN ${builder.now()} END AS left_at, CASE WHEN e."next" IS NULL THEN 2 END AS left_seq,
        CASE WHEN e."next" IS NULL THEN 'finished' END AS reason
      FROM entry AS e WHERE e.dropped IS NULL`,
  );
  const hasDropped = entered < asked;
  if (entered === 0) return { hasStarted: false, hasDropped };
  await change(
    turn,
    (builder) => `INSERT INTO positions (enrollment_id, program, contact_id, started_at, start_event, start_event_id,
        goal_until, step, due, arrived_at, wait_from, wait_until, seq)
      SELECT e.enrollment_id, e.program, e.contact_id, e."at" AS started_at, e.start_event, e.start_event_id, e.goal_until,
        e."next" AS step, e.due, ${builder.now()} AS arrived_at, e."at" AS wait_from, e.wait_until, 1 AS seq
      FROM entry AS e WHERE e.dropped IS NULL AND e."next" IS NOT NULL`,
  );
  return { hasStarted: true, hasDropped };
}

/** What became of the candidates, for the journal; `round` counts the writings of one tick. */
export const entryNotes =
  (round: number): Notes =>
  (turn, builder) => {
    const head = noteHead(turn, { round: builder.param(integer(round)) }, "e", builder);
    return `SELECT ${head}, CASE WHEN e.dropped IS NULL THEN 1 ELSE 0 END AS seq,
        CASE WHEN e.dropped IS NULL THEN 'started' ELSE 'dropped' END AS outcome,
        coalesce(e.dropped, e.start_event) AS reason,
        CASE WHEN e.dropped IS NULL THEN e."next" END AS "next", CASE WHEN e.dropped IS NULL THEN e.due END AS due
      FROM entry AS e
      UNION ALL
      SELECT ${head}, 2, 'left', 'finished', NULL, NULL FROM entry AS e WHERE e.dropped IS NULL AND e."next" IS NULL`;
  };

/**
 * Exits come before starts: who was dropped for being inside, and ends in this very tick, is a candidate once more. Moves
 * those from `entry` back to `candidate`, and says whether there are any.
 */
export async function askAgain(turn: Turn): Promise<boolean> {
  const isEnding = `e.contact_id = n.contact_id AND e.is_inside AND NOT e.is_started
    AND (e.program = n.program AND n.dropped = ${alreadyInside} OR coalesce(list_contains(n.rivals, e.program), false))`;
  const again = await fill(
    turn,
    "asked_again",
    () => `SELECT n.program, n.contact_id, n."at", n.start_event, n.start_event_id, n.enter_key, n.is_continued
      FROM entry AS n SEMI JOIN ending AS e ON ${isEnding} WHERE ${isTaken("n")}`,
  );
  if (again === 0) return false;
  await change(
    turn,
    () => `DELETE FROM entry USING asked_again AS n
      WHERE entry.program = n.program AND entry.contact_id = n.contact_id AND ${isTaken("entry")}`,
  );
  await fill(turn, "candidate", () => "SELECT * FROM asked_again");
  return true;
}

const alreadyInside = "'already inside'";

/** True for who was dropped for being inside, here or in a rival. */
const isTaken = (row: string): string =>
  `(${row}.dropped = ${alreadyInside} OR starts_with(${row}.dropped, 'already in '))`;

/** SELECT of a program's candidates, each with the reason for which it is dropped, or with where it begins. */
function printEntries(turn: Turn, asking: Asking, zones: readonly string[], builder: Builder): string {
  const { plan } = turn.engine;
  const { program, isRepeated } = asking;
  const conditions: NamedCondition[] = [];
  if (program.segment !== null) {
    conditions.push({ name: "is_member", when: { kind: "in segment", segment: program.segment } });
  }
  if (program.onlyIf) conditions.push({ name: "is_let_in", when: program.onlyIf });
  conditions.push(...rivalConditions(plan, program.name));
  const isRival = hasRivals(plan, program.name);
  const busy = isRival
    ? `LEFT JOIN (${printBusy(plan, program.name, builder)}) AS y ON y.contact_id = a.contact_id`
    : "";
  const people = { kind: "contact", from: { text: "(SELECT DISTINCT contact_id FROM asked)", params: {} } } as const;
  const judged =
    conditions.length === 0
      ? "SELECT DISTINCT contact_id FROM asked"
      : builder.include(printConditions(plan, people, conditions));
  const name = builder.param(text(program.name));
  const closing = program.closesAt && printClosing(program.closesAt, { engine: turn.engine, zones }, builder);
  const place = `row_number() OVER (PARTITION BY c.contact_id, c.enter_key, c.reason IS NULL
        ORDER BY c."at", c.start_event_id NULLS LAST, c.start_event NULLS LAST)`;
  return `WITH asked AS (SELECT * FROM candidate WHERE program = ${name}),
    prior AS (
      SELECT e.contact_id, e.enter_key, max(e.started_at) AS last_start, bool_or(e.left_at IS NULL) AS is_inside
      FROM enrollment AS e SEMI JOIN asked AS a ON a.contact_id = e.contact_id
      WHERE e.program = ${name} GROUP BY e.contact_id, e.enter_key
    ),
    checked AS (
      SELECT a.*, ${printRivals(plan, program.name, "j", builder)} AS rivals, ${printDropped(turn, asking, closing, builder)} AS reason
      FROM asked AS a JOIN (${judged}) AS j ON j.contact_id = a.contact_id ${busy}
      LEFT JOIN prior AS p ON p.contact_id = a.contact_id AND p.enter_key = a.enter_key
      ${closing?.join ?? ""}
    ),
    ranked AS (
      SELECT c.*, ${isRepeated ? place : "1"} AS place FROM checked AS c
    ),
    settled AS (
      SELECT r.program, r.contact_id, r."at", r.start_event, r.start_event_id, r.enter_key, r.is_continued, r.rivals,
        coalesce(r.reason, CASE WHEN r.place > 1 THEN ${alreadyInside} END) AS dropped,
        md5(concat_ws(chr(31), r.program, r.contact_id, r.enter_key, CAST(epoch_us(r."at") AS VARCHAR),
          coalesce(r.start_event, ''), coalesce(r.start_event_id, ''))) AS enrollment_id
      FROM ranked AS r
    )
    ${printBeginning(turn, asking, zones, builder)}`;
}

/** The first reason for which a start is dropped; NULL: the person may enter. */
function printDropped(turn: Turn, { program, isPaused }: Asking, closing: Closing | null, builder: Builder): string {
  if (isPaused) return "'paused'";
  const checks = [`WHEN p.is_inside THEN ${alreadyInside}`];
  if (closing) checks.unshift(`WHEN a."at" >= ${closing.at} THEN 'closed'`);
  const { enter } = program;
  if (hasRivals(turn.engine.plan, program.name)) {
    const found = `list_intersect(y.programs, ${printRivals(turn.engine.plan, program.name, "j", builder)})`;
    checks.push(`WHEN len(${found}) > 0 THEN ${busyReason(found)}`);
  }
  if (enter.kind === "once") checks.push("WHEN p.last_start IS NOT NULL THEN 'entered before'");
  if (enter.kind === "again") {
    const { threshold } = againBounds(turn, enter.after, null);
    const reason = builder.param(text(`entered less than ${lengthText(enter.after)} ago`));
    checks.push(`WHEN p.last_start > ${builder.param(instant(threshold))} THEN ${reason}`);
  }
  if (enter.kind === "every time") {
    const changes = program.triggers.flatMap((one) =>
      one.kind === "event" && isHistory(one.event) ? [one.event] : [],
    );
    const isEvent = `a.start_event IS NOT NULL AND NOT list_contains(${builder.param(texts(changes))}, a.start_event)`;
    checks.push(`WHEN p.last_start = a."at" AND NOT (${isEvent}) THEN 'started at this instant already'`);
  }
  if (program.segment !== null) {
    checks.push(`WHEN NOT j.is_member AND NOT a.is_continued THEN ${builder.param(text(`not in ${program.segment}`))}`);
  }
  if (program.onlyIf) checks.push("WHEN NOT j.is_let_in THEN 'only if did not hold'");
  return `CASE ${checks.join(" ")} END`;
}

const lengthText = (length: Length): string => `${length.amount}${length.unit}`;

/** Where who enters begins, when that step is due, and how long the goal counts. */
function printBeginning(turn: Turn, asking: Asking, inUse: readonly string[], builder: Builder): string {
  const { plan } = turn.engine;
  const { program } = asking;
  const instants: Instants = { engine: turn.engine, now: turn.now, zones: inUse, winners: noWinners };
  const scene = sceneOf(program, instants, builder);
  const first = program.first === null ? undefined : program.steps[program.first];
  const arrival = printArrival(first ? [first] : [], instants, scene, builder);
  const rest = program.steps.find(({ kind }) => kind === "held out");
  const restId = rest ? builder.param(text(rest.id)) : null;
  const entrance = scene.next(program.first);
  const next = `CAST(${
    program.holdOut && restId
      ? `CASE WHEN ${turn.engine.draws({ ...program.holdOut, contact: "s.contact_id" }, builder)} THEN ${restId} ELSE ${entrance} END`
      : entrance
  } AS VARCHAR)`;
  const zone = builder.param(text(plan.project.zone));
  const within = program.goal?.within ?? null;
  const isZoned = first !== undefined && hasLocalWait([first]);
  const zones = isZoned ? `, ${zoneOf(instants, "w", builder).columns.join(", ")}` : "";
  const contact = isZoned ? "LEFT JOIN contact AS c ON c.contact_id = s.contact_id" : "";
  const rows = `SELECT s.*, ${next} AS "next", ${zone} AS "zone" ${zones} FROM settled AS s ${contact}`;
  // Who is held out is due when the goal's time is over.
  const dueAt = (until: string) =>
    restId ? `CASE WHEN w."next" = ${restId} THEN ${until} ELSE ${arrival.due} END` : arrival.due;
  const columns = (
    until: string,
  ) => `w.program, w.contact_id, w."at", w.start_event, w.start_event_id, w.enter_key, w.is_continued, w.rivals, w.dropped, w.enrollment_id,
    w."next", ${dueAt(until)} AS due, ${arrival.waitUntil} AS wait_until, ${until} AS goal_until`;
  if (within === null || isExact(within)) {
    const until = within === null ? "CAST(NULL AS TIMESTAMP)" : `w."at" + ${interval(within)}`;
    return `SELECT ${columns(until)} FROM (${rows}) AS w ${arrival.joins}`;
  }
  // The goal's time ends at the same wall clock of the project's zone.
  const { wallClock, instantAt } = clocksNear(turn, asking.stretch, within, builder);
  const clock = wallClock('w."zone"', 'w."at"', "b");
  const moved = `SELECT w.*, ${clock.value} + ${interval(within)} AS goal_clock FROM (${rows}) AS w ${clock.join}`;
  const end = instantAt('w."zone"', "w.goal_clock", "g");
  return `SELECT ${columns(end.value)} FROM (${moved}) AS w ${end.join} ${arrival.joins}`;
}
