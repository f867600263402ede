// Whom triggers ask for: events that are new since the last tick, and people for whom a condition turned true.

import type { EventTable } from "../../compiler/ir/catalog.ts";
import type { Length } from "../../compiler/ir/condition.ts";
import type { Program, Trigger } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { duckdb } from "../../compiler/sql/dialect.ts";
import { rowFilters } from "../../compiler/sql/event-filters.ts";
import { printConditions } from "../../compiler/sql/print.ts";
import { eventRelation, isHistory } from "../../compiler/sql/history.ts";
import { eventColumn, findEvent } from "../../compiler/sql/terms.ts";
import { isFolded } from "../../compiler/types.ts";
import { Bug } from "../../grammar/unreachable.ts";
import type { Instant } from "../ports.ts";
import { isClockTrigger, printClockStarts } from "./clock-starts.ts";
import { fieldsOfDate, printDateStarts } from "./date-starts.ts";
import type { EdgeTrigger, Judged } from "./edges.ts";
import { type Engine, instant, integer, text, type Turn } from "./engine.ts";
import { printAsked } from "./requests.ts";
import type { TriggerState, TriggerStates } from "./trigger-states.ts";

type EventTrigger = Extract<Trigger, { kind: "event" }>;

/** What a tick looks at: events only once, edges again when fields were set. */
export interface Look {
  readonly states: TriggerStates;
  readonly isFirst: boolean;
  /** What steps have set since the last look is in this batch of changes; null: nothing. */
  readonly setBatch: number | null;
  /** Whether people go on here from another program, see `Moved`. */
  readonly hasContinued: boolean;
  /** Zones of contacts. */
  readonly zones: readonly string[];
  /** Whether somebody may have been asked to be enrolled, see `Request`. */
  readonly hasRequests: boolean;
  /** Programs that start nobody for now. */
  readonly paused: ReadonlySet<string>;
}

/** SELECTs of (program, contact_id, at, start_event, start_event_id, enter_key, is_continued) of all who are asked for. */
export function printCandidates(turn: Turn, look: Look, judged: Judged | null, builder: Builder): readonly string[] {
  const from = (source: string) =>
    `SELECT n.program, n.contact_id, ${edgeColumns(builder)}, true AS is_continued FROM ${source} AS n`;
  const continued = look.hasContinued ? [from("continuing")] : [];
  const enrolled = look.hasRequests ? [from(`(${printAsked("enroll")})`)] : [];
  return [...continued, ...enrolled, ...printTriggered(turn, look, judged, builder)];
}

function printTriggered(turn: Turn, look: Look, judged: Judged | null, builder: Builder): readonly string[] {
  const programs = turn.engine.plan.programs.filter(({ name }) => !look.paused.has(name));
  return programs.flatMap((program) => {
    const asked = program.triggers.flatMap((trigger) => {
      const state = look.states(program, trigger);
      if (trigger.kind === "event") {
        const arrivals = arrivalsOf(trigger, state, look, builder);
        return arrivals === null ? [] : [printEvents(turn, program, trigger, arrivals, builder)];
      }
      if (isClockTrigger(trigger)) {
        const started = look.isFirst
          ? printClockStarts(turn, { program, trigger }, { seen: state, zones: look.zones }, builder)
          : null;
        return started === null ? [] : [started];
      }
      if (trigger.kind === "date") {
        const dated = printDateStarts(turn, { program, trigger }, { ...look, state }, builder);
        return dated === null ? [] : [dated];
      }
      if (!judged) throw new Bug("edges were not judged");
      const edge = judged.turned > 0 ? [printEdge(program, trigger, builder)] : [];
      const holds = judged.holds(trigger, "n");
      const again = look.isFirst ? printAgain(turn, { program, trigger, state, holds }, builder) : null;
      return again === null ? edge : [...edge, again];
    });
    // What several branches ask for is one start and no refused ones.
    return asked.length > 1 ? [`(${asked.join("\nUNION\n")})`] : asked;
  });
}

/** SQL that is true for events that are new to the look; null: none can be. */
function arrivalsOf(
  trigger: EventTrigger,
  state: TriggerState,
  { isFirst, setBatch }: Look,
  builder: Builder,
): string | null {
  if (!isFirst) {
    if (setBatch === null || !isHistory(trigger.event)) return null;
    return `e.batch = ${builder.param(integer(setBatch))} AND e.occurred_at = ${builder.now()}`;
  }
  const seenAt = builder.param(instant(state.seenAt));
  // Late arrivals come in a batch of their own; all others count from their own time on.
  return `(${state.seenAt === null ? "" : `e.occurred_at > ${seenAt} OR `}e.batch > ${builder.param(integer(state.seenBatch))})
    AND e.occurred_at >= ${builder.param(instant(state.firstAppliedAt))}`;
}

