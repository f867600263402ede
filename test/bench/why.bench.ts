// `why` for single people of a million, with ten million events: of a segment, a program and an email; asked of an open
// database, and as a whole command. WHY_PEOPLE says another number of them.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isZone } from "../../compiler/calendar.ts";
import { compile } from "../../compiler/compile.ts";
import { applyPlan } from "../../runtime/engine/apply.ts";
import type { Result } from "../../runtime/ports.ts";
import { whyOf } from "../../runtime/questions.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { ensureSchema } from "../../runtime/store/schema.ts";
import { whyEmailOf, whyProgramOf } from "../../runtime/why-courses.ts";
import { plain } from "./ticking.ts";

const people = Number(process.env.WHY_PEOPLE ?? 1_000_000);
const targetMs = 200;
const now = Date.parse("2026-03-02T09:00:00Z");
const at = "TIMESTAMP '2026-03-02 09:00:00'";

const source = `
project bench < language 1 time zone "UTC" currency EUR sender "A <a@a.example>" postal address "A, B 1" >
contact < id text key  email email  seats number?  role one of (boss, user)? >
event signed_up < >
event purchased < amount number? >
topic tips "Tips" opt out
segment Big where seats >= 50 and (role = boss or purchased at least 2 times in 90d) and not opened in 30d
email hello < subject "One" text "One" topic tips  variant boss when role = boss then < subject "Boss" > >
email later < subject "Two" text "Two" topic tips >
program p < start when signed_up  only if not in Big  enter again after 180d  exit when unsubscribed  goal purchased within 60d
  send hello  wait up to 30d until clicked hello  send later only if seats >= 10 >
`;

const spread = (share: number) => `'c' || (hash(i, ${share}) % ${people})`;

/** Each person came in and was mailed once. */
const filling: readonly string[] = [
  `INSERT INTO contact BY NAME SELECT 'c' || i AS contact_id, 'p' || i || '@x.example' AS email,
     CASE WHEN hash(i, 2) % 10 > 0 THEN CAST(5 + hash(i, 3) % 100 AS DOUBLE) END AS seats,
     CASE hash(i, 4) % 3 WHEN 0 THEN 'boss' WHEN 1 THEN 'user' END AS role FROM range(${people}) AS r(i)`,
  `INSERT INTO enrollment BY NAME SELECT md5('p' || i) AS enrollment_id, 'p' AS program, 'c' || i AS contact_id, '' AS enter_key,
     1 AS version, ${at} - INTERVAL 3 DAY AS started_at, 'signed_up' AS start_event, 's' || i AS start_event_id,
     ${at} + INTERVAL 57 DAY AS goal_until FROM range(${people}) AS r(i)`,
  `INSERT INTO positions BY NAME SELECT enrollment_id, program, contact_id, started_at, start_event, start_event_id,
     goal_until, 'WAIT' AS step, ${at} + INTERVAL 27 DAY AS due, started_at AS arrived_at, started_at AS wait_from,
     ${at} + INTERVAL 27 DAY AS wait_until, 2 AS seq FROM enrollment`,
  `INSERT INTO journal BY NAME SELECT started_at AS tick, 1 AS round, 'p' AS program, 1 AS version, enrollment_id, contact_id,
     1 AS seq, 'started' AS outcome, 'signed_up' AS reason FROM enrollment`,
  `INSERT INTO journal BY NAME SELECT started_at AS tick, 2 AS round, 'p' AS program, 1 AS version, enrollment_id, contact_id,
     2 AS seq, 'FIRST' AS step, 'hello' AS email, 'send' AS outcome, 'WAIT' AS next FROM enrollment`,
  `INSERT INTO outbox BY NAME SELECT md5(enrollment_id) AS send_id, 'p' AS program, 1 AS version, enrollment_id,
     contact_id, 'FIRST' AS step, 1 AS visit, 'hello' AS email, c.email AS address, lower(trim(c.email)) AS mailbox, 'sent' AS state,
     1 AS attempt, started_at AS planned_at, started_at AS not_before FROM enrollment JOIN contact AS c USING (contact_id)`,
  `INSERT INTO event_signed_up BY NAME SELECT contact_id, started_at AS occurred_at, started_at AS received_at,
     start_event_id AS event_id, 1 AS batch FROM enrollment`,
  `INSERT INTO event_received BY NAME SELECT contact_id, planned_at AS occurred_at, planned_at AS received_at, 'r' || send_id AS event_id,
     1 AS batch, send_id AS message, email, 'tips' AS topic, program, false AS machine FROM outbox`,
  ...(["purchased", "opened"] as const).map(
    (event, index) => `INSERT INTO event_${event} BY NAME SELECT ${spread(index + 5)} AS contact_id,
      TIMESTAMP '2026-01-01' + to_milliseconds(i * ${Math.floor(5_000_000_000 / (people * 4))}) AS occurred_at, occurred_at AS received_at,
      '${event}' || i AS event_id, 1 AS batch${event === "opened" ? ", false AS machine" : ""} FROM range(${people * 4}) AS r(i)`,
  ),
  `UPDATE engine_state SET last_tick = ${at}, last_batch = 1`,
];

