// What the truth of a condition depends on besides the condition: tables, and edges that move with the clock.

import type { Catalog, EventTable, Field } from "../ir/catalog.ts";
import { type Condition, childrenOf, type Moment, type Selection, type Term, termsOf } from "../ir/condition.ts";
import { isComparing } from "./comparison.ts";
import { columnOf, columnType, eventTable } from "./tables.ts";
import { findEvent } from "./terms.ts";

/** A column that the clock is compared with: as the moment moves over a value, the truth may change for its row. */
export interface Edge {
  readonly table: string;
  readonly column: string;
  readonly type: "DATE" | "TIMESTAMP";
  readonly moment: Moment;
  readonly as: "day" | "instant";
}

export interface Reads {
  readonly tables: readonly string[];
  readonly edges: readonly Edge[];
  /** True where it may change for anybody when a day of the project's zone begins. */
  readonly isDaily: boolean;
  /** True for what is not told here: its truth may change at any moment, with any row of any table. */
  readonly isUnclear: boolean;
}

const now: Moment = { kind: "now" };
const nothing: Reads = { tables: [], edges: [], isDaily: false, isUnclear: false };
const unclear: Reads = { ...nothing, isUnclear: true };

function together(all: readonly Reads[]): Reads {
  return {
    tables: [...new Set(all.flatMap(({ tables }) => tables))],
    edges: all.flatMap(({ edges }) => edges),
    isDaily: all.some(({ isDaily }) => isDaily),
    isUnclear: all.some(({ isUnclear }) => isUnclear),
  };
}

/** Edges of rows that count from their own instant on. */
const timed = (table: string, column: string, others: readonly string[] = []): Reads => ({
  ...nothing,
  tables: [table, ...others],
  edges: [{ table, column, type: "TIMESTAMP", moment: now, as: "instant" }],
});

/**
 * What is known of each kind, with the parts that such a condition may have. One that has others was added later than
 * this table, and means more than is told here.
 */
const parts: Readonly<Record<string, readonly string[]>> = {
  constant: ["value"],
  all: ["of"],
  any: ["of"],
  not: ["of"],
  compare: ["op", "left", "right", "by"],
  "one of": ["term", "values", "by"],
  known: ["term"],
  "starts with": ["term", "text", "by"],
  "ends with": ["term", "text", "by"],
  contains: ["term", "value", "by"],
  "matches glob": ["term", "pattern", "by"],
  "matches regex": ["term", "pattern", "by"],
  behaviour: ["event", "email", "countsMachines", "where", "count", "distinct", "from", "until", "scope"],
  "in segment": ["segment"],
  "in list": ["list"],
  suppressed: [],
  subscribed: ["topic"],
  refused: ["topic"],
  sample: ["share", "salt"],
};

const partsOfTerms: Readonly<Record<string, readonly string[]>> = {
  field: ["name", "type"],
  "company field": ["name", "type"],
  property: ["name", "type"],
  "occurred at": [],
  literal: ["literal"],
  moment: ["moment", "as"],
  aggregate: [
    ...["event", "email", "countsMachines", "where", "from", "until", "scope"],
    ...["function", "property", "by", "distinct", "type"],
  ],
  anniversary: ["of", "from", "type"],
};

const hasOnly = (found: { readonly kind: string }, table: Readonly<Record<string, readonly string[]>>): boolean =>
  Object.keys(found).every((part) => part === "kind" || table[found.kind]?.includes(part));

/** Whether these tables tell all of what a condition itself reads. */
export const isTold = (condition: Condition): boolean =>
  condition.kind in parts &&
  hasOnly(condition, parts) &&
  termsOf(condition).every((term) => term.kind in partsOfTerms && hasOnly(term, partsOfTerms));

