// The same 20 rules over the same contacts: all in one statement, against json-rules-engine, which is run once per contact.
// Both start from contacts and their events: here as rows of tables, there as objects in memory, made untimed, of which it
// counts what a rule asks for when that is asked first.

import { Engine, type RuleProperties, type TopLevelCondition } from "json-rules-engine";
import { calendarOf, isZone } from "../../compiler/calendar.ts";
import { compile } from "../../compiler/compile.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { type Judging, printTruths } from "../../compiler/sql/bits.ts";
import { leafName, rulesOf } from "../../compiler/sql/rules.ts";
import type { Database } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";

const contacts = Number(process.env.BENCH_CONTACTS ?? 100_000);
const now = Date.parse("2026-03-02T09:00:00Z");
const target = 100;

const head = `project bench < language 1 time zone "UTC" currency EUR sender "A <a@a.example>" postal address "A, B 1" >
contact < id text key  email email  role one of (boss, influencer, user)?  country country?  seats number?  vip boolean  created datetime >
event purchased < amount number >
event called < >
`;

const dayMs = 86_400_000;

interface Happened {
  readonly at: number;
  readonly amount: number;
}
interface Person {
  readonly id: string;
  readonly purchased: Happened[];
  readonly called: Happened[];
  readonly [field: string]: unknown;
}
type EventName = "purchased" | "called";

const within = (events: readonly Happened[], days: number): readonly Happened[] =>
  events.filter(({ at }) => at <= now && at >= now - days * dayMs);

/** Facts that are worked out of a person's events. */
const counted: Readonly<Record<string, readonly [EventName, number]>> = {
  purchases: ["purchased", 100_000],
  purchases30: ["purchased", 30],
  purchases365: ["purchased", 365],
  calls: ["called", 100_000],
  calls90: ["called", 90],
};

function engineOf(): Engine {
  const engine = new Engine(
    rules.map(([, conditions], index): RuleProperties => ({ conditions, event: { type: `R${index}` } })),
  );
  for (const [name, [event, days]] of Object.entries(counted)) {
    engine.addFact(name, async (_, almanac) => within(await almanac.factValue<Happened[]>(event), days).length);
  }
  engine.addFact("spent365", async (_, almanac) =>
    within(await almanac.factValue<Happened[]>("purchased"), 365).reduce((sum, { amount }) => sum + amount, 0),
  );
  return engine;
}

async function peopleIn(database: Database): Promise<readonly Person[]> {
  const read = (text: string) => database.run({ text, params: {} });
  const rows = await read("SELECT contact_id, role, country, seats, vip, epoch_ms(created) AS created FROM contact");
  const people = rows.map(({ contact_id, created, ...fields }): Person => {
    const age = (now - Number(created)) / dayMs;
    return { ...fields, id: String(contact_id), age, purchased: [], called: [] };
  });
  const byId = new Map(people.map((person) => [person.id, person]));
  for (const event of ["purchased", "called"] as const) {
    const amount = event === "purchased" ? "amount" : "0 AS amount";
    for (const row of await read(`SELECT contact_id, epoch_ms(occurred_at) AS at_ms, ${amount} FROM event_${event}`)) {
      byId.get(String(row.contact_id))?.[event].push({ at: Number(row.at_ms), amount: Number(row.amount) });
    }
  }
  return people;
}

const is = (fact: string, operator: string, value: unknown) => ({ fact, operator, value });
const all = (...of: readonly object[]) => ({ all: [...of] }) as TopLevelCondition;
const any = (...of: readonly object[]) => ({ any: [...of] }) as TopLevelCondition;
const not = (of: object) => ({ not: of }) as TopLevelCondition;
const atLeast = "greaterThanInclusive";

/** In Cadenza, and the same for json-rules-engine. */
const rules: readonly (readonly [string, TopLevelCondition])[] = [
  ["role = boss", all(is("role", "equal", "boss"))],
  ["role != boss", all(is("role", "notEqual", "boss"))],
  ["seats >= 200", all(is("seats", atLeast, 200))],
  ["seats is unknown", all(is("seats", "equal", null))],
  ["country in (DE, AT, CH)", all(is("country", "in", ["DE", "AT", "CH"]))],
  ["vip is yes or seats >= 400", any(is("vip", "equal", true), is("seats", atLeast, 400))],
  ["created before 365d ago", all(is("age", "greaterThan", 365))],
  ["purchased", all(is("purchases", atLeast, 1))],
  ["not purchased", all(is("purchases", "equal", 0))],
  ["purchased at least 3 times", all(is("purchases", atLeast, 3))],
  [
    "purchased exactly 1 time and not purchased in 30d",
    all(is("purchases", "equal", 1), is("purchases30", "equal", 0)),
  ],
  ["sum of purchased.amount in 365d >= 500", all(is("spent365", atLeast, 500))],
  ["called in 90d and not purchased in 365d", all(is("calls90", atLeast, 1), is("purchases365", "equal", 0))],
  ["called at least 2 times in 90d", all(is("calls90", atLeast, 2))],
  [
    "role = boss and country = DE and purchased in 30d",
    all(is("role", "equal", "boss"), is("country", "equal", "DE"), is("purchases30", atLeast, 1)),
  ],
  [
    "role = influencer and (seats >= 300 or purchased in 30d or called in 90d)",
    all(
      is("role", "equal", "influencer"),
      any(is("seats", atLeast, 300), is("purchases30", atLeast, 1), is("calls90", atLeast, 1)),
    ),
  ],
  [
    "not (vip is yes and purchased at least 2 times in 365d)",
    not(all(is("vip", "equal", true), is("purchases365", atLeast, 2))),
  ],
  [
    "created after 90d ago and purchased at most 1 time",
    all(is("age", "lessThan", 90), is("purchases", "lessThanInclusive", 1)),
  ],
  ["called and not called in 90d", all(is("calls", atLeast, 1), is("calls90", "equal", 0))],
  [
    "(role = user and seats < 50) or (country = US and sum of purchased.amount in 365d >= 1000)",
    any(
      all(is("role", "equal", "user"), is("seats", "lessThan", 50)),
      all(is("country", "equal", "US"), is("spent365", atLeast, 1000)),
    ),
  ],
];
const names = rules.map((_, index) => `R${index}`);

