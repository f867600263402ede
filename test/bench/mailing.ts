// A project that mails, with as many people as are asked for: each has one mail, which is pending or was sent.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isZone } from "../../compiler/calendar.ts";
import { compile } from "../../compiler/compile.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { applyPlan } from "../../runtime/engine/apply.ts";
import { type Engine, openEngine } from "../../runtime/engine/engine.ts";
import type { Database, Result } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase, type DatabaseOptions } from "../../runtime/store/duckdb.ts";

/** An address with its policies: 09:00 in the project's zone, a Monday, when nothing holds a mail back. */
export const mailingSource = `
project bench < language 1 time zone "UTC" currency EUR sender "A <a@a.example>" postal address "A, B 1" >
contact < id text key  email email  first_name text? >
event signed_up < >
event purchased < >
topic tips "Tips" opt out
policy house < quiet hours 20:00 to 08:00  at most 3 emails in 7d  never send to in Suppressed >
email hello < subject "Welcome, {{ first_name | default: 'you' }}"
  text "Hello {{ first_name | default: 'you' }}, **three things** are new on [our page](https://a.example/new)." topic tips >
program p < start when signed_up  exit when unsubscribed  goal purchased within 60d  send hello  wait 30d >
`;

export const now = Date.parse("2026-03-02T09:00:00Z");
const at = "TIMESTAMP '2026-03-02 09:00:00'";

export const plain = (text: string) => ({ text, params: {} });

export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.text);
  return result.value;
}

export function planOf(source: string): Plan {
  const { plan, diagnostics } = compile([{ path: "bench.cdz", text: source }], {
    library: [],
    isZone,
    body: () => ({ kind: "missing" }),
  });
  if (!plan) throw new Error(diagnostics.map(({ code, text }) => `${code} ${text}`).join("\n"));
  return plan;
}

/** `people` contacts behind the send of `p`; who has an id by `sendIdOf` has the mail. One in 99 is suppressed, one in 50 refused. */
const filling = (people: number, state: "pending" | "sent"): readonly string[] => [
  `INSERT INTO contact BY NAME SELECT 'c' || i AS contact_id, 'p' || i || '@x.example' AS email, 'Name ' || i AS first_name
     FROM range(${people}) AS r(i)`,
  `INSERT INTO enrollment BY NAME SELECT md5('p' || i) AS enrollment_id, 'p' AS program, 'c' || i AS contact_id, '' AS enter_key,
     1 AS version, ${at} AS started_at, 'signed_up' AS start_event, 's' || i AS start_event_id,
     ${at} + INTERVAL 60 DAY AS goal_until FROM range(${people}) AS r(i)`,
  `INSERT INTO positions BY NAME SELECT enrollment_id, program, contact_id, started_at, start_event, start_event_id,
     goal_until, 'LAST' AS step, ${at} + INTERVAL 30 DAY AS due, started_at AS arrived_at, started_at AS wait_from, 2 AS seq FROM enrollment`,
  `INSERT INTO journal BY NAME SELECT started_at AS tick, 1 AS round, 'p' AS program, 1 AS version, enrollment_id, contact_id,
     1 AS seq, 'started' AS outcome, 'signed_up' AS reason FROM enrollment`,
  `INSERT INTO journal BY NAME SELECT started_at AS tick, 2 AS round, 'p' AS program, 1 AS version, enrollment_id, contact_id,
     2 AS seq, 'FIRST' AS step, 'hello' AS email, 'send' AS outcome, 'LAST' AS next FROM enrollment`,
  `INSERT INTO outbox BY NAME SELECT md5(enrollment_id) AS send_id, 'p' AS program, 1 AS version, enrollment_id,
     contact_id, 'FIRST' AS step, 1 AS visit, 'hello' AS email, c.email AS address, lower(trim(c.email)) AS mailbox, '${state}' AS state,
     0 AS attempt, started_at AS planned_at, started_at AS not_before,
     ${state === "sent" ? "started_at" : "CAST(NULL AS TIMESTAMP)"} AS settled_at
     FROM enrollment JOIN contact AS c USING (contact_id) ORDER BY send_id`,
  `INSERT INTO event_signed_up BY NAME SELECT contact_id, started_at AS occurred_at, started_at AS received_at,
     start_event_id AS event_id, 1 AS batch FROM enrollment`,
  `INSERT INTO consent SELECT 'p' || i * 50 || '@x.example', 'tips', false, TIMESTAMP '2026-02-01', 'bench'
     FROM range(${Math.floor(people / 50)}) AS r(i)`,
  `INSERT INTO suppression SELECT 'p' || i * 99 || '@x.example', 'bounce', TIMESTAMP '2026-02-01', 'bench'
     FROM range(${Math.floor(people / 99)}) AS r(i)`,
  `UPDATE engine_state SET last_tick = ${at}, last_batch = 1, ticks = 1`,
  `UPDATE trigger_state SET seen_at = ${at}, seen_batch = 1`,
];

export interface Mailing {
  readonly database: Database;
  readonly engine: Engine;
  readonly close: () => Promise<void>;
}

export interface MailingRequest extends DatabaseOptions {
  readonly people: number;
  readonly state: "pending" | "sent";
}

const fileIn = (folder: string) => join(folder, "bench.duckdb");

/**
 * A filled database, in a file, written down to the last row. A process of its own fills it, so that this one's memory
 * tells of the work alone: the benchmark has to call `fillWhereAsked` before all else.
 */
export async function openMailing({ people, state, ...options }: MailingRequest): Promise<Mailing> {
  const folder = mkdtempSync(join(tmpdir(), "cadenza-bench-"));
  const filler = spawn(process.execPath, [process.argv[1] ?? "", "fill", folder, String(people), state], {
    stdio: "inherit",
  });
  await once(filler, "exit");
  const database = value(await openDatabase(fileIn(folder), options));
  const engine = await openEngine(database);
  if (engine === null) throw new Error("the database was not filled");
  const close = async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { database, engine, close };
}

/** True where this process was started to fill a database, which it has done then. */
export async function fillWhereAsked(): Promise<boolean> {
  const [role, folder = "", people, state] = process.argv.slice(2);
  if (role !== "fill") return false;
  const database = value(await openDatabase(fileIn(folder)));
  const plan = planOf(mailingSource);
  value(await ensureCatalog(database, plan.catalog));
  value(await applyPlan(database, plan, now - 86_400_000));
  const [first, last] = plan.programs[0]?.steps.map(({ id }) => id) ?? [];
  for (const text of filling(Number(people), state === "pending" ? "pending" : "sent")) {
    await database.change(plain(text.replaceAll("'FIRST'", `'${first}'`).replaceAll("'LAST'", `'${last}'`)));
  }
  await database.change(plain("CHECKPOINT"));
  await database.close();
  return true;
}

/** Processor seconds of this process so far. */
export function processorS(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** How much memory the process has in use at the moment, and at most so far. */
export function residentMb(): { readonly now: number; readonly most: number } {
  return { now: process.memoryUsage.rss() / 2 ** 20, most: process.resourceUsage().maxRSS / 1024 };
}