/** Of a condition that is asked of contacts; inside `where (…)`, of an event. What segments read is not among it. */
export function readsOf(condition: Condition, catalog: Catalog, event: EventTable | null = null): Reads {
  if (!isTold(condition)) return unclear;
  if (isComparing(condition)) return readsOfTerms(termsOf(condition), catalog, event);
  switch (condition.kind) {
    case "behaviour":
      return readsOfSelection(condition, catalog);
    case "in list":
      return timed("list_member", "added_at");
    // They belong to the contact's address.
    case "suppressed":
      return timed("suppression", "at", ["contact"]);
    case "subscribed":
    case "refused":
      return timed("consent", "at", ["contact"]);
    case "known":
      return readsOfTerms(termsOf(condition), catalog, event);
    default:
      return together(childrenOf(condition).map((child) => readsOf(child, catalog, event)));
  }
}

/** What the rows depend on out of which a behaviour or an aggregate is told. */
function readsOfSelection(selection: Selection, catalog: Catalog): Reads {
  // Rows of another table than an event's.
  if (catalog.events.every(({ name }) => name !== selection.event)) return unclear;
  const event = findEvent(catalog, selection.event);
  const table = eventTable(event.name);
  const moments = [selection.from, selection.until?.moment].filter((moment) => moment != null);
  const edges = moments.map(
    (moment): Edge => ({ table, column: "occurred_at", type: "TIMESTAMP", moment, as: "instant" }),
  );
  const where = selection.where ? readsOf(selection.where, catalog, event) : nothing;
  const read = together([timed(table, "occurred_at"), { ...nothing, edges }, where]);
  return selection.scope === "all" ? read : { ...read, isUnclear: true };
}

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

/** Terms that one comparison compares with each other, and those inside them. */
function readsOfTerms(terms: readonly Term[], catalog: Catalog, event: EventTable | null): Reads {
  const columns: Column[] = [];
  const moments: (Term & { readonly kind: "moment" })[] = [];
  const others: Reads[] = [];
  for (const term of terms) {
    if (term.kind === "literal") continue;
    if (term.kind === "moment") moments.push(term);
    else if (term.kind === "anniversary") others.push({ ...nothing, isDaily: true });
    else {
      if (term.kind === "aggregate") others.push(readsOfSelection(term, catalog));
      const column = columnRead(term, catalog, event);
      if (!column) return unclear;
      columns.push(column);
    }
  }
  const read = together([{ ...nothing, tables: columns.map(({ table }) => table) }, ...others]);
  if (moments.length === 0) return read;
  // The clock compared with something that is in no row.
  if (columns.length === 0) return unclear;
  const edges = columns.flatMap(({ table, column, type }) =>
    type === "DATE" || type === "TIMESTAMP"
      ? moments.map(({ moment, as }): Edge => ({ table, column, type, moment, as: type === "DATE" ? "day" : as }))
      : [],
  );
  return edges.length === columns.length * moments.length ? together([read, { ...nothing, edges }]) : unclear;
}

function columnRead(term: Term, catalog: Catalog, event: EventTable | null): Column | null {
  const found = (fields: readonly Field[], kind: "contact" | "company" | "event", table: string) => {
    const field = fields.find(({ name }) => "name" in term && name === term.name);
    return field ? { table, column: columnOf(field, kind), type: columnType(field.type) } : null;
  };
  switch (term.kind) {
    case "field":
      return found(catalog.contact.fields, "contact", "contact");
    case "company field":
      return found(catalog.company?.fields ?? [], "company", "company");
    case "property":
      return event && found(event.fields, "event", eventTable(event.name));
    // Where it is compared with the clock, its value is that of one row.
    case "aggregate": {
      const of = findEvent(catalog, term.event);
      const table = eventTable(of.name);
      const isWhen = term.property === null || term.property === "at";
      if (isWhen) return { table, column: "occurred_at", type: columnType(term.type) };
      const field = of.fields.find(({ name }) => name === term.property);
      return field ? { table, column: columnOf(field, "event"), type: columnType(field.type) } : null;
    }
    case "occurred at":
      return event && { table: eventTable(event.name), column: "occurred_at", type: "TIMESTAMP" };
    default:
      return null;
  }
}
