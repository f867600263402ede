// Behaviours as filters over the rows of one event table, and as aggregates over the rows that pass.

import type { EventTable } from "../ir/catalog.ts";
import { type Behaviour, type Condition, childrenOf, termsOf } from "../ir/condition.ts";
import { occurredAt, rowFilters } from "./event-filters.ts";
import { clauses, list, nested, where } from "./layout.ts";
import { enrollments, type Query } from "./query.ts";
import { eventTable, quote } from "./tables.ts";
import { eventColumn, findEvent } from "./terms.ts";

/**
 * How events come to whom they are gathered for: to a contact; to an enrollment, through its contact; or to an
 * enrollment through the mails that it sent.
 */
export type Route = "contact" | "enrollment" | "mails";

// Aliases: `e` the event, `j` the judged row, `o` the outbox row of a mail, `p` the properties of the starting event.

export function routeOf(behaviour: Behaviour, query: Query): Route {
  if (behaviour.scope !== "all") {
    return isOwnMail(findEvent(query.plan.catalog, behaviour.event)) ? "mails" : "enrollment";
  }
  return behaviour.where && readsStart(behaviour.where) ? "enrollment" : "contact";
}

/** SQL conditions on an event row that must all hold for it to count. */
function filtersOf(behaviour: Behaviour, query: Query): readonly string[] {
  const event = findEvent(query.plan.catalog, behaviour.event);
  const { builder } = query;
  const instant = (moment: NonNullable<Behaviour["from"]>) => builder.param({ kind: "moment", moment, as: "instant" });
  const filters = [`${occurredAt} <= ${builder.now()}`];
  if (behaviour.from) filters.push(`${occurredAt} >= ${instant(behaviour.from)}`);
  if (behaviour.until) {
    filters.push(`${occurredAt} ${behaviour.until.isIncluded ? "<=" : "<"} ${instant(behaviour.until.moment)}`);
  }
  filters.push(...scopeFilters(behaviour, event, query));
  const around = { builder, dialect: query.dialect, zone: query.plan.project.zone };
  filters.push(...rowFilters(behaviour, event, around, (term) => `p.${query.starts.columnOf(term)}`));
  return filters;
}

/** The aggregate whose value says how a behaviour went: a boolean without a count, else a number. */
function aggregateOf(behaviour: Behaviour, filters: readonly string[], query: Query): string {
  const { filtered, someRow } = query.dialect;
  if (behaviour.count === null) return filters.length > 0 ? someRow(filters.join(" AND ")) : "true";
  const counted = (what: string, extra: readonly string[]) => {
    const all = [...filters, ...extra];
    return all.length > 0 ? filtered(`count(${what})`, `WHERE ${all.join(" AND ")}`) : `count(${what})`;
  };
  if (behaviour.distinct === null) return counted("*", []);
  const column = `e.${distinctColumn(behaviour.distinct, findEvent(query.plan.catalog, behaviour.event))}`;
  // A row that lacks what tells occurrences apart is one by itself.
  return `${counted(`DISTINCT ${column}`, [])} + ${counted("*", [`${column} IS NULL`])}`;
}

/** Whether a behaviour holds, from the value of its aggregate; NULL where there were no rows at all. */
export function holds(behaviour: Behaviour, value: string, query: Query): string {
  if (behaviour.count === null) return query.dialect.isTrue(value);
  const times = query.builder.param({ kind: "integer", value: behaviour.count.times });
  return `${value} ${behaviour.count.op} ${times}`;
}

/** Behaviours over one event table and by one route: they are read together. */
export interface Gathering {
  readonly route: Route;
  readonly behaviours: readonly Behaviour[];
}

export function gatheringKey(behaviour: Behaviour, query: Query): string {
  return `${behaviour.event} ${routeOf(behaviour, query)}`;
}

/** Column by which a gathering is joined to the judged rows. */
export function keyColumn(route: Route): string {
  return route === "contact" ? "contact_id" : "enrollment_id";
}

/** SELECT of the keys for which some event counts, as often as one does or each once. */
export function printKeys(behaviour: Behaviour, query: Query, word: "SELECT" | "SELECT DISTINCT" = "SELECT"): string {
  const gathering = { route: routeOf(behaviour, query), behaviours: [behaviour] };
  return clauses(`${word} ${keyOf(gathering.route)}`, printFrom(gathering, query), where(filtersOf(behaviour, query)));
}

/** From the value of the aggregate of each behaviour: more columns, and which keys to keep. */
export type Shape = (values: readonly string[]) => {
  readonly columns: readonly string[];
  readonly having: readonly string[];
};

