// What people keep by hand, as values: lists, consent, hand-offs.

import type { Cell, Instant } from "./ports.ts";

/** A change that a person makes to a list. `contacts` are keys; one that repeats counts once. `at` absent: the clock's instant. */
export type ListChange = { readonly list: string; readonly at?: Instant } & (
  | { readonly kind: "add"; readonly contacts: readonly string[]; readonly by: string }
  | { readonly kind: "remove"; readonly contacts: readonly string[] }
  | { readonly kind: "clear" }
);
export interface ListChanged {
  /** As the project declares it. */
  readonly list: string;
  /** How many contacts were put in or taken out. */
  readonly changed: number;
  /** How many of those named were in, or out, already. */
  readonly unchanged: number;
  /** How many are in it now. */
  readonly members: number;
}
export interface ListView {
  readonly list: string;
  readonly count: number;
  /** By key. `source`: `by NAME` for who was added by hand, `load` for who came from a file. */
  readonly members: readonly { readonly key: string; readonly since: Instant; readonly source: string }[];
}

/** What a person was told of a contact's wish. */
export interface ConsentRequest {
  readonly contact: string;
  readonly topic: string;
  readonly isAgreed: boolean;
  readonly by: string;
  /** When it was said; absent: the clock's instant. */
  readonly at?: Instant;
}
export interface ConsentView {
  readonly topic: string;
  /** In small letters: refusal and consent hold for every contact that has it. */
  readonly address: string;
  /** How many contacts have the address. */
  readonly contacts: number;
  /** False where the same was known already, and nothing was written. */
  readonly isNew: boolean;
  /** The word that counts: the latest, of two at one time the refusal; `ofAllMail`: it refuses all mail. */
  readonly holds: {
    readonly isAgreed: boolean;
    readonly at: Instant;
    readonly source: string;
    readonly ofAllMail: boolean;
  };
  /** Why the address gets no mail whatever it agrees to, such as `bounced`; null where nothing stands against it. */
  readonly suppressed: string | null;
}

/** What a team is asked to do with a person. */
export interface HandOff {
  readonly id: string;
  readonly team: string;
  readonly program: string;
  /** Key of the contact. */
  readonly contact: string;
  readonly note: string | null;
  readonly at: Instant;
  /** null: open. */
  readonly done: { readonly at: Instant; readonly by: string } | null;
  /** Of the contact, as they are now: null where unknown. */
  readonly fields: Readonly<Record<string, Cell>>;
}
