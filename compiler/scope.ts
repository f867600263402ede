// What every name of a project stands for, and how a finding is handed in.

import type {
  Derived,
  Email,
  Funnel,
  List,
  Policy,
  Score,
  Segment,
  Team,
  Topic,
  Vocabulary,
  Webhook,
} from "../grammar/ast/declaration.ts";
import type { Text, Value } from "../grammar/ast/expr.ts";
import type { Program, Step } from "../grammar/ast/program.ts";
import type { Report as ReportNode } from "../grammar/ast/suite.ts";
import type { Diagnostic } from "../grammar/diagnostics/entry.ts";
import type { Span } from "../grammar/span.ts";
import { everyone } from "./built-in.ts";
import type { DerivedField } from "./checked.ts";
import type { CompanyTable, ContactTable, EventTable, Field } from "./ir/catalog.ts";
import type { ProjectSettings } from "./ir/plan.ts";
import type { Type } from "./types.ts";

export type Report = (diagnostic: Diagnostic) => void;

export interface Parameter {
  readonly name: string;
  readonly type: Type;
  readonly fallback: Value | null;
  readonly span: Span;
}

/** A name of the space that events, contact fields, derived fields, segments and lists share. */
export type Shared =
  | { readonly kind: "event"; readonly table: EventTable }
  | { readonly kind: "field"; readonly field: Field }
  | { readonly kind: "derived field"; readonly node: Derived }
  /** `node` null: built in. */
  | { readonly kind: "segment"; readonly node: Segment | null; readonly parameters: readonly Parameter[] }
  | { readonly kind: "list"; readonly node: List };

/** An experiment, and the program in which it stands. */
export interface Experiment {
  readonly program: string;
  readonly node: Extract<Step, { readonly kind: "experiment" }>;
}

export interface Settings extends ProjectSettings {
  /** False where the project names no currency, so that bare money has none. */
  readonly hasCurrency: boolean;
  /** False where there is no project, or it could not be read whole: what it lacks is then not reported. */
  readonly isWhole: boolean;
  /** The file that lists them. */
  readonly holidays: Text | null;
}

export interface Scope {
  readonly settings: Settings;
  readonly contact: ContactTable | null;
  readonly company: CompanyTable | null;
  readonly shared: ReadonlyMap<string, Shared>;
  readonly sharedNames: ReadonlyMap<Shared["kind"], readonly string[]>;
  readonly emails: ReadonlyMap<string, Email>;
  readonly topics: ReadonlyMap<string, Topic>;
  readonly programs: ReadonlyMap<string, Program>;
  readonly experiments: ReadonlyMap<string, Experiment>;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly teams: ReadonlyMap<string, Team>;
  readonly webhooks: ReadonlyMap<string, Webhook>;
  readonly reports: ReadonlyMap<string, ReportNode>;
  readonly scores: ReadonlyMap<string, Score>;
  readonly funnels: ReadonlyMap<string, Funnel>;
  /** The type of `stage X`, for every funnel that has stages and was read whole. */
  readonly stages: ReadonlyMap<string, Type>;
  readonly vocabularies: ReadonlyMap<string, Vocabulary>;
  /** Derived fields whose type could be told. */
  readonly derived: ReadonlyMap<string, DerivedField>;
  readonly isZone: (name: string) => boolean;
  /** The name that was probably meant, or null. */
  readonly nearest: (word: string, names: Iterable<string>) => string | null;
  /** The source text of a span. */
  readonly text: (span: Span) => string;
  /**
   * Whether that name may have been declared where the parser could not read the source: it stands there, or one of
   * the words that start its declaration does.
   */
  readonly isLost: (name: string, starters: readonly string[]) => boolean;
}

/** All names of one kind, once: a project with thousands of wrong names asks for the right ones as often. */
export function groupNames(shared: Scope["shared"]): Scope["sharedNames"] {
  const groups = new Map<Shared["kind"], string[]>([["event", [everyone]]]);
  for (const [name, { kind }] of shared) {
    const group = groups.get(kind) ?? [];
    group.push(name);
    groups.set(kind, group);
  }
  return groups;
}

export function namesOf({ sharedNames }: Scope, kind: Shared["kind"]): readonly string[] {
  return sharedNames.get(kind) ?? [];
}

/** Whether people are in what is called so: a segment or a list. */
export function isGroup({ shared }: Scope, name: string): boolean {
  const kind = shared.get(name)?.kind;
  return kind === "segment" || kind === "list";
}

const articles = {
  event: "an event",
  field: "a field",
  "derived field": "a derived field",
  segment: "a segment",
  list: "a list",
} as const;

/** What a name stands for, in words; null for no declared name. */
export function kindOf(scope: Scope, name: string): string | null {
  const shared = scope.shared.get(name);
  if (shared) return articles[shared.kind];
  if (scope.topics.has(name)) return "a topic";
  if (scope.emails.has(name)) return "an email";
  if (scope.programs.has(name)) return "a program";
  if (scope.experiments.has(name)) return "an experiment";
  if (scope.policies.has(name)) return "a policy";
  if (scope.teams.has(name)) return "a team";
  if (scope.webhooks.has(name)) return "a webhook";
  if (scope.reports.has(name)) return "a report";
  if (scope.scores.has(name)) return "a score";
  if (scope.funnels.has(name)) return "a funnel";
  return null;
}
