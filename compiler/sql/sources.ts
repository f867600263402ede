// The relations that a set of conditions reads beside the judged rows, joined so that every row stays exactly once.

import { Bug, unreachable } from "../../grammar/unreachable.ts";
import type { Aggregate, Behaviour, Condition } from "../ir/condition.ts";
import { chainKey, printChain } from "./chains.ts";
import { drawLimit } from "./dialect.ts";
import { type Gathered, gatheredIn, holds, isZeroOfNone } from "./aggregates.ts";
import { type Gathering, gatheringKey, keyColumn, printGathering, printKeys, routeOf } from "./events.ts";
import { clauses, nested, where } from "./layout.ts";
import type { Query } from "./query.ts";
import { quote } from "./tables.ts";
import { companyColumn, contactColumn } from "./terms.ts";
import { type Leaf, printTruth, type Scene } from "./truth.ts";

export interface Sources {
  readonly scene: Scene;
  /** How many occurrences of a behaviour with a count there are, whatever it asks of the count. */
  count(behaviour: Behaviour): string;
  /** Whether columns of the contact were asked for. */
  readsContact(): boolean;
  /** JOIN clauses for all that the scene was asked for. */
  joins(): readonly string[];
}

/** Alias of the judged rows, and whether they have the contact's columns themselves. */
export interface Subject {
  readonly alias: string;
  readonly isContact: boolean;
}

/** `conditions`: all that the scene will be asked to print. */
export function sourcesOf(query: Query, subject: Subject, conditions: readonly Condition[]): Sources {
  const joins = new Map<string, string>();
  const join = (relation: string, alias: string, on: string) => {
    joins.set(alias, `LEFT JOIN ${relation} AS ${alias} ON ${on}`);
  };
  let readsContact = false;
  const contact = () => {
    readsContact = true;
    if (subject.isContact) return subject.alias;
    join(query.judged?.contacts ?? quote("contact"), "c", `c.contact_id = ${subject.alias}.contact_id`);
    return "c";
  };
  const named = aliases();
  const events = gatherings(query, subject);
  const truth = (condition: Condition): string => printTruth(condition, scene);
  const places = placesOf({ query, subject, contact, join, named, aggregate: events.value, truth });
  const address = () =>
    query.dialect.fold(`${contact()}.${contactColumn(query.plan.catalog, query.plan.catalog.contact.address)}`);

  const leaf = leavesOf({ query, subject, join, named, address, holds: events.holds });
  const { builder, dialect } = query;
  const alone = aloneAmong(query, subject, conditions);
  const scene: Scene = { builder, dialect, zone: query.plan.project.zone, places, leaf, ...alone };
  return {
    scene,
    count: (behaviour) => events.count(behaviour),
    readsContact: () => readsContact,
    joins: () => [...joins.values(), ...events.joins()],
  };
}

interface Joining {
  readonly query: Query;
  readonly subject: Subject;
  /** Alias of the contact's own columns. */
  readonly contact: () => string;
  readonly join: (relation: string, alias: string, on: string) => void;
  /** An alias that begins with a letter, the same for the same key. */
  readonly named: (letter: string, key: string) => string;
  readonly aggregate: Scene["places"]["aggregate"];
  readonly truth: Scene["places"]["truth"];
}

interface Leaves extends Pick<Joining, "query" | "subject" | "join" | "named"> {
  /** The contact's own address, in the form in which addresses are compared. */
  readonly address: () => string;
  readonly holds: (behaviour: Behaviour) => string;
}

/** Prints what holds by itself: whether something is there for the judged row. */
function leavesOf({ query, subject, join, named, address, holds }: Leaves): (wanted: Leaf) => string {
  return (wanted) => {
    switch (wanted.kind) {
      case "behaviour":
        return holds(wanted);
      case "chain":
      case "in segment":
      case "in list":
      case "in program":
      case "suppressed": {
        const { relation, column } = keysOfLeaf(wanted, query);
        const alias = named("m", relation);
        join(
          relation,
          alias,
          `${alias}.${column} = ${column === "address" ? address() : `${subject.alias}.${column}`}`,
        );
        return `${alias}.${column} IS NOT NULL`;
      }
      case "subscribed":
      case "refused": {
        const said = printConsent(wanted.topic, query);
        const alias = named("k", said);
        join(said, alias, `${alias}.address = ${address()}`);
        return printStance(wanted, alias, query);
      }
      case "sample":
        return printSample(wanted, `${subject.alias}.contact_id`, query);
      default:
        return unreachable(wanted);
    }
  };
}

