// What a person looking at a running engine sees: plain values, taken between two ticks.

import type { Instant } from "./ports.ts";

export interface StepCount {
  /** Id of the step in its program. */
  readonly step: string;
  /** The step in the writer's words. */
  readonly title: string;
  readonly kind: string;
  readonly people: number;
  /** Earliest due instant of the people at the step; null where nobody is. */
  readonly nextDue: Instant | null;
}

export interface ProgramView {
  readonly name: string;
  readonly active: number;
  readonly entered: number;
  readonly goals: number;
  /** How many left for each reason, most frequent first. */
  readonly left: readonly { readonly reason: string; readonly people: number }[];
  readonly nextDue: Instant | null;
  readonly steps: readonly StepCount[];
}

export interface MailView {
  readonly pending: number;
  readonly claimed: number;
  readonly sent: number;
  readonly failed: number;
  readonly unknown: number;
  /** Sends that a policy delays now, by reason, most frequent first. */
  readonly delayed: readonly { readonly reason: string; readonly mails: number }[];
  /** Sends that a rule kept back, by reason, most frequent first. */
  readonly skipped: readonly { readonly reason: string; readonly mails: number }[];
}

/** Calls of webhooks. */
export interface CallView {
  readonly pending: number;
  readonly made: number;
  readonly failed: number;
}

export interface Problem {
  /** Since when, what is wrong, and what to do. */
  readonly since: Instant;
  readonly text: string;
  readonly help: string;
}

export interface Snapshot {
  /** The engine's instant, which on a virtual clock is not the wall's. */
  readonly at: Instant;
  readonly contacts: number;
  readonly ticks: number;
  readonly programs: readonly ProgramView[];
  readonly mail: MailView;
  readonly calls: CallView;
  readonly problems: readonly Problem[];
  /** True once the run has ended. */
  readonly isOver: boolean;
}

/** Messages that came in over HTTP and could not be taken in, by what they call themselves and why. */
export interface Aside {
  readonly name: string;
  readonly reason: string;
  readonly messages: number;
  /** When the last of them came. */
  readonly last: Instant;
}
