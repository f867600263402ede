// Nested steps to a flat list: control flow by index, an identity for each step that survives edits.

import { Bug } from "../../grammar/unreachable.ts";
import type { Checked, CheckedValue } from "../checked.ts";
import { blocksOf, flatten } from "../checked-steps.ts";
import type {
  CheckedDate,
  CheckedPart,
  CheckedSet,
  CheckedStep,
  CheckedUntil,
  TypedValue,
} from "../checked-program.ts";
import type {
  CallPart,
  DateMoment,
  Next,
  SetValue,
  Step,
  StepHead,
  TypedTerm,
  WaitUntil,
  Winner,
} from "../ir/program.ts";
import type { Term } from "../ir/condition.ts";
import type { Span } from "../../grammar/span.ts";
import type { Type } from "../types.ts";
import { lowerCondition, operandTerm, type Room, valueTerm } from "./condition.ts";

/** A step in its place in the flat list. */
interface Placed {
  readonly step: CheckedStep;
  readonly id: string;
  readonly unlabelled: string;
  readonly next: Next;
  /** Where each nested block begins, in the order of `blocksOf`. */
  readonly blocks: readonly Next[];
  /** Ids of the sends in each of those blocks. */
  readonly sends: readonly (readonly string[])[];
  /** Where a `go to` leads. */
  readonly target: Next;
}

export interface Rooms {
  readonly roomOf: (stepId: string, scope: Room["scope"]) => Room;
  /** The source text of a span. */
  readonly text: (span: Span) => string;
}

/** Steps in the order written; the first one, if any, is where an enrollment begins. */
export function lowerSteps(rooms: Rooms, steps: readonly CheckedStep[]): readonly Step[] {
  const all = flatten(steps);
  const ids = identities(all);
  const indices = new Map(all.map((step, index) => [step, index] as const));
  const labels = new Map(all.flatMap((step, index) => (step.label === null ? [] : [[step.label, index] as const])));
  const placed: Placed[] = [];
  const place = (block: readonly CheckedStep[], after: Next): Next => {
    block.forEach((step, index) => {
      const following = block[index + 1];
      const next = following ? indexOf(indices, following) : after;
      const at = indexOf(indices, step);
      const blocks = blocksOf(step).map((inner) => place(inner, next));
      const sends = blocksOf(step).map((inner) => sendsIn(inner).map((send) => identityOf(ids, send).id));
      const target = step.kind === "go to" ? (labels.get(step.target) ?? null) : null;
      placed[at] = { step, ...identityOf(ids, step), next, blocks, sends, target };
    });
    const [first] = block;
    return first ? indexOf(indices, first) : after;
  };
  place(steps, null);
  return placed.map((each) => lowerStep(rooms, each));
}

function indexOf(indices: ReadonlyMap<CheckedStep, number>, step: CheckedStep): number {
  const index = indices.get(step);
  if (index === undefined) throw new Bug("a step has no place");
  return index;
}

function identityOf(ids: ReadonlyMap<CheckedStep, Identity>, step: CheckedStep): Identity {
  const identity = ids.get(step);
  if (identity === undefined) throw new Bug("a step has no identity");
  return identity;
}

const sendsIn = (block: readonly CheckedStep[]) => flatten(block).filter(({ kind }) => kind === "send");

/** Where the writer's word is not the step's kind. */
const words: Readonly<Record<string, string>> = { choose: "if", "wait for": "wait up to" };

type Identity = Pick<StepHead, "id"> & Required<Pick<StepHead, "unlabelled">>;

/** The label, else kind, target and ordinal among those of the same kind and target: `send:welcome:1`. */
function identities(steps: readonly CheckedStep[]): ReadonlyMap<CheckedStep, Identity> {
  const counts = new Map<string, number>();
  return new Map(
    steps.map((step) => {
      const target = targetOf(step);
      const word = words[step.kind] ?? step.kind;
      const kind = target === "" ? word : `${word}:${target}`;
      const ordinal = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, ordinal);
      return [step, { id: step.label ?? `${kind}:${ordinal}`, unlabelled: `${kind}:${ordinal}` }] as const;
    }),
  );
}

/** What a step is about; conditions are not part of it, since they may be edited while people are inside. */
function targetOf(step: CheckedStep): string {
  switch (step.kind) {
    case "send":
      return step.email;
    case "wait":
      return `${step.length.amount}${step.length.unit}`;
    case "set":
      return step.operand.name;
    case "wait until":
      return untilTarget(step.until);
    case "experiment":
      return step.name;
    case "add to":
    case "remove from":
      return step.list;
    case "subscribe to":
    case "unsubscribe from":
      return step.topic;
    case "go to":
      return step.target;
    case "continue in":
      return step.program;
    case "hand off":
      return step.team;
    case "call":
      return step.webhook;
    default:
      return "";
  }
}

