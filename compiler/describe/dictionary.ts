// The shape of a project's data dictionary: plain data, JSON-safe, in the order of the sources.

import type { FlowStep, Term } from "./program.ts";
import type { Reference } from "./uses.ts";

interface Entry {
  readonly name: string;
  /** The text of its `##` comments. */
  readonly doc: string | null;
  /** The pack of the library that brings it; null for the project's own. */
  readonly pack: string | null;
  readonly uses: readonly Reference[];
  readonly usedBy: readonly Reference[];
}

export interface FieldEntry {
  readonly name: string;
  /** As written, such as `one of (user, influencer)?`. */
  readonly type: string;
  readonly doc: string | null;
  readonly isKey: boolean;
  readonly mayBeUnknown: boolean;
  readonly usedBy: readonly Reference[];
}
export interface TableEntry {
  readonly doc: string | null;
  readonly fields: readonly FieldEntry[];
}
export interface EventEntry extends Entry {
  readonly fields: readonly FieldEntry[];
}
export interface LoadEntry {
  readonly target: string;
  readonly doc: string | null;
  readonly format: string;
  readonly path: string;
  /** As written, such as `delimiter ";"`. */
  readonly options: readonly string[];
  /** `how` is what stands behind the column, such as `as "dd.MM.yyyy"`. */
  readonly mappings: readonly { readonly to: string; readonly from: string; readonly how: string }[];
}
export interface SegmentEntry extends Entry {
  /** `period duration = 90d`. */
  readonly parameters: readonly string[];
  readonly sentence: string;
  readonly source: string;
}
export interface EmailEntry extends Entry {
  readonly subject: string;
  readonly file: string | null;
  readonly isTransactional: boolean;
  readonly variants: readonly VariantEntry[];
}
/** What it says of its own; null where it says the same as the email. */
export interface VariantEntry {
  readonly name: string;
  /** `Who gets it: …`; null where only a send names it. */
  readonly sentence: string | null;
  readonly subject: string | null;
  readonly file: string | null;
}
export interface ProgramEntry extends Entry {
  readonly why: string | null;
  readonly owner: string | null;
  /** As written, with arguments; null where it is for everybody whom its start finds. */
  readonly audience: string | null;
  readonly head: readonly Term[];
  readonly flow: readonly FlowStep[];
}
/** What is said in a few sentences: a score, a policy, a topic. */
export interface RuleEntry extends Entry {
  readonly kind:
    | "derived"
    | "score"
    | "funnel"
    | "policy"
    | "topic"
    | "list"
    | "vocabulary"
    | "team"
    | "webhook"
    | "report";
  readonly title: string | null;
  readonly lines: readonly string[];
}

export interface Dictionary {
  readonly version: 1;
  readonly project: {
    readonly name: string;
    readonly doc: string | null;
    readonly zone: string;
    /** null where the project names none. */
    readonly currency: string | null;
    readonly sender: string | null;
    readonly postalAddress: string | null;
    /** Packs of the library that it uses. */
    readonly packs: readonly string[];
  };
  readonly contact: TableEntry | null;
  readonly company: TableEntry | null;
  readonly events: readonly EventEntry[];
  readonly loads: readonly LoadEntry[];
  readonly segments: readonly SegmentEntry[];
  readonly emails: readonly EmailEntry[];
  readonly programs: readonly ProgramEntry[];
  readonly rules: readonly RuleEntry[];
}