function valueOrThrow<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.text);
  return result.value;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

interface Spent {
  readonly wall: number;
  readonly processor: number;
}

/** Of the ten last of twelve. */
async function spentBy(one: (key: string) => Promise<number>): Promise<Spent> {
  const [walls, processors]: [number[], number[]] = [[], []];
  for (let index = 0; index < 12; index++) {
    const start = performance.now();
    const processor = await one(`c${(index * 83_333 + 7) % people}`);
    if (index < 2) continue;
    walls.push(performance.now() - start);
    processors.push(processor);
  }
  return { wall: median(walls), processor: median(processors) };
}

const processorMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const inProcess = (ask: (key: string) => Promise<unknown>) =>
  spentBy(async (key) => {
    const before = processorMs();
    await ask(key);
    return processorMs() - before;
  });

/** The shell tells what its child took. */
function command(folder: string, key: string, name: string): number {
  const asked = `"${process.execPath}" dist/cadenza.js why ${key} ${name} --project "${folder}" --now "2026-03-02 09:00" --json`;
  const { stdout, stderr, status } = spawnSync("sh", ["-c", `${asked} > /dev/null && times`], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const [, children = ""] = stdout.trim().split("\n");
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60_000 + Number(s) * 1000);
  return parts.reduce((sum, part) => sum + part, 0);
}

async function main(folder: string): Promise<void> {
  const { plan } = compile([{ path: "bench.cdz", text: source }], {
    library: [],
    isZone,
    body: () => ({ kind: "missing" }),
  });
  if (!plan) throw new Error("the source has errors");
  const database = valueOrThrow(await openDatabase(join(folder, ".cadenza", "cadenza.duckdb")));
  await ensureSchema(database);
  valueOrThrow(await ensureCatalog(database, plan.catalog));
  valueOrThrow(await applyPlan(database, plan, Date.parse("2026-01-01T00:00:00Z")));
  const [first, wait] = plan.programs[0]?.steps.map(({ id }) => id) ?? [];
  for (const text of filling)
    await database.change(plain(text.replaceAll("'FIRST'", `'${first}'`).replaceAll("'WAIT'", `'${wait}'`)));
  await database.change(plain("CHECKPOINT"));
  const asked = {
    "of a segment, with what would turn it": (key: string) => whyOf(database, plan, { key, segment: "Big", at: now }),
    "of a program": (key: string) => whyProgramOf(database, plan, { key, name: "p", at: now }),
    "of an email": (key: string) => whyEmailOf(database, plan, { key, name: "hello", at: now }),
  };
  console.log(`| why, one of ${people} people | median ms | processor time, ms | target, ms |\n|---|---|---|---|`);
  const tell = (what: string, { wall, processor }: Spent) =>
    console.log(`| ${what} | ${wall.toFixed(0)} | ${processor.toFixed(0)} | ${targetMs} |`);
  for (const [what, ask] of Object.entries(asked)) {
    tell(what, await inProcess(async (key) => valueOrThrow<unknown>(await ask(key))));
  }
  await database.close();
  for (const [index, name] of ["Big", "p", "hello"].entries()) {
    const what = `${Object.keys(asked)[index]}, the whole command`;
    tell(what, await spentBy(async (key) => command(folder, key, name)));
  }
}

const folder = mkdtempSync(join(tmpdir(), "cadenza-bench-"));
try {
  mkdirSync(join(folder, ".cadenza"));
  writeFileSync(join(folder, "bench.cdz"), source);
  await main(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
