// The rows and values that decided a condition.

import type { ZoneCalendar } from "../../compiler/calendar.ts";
import { type Aggregate, type Condition, type Selection, type Term, termsOf } from "../../compiler/ir/condition.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { type NamedTerm, printConditions, printTerms, type Subjects } from "../../compiler/sql/print.ts";
import { printCounted } from "../../compiler/sql/rows.ts";
import type { Sql } from "../../compiler/sql/sql.ts";
import { columnOf } from "../../compiler/sql/tables.ts";
import { findEvent } from "../../compiler/sql/terms.ts";
import type { Type } from "../../compiler/types.ts";
import type { Cell, Instant, Row, Session } from "../ports.ts";
import type { WhyFact } from "./answer.ts";
import { hasTable } from "./person.ts";
import type { Branch } from "./tree.ts";
import { told } from "./values.ts";
import { countWords, termText, typeOf, windowText } from "./words.ts";

/** Whom, when and by which plan is asked. */
export interface Asking {
  readonly session: Session;
  readonly plan: Plan;
  readonly calendar: ZoneCalendar;
  readonly key: string;
  readonly at: Instant;
  /** Absent: the person; else one enrollment of hers. */
  readonly subjects?: Subjects;
}

/** More are counted, not shown. */
const mostEvents = 3;

export const person = { kind: "contact", from: { text: '"contact"', params: {} } } as const;

export function ask({ session, calendar, at }: Asking, sql: Sql): Promise<readonly Row[]> {
  return session.run(bind(sql, calendar, at));
}

/** The truth of each branch, all in one statement. */
export async function judge(asking: Asking, branches: readonly Branch[]): Promise<readonly boolean[]> {
  const named = branches.map(({ index, when }) => ({ name: `holds ${index}`, when }));
  const [row = {}] = await ask(asking, printConditions(asking.plan, asking.subjects ?? person, named));
  return named.map(({ name }) => row[name] === true);
}

/** The facts of each condition, in their order. */
export async function factsOf(asking: Asking, leaves: readonly Condition[]): Promise<readonly (readonly WhyFact[])[]> {
  const asked = leaves.map((leaf) => valuesRead(leaf));
  const terms = asked.flat().map((term, index): NamedTerm => ({ name: `value ${index}`, term }));
  const [row = {}] =
    terms.length > 0 ? await ask(asking, printTerms(asking.plan, asking.subjects ?? person, terms)) : [];
  const values = terms.map(({ name }) => row[name] ?? null);
  const facts: (readonly WhyFact[])[] = [];
  let from = 0;
  for (const [index, leaf] of leaves.entries()) {
    const own = asked[index] ?? [];
    const read = valueFacts(leaf, own, values.slice(from, from + own.length));
    facts.push([...read, ...momentFacts(asking, leaf), ...(await rowFacts(asking, leaf))]);
    from += own.length;
  }
  return facts;
}

/** What is stored or computed; of a behaviour, how often its event counts. */
function valuesRead(leaf: Condition): readonly Term[] {
  if (leaf.kind === "behaviour") {
    const { count: _, kind: __, ...selection } = leaf;
    return [{ ...selection, kind: "aggregate", function: "count of", property: null, by: "plain", type: number }];
  }
  const terms = termsOf(leaf).filter(({ kind }) => kind !== "literal" && kind !== "moment");
  return [...new Map(terms.map((term) => [JSON.stringify(term), term])).values()];
}

const number: Type = { scalar: { kind: "number" }, isList: false, isNullable: false };

function valueFacts(leaf: Condition, terms: readonly Term[], values: readonly Cell[]): readonly WhyFact[] {
  if (leaf.kind === "behaviour") {
    const { count, event } = leaf;
    const asked = count && `${countWords[count.op]} ${count.times}`;
    return [{ kind: "count", event, count: Number(values[0] ?? 0), asked }];
  }
  return terms.map((term, index) => {
    const type = typeOf(term)?.scalar.kind ?? "text";
    return { kind: "value", of: termText(term), type, value: told(type, values[index] ?? null) };
  });
}

/** Where the moments lie that move with the clock. */
function momentFacts({ calendar, at }: Asking, leaf: Condition): readonly WhyFact[] {
  return termsOf(leaf).flatMap((term): readonly WhyFact[] => {
    if (term.kind !== "moment" || term.moment.kind === "now") return [];
    const of = termText(term);
    if (term.as === "day") return [{ kind: "value", of, type: "date", value: calendar.resolveDay(term.moment, at) }];
    const value = new Date(calendar.resolveInstant(term.moment, at)).toISOString();
    return [{ kind: "value", of, type: "datetime", value }];
  });
}

async function rowFacts(asking: Asking, leaf: Condition): Promise<readonly WhyFact[]> {
  switch (leaf.kind) {
    case "behaviour":
      return eventFacts(asking, leaf);
    case "in list":
      return since(asking, `on ${leaf.list}`, {
        text: 'SELECT added_at AS "at" FROM "list_member" WHERE list = $list AND added_at <= $now',
        params: { list: { kind: "text", value: leaf.list } },
      });
    case "suppressed":
      return since(asking, "suppressed", {
        text: 'SELECT "at", reason AS what FROM "suppression" WHERE "at" <= $now',
        params: {},
      });
    case "subscribed":
    case "refused":
      return since(asking, leaf.topic, {
        text: `SELECT "at", (CASE WHEN state THEN 'agreed to ' ELSE 'refused ' END) || (CASE topic WHEN '*' THEN 'all mail' ELSE topic END) AS what
          FROM "consent" WHERE topic IN ($topic, '*') AND "at" <= $now ORDER BY "at" DESC LIMIT ${mostEvents}`,
        params: { topic: { kind: "text", value: leaf.topic } },
      });
    default: {
      const found = termsOf(leaf).filter((term): term is Aggregate => term.kind === "aggregate");
      const facts: WhyFact[] = [];
      for (const aggregate of found) facts.push(...(await eventFacts(asking, aggregate)));
      return facts;
    }
  }
}

async function since(asking: Asking, what: string, sql: Sql): Promise<readonly WhyFact[]> {
  const now = { kind: "instant", value: asking.at } as const;
  const rows = await ask(asking, { ...sql, params: { ...sql.params, now } });
  return rows.map((row) => ({
    kind: "since",
    what: typeof row.what === "string" ? row.what : what,
    at: Number(row.at),
  }));
}

async function eventFacts(asking: Asking, selection: Selection): Promise<readonly WhyFact[]> {
  const { plan, key, calendar, at } = asking;
  const { event, from, until } = selection;
  // Which events are those of an enrollment is not told by rows alone.
  if (!hasTable(plan.catalog, event) || selection.scope !== "all") return [];
  const { fields } = findEvent(plan.catalog, event);
  const rows = await ask(asking, printCounted(plan, key, selection, mostEvents));
  const text = windowText(selection);
  const window: WhyFact = {
    kind: "window",
    text,
    from: from && calendar.resolveInstant(from, at),
    until: until && calendar.resolveInstant(until.moment, at),
  };
  const events = rows.map((row): WhyFact => {
    const values = fields.map((field) => {
      const value = row[columnOf(field, "event")] ?? null;
      return [field.name, field.type.isList ? value : told(field.type.scalar.kind, value)] as const;
    });
    const known = Object.fromEntries(values.filter(([, value]) => value !== null));
    return { kind: "event", event, at: Number(row.occurred_at), values: known };
  });
  return [...(text === "" ? [] : [window]), ...events];
}
