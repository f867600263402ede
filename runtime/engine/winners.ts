// Experiments that end: when an arm has won, by what was measured until then. It is decided once, and journalled.

import type { Program, Step, Winner } from "../../compiler/ir/program.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { eventTable, quote } from "../../compiler/sql/tables.ts";
import type { Instant } from "../ports.ts";
import { change, type Engine, integer, run, text, type Turn } from "./engine.ts";

interface Place {
  readonly program: string;
  readonly step: string;
}

/** An experiment that asks for a winner. */
interface Contest extends Place {
  readonly winner: Winner;
}

interface Found {
  readonly firstAt: Instant;
  readonly arm: string | null;
}

export interface Winners {
  /** The arm that all take who come to an experiment from now on; null: each draws one. */
  armOf(place: Place): string | null;
  /** Experiments to which nobody has come yet. */
  readonly unmet: readonly Place[];
}

export const noWinners: Winners = { armOf: () => null, unmet: [] };

/** An arm of an experiment, in numbers. */
export interface Measured {
  readonly arm: string;
  /** Mails sent; for the goal people. */
  readonly count: number;
  /** To whom mails were delivered; for the goal all. */
  readonly people: number;
  /** Who of them opened, clicked, or reached the goal. */
  readonly did: number;
}

const keyOf = ({ program, step }: Place): string => JSON.stringify([program, step]);

const contestOf = (program: Program, step: Step): readonly Contest[] =>
  step.kind === "divide" && step.winner ? [{ program: program.name, step: step.id, winner: step.winner }] : [];

/** Of an experiment that several editions have, what the newest says. */
export function contestsOf({ programs }: Plan): readonly Contest[] {
  const all = programs.flatMap((program) => program.steps.flatMap((step) => contestOf(program, step)));
  return [...new Map(all.toReversed().map((contest) => [keyOf(contest), contest])).values()].toReversed();
}

/** Looks at each experiment whose time has come and that has no winner, and writes down those that get one. */
export async function decideWinners(turn: Turn, round: number): Promise<Winners> {
  const contests = contestsOf(turn.engine.inside);
  if (contests.length === 0) return noWinners;
  const found = new Map(await readFound(turn));
  for (const contest of contests) {
    const known = found.get(keyOf(contest));
    if (!known || known.arm !== null || endOf(turn.engine, contest, known.firstAt) > turn.now) continue;
    const measured = await measure(turn, contest);
    const best = bestOf(contest, measured);
    if (best === null) continue;
    await writeWinner(turn, contest, { arm: best.arm, reason: wordsOf(contest, best, measured), round });
    found.set(keyOf(contest), { ...known, arm: best.arm });
  }
  return {
    armOf: (place) => found.get(keyOf(place))?.arm ?? null,
    unmet: contests.filter((contest) => !found.has(keyOf(contest))),
  };
}

const endOf = ({ calendar }: Engine, { winner }: Contest, firstAt: Instant): Instant =>
  calendar.shift(firstAt, winner.after);

async function readFound(turn: Turn): Promise<readonly (readonly [string, Found])[]> {
  const rows = await run(turn, () => "SELECT program, step, first_at, arm FROM experiment");
  return rows.map((row) => [
    keyOf({ program: String(row.program), step: String(row.step) }),
    { firstAt: Number(row.first_at), arm: row.arm === null ? null : String(row.arm) },
  ]);
}

/** The best arm, of equal ones the one written first; null where some arm has too few. Who was never reached did nothing. */
export function bestOf({ winner }: Pick<Contest, "winner">, measured: readonly Measured[]): Measured | null {
  const [first] = measured;
  if (!first || measured.some(({ count }) => count < winner.needs)) return null;
  const isBetter = (one: Measured, best: Measured) =>
    one.did * Math.max(1, best.people) > best.did * Math.max(1, one.people);
  return measured.reduce((best, one) => (isBetter(one, best) ? one : best), first);
}

function wordsOf({ winner }: Contest, best: Measured, measured: readonly Measured[]): string {
  const rates = measured.map(({ arm, did, people }) => `${arm} ${did} of ${people}`);
  return `arm ${best.arm} by ${winner.by} rate: ${rates.join(", ")}`;
}

interface Won {
  readonly arm: string;
  readonly reason: string;
  readonly round: number;
}

async function writeWinner(turn: Turn, { program, step }: Contest, { arm, reason, round }: Won): Promise<void> {
  const { version } = turn.engine;
  const place = (builder: Builder) => ({ program: builder.param(text(program)), step: builder.param(text(step)) });
  await change(turn, (builder) => {
    const at = place(builder);
    return `INSERT INTO journal (tick, round, program, version, enrollment_id, contact_id, seq, step, outcome, reason)
      SELECT ${builder.now()}, ${builder.param(integer(round))}, ${at.program}, ${builder.param(integer(version))}, '', '', 0,
        ${at.step}, 'won', ${builder.param(text(reason))}`;
  });
  await change(turn, (builder) => {
    const at = place(builder);
    return `UPDATE experiment SET arm = ${builder.param(text(arm))}, decided_at = ${builder.now()}
      WHERE program = ${at.program} AND step = ${at.step}`;
  });
}

