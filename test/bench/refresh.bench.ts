// The membership of a hundred segments over 1M contacts and 10M events: all at once against the SQL by hand one after
// another, then what changes, the clock, and nothing at all.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calendarOf, isZone } from "../../compiler/calendar.ts";
import { compile } from "../../compiler/compile.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printTruths } from "../../compiler/sql/bits.ts";
import { leafName, rulesOf } from "../../compiler/sql/rules.ts";
import type { Sql } from "../../compiler/sql/sql.ts";
import { printStored } from "../../runtime/engine/segments/members.ts";
import { type Refreshed, refreshSegments } from "../../runtime/engine/segments/refresh.ts";
import { readStore } from "../../runtime/engine/segments/store.ts";
import type { Database } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { addEvents, fill } from "./mix-rows.ts";
import { mix, now, source } from "./segment-mix.ts";

const contacts = Number(process.env.BENCH_CONTACTS ?? 1_000_000);
const times = Number(process.env.BENCH_PAIRS ?? 5);
const hour = 3_600_000;
const calendar = calendarOf("UTC", 1);
const plain = (text: string): Sql => ({ text, params: {} });

function compiled(): Plan {
  const { plan, diagnostics } = compile([{ path: "bench.cdz", text: source }], {
    library: [],
    isZone,
    body: () => ({ kind: "missing" }),
  });
  if (!plan) throw new Error(diagnostics.map(({ code, text }) => `${code} ${text}`).join("\n"));
  return plan;
}

interface Spent {
  readonly wall: number;
  readonly processor: number;
}

async function spent(work: () => Promise<unknown>): Promise<Spent> {
  const before = process.cpuUsage();
  const start = performance.now();
  await work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { wall, processor: (user + system) / 1000 };
}

function median(all: readonly Spent[]): Spent {
  const middle = (of: (one: Spent) => number) => all.map(of).toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  return { wall: middle(({ wall }) => wall), processor: middle(({ processor }) => processor) };
}

const marked = (text: string) => `SELECT count(*) AS members, bit_xor(hash(m.contact_id)) AS mark FROM (${text}) AS m`;

async function checkSame(database: Database): Promise<void> {
  const { store } = await readStore(database);
  for (const { name, where, byHand } of mix) {
    const stored = printStored({ slots: store?.slots ?? new Map() }, name);
    const found = [await database.run(plain(marked(stored))), await database.run(plain(marked(byHand)))];
    const [ours, theirs] = found.map((rows) => JSON.stringify(rows[0]));
    if (ours !== theirs) throw new Error(`${where}: ${ours} is not ${theirs}\n${byHand}`);
  }
}

const ms = ({ wall, processor }: Spent) => `${wall.toFixed(0)} | ${processor.toFixed(0)}`;

async function main(database: Database, plan: Plan): Promise<void> {
  const rules = rulesOf(plan);
  const refresh = (at: number): Promise<Refreshed> =>
    database.transaction((session) => refreshSegments({ session, plan, calendar, rules, now: at }));
  const ids = mix.map(({ name }) => name);
  const names = [...rules.leaves.map(({ key }) => leafName(key)), ...rules.rules.map(({ key }) => key)];
  const slots = new Map(names.map((name, slot) => [name, slot]));
  const words = Math.ceil(names.length / 30);
  const subjects = { kind: "new" } as const;
  const printed = printTruths(
    { plan, rules: rules.rules, slots, judged: rules.leaves, subjects, columns: [], words },
    ids,
  );
  const judged = bind(printed, calendar, now);
  const taken = ids.map((_, index) => `bool_or(m.b${index + 1}) AS b${index + 1}`);
  const atOnce = { ...judged, text: `SELECT ${taken.join(", ")} FROM (${judged.text}) AS m` };
  if (process.env.BENCH_SHOW) console.log(judged.text);

  console.log(`${contacts} contacts, ${mix.length} segments, ${rules.leaves.length} leaves\n`);
  console.log("| what | wall ms | processor ms | |\n|---|---|---|---|");
  const row = (what: string, all: Spent, more: string) => console.log(`| ${what} | ${ms(all)} | ${more} |`);
  const built = await spent(() => refresh(now));
  await checkSame(database);
  const [ours, theirs]: [Spent[], Spent[]] = [[], []];
  const each = new Map<string, number>();
  for (let time = 0; time < times; time++) {
    ours.push(await spent(() => database.run(atOnce)));
    theirs.push(
      await spent(async () => {
        for (const { name, byHand } of mix) {
          const { processor } = await spent(() => database.run(plain(`SELECT count(*) FROM (${byHand}) AS m`)));
          each.set(name, processor);
        }
      }),
    );
  }
  const [one, other] = [median(ours), median(theirs)];
  const ratios = ours.map(({ wall }, time) => (theirs[time]?.wall ?? 0) / wall).toSorted((a, b) => a - b);
  row("all at once, judged", one, "");
  row(
    "by hand, one after another",
    other,
    `${ratios[Math.floor(ratios.length / 2)]?.toFixed(1)} times as long (target 10)`,
  );
  row("all at once, with the first writing", built, "");
  if (process.env.BENCH_SHOW) {
    for (const { name, where } of mix) console.log(name, each.get(name)?.toFixed(0), where);
  }

  let at = now;
  const steps = async (what: string, target: string, prepare: (time: number) => Promise<void>) => {
    const all: Spent[] = [];
    const looked: (number | null)[] = [];
    for (let time = 0; time <= times; time++) {
      await prepare(time);
      const step = await spent(async () => looked.push((await refresh(at)).looked));
      // The first one warms up.
      if (time > 0) all.push(step);
    }
    row(what, median(all), `${looked.at(-1)} contacts looked at (target ${target} ms)`);
  };
  await steps("a step of one hour without events", "150", async () => {
    at += hour;
  });
  await steps("10,000 new events on 10,000 contacts", "300", (time) => addEvents(database, contacts, time, at));
  await steps("the same instant again", "20", async () => undefined);
  await steps("a step in which nothing passes", "20", async () => {
    at += 1;
  });
}

const plan = compiled();
const folder = mkdtempSync(join(tmpdir(), "cadenza-bench-"));
try {
  const opened = await openDatabase(join(folder, "bench.duckdb"), { threads: Number(process.env.BENCH_THREADS ?? 2) });
  if (!opened.ok) throw new Error(opened.failure.text);
  const ready = await ensureCatalog(opened.value, plan.catalog);
  if (!ready.ok) throw new Error(ready.failure.text);
  await fill(opened.value, contacts);
  await main(opened.value, plan);
  await opened.value.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
