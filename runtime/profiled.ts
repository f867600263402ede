// What is known of a project's people, as `profile` tells it.

import type { Cell, Instant } from "./ports.ts";

export interface ProfiledField {
  readonly name: string;
  /** As declared, without `?`. */
  readonly type: string;
  /** How many rows have a value. */
  readonly known: number;
  /** The same as a share of all rows, 0 to 1; null where there is no row. */
  readonly share: number | null;
  /** Different values, as they are compared; of a list different items. */
  readonly distinct: number;
  /** True where `distinct` is an estimate, within some percent: in large tables, but for keys. */
  readonly isApproximate: boolean;
  /** Of numbers, amounts, dates and times; null of all else. Datetimes are ISO 8601 in UTC, amounts text, durations seconds. */
  readonly lowest: Cell;
  readonly highest: Cell;
}
export interface ProfiledTable {
  readonly kind: "contact" | "company" | "event";
  readonly name: string;
  readonly rows: number;
  /** How many contacts an event is of; null of contacts and companies. */
  readonly people: number | null;
  /** When the first and the last of the events happened; null of contacts, companies and where there is none. */
  readonly first: Instant | null;
  readonly last: Instant | null;
  /** Null where no file was ever loaded into it. */
  readonly lastLoad: Instant | null;
  /** True of large tables, in which `people` is an estimate. */
  readonly isApproximate: boolean;
  readonly fields: readonly ProfiledField[];
}
/** What is known of a project's people at an instant. */
export interface Profile {
  readonly tables: readonly ProfiledTable[];
  /** Addresses that more than one contact has, and the contacts that have one; `most`: a few, with the most contacts. */
  readonly sharedAddresses: {
    readonly addresses: number;
    readonly contacts: number;
    readonly most: readonly { readonly address: string; readonly contacts: number }[];
  };
  readonly lists: readonly {
    readonly name: string;
    readonly members: number;
    /** When its first and its last member were added. */
    readonly first: Instant | null;
    readonly last: Instant | null;
    readonly lastLoad: Instant | null;
  }[];
  /** Addresses by their latest word; who never said anything is in neither. */
  readonly topics: readonly {
    readonly name: string;
    readonly agreed: number;
    readonly refused: number;
    readonly lastLoad: Instant | null;
  }[];
}
