// A backup that was asked for, and one that was made, as values.

import type { Instant } from "./ports.ts";

export interface BackupRequest {
  /** Where it is written. */
  readonly file: string;
  /** True: a backup that is there makes way. */
  readonly replaces?: boolean;
}

export interface BackedUp {
  readonly file: string;
  readonly project: string;
  /** All that was written before is in it. */
  readonly at: Instant;
  readonly bytes: number;
}
