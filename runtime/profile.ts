// What is known of a project's people: per field how many, per event how often, from when to when, and how old it is.

import type { Catalog, Field } from "../compiler/ir/catalog.ts";
import type { Plan } from "../compiler/ir/plan.ts";
import { duckdb } from "../compiler/sql/dialect.ts";
import { columnOf, eventTable, quote } from "../compiler/sql/tables.ts";
import { typeText } from "../compiler/type-words.ts";
import { isFolded, type Type } from "../compiler/types.ts";
import type { Profile, ProfiledField, ProfiledTable } from "./profiled.ts";
import type { Cell, Database, Instant, Row } from "./ports.ts";

/** Tables with more rows have their distinct values estimated, within some percent. */
const mostCounted = 100_000;
/** How many shared addresses are named. */
const mostNamed = 5;

interface Source {
  readonly kind: ProfiledTable["kind"];
  readonly name: string;
  readonly table: string;
  readonly fields: readonly Field[];
}

function sourcesOf({ contact, company, events }: Catalog): readonly Source[] {
  return [
    { kind: "contact", name: "contact", table: "contact", fields: contact.fields },
    ...(company ? [{ kind: "company" as const, name: "company", table: "company", fields: company.fields }] : []),
    ...events.map(({ name, fields }) => ({ kind: "event" as const, name, table: eventTable(name), fields })),
  ];
}

export async function profile(database: Database, { catalog }: Plan, at: Instant): Promise<Profile> {
  const loads = await loadsOf(database, at);
  const tables: ProfiledTable[] = [];
  for (const source of sourcesOf(catalog)) {
    tables.push(await tableProfile(database, source, { at, lastLoad: loads.get(source.name) ?? null }));
  }
  return {
    tables,
    sharedAddresses: await sharedAddresses(database, catalog),
    lists: await listProfiles(database, catalog, loads, at),
    topics: await topicProfiles(database, catalog, loads, at),
  };
}

const instantParam = (value: Instant) => ({ kind: "instant", value }) as const;

async function loadsOf(database: Database, at: Instant): Promise<ReadonlyMap<string, Instant>> {
  const rows = await database.run({
    text: `SELECT load, max("at") AS at FROM load_batch WHERE "at" <= $at GROUP BY load`,
    params: { at: instantParam(at) },
  });
  return new Map(rows.map((row) => [String(row.load), Number(row.at)]));
}

interface Asked {
  readonly at: Instant;
  readonly lastLoad: Instant | null;
}

/** One statement reads the table once; an event that lies in the future has not happened yet. */
async function tableProfile(database: Database, source: Source, { at, lastLoad }: Asked): Promise<ProfiledTable> {
  const { kind, name, fields } = source;
  const isEvent = kind === "event";
  const params = isEvent ? { at: instantParam(at) } : {};
  const from = `${quote(source.table)}${isEvent ? ' WHERE "occurred_at" <= $at' : ""}`;
  const [counted] = await database.run({ text: `SELECT count(*) AS n FROM ${from}`, params });
  const rows = Number(counted?.n ?? 0);
  const isExact = rows <= mostCounted;
  const count = isExact ? "count distinct" : "approx_count_distinct";
  const columns = fields.flatMap((field, index) => fieldColumns(source, field, { index, from, count }));
  const own = isEvent
    ? [`${distinct("contact_id", count)} AS people`, "min(occurred_at) AS first", "max(occurred_at) AS last"]
    : [];
  const [row = {}] = await database.run({
    text: `SELECT ${["count(*) AS n", ...own, ...columns].join(", ")} FROM ${from}`,
    params,
  });
  return {
    ...{ kind, name, rows, lastLoad },
    people: isEvent ? Number(row.people ?? 0) : null,
    first: instantOf(row.first),
    last: instantOf(row.last),
    isApproximate: !isExact,
    fields: fields.map((field, index) =>
      fieldProfile(field, row, { index, rows, isExact: isExact || isId(source, field) }),
    ),
  };
}

type Counting = "count distinct" | "approx_count_distinct";

const distinct = (value: string, count: Counting): string =>
  count === "count distinct" ? `count(DISTINCT ${value})` : `approx_count_distinct(${value})`;

interface Place {
  readonly index: number;
  readonly from: string;
  readonly count: Counting;
}

/** A key's values differ in every row, so counting those counts them. */
const isId = ({ kind }: Source, { isKey }: Field): boolean => isKey && kind !== "event";

