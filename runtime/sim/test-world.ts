// The world of one test: a database of its own, a clock that the clauses move, and the engine that judges in it.

import { bind } from "../../compiler/sql/bind.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import type { Sql } from "../../compiler/sql/sql.ts";
import { quote } from "../../compiler/sql/tables.ts";
import { applyPlan } from "../engine/apply.ts";
import { deliver, type Render } from "../engine/deliver.ts";
import { createEngine, type Engine, printed } from "../engine/engine.ts";
import { isAnyMoment, nextMoment } from "../engine/next-moment.ts";
import { gridFrom } from "../engine/schedule.ts";
import { tick } from "../engine/tick.ts";
import { Failed } from "../failures.ts";
import type { Database, Instant, Result, Row } from "../ports.ts";
import { type TestMailer, testMailer } from "./test-mailer.ts";

/** A database in which tests run one after the other. Its tables must exist. */
export interface TestBench {
  readonly database: Database;
  readonly plan: Plan;
  readonly render: Render;
  /** Tables whose rows belong to one test. */
  readonly tables: readonly string[];
  engine: Engine;
  /** From when on the offsets of zones are written; null: none are yet. */
  zonesFrom: Instant | null;
}

/** What remains over all tests: the form of the database, and the offsets of time zones. */
const lasting: ReadonlySet<string> = new Set(["meta", "tz_spans"]);

export async function testBench(database: Database, plan: Plan, render: Render): Promise<TestBench> {
  const rows = await database.run({ text: "SELECT table_name FROM duckdb_tables() WHERE NOT temporary", params: {} });
  const tables = rows.map((row) => String(row.table_name)).filter((name) => !lasting.has(name));
  return { database, plan, render, tables, engine: createEngine(database, plan, 1), zonesFrom: null };
}

export interface TestWorld {
  readonly bench: TestBench;
  readonly mailer: TestMailer;
  engine: Engine;
  /** The last moment that was judged. */
  at: Instant;
  /** Whether the moment of the clock is still to be judged: facts may have come since, or it was just reached. */
  hasNews: boolean;
  /** Called behind each judgement. */
  readonly onJudged: ((world: TestWorld) => Promise<void>) | null;
}

/** Empties the bench for a test that starts then. */
export async function emptyWorld(
  bench: TestBench,
  start: Instant,
  onJudged: TestWorld["onJudged"],
): Promise<TestWorld> {
  const isEarlier = bench.zonesFrom !== null && start < bench.zonesFrom;
  await bench.database.transaction(async (session) => {
    const names = isEarlier ? [...bench.tables, "tz_spans"] : bench.tables;
    for (const name of names) await session.change({ text: `DELETE FROM ${quote(name)}`, params: {} });
  });
  if (isEarlier) bench.engine.covered.clear();
  if (isEarlier || bench.zonesFrom === null) bench.zonesFrom = start;
  return {
    bench,
    mailer: testMailer(bench.database),
    engine: bench.engine,
    at: start,
    hasNews: false,
    onJudged,
  };
}

/** Makes the programs live. The moment itself is judged when its facts are in. */
export async function begin(world: TestWorld): Promise<void> {
  const { bench, at } = world;
  const applied = orFail(await applyPlan(bench.database, bench.plan, at, bench.engine));
  bench.engine = applied.engine;
  world.engine = applied.engine;
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
    orFail(await tick(engine, at));
    const { sent, failed, halted } = await deliver({ engine, mailer, render: bench.render, now: at });
    if (halted) throw new Failed(halted);
    isOver = sent + failed === 0;
  }
  world.at = at;
  world.hasNews = false;
  await world.onJudged?.(world);
}

const minute = { amount: 1, unit: "min" } as const;
const hour = { amount: 1, unit: "h" } as const;

/** Lets time pass: judges at every moment before `to` at which something is due. What happens at `to` comes first there. */
export async function moveTo(world: TestWorld, to: Instant): Promise<void> {
  await settle(world);
  const { engine, bench } = world;
  const every = isAnyMoment(bench.plan) ? hour : minute;
  for (;;) {
    const next = await nextMoment(engine, world.at);
    const at = next === null ? to : gridFrom(engine.calendar, every, next);
    if (at >= to) break;
    await judge(world, at);
  }
  world.at = to;
  world.hasNews = true;
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

export function write(world: TestWorld, print: (builder: Builder) => string): Promise<number> {
  return world.bench.database.change(resolved(world, printed(print)));
}

function resolved({ engine, at }: TestWorld, sql: Sql): Sql {
  return bind(sql, engine.calendar, at);
}
