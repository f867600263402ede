// What making a project live would do, as plain values: the answer of `foresee`, and what `cadenza plan --json` prints.

import type { Instant } from "../ports.ts";

/** How far a change reaches: what mails say; what a rule means; who is meant; which steps people walk. */
export type Category = "text-only" | "meaning" | "audience" | "flow";
export type How = "new" | "removed" | "changed";

export interface PlannedChange {
  /** What kind of declaration changed. */
  readonly kind: string;
  readonly name: string;
  readonly how: How;
  readonly category: Category;
  /** What of it changed, in words; null where it is new or removed. */
  readonly what: string | null;
}

/** So many people, and the keys of the first of them. */
export interface People {
  readonly count: number;
  readonly sample: readonly string[];
}

/** Of people to whom something happens: how many without the edit, how many with it, and who is on one side only. */
export interface Moved {
  readonly before: number;
  readonly after: number;
  /** To whom it happens because of the edit. */
  readonly more: People;
  /** To whom it no longer happens because of the edit. */
  readonly fewer: People;
}

export interface SegmentMoves {
  /** Id of the segment. */
  readonly segment: string;
  readonly how: How;
  /** Members by the rules that are live, as of the same instant and facts; null where the segment is new. */
  readonly before: number | null;
  /** Null where it is removed. */
  readonly after: number | null;
  readonly enter: People;
  readonly leave: People;
}

/**
 * What becomes of the people at a step: they stay; they stay, and it says something else now; they stay, and it is called
 * otherwise; they go on elsewhere, or leave, as it was removed; they finish the version they are in; `gone`: apply refuses.
 */
export type Becomes = "kept" | "read anew" | "renamed" | "removed" | "pinned" | "gone";

export interface StepPeople {
  readonly step: string;
  /** In the writer's words. */
  readonly title: string;
  readonly people: number;
  readonly becomes: Becomes;
  /** Where people of a step that was removed go on; null where they leave, and of all others. */
  readonly continueAt: string | null;
  /** The version that people who are pinned finish; null of all others. */
  readonly finishes: number | null;
}

/** What steps do about people besides mailing them, at the first tick. */
export interface Act extends Moved {
  readonly step: string;
  /** In the writer's words. */
  readonly title: string;
  /** The journal's word: `set`, `added`, `handed off`, … */
  readonly does: string;
}

export interface ProgramEffect {
  readonly program: string;
  /** Null where the edit leaves it as it is. */
  readonly how: How | null;
  /** Who is inside now. */
  readonly inside: number;
  /** Steps that somebody stands on. */
  readonly steps: readonly StepPeople[];
  /** Who enters and leaves at the first tick. */
  readonly enter: Moved;
  readonly leave: Moved;
  readonly acts: readonly Act[];
}

export interface MailEffect {
  readonly program: string;
  readonly email: string;
  /** At the first tick. */
  readonly atOnce: Moved;
  /** Within 24 hours, the first tick included. */
  readonly day: { readonly before: number; readonly after: number };
}

/** Why somebody does not get a mail, does not get it yet, or does not enter. */
export type HeldBy = "cap" | "rate" | "hours" | "never send" | "only one of";

export interface Held extends Moved {
  readonly program: string;
  /** Null where a start was dropped. */
  readonly email: string | null;
  readonly by: HeldBy;
  /** The rule, or the program that somebody is in already. */
  readonly reason: string;
  /** True where the mail goes out later, unless it is skipped then. */
  readonly isDelayed: boolean;
}

/** Mails in a time ahead, by running the engine forward with nobody doing anything. */
export interface Volume {
  readonly before: number;
  readonly after: number;
}
export interface Ahead {
  readonly day: Volume;
  readonly month: Volume;
  /** Mails that caps hold back or delay in those times. */
  readonly capped: { readonly day: Volume; readonly month: Volume };
  /** How many entered a day by events and conditions over the last 28 days: they are not counted above. */
  readonly startsPerDay: number;
}

export interface Risk {
  /** Its name, the same for each such risk. */
  readonly risk: string;
  /** What it is about: a program, a segment, an email. */
  readonly about: string;
  readonly text: string;
}

export interface Foreseen {
  readonly project: string;
  readonly at: Instant;
  /** The version that is live; null where nothing is. */
  readonly live: number | null;
  readonly isChanged: boolean;
  /** What the changes are, each once; empty where nothing changed. */
  readonly categories: readonly Category[];
  readonly changes: readonly PlannedChange[];
  /** Segments whose rules the edit changes, with people or not. */
  readonly segments: readonly SegmentMoves[];
  readonly programs: readonly ProgramEffect[];
  readonly mails: readonly MailEffect[];
  readonly held: readonly Held[];
  /** Mails that were decided before and wait to go out. */
  readonly waiting: number;
  /** Null where it was not asked for, or where apply refuses. */
  readonly ahead: Ahead | null;
  readonly risks: readonly Risk[];
  /** Why `apply` would refuse; null: it would not. */
  readonly refusal: { readonly code: string; readonly text: string; readonly help: string } | null;
}
