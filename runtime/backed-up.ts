// Backups as values: one that was asked for, one that was made, and one that was made unasked.

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

export interface OlderDatabase {
  /** Of the form in which it was kept, and is kept now. */
  readonly version: number;
  readonly current: number;
  /** Path of the backup. */
  readonly backup: string;
}
