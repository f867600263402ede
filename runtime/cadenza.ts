// The engine as a value: what `open` returns, to commands and to programs that embed it.

import type { Plan } from "../compiler/ir/plan.ts";
import type { Length } from "../compiler/ir/condition.ts";
import type { Cell, Clock, Instant, Mailer, Result } from "./ports.ts";
import type { Engagement } from "./sim/engagement.ts";
import type { Snapshot } from "./snapshot.ts";

export interface OpenRequest {
  readonly plan: Plan;
  /**
   * `":memory:"`, or the folder of the project's state: the database and the rejected rows lie in it. `mustExist`: a
   * missing database is a failure (F116) instead of being created.
   */
  readonly database: ":memory:" | { readonly folder: string; readonly mustExist?: boolean };
  /** Where relative paths of loads start; absent: the folder of the state. */
  readonly dataDir?: string;
  /** Absent: the machine's. */
  readonly clock?: Clock;
  /** Absent: mails stay pending. */
  readonly mailer?: Mailer;
}

export interface LoadReport {
  /** The target: contact, company, an event, a list or a topic. */
  readonly name: string;
  readonly path: string;
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Rows that a later row of the same file overrode with other values. */
  readonly duplicates: number;
  readonly unknownValues: number;
  /** Events that lie behind the instant of loading. */
  readonly future: number;
  readonly rejectsFile: string | null;
}
export interface LoadRequest {
  /** Names of targets; absent: all, contacts and companies first. */
  readonly names?: readonly string[];
  /** When the rows arrive; absent: the clock's instant. */
  readonly at?: Instant;
  readonly onLoaded?: (report: LoadReport) => void;
}

export interface Members {
  readonly segment: string;
  readonly count: number;
  /** Keys, sorted; as many as the limit allows. */
  readonly members: readonly string[];
}

export interface ContactView {
  readonly key: string;
  readonly fields: Readonly<Record<string, Cell>>;
  readonly segments: readonly string[];
  readonly enrollments: readonly {
    readonly program: string;
    readonly startedAt: Instant;
    readonly leftAt: Instant | null;
    readonly reason: string | null;
    /** Id of the step where the person is; null where they left. */
    readonly step: string | null;
  }[];
}

export interface Applied {
  readonly version: number;
  /** False where the same plan was live already. */
  readonly isNew: boolean;
}

export interface TickReport {
  readonly at: Instant;
  readonly rounds: number;
  /** Mails handed over behind the tick. */
  readonly sent: number;
}

export interface RunRequest {
  readonly clock?: Clock;
  /** Absent: one minute. */
  readonly every?: Length;
  /** The last instant that is judged. */
  readonly until?: Instant;
  readonly isOnce?: boolean;
  /** True on a clock that jumps: instants at which nothing can change are passed over. */
  readonly isReplay?: boolean;
  readonly signal?: AbortSignal;
  /** Lets people open and click, for replays on sample data. */
  readonly engagement?: Engagement;
  readonly onTick?: (report: TickReport) => Promise<void> | void;
}
export interface RunReport {
  /** True where the plan that runs is not the one that was opened: it was changed and not applied. */
  readonly isBehind: boolean;
  readonly ticks: number;
  readonly at: Instant;
}

/** A table to be shown: every row has as many cells as the head. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Cadenza {
  readonly plan: Plan;
  /** Runs load statements, each in a transaction of its own. Stops at the first failure; what was loaded stays. */
  load(request?: LoadRequest): Promise<Result<readonly LoadReport[]>>;
  /**
   * Who is in a segment of the plan at an instant (absent: the clock's). The segment is named by its id: `Customers`, or
   * `Quiet(60d)` where the project uses it with these arguments. `limit`: how many keys at most; `count` counts all.
   * F117 where there is no such segment.
   */
  evaluate(segment: string, request?: { readonly at?: Instant; readonly limit?: number }): Promise<Result<Members>>;
  /** All that is known of one contact; F118 where there is none. */
  contact(key: string, at?: Instant): Promise<Result<ContactView>>;
  /** Makes the plan live at an instant. Applying what is live changes nothing. */
  apply(at?: Instant): Promise<Result<Applied>>;
  /** Takes in facts, moves everybody who is due, and hands over what they are to be mailed. Applies the plan first. */
  tick(at?: Instant): Promise<Result<TickReport>>;
  /** Ticks every so often until it is told to stop. */
  run(request?: RunRequest): Promise<Result<RunReport>>;
  snapshot(at?: Instant): Promise<Result<Snapshot>>;
  /** Per program how many entered, were mailed and reached the goal, in all and by month. */
  funnels(): Promise<Result<readonly Table[]>>;
  close(): Promise<void>;
}
