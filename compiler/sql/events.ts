// Behaviours and aggregates as filters over the rows of one event table, and as SQL aggregates over the rows that pass.

import type { EventTable } from "../ir/catalog.ts";
import { type Behaviour, type Condition, childrenOf, type Selection, termsOf } from "../ir/condition.ts";
import { aggregateOf, distinctColumn, type Gathered } from "./aggregates.ts";
import { occurredAt, rowFilters } from "./event-filters.ts";
import { eventRelation } from "./history.ts";
import { clauses, list, nested, where } from "./layout.ts";
import { enrollments, type Query } from "./query.ts";
import { eventColumn, findEvent } from "./terms.ts";

/**
 * How events come to whom they are gathered for: to a contact; to an enrollment, through its contact; or to an
 * enrollment through the mails that it sent.
 */
export type Route = "contact" | "enrollment" | "mails";

// Aliases: `e` the event, `j` the judged row, `o` the outbox row of a mail, `p` the properties of the starting event.

export function routeOf(selection: Selection, query: Query): Route {
  if (selection.scope !== "all") {
    return isOwnMail(findEvent(query.plan.catalog, selection.event)) ? "mails" : "enrollment";
  }
  return selection.where && readsStart(selection.where) ? "enrollment" : "contact";
}

/** SQL conditions on an event row that must all hold for it to count. */
export function filtersOf(selection: Selection, query: Query): readonly string[] {
  const event = findEvent(query.plan.catalog, selection.event);
  const { builder } = query;
  const instant = (moment: NonNullable<Behaviour["from"]>) => builder.param({ kind: "moment", moment, as: "instant" });
  const filters = [`${occurredAt} <= ${builder.now()}`];
  if (selection.from) filters.push(`${occurredAt} >= ${instant(selection.from)}`);
  if (selection.until) {
    filters.push(`${occurredAt} ${selection.until.isIncluded ? "<=" : "<"} ${instant(selection.until.moment)}`);
  }
  filters.push(...scopeFilters(selection, event, query));
  const around = { builder, dialect: query.dialect, zone: query.plan.project.zone };
  filters.push(...rowFilters(selection, event, around, (term) => `p.${query.starts.columnOf(term)}`));
  return filters;
}

/** What is gathered from one event table by one route: it is read together. */
export interface Gathering {
  readonly route: Route;
  readonly of: readonly Gathered[];
}

export function gatheringKey(selection: Selection, query: Query): string {
  return `${selection.event} ${routeOf(selection, query)}`;
}

/** Column by which a gathering is joined to the judged rows. */
export function keyColumn(route: Route): string {
  return route === "contact" ? "contact_id" : "enrollment_id";
}

/** SELECT of the keys for which some event counts, as often as one does or each once. */
export function printKeys(behaviour: Behaviour, query: Query, word: "SELECT" | "SELECT DISTINCT" = "SELECT"): string {
  const gathering = { route: routeOf(behaviour, query), of: [behaviour] };
  return clauses(`${word} ${keyOf(gathering.route)}`, printFrom(gathering, query), where(filtersOf(behaviour, query)));
}

/** SELECT of the events that count, each with its key and more columns, SQL over `e` and, but by the route `contact`, `j`. */
export function printEventRows(behaviour: Behaviour, route: Route, columns: readonly string[], query: Query): string {
  const gathering = { route, of: [behaviour] };
  const selected = [keyOf(route), ...columns].join(", ");
  return clauses(`SELECT ${selected}`, printFrom(gathering, query), where(filtersOf(behaviour, query)));
}

/** From the value of the SQL aggregate of each: more columns, and which keys to keep. */
export type Shape = (values: readonly string[]) => {
  readonly columns: readonly string[];
  readonly having: readonly string[];
};

/** The event rows that some of the behaviours may count. */
export interface Rows {
  /** FROM and WHERE. */
  readonly from: string;
  /** What must hold besides, for each behaviour. */
  readonly own: readonly (readonly string[])[];
}

export function printRows(gathering: Gathering, query: Query): Rows {
  const filters = gathering.of.map((selection) => filtersOf(selection, query));
  const shared = (filters[0] ?? []).filter((filter) => filters.every((others) => others.includes(filter)));
  const own = filters.map((all) => all.filter((filter) => !shared.includes(filter)));
  const from = clauses(printFrom(gathering, query), where([...shared, ...earliest(gathering.of, query)]));
  return { from, own };
}

/** SELECT of one row per key that has events which may count. */
export function printGathering(gathering: Gathering, query: Query, shape: Shape): string {
  const { from, own } = printRows(gathering, query);
  const values = gathering.of.map((gathered, index) => aggregateOf(gathered, own[index] ?? [], query));
  const { columns, having } = shape(values);
  const key = keyOf(gathering.route);
  return clauses(
    `SELECT ${[key, ...columns].join(",\n  ")}`,
    from,
    `GROUP BY ${key}`,
    list("HAVING", having, "\n  AND "),
  );
}

