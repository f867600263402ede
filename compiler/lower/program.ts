// A checked program to its IR.

import { Bug } from "../../grammar/unreachable.ts";
import type { Checked } from "../checked.ts";
import type { CheckedProgram, CheckedTrigger } from "../checked-program.ts";
import { hashOf } from "../hash.ts";
import type { Condition, Scope } from "../ir/condition.ts";
import type { Program, Step, Trigger } from "../ir/program.ts";
import type { Move } from "../ir/plan.ts";
import type { Scope as Names } from "../scope.ts";
import { lowerCondition, type Room } from "./condition.ts";
import { removedSteps } from "./removed.ts";
import type { Segments } from "./segments.ts";
import { lowerDate, lowerSteps } from "./steps.ts";

/** `moves`: all of the project. */
export function lowerProgram(
  names: Names,
  segments: Segments,
  program: CheckedProgram,
  moves: readonly Move[],
): Program {
  const roomOf = (salt: string, scope: Scope): Room => {
    return { bindings: new Map(), scope, salt, segment: segments.require, derived: segments.derived };
  };
  const outside = (when: Checked): Condition => lowerCondition(roomOf(program.name, "all"), when);
  const inside = (when: Checked): Condition => lowerCondition(roomOf(program.name, "enrollment"), when);
  const { segment, goal } = program;
  const steps = lowerSteps(
    { roomOf: (id, scope) => roomOf(`${program.name}:${id}`, scope), text: names.text },
    program.steps,
  );
  const lowered: Omit<Program, "hash"> = {
    name: program.name,
    doc: program.doc,
    why: program.why,
    owner: program.owner,
    segment: segment && segments.require(segment.name, segment.args),
    triggers: program.triggers.map((trigger) => lowerTrigger(trigger, roomOf(program.name, "all"))),
    onlyIf: program.onlyIf && outside(program.onlyIf),
    enter: program.enter,
    goal: goal && { when: inside(goal.when), within: goal.within, target: goal.target },
    exits: program.exits.map(inside),
    holdOut: program.holdOut === null ? null : { share: program.holdOut, salt: `${program.name}:${heldOut}` },
    sendAtMost: program.sendAtMost && { title: rateTitle(program.sendAtMost), ...program.sendAtMost },
    closesAt: program.closesAt,
    onFailure: program.onFailure,
    edits: program.edits,
    steps: [...steps, ...(program.holdOut === null ? [] : [restOf(program)]), ...removedSteps(program, steps, moves)],
    first: steps.length > 0 ? 0 : null,
    span: program.span,
  };
  return { ...lowered, hash: hashOf(lowered) };
}

const heldOut = "held out";

const rateTitle = ({ emails, per }: NonNullable<CheckedProgram["sendAtMost"]>) =>
  `send at most ${emails} emails per ${per}`;

/** Where who is held out rests. */
function restOf({ holdOut, span }: CheckedProgram): Step {
  return { id: heldOut, title: `hold out ${holdOut}%`, span, kind: heldOut };
}

function lowerTrigger(trigger: CheckedTrigger, room: Room): Trigger {
  const lower = (when: Checked): Condition => lowerCondition(room, when);
  if (trigger.kind === "change") {
    const { operand, rest, span } = trigger;
    return eventTrigger(lower({ kind: "changed", operand, window: null, span }), rest, lower);
  }
  if (trigger.kind === "every") {
    const parts = { kind: trigger.kind, recurrence: trigger.recurrence };
    return { ...parts, id: hashOf(parts) };
  }
  if (trigger.kind === "at") return { kind: "at", at: trigger.at, id: hashOf({ at: trigger.at }) };
  if (trigger.kind === "date") {
    const date = lowerDate(room, trigger);
    return { kind: "date", id: hashOf({ date }), ...date };
  }
  if (trigger.kind === "edge") {
    const when = lower(trigger.when);
    return { kind: "edge", id: hashOf({ when }), when, enrolsPresent: trigger.enrolsPresent };
  }
  return eventTrigger(lower(trigger.behaviour), trigger.rest, lower);
}

function eventTrigger(event: Condition, rest: readonly Checked[], lower: (when: Checked) => Condition): Trigger {
  if (event.kind !== "behaviour") throw new Bug("an event that starts people is a bare one");
  const [first] = rest;
  const condition =
    rest.length > 1 && first ? lower({ kind: "all", of: rest, span: first.span }) : first ? lower(first) : null;
  const { email, countsMachines, where } = event;
  const parts = { event: event.event, email, countsMachines, where, rest: condition };
  return { kind: "event", id: hashOf(parts), ...parts };
}
