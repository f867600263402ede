// Where people come to rest: when they are due there, by the clock of their own zone where a wait says so.

import type { Step, WaitUntil } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import type { Instant } from "../ports.ts";
import { cases, type Engine, texts } from "./engine.ts";
import { type ClockWait, endOfClockWait } from "./schedule.ts";
import type { Scene } from "./steps/kind.ts";
import { dueOf, isWatched } from "./steps/registry.ts";
import type { Winners } from "./winners.ts";
import { zoneOf } from "./zones.ts";

export interface Instants {
  readonly engine: Engine;
  readonly now: Instant;
  /** Zones of contacts, for waits that end by a local clock. */
  readonly zones: readonly string[];
  readonly winners: Winners;
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

export function isLocal(until: WaitUntil): until is ClockWait {
  if (until.kind === "date") return false;
  return until.kind === "moment" ? until.at.kind === "local" : until.time.isLocal;
}
