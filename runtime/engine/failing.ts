// What becomes of people of whom a mail or a call failed for good, where their program says more than that they walk on.

import type { OnFailure } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import type { InsidePlan } from "./editions.ts";
import { change, run, texts, type Turn } from "./engine.ts";

/** What the newest version says holds for all. */
function programsThat({ programs }: InsidePlan, mode: OnFailure): readonly string[] {
  const modes = new Map(programs.toReversed().map(({ name, onFailure }) => [name, onFailure]));
  return [...modes].flatMap(([name, onFailure]) => (onFailure === mode ? [name] : []));
}

export const hasFailureExits = (plan: InsidePlan): boolean => programsThat(plan, "exit").length > 0;

/** SELECT of the enrollments in whose program a failure is an exit, and of whom something failed. */
export function printFailed(plan: InsidePlan, builder: Builder): string {
  const names = builder.param(texts(programsThat(plan, "exit")));
  const failed = (table: string) =>
    `SELECT enrollment_id FROM ${table} WHERE state = 'failed' AND list_contains(${names}, program)`;
  return `${failed("outbox")} UNION ALL ${failed("webhook_call")}`;
}

/** Whether a failure makes somebody leave who is still inside. */
export async function isFailureExitDue(turn: Turn): Promise<boolean> {
  const { inside: plan } = turn.engine;
  if (!hasFailureExits(plan)) return false;
  const rows = await run(
    turn,
    (builder) => `SELECT 1 FROM positions AS s SEMI JOIN (${printFailed(plan, builder)}) AS x
      ON x.enrollment_id = s.enrollment_id LIMIT 1`,
  );
  return rows.length > 0;
}

/** SQL: the row of the relation failed for good, and its program is to stop and try again. */
export function printIsStopped(plan: InsidePlan, row: string, builder: Builder): string {
  const names = programsThat(plan, "stop");
  return names.length === 0
    ? "false"
    : `(${row}.state = 'failed' AND list_contains(${builder.param(texts(names))}, ${row}.program))`;
}

/** Pauses the programs of which something was stopped. `from`: a relation with program and reason, and what it says of it. */
export async function stopPrograms(turn: Turn, from: string, what: string): Promise<void> {
  if (programsThat(turn.engine.inside, "stop").length === 0) return;
  await change(
    turn,
    (builder) => `INSERT INTO paused (program, "at", reason)
      SELECT s.program, ${builder.now()}, concat('${what}: ', min(s.reason)) FROM ${from} AS s
      WHERE s.is_stopped GROUP BY s.program ON CONFLICT DO NOTHING`,
  );
}
