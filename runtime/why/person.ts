// One person's rows by themselves: temporary tables that stand before the real ones, so that every question is asked of few
// rows, and so that rows can be changed for the sake of a question without touching anything.

import type { Plan } from "../../compiler/ir/plan.ts";
import { type Condition, childrenOf, termsOf } from "../../compiler/ir/condition.ts";
import { duckdb } from "../../compiler/sql/dialect.ts";
import type { Sql } from "../../compiler/sql/sql.ts";
import { columnOf, eventTable, quote } from "../../compiler/sql/tables.ts";
import type { Database, Session } from "../ports.ts";
import { type Branch, branchesOf } from "./tree.ts";

export const hasTable = ({ events }: Plan["catalog"], event: string): boolean =>
  events.some(({ name }) => name === event);

/** Names of the events that some part of the trees reads; all, where one reads scores or stages, which are made of others. */
export function eventsRead({ catalog }: Plan, roots: readonly Branch[]): ReadonlySet<string> {
  const found = new Set<string>();
  const all = () => {
    for (const { name } of catalog.events) found.add(name);
  };
  const visit = (condition: Condition): void => {
    if (condition.kind === "behaviour") found.add(condition.event);
    for (const term of termsOf(condition)) {
      if (term.kind === "aggregate") found.add(term.event);
      if (term.kind === "score" || term.kind === "stage") all();
    }
    for (const child of childrenOf(condition)) visit(child);
  };
  for (const { when } of roots.flatMap(branchesOf)) visit(when);
  // Changes of fields are read as events, but have no table of their own.
  return new Set([...found].filter((event) => hasTable(catalog, event)));
}

/** Runs `work` while the tables hold nothing but this person's rows; null where there is no such person. */
export async function withPerson<T>(
  database: Database,
  { plan, key, roots }: { readonly plan: Plan; readonly key: string; readonly roots: readonly Branch[] },
  work: (session: Session) => Promise<T>,
): Promise<T | null> {
  return database.transaction(async (session) => {
    const copies = copiesOf(plan, key, roots);
    for (const { table, rows } of copies) {
      await session.change({ ...rows, text: `CREATE TEMP TABLE ${quote(table)} AS ${rows.text}` });
    }
    const [person] = await session.run({ text: 'SELECT count(*) AS n FROM "contact"', params: {} });
    const value = person?.n === 1 ? await work(session) : null;
    for (const { table } of copies) await session.change({ text: `DROP TABLE temp.${quote(table)}`, params: {} });
    return value;
  });
}

interface Copy {
  readonly table: string;
  readonly rows: Sql;
}

function copiesOf(plan: Plan, key: string, roots: readonly Branch[]): readonly Copy[] {
  const params = { the_key: { kind: "text", value: key } } as const;
  const ofPerson = (table: string): Copy => ({
    table,
    rows: { text: `SELECT * FROM ${quote(table)} WHERE contact_id = $the_key`, params },
  });
  return [
    ofPerson("contact"),
    ofPerson("list_member"),
    // Whole: the person may be tried in another one.
    ...(readsCompany(plan) ? [{ table: "company", rows: { text: 'SELECT * FROM "company"', params: {} } }] : []),
    ...[...eventsRead(plan, roots)].map((event) => ofPerson(eventTable(event))),
    // They are found by the address of the copied person.
    ...["suppression", "consent"].map((table) => ({ table, rows: { text: ofAddress(plan, table), params: {} } })),
  ];
}

const readsCompany = ({ catalog, segments, scores, funnels }: Plan): boolean =>
  catalog.company !== null && JSON.stringify([segments, scores, funnels]).includes('"company field"');

function ofAddress({ catalog }: Plan, table: string): string {
  const field = catalog.contact.fields.find(({ name }) => name === catalog.contact.address);
  const address = duckdb.fold(`c.${quote(field ? columnOf(field, "contact") : "")}`);
  return `SELECT t.* FROM ${quote(table)} AS t
    JOIN "contact" AS c ON t.address = ${address}`;
}
