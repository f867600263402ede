// The world of one test: a database of its own, a clock that the clauses move, and the engine that judges in it.

import { bind } from "../../compiler/sql/bind.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import type { Sql } from "../../compiler/sql/sql.ts";
import { quote } from "../../compiler/sql/tables.ts";
import { tablesOfActs } from "../engine/acts.ts";
import { applyPlan } from "../engine/apply.ts";
import { blockSize, deliver, type Render } from "../engine/deliver.ts";
import { createEngine, type Engine, printed } from "../engine/engine.ts";
import { earliest, nextByFacts, nextByMoves, readsOwnEvents } from "../engine/next-moment.ts";
import { gridFrom } from "../engine/schedule.ts";
import { tick } from "../engine/tick.ts";
import { drawsOfTest } from "./test-draws.ts";
import type { GivenDraw } from "../engine/draws.ts";
import { Failed } from "../failures/failures.ts";
import type { Database, Instant, Result, Row } from "../ports.ts";
import { type TestMailer, testMailer } from "./test-mailer.ts";

/** A database in which tests run one after the other. Its tables must exist. */
export interface TestBench {
  readonly database: Database;
  readonly plan: Plan;
  readonly render: Render;
  /** Takes out all rows of a person and of others of the same address, whose keys it tells before. */
  readonly forget: (key: string, onFound: (keys: readonly string[]) => Promise<void>) => Promise<void>;
  /** Tables whose rows belong to one test. */
  readonly tables: readonly string[];
  /** Those among them that tests write to, as far as the last test did. */
  readonly written: Set<string>;
  /** Tables of facts that steps write too. */
  readonly ofActs: ReadonlySet<string>;
  engine: Engine;
  /** From when on the offsets of zones are written; null: none are yet. */
  zonesFrom: Instant | null;
}

/** What remains over all tests: the form of the database, and the offsets of time zones. */
const lasting: ReadonlySet<string> = new Set(["meta", "tz_spans"]);

/** Tables that only clauses write to. */
const isFacts = ({ ofActs }: Pick<TestBench, "ofActs">, table: string): boolean =>
  (["contact", "company", "list_member", "consent", "suppression"].includes(table) && !ofActs.has(table)) ||
  (table.startsWith("event_") && !["event_sent", "event_received"].includes(table));

export async function testBench(
  database: Database,
  plan: Plan,
  doors: Pick<TestBench, "render" | "forget">,
): Promise<TestBench> {
  const rows = await database.run({ text: "SELECT table_name FROM duckdb_tables() WHERE NOT temporary", params: {} });
  const tables = rows.map((row) => String(row.table_name)).filter((name) => !lasting.has(name));
  const engine = createEngine(database, plan, 1, { covered: new Map() });
  return {
    database,
    plan,
    ...doors,
    tables,
    written: new Set(tables),
    ofActs: tablesOfActs(plan),
    engine,
    zonesFrom: null,
  };
}

export interface TestWorld {
  readonly bench: TestBench;
  readonly mailer: TestMailer;
  engine: Engine;
  /** The last moment that was judged. */
  at: Instant;
  /** Whether the moment of the clock is still to be judged: facts may have come since, or it was just reached. */
  hasNews: boolean;
  /** When the facts turn something next by their times alone; undefined: more facts have come since that was asked. */
  nextByFacts: Instant | null | undefined;
  /** By key: who was forgotten, and what they had got until then, of which the engine knows nothing any more. */
  readonly forgotten: Map<string, Gone>;
  /** Called behind each judgement. */
  readonly onJudged: ((world: TestWorld) => Promise<void>) | null;
}

/** Rows of the outbox, of hand-offs, and of the journal as timelines show it. */
export interface Gone {
  readonly mails: readonly Row[];
  readonly handOffs: readonly Row[];
  readonly moves: readonly Row[];
}

