// Declarations of a project except programs, reports and tests.

import type { Node } from "../span.ts";
import type { ClockValue, Duration, Expr, Name, NumberValue, Operand, Text, Value, Window } from "./expr.ts";

/** What every declaration carries: `doc` is the text of its `##` lines, joined by newlines. */
export interface Declared extends Node {
  readonly doc: string | null;
  /** True where error recovery cut or bridged something: such a node is not checked further. */
  readonly recovered: boolean;
}

export interface Use extends Declared {
  readonly kind: "use";
  readonly name: Name;
}

export type ProjectSetting = Node &
  (
    | { readonly kind: "language"; readonly value: NumberValue }
    | { readonly kind: "currency" | "first weekday"; readonly value: Name }
    | {
        readonly kind: "time zone" | "sender" | "postal address" | "seed" | "holidays";
        readonly value: Text;
      }
  );
export interface Project extends Declared {
  readonly kind: "project";
  readonly name: Name;
  readonly settings: readonly ProjectSetting[];
}

export type ScalarKind =
  | "text"
  | "number"
  | "money"
  | "percent"
  | "date"
  | "datetime"
  | "timezone"
  | "country"
  | "email"
  | "url"
  | "boolean"
  | "duration"
  | "one of";
export interface TypeNode extends Node {
  readonly kind: "type";
  readonly list: boolean;
  readonly nullable: boolean;
  readonly scalar: ScalarKind;
  /** `text exact`. */
  readonly exact: boolean;
  /** `money EUR`. */
  readonly currency: Name | null;
  /** Values of `one of`, else empty. */
  readonly values: readonly Name[];
}
export interface FieldDef extends Declared {
  readonly kind: "field def";
  readonly name: Name;
  readonly type: TypeNode;
  readonly key: boolean;
}
export interface Contact extends Declared {
  readonly kind: "contact" | "company";
  readonly fields: readonly FieldDef[];
}
export interface EventDecl extends Declared {
  readonly kind: "event";
  readonly name: Name;
  readonly fields: readonly FieldDef[];
}

export interface ChoiceArm extends Node {
  readonly kind: "choice arm";
  readonly value: Name | Text | NumberValue;
  readonly when: Expr;
}
export type DerivedBody =
  | { readonly kind: "operand"; readonly operand: Operand; readonly window: Window | null }
  | { readonly kind: "first known"; readonly operands: readonly Operand[] }
  | {
      readonly kind: "choice";
      readonly arms: readonly ChoiceArm[];
      readonly otherwise: Name | Text | NumberValue | null;
    };
export interface Derived extends Declared {
  readonly kind: "derived";
  readonly name: Name;
  readonly body: DerivedBody;
}

export type LoadOption = Node &
  (
    | { readonly kind: "delimiter" | "encoding"; readonly value: Text }
    | { readonly kind: "no header" }
    | { readonly kind: "unknown is"; readonly values: readonly Text[] }
    | {
        readonly kind: "rows where";
        readonly column: Name | Text;
        readonly negated: boolean;
        readonly values: readonly Text[];
      }
    | { readonly kind: "refresh every"; readonly duration: Duration }
  );
export interface ValueMap extends Node {
  readonly kind: "value map";
  /** null is `otherwise`. */
  readonly from: Text | null;
  /** null is `unknown`. */
  readonly to: Value | null;
}
export interface Mapping extends Node {
  readonly kind: "mapping";
  /** A field, or `contact`, `at`, `event id`, `state`, `source`. */
  readonly target: Name;
  /** A column's name, or its place from 1. */
  readonly source: Name | Text | NumberValue;
  readonly format: Text | null;
  readonly zone: Text | null;
  readonly values: readonly ValueMap[] | null;
}
export interface Load extends Declared {
  readonly kind: "load";
  readonly target: Name;
  readonly format: "csv" | "parquet" | "json";
  readonly path: Text;
  readonly options: readonly LoadOption[];
  readonly mappings: readonly Mapping[];
}