function planOf(): Plan {
  const text = head + rules.map(([where], index) => `segment R${index} where ${where}\n`).join("");
  const { plan, diagnostics } = compile([{ path: "bench.cdz", text }], {
    library: [],
    isZone,
    body: () => ({ kind: "missing" }),
  });
  if (!plan) throw new Error(diagnostics.map(({ code, text }) => `${code} ${text}`).join("\n"));
  return plan;
}

async function fill(database: Database, plan: Plan): Promise<void> {
  const made = await ensureCatalog(database, plan.catalog);
  if (!made.ok) throw new Error(made.failure.text);
  const run = (text: string) => database.change({ text, params: {} });
  const days = (seed: number, most: number) =>
    `TIMESTAMP '2026-03-02 09:00:00' - INTERVAL (1 + hash(i, ${seed}) % ${most * 86_400}) SECOND`;
  await run(`INSERT INTO contact BY NAME SELECT 'c' || i AS contact_id, 'c' || i || '@x.example' AS email,
      ['boss', 'influencer', 'user', NULL][1 + CAST(hash(i, 1) % 4 AS BIGINT)] AS role,
      ['DE', 'AT', 'US', 'FR', NULL][1 + CAST(hash(i, 2) % 5 AS BIGINT)] AS country,
      CASE WHEN hash(i, 3) % 5 > 0 THEN hash(i, 4) % 500 END AS seats, hash(i, 5) % 10 = 0 AS vip, ${days(6, 1000)} AS created
    FROM range(${contacts}) AS r(i)`);
  for (const [event, times, amount] of [
    ["purchased", 3, ", hash(i, 9) % 400 AS amount"],
    ["called", 1, ""],
  ] as const) {
    await run(`INSERT INTO event_${event} BY NAME SELECT 'c' || hash(i, 7) % ${contacts} AS contact_id,
        ${days(8, 900)} AS occurred_at, occurred_at AS received_at, 'e' || i AS event_id, 1 AS batch${amount}
      FROM range(${contacts * times}) AS r(i)`);
  }
}

interface Taken {
  readonly wallMs: number;
  readonly processorMs: number;
}

async function timed(work: () => Promise<void>): Promise<Taken> {
  const [wall, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - wall, processorMs: (user + system) / 1000 };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const opened = await openDatabase(":memory:");
if (!opened.ok) throw new Error(opened.failure.text);
const database = opened.value;
const plan = planOf();
await fill(database, plan);

const ruled = rulesOf(plan);
const slots = new Map([
  ...ruled.leaves.map(({ key }, slot) => [leafName(key), slot] as const),
  ...ruled.rules.map(({ key }, place) => [key, ruled.leaves.length + place] as const),
]);
const judging: Judging = {
  ...{ plan, rules: ruled.rules, slots, judged: ruled.leaves, columns: [] },
  subjects: { kind: "new" },
  words: Math.ceil(slots.size / 30),
};
const statement = bind(printTruths(judging, names), calendarOf("UTC", 1), now);
const ours: Taken[] = [];
for (let round = 0; round < 9; round++) {
  ours.push(
    await timed(async () => {
      await database.run({ ...statement, text: `CREATE OR REPLACE TEMP TABLE judged AS ${statement.text}` });
    }),
  );
}

const people = await peopleIn(database);
const engine = engineOf();
const found = new Map(names.map((name) => [name, new Set<string>()]));
const theirs = await timed(async () => {
  for (const person of people) {
    const { events } = await engine.run(person);
    for (const { type } of events) found.get(type)?.add(person.id);
  }
});

let members = 0;
for (const [index, name] of names.entries()) {
  const rows = await database.run({ text: `SELECT contact_id FROM judged WHERE b${index + 1}`, params: {} });
  const own = found.get(name) ?? new Set();
  members += rows.length;
  if (rows.length !== own.size || rows.some((row) => !own.has(String(row.contact_id)))) {
    throw new Error(`${name} has ${rows.length} members here and ${own.size} there: ${rules[index]?.[0]}`);
  }
}
await database.close();

const [wall, processor] = [
  median(ours.map(({ wallMs }) => wallMs)),
  median(ours.map(({ processorMs }) => processorMs)),
];
const count = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: 0 });
console.log(
  `${names.length} rules, ${count(contacts)} contacts, ${count(members)} members in all, the same on both sides\n`,
);
console.log("| what | on the wall, ms | processor time, ms |\n|---|---|---|");
console.log(`| one statement (median of ${ours.length}) | ${wall.toFixed(0)} | ${processor.toFixed(0)} |`);
console.log(`| json-rules-engine, one run per contact | ${count(theirs.wallMs)} | ${count(theirs.processorMs)} |`);
console.log(
  `| times as long (target ${target}) | ${(theirs.wallMs / wall).toFixed(0)} | ${(theirs.processorMs / processor).toFixed(0)} |`,
);
