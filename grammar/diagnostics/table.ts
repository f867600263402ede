// The one table of diagnostics. A code is never reused and never changes its meaning.

import type { Span } from "../span.ts";
import type { Diagnostic, Entry, Example, Fix, Person, Related } from "./entry.ts";
import { type DeliveryParams, delivery } from "./delivery.ts";
import { type HabitParams, habits } from "./habits.ts";
import { type LogicParams, logic } from "./logic.ts";
import { type MailParams, mail } from "./mail.ts";
import { type NameParams, names } from "./names.ts";
import { type ProgramParams, programs } from "./programs.ts";
import { type ProjectParams, project } from "./project.ts";
import { type SegmentParams, segments } from "./segments.ts";
import { type SyntaxParams, syntax } from "./syntax.ts";
import { type TemplateParams, templates } from "./templates.ts";
import { type TestParams, type TestRunParams, testRuns, tests } from "./tests.ts";
import { type TypeParams, types } from "./types.ts";

type Params = SyntaxParams &
  HabitParams &
  NameParams &
  TypeParams &
  SegmentParams &
  LogicParams &
  ProgramParams &
  TemplateParams &
  MailParams &
  DeliveryParams &
  ProjectParams &
  TestParams &
  TestRunParams;
export type Code = keyof Params;

const table: { readonly [C in Code]: Entry<Params[C]> } = {
  ...syntax,
  ...habits,
  ...names,
  ...types,
  ...segments,
  ...logic,
  ...programs,
  ...templates,
  ...mail,
  ...delivery,
  ...project,
  ...tests,
  ...testRuns,
};

export interface Extra {
  readonly fixes?: readonly Fix[];
  readonly related?: readonly Related[];
  readonly shown?: Shown | null;
}

/** A person, and how she is described. */
export interface Shown {
  readonly who: string;
  readonly person: Person;
}

/** Builds the diagnostic `code` at `span`; the table gives its severity and its words. */
export function diagnose<C extends Code>(code: C, span: Span, params: Params[C], extra: Extra = {}): Diagnostic {
  const entry: Entry<Params[C]> = table[code];
  return {
    code,
    severity: entry.severity,
    span,
    text: entry.text(params),
    why: entry.why,
    fixes: extra.fixes ?? [],
    related: extra.related ?? [],
    example: extra.shown ? exampleOf(extra.shown, (who) => entry.example?.(who, params) ?? who) : null,
  };
}

function exampleOf({ who, person }: Shown, sentence: (who: string) => string): Example {
  return { text: sentence(who), person };
}

export const codes = Object.keys(table) as readonly Code[];

export function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === "error";
}