function fieldColumns(source: Source, field: Field, { index, from, count }: Place): readonly string[] {
  const column = quote(columnOf(field, source.kind));
  if (isId(source, field)) return [`count(${column}) AS known_${index}`, `count(${column}) AS distinct_${index}`];
  const compared = (value: string) => (isFolded(field.type) && !field.isKey ? duckdb.fold(value) : value);
  const values = field.type.isList
    ? `(SELECT ${distinct(compared("u.value"), count)} FROM (SELECT unnest(${column}) AS value FROM ${from}) AS u)`
    : distinct(compared(column), count);
  return [
    `count(${column}) AS known_${index}`,
    `${values} AS distinct_${index}`,
    ...(hasEnds(field.type) ? [`min(${column}) AS lowest_${index}`, `max(${column}) AS highest_${index}`] : []),
  ];
}

/** Whether the lowest and the highest value tell anything: of texts they do not. */
const hasEnds = ({ scalar, isList }: Type): boolean =>
  !isList && ["number", "money", "percent", "date", "datetime", "duration"].includes(scalar.kind);

interface Counted {
  readonly index: number;
  readonly rows: number;
  readonly isExact: boolean;
}

function fieldProfile({ name, type }: Field, row: Row, { index, rows, isExact }: Counted): ProfiledField {
  const known = Number(row[`known_${index}`] ?? 0);
  const end = (which: string): Cell => {
    const value = row[`${which}_${index}`] ?? null;
    return type.scalar.kind === "datetime" && typeof value === "number" ? new Date(value).toISOString() : value;
  };
  return {
    ...{ name, type: typeText(type), known },
    share: rows === 0 ? null : known / rows,
    distinct: Number(row[`distinct_${index}`] ?? 0),
    isApproximate: !isExact && known > 0,
    lowest: end("lowest"),
    highest: end("highest"),
  };
}

const instantOf = (cell: Cell | undefined): Instant | null => (typeof cell === "number" ? cell : null);

async function sharedAddresses(database: Database, { contact }: Catalog): Promise<Profile["sharedAddresses"]> {
  const field = { name: contact.address, isKey: contact.address === contact.key };
  const address = `nullif(lower(trim(${quote(columnOf(field, "contact"))})), '')`;
  const rows = await database.run({
    text: `SELECT s.address, s.contacts, count(*) OVER () AS addresses, sum(s.contacts) OVER () AS people FROM (
        SELECT ${address} AS address, count(*) AS contacts FROM contact GROUP BY 1 HAVING count(*) > 1) AS s
      WHERE s.address IS NOT NULL ORDER BY s.contacts DESC, s.address LIMIT ${mostNamed}`,
    params: {},
  });
  return {
    addresses: Number(rows[0]?.addresses ?? 0),
    contacts: Number(rows[0]?.people ?? 0),
    most: rows.map((row) => ({ address: String(row.address), contacts: Number(row.contacts) })),
  };
}

type Loads = ReadonlyMap<string, Instant>;

async function listProfiles(
  database: Database,
  { lists }: Catalog,
  loads: Loads,
  at: Instant,
): Promise<Profile["lists"]> {
  const rows = await database.run({
    text: `SELECT list, count(*) AS n, min(added_at) AS first, max(added_at) AS last FROM list_member
      WHERE added_at <= $at GROUP BY list`,
    params: { at: instantParam(at) },
  });
  return lists.map(({ name }) => {
    const row = rows.find(({ list }) => list === name);
    return {
      ...{ name, members: Number(row?.n ?? 0), lastLoad: loads.get(name) ?? null },
      first: instantOf(row?.first),
      last: instantOf(row?.last),
    };
  });
}

/** By the latest word of each address on the topic or on all mail; of two at one time the refusal. */
async function topicProfiles(
  database: Database,
  { topics }: Catalog,
  loads: Loads,
  at: Instant,
): Promise<Profile["topics"]> {
  const rows = await database.run({
    text: `SELECT w.topic, count(*) FILTER (w.state) AS agreed, count(*) FILTER (NOT w.state) AS refused FROM (
        SELECT t.topic, c.address, arg_max(c.state, row(c."at", NOT c.state)) AS state
        FROM (SELECT unnest($topics) AS topic) AS t JOIN consent AS c ON c.topic = t.topic OR c.topic = '*'
        WHERE c."at" <= $at GROUP BY t.topic, c.address) AS w GROUP BY w.topic`,
    params: { at: instantParam(at), topics: { kind: "texts", value: topics.map(({ name }) => name) } },
  });
  return topics.map(({ name }) => {
    const row = rows.find(({ topic }) => topic === name);
    const lastLoad = loads.get(name) ?? null;
    return { name, agreed: Number(row?.agreed ?? 0), refused: Number(row?.refused ?? 0), lastLoad };
  });
}
