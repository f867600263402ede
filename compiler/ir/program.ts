// A program as a flat list of steps; control flow is by index.

import type { Span } from "../../grammar/span.ts";
import type { Type } from "../types.ts";
import type { Condition, Length, Term } from "./condition.ts";
import type { RateUnit } from "./policy.ts";

export type Trigger =
  /** Every occurrence starts the person, if `where` (on the event) and `rest` (on the contact, then) hold. */
  | {
      readonly kind: "event";
      /** Canonical hash of the branch: what its first `apply` is remembered by. */
      readonly id: string;
      readonly event: string;
      readonly email: string | null;
      readonly countsMachines: boolean;
      readonly where: Condition | null;
      readonly rest: Condition | null;
    }
  /** Starts who was false at one tick and is true at the next. */
  | {
      readonly kind: "edge";
      readonly id: string;
      readonly when: Condition;
      /** `program p for S` without a start: who is in S when it is first applied enters too. */
      readonly enrolsPresent: boolean;
    }
  /** Starts everybody, or all of the program's segment, at each such moment. */
  | { readonly kind: "every"; readonly id: string; readonly recurrence: Recurrence }
  | { readonly kind: "at"; readonly id: string; readonly at: PointInTime }
  /** Starts each person at the moment that the person's own date names. */
  | ({ readonly kind: "date"; readonly id: string } & DateMoment);

/** The next such moment, over and over; of months and quarters the first day. 1 is Monday. */
export type Recurrence = { readonly time: ClockTime } & (
  | { readonly every: "day" | "month" | "quarter" }
  | { readonly every: "week"; readonly weekday: number }
);

/** An instant, or a wall clock yyyy-mm-ddThh:mm:ss in each person's zone. */
export type PointInTime = { readonly kind: "local" | "utc"; readonly value: string };

export type Enter =
  /** `per`: a property of the starting event; each value may enter once and be active side by side. */
  | { readonly kind: "once"; readonly per: string | null }
  | { readonly kind: "again"; readonly after: Length }
  | { readonly kind: "every time" };

export interface Goal {
  readonly when: Condition;
  readonly within: Length | null;
  /** In percent; shown in reports only. */
  readonly target: number | null;
}

export interface ClockTime {
  readonly hour: number;
  readonly minute: number;
  /** In the contact's zone, else the project's. */
  readonly isLocal: boolean;
}

/** A date or datetime field, or its day of every year, moved by `offset`; `time` null where the field brings its own. */
export interface DateMoment {
  readonly field: Term;
  readonly isAnniversary: boolean;
  readonly offset: Length | null;
  readonly time: ClockTime | null;
}

export type WaitUntil =
  /** 1 is Monday. The next such moment, now included. */
  | { readonly kind: "weekday"; readonly weekday: number; readonly time: ClockTime }
  | { readonly kind: "clock"; readonly time: ClockTime }
  | { readonly kind: "moment"; readonly at: PointInTime }
  | ({ readonly kind: "date" } & DateMoment);

export type SetValue =
  | { readonly kind: "unknown" }
  | { readonly kind: "term"; readonly term: Term }
  | { readonly kind: "list"; readonly items: readonly Term[] }
  /** To a number (unknown counts as 0) or to a list (no value twice). */
  | { readonly kind: "add" | "remove"; readonly term: Term };

/** Index into `steps`; null: the enrollment ends as `finished`. */
export type Next = number | null;