function placesOf({ query, subject, contact, join, named, aggregate, truth }: Joining): Scene["places"] {
  const { catalog } = query.plan;
  const outside = (what: string) => {
    throw new Bug(`${what} outside a behaviour`);
  };
  return {
    field: (name) => `${contact()}.${contactColumn(catalog, name)}`,
    companyField(name) {
      join(quote("company"), "f", `f.company_id = ${contact()}.${contactColumn(catalog, "company")}`);
      return `f.${companyColumn(catalog, name)}`;
    },
    startProperty(term) {
      join(query.starts.relation, "p", `p.enrollment_id = ${subject.alias}.enrollment_id`);
      return `p.${query.starts.columnOf(term)}`;
    },
    score(name) {
      const relation = query.computed.score(name);
      const alias = named("v", relation);
      join(relation, alias, `${alias}.contact_id = ${subject.alias}.contact_id`);
      return `${alias}.value`;
    },
    stage({ name, as }) {
      const relation = query.computed.funnel(name);
      const alias = named("v", relation);
      join(relation, alias, `${alias}.contact_id = ${subject.alias}.contact_id`);
      return `${alias}.${as === "name" ? "stage" : "place"}`;
    },
    property: (name) => outside(`property ${name}`),
    occurredAt: () => outside("an event's time"),
    aggregate,
    truth,
  };
}

function aliases(): Joining["named"] {
  const known = new Map<string, string>();
  return (letter, key) => {
    const alias = known.get(key) ?? `${letter}${known.size + 1}`;
    known.set(key, alias);
    return alias;
  };
}

/**
 * Behaviours that ask for some event where nothing else reads the same events: a test of membership is quicker for them
 * than a column of an aggregate.
 */
function aloneAmong(
  query: Query,
  subject: Subject,
  conditions: readonly Condition[],
): Pick<Scene, "isAlone" | "someAlone"> {
  const read = new Map<string, Set<string>>();
  for (const gathered of conditions.flatMap(gatheredIn)) {
    const key = gatheringKey(gathered, query);
    read.set(key, (read.get(key) ?? new Set()).add(JSON.stringify(gathered)));
  }
  return {
    isAlone: (leaf): leaf is Behaviour =>
      leaf.kind === "behaviour" && leaf.count === null && read.get(gatheringKey(leaf, query))?.size === 1,
    someAlone(behaviours) {
      const columns = [...new Set(behaviours.map((behaviour) => keyColumn(routeOf(behaviour, query))))];
      const tests = columns.map((column) => {
        const keys = behaviours
          .filter((behaviour) => keyColumn(routeOf(behaviour, query)) === column)
          .map((behaviour) => printKeys(behaviour, query));
        return `${subject.alias}.${column} IN ${nested(keys.join("\nUNION ALL\n"))}`;
      });
      return tests.length === 1 ? tests.join("") : `(${tests.join(" OR ")})`;
    },
  };
}

/** Every behaviour and every aggregate becomes a column of one SQL aggregate per event table and route. */
function gatherings(query: Query, subject: Subject) {
  interface Group {
    readonly alias: string;
    readonly of: Gathered[];
    readonly columns: Map<string, string>;
  }
  const groups = new Map<string, Group>();
  /** `told`: what tells columns apart. */
  const column = (gathered: Gathered, told: string): string => {
    const key = gatheringKey(gathered, query);
    const group: Group = groups.get(key) ?? { alias: `a${groups.size + 1}`, of: [], columns: new Map() };
    groups.set(key, group);
    const name = group.columns.get(told) ?? `n${group.columns.size + 1}`;
    if (!group.columns.has(told)) group.of.push(gathered);
    group.columns.set(told, name);
    return `${group.alias}.${name}`;
  };
  /** Of a behaviour without a count whether there is one, NULL where there is none at all; else how many. */
  const count = (behaviour: Behaviour): string => {
    // Counts that differ only in what they are compared with are one column.
    const value = column(behaviour, JSON.stringify({ ...behaviour, count: behaviour.count !== null }));
    return behaviour.count === null ? value : `coalesce(${value}, 0)`;
  };
  return {
    count,
    holds: (behaviour: Behaviour) => holds(behaviour, count(behaviour), query),
    value(aggregate: Aggregate): string {
      const value = column(aggregate, JSON.stringify(aggregate));
      return isZeroOfNone(aggregate) ? `coalesce(${value}, 0)` : value;
    },
    joins: () =>
      [...groups.values()].map(({ alias, of }) => {
        const gathering = gatheringOf(of, query);
        const select = printGathering(gathering, query, (values) => ({
          columns: values.map((value, index) => `${value} AS n${index + 1}`),
          having: [],
        }));
        const key = keyColumn(gathering.route);
        return `LEFT JOIN ${nested(select)} AS ${alias} ON ${alias}.${key} = ${subject.alias}.${key}`;
      }),
  };
}

