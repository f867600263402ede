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
  /** Facts come before what the engine makes of them in the same moment. */
  readonly rank: number;
  readonly place: number;
  readonly text: string;
}

export async function timelineOf(world: TestWorld, { name, id }: TestPerson, said: readonly Said[]): Promise<Timeline> {
  const own = said.filter(({ person }) => person === name);
  const facts = own.map((fact, place): Placed => ({ at: fact.at, rank: 0, place, text: fact.text }));
  const rows = await ask(
    world,
    (
      parts,
    ) => `SELECT j.tick, j.rowid AS place, j.program, j.step, j.outcome, j.reason, o.send_id, o.state, o.settled_at, o.email
      FROM journal AS j LEFT JOIN outbox AS o
        ON j.outcome = 'send' AND o.enrollment_id = j.enrollment_id AND o.step = j.step AND o.planned_at = j.tick
      WHERE j.contact_id = ${parts.param(text(id))} ORDER BY j.rowid`,
  );
  const moves = rows.map((row): Placed => {
    const isSent = row.state === "sent";
    const at = Number(isSent ? row.settled_at : row.tick);
    return { at, rank: 1, place: Number(row.place), text: words(world, row) };
  });
  const all = [...facts, ...moves].toSorted(
    (left, right) => left.at - right.at || left.rank - right.rank || left.place - right.place,
  );
  return { person: name, entries: all.map((entry) => ({ at: clockOf(world, entry.at), text: entry.text })) };
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
  if (state !== "sent") return `${row.program}: ${email} is ${state === "pending" ? "waiting to be sent" : state}`;
  const message = world.mailer.mails.get(String(row.send_id));
  return `was sent ${email}: “${message?.subject}”`;
}
