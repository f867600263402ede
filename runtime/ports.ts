// The only doors to the world. Everything behind them is an adapter; everything before them is pure or deterministic.

import type { Sql } from "../compiler/sql/sql.ts";

/** Epoch milliseconds, UTC. */
export type Instant = number;

export interface Clock {
  now(): Instant;
  /** Resolves at that instant, or at once where it is past or the signal aborts. A virtual clock jumps there. */
  sleepUntil(instant: Instant, signal?: AbortSignal): Promise<void>;
}

/** A failure of the world, never a mistake of ours: a code from the table of failures, and what to do about it. */
export interface Failure {
  readonly kind: "failure";
  readonly code: string;
  readonly text: string;
  readonly help: string;
}
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** A row as plain values: instants as epoch milliseconds, dates as yyyy-mm-dd, decimals as text, lists as arrays. */
export type Cell = string | number | boolean | null | readonly Cell[];
export type Row = Readonly<Record<string, Cell>>;

export interface Session {
  /** Runs one statement; rows where it returns any. Moments among the parameters must have been resolved. */
  run(sql: Sql): Promise<readonly Row[]>;
  /** Runs one statement and says how many rows it changed. */
  change(sql: Sql): Promise<number>;
}

export interface Database extends Session {
  /**
   * One writer at a time; rolls back where `work` throws. `meanwhile`: what may be done while the work is being written down,
   * which can yet fail.
   */
  transaction<T>(work: (session: Session) => Promise<T>, meanwhile?: (value: T) => void): Promise<T>;
  close(): Promise<void>;
}

export interface Label {
  readonly name: "program" | "email" | "variant";
  readonly value: string;
}

/** A file that a mail carries. */
export interface MailFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** One mail to one person, rendered. Header values hold no line breaks. */
export interface Message {
  /** Hash of program, enrollment, step and visit: the same mail never gets a second id. */
  readonly sendId: string;
  readonly from: string;
  readonly to: string;
  readonly replyTo: string | null;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly files: readonly MailFile[];
  /** What it is one of: program, email, variant. Providers count by them, and tell them back. */
  readonly labels: readonly Label[];
  /** The instant at which it is handed over. */
  readonly at: Instant;
}

/** What became of a handed-over mail. `unknown` is not sent again until somebody can tell. */
export type SendOutcome =
  | { readonly kind: "sent"; readonly providerId: string }
  /** Definitely not sent, and it may be tried again. */
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs: number | null }
  /** Definitely not sent, and others should not be tried now either. */
  | { readonly kind: "slow down"; readonly reason: string; readonly afterMs: number | null }
  /** Refused for good: this message will never go out. */
  | { readonly kind: "refused"; readonly reason: string }
  /** Key, domain or region is wrong: nothing can be sent until a person has acted. */
  | { readonly kind: "halt"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

/** What a provider tells of a mail that it was handed. */
export interface Feedback {
  /** The provider's own: what is told twice counts once. */
  readonly id: string;
  /** `bounced`: refused for good by the address itself. `undelivered`: for another reason. `delayed`: it is tried again. */
  readonly kind:
    | "delivered"
    | "opened"
    | "clicked"
    | "unsubscribed"
    | "complained"
    | "bounced"
    | "undelivered"
    | "delayed";
  /** null where it does not say which mail. */
  readonly sendId: string | null;
  /** The address in small letters, without outer space. */
  readonly mailbox: string;
  readonly at: Instant;
  readonly link: string | null;
  readonly reason: string | null;
  /** The provider itself took what opened or clicked for a machine. */
  readonly isMachine: boolean;
}

/** An address that a provider mails no more, by a list of its own. */
export interface Listed {
  readonly mailbox: string;
  readonly reason: "bounced" | "complained" | "unsubscribed";
  readonly at: Instant;
}

/** What a provider keeps on its side. Everything throws where the provider cannot be asked. */
export interface ProviderRecords {
  /** All that it tells of mails since an instant, in parts. */
  told(since: Instant): AsyncIterable<readonly Feedback[]>;
  listed(): AsyncIterable<readonly Listed[]>;
  list(entries: readonly Listed[]): Promise<void>;
  /** Takes the addresses off the list of those who unsubscribed. */
  unlist(mailboxes: readonly string[]): Promise<void>;
}

/** How the sending domain is set up at the provider. `refused`: by a key or domain that is wrong. `silent`: it cannot be asked now. */
export type ProviderSetup =
  | { readonly kind: "refused" | "silent"; readonly reason: string }
  | {
      readonly kind: "told";
      /** `active` where it may send. */
      readonly state: string;
      readonly records: readonly DnsRecord[];
      /** Addresses that are told of each kind of event; why that is not known, in words. */
      readonly webhooks: ReadonlyMap<string, readonly string[]> | string;
    };

/** A DNS record that the provider wants to find. */
export interface DnsRecord {
  readonly type: string;
  readonly name: string;
  readonly value: string;
  readonly isValid: boolean;
}

/** A mail by what it is, of which nobody knows the id. */
export interface MailLike {
  readonly address: string;
  readonly program: string;
  readonly email: string;
  /** Handed over no earlier. */
  readonly since: Instant;
}

export interface Mailer {
  /** For people. A mailer called `none` is never asked: its mails stay pending. */
  readonly name: string;
  /** True where handing over is delivery (files): the engine then records `received` too. */
  readonly delivers: boolean;
  send(message: Message): Promise<SendOutcome>;
  /** Whether a mail of unknown outcome, handed over at about that instant, went out; absent where the mailer cannot tell. */
  find?(sendId: string, around: Instant): Promise<"sent" | "absent">;
  /** Whether such a mail went out, by whatever id; absent where the mailer cannot tell. */
  findLike?(mail: MailLike): Promise<"sent" | "absent">;
  /** Absent where there is nothing to be asked. */
  readonly records?: ProviderRecords;
  /** Behind the handing over, when `find` can be believed: from then on, and no longer. Absent: always. */
  readonly finding?: { readonly afterMs: number; readonly untilMs: number };
}

/** What a webhook is told of one person, the same at every try. */
export interface Call {
  /** Hash of program, enrollment, step and visit: by it a receiver knows a repeat. */
  readonly id: string;
  readonly webhook: string;
  readonly url: string;
  /** JSON. */
  readonly body: string;
  /** The instant of this try. */
  readonly at: Instant;
}

export type CallOutcome =
  | { readonly kind: "taken" }
  /** It may be tried again. */
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs: number | null }
  /** It may be tried again, and others should not be tried now either. */
  | { readonly kind: "slow down"; readonly reason: string; readonly afterMs: number | null }
  /** Refused for good. */
  | { readonly kind: "refused"; readonly reason: string };

export interface Caller {
  /** A caller called `none` is never asked: its calls stay pending. */
  readonly name: string;
  /** True where calls leave the machine for good: a replay does not ask it. */
  readonly goesOut: boolean;
  call(call: Call, signal?: AbortSignal): Promise<CallOutcome>;
}

export interface Random {
  /** From 0, below 1. */
  next(): number;
}
