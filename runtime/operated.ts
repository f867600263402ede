// What people do to a running engine by hand, as values.

import type { Instant } from "./ports.ts";

export interface ActRequest {
  /** Who does it, for the record; absent: nobody is named. */
  readonly by?: string;
  /** Absent: the clock's instant. */
  readonly at?: Instant;
}

export interface PersonRequest extends ActRequest {
  /** Key of the contact. */
  readonly contact: string;
  readonly program: string;
}

export interface RetryRequest extends ActRequest {
  /** Absent: all. */
  readonly program?: string;
}

export interface Retried {
  /** Mails that are handed over once more: those that wait for another try, and those given up after 72 hours. */
  readonly mails: number;
  /** Calls of webhooks, likewise. */
  readonly calls: number;
  /** Programs that had stopped by a failure and go on. */
  readonly programs: readonly string[];
  /** Mails of unknown outcome, which are never tried again before their provider has said that they did not go out. */
  readonly unknown: number;
}

/** An action of the record. `program` null: of all; `contact` null: of nobody in particular. */
export interface Action {
  readonly kind: "pause" | "resume" | "retry" | "enroll" | "eject";
  readonly program: string | null;
  readonly contact: string | null;
  readonly by: string;
  readonly at: Instant;
}

export interface ControlRequest {
  /** Of the program that runs the engine, told to whoever connects. */
  readonly version: string;
  readonly pid: number;
  /** User of the process; null where the system has none. */
  readonly uid: number | null;
  /** Told of mistakes of ours; whoever asked gets an answer all the same. */
  readonly onBug?: (error: unknown) => void;
}

export interface Control {
  /** Where it listens. */
  readonly path: string;
  /** Answers what was asked completely, then takes the socket away. */
  close(): Promise<void>;
}
