// `given`: who and what is there before the programs are applied.

import type { Name } from "../../grammar/ast/expr.ts";
import type { Assign } from "../../grammar/ast/program.ts";
import type { Clause } from "../../grammar/ast/suite.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import type { CheckedClause, CheckedColumn } from "../checked-test.ts";
import type { TestPerson } from "../ir/test.ts";
import { namesOf } from "../scope.ts";
import { isArm, isDrawnArm } from "./test-names.ts";
import { checkCompanyRow, checkContactRow, filled } from "./test-row.ts";
import { isCount, isFewEnough, isNamed, personNamed, type Story } from "./test-story.ts";
import { checkHappened } from "./test-when.ts";
import { missing } from "./operand.ts";

export type GivenClause = Extract<Clause, { readonly kind: `given ${string}` }>;
type Of<K extends GivenClause["kind"]> = Extract<GivenClause, { readonly kind: K }>;

const mostPeople = 100_000;

export function checkGiven(story: Story, clause: GivenClause): readonly CheckedClause[] {
  switch (clause.kind) {
    case "given contact":
      return checkPerson(story, clause.person, clause.assigns, clause.span);
    case "given people":
      return checkPeople(story, clause);
    case "given company":
      return checkCompany(story, clause);
    case "given mail":
      return checkFault(story, clause);
    case "given state":
      return checkState(story, clause);
    default:
      return unreachable(clause);
  }
}

/** The key as it will stand in the database; null where it is not given. */
function givenKey({ context }: Story, row: readonly CheckedColumn[]): string | null {
  const column = row.find(({ field }) => field.name === context.scope.contact?.key);
  if (column?.value.kind !== "value") return null;
  const { value } = column.value;
  return value.kind === "literal" ? String(value.literal.value) : null;
}

function checkPerson(story: Story, name: Name, assigns: readonly Assign[], span: Span): readonly CheckedClause[] {
  const { context, people, start } = story;
  if (people.has(name.text)) {
    context.report(diagnose("E852", name.span, { what: `\`${name.text}\`` }));
    return [];
  }
  // `given company < … >` was reported: the parser took the word for a name.
  const given = name.text === "company" ? [] : checkContactRow(story, assigns, "key may be given");
  const person: TestPerson = { name: name.text, id: givenKey(story, given) ?? name.text };
  if ([...people.values()].some(({ id }) => id === person.id)) {
    context.report(diagnose("E852", name.span, { what: `A person with the key \`${person.id}\`` }));
  }
  people.set(name.text, person);
  const row = filled(story, context.scope.contact?.fields ?? [], given, name.span);
  return [{ kind: "people", people: [person], row, span, at: start }];
}

function checkPeople(story: Story, clause: Of<"given people">): readonly CheckedClause[] {
  const { context, people, start } = story;
  const { count, span } = clause;
  const given = checkContactRow(story, clause.assigns, "key stands");
  if (!isCount(story, count, span, 1, "a whole number above 0")) return [];
  if (!isFewEnough(story, count, span, mostPeople)) return [];
  const known = [...people.keys()].filter((name) => /^people_\d+$/.test(name)).length;
  const group = Array.from({ length: count }, (_, index): TestPerson => {
    const name = `people_${known + index + 1}`;
    return { name, id: name };
  });
  for (const person of group) people.set(person.name, person);
  const row = filled(story, context.scope.contact?.fields ?? [], given, span);
  return [{ kind: "people", people: group, row, span, at: start }];
}

function checkCompany(story: Story, clause: Of<"given company">): readonly CheckedClause[] {
  const { context, companies, start } = story;
  const { company } = context.scope;
  const { text: name, span } = clause.company;
  if (!company) {
    const wanted = { what: "`company` declaration for", starters: ["company"] };
    missing(context, clause.company, wanted, []);
    return [];
  }
  if (companies.has(name)) context.report(diagnose("E852", span, { what: `The company \`${name}\`` }));
  companies.add(name);
  const given = checkCompanyRow(story, clause.assigns);
  const row = filled(story, company.fields, given, span);
  return [{ kind: "company", name, row, span: clause.span, at: start }];
}

function checkFault(story: Story, clause: Of<"given mail">): readonly CheckedClause[] {
  const person = personNamed(story, clause.person);
  const { times, outcome, span } = clause;
  const isFit = times === null || isCount(story, times, span, 1, "a whole number above 0");
  return person && isFit ? [{ kind: "mail fault", person, times, outcome, span, at: story.start }] : [];
}

/** Of a program that could not be read whole, nobody knows. */
function holdsOut({ context }: Story): boolean {
  const programs = [...context.scope.programs.values()];
  return programs.some(({ recovered, parts }) => recovered || parts.some(({ kind }) => kind === "hold out"));
}

/** A person of whom something is given is there, whether or not anything else is said. */
function checkState(story: Story, clause: Of<"given state">): readonly CheckedClause[] {
  const { context, people, start } = story;
  const { state, span } = clause;
  const made = people.has(clause.person.text) ? [] : checkPerson(story, clause.person, [], clause.person.span);
  const person = people.get(clause.person.text);
  if (!person) return made;
  switch (state.kind) {
    case "happened": {
      const happened = checkHappened(story, person, state, { isHistory: true, span });
      return happened ? [...made, happened] : made;
    }
    case "in list": {
      const { list } = state;
      const isList = isNamed(story, list, { what: "list", starters: ["list"] }, namesOf(context.scope, "list"));
      return isList ? [...made, { kind: "in list", person, list: list.text, span, at: start }] : made;
    }
    case "subscribed to":
    case "unsubscribed from": {
      const { topic } = state;
      const isAgreed = state.kind === "subscribed to";
      const isTopic = isNamed(story, topic, { what: "topic", starters: ["topic"] }, context.scope.topics.keys());
      return isTopic ? [...made, { kind: "consent", person, topic: topic.text, isAgreed, span, at: start }] : made;
    }
    case "is held out":
      if (!holdsOut(story)) context.report(diagnose("E866", state.span, {}));
      return [...made, { kind: "held out", person, span, at: start }];
    case "gets arm": {
      const { arm } = state;
      if (!isArm(story, arm, state.experiment) || !isDrawnArm(story, arm, state.experiment)) return made;
      const experiment = state.experiment?.text ?? null;
      return [...made, { kind: "gets arm", person, arm: arm.text, experiment, span, at: start }];
    }
    default:
      return unreachable(state);
  }
}
