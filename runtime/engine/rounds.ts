// One round of steps: every program proposes, one statement decides, and the outcome is written down.

import type { Builder } from "../../compiler/sql/builder.ts";
import { actStep, isAct, isReadBack } from "./acts.ts";
import type { Instants } from "./arrival.ts";
import { hasSends, printPeople, printProposed, printVerdict, type Restrained } from "./decide.ts";
import { asksPeople } from "./policies.ts";
import { restrainsMail } from "./restraints.ts";
import { isOf, isRowOf } from "./editions.ts";
import { fill, run, text, type Turn } from "./engine.ts";
import { findClosures } from "./hours.ts";
import { type Notes, writeNotes } from "./notes.ts";
import { projectVerdict, readVerdict } from "./project.ts";
import { isWatched } from "./steps/registry.ts";
import { noteFirstArrivals, type Winners } from "./winners.ts";
import {
  isFirstHopOpen,
  printFirstHop,
  printProposals,
  type Proposals,
  type Standing,
  unlessUnknown,
  type Walking,
} from "./walk.ts";

export interface Moved {
  readonly rows: number;
  /** Mails that were promised. */
  readonly sends: number;
  /** True where something was written about people that conditions may read, so that everything must be judged anew. */
  readonly hasActed: boolean;
  /** True where people go on in another program: the temporary table `continuing` says who and in which. */
  readonly hasContinued: boolean;
  /** True where somebody came to a place at which it may be their turn again in this very instant. */
  readonly hasArrived: boolean;
  /** As in the request, and those that steps of the round have set. */
  readonly zones: readonly string[];
}

export interface RoundRequest {
  /** See `Standing`. */
  readonly watching: Standing["watching"];
  readonly zones: readonly string[];
  /** See `Standing`. */
  readonly hasSkipped: boolean;
  /** See `Standing`. */
  readonly hasUnknown: boolean;
  /** Batch of the changes that steps of the round make. */
  readonly setBatch: number;
  /** Programs in which nobody moves for now. */
  readonly paused: ReadonlySet<string>;
  readonly winners: Winners;
  /** How long it is until the next instant. */
  readonly stepMs: number;
  /** What the journal is yet to say of those who began and ended before; the round writes it with its own rows. */
  readonly notes: readonly Notes[];
}

/** Moves everybody whose turn it is by one round; `round` counts the writings of the tick. */
export async function moveOn(turn: Turn, request: RoundRequest, round: number): Promise<Moved> {
  const { zones, setBatch, winners, notes } = request;
  const standing = await whoseTurn(turn, request);
  if (standing.length === 0) return nobodyMoved(turn, request);
  const instants: Instants = { engine: turn.engine, now: turn.now, zones, winners };
  const walking = await takeFirstHop(turn, standing, instants);
  if (walking.length === 0) return nobodyMoved(turn, request);
  await decide(turn, walking, instants, request.stepMs);
  const mayAct = walking.some(({ program }) => program.steps.some(isAct));
  const verdict = await readVerdict(turn, mayAct);
  if (verdict.rows === 0) return nobodyMoved(turn, request);
  const movedZones = await projectVerdict(turn, verdict, { round, setBatch, notes });
  await noteFirstArrivals(turn, winners);
  const hasContinued = verdict.leaving > 0 && (await findContinuing(turn, walking));
  return {
    rows: verdict.rows,
    sends: verdict.sends,
    hasActed: verdict.acts.some((place) => isReadBack(actStep(turn.engine, place), turn.engine)),
    hasContinued,
    hasArrived: verdict.arriving > 0,
    zones: movedZones ?? zones,
  };
}

async function nobodyMoved(turn: Turn, { zones, notes }: RoundRequest): Promise<Moved> {
  await writeNotes(turn, notes);
  return { rows: 0, sends: 0, hasActed: false, hasContinued: false, hasArrived: false, zones };
}

/** Fills the temporary table `verdict` with what becomes of all that programs propose. */
async function decide(turn: Turn, walking: readonly Walking[], instants: Instants, stepMs: number): Promise<void> {
  const { inside: plan } = turn.engine;
  const propose = (builder: Builder) => walking.map((program) => printProposals(program, instants, builder));
  if (!restrainsMail(plan)) {
    await fill(turn, "verdict", (builder) => printVerdict(plan, propose(builder), null, builder));
    return;
  }
  let proposals: readonly Proposals[] = [];
  await fill(turn, "proposed", (builder) => {
    proposals = propose(builder);
    return printProposed(proposals);
  });
  const restrained = await restrain(turn, hasSends(proposals), stepMs);
  await fill(turn, "verdict", (builder) => printVerdict(plan, proposals, restrained, builder));
}

