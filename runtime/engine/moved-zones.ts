// People whose zone a step sets: whoever comes to a wait for a local clock by that very step waits by the new zone's clock.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Step } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { startsLocally } from "./clock-starts.ts";
import { closesLocally } from "./closings.ts";
import { type Edition, isOf } from "./editions.ts";
import { change, text, type Turn } from "./engine.ts";
import { hasLocalWait, type Instants, printArrival } from "./arrival.ts";
import { sceneOf } from "./walk.ts";
import { noWinners } from "./winners.ts";
import { ensureSpans, hasLocalWaits, zoneOf, zonesInUse } from "./zones.ts";

/** Whether a step that sets the field moves somebody's local clock. */
export function movesZones({ catalog, programs }: Plan, field: string): boolean {
  const { zone, country } = catalog.contact;
  const isAsked = hasLocalWaits(programs) || startsLocally(programs) || closesLocally(programs);
  return (field === zone || field === country) && isAsked;
}

/**
 * Corrects the temporary table `verdict` behind steps that have set zones or countries.
 * @returns the zones in use from now on, whose offsets are written
 */
export async function moveZones(turn: Turn): Promise<readonly string[]> {
  const zones = await zonesInUse(turn);
  await ensureSpans(turn, zones);
  const { inside: plan } = turn.engine;
  const programs = plan.programs.flatMap((program) => {
    const waits = program.steps.filter((step) => hasLocalWait([step]));
    return waits.length > 0 && program.steps.some((step) => isSettingZone(plan, step)) ? [{ program, waits }] : [];
  });
  if (programs.length === 0) return zones;
  await change(turn, (builder) => {
    const moved = programs.map(({ program, waits }) =>
      printMoved(program, waits, { engine: turn.engine, now: turn.now, zones, winners: noWinners }, builder),
    );
    return `UPDATE verdict SET due = m.due FROM (${moved.join(" UNION ALL ")}) AS m
      WHERE verdict.enrollment_id = m.enrollment_id AND verdict.is_last`;
  });
  return zones;
}

const isSettingZone = (plan: Plan, step: Step): boolean => step.kind === "set" && movesZones(plan, step.field);

/** SELECT of enrollment_id and due of those whom a step that sets a zone leads to one of the waits. */
function printMoved(program: Edition, waits: readonly Step[], instants: Instants, builder: Builder): string {
  const { plan } = instants.engine;
  const ids = (steps: readonly Step[]) => steps.map(({ id }) => builder.param(text(id))).join(", ");
  const setters = program.steps.filter((step) => isSettingZone(plan, step));
  const arrival = printArrival(waits, instants, sceneOf(program, instants, builder), builder);
  return `SELECT w.enrollment_id, ${arrival.due} AS due FROM (
      SELECT v.enrollment_id, v."next", ${zoneOf(instants, "w", builder).columns.join(", ")}
      FROM verdict AS v LEFT JOIN contact AS c ON c.contact_id = v.contact_id
      WHERE v.is_last AND ${isOf(program, "v", builder)}
        AND v.step IN (${ids(setters)}) AND v."next" IN (${ids(waits)})
    ) AS w ${arrival.joins}`;
}
