// What `why` answers: plain data, as a program reads it.

import type { Cell, Instant } from "../ports.ts";

/** Something that a condition was decided by. */
export type WhyFact =
  /** A value that the condition reads; null is unknown, datetimes are ISO 8601 in UTC. `type`: `number`, `datetime` … */
  | { readonly kind: "value"; readonly of: string; readonly type: string; readonly value: Cell }
  /** How often the event counts, of what is asked for; `asked` as in `at least 3`, null where once is enough. */
  | { readonly kind: "count"; readonly event: string; readonly count: number; readonly asked: string | null }
  /** From when until when events count; null is no limit. `text` as it is written: `in 90d`. */
  | { readonly kind: "window"; readonly text: string; readonly from: Instant | null; readonly until: Instant | null }
  /** One of the latest events that count, with the properties that are known. */
  | {
      readonly kind: "event";
      readonly event: string;
      readonly at: Instant;
      readonly values: Readonly<Record<string, Cell>>;
    }
  /** A row that was kept: on a list, of a suppression, of a word about a topic. */
  | { readonly kind: "since"; readonly what: string; readonly at: Instant };

export interface WhyPart {
  /** `segment`: opened, its condition is the only part. `leaf`: decided by rows. */
  readonly kind: "all" | "any" | "not" | "segment" | "leaf";
  /** In the words of the language, arguments filled in. */
  readonly text: string;
  readonly holds: boolean;
  /** Whether the whole is as it is because of this part. */
  readonly decides: boolean;
  readonly facts: readonly WhyFact[];
  readonly of: readonly WhyPart[];
}

/** Something that could be otherwise about the person, at the instant of the question. */
export type WhyChange =
  /** null is unknown, datetimes are ISO 8601 in UTC; `type` as of a value. */
  | { readonly kind: "set"; readonly field: string; readonly type: string; readonly value: Cell }
  /** An item of a list, such as a tag, that is in it or is not. */
  | {
      readonly kind: "item";
      readonly field: string;
      readonly type: string;
      readonly value: Cell;
      readonly isIn: boolean;
    }
  /** A field of the person's company, for everybody of that company. */
  | {
      readonly kind: "company";
      readonly company: string;
      readonly field: string;
      readonly type: string;
      readonly value: Cell;
    }
  /** As many events more, at that instant; properties that are not named are unknown. */
  | {
      readonly kind: "more";
      readonly event: string;
      readonly times: number;
      readonly at: Instant;
      readonly values: Readonly<Record<string, Cell>>;
    }
  /** Without these events, by their ids. */
  | {
      readonly kind: "fewer";
      readonly event: string;
      readonly events: readonly { readonly id: string; readonly at: Instant }[];
    }
  | { readonly kind: "list"; readonly list: string; readonly isOn: boolean }
  | { readonly kind: "suppression"; readonly isSuppressed: boolean }
  | { readonly kind: "consent"; readonly topic: string; readonly isYes: boolean };

/** What would turn the answer: tried out, so it does. */
export interface WhyFlip {
  /** As few as were found, together; null where none were. */
  readonly changes: readonly WhyChange[] | null;
  /** Conditions that no change is known for, in the words of the language. */
  readonly fixed: readonly string[];
}

/** When time alone turns the answer, with the rows as they are. */
export type WhyNext =
  | { readonly kind: "at"; readonly at: Instant }
  | { readonly kind: "not within"; readonly years: number }
  /** Some condition depends on the clock in a way that is not followed yet, or there is too much to look at. */
  | { readonly kind: "not worked out" };

/** Why a person is in a segment, or not. */
export interface Why {
  readonly contact: string;
  /** Id of the segment. */
  readonly segment: string;
  readonly at: Instant;
  readonly isMember: boolean;
  readonly tree: WhyPart;
  readonly flip: WhyFlip;
  readonly next: WhyNext;
}
