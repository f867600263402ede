// A new version moves in: rows take on the names that it has, and people whose step is called otherwise, or is gone, are put
// where they belong.

import { builtInEvents, declaredProperties } from "../../compiler/built-in.ts";
import type { Step } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { eventTable, quote } from "../../compiler/sql/tables.ts";
import { cases, change, text, texts, type Turn } from "./engine.ts";
import type { Changed, Inheritance } from "./lineage.ts";
import type { Placing } from "./placing.ts";
import { isWatched } from "./steps/registry.ts";

/** Tables of the engine by the column that holds a name of the kind. */
const holders = {
  program: [
    "positions",
    "enrollment",
    "journal",
    "outbox",
    "paused",
    "request",
    "trigger_state",
    "edge_member",
    "experiment",
    "handoff",
    "webhook_call",
  ],
  email: ["journal", "outbox"],
  segment: ["segment_change"],
} as const;

/** `placings`: of all who are inside, none of them vanished. */
export async function moveHouse(turn: Turn, inheritance: Inheritance, placings: readonly Placing[]): Promise<void> {
  await renameRows(turn, inheritance);
  await renameSteps(turn, inheritance.steps);
  await renameTriggers(turn, inheritance.triggers);
  await settleIn(turn, placings);
}

async function renameRows(turn: Turn, { renames }: Inheritance): Promise<void> {
  for (const what of ["program", "email", "segment"] as const) {
    if (renames[what].size === 0) continue;
    const events = builtInEvents.filter(({ isMail, fields }) => isMail && fields.some(({ name }) => name === what));
    const told = declaredProperties.has(what) ? events.map(({ name }) => quote(eventTable(name))) : [];
    for (const table of [...holders[what], ...told]) {
      await change(turn, (builder) => printRenaming(table, quote(what), [...renames[what]], builder));
    }
  }
}

type Pairs = readonly (readonly [from: string, to: string])[];

function printRenaming(table: string, column: string, pairs: Pairs, builder: Builder): string {
  const named = pairs.map(([from, to]) => [builder.param(text(from)), builder.param(text(to))] as const);
  return `UPDATE ${table} SET ${column} = ${cases(column, named)}
    WHERE list_contains(${builder.param(texts(pairs.map(([from]) => from)))}, ${column})`;
}

/** Pairs of one program after the other. */
function byProgram(changed: readonly Changed[]): ReadonlyMap<string, Pairs> {
  const found = new Map<string, Pairs>();
  for (const { program, from, to } of changed) found.set(program, [...(found.get(program) ?? []), [from, to]]);
  return found;
}

const stepColumns = [
  ["positions", "step"],
  ["outbox", "step"],
  ["journal", "step"],
  ["journal", '"next"'],
  ["experiment", "step"],
  ["handoff", "step"],
  ["webhook_call", "step"],
] as const;

async function renameSteps(turn: Turn, changed: readonly Changed[]): Promise<void> {
  for (const [program, pairs] of byProgram(changed)) {
    for (const [table, column] of stepColumns) {
      await change(
        turn,
        (builder) => `${printRenaming(table, column, pairs, builder)} AND program = ${builder.param(text(program))}`,
      );
    }
  }
}

async function renameTriggers(turn: Turn, changed: readonly Changed[]): Promise<void> {
  for (const [program, pairs] of byProgram(changed)) {
    for (const table of ["trigger_state", "edge_member"]) {
      await change(
        turn,
        (builder) =>
          `${printRenaming(table, "trigger_id", pairs, builder)} AND program = ${builder.param(text(program))}`,
      );
    }
    await change(turn, (builder) => printRenaming("segment_turn", "trigger_id", pairs, builder));
  }
}

/** Who stood on a step that was removed goes on in the next tick, and a step of another kind waits in its own way. */
async function settleIn(turn: Turn, placings: readonly Placing[]): Promise<void> {
  const { programs } = turn.engine.plan;
  const places = placings.flatMap(({ fate }) => {
    if (fate.kind !== "kept" && fate.kind !== "renamed" && fate.kind !== "removed") return [];
    const step = programs.find(({ name }) => name === fate.program)?.steps.find(({ id }) => id === fate.step);
    return step ? [{ program: fate.program, step }] : [];
  });
  const among = (isMeant: (step: Step) => boolean, builder: Builder): string => {
    const meant = places.filter(({ step }) => isMeant(step));
    const at = meant.map(
      ({ program, step }) => `(program = ${builder.param(text(program))} AND step = ${builder.param(text(step.id))})`,
    );
    return at.length > 0 ? `pinned IS NULL AND (${at.join(" OR ")})` : "false";
  };
  const settle = (set: (builder: Builder) => string, isMeant: (step: Step) => boolean) =>
    places.some(({ step }) => isMeant(step))
      ? change(turn, (builder) => `UPDATE positions SET ${set(builder)} WHERE ${among(isMeant, builder)}`)
      : Promise.resolve(0);
  await settle(
    (builder) => `due = ${builder.now()}, wait_until = NULL, owed_at = NULL`,
    ({ kind }) => kind === "removed",
  );
  await settle(() => "wait_until = coalesce(wait_until, due)", isWatched);
  await settle(
    () => "wait_until = NULL",
    (step) => !isWatched(step),
  );
  await settle(
    () => "owed_at = NULL",
    ({ kind }) => kind !== "send",
  );
}
