// A process that keeps a list by hand is killed in each of its statements: every change is whole, or was never made.

import { join } from "node:path";
import { expect, test } from "vitest";
import { calendarOf } from "../../compiler/calendar.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printMembers } from "../../compiler/sql/print.ts";
import { printStored, withMembership } from "../../runtime/engine/segments/members.ts";
import { keeping } from "../../runtime/keeping.ts";
import { compile, type ListChange } from "../../runtime/index.ts";
import type { Database } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { ensureSchema } from "../../runtime/store/schema.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { bundled, finished, start } from "../support/child.ts";
import type { KeepErrand } from "../support/keep-child.ts";
import { query, scratchFolder, valueFrom } from "../support/scratch.ts";

const { plan, diagnostics } = compile([
  {
    path: "a.cdz",
    text: `project p < time zone "UTC"  currency EUR  sender "S <s@shop.example>"  postal address "Street 1" >
      contact < id text key  email email? >
      list vips "Important"
      segment Important where in vips`,
  },
]);
if (plan === null) throw new Error(JSON.stringify(diagnostics));

const people = 2000;
const key = (at: number) => `p${at}`;
const range = (from: number, until: number) => Array.from({ length: until - from }, (_, at) => key(from + at));
const day = (number: number) => Date.UTC(2026, 2, number);

const changes: readonly ListChange[] = [
  { kind: "add", list: "vips", contacts: range(0, 1500), by: "Ana", at: day(1) },
  { kind: "remove", list: "vips", contacts: range(1000, 1800), at: day(2) },
  { kind: "add", list: "vips", contacts: range(500, 2000), by: "Bo", at: day(3) },
  { kind: "clear", list: "vips", at: day(4) },
  { kind: "add", list: "vips", contacts: range(7, 9), by: "Cy", at: day(5) },
];

type Members = ReadonlyMap<string, string>;

/** Who is in the list behind each number of changes, since when and by whom. */
const states: readonly Members[] = changes.reduce(
  (all, change) => all.concat([after(all.at(-1) ?? new Map(), change)]),
  [new Map()] as readonly Members[],
);

function after(before: Members, change: ListChange): Members {
  if (change.kind === "clear") return new Map();
  const now = new Map(before);
  for (const contact of change.contacts) {
    if (change.kind === "remove") now.delete(contact);
    else if (!now.has(contact)) now.set(contact, `${change.at} by ${change.by}`);
  }
  return now;
}

const written = (members: Members): readonly string[] => [...members].map((one) => one.join(" ")).sort();

async function withDatabase<T>(path: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = valueFrom(await openDatabase(path, { threads: 1 }));
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

const membersOf = async (database: Database): Promise<readonly string[]> =>
  (await query(database, "SELECT contact_id, epoch_ms(added_at) AS since, source FROM list_member"))
    .map((row) => `${row.contact_id} ${row.since} ${row.source}`)
    .sort();

test("killed in any statement, a list is as some whole number of changes has left it", {
  timeout: 300_000,
}, async () => {
  const file = await bundled("test/support/keep-child.ts");
  const found = new Set<number>();
  const run = async (killAt: number) => {
    const path = join(scratchFolder(), "a.duckdb");
    await withDatabase(path, async (database) => {
      await ensureSchema(database);
      valueFrom(await ensureCatalog(database, plan.catalog));
      await query(database, `INSERT INTO contact SELECT 'p' || i, NULL FROM range(${people}) AS r(i)`);
      // From here on what is written is counted, so that the membership of segments follows.
      await withMembership(database, plan, day(1), async () => null);
    });
    const errand: KeepErrand = { path, plan, changes, killAt };
    const ended = await finished(start(file, [JSON.stringify(errand)]));
    expect(ended.err).toBe("");
    await withDatabase(path, async (database) => {
      const members = await membersOf(database);
      const made = states.findIndex((state) => JSON.stringify(written(state)) === JSON.stringify(members));
      expect({ killAt, isWhole: made >= 0 }).toEqual({ killAt, isWhole: true });
      found.add(made);
      // The segment knows of what was written, and of nothing else.
      const now = day(6);
      const stored = await withMembership(database, plan, now, async ({ session, slots }) =>
        session.run({ text: printStored({ slots }, "Important"), params: {} }),
      );
      const judged = await database.run(bind(printMembers(plan, "Important"), calendarOf("UTC", 1), now));
      expect(stored?.map(({ contact_id }) => contact_id).sort()).toEqual(judged.map((row) => row.contact_id).sort());
      // And the rest can be done over: it comes out as if nothing had happened.
      const { keepList } = keeping(database, plan, systemClock());
      for (const change of changes.slice(made)) valueFrom(await keepList(change));
      expect(await membersOf(database)).toEqual(written(states.at(-1) ?? new Map()));
    });
    return Number(ended.out);
  };
  const statements = await run(0);
  expect(statements).toBeGreaterThan(10);
  for (let killAt = 1; killAt <= statements; killAt += 1) await run(killAt);
  // Killed early and late: else the test would prove little.
  expect(found.size).toBeGreaterThan(3);
});
