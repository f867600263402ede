// What a person looking at a running engine sees: plain values, taken between two ticks.

import type { Instant } from "./ports.ts";

export interface StepCount {
  /** Id of the step in its program. */
  readonly step: string;
  /** The step in the writer's words. */
  readonly title: string;
  /** `earlier`: one that the newest version lacks, with people who finish an earlier one. */
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

/** How the arms of a split or an experiment do. */
export interface ArmsView {
  /** Id of the step in its program. */
  readonly step: string;
  /** The step in the writer's words. */
  readonly title: string;
  /** null: a split. */
  readonly experiment: string | null;
  /** What a winner is decided by; null: nobody asks for one. */
  readonly contest: {
    readonly by: "open" | "click" | "goal";
    /** How many mails, or for the goal how many people, each competing arm must have. */
    readonly needs: number;
    /** When it may be decided first; null: nobody has come yet. */
    readonly from: Instant | null;
  } | null;
  readonly winner: { readonly arm: string; readonly at: Instant } | null;
  readonly arms: readonly {
    readonly arm: string;
    /** In percent. */
    readonly share: number;
    /** Who has taken it. */
    readonly people: number;
    /** What the winner is decided by: mails sent (for the goal people), whom they reached, and who of them opened, clicked, or reached the goal; null: it does not compete. */
    readonly measured: { readonly count: number; readonly people: number; readonly did: number } | null;
  }[];
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

/** What a person may do about a problem at once. */
export type Remedy =
  | { readonly kind: "resume"; readonly program: string }
  | { readonly kind: "resume all" }
  | { readonly kind: "retry" };

export interface Problem {
  /** Since when, what is wrong, and what to do. */
  readonly since: Instant;
  readonly text: string;
  readonly help: string;
  /** Absent: nothing that the engine could be asked for. */
  readonly remedy?: Remedy;
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

/** A way from a step to another one. */
export interface Way {
  /** In words; null: there is no other. */
  readonly label: string | null;
  /** Index of the step; null: the program is over. */
  readonly to: number | null;
}

export interface StepPulse {
  /** Id of the step in its program. */
  readonly step: string;
  /** People there who are due within the next hour, or were already. */
  readonly dueSoon: number;
  /** People there whose mail a policy delays. */
  readonly held: number;
  /** Mails of the step, by what became of them. */
  readonly sent: number;
  readonly failed: number;
  /** People who left the program there; null: not counted yet. */
  readonly left: number | null;
  readonly ways: readonly Way[];
}

/** What people did with the mails of the last days; machines do not count. Each person counts once, and once a day. */
export interface Response {
  readonly delivered: number;
  readonly opened: number;
  readonly clicked: number;
  /** The oldest first, today last. */
  readonly days: readonly { readonly delivered: number; readonly opened: number }[];
}

export interface ProgramPulse {
  readonly name: string;
  /** null: it is live. `reason` null: somebody paused it. */
  readonly paused: { readonly since: Instant; readonly reason: string | null } | null;
  readonly dueSoon: number;
  /** Mails since midnight in the project's zone. */
  readonly sentToday: number;
  /** null: not counted yet. */
  readonly response: Response | null;
  /** In the order of the program's steps. */
  readonly steps: readonly StepPulse[];
}

/** The outbox as whoever runs the engine sees it. */
export interface OutboxPulse {
  readonly lastMinute: number;
  readonly lastHour: number;
  readonly today: number;
  /** Mails that wait to be tried again, and when the first of them is. */
  readonly backingOff: { readonly mails: number; readonly nextAt: Instant } | null;
  /** Why marketing mails wait; null: they do not. */
  readonly brake: string | null;
  /** Mails of unknown outcome, and since when the oldest is. */
  readonly quarantine: { readonly mails: number; readonly since: Instant } | null;
  /** Of mails that did not go out, the newest first. */
  readonly errors: readonly { readonly at: Instant; readonly reason: string; readonly mails: number }[];
}

export interface TickEntry {
  readonly at: Instant;
  /** How long the tick took, and then the handing over of mails; 0 on a clock that stands still. */
  readonly tickMs: number;
  readonly deliverMs: number;
  readonly rounds: number;
  /** Rows that it added to the journal. */
  readonly rows: number;
  readonly sent: number;
  readonly failed: number;
}

/** All that whoever watches an engine is told at once. */
export interface Watched {
  /** With as many of the problems as anybody reads. */
  readonly snapshot: Snapshot;
  /** How many problems there are. */
  readonly problems: number;
  /** In the order of the snapshot's programs. */
  readonly programs: readonly ProgramPulse[];
  readonly outbox: OutboxPulse;
  /** Of this process, the newest first. */
  readonly ticks: readonly TickEntry[];
}
