// What happened to one person in a test, in order and in words: what the test said, and what the engine made of it.

import type { TestPerson } from "../../compiler/ir/test.ts";
import { text } from "../engine/engine.ts";
import type { Instant, Row } from "../ports.ts";
import { clockOf, stepOf } from "./test-expect.ts";
import { ask, type TestWorld } from "./test-world.ts";

export interface TimelineEntry {
  /** As the project's clocks show it. */
  readonly at: string;
  readonly text: string;
}
export interface Timeline {
  readonly person: string;
  readonly entries: readonly TimelineEntry[];
}

/** What a clause said of somebody. */
export interface Said {
  readonly person: string;
  readonly at: Instant;
  readonly text: string;
}

interface Placed {
  readonly at: Instant;
  /** Among what happens in one moment, one number after the other: facts come before what the engine makes of them. */
  readonly order: readonly number[];
  readonly text: string;
}

export async function timelineOf(world: TestWorld, { name, id }: TestPerson, said: readonly Said[]): Promise<Timeline> {
  const own = said.filter(({ person }) => person === name);
  const facts = own.map((fact, place): Placed => ({ at: fact.at, order: [0, place], text: fact.text }));
  const rows = [...(world.forgotten.get(id)?.moves ?? []), ...(await movesOf(world, id))];
  const moves = rows.filter(({ state }) => state !== "failed" && state !== "skipped").map((row) => placed(world, row));
  const all = [...facts, ...moves].toSorted(
    (left, right) => left.at - right.at || firstDifference(left.order, right.order),
  );
  return { person: name, entries: all.map((entry) => ({ at: clockOf(world, entry.at), text: entry.text })) };
}

/** What the engine made of somebody, in order. */
export const movesOf = (world: TestWorld, id: string): Promise<readonly Row[]> =>
  ask(
    world,
    (parts) => `SELECT j.tick, j.rowid AS place, j.seq, min(j.rowid) OVER (PARTITION BY j.tick, j.enrollment_id) AS way,
        coalesce(min(nullif(j.round, 0)) OVER (PARTITION BY j.tick, j.enrollment_id), 0) AS writing,
        j.program, j.step, j.outcome, j.reason, o.send_id, o.state, o.settled_at, o.email
      FROM journal AS j LEFT JOIN outbox AS o
        ON j.outcome = 'send' AND o.enrollment_id = j.enrollment_id AND o.step = j.step AND o.planned_at = j.tick
      WHERE j.contact_id = ${parts.param(text(id))} ORDER BY j.rowid`,
  );

/** One way through a program stays together. What became of a mail is written behind it, without a number of its own. */
function placed(world: TestWorld, row: Row): Placed {
  const { tick, settled_at, state, writing, way, seq, place } = row;
  const at = Number(state === "sent" ? settled_at : tick);
  const step = Number(seq) === 0 ? Number.POSITIVE_INFINITY : Number(seq);
  return { at, order: [1, Number(writing), Number(way), step, Number(place)], text: words(world, row) };
}

function firstDifference(left: readonly number[], right: readonly number[]): number {
  const index = left.findIndex((value, place) => value !== right[place]);
  return index < 0 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
}

const passed: Readonly<Record<string, string>> = {
  waited: "waited",
  came: "came",
  "timed out": "timed out",
  passed: "passed",
  set: "done",
};

function words(world: TestWorld, row: Row): string {
  const { program, outcome, reason } = row;
  const step = row.step === null ? null : (stepOf(world, String(program), String(row.step))?.title ?? String(row.step));
  const because = reason === null ? "" : `: ${reason}`;
  switch (outcome) {
    case "started":
      return `entered ${program}`;
    case "dropped":
      return `was not let into ${program}${because}`;
    case "goal":
      return `reached the goal of ${program}${reason === null ? "" : ` ${reason}`}`;
    case "left":
      return `left ${program}${because}`;
    case "send":
      return mailWords(world, row);
    default:
      return `${program}: ${step}: ${passed[String(outcome)] ?? outcome}${outcome === "chose" ? ` ${reason}` : because}`;
  }
}

function mailWords(world: TestWorld, row: Row): string {
  const { email, state } = row;
  if (state !== "sent") return `${row.program}: ${email} is still to be sent`;
  const message = world.mailer.mails.get(String(row.send_id));
  return `was sent ${email}: “${message?.subject}”`;
}