/** SELECT of one row per key that has events which may count. */
export function printGathering(gathering: Gathering, query: Query, shape: Shape): string {
  const filters = gathering.behaviours.map((behaviour) => filtersOf(behaviour, query));
  const shared = (filters[0] ?? []).filter((filter) => filters.every((others) => others.includes(filter)));
  const own = filters.map((all) => all.filter((filter) => !shared.includes(filter)));
  const values = gathering.behaviours.map((behaviour, index) => aggregateOf(behaviour, own[index] ?? [], query));
  const { columns, having } = shape(values);
  const key = keyOf(gathering.route);
  return clauses(
    `SELECT ${[key, ...columns].join(",\n  ")}`,
    printFrom(gathering, query),
    where([...shared, ...earliest(gathering.behaviours, query)]),
    `GROUP BY ${key}`,
    list("HAVING", having, "\n  AND "),
  );
}

/** What lies before all the windows need not be read. */
function earliest(behaviours: readonly Behaviour[], query: Query): readonly string[] {
  const starts = behaviours.map(
    ({ from }) => from && query.builder.param({ kind: "moment", moment: from, as: "instant" }),
  );
  const distinct = [...new Set(starts)];
  if (distinct.length < 2 || distinct.includes(null)) return [];
  return [`${occurredAt} >= least(${distinct.join(", ")})`];
}

function keyOf(route: Route): string {
  return route === "contact" ? "e.contact_id" : "j.enrollment_id";
}

function printFrom({ route, behaviours }: Gathering, query: Query): string {
  const event = findEvent(query.plan.catalog, behaviours[0]?.event ?? "");
  const table = `${quote(eventTable(event.name))} AS e`;
  const { semiJoin } = query.dialect;
  const joins = {
    contact: () => [
      `FROM ${table}`,
      query.judged && `${semiJoin} ${query.judged.relation} AS j ON j.contact_id = e.contact_id`,
    ],
    enrollment: () => [`FROM ${enrollments(query)} AS j`, `JOIN ${table} ON e.contact_id = j.contact_id`],
    mails: () => mailJoins(event, table, behaviours, query),
  }[route]();
  const readsStarts = behaviours.some((behaviour) => behaviour.where && readsStart(behaviour.where));
  return clauses(
    ...joins,
    readsStarts ? `LEFT JOIN ${query.starts.relation} AS p ON p.enrollment_id = j.enrollment_id` : null,
  );
}

/** Events of mails that the enrollment itself sent; what unsubscribes a person may come from anywhere. */
function isOwnMail(event: EventTable): boolean {
  return event.isMail && event.name !== "unsubscribed";
}

function mailJoins(
  event: EventTable,
  table: string,
  behaviours: readonly Behaviour[],
  query: Query,
): readonly string[] {
  const isNewest = behaviours.some((behaviour) => behaviour.scope === "wait" && behaviour.email !== null)
    ? ", o.email, row_number() OVER (PARTITION BY o.enrollment_id, o.email ORDER BY o.planned_at DESC, o.send_id DESC) = 1 AS is_newest"
    : "";
  const relation = enrollments(query);
  const sent = [
    `SELECT o.send_id, o.enrollment_id${isNewest}`,
    'FROM "outbox" AS o',
    `${query.dialect.semiJoin} ${relation} AS j ON j.enrollment_id = o.enrollment_id`,
  ].join("\n");
  return [
    `FROM ${table}`,
    `JOIN ${nested(sent)} AS o ON o.send_id = e.${eventColumn(event, "message")}`,
    `JOIN ${relation} AS j ON j.enrollment_id = o.enrollment_id`,
  ];
}

function scopeFilters(behaviour: Behaviour, event: EventTable, query: Query): readonly string[] {
  const { scope } = behaviour;
  if (scope === "all") return [];
  const filters: string[] = [];
  if (!isOwnMail(event)) {
    const kind = query.builder.param({ kind: "text", value: event.name });
    filters.push(`${occurredAt} >= ${scope === "wait" ? "j.wait_from" : "j.started_at"}`);
    filters.push(query.dialect.isNotTrue(`j.start_event = ${kind} AND j.start_event_id = e.event_id`));
  } else if (scope === "wait") {
    if (behaviour.email === null) filters.push(`${occurredAt} >= j.wait_from`);
    else filters.push("o.is_newest", `o.email = ${query.builder.param({ kind: "text", value: behaviour.email })}`);
  }
  // The limit of a wait, or of a goal: what came behind it no longer counts.
  if (scope === "wait" || query.judged?.cuts === "enrollment") {
    filters.push(`(j.wait_until IS NULL OR ${occurredAt} <= j.wait_until)`);
  }
  return filters;
}

function distinctColumn(name: string, event: EventTable): string {
  return event.fields.some((field) => field.name === name) ? eventColumn(event, name) : quote(name);
}

function readsStart(condition: Condition): boolean {
  return termsOf(condition).some((term) => term.kind === "start property") || childrenOf(condition).some(readsStart);
}