/** Asks policies about whoever is to be mailed by the temporary table `proposed`. */
async function restrain(turn: Turn, hasMails: boolean, stepMs: number): Promise<Restrained> {
  const proposed = "proposed";
  if (!hasMails) return { proposed, people: null, closures: [], stepMs };
  const people = asksPeople(turn.engine.inside) ? "judged_people" : null;
  if (people !== null) {
    await fill(turn, people, (builder) => printPeople(turn.engine, proposed, builder));
  }
  const closures = await findClosures(turn, `${people ?? proposed} AS d`);
  return { proposed, people, closures, stepMs };
}

/** Fills the temporary table `continuing` with who has left for another program. */
async function findContinuing(turn: Turn, walking: readonly Walking[]): Promise<boolean> {
  const ways = walking.flatMap(({ program }) =>
    program.steps.flatMap((step) =>
      step.kind === "continue in" ? [{ from: program, step: step.id, to: step.program }] : [],
    ),
  );
  if (ways.length === 0) return false;
  const found = await fill(turn, "continuing", (builder) => {
    const word = (value: string) => builder.param(text(value));
    const cases = ways.map(
      ({ from, step, to }) => `WHEN ${isOf(from, "v", builder)} AND v.step = ${word(step)} THEN ${word(to)}`,
    );
    return `SELECT DISTINCT c.program, c.contact_id
      FROM (SELECT CASE ${cases.join(" ")} END AS program, v.contact_id FROM verdict AS v WHERE v.outcome = 'left') AS c
      WHERE c.program IS NOT NULL`;
  });
  return found > 0;
}

/**
 * Where conditions decide whose turn it is, few of the many who are looked at move: they are found first, so that all that
 * lies behind is printed and read for them alone.
 */
async function takeFirstHop(
  turn: Turn,
  standing: readonly Standing[],
  instants: Instants,
): Promise<readonly Walking[]> {
  if (!standing.some((program) => isFirstHopOpen(program, instants))) {
    return standing.map((program) => ({ ...program, nexts: null }));
  }
  const hopping = await fill(turn, "first_hop", (builder) =>
    standing.map((program) => `SELECT * FROM (${printFirstHop(program, instants, builder)}) AS h`).join(" UNION ALL "),
  );
  if (hopping === 0) return [];
  const rows = await run(turn, () => 'SELECT DISTINCT program, pinned, step, "next" FROM first_hop ORDER BY ALL');
  return standing.flatMap((program) => {
    const own = rows.filter((row) => isRowOf(program.program, row));
    const steps = [...new Set(own.map((row) => String(row.step)))];
    const nexts = [...new Set(own.flatMap((row) => (row.next === null ? [] : [String(row.next)])))];
    return own.length > 0 ? [{ ...program, steps, nexts }] : [];
  });
}

/** Ids of the steps at which people wait for something to happen. */
function watchedSteps({ engine }: Turn): readonly string[] {
  return [...new Set(engine.inside.programs.flatMap(({ steps }) => steps.filter(isWatched).map(({ id }) => id)))];
}

/** Programs with somebody to look at, and the steps that those people stand on: statements are printed for these alone. */
async function whoseTurn(
  turn: Turn,
  { watching, hasSkipped, hasUnknown, paused }: RoundRequest,
): Promise<readonly Standing[]> {
  const programs = turn.engine.inside.programs.filter(({ name }) => !paused.has(name));
  const watched = watchedSteps(turn);
  const rows = await run(turn, (builder) => {
    const isWatchedNow = `s.step IN (${watched.map((id) => builder.param(text(id))).join(", ")})${
      watching === "all" ? "" : ` AND s.arrived_at = ${builder.now()}`
    }`;
    return `SELECT s.program, s.pinned, s.step FROM positions AS s ${hasUnknown ? unlessUnknown("s") : ""}
      WHERE s.due <= ${builder.now()}${watched.length > 0 ? ` OR (${isWatchedNow})` : ""}
      GROUP BY s.program, s.pinned, s.step ORDER BY s.program, s.pinned, s.step`;
  });
  return programs.flatMap((program) => {
    const steps = rows.filter((row) => isRowOf(program, row)).map((row) => String(row.step));
    return steps.length > 0 ? [{ program, steps, watching, hasSkipped, hasUnknown }] : [];
  });
}