export function gatheringOf(of: readonly Gathered[], query: Query): Gathering {
  const [first] = of;
  if (!first) throw new Bug("nothing to gather events for");
  return { route: routeOf(first, query), of };
}

/** Rows of whom a leaf holds for. */
interface LeafKeys {
  /** FROM item without a row twice. */
  readonly relation: string;
  /** Its column that is compared with the judged rows; the address with that of their contacts. */
  readonly column: string;
}

function keysOfLeaf(
  leaf: Extract<Leaf, { kind: "chain" | "in segment" | "in list" | "in program" | "suppressed" }>,
  query: Query,
): LeafKeys {
  const { builder } = query;
  switch (leaf.kind) {
    case "chain":
      return { relation: nested(printChain(leaf, query, "SELECT DISTINCT")), column: chainKey(leaf, query) };
    case "in segment":
      return { relation: query.computed.segment(leaf.segment), column: "contact_id" };
    case "in list": {
      const [now, name] = [builder.now(), builder.param({ kind: "text", value: leaf.list })];
      const members = clauses(
        "SELECT l.contact_id",
        'FROM "list_member" AS l',
        `WHERE l.list = ${name}\n  AND l.added_at <= ${now}`,
        "GROUP BY l.contact_id",
      );
      return { relation: nested(members), column: "contact_id" };
    }
    case "in program": {
      const [now, name] = [builder.now(), builder.param({ kind: "text", value: leaf.program })];
      const inside = clauses(
        "SELECT n.contact_id",
        'FROM "enrollment" AS n',
        where([`n.program = ${name}`, `n.started_at <= ${now}`, `(n.left_at IS NULL OR n.left_at > ${now})`]),
        "GROUP BY n.contact_id",
      );
      return { relation: nested(inside), column: "contact_id" };
    }
    case "suppressed": {
      const addresses = clauses(
        "SELECT u.address",
        'FROM "suppression" AS u',
        `WHERE u."at" <= ${builder.now()}`,
        "GROUP BY u.address",
      );
      return { relation: nested(addresses), column: "address" };
    }
    default:
      return unreachable(leaf);
  }
}

function printSample({ share, salt }: Leaf & { kind: "sample" }, contact: string, query: Query): string {
  const salted = query.builder.param({ kind: "text", value: `${query.plan.project.seed}:${salt}` });
  const limit = query.builder.param({ kind: "text", value: drawLimit(share) });
  return `${query.dialect.draw(salted, contact)} < ${limit}`;
}

function printConsent(topic: string, query: Query): string {
  const { builder, dialect } = query;
  const name = builder.param({ kind: "text", value: topic });
  const latest = (state: string) => dialect.filtered('max(q."at")', `WHERE ${state}`);
  return nested(
    clauses(
      `SELECT q.address, ${latest("q.state")} AS yes_at, ${latest("NOT q.state")} AS no_at`,
      'FROM "consent" AS q',
      `WHERE q.topic IN (${name}, '*')\n  AND q."at" <= ${builder.now()}`,
      "GROUP BY q.address",
    ),
  );
}

/** The latest word counts; of a yes and a no at one time, the no. */
function printStance(wanted: Leaf & { kind: "subscribed" | "refused" }, alias: string, query: Query): string {
  const topic = query.plan.catalog.topics.find((entry) => entry.name === wanted.topic);
  if (!topic) throw new Bug(`no topic ${wanted.topic}`);
  const hasAgreed = `coalesce(${alias}.yes_at > ${alias}.no_at, ${alias}.yes_at IS NOT NULL)`;
  const hasRefused = `coalesce(${alias}.no_at >= ${alias}.yes_at, ${alias}.no_at IS NOT NULL)`;
  if (wanted.kind === "refused") return hasRefused;
  return topic.consent === "opt in" ? hasAgreed : `NOT ${hasRefused}`;
}
