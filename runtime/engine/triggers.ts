// Whom triggers ask for: events that are new since the last tick, and people for whom a condition turned true.

import type { EventTable } from "../../compiler/ir/catalog.ts";
import type { Length } from "../../compiler/ir/condition.ts";
import type { Program, Trigger } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { duckdb } from "../../compiler/sql/dialect.ts";
import { rowFilters } from "../../compiler/sql/event-filters.ts";
import { printConditions } from "../../compiler/sql/print.ts";
import { eventRelation, isHistory } from "../../compiler/sql/history.ts";
import { quote } from "../../compiler/sql/tables.ts";
import { eventColumn, findEvent } from "../../compiler/sql/terms.ts";
import { isFolded } from "../../compiler/types.ts";
import { Bug } from "../../grammar/unreachable.ts";
import type { Instant, Row } from "../ports.ts";
import { isClockTrigger, printClockStarts } from "./clock-starts.ts";
import { change, type Engine, fill, instant, integer, text, type Turn } from "./engine.ts";

type EventTrigger = Extract<Trigger, { kind: "event" }>;
type EdgeTrigger = Extract<Trigger, { kind: "edge" }>;

export interface TriggerState {
  readonly firstAppliedAt: Instant;
  /** The last tick that looked, and the newest batch of events it saw; null before the first. */
  readonly seenAt: Instant | null;
  readonly seenBatch: number;
}
export type TriggerStates = (program: Program, trigger: Trigger) => TriggerState;

/** From rows of `trigger_state`. */
export function triggerStatesOf(rows: readonly Row[]): TriggerStates {
  const key = (program: string, trigger: string) => JSON.stringify([program, trigger]);
  const states = new Map(
    rows.map((row) => [
      key(String(row.program), String(row.trigger_id)),
      {
        firstAppliedAt: Number(row.first_applied_at),
        seenAt: row.seen_at === null ? null : Number(row.seen_at),
        seenBatch: Number(row.seen_batch),
      },
    ]),
  );
  return (program, trigger) => {
    const state = states.get(key(program.name, trigger.id));
    if (!state) throw new Bug(`the trigger ${trigger.id} of ${program.name} was never applied`);
    return state;
  };
}

export function edgesOf(engine: Engine): readonly { readonly program: Program; readonly trigger: EdgeTrigger }[] {
  return engine.plan.programs.flatMap((program) =>
    program.triggers.flatMap((trigger) => (trigger.kind === "edge" ? [{ program, trigger }] : [])),
  );
}

/** Fills the temporary table `edge_now` with everybody for whom an edge trigger holds; all of them in one statement. */
export async function judgeEdges(turn: Turn, edges: ReturnType<typeof edgesOf>): Promise<void> {
  await fill(turn, "edge_now", (builder) => {
    const conditions = edges.map(({ trigger }, index) => ({ name: `edge ${index}`, when: trigger.when }));
    const everybody = { kind: "contact", from: { text: quote("contact"), params: {} } } as const;
    const judged = builder.include(printConditions(turn.engine.plan, everybody, conditions));
    const held = edges.map(
      ({ program, trigger }, index) => `SELECT ${builder.param(text(program.name))} AS program,
        ${builder.param(text(trigger.id))} AS trigger_id, j.contact_id FROM judged AS j WHERE j."edge ${index}"`,
    );
    const columns = ["contact_id", ...conditions.map(({ name }) => quote(name))].join(", ");
    return `WITH judged AS (SELECT ${columns} FROM (${judged}) AS j) ${held.join(" UNION ALL ")}`;
  });
}

/** Remembers who is true now, for the next tick to compare with. */
export async function rememberEdges(turn: Turn): Promise<void> {
  const isSame = "n.program = m.program AND n.trigger_id = m.trigger_id AND n.contact_id = m.contact_id";
  await change(
    turn,
    () => `DELETE FROM edge_member AS m WHERE NOT EXISTS (SELECT 1 FROM edge_now AS n WHERE ${isSame})`,
  );
  await change(
    turn,
    () => `INSERT INTO edge_member (program, trigger_id, contact_id)
      SELECT n.program, n.trigger_id, n.contact_id FROM edge_now AS n ANTI JOIN edge_member AS m ON ${isSame}`,
  );
}

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
}

/** SELECTs of (program, contact_id, at, start_event, start_event_id, enter_key, is_continued) of all who are asked for. */
export function printCandidates(turn: Turn, look: Look, builder: Builder): readonly string[] {
  const continued = `SELECT n.program, n.contact_id, ${edgeColumns(builder)}, true AS is_continued FROM continuing AS n`;
  return [...(look.hasContinued ? [continued] : []), ...printTriggered(turn, look, builder)];
}

function printTriggered(turn: Turn, look: Look, builder: Builder): readonly string[] {
  return turn.engine.plan.programs.flatMap((program) => {
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
      const edge = printEdge(program, trigger, builder);
      const again = look.isFirst ? printAgain(turn, program, trigger, state, builder) : null;
      return again === null ? [edge] : [edge, again];
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
  return plan.programs.some(({ triggers }) =>
    triggers.some((trigger) => trigger.kind === "edge" || (trigger.kind === "event" && isHistory(trigger.event))),
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
    FROM edge_now AS n ANTI JOIN edge_member AS m
      ON m.program = n.program AND m.trigger_id = n.trigger_id AND m.contact_id = n.contact_id
    WHERE n.program = ${builder.param(text(program.name))} AND n.trigger_id = ${builder.param(text(trigger.id))}`;
}

/** `again after D`: whoever still is what the trigger asks for starts again when D is over since the last start. */
function printAgain(
  turn: Turn,
  program: Program,
  trigger: EdgeTrigger,
  state: TriggerState,
  builder: Builder,
): string | null {
  const { enter } = program;
  if (enter.kind !== "again") return null;
  const { threshold, before } = againBounds(turn, enter.after, state.seenAt);
  const name = builder.param(text(program.name));
  return `SELECT n.program, n.contact_id, ${edgeColumns(builder)}, false AS is_continued
    FROM edge_now AS n
    JOIN edge_member AS m ON m.program = n.program AND m.trigger_id = n.trigger_id AND m.contact_id = n.contact_id
    JOIN (SELECT contact_id, max(started_at) AS last_start FROM enrollment WHERE program = ${name} GROUP BY contact_id) AS s
      ON s.contact_id = n.contact_id
    WHERE n.program = ${name} AND n.trigger_id = ${builder.param(text(trigger.id))}
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
