// What it takes to say beforehand what an edit does: a hundred segments, twenty programs and a million contacts, of whom some
// hundred thousands are inside; ten segments and two programs are edited.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plan } from "../../compiler/ir/plan.ts";
import { applyPlan } from "../../runtime/engine/apply.ts";
import { settle } from "../../runtime/engine/outbox.ts";
import { tick } from "../../runtime/engine/tick.ts";
import { foresee } from "../../runtime/planning/foresee.ts";
import type { Foreseen } from "../../runtime/planning/foreseen.ts";
import type { Database } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { ensureSchema } from "../../runtime/store/schema.ts";
import { plain, planOf, processorS, quantile, residentMb, value } from "./mailing.ts";
import { fill } from "./mix-rows.ts";
import { mix, now, project } from "./segment-mix.ts";

const contacts = Number(process.env.BENCH_CONTACTS ?? 1_000_000);
const times = Number(process.env.BENCH_PAIRS ?? 5);
const target = 10_000;
const hour = 3_600_000;

const emails = Array.from(
  { length: 20 },
  (_, index) => `email m${index} < subject "Hello"  text "Hi"  topic product >`,
).join("\n");

/** Every program is for a segment of the mix, mails at once, and again after some days. */
const programOf = (index: number, wait: string) => `
program p${index} for For${index} <
  why "People of the segment hear of it"
  enter again after ${60 + index}d
  goal purchased within 30d
  exit when unsubscribed
  send m${index}
  wait ${wait} as early
  wait up to ${3 + (index % 5)}d until opened m${index} then < send m${(index + 1) % 20} > otherwise < set seats add 1 >
  wait 20d as late
  send m${(index + 2) % 20} only if seats >= 3
>`;

function sourceOf(isEdited: boolean): string {
  const segments = mix.map(({ name, where }, index) => {
    const other = isEdited && index % 10 === 1 ? `(${where}) and seats >= 20` : where;
    return `segment ${name} where ${other}`;
  });
  const programs = Array.from({ length: 20 }, (_, index) =>
    programOf(index, isEdited && index < 2 ? "6d" : `${2 + (index % 4)}d`),
  );
  // Programs are for a few of the hundred, so that about a third of all people are inside one.
  const narrow = Array.from(
    { length: 20 },
    (_, index) => `segment For${index} where in ${mix[index * 4]?.name} and seats >= 470`,
  );
  const policy = "policy house < at most 4 emails in 7d  only one of p3, p4 >";
  return [project, 'topic product "Product" opt out', policy, emails, ...segments, ...narrow, ...programs].join("\n");
}

/** The live version has run for some days, and its mails are out. */
async function live(database: Database, plan: Plan): Promise<void> {
  const { engine } = value(await applyPlan(database, plan, now - 72 * hour));
  for (const at of [now - 72 * hour, now - 48 * hour, now - 24 * hour, now - hour]) {
    value(await tick(engine, at));
    await database.transaction(async (session) => {
      const due = await session.run(plain("SELECT send_id FROM outbox WHERE state = 'pending'"));
      const out = { state: "sent", at, reason: null, providerId: null, notBefore: null, isUntried: false } as const;
      const sent = due.map((row) => ({ ...out, sendId: String(row.send_id) }));
      await settle({ engine, session, now: at }, sent, true);
    });
  }
  await database.change(plain("CHECKPOINT"));
}

interface Spent {
  readonly wall: number;
  readonly processor: number;
}

async function measured(database: Database, plan: Plan, looksAhead: boolean): Promise<Foreseen> {
  const spent: Spent[] = [];
  const fitting = {
    system: ensureSchema,
    catalog: (shadow: Database, { catalog }: Plan) => ensureCatalog(shadow, catalog),
  };
  let found: Foreseen | null = null;
  for (let run = 0; run < times; run++) {
    const [start, before] = [performance.now(), processorS()];
    found = (await foresee(database, { plan, at: now, samples: 5, looksAhead, fitting })).foreseen;
    spent.push({ wall: performance.now() - start, processor: (processorS() - before) * 1000 });
  }
  const median = (of: (one: Spent) => number) => quantile(spent.map(of), 0.5).toFixed(0);
  const what = looksAhead ? "with 30 days ahead (`--ahead`)" : "as it is for a million";
  console.log(
    `| a plan, ${what} | ${median(({ wall }) => wall)} | ${median(({ processor }) => processor)} | ${target} |`,
  );
  if (!found) throw new Error("nothing was measured");
  return found;
}

const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);

async function main(folder: string): Promise<void> {
  const database = value(await openDatabase(join(folder, "bench.duckdb")));
  const [before, edited] = [planOf(sourceOf(false)), planOf(sourceOf(true))];
  value(await ensureCatalog(database, before.catalog));
  await fill(database, contacts);
  await live(database, before);
  console.log("| what | wall, ms | processor, ms | target |\n|---|---|---|---|");
  const found = await measured(database, edited, false);
  const { segments, programs, mails } = found;
  if (process.env.BENCH_AHEAD) await measured(database, edited, true);
  console.log(
    `\n${contacts} contacts, ${sum(programs.map(({ inside }) => inside))} inside, ${segments.length} segments judged anew, ` +
      `${sum(mails.map(({ atOnce }) => atOnce.after))} mails at once, ${programs.length} programs; ` +
      `at most ${residentMb().most.toFixed(0)} MB resident`,
  );
  await database.close();
}

const folder = mkdtempSync(join(tmpdir(), "cadenza-bench-"));
try {
  await main(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
