// Exits and goals: judged before every step and while people wait. They win over anything due in the same tick.

import type { Condition } from "../../compiler/ir/condition.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { type NamedCondition, printConditions } from "../../compiler/sql/print.ts";
import type { Sql } from "../../compiler/sql/sql.ts";
import { quote } from "../../compiler/sql/tables.ts";
import type { Instant } from "../ports.ts";
import { type Edition, isOf } from "./editions.ts";
import { change, fill, instant, integer, printed, type Turn } from "./engine.ts";
import { hasFailureExits, printFailed } from "./failing.ts";
import { noteHead, type Notes } from "./notes.ts";
import { printAsked } from "./requests.ts";

/** Who is judged, and when. */
export interface Judging {
  /** Everybody inside, or only who started in this very tick. */
  readonly who: "all" | "started";
  /** Whether somebody started since the last judging: of those it counts what held at their start. */
  readonly hasStarted: boolean;
  /** Goals that ran out before are settled; usually the last tick's instant. */
  readonly since: Instant | null;
  /** Whether somebody may have been asked to be ejected. */
  readonly hasRequests: boolean;
}

const subjectColumns =
  "s.enrollment_id, s.program, s.pinned, s.contact_id, s.started_at, s.start_event, s.start_event_id";

/**
 * Fills the temporary table `ending` with the enrollments whose exit or goal holds, and with the goals reached after
 * leaving, and says how many they are.
 */
export async function judgeEndings(turn: Turn, judging: Judging): Promise<number> {
  const { inside: plan } = turn.engine;
  const programs = plan.programs.filter(({ exits, goal }) => exits.length > 0 || goal !== null);
  const mayFail = judging.who === "all" && hasFailureExits(plan);
  if (programs.length === 0 && !judging.hasRequests && !mayFail) return 0;
  return fill(turn, "ending", (builder) => {
    const found = programs.flatMap((program, index) => printEndings(turn, { ...judging, program, index }, builder));
    const inside = programs.map((program, index) => printInside(program, index, judging, builder));
    if (judging.hasRequests) found.push(printAway(printEjected(judging), "is_ejected"));
    if (mayFail)
      found.push(
        printAway(`SEMI JOIN (${printFailed(plan, builder)}) AS x ON x.enrollment_id = s.enrollment_id`, "is_failed"),
      );
    return `${inside.length > 0 ? `WITH ${inside.join(", ")}` : ""}
      SELECT f.program, f.pinned, f.enrollment_id, min(f.contact_id) AS contact_id, min(f.seq) AS seq, bool_or(f.is_exit) AS is_exit,
        bool_or(f.is_goal) AND NOT bool_or(f.was_goal) AS is_goal, bool_or(f.was_goal) AS was_goal,
        bool_or(f.is_inside) AS is_inside, bool_or(f.is_started) AS is_started, bool_or(f.is_ejected) AS is_ejected,
        bool_or(f.is_failed) AS is_failed
      FROM (${found.join("\nUNION ALL\n")}) AS f
      WHERE f.is_exit OR f.is_goal OR f.was_goal OR f.is_ejected OR f.is_failed
      GROUP BY f.program, f.pinned, f.enrollment_id`;
  });
}

/** True for a position of somebody who started in this very tick and has not moved. */
const isStarted = (row: string, builder: Builder): string => `${row}.seq = 1 AND ${row}.arrived_at = ${builder.now()}`;

/** People inside a program, by name. They are read where they stand, since most columns are needed by none. */
function printInside(program: Edition, index: number, { who }: Judging, builder: Builder): string {
  const started = who === "started" ? `AND ${isStarted("p", builder)}` : "";
  return `inside_${index} AS NOT MATERIALIZED (
    SELECT * FROM positions AS p WHERE ${isOf(program, "p", builder)} ${started})`;
}

interface Endings extends Judging {
  readonly program: Edition;
  /** Of the program among those that are judged. */
  readonly index: number;
}

/** SELECTs of who may end; a person may be in several. */
function printEndings(turn: Turn, endings: Endings, builder: Builder): readonly string[] {
  const { program, index, who, hasStarted } = endings;
  const { goal } = program;
  const isExit: NamedCondition = { name: "is_exit", when: anyOf(program.exits) };
  const never: Condition = { kind: "constant", value: false };
  const isGoal: NamedCondition = { name: "is_goal", when: goal?.when ?? never };
  const { plan } = turn.engine;
  const judge = (from: Sql, conditions: readonly NamedCondition[], cuts: "wait" | "enrollment") =>
    builder.include(printConditions(plan, { kind: "enrollment", from, cuts }, conditions));
  const columns = (exit: string, reached: string, was: string, isInside = "true", started = "false") =>
    `j.program, j.pinned, j.enrollment_id, j.contact_id, j.seq, ${exit} AS is_exit, ${reached} AS is_goal, ${was} AS was_goal,
     ${isInside} AS is_inside, ${started} AS is_started, false AS is_ejected, false AS is_failed`;
  const counts = `j.is_goal AND (j.goal_until IS NULL OR j.goal_until >= ${builder.now()})`;
  const inside: Sql = { text: quote(`inside_${index}`), params: {} };
  const now = judge(inside, goal ? [isExit, isGoal] : [isExit], "wait");
  const started = hasStarted ? isStarted("j", builder) : "false";
  const found = [
    `SELECT ${columns("j.is_exit", goal ? counts : "false", "false", "true", started)} FROM (${now}) AS j`,
  ];
  const others = [
    ...(goal && hasStarted ? [(inner: Builder) => printBeginners(inside.text, inner)] : []),
    ...(goal?.within && who === "all" ? [(inner: Builder) => printLate(endings, inner)] : []),
  ];
  if (others.length > 0) {
    const rows = printed((inner) => `(${others.map((print) => print(inner)).join("\nUNION ALL\n")})`);
    const judged = judge(rows, [isGoal], "enrollment");
    const reached = "j.is_goal AND NOT j.is_beginning";
    const was = "j.is_goal AND j.is_beginning";
    found.push(`SELECT ${columns("false", reached, was, "j.is_inside", "j.is_beginning")} FROM (${judged}) AS j`);
  }
  return found;
}

