// What the engine asks of each kind of step. Every answer is SQL over the people who stand at the step or pass it.

import type { Condition, Length } from "../../../compiler/ir/condition.ts";
import type { Next, Step, StepHead, WaitUntil } from "../../../compiler/ir/program.ts";
import type { Type } from "../../../compiler/types.ts";

export type StepOf<K extends Step["kind"]> = Extract<Step, { kind: K }>;

/** What is declared about the events that start people in a program, and about all others. */
export interface Origin {
  /** Kinds of events among the program's triggers that have this property. */
  startsWith(property: string): readonly string[];
  /** Variants of an email that are chosen by a condition, in the order in which they are tried. */
  variantsOf(email: string): readonly ChosenVariant[];
  /** Type of a property; null where the event has none of that name. */
  typeOf(event: string, property: string): Type | null;
}

export interface ChosenVariant {
  readonly name: string;
  readonly when: Condition;
}

export interface Scene {
  /** The instant of the tick. */
  readonly now: string;
  /** Column of the step's condition `index`: a boolean that is never NULL. */
  condition(step: StepHead, index: number): string;
  /** Whether the contact is among `share` percent of all who are drawn with this salt. */
  isDrawn(salt: string, share: number): string;
  /** The arm that all take who come to an experiment now; null: each draws one. */
  winnerOf(step: StepHead): string | null;
  /** Id of the step that follows; NULL behind the last one. */
  next(next: Next): string;
  text(value: string): string;
  /** Now moved by a length of the project's calendar. */
  after(length: Length): string;
  /** When a wait for a clock that begins now ends, for the contact. */
  endOf(step: StepHead, until: Exclude<WaitUntil, { kind: "date" }>): string;
  /** When the person is due at a step that waits for something. */
  limitOf(step: StepOf<"wait for">): string;
  /** A boolean: every mail that the step waits for was skipped in this enrollment. */
  isMailSkipped(step: StepOf<"wait for">): string;
}

/** What happens to a person whose turn it is. */
export interface Hop {
  /** One word of the journal; NULL: the person stays. */
  readonly outcome: string;
  readonly reason: string;
  readonly next: string;
}

export interface StepKind<K extends Step["kind"]> {
  /** True where nobody rests: who comes to the step passes it in the same instant. */
  readonly isInstant: boolean;
  /** True where people are looked at in every tick, and not only when they are due. */
  isWatched(step: StepOf<K>): boolean;
  conditions(step: StepOf<K>, origin: Origin): readonly Condition[];
  hop(step: StepOf<K>, scene: Scene): Hop;
  /** When who comes to the step now is due. */
  due(step: StepOf<K>, scene: Scene): string;
}
