// A really running engine, a Mailgun that fails in every way, and kill -9 at any moment: each mail goes out, and none twice.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applyPlan } from "../../runtime/engine/apply.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { at, openWorld, planOf } from "../engine/world.ts";
import { type Dice, diceOf } from "../sql/dice.ts";
import { bundled, type Child, finished, start } from "../support/child.ts";
import { type EngineErrand, type HurriedTime, hurried } from "../support/engine-child.ts";
import { type FakeMailgun, type Fault, startFakeMailgun } from "../support/fake-mailgun.ts";
import { scratchFolder, valueFrom } from "../support/scratch.ts";

const kills = Number(process.env.KILLS ?? 10);
const mails = Number(process.env.KILLED_MAILS ?? 300);
const seed = Number(process.env.KILLS_SEED ?? 20_261_128);

const plan = planOf("program p < start when signed_up  send welcome  wait 30min  send nudge  wait 30d >");
const begin = at("2026-03-02 09:00");
/** A minute and a half of the engine's time in a second of the machine's. */
const speed = 120;
const minuteMs = 60_000;

async function peopled(folder: string, people: number): Promise<void> {
  const database = valueFrom(await openDatabase(join(folder, "cadenza.duckdb"), { threads: 1 }));
  const { rows } = await openWorld(database, plan);
  await rows(
    `INSERT INTO contact BY NAME SELECT 'p' || i AS contact_id, 'p' || i || '@x.example' AS email FROM range(${people}) AS r(i)`,
  );
  valueFrom(await applyPlan(database, plan, begin - minuteMs));
  await rows(`INSERT INTO event_signed_up BY NAME SELECT contact_id, TIMESTAMP '2026-03-02 09:00' AS occurred_at,
    occurred_at AS received_at, 'e' || contact_id AS event_id, 1 AS batch FROM contact`);
  await database.close();
}

/** One call in four goes wrong. */
function faultOf(dice: Dice): Fault {
  const roll = dice.below(1000);
  if (roll < 50) return { kind: "reset", isAccepted: true };
  if (roll < 90) return { kind: "reset", isAccepted: false };
  if (roll < 130) return { kind: "status", status: 500, isAccepted: true };
  if (roll < 160) return { kind: "status", status: 503 };
  if (roll < 175) return { kind: "hang", isAccepted: true };
  if (roll < 185) return { kind: "hang", isAccepted: false };
  if (roll < 205) return { kind: "truncate", isAccepted: true };
  if (roll < 225) return { kind: "page" };
  // So seldom because everybody waits for a while then.
  if (roll < 228) return { kind: "status", status: 429 };
  return { kind: "accept" };
}

interface Killing {
  readonly folder: string;
  readonly fake: FakeMailgun;
  readonly time: HurriedTime;
  readonly file: string;
}

function engineOf({ folder, fake, time, file }: Killing): Child {
  const { key, domain, url } = fake;
  const errand: EngineErrand = {
    folder,
    plan: join(folder, "plan.json"),
    time,
    mailgun: { key, domain, url, timeoutMs: 400 },
  };
  return start(file, [JSON.stringify(errand)]);
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** @returns whether it was still running. */
async function killLater(child: Child, dice: Dice): Promise<boolean> {
  const gone = finished(child);
  // Some die before they have begun.
  const isEarly = dice.chance(10);
  if (!isEarly) await Promise.race([gone, new Promise((resolve) => child.stdout.once("data", resolve))]);
  await Promise.race([gone, pause(dice.below(isEarly ? 300 : 1800))]);
  const isKilled = child.kill("SIGKILL");
  const { err, code } = await gone;
  if (!isKilled && code !== 0) throw new Error(err);
  return isKilled;
}

const countsOf = (fake: FakeMailgun): readonly number[] => {
  const copies = new Map<string, number>();
  for (const { id } of fake.accepted) copies.set(id, (copies.get(id) ?? 0) + 1);
  return [...copies.values()];
};

test("killed at any moment, again and again", { timeout: 3_600_000 }, async () => {
  const folder = scratchFolder();
  const dice = diceOf(seed);
  await peopled(folder, mails / 2);
  writeFileSync(join(folder, "plan.json"), JSON.stringify(plan));
  const file = await bundled("test/support/engine-child.ts");
  const time: HurriedTime = { start: begin, machineStart: Date.now(), speed };
  const fake = await startFakeMailgun({ now: () => hurried(time), logLagMs: 5 * minuteMs, fault: () => faultOf(dice) });
  const killing = { folder, fake, time, file };
  let killed = 0;
  while (killed < kills && (await killLater(engineOf(killing), dice))) {
    killed += 1;
    if (killed % 20 === 0) console.log(JSON.stringify({ killed, accepted: fake.accepted.length }));
  }
  expect(await finished(engineOf(killing))).toMatchObject({ err: "", code: 0 });
  const copies = countsOf(fake);
  const doubled = copies.filter((count) => count > 1).length;
  console.log(
    JSON.stringify({
      killed,
      mails,
      accepted: copies.length,
      doubled,
      lost: mails - copies.length,
      requests: fake.requests.length,
    }),
  );
  expect({ doubled, accepted: copies.length }).toEqual({ doubled: 0, accepted: mails });
  // On a fast machine all mails may be out before the last kill.
  expect(killed).toBeGreaterThan(kills / 2);
  await fake.close();
  const database = valueFrom(await openDatabase(join(folder, "cadenza.duckdb"), { threads: 1 }));
  const states = await database.run({ text: "SELECT state, count(*) AS n FROM outbox GROUP BY state", params: {} });
  await database.close();
  expect(states).toEqual([{ state: "sent", n: mails }]);
});
