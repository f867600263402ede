// What reasoning needs to know of a project.

import { type ZoneCalendar, calendarOf } from "../calendar.ts";
import type { CompanyTable, ContactTable, EventTable } from "../ir/catalog.ts";
import { Bug } from "../../grammar/unreachable.ts";
import type { PlainTerm, Term } from "../ir/condition.ts";
import type { Plan } from "../ir/plan.ts";
import type { Type } from "../types.ts";

export interface Ground {
  readonly contact: ContactTable;
  readonly company: CompanyTable | null;
  readonly event: (name: string) => EventTable | undefined;
  readonly consentOf: (topic: string) => "opt in" | "opt out";
  readonly calendar: ZoneCalendar;
  /** Salt of every draw. */
  readonly seed: string;
}

export function groundOf({ catalog, project }: Pick<Plan, "catalog" | "project">): Ground {
  const events = new Map(catalog.events.map((event) => [event.name, event]));
  const topics = new Map(catalog.topics.map((topic) => [topic.name, topic.consent]));
  return {
    contact: catalog.contact,
    company: catalog.company,
    event: (name) => events.get(name),
    consentOf: (topic) => topics.get(topic) ?? "opt out",
    calendar: calendarOf(project.zone, project.firstWeekday),
    seed: project.seed,
  };
}

/** A field, a property, or when an event happened: what may have any value. */
export type Variable = Exclude<PlainTerm, { readonly kind: "literal" | "moment" }>;

const variables: ReadonlySet<Term["kind"]> = new Set([
  "field",
  "company field",
  "start property",
  "property",
  "occurred at",
]);

export function isVariable(term: Term): term is Variable {
  return variables.has(term.kind);
}

export type Constant = Exclude<PlainTerm, Variable>;

/** A term that is no variable; what is computed is never reasoned about. */
export function constantOf(term: Exclude<Term, Variable>): Constant {
  if (term.kind === "literal" || term.kind === "moment") return term;
  throw new Bug(`no verdict reads a ${term.kind}`);
}

export function nameOf(variable: Variable): string {
  return variable.kind === "occurred at" ? variable.kind : `${variable.kind} ${variable.name}`;
}

/** What is computed of a person, as a field that nothing declared can be called like. */
export function computedField(key: string, type: Type): Extract<Term, { readonly kind: "field" }> {
  return { kind: "field", name: `computed ${key}`, type };
}

/** Nobody can be shown by what is computed of her. */
export function isComputed(variable: Variable): boolean {
  return variable.kind === "field" && variable.name.startsWith("computed ");
}