/** What lies before all the windows need not be read. */
function earliest(selections: readonly Selection[], query: Query): readonly string[] {
  const starts = selections.map(
    ({ from }) => from && query.builder.param({ kind: "moment", moment: from, as: "instant" }),
  );
  const distinct = [...new Set(starts)];
  if (distinct.length < 2 || distinct.includes(null)) return [];
  return [`${occurredAt} >= least(${distinct.join(", ")})`];
}

function keyOf(route: Route): string {
  return route === "contact" ? "e.contact_id" : "j.enrollment_id";
}

function printFrom({ route, of }: Gathering, query: Query): string {
  const event = findEvent(query.plan.catalog, of[0]?.event ?? "");
  const table = `${eventRelation(query.plan.catalog, event.name, query.builder)} AS e`;
  const { semiJoin } = query.dialect;
  const joins = {
    contact: () => [
      `FROM ${table}`,
      query.judged && `${semiJoin} ${query.judged.relation} AS j ON j.contact_id = e.contact_id`,
    ],
    enrollment: () => [`FROM ${enrollments(query)} AS j`, `JOIN ${table} ON e.contact_id = j.contact_id`],
    mails: () => mailJoins(event, table, of, query),
  }[route]();
  const readsStarts = of.some(({ where }) => where && readsStart(where));
  return clauses(
    ...joins,
    readsStarts ? `LEFT JOIN ${query.starts.relation} AS p ON p.enrollment_id = j.enrollment_id` : null,
  );
}

/** Events of mails that the enrollment itself sent; what unsubscribes a person may come from anywhere. */
export function isOwnMail(event: EventTable): boolean {
  return event.isMail && event.name !== "unsubscribed";
}

function mailJoins(
  event: EventTable,
  table: string,
  selections: readonly Selection[],
  query: Query,
): readonly string[] {
  const relation = enrollments(query);
  const sent = [
    ...sentColumns(selections, query),
    'FROM "outbox" AS o',
    `${query.dialect.semiJoin} ${relation} AS j ON j.enrollment_id = o.enrollment_id`,
    ...(selections.every(asksNewest) ? ["GROUP BY o.enrollment_id, o.email"] : []),
  ].join("\n");
  return [
    `FROM ${table}`,
    `JOIN ${nested(sent)} AS o ON o.send_id = e.${eventColumn(event, "message")}`,
    `JOIN ${relation} AS j ON j.enrollment_id = o.enrollment_id`,
  ];
}

const asksNewest = ({ scope, email }: Selection): boolean => scope === "wait" && email !== null;

/** Where all ask for the newest mail of its name, one is left of each; else it is marked. */
function sentColumns(selections: readonly Selection[], { dialect }: Query): readonly string[] {
  if (!selections.some(asksNewest)) return ["SELECT o.send_id, o.enrollment_id"];
  if (selections.every(asksNewest)) {
    const newest = dialect.extreme("last", "o.send_id", ["o.planned_at", "o.send_id"]);
    return [`SELECT ${newest} AS send_id, o.enrollment_id, o.email, true AS is_newest`];
  }
  return [
    `SELECT o.send_id, o.enrollment_id, o.email, row_number() OVER (PARTITION BY o.enrollment_id, o.email ORDER BY o.planned_at DESC, o.send_id DESC) = 1 AS is_newest`,
  ];
}

/** The limit of a wait, or of a goal: what came behind it no longer counts. */
export function isCut({ scope }: Selection, { judged }: Query): boolean {
  return scope === "wait" || (scope === "enrollment" && judged?.cuts === "enrollment");
}

function scopeFilters(selection: Selection, event: EventTable, query: Query): readonly string[] {
  const { scope } = selection;
  if (scope === "all") return [];
  const filters: string[] = [];
  if (!isOwnMail(event)) {
    const kind = query.builder.param({ kind: "text", value: event.name });
    filters.push(`${occurredAt} >= ${scope === "wait" ? "j.wait_from" : "j.started_at"}`);
    filters.push(query.dialect.isNotTrue(`j.start_event = ${kind} AND j.start_event_id = e.event_id`));
  } else if (scope === "wait") {
    if (selection.email === null) filters.push(`${occurredAt} >= j.wait_from`);
    else filters.push("o.is_newest", `o.email = ${query.builder.param({ kind: "text", value: selection.email })}`);
  }
  if (isCut(selection, query)) {
    filters.push(`(j.wait_until IS NULL OR ${occurredAt} <= j.wait_until)`);
  }
  return filters;
}

/** What tells the occurrences apart that are counted; null: each row is one. */
export function occurrenceColumn({ distinct, event: name }: Behaviour, { plan }: Query): string | null {
  if (distinct === null) return null;
  return `e.${distinctColumn(distinct, findEvent(plan.catalog, name))}`;
}

function readsStart(condition: Condition): boolean {
  return termsOf(condition).some((term) => term.kind === "start property") || childrenOf(condition).some(readsStart);
}
