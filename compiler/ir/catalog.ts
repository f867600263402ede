// What the project's tables hold: contacts, companies, events, lists and topics.

import type { Type } from "../types.ts";

export interface Field {
  readonly name: string;
  readonly type: Type;
  readonly isKey: boolean;
  readonly doc: string | null;
}
export interface ContactTable {
  readonly fields: readonly Field[];
  /** Name of the key field; its values are the contact ids. */
  readonly key: string;
  /** Name of the first field of type `email`: where mail goes. */
  readonly address: string;
  /** Name of the first field of type `timezone` and of type `country`, if any: they decide `local`. */
  readonly zone: string | null;
  readonly country: string | null;
}
export interface CompanyTable {
  readonly fields: readonly Field[];
  readonly key: string;
}
export interface EventTable {
  readonly name: string;
  /** Properties as declared; `at` and `contact` are not among them. */
  readonly fields: readonly Field[];
  /** Property that tells occurrences apart when they are counted; null: the event id does. */
  readonly key: string | null;
  readonly isBuiltIn: boolean;
  /** True for received, sent, opened, clicked, replied, bounced, complained and unsubscribed. */
  readonly isMail: boolean;
}
export interface TopicEntry {
  readonly name: string;
  readonly title: string;
  readonly consent: "opt in" | "opt out";
}
export interface ListEntry {
  readonly name: string;
  readonly title: string | null;
}
export interface Catalog {
  readonly contact: ContactTable;
  readonly company: CompanyTable | null;
  /** Built-in events first, then declared ones, each in a fixed order. */
  readonly events: readonly EventTable[];
  readonly lists: readonly ListEntry[];
  readonly topics: readonly TopicEntry[];
}
