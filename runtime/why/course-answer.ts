// What `why` answers about a program or an email: plain data, as a program reads it.

import type { Instant } from "../ports.ts";
import type { WhyPart } from "./answer.ts";

/** A condition that the program asks about the person, as it was judged. */
export interface WhyQuestion {
  readonly asks: "for" | "start" | "only if" | "exit" | "goal" | "wait" | "send only if" | "variant";
  /** The clause, arguments filled in. */
  readonly text: string;
  /** The instant that it was judged for, by the rows that are known now. */
  readonly at: Instant;
  readonly holds: boolean;
  /** null: no row decides it, such as `start every monday`. */
  readonly tree: WhyPart | null;
  /** What else counts, in words. */
  readonly notes: readonly string[];
}

/** A start that was asked for and did not happen, or a moment that was missed. */
export interface WhyRefused {
  readonly at: Instant;
  readonly outcome: "dropped" | "missed";
  /** In words. */
  readonly text: string;
  /** The clause or rule that says so. */
  readonly rule: string;
}

/** A line of the journal. */
export interface WhyMove {
  readonly at: Instant;
  /** Id of the step; null where none is meant. */
  readonly step: string | null;
  /** The step as it is written; null where the program no longer has it. */
  readonly title: string | null;
  readonly email: string | null;
  /** The journal's word. */
  readonly outcome: string;
  /** The journal's reason. */
  readonly reason: string | null;
  /** The rule of the language by which a mail was skipped or delayed; null: none. */
  readonly rule: string | null;
  /** Id of the step behind it; null: none. */
  readonly next: string | null;
}

/** Where a person stands. */
export interface WhyPlace {
  readonly step: string;
  readonly title: string;
  readonly due: Instant;
  /** What is waited for, in words. */
  readonly text: string;
  /** The condition that is waited for. */
  readonly question: WhyQuestion | null;
  readonly next: readonly WhyNextStep[];
}
export interface WhyNextStep {
  /** In words: `when it comes`, `then`. */
  readonly when: string;
  /** null: whenever it comes. */
  readonly at: Instant | null;
  /** The step as it is written; null: the program is over. */
  readonly title: string | null;
}

/** One time in the program. */
export interface WhyStay {
  readonly enrollment: string;
  readonly startedAt: Instant;
  /** What started the person, in words. */
  readonly by: string;
  readonly version: number;
  readonly moves: readonly WhyMove[];
  /** null where the person left. */
  readonly place: WhyPlace | null;
  readonly leftAt: Instant | null;
  /** Such as `finished`, `exit` or `goal`. */
  readonly reason: string | null;
  /** The reason in words. */
  readonly leftText: string | null;
  /** Which exit or goal holds, judged for the instant of leaving or, inside, for now. */
  readonly questions: readonly WhyQuestion[];
  readonly goalAt: Instant | null;
}

export interface WhyProgram {
  readonly kind: "program";
  readonly contact: string;
  readonly program: string;
  readonly at: Instant;
  /** The version that is live; null: none is. */
  readonly version: number | null;
  readonly state: "inside" | "left" | "not let in" | "not asked for" | "not live";
  readonly paused: { readonly since: Instant; readonly reason: string | null } | null;
  /** The oldest first. */
  readonly stays: readonly WhyStay[];
  /** The newest ones, the oldest of them first. */
  readonly refused: readonly WhyRefused[];
  /** How many there are in all. */
  readonly refusedCount: number;
  /** What is asked of who starts, judged now. */
  readonly questions: readonly WhyQuestion[];
}

export interface WhyMail {
  readonly program: string;
  readonly step: string;
  readonly title: string | null;
  /** null: the email as it is. */
  readonly variant: string | null;
  readonly address: string;
  readonly state: "pending" | "claimed" | "sent" | "failed" | "unknown" | "skipped";
  readonly plannedAt: Instant;
  readonly settledAt: Instant | null;
  /** Of a mail that is to be tried later. */
  readonly notBefore: Instant | null;
  readonly reason: string | null;
  /** When it was opened and so on for the first time; machines do not count. */
  readonly happened: readonly { readonly event: string; readonly at: Instant }[];
  /** How the form of the email was chosen. */
  readonly questions: readonly WhyQuestion[];
}

/** A mail that was held back. */
export interface WhySkip {
  readonly at: Instant;
  readonly program: string;
  readonly step: string | null;
  readonly outcome: "skipped" | "delayed" | "failed";
  readonly reason: string;
  readonly rule: string | null;
  /** Of a mail that waits: when it is asked again. */
  readonly until: Instant | null;
}

/** A program that sends the email, and how the person stands to it. */
export interface WhySender {
  readonly program: string;
  /** The sends of the email, as they are written. */
  readonly sends: readonly string[];
  readonly state:
    | "mailed"
    | "held back"
    | "waits there"
    | "still ahead"
    | "went another way"
    | "left before"
    | "not in it";
  /** In words. */
  readonly text: string;
}

export interface WhyEmail {
  readonly kind: "email";
  readonly contact: string;
  readonly email: string;
  readonly at: Instant;
  readonly version: number | null;
  readonly isSent: boolean;
  readonly mails: readonly WhyMail[];
  readonly skips: readonly WhySkip[];
  readonly senders: readonly WhySender[];
  /** What is known of the address that may hold the mail back now, in words. */
  readonly address: readonly string[];
}
