// Trials: the engine does what it would do, in a transaction that is rolled back, and what it did is read.

import type { Plan } from "../../compiler/ir/plan.ts";
import { applyPlan } from "../engine/apply.ts";
import { type Engine, openEngine } from "../engine/engine.ts";
import { tick } from "../engine/tick.ts";
import { Failed } from "../failures/failures.ts";
import type { Database, Failure, Instant, Result } from "../ports.ts";
import { type Counts, runAhead } from "./ahead.ts";
import { type Happened, happenedSince, journalEnd } from "./announced.ts";

/** What the engine did at the first tick, and what it would do in the time ahead. */
export interface Trial {
  readonly happened: readonly Happened[];
  readonly ahead: Counts | null;
}

export interface TrialRequest {
  readonly at: Instant;
  /** Whether the engine runs on into the time ahead. */
  readonly looksAhead: boolean;
}

function worked<T>(result: Result<T>): T {
  if (!result.ok) throw new Failed(result.failure);
  return result.value;
}

/** What the live plan does, where nobody applies anything; null where nothing is live. */
export async function tryLive(shadow: Database, request: TrialRequest): Promise<Trial | null> {
  const engine = await openEngine(shadow);
  return engine === null ? null : runTrial(shadow, engine, await journalEnd(shadow), request);
}

/** What happens where the plan is applied; the failure where `apply` refuses. */
export async function tryNext(shadow: Database, plan: Plan, request: TrialRequest): Promise<Trial | Failure> {
  const end = await journalEnd(shadow);
  const applied = await applyPlan(shadow, plan, request.at);
  if (!applied.ok) return applied.failure;
  return runTrial(shadow, applied.value.engine, end, request);
}

async function runTrial(
  shadow: Database,
  engine: Engine,
  end: number,
  { at, looksAhead }: TrialRequest,
): Promise<Trial> {
  worked(await tick(engine, at));
  const happened = await happenedSince(shadow, end);
  return { happened, ahead: looksAhead ? await runAhead(engine, at, end) : null };
}