/** Empties the bench for a test that starts then. */
export async function emptyWorld(
  bench: TestBench,
  start: Instant,
  onJudged: TestWorld["onJudged"],
): Promise<TestWorld> {
  const isEarlier = bench.zonesFrom !== null && start < bench.zonesFrom;
  await bench.database.transaction(async (session) => {
    const names = bench.tables.filter((name) => !isFacts(bench, name) || bench.written.has(name));
    for (const name of isEarlier ? [...names, "tz_spans"] : names)
      await session.change({ text: `DELETE FROM ${quote(name)}`, params: {} });
  });
  bench.written.clear();
  if (isEarlier) bench.engine.covered.clear();
  if (isEarlier || bench.zonesFrom === null) bench.zonesFrom = start;
  return {
    bench,
    mailer: testMailer(bench.database),
    engine: bench.engine,
    at: start,
    hasNews: false,
    nextByFacts: undefined,
    forgotten: new Map(),
    onJudged,
  };
}

/** Makes the programs live; of draws counts what is given.  The moment itself is judged when its facts are in. */
export async function begin(world: TestWorld, given: readonly GivenDraw[]): Promise<void> {
  const { bench, at } = world;
  const applied = orFail(await applyPlan(bench.database, bench.plan, at, bench.engine));
  bench.engine = applied.engine;
  world.engine = { ...applied.engine, draws: drawsOfTest(bench.plan, given) };
  world.hasNews = true;
}

function orFail<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Failed(result.failure);
}

/** Mails arrive at once, so what comes of them is judged in the same moment. */
async function judge(world: TestWorld, at: Instant): Promise<void> {
  const { engine, mailer, bench } = world;
  for (let isOver = false; !isOver; ) {
    const { claimed = null } = orFail(await tick(engine, at, { claimsMost: blockSize }));
    const { sent, failed, halted } = await deliver({ engine, mailer, render: bench.render, now: at, claimed });
    if (halted) throw new Failed(halted);
    isOver = failed === 0 && (sent === 0 || !readsOwnEvents(engine));
  }
  world.at = at;
  world.hasNews = false;
  await world.onJudged?.(world);
}

const minute = { amount: 1, unit: "min" } as const;
const hour = { amount: 1, unit: "h" } as const;

/**
 * Lets time pass: judges at every moment before `to` at which something is due. What happens at `to` comes first there, and
 * where nothing does and nothing is due, there is nothing to judge.
 */
export async function moveTo(world: TestWorld, to: Instant): Promise<void> {
  await settle(world);
  const { calendar, clock } = world.engine;
  const every = clock.isUnclear ? hour : minute;
  let next = await nextIn(world);
  for (; next !== null; next = await nextIn(world)) {
    const at = gridFrom(calendar, every, next);
    if (at >= to) break;
    await judge(world, at);
  }
  world.at = to;
  world.hasNews = next !== null && next <= to;
}

async function nextIn(world: TestWorld): Promise<Instant | null> {
  const { engine, bench, at } = world;
  const known = world.nextByFacts;
  if (known === undefined || (known !== null && known <= at)) {
    world.nextByFacts = await nextByFacts(engine, at, (table) => !isFacts(bench, table) || bench.written.has(table));
  }
  return earliest(world.nextByFacts ?? null, await nextByMoves(engine, at));
}

/** Judges the moment of the clock with all that has happened in it. */
export async function settle(world: TestWorld): Promise<void> {
  if (world.hasNews) await judge(world, world.at);
}

/** Runs a statement; moments in it are resolved at the world's clock. */
export function ask(world: TestWorld, print: (builder: Builder) => string): Promise<readonly Row[]> {
  return world.bench.database.run(resolved(world, printed(print)));
}

export function askSql(world: TestWorld, sql: Sql): Promise<readonly Row[]> {
  return world.bench.database.run(resolved(world, sql));
}

/** Writes facts into a table. */
export function write(world: TestWorld, table: string, print: (builder: Builder) => string): Promise<number> {
  world.bench.written.add(table);
  world.nextByFacts = undefined;
  return world.bench.database.change(resolved(world, printed(print)));
}

function resolved({ engine, at }: TestWorld, sql: Sql): Sql {
  return bind(sql, engine.calendar, at);
}
