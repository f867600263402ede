// For whom the conditions of edge triggers have turned since the last tick, by the stored membership.

import type { Program, Trigger } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { edgeName } from "../../compiler/sql/rules.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { change, type Engine, fill, text, texts, type Turn } from "./engine.ts";
import { printHolds } from "./segments/members.ts";
import { refreshSegments } from "./segments/refresh.ts";
import type { TriggerStates } from "./trigger-states.ts";

export type EdgeTrigger = Extract<Trigger, { kind: "edge" }>;

export interface Edge {
  readonly program: Program;
  readonly trigger: EdgeTrigger;
}

export const edgesOf = ({ plan }: Pick<Engine, "plan">): readonly Edge[] =>
  plan.programs.flatMap((program) =>
    program.triggers.flatMap((trigger) => (trigger.kind === "edge" ? [{ program, trigger }] : [])),
  );

/** What is known of edges once the membership is as of now. */
export interface Judged {
  /** SQL that is true in the row of `segment_member` that `alias` names where the trigger's condition holds. */
  readonly holds: (trigger: EdgeTrigger, alias: string) => string;
  /** Rows of the temporary table `edge_turned`: program, trigger_id and contact_id of whom it turned for, and `holds`. */
  readonly turned: number;
  /** True where somebody was judged. */
  readonly hasLooked: boolean;
}

/** Brings the stored membership up to now. */
async function refresh(turn: Turn) {
  const { plan, calendar, rules } = turn.engine;
  if (!rules) throw new Bug("no edge was to be judged");
  const { slots, looked } = await refreshSegments({ session: turn.session, plan, calendar, rules, now: turn.now });
  const holds = ({ id }: EdgeTrigger, alias: string) => printHolds(slots, edgeName(id), alias);
  return { slots, looked, holds };
}

/** Judges the edges, and fills `edge_turned`: all of them in one statement. */
export async function judgeEdges(turn: Turn, edges: readonly Edge[], states: TriggerStates): Promise<Judged> {
  const { slots, looked, holds } = await refresh(turn);
  // Changes are written down from when the edge was first judged here, and read from the last tick on.
  const isFollowed = ({ program, trigger }: Edge) => {
    const { seenAt, isCurrent } = states(program, trigger);
    return seenAt !== null && isCurrent && (slots.get(edgeName(trigger.id))?.since ?? seenAt) < seenAt;
  };
  const turned = await fill(turn, "edge_turned", (builder) => {
    const followed = edges.filter(isFollowed);
    const others = edges.filter((edge) => !isFollowed(edge));
    return [
      ...(followed.length > 0 ? [printFollowed(followed, holds, builder)] : []),
      ...others.map((edge) => printCompared(edge, holds, builder)),
    ].join("\nUNION ALL\n");
  });
  return { holds, turned, hasLooked: looked !== 0 };
}

/** Of whom changes are written down: those alone. */
function printFollowed(edges: readonly Edge[], holds: Judged["holds"], builder: Builder): string {
  const names = builder.param(texts(edges.map(({ program }) => program.name)));
  const ids = builder.param(texts(edges.map(({ trigger }) => trigger.id)));
  const triggers = new Map(edges.map(({ trigger }) => [trigger.id, trigger]));
  const cases = [...triggers.values()].map(
    (trigger) => `WHEN ${builder.param(text(trigger.id))} THEN ${holds(trigger, "m")}`,
  );
  return `SELECT k.program, k.trigger_id, k.contact_id, k.holds FROM (
      SELECT p.program, t.trigger_id, t.contact_id, coalesce(CASE t.trigger_id ${cases.join(" ")} END, false) AS holds
      FROM (SELECT DISTINCT trigger_id, contact_id FROM segment_turn) AS t
      JOIN (SELECT unnest(${names}) AS program, unnest(${ids}) AS trigger_id) AS p ON p.trigger_id = t.trigger_id
      LEFT JOIN segment_member AS m ON m.contact_id = t.contact_id
    ) AS k
    LEFT JOIN edge_member AS e ON e.program = k.program AND e.trigger_id = k.trigger_id AND e.contact_id = k.contact_id
    WHERE k.holds <> (e.contact_id IS NOT NULL)`;
}

/** Everybody, compared with who is remembered. */
function printCompared({ program, trigger }: Edge, holds: Judged["holds"], builder: Builder): string {
  const [name, id] = [builder.param(text(program.name)), builder.param(text(trigger.id))];
  const remembered = `SELECT e.contact_id FROM edge_member AS e WHERE e.program = ${name} AND e.trigger_id = ${id}`;
  return `SELECT ${name} AS program, ${id} AS trigger_id, coalesce(n.contact_id, e.contact_id) AS contact_id,
      n.contact_id IS NOT NULL AS holds
    FROM (SELECT m.contact_id FROM segment_member AS m WHERE ${holds(trigger, "m")}) AS n
    FULL JOIN (${remembered}) AS e ON e.contact_id = n.contact_id
    WHERE n.contact_id IS NULL OR e.contact_id IS NULL`;
}

/** Remembers who is true now, for the next tick to compare with. */
export async function rememberEdges(turn: Turn, { turned, hasLooked }: Judged): Promise<void> {
  if (hasLooked) await change(turn, () => "DELETE FROM segment_turn");
  if (turned === 0) return;
  await change(
    turn,
    () => `DELETE FROM edge_member AS m USING edge_turned AS n
      WHERE n.program = m.program AND n.trigger_id = m.trigger_id AND n.contact_id = m.contact_id AND NOT n.holds`,
  );
  await change(
    turn,
    () => `INSERT INTO edge_member (program, trigger_id, contact_id)
      SELECT n.program, n.trigger_id, n.contact_id FROM edge_turned AS n WHERE n.holds`,
  );
}

/** Of edges that are applied for the first time, who is true now and so does not start. */
export async function rememberPresent(turn: Turn, edges: readonly Edge[]): Promise<void> {
  const { holds } = await refresh(turn);
  await change(turn, (builder) => {
    const present = edges.map(
      ({
        program,
        trigger,
      }) => `SELECT ${builder.param(text(program.name))}, ${builder.param(text(trigger.id))}, m.contact_id
        FROM segment_member AS m WHERE ${holds(trigger, "m")}`,
    );
    return `INSERT INTO edge_member (program, trigger_id, contact_id) ${present.join("\nUNION ALL\n")}`;
  });
}
