// The whole project, compiled: plain data, JSON-safe, the same for the same meaning.

import type { Catalog } from "./catalog.ts";
import type { Condition, Term } from "./condition.ts";
import type { Load } from "./load.ts";
import type { Funnel, Score } from "./people.ts";
import type { Policy } from "./policy.ts";
import type { Program } from "./program.ts";
import type { Report } from "./report.ts";
import type { Type } from "../types.ts";

export interface ProjectSettings {
  readonly name: string;
  /** IANA name. */
  readonly zone: string;
  readonly currency: string;
  /** 1 is Monday. */
  readonly firstWeekday: number;
  readonly sender: string | null;
  readonly postalAddress: string | null;
  /** Salt of every draw; the project's name where none is given. */
  readonly seed: string;
}

/** A segment with its arguments filled in. */
export interface Segment {
  /** `Customers`, or `Quiet(60d)`. */
  readonly id: string;
  readonly name: string;
  /** The first name that it was ever applied with, where that is another one: its samples go by it. */
  readonly origin?: string;
  readonly doc: string | null;
  readonly where: Condition;
  /** Ids of the segments that `where` reads, by itself or through scores and funnels, without repeats. */
  readonly reads: readonly string[];
  readonly hash: string;
}

/** A derived field: computed whenever it is read. */
export interface Derived {
  readonly name: string;
  readonly doc: string | null;
  readonly type: Type;
  readonly term: Term;
}

/** A file that a mail carries. */
export interface Attachment {
  /** As whoever gets the mail sees it: without folders. */
  readonly name: string;
  /** SHA-256 of what it holds, in hexadecimal. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}
export interface AttachedFile {
  readonly digest: string;
  /** Base64. */
  readonly content: string;
}

/** A mail as somebody gets it. */
export interface EmailText {
  readonly name: string;
  readonly doc: string | null;
  /** Liquid. */
  readonly subject: string;
  /** Liquid in Markdown or in HTML. */
  readonly body: { readonly kind: "markdown" | "html"; readonly source: string; readonly file: string | null };
  readonly sender: string;
  readonly replyTo: string | null;
  readonly previewText: string | null;
  readonly topic: string | null;
  readonly isTransactional: boolean;
  /** The field whose value says which vocabulary the words of the mail come from. */
  readonly wordsFrom: string | null;
  readonly attachments: readonly Attachment[];
}

/** What it names stands in place of the email's own; null: the email's own stays. */
export interface EmailVariant {
  readonly name: string;
  /** A send that names no variant takes the first one that holds for the person; null: only a send that names it takes it. */
  readonly when: Condition | null;
  readonly subject: string | null;
  readonly body: EmailText["body"] | null;
  readonly sender: string | null;
  readonly previewText: string | null;
}

export interface Email extends EmailText {
  /** In the order written. */
  readonly variants: readonly EmailVariant[];
  /** As of a segment. */
  readonly origin?: string;
  /** Caps per person count it and do not hold it back. */
  readonly skipsCaps: boolean;
  readonly hash: string;
}

/** What mails say to people with one value of a field, in place of words that they say to others. */
export interface Vocabulary {
  readonly name: string;
  readonly terms: readonly { readonly name: string; readonly singular: string; readonly plural: string | null }[];
}

/** Where calls go. */
export interface Webhook {
  readonly name: string;
  readonly url: string;
}

/** What the writer says became of a name that was applied before. */
export type Move =
  | {
      readonly kind: "renamed";
      readonly what: "program" | "segment" | "email" | "experiment";
      readonly from: string;
      readonly to: string;
    }
  | { readonly kind: "renamed step"; readonly program: string; readonly from: string; readonly to: string }
  /** `continueAt` null: people there leave. */
  | {
      readonly kind: "removed step";
      readonly program: string;
      readonly step: string;
      readonly continueAt: string | null;
    };

export interface Plan {
  readonly format: 1;
  readonly project: ProjectSettings;
  readonly catalog: Catalog;
  /** Dependencies first. */
  readonly segments: readonly Segment[];
  /** Dependencies first. */
  readonly scores: readonly Score[];
  /** Dependencies first. */
  readonly funnels: readonly Funnel[];
  /** By name; each is whole by itself. */
  readonly derived: readonly Derived[];
  readonly emails: readonly Email[];
  readonly vocabularies: readonly Vocabulary[];
  /** By name. */
  readonly policies: readonly Policy[];
  /** By name. */
  readonly webhooks: readonly Webhook[];
  /** By name. */
  readonly reports: readonly Report[];
  readonly programs: readonly Program[];
  readonly loads: readonly Load[];
  /** What attachments hold, each once; empty where the plan was read from a database, which keeps them beside it. */
  readonly files: readonly AttachedFile[];
  /** In the order written. By themselves they change nothing that runs. */
  readonly moves: readonly Move[];
  /** Canonical hash of meaning: layout and comments never change it. */
  readonly hash: string;
}
