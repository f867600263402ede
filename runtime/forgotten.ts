// Who is to be forgotten, and what came of it.

import type { Instant } from "./ports.ts";

export interface ForgetRequest {
  readonly contact: string;
  /** True: other contacts of the same address are forgotten too. */
  readonly withSameAddress?: boolean;
  /** Absent: the clock's instant. */
  readonly at?: Instant;
}

export interface Forgotten {
  readonly contact: string;
  /** False: the person had been forgotten before. */
  readonly isNew: boolean;
  /** How many contacts that is. */
  readonly contacts: number;
}
