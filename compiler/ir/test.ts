// A `test` block, compiled: what is the case, what people do, what is expected, each clause with the instant it runs at.

import type { Span } from "../../grammar/span.ts";
import type { Field } from "./catalog.ts";
import type { Condition, Term } from "./condition.ts";

/** The text that the database reads a value from, several for a list; null: unknown. */
export type FixedValue = string | readonly string[] | null;
export type TestValue =
  | { readonly kind: "fixed"; readonly value: FixedValue }
  /** The person's name, an address made of it, or the name with a number behind it from the second event on. */
  | { readonly kind: "name" | "address" | "occurrence" };
export interface TestColumn {
  readonly field: Field;
  readonly value: TestValue;
}

export interface TestPerson {
  readonly name: string;
  /** The key: id of the contact. */
  readonly id: string;
}

/** From `from`, included, to `until`, which is outside. */
export interface TestSpan {
  readonly from: number;
  readonly until: number;
}

/** Epoch milliseconds; times are known before a test runs, since only its clauses move its clock. */
type Head = { readonly span: Span; readonly at: number };

/** `When` is a condition, checked or lowered; `Row` a row of values, checked or lowered. */
export type TestClauseOf<When, Row> = Head &
  (
    | { readonly kind: "people"; readonly people: readonly TestPerson[]; readonly row: Row }
    | { readonly kind: "company"; readonly name: string; readonly row: Row }
    | {
        readonly kind: "mail fault";
        readonly person: TestPerson;
        /** null: whenever it is tried. */
        readonly times: number | null;
        readonly outcome: "is refused" | "fails";
      }
    | {
        readonly kind: "happened";
        readonly isHistory: boolean;
        readonly person: TestPerson;
        readonly event: string;
        readonly email: string | null;
        /** Of the email. */
        readonly topic: string | null;
        readonly row: Row;
        readonly times: number;
        readonly occurredAt: number;
      }
    | { readonly kind: "in list"; readonly person: TestPerson; readonly list: string }
    | { readonly kind: "consent"; readonly person: TestPerson; readonly topic: string; readonly isAgreed: boolean }
    | { readonly kind: "held out"; readonly person: TestPerson }
    /** `experiment` null: any with an arm of that name. */
    | {
        readonly kind: "gets arm";
        readonly person: TestPerson;
        readonly arm: string;
        readonly experiment: string | null;
      }
    | { readonly kind: "written"; readonly person: TestPerson; readonly row: Row }
    /** By hand. */
    | { readonly kind: "pause" | "resume"; readonly program: string }
    | { readonly kind: "enters" | "is ejected from"; readonly person: TestPerson; readonly program: string }
    | { readonly kind: "is forgotten"; readonly person: TestPerson }
    /** The clock moves. */
    | { readonly kind: "wait" }
    | { readonly kind: "expect members"; readonly when: When; readonly low: number; readonly high: number }
    | {
        readonly kind: "expect condition";
        readonly person: TestPerson;
        readonly isNegated: boolean;
        readonly when: When;
        /** What is compared; null: a membership. */
        readonly asked: Term | null;
      }
    | {
        readonly kind: "expect mailed";
        readonly low: number;
        readonly high: number;
        readonly email: string;
        /** null: any, or none. */
        readonly variant: string | null;
      }
    | {
        readonly kind: "expect sent";
        readonly person: TestPerson;
        readonly isNegated: boolean;
        readonly email: string;
        /** null: any, or none. */
        readonly variant: string | null;
        readonly to: string | null;
        readonly saying: string | null;
        /** null: at least once. */
        readonly times: number | null;
        readonly on: TestSpan | null;
      }
    | {
        readonly kind: "expect in program";
        readonly person: TestPerson;
        readonly isNegated: boolean;
        readonly program: string;
      }
    | {
        readonly kind: "expect arm";
        readonly person: TestPerson;
        readonly arm: string;
        readonly experiment: string | null;
      }
    | {
        readonly kind: "expect handed off";
        readonly person: TestPerson;
        readonly isNegated: boolean;
        readonly team: string;
      }
    | { readonly kind: "expect at"; readonly person: TestPerson; readonly step: string }
    | { readonly kind: "expect left" | "expect goal"; readonly person: TestPerson; readonly program: string }
  );

export type TestClause = TestClauseOf<Condition, readonly TestColumn[]>;

export interface Test {
  readonly title: string;
  /** Of the title. */
  readonly span: Span;
  /** When the programs are applied: epoch milliseconds. */
  readonly start: number;
  readonly clauses: readonly TestClause[];
}
