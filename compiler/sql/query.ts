// What the parts of one statement share: its parameters, the relations it names up front, and whom it judges.

import { Bug } from "../../grammar/unreachable.ts";
import type { Plan } from "../ir/plan.ts";
import type { Builder } from "./builder.ts";
import type { Dialect } from "./dialect.ts";
import { nested } from "./layout.ts";
import type { Segments } from "./simplify.ts";
import { eventColumn, findEvent, type StartProperty } from "./terms.ts";
import { eventTable, quote } from "./tables.ts";

/** The relation of the judged rows, where they are not simply all contacts. */
export interface Judged {
  readonly kind: "contact" | "enrollment";
  /** Whether only events of scope `wait` end at `wait_until`, or those of scope `enrollment` too. */
  readonly cuts: "wait" | "enrollment";
  /** Where the contacts of the rows are read. */
  readonly contacts: string;
  readonly relation: string;
}

export interface Query {
  readonly plan: Plan;
  readonly builder: Builder;
  readonly dialect: Dialect;
  readonly segments: Segments;
  /** null: all contacts. */
  readonly judged: Judged | null;
  readonly starts: StartProperties;
  /** Relations of the WITH clause in order of need: name to select. */
  readonly relations: Map<string, string>;
  readonly computed: Computed;
}

/** Relations that are evaluated once, however often they are read; each names itself when it is first asked for. */
export interface Computed {
  /** The contact ids of a segment. */
  segment(id: string): string;
  /** One row for each judged contact: contact_id, value. */
  score(name: string): string;
  /** One row for each judged contact: contact_id, stage, place; NULL where no stage holds. */
  funnel(name: string): string;
}

/** Names a relation; what it reads in turn is named before it. */
export function define(relations: Map<string, string>, name: string, print: () => string): string {
  if (!relations.has(name)) relations.set(name, print());
  return name;
}

/** Properties of the events that started the judged enrollments. */
export interface StartProperties {
  readonly relation: string;
  /** Name of the column that holds a property. */
  columnOf(term: StartProperty): string;
  /** null where no property was asked for. */
  print(judged: Judged, builder: Builder): string | null;
}

export function startProperties(plan: Plan): StartProperties {
  const columns = new Map<string, { readonly name: string; readonly term: StartProperty }>();
  return {
    relation: quote("starts"),
    columnOf(term) {
      const key = JSON.stringify([term.name, term.events]);
      const known = columns.get(key) ?? { name: quote(`${term.name} ${columns.size + 1}`), term };
      columns.set(key, known);
      return known.name;
    },
    print(judged, builder) {
      if (columns.size === 0) return null;
      const terms = [...columns.values()];
      const events = [...new Set(terms.flatMap(({ term }) => term.events))];
      const alias = (event: string) => `e${events.indexOf(event) + 1}`;
      const values = terms.map(({ name, term }) => {
        const found = term.events.map(
          (kind) => `${alias(kind)}.${eventColumn(findEvent(plan.catalog, kind), term.name)}`,
        );
        return `${found.length > 0 ? `coalesce(${found.join(", ")})` : "NULL"} AS ${name}`;
      });
      const joins = events.map((kind) => {
        const at = alias(kind);
        const isKind = `j.start_event = ${builder.param({ kind: "text", value: kind })}`;
        return `LEFT JOIN ${quote(eventTable(kind))} AS ${at} ON ${at}.event_id = j.start_event_id AND ${at}.contact_id = j.contact_id AND ${isKind}`;
      });
      return [`SELECT j.enrollment_id, ${values.join(", ")}`, `FROM ${judged.relation} AS j`, ...joins].join("\n");
    },
  };
}

/** The relation of the enrollments; asking for it where contacts are judged is a mistake of ours. */
export function enrollments(query: Query): string {
  if (query.judged?.kind !== "enrollment") throw new Bug("only an enrollment has events of its own");
  return query.judged.relation;
}

/** The WITH clause, with a line break behind it; empty where nothing is named up front. */
export function printRelations(query: Query): string {
  const named = [...query.relations];
  if (query.judged) {
    const starts = query.starts.print(query.judged, query.builder);
    if (starts !== null)
      named.splice(named.findIndex(([name]) => name === query.judged?.relation) + 1, 0, [
        query.starts.relation,
        starts,
      ]);
  }
  if (named.length === 0) return "";
  return `WITH ${named.map(([name, select]) => `${name} AS ${nested(select)}`).join(",\n")}\n`;
}

/**
 * Name of the relation that holds the contact ids of a segment. Databases ignore the letter case of names, so ids that
 * differ in nothing else are numbered.
 */
export function segmentRelation(id: string, { segments }: Plan): string {
  const alike = segments.filter((other) => other.id.toLowerCase() === id.toLowerCase());
  const place = alike.findIndex((other) => other.id === id);
  return quote(place > 0 ? `in ${id} ${place + 1}` : `in ${id}`);
}

export function scoreRelation(name: string): string {
  return quote(`score ${name}`);
}

export function funnelRelation(name: string): string {
  return quote(`stage ${name}`);
}