function clock({ hour, minute }: { readonly hour: number; readonly minute: number }): string {
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

const weekdays = ["", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

function untilTarget(until: CheckedUntil): string {
  switch (until.kind) {
    case "weekday":
      return weekdays[until.weekday] ?? "";
    case "clock":
      return clock(until.time);
    case "moment":
      return until.at.value;
    default:
      return until.operand.name;
  }
}

/** The step in the writer's words, on one line, without its blocks. */
function titleOf(rooms: Rooms, step: CheckedStep): string {
  if (step.kind === "split") return step.kind;
  if (step.kind === "experiment") return `experiment ${step.name}`;
  const cut = step.kind === "choose" ? step.branches[0]?.when.span : step.kind === "wait for" ? step.until.span : null;
  const span = cut ? { ...step.span, end: cut.end } : step.span;
  const title = rooms
    .text(span)
    .replaceAll(/#[^\n]*/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return step.kind === "wait for" && step.same !== null ? `${title} with same ${step.same}` : title;
}

function lowerStep(rooms: Rooms, placed: Placed): Step {
  const { step, id, unlabelled, next, blocks, sends, target } = placed;
  const named = id === unlabelled ? { id } : { id, unlabelled };
  const head: StepHead = { ...named, title: titleOf(rooms, step), span: step.span };
  const condition = (when: Checked, scope: Room["scope"] = "enrollment") =>
    lowerCondition(rooms.roomOf(id, scope), when);
  const room = rooms.roomOf(id, "enrollment");
  switch (step.kind) {
    case "send":
      return {
        ...head,
        kind: "send",
        email: step.email,
        variant: step.variant,
        to: step.to && operandTerm(room, step.to),
        onlyIf: step.onlyIf && condition(step.onlyIf),
        next,
      };
    case "wait":
      return { ...head, kind: "wait", length: step.length, next };
    case "wait until":
      return { ...head, kind: "wait until", until: lowerUntil(room, step.until), next };
    case "wait for": {
      const [came = null, otherwise = null] = blocks;
      const until = condition(step.until, "wait");
      const { limit, same } = step;
      return { ...head, kind: "wait for", limit, until, mails: mailsOf(step.until), same, then: came, otherwise, next };
    }
    case "choose": {
      const branches = step.branches.map(({ when }, index) => ({
        when: condition(when),
        next: blocks[index] ?? null,
      }));
      return { ...head, kind: "choose", branches, otherwise: blocks.at(-1) ?? null };
    }
    case "split":
    case "experiment": {
      const arms = step.arms.map(({ name, share }, index) => ({ name, share, next: blocks[index] ?? null }));
      const salt = room.salt;
      if (step.kind === "split") return { ...head, kind: "divide", experiment: null, arms, salt, winner: null };
      return { ...head, kind: "divide", experiment: step.name, arms, salt, winner: lowerWinner(step, sends) };
    }
    case "go to":
      return { ...head, kind: "go to", next: target };
    default:
      return lowerAct(room, { ...head, next }, step);
  }
}

/** An arm that sends nothing can only be told from the others by who reaches the goal. */
function lowerWinner(
  { winner, arms }: CheckedStep & { readonly kind: "experiment" },
  sends: Placed["sends"],
): Winner | null {
  if (winner === null) return null;
  const all = arms.map(({ name }, index) => ({ arm: name ?? "", sends: sends[index] ?? [] }));
  return { ...winner, competing: winner.by === "goal" ? all : all.filter((arm) => arm.sends.length > 0) };
}

/** Steps that do something at once, or end the enrollment. */
function lowerAct(room: Room, { next, ...head }: StepHead & { readonly next: Next }, step: CheckedStep): Step {
  switch (step.kind) {
    case "set":
      return {
        ...head,
        kind: "set",
        field: step.operand.name,
        value: lowerSet(room, step.value, step.operand.type),
        next,
      };
    case "add to":
    case "remove from":
      return { ...head, kind: step.kind, list: step.list, next };
    case "subscribe to":
    case "unsubscribe from":
      return { ...head, kind: step.kind, topic: step.topic, next };
    case "suppress":
      return { ...head, kind: step.kind, next };
    case "hand off":
      return { ...head, kind: step.kind, team: step.team, note: step.note, next };
    case "call":
      return { ...head, kind: step.kind, webhook: step.webhook, parts: step.parts.map(lowerPart(room)), next };
    case "continue in":
      return { ...head, kind: "continue in", program: step.program };
    case "stop":
      return { ...head, kind: "stop" };
    default:
      throw new Bug("a step that was reported, or that nothing runs, reached lowering");
  }
}

const lowerPart =
  (room: Room) =>
  ({ name, value }: CheckedPart): CallPart => {
    const lower = ({ type, value: of }: TypedValue): TypedTerm => ({ type, term: valueTerm(room, of, type) });
    return { name, value: value === null ? null : "type" in value ? lower(value) : value.map(lower) };
  };

function lowerUntil(room: Room, until: CheckedUntil): WaitUntil {
  return until.kind === "date" ? { kind: "date", ...lowerDate(room, until) } : until;
}

export function lowerDate(room: Room, { operand, isAnniversary, offset, time }: CheckedDate): DateMoment {
  return { field: operandTerm(room, operand), isAnniversary, offset, time };
}

/** Emails of this enrollment that a condition names; a window lifts that. */
function mailsOf(node: Checked): readonly string[] {
  if (node.kind === "all" || node.kind === "any") return [...new Set(node.of.flatMap(mailsOf))];
  if (node.kind === "not") return mailsOf(node.of);
  return node.kind === "behaviour" && node.email !== null && node.window === null ? [node.email] : [];
}

function lowerSet(room: Room, set: CheckedSet, type: Type): SetValue {
  const term = (value: CheckedValue): Term => valueTerm(room, value, type);
  switch (set.kind) {
    case "unknown":
      return { kind: "unknown" };
    case "value":
      return { kind: "term", term: term(set.value) };
    case "list":
      return { kind: "list", items: set.values.map(term) };
    default:
      return { kind: set.kind, term: term(set.value) };
  }
}