/** Whether a look behind the first can ask for somebody: edges can turn, and what steps set can be a start. */
export function looksAgain({ plan }: Engine): boolean {
  const steps = plan.programs.flatMap((program) => program.steps);
  const isSet = (field: string) => steps.some((step) => step.kind === "set" && step.field === field);
  return plan.programs.some(({ triggers }) =>
    triggers.some((trigger) => {
      if (trigger.kind === "date") return fieldsOfDate(trigger).some(isSet);
      return trigger.kind === "edge" || (trigger.kind === "event" && isHistory(trigger.event));
    }),
  );
}

function printEvents(turn: Turn, program: Program, trigger: EventTrigger, arrivals: string, builder: Builder): string {
  const { plan } = turn.engine;
  const event = findEvent(plan.catalog, trigger.event);
  const filters = [`e.occurred_at <= ${builder.now()}`, arrivals];
  const around = { builder, dialect: duckdb, zone: plan.project.zone };
  filters.push(...rowFilters(trigger, event, around, () => refuseStart(trigger)));
  const key = printEnterKey(program, event);
  const found = `SELECT ${builder.param(text(program.name))} AS program, e.contact_id, e.occurred_at AS "at",
      ${builder.param(text(trigger.event))} AS start_event, e.event_id AS start_event_id, ${key} AS enter_key,
      false AS is_continued
    FROM ${eventRelation(plan.catalog, trigger.event, builder)} AS e WHERE ${filters.join(" AND ")}`;
  if (!trigger.rest) return found;
  const people = { kind: "contact", from: { text: "(SELECT DISTINCT contact_id FROM found)", params: {} } } as const;
  const judged = builder.include(printConditions(plan, people, [{ name: "is_rest", when: trigger.rest }]));
  return `SELECT f.* FROM (WITH found AS (${found})
    SELECT d.* FROM found AS d JOIN (${judged}) AS j ON j.contact_id = d.contact_id AND j.is_rest) AS f`;
}

/** The value of the property behind `once per`, in the form in which such values are compared. */
function printEnterKey({ enter }: Program, event: EventTable): string {
  const per = enter.kind === "once" ? event.fields.find(({ name }) => name === enter.per) : undefined;
  if (!per) return "''";
  const value = `CAST(e.${eventColumn(event, per.name)} AS VARCHAR)`;
  return `coalesce(${isFolded(per.type) ? duckdb.fold(value) : value}, '')`;
}

function refuseStart({ event }: EventTrigger): never {
  throw new Bug(`the where of a start by ${event} reads the event that starts`);
}

const edgeColumns = (builder: Builder) =>
  `${builder.now()} AS "at", CAST(NULL AS VARCHAR) AS start_event, CAST(NULL AS VARCHAR) AS start_event_id, '' AS enter_key`;

function printEdge(program: Program, trigger: EdgeTrigger, builder: Builder): string {
  return `SELECT n.program, n.contact_id, ${edgeColumns(builder)}, false AS is_continued
    FROM edge_turned AS n
    WHERE n.program = ${builder.param(text(program.name))} AND n.trigger_id = ${builder.param(text(trigger.id))} AND n.holds`;
}

interface Again {
  readonly program: Program;
  readonly trigger: EdgeTrigger;
  readonly state: TriggerState;
  /** SQL that is true in the row `n` of `segment_member` where the trigger's condition holds. */
  readonly holds: string;
}

/** `again after D`: whoever still is what the trigger asks for starts again when D is over since the last start. */
function printAgain(turn: Turn, { program, trigger, state, holds }: Again, builder: Builder): string | null {
  const { enter } = program;
  if (enter.kind !== "again") return null;
  const { threshold, before } = againBounds(turn, enter.after, state.seenAt);
  const name = builder.param(text(program.name));
  return `SELECT m.program, m.contact_id, ${edgeColumns(builder)}, false AS is_continued
    FROM edge_member AS m
    JOIN segment_member AS n ON n.contact_id = m.contact_id AND ${holds}
    JOIN (SELECT contact_id, max(started_at) AS last_start FROM enrollment WHERE program = ${name} GROUP BY contact_id) AS s
      ON s.contact_id = m.contact_id
    WHERE m.program = ${name} AND m.trigger_id = ${builder.param(text(trigger.id))}
      AND s.last_start <= ${builder.param(instant(threshold))} AND s.last_start > ${builder.param(instant(before))}`;
}

/** Last starts that may be followed by another one now, and those that could be already at the last tick. */
export function againBounds(turn: Turn, after: Length, seenAt: Instant | null) {
  const back = { amount: -after.amount, unit: after.unit };
  const { calendar } = turn.engine;
  return {
    threshold: calendar.shift(turn.now, back),
    before: seenAt === null ? calendar.shift(0, back) : calendar.shift(seenAt, back),
  };
}
