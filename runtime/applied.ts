// What looking ahead and making a plan live are asked with, and what comes of it.

import type { Instant } from "./ports.ts";

export interface ForeseenRequest {
  readonly at?: Instant;
  /** How many keys are named of each group of people; absent: 5. */
  readonly samples?: number;
  /**
   * Whether the engine is run forward by a month, which is some fifty ticks, twice; where it is not, `ahead` is null. Absent:
   * of up to 50,000 contacts.
   */
  readonly looksAhead?: boolean;
}

export interface ApplyRequest {
  /** The text of a saved plan, to be held to. */
  readonly saved?: string;
  /** The version that whoever applies saw as live, null where none was; absent: it does not matter. */
  readonly seen?: number | null;
}
export interface Applied {
  /** Counts from 1. */
  readonly version: number;
  /** False where the same plan was live already. */
  readonly isNew: boolean;
  readonly at: Instant;
}