/** Behind the journal of a round: since when there are people in experiments that had met nobody. */
export async function noteFirstArrivals(turn: Turn, { unmet }: Winners): Promise<void> {
  if (unmet.length === 0) return;
  await change(turn, (builder) => {
    const places = unmet.map(
      ({ program, step }) => `(v.program = ${builder.param(text(program))} AND v.step = ${builder.param(text(step))})`,
    );
    // A winner may be asked for when people have come already.
    return `INSERT INTO experiment (program, step, first_at)
      SELECT j.program, j.step, min(j.tick) FROM journal AS j
      SEMI JOIN (SELECT DISTINCT v.program, v.step FROM verdict AS v WHERE v.outcome = 'chose' AND (${places.join(" OR ")})) AS w
        ON w.program = j.program AND w.step = j.step
      WHERE j.outcome = 'chose' GROUP BY j.program, j.step ORDER BY j.program, j.step ON CONFLICT DO NOTHING`;
  });
}

/** What is known of the competing arms now, in the order written. */
export async function measure(turn: Turn, contest: Contest): Promise<readonly Measured[]> {
  const { by, competing } = contest.winner;
  const rows = await run(turn, (builder) =>
    by === "goal" ? printGoals(contest, builder) : printMails(contest, by === "open" ? "opened" : "clicked", builder),
  );
  return competing.map(({ arm }) => {
    const row = rows.find((candidate) => candidate.arm === `arm ${arm}`);
    return { arm, count: Number(row?.n ?? 0), people: Number(row?.people ?? 0), did: Number(row?.did ?? 0) };
  });
}

/** SELECT of who has come to the experiment, and the arm. */
function printChosen({ program, step }: Place, builder: Builder): string {
  return `SELECT DISTINCT j.enrollment_id, j.contact_id, j.reason AS arm FROM journal AS j
    WHERE j.program = ${builder.param(text(program))} AND j.step = ${builder.param(text(step))} AND j.outcome = 'chose'`;
}

function printGoals(contest: Contest, builder: Builder): string {
  return `SELECT c.arm, count(DISTINCT c.contact_id) AS n, count(DISTINCT c.contact_id) AS people,
      count(DISTINCT c.contact_id) FILTER (e.goal_at <= ${builder.now()}) AS did
    FROM (${printChosen(contest, builder)}) AS c JOIN enrollment AS e ON e.enrollment_id = c.enrollment_id GROUP BY c.arm`;
}

/** Only mails of steps of the arm that the person took; who did something with a mail has got it. */
function printMails(contest: Contest, event: "opened" | "clicked", builder: Builder): string {
  const arms = contest.winner.competing.flatMap(({ arm, sends }) => {
    const steps = sends.map((id) => builder.param(text(id)));
    return steps.length > 0 ? [`WHEN o.step IN (${steps.join(", ")}) THEN ${builder.param(text(`arm ${arm}`))}`] : [];
  });
  const told = (name: string, isMeant = "true") => `SELECT DISTINCT e."message" FROM ${quote(eventTable(name))} AS e
    WHERE e."message" IS NOT NULL AND e.occurred_at <= ${builder.now()} AND ${isMeant}`;
  return `SELECT m.arm, count(*) AS n, count(DISTINCT m.contact_id) FILTER (m.is_delivered OR m.has_done) AS people,
      count(DISTINCT m.contact_id) FILTER (m.has_done) AS did
    FROM (
      SELECT c.arm, o.contact_id, r."message" IS NOT NULL AS is_delivered, d."message" IS NOT NULL AS has_done
      FROM outbox AS o
      JOIN (${printChosen(contest, builder)}) AS c ON c.enrollment_id = o.enrollment_id AND c.arm = CASE ${arms.join(" ")} END
      LEFT JOIN (${told("received")}) AS r ON r."message" = o.send_id
      LEFT JOIN (${told(event, 'e."machine" IS NOT TRUE')}) AS d ON d."message" = o.send_id
      WHERE o.program = ${builder.param(text(contest.program))} AND o.state = 'sent' AND o.settled_at <= ${builder.now()}
    ) AS m GROUP BY m.arm`;
}

/** When an experiment may get its winner next: when its time is over, or, where it is, since the mails that it needs are out. */
export async function nextWinner(engine: Engine, now: Instant): Promise<Instant | null> {
  const turn: Turn = { engine, session: engine.database, now };
  const contests = contestsOf(engine.inside);
  if (contests.length === 0) return null;
  const found = new Map(await readFound(turn));
  const moments: Instant[] = [];
  for (const contest of contests) {
    const known = found.get(keyOf(contest));
    if (!known || known.arm !== null) continue;
    const end = endOf(engine, contest, known.firstAt);
    if (end > now) moments.push(end);
    else if (bestOf(contest, await measure(turn, contest)) !== null) moments.push(now + 1);
  }
  return moments.length > 0 ? Math.min(...moments) : null;
}