/** SELECT of people inside who leave whatever conditions say; `which`: a join that leaves those alone. */
function printAway(which: string, why: "is_ejected" | "is_failed"): string {
  const is = (name: string) => `${name === why} AS ${name}`;
  return `SELECT s.program, s.pinned, s.enrollment_id, s.contact_id, s.seq, false AS is_exit, false AS is_goal, false AS was_goal,
      true AS is_inside, false AS is_started, ${is("is_ejected")}, ${is("is_failed")}
    FROM positions AS s ${which}`;
}

/** Those who were asked to be ejected; who starts in this very tick comes in afterwards. */
function printEjected({ hasStarted }: Judging): string {
  const notEntered = hasStarted
    ? "ANTI JOIN entry AS n ON n.enrollment_id = s.enrollment_id AND n.dropped IS NULL"
    : "";
  return `SEMI JOIN (${printAsked("eject")}) AS q ON q.program = s.program AND q.contact_id = s.contact_id ${notEntered}`;
}

function anyOf(conditions: readonly Condition[]): Condition {
  const [first] = conditions;
  return first && conditions.length === 1 ? first : { kind: "any", of: conditions };
}

/** Who has started just now: a goal that was reached by then counts for nothing. */
function printBeginners(inside: string, builder: Builder): string {
  return `SELECT ${subjectColumns}, s.started_at AS wait_from, s.started_at AS wait_until, s.seq, true AS is_inside, true AS is_beginning
    FROM ${inside} AS s WHERE ${isStarted("s", builder)}`;
}

/**
 * Whose goal ran out behind `since`, and who left before it ran out: only events up to then count. Who has started just
 * now is not yet among them.
 */
function printLate({ program, since, hasStarted }: Endings, builder: Builder): string {
  const last = builder.param(instant(since ?? 0));
  const [notStarted, notEntered] = hasStarted
    ? [`AND NOT (${isStarted("s", builder)})`, "ANTI JOIN entry AS n ON n.enrollment_id = s.enrollment_id"]
    : ["", ""];
  return `SELECT ${subjectColumns}, s.started_at AS wait_from, s.goal_until AS wait_until, s.seq, true AS is_inside, false AS is_beginning
    FROM positions AS s
    WHERE ${isOf(program, "s", builder)} AND s.goal_until < ${builder.now()} AND s.goal_until >= ${last} ${notStarted}
    UNION ALL
    SELECT ${subjectColumns}, s.started_at AS wait_from, s.goal_until AS wait_until, s.left_seq AS seq, false AS is_inside, false AS is_beginning
    FROM enrollment AS s ${program.first === null ? notEntered : ""}
    WHERE ${isOf(program, "s", builder)} AND s.left_at IS NOT NULL AND s.goal_at IS NULL AND s.goal_until >= ${last}
      AND s.reason <> 'goal already reached'`;
}

/** Numbers of the writings in a tick: who was inside before ends before anybody starts, who has started afterwards. */
export interface EndingRounds {
  readonly inside: number;
  readonly started: number;
}

/** Who ends, for the journal. */
export const endingNotes =
  (rounds: EndingRounds): Notes =>
  (turn, builder) => {
    const of = (round: number) => builder.param(integer(round));
    const round = `CASE WHEN e.is_started THEN ${of(rounds.started)} ELSE ${of(rounds.inside)} END`;
    const head = noteHead(turn, { round, pinned: "e.pinned" }, "e", builder);
    return `SELECT ${head}, e.seq + 1 AS seq, 'goal' AS outcome, CASE WHEN NOT e.is_inside THEN 'after leaving' END AS reason,
        CAST(NULL AS VARCHAR) AS "next", CAST(NULL AS TIMESTAMP) AS due
      FROM ending AS e WHERE e.is_goal
      UNION ALL
      SELECT ${head}, e.seq + CASE WHEN e.is_goal THEN 2 ELSE 1 END AS seq, 'left' AS outcome, ${endReason("e")} AS reason, NULL, NULL
      FROM ending AS e WHERE e.is_inside`;
  };

/** Ends the enrollments in the temporary table `ending`. */
export async function endEnrollments(turn: Turn): Promise<void> {
  await change(
    turn,
    (builder) => `UPDATE enrollment SET
        goal_at = CASE WHEN e.is_goal THEN ${builder.now()} ELSE enrollment.goal_at END,
        left_at = CASE WHEN e.is_inside THEN ${builder.now()} ELSE enrollment.left_at END,
        left_seq = e.seq + CASE WHEN e.is_goal AND e.is_inside THEN 2 ELSE 1 END,
        reason = CASE WHEN e.is_inside THEN ${endReason("e")} ELSE enrollment.reason END
      FROM ending AS e WHERE enrollment.enrollment_id = e.enrollment_id`,
  );
  await change(turn, () => "DELETE FROM positions USING ending AS e WHERE positions.enrollment_id = e.enrollment_id");
}

/** Both in one tick: it is an exit, and the goal counts. */
const endReason = (row: string): string =>
  `CASE WHEN ${row}.is_exit THEN 'exit' WHEN ${row}.is_ejected THEN 'ejected' WHEN ${row}.is_failed THEN 'failed' WHEN ${row}.was_goal THEN 'goal already reached' ELSE 'goal' END`;