export interface List extends Declared {
  readonly kind: "list";
  readonly name: Name;
  readonly title: Text | null;
}
export interface Term extends Node {
  readonly kind: "term";
  readonly name: Name;
  readonly singular: Name | Text;
  readonly plural: Name | Text | null;
}
export interface Vocabulary extends Declared {
  readonly kind: "vocabulary";
  readonly name: Name;
  readonly terms: readonly Term[];
}
export interface Topic extends Declared {
  readonly kind: "topic";
  readonly name: Name;
  readonly title: Text;
  readonly consent: "opt in" | "opt out";
}

export type RateUnit = "second" | "minute" | "hour" | "day";
export type PolicyRule = Node &
  (
    | {
        readonly kind: "quiet hours" | "send only between";
        readonly from: ClockValue;
        readonly to: ClockValue;
        readonly local: boolean;
      }
    | { readonly kind: "send only on"; readonly days: readonly Name[] | "weekdays"; readonly local: boolean }
    | { readonly kind: "no sending on holidays" }
    | { readonly kind: "at most"; readonly emails: NumberValue; readonly duration: Duration }
    | { readonly kind: "at most in total"; readonly emails: NumberValue; readonly per: RateUnit }
    | { readonly kind: "never send"; readonly topic: Name | null; readonly segment: Name }
    | { readonly kind: "only one of"; readonly programs: readonly Name[] }
    | { readonly kind: "on ambiguous"; readonly mode: "reconcile" | "resend" | "never" }
  );
export interface Policy extends Declared {
  readonly kind: "policy";
  readonly name: Name;
  readonly segment: Name | null;
  readonly args: readonly Value[] | null;
  readonly rules: readonly PolicyRule[];
}

export interface Parameter extends Node {
  readonly kind: "parameter";
  readonly name: Name;
  readonly type: TypeNode;
  readonly fallback: Value | null;
}
export interface Segment extends Declared {
  readonly kind: "segment";
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly where: Expr;
}

export interface ScoreRule extends Node {
  readonly kind: "score rule";
  readonly when: Expr;
  readonly effect: "adds" | "subtracts";
  readonly points: NumberValue;
  readonly cap: NumberValue | null;
}
export interface Score extends Declared {
  readonly kind: "score";
  readonly name: Name;
  readonly rules: readonly ScoreRule[];
  readonly halves: Duration | null;
}
export interface Stage extends Node {
  readonly kind: "stage";
  readonly name: Name;
  readonly when: Expr | null;
}
export interface Funnel extends Declared {
  readonly kind: "funnel";
  readonly name: Name;
  readonly stages: readonly Stage[];
  readonly forwardOnly: boolean;
}

export type EmailSetting = Node &
  (
    | {
        readonly kind: "subject" | "body" | "text" | "sender" | "reply to" | "preview text" | "attach";
        readonly value: Text;
      }
    | { readonly kind: "topic" | "words from"; readonly name: Name }
    | { readonly kind: "transactional" | "skip caps" }
  );
export interface Variant extends Node {
  readonly kind: "variant";
  readonly name: Name;
  readonly when: Expr | null;
  readonly settings: readonly EmailSetting[];
}
export interface Email extends Declared {
  readonly kind: "email";
  readonly name: Name;
  readonly settings: readonly EmailSetting[];
  readonly variants: readonly Variant[];
}

export interface Webhook extends Declared {
  readonly kind: "webhook";
  readonly name: Name;
  readonly url: Text;
}
export interface Team extends Declared {
  readonly kind: "team";
  readonly name: Name;
  readonly title: Text | null;
}

export type Moved = Declared &
  (
    | {
        readonly kind: "renamed";
        readonly what: "program" | "segment" | "email" | "experiment";
        readonly from: Name;
        readonly to: Name;
      }
    | { readonly kind: "renamed step"; readonly program: Name; readonly from: Name; readonly to: Name }
    | {
        readonly kind: "removed step";
        readonly program: Name;
        readonly step: Name;
        /** null is `exit`. */
        readonly continueAt: Name | null;
      }
  );
