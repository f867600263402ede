// A new version moves in: rows take on the names that it has, and people whose step is called otherwise, or is gone, are put
// where they belong.

import { builtInEvents, declaredProperties } from "../../compiler/built-in.ts";
import type { Step } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { eventTable, quote } from "../../compiler/sql/tables.ts";
import { isOf } from "./editions.ts";
import { cases, change, integer, run, text, texts, type Turn } from "./engine.ts";
import { type Changed, type Inheritance, predecessorOf } from "./lineage.ts";
import { formerProgram, isPinning, type Placing } from "./placing.ts";
import { isWatched } from "./steps/registry.ts";
import { type AppliedPlan, versionsOf } from "./stored-plan.ts";

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

export interface Moving {
  readonly earlier: AppliedPlan;
  readonly inheritance: Inheritance;
  /** Of all who are inside, none of them vanished. */
  readonly placings: readonly Placing[];
}

export async function moveHouse(turn: Turn, { earlier, inheritance, placings }: Moving): Promise<void> {
  await pinPeople(turn, earlier, inheritance);
  await renameRows(turn, inheritance);
  await renameSteps(turn, inheritance.steps);
  await renameTriggers(turn, inheritance.triggers);
  await unpinPeople(turn, earlier, inheritance);
  await settleIn(turn, placings);
}

/**
 * Who is inside finishes the version that was live until now, with the mails that were promised of it; and whose goal can
 * still be reached reaches that of this version.
 */
async function pinPeople(turn: Turn, earlier: AppliedPlan, inheritance: Inheritance): Promise<void> {
  const pinning = earlier.plan.programs.filter((before) => isPinning(before, { earlier, inheritance }));
  if (pinning.length === 0) return;
  const version = (builder: Builder) => builder.param(integer(earlier.version));
  const isMeant = (row: string, builder: Builder) =>
    `${row}.pinned IS NULL AND list_contains(${builder.param(texts(pinning.map(({ name }) => name)))}, ${row}.program)`;
  await change(
    turn,
    (builder) => `UPDATE positions AS s SET pinned = ${version(builder)} WHERE ${isMeant("s", builder)}`,
  );
  await change(
    turn,
    (builder) => `UPDATE enrollment AS e SET pinned = ${version(builder)} WHERE ${isMeant("e", builder)}
      AND (e.left_at IS NULL OR e.goal_until >= ${builder.now()}
        OR e.enrollment_id IN (SELECT enrollment_id FROM outbox WHERE state IN ('pending', 'claimed', 'unknown')))`,
  );
  await change(
    turn,
    (builder) => `UPDATE outbox SET pinned = e.pinned FROM enrollment AS e
      WHERE e.enrollment_id = outbox.enrollment_id AND e.pinned = ${version(builder)} AND ${isMeant("outbox", builder)}`,
  );
}

/** Where the new version says so, who finished an earlier one goes on in it, at the step that is the same. */
async function unpinPeople(turn: Turn, earlier: AppliedPlan, { plan, renames }: Inheritance): Promise<void> {
  const rows = await run(
    turn,
    () => "SELECT DISTINCT program, pinned FROM enrollment WHERE pinned IS NOT NULL ORDER BY ALL",
  );
  const following = plan.programs.filter(
    ({ name, edits }) => edits === "follow" && rows.some((row) => row.program === name),
  );
  if (following.length === 0) return;
  const groups = rows.flatMap((row) => {
    const program = following.find(({ name }) => name === row.program);
    return program ? [{ program, pinned: Number(row.pinned) }] : [];
  });
  const versions = await versionsOf(turn.session, [...new Set(groups.map(({ pinned }) => pinned))]);
  for (const { program, pinned } of groups) {
    const version = versions.get(pinned);
    const before = predecessorOf(program, earlier.plan, renames);
    const former = version && formerProgram({ program: before?.name ?? program.name }, version, earlier.plan);
    const pairs = (former?.steps ?? []).flatMap(({ id, origin = id }) => {
      const place = program.steps.find((step) => (step.origin ?? step.id) === origin);
      return place && place.id !== id ? [[id, place.id] as const] : [];
    });
    if (pairs.length > 0) await renameStepsOf(turn, { program: program.name, pinned, pairs });
  }
  const names = following.map(({ name }) => name);
  for (const table of ["positions", "enrollment", "outbox"]) {
    await change(
      turn,
      (builder) =>
        `UPDATE ${table} SET pinned = NULL WHERE pinned IS NOT NULL AND list_contains(${builder.param(texts(names))}, program)`,
    );
  }
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
] as const;

const placeColumns = [
  ["experiment", "step"],
  ["handoff", "step"],
  ["webhook_call", "step"],
] as const;

/** Who finishes an earlier version stays at its steps, by the names that they have there. */
async function renameSteps(turn: Turn, changed: readonly Changed[]): Promise<void> {
  for (const [program, pairs] of byProgram(changed)) {
    await renameStepsOf(turn, { program, pinned: null, pairs });
    for (const [table, column] of placeColumns) {
      await change(
        turn,
        (builder) => `${printRenaming(table, column, pairs, builder)} AND program = ${builder.param(text(program))}`,
      );
    }
  }
}

interface Relabelled {
  readonly program: string;
  readonly pinned: number | null;
  readonly pairs: Pairs;
}

/** In what is written down of the people of one version. */
async function renameStepsOf(turn: Turn, { program, pinned, pairs }: Relabelled): Promise<void> {
  // Some rows of the journal are about nobody.
  const people = (builder: Builder) =>
    pinned === null
      ? `SELECT DISTINCT j.enrollment_id FROM journal AS j
         ANTI JOIN (SELECT enrollment_id FROM enrollment WHERE pinned IS NOT NULL) AS e ON e.enrollment_id = j.enrollment_id`
      : `SELECT e.enrollment_id FROM enrollment AS e WHERE ${isOf({ name: program, pinned }, "e", builder)}`;
  for (const [table, column] of stepColumns) {
    await change(turn, (builder) => {
      const meant =
        table === "journal"
          ? `program = ${builder.param(text(program))} AND enrollment_id IN (${people(builder)})`
          : isOf({ name: program, pinned }, table, builder);
      return `${printRenaming(table, column, pairs, builder)} AND ${meant}`;
    });
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