export interface StepHead {
  /** Identity that survives edits: the label, or kind, target and ordinal. Unique in the program. */
  readonly id: string;
  /** The first identity that it was ever applied with, where that is another one. Draws and mails go by it. */
  readonly origin?: string;
  /** Of a step with a label: the identity that it would have without. */
  readonly unlabelled?: string;
  /** For `show program`: the step in the writer's words, on one line. */
  readonly title: string;
  readonly span: Span;
}
export type Step = StepHead &
  (
    | {
        readonly kind: "send";
        readonly email: string;
        /** null: the first one whose condition holds, else the email as it is. */
        readonly variant: string | null;
        /** Another address than the contact's own. */
        readonly to: Term | null;
        readonly onlyIf: Condition | null;
        readonly next: Next;
      }
    | { readonly kind: "wait"; readonly length: Length; readonly next: Next }
    | { readonly kind: "wait until"; readonly until: WaitUntil; readonly next: Next }
    | {
        readonly kind: "wait for";
        readonly limit: Length;
        readonly until: Condition;
        /** Emails that `until` names: if all of them were skipped, the wait passes at once to `next`. */
        readonly mails: readonly string[];
        /** `with same order_id`: ties the events of `until` to the starting event's property. */
        readonly same: string | null;
        readonly then: Next;
        readonly otherwise: Next;
        readonly next: Next;
      }
    | {
        readonly kind: "choose";
        readonly branches: readonly { readonly when: Condition; readonly next: Next }[];
        readonly otherwise: Next;
      }
    /** A split, or an experiment. */
    | {
        readonly kind: "divide";
        readonly experiment: string | null;
        /** At least one; the shares make 100. */
        readonly arms: readonly ProgramArm[];
        /** With the project's seed and the contact it decides the arm. */
        readonly salt: string;
        /** null: nobody asks for one. */
        readonly winner: Winner | null;
      }
    | { readonly kind: "set"; readonly field: string; readonly value: SetValue; readonly next: Next }
    | { readonly kind: "add to" | "remove from"; readonly list: string; readonly next: Next }
    | { readonly kind: "subscribe to" | "unsubscribe from"; readonly topic: string; readonly next: Next }
    | { readonly kind: "suppress"; readonly next: Next }
    | { readonly kind: "hand off"; readonly team: string; readonly note: string | null; readonly next: Next }
    | { readonly kind: "call"; readonly webhook: string; readonly parts: readonly CallPart[]; readonly next: Next }
    | { readonly kind: "go to"; readonly next: Next }
    /** Ends the enrollment and starts one in the other program. */
    | { readonly kind: "continue in"; readonly program: string }
    | { readonly kind: "stop" }
    /** Where who is held out rests until the goal's time is over. Nothing leads to it; it is last. */
    | { readonly kind: "held out" }
    /** Where a step was: who stood there goes on, or leaves where `next` is null. Nothing leads to it. */
    | { readonly kind: "removed"; readonly next: Next }
  );

export interface TypedTerm {
  readonly type: Type;
  readonly term: Term;
}

/** What a call tells under one name; null is unknown. */
export interface CallPart {
  readonly name: string;
  readonly value: TypedTerm | readonly TypedTerm[] | null;
}

/** `name` null in a split; `share` in percent. */
export interface ProgramArm {
  readonly name: string | null;
  readonly share: number;
  readonly next: Next;
}

/** When an experiment ends, so that all who come later take one arm, and what decides which. */
export interface Winner {
  readonly by: "open" | "click" | "goal";
  /** Behind the first arrival. */
  readonly after: Length;
  /** How many mails, or for the goal how many people, each competing arm must have. */
  readonly needs: number;
  /** In the order written. */
  readonly competing: readonly {
    readonly arm: string /** Ids of the sends within. */;
    readonly sends: readonly string[];
  }[];
}

/** Who gets nothing, so that it can be told what the program does: a share in percent, drawn as in a step. */
export interface HoldOut {
  readonly share: number;
  readonly salt: string;
}

/** They walk on; the program pauses and tries again when it goes on; they leave. */
export type OnFailure = "skip" | "stop" | "exit";

/** Whether people inside go on in a newer version, or finish the one that they entered. */
export type Edits = "follow" | "pin";

export interface Program {
  readonly name: string;
  /** The first name that it was ever applied with, where that is another one. */
  readonly origin?: string;
  /** First identities of steps that are called otherwise since: no new step may have them. */
  readonly retired?: readonly string[];
  readonly doc: string | null;
  readonly why: string | null;
  readonly owner: string | null;
  /** Canonical hash of its meaning: layout, comments, docs, why and owner do not change it. */
  readonly hash: string;
  /** Id of the segment behind `for`. */
  readonly segment: string | null;
  readonly triggers: readonly Trigger[];
  readonly onlyIf: Condition | null;
  readonly enter: Enter;
  readonly goal: Goal | null;
  readonly exits: readonly Condition[];
  readonly holdOut: HoldOut | null;
  /** How many of its mails go out in any such time; `title`: the clause in a writer's words. */
  readonly sendAtMost: { readonly title: string; readonly emails: number; readonly per: RateUnit } | null;
  /** Nobody enters from then on. */
  readonly closesAt: PointInTime | null;
  /** What becomes of people of whom a mail or a call failed for good. */
  readonly onFailure: OnFailure;
  readonly edits: Edits;
  readonly steps: readonly Step[];
  /** Where an enrollment begins; null for a program without steps. */
  readonly first: Next;
  readonly span: Span;
}
