// A plan that is made live while the engine runs: the run goes on with it from the next tick, and of two at once one is told.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Plan } from "../../compiler/ir/plan.ts";
import { type Cadenza, connect, open } from "../../runtime/index.ts";
import type { Clock, Mailer } from "../../runtime/ports.ts";
import { compileSources } from "../../runtime/sources/project-plan.ts";
import { fakeMailer } from "../engine/mailers.ts";
import { greeting } from "../support/greeting.ts";
import { codeOf, scratchFolder, valueFrom } from "../support/scratch.ts";

function planOf(text: string): Plan {
  const { plan, diagnostics } = compileSources([{ path: "shop.cdz", text }]);
  if (!plan) throw new Error(diagnostics.map((found) => found.text).join("\n"));
  return plan;
}

/** A clock that moves when it is told to, and says when nobody waits for an earlier moment any more. */
function steppedClock(start: number) {
  let now = start;
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  const clock: Clock = {
    now: () => now,
    sleepUntil: (until, signal) =>
      new Promise((resolve) => {
        if (until <= now || signal?.aborted) return resolve();
        const sleeper = {
          until,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", sleeper.wake, { once: true });
      }),
  };
  const asleep = async () => {
    while (sleepers.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return {
    clock,
    /** To the next moment that somebody waits for; resolves when all wait again. */
    async next() {
      await asleep();
      const [first, ...rest] = [...sleepers].toSorted((left, right) => left.until - right.until);
      now = Math.max(now, first?.until ?? now);
      for (const { until, wake } of [first, ...rest].filter((one) => one !== undefined)) if (until <= now) wake();
      await asleep();
    },
    asleep,
  };
}

const start = Date.parse("2026-03-02T09:00:00Z");
const short = greeting.replace("wait 9d", "wait 2min");
const two = `${short.replace("wait 2min", "wait 2min  send later_mail")}
email later_mail < subject "Again"  text "Hi again"  topic news >
webhook crm "http://127.0.0.1:9/hook"
`;

async function running(mailer: Mailer) {
  const folder = scratchFolder();
  writeFileSync(join(folder, "people.csv"), "id,email\nana,ana@x.example\n");
  const time = steppedClock(start);
  const request = { plan: planOf(short), database: { folder }, clock: time.clock, mailer };
  const engine: Cadenza = valueFrom(await open(request));
  valueFrom(await engine.load());
  valueFrom(await engine.apply());
  const stop = new AbortController();
  const control = valueFrom(await engine.serveControl({ version: "1", pid: 1, uid: null }));
  const ran = engine.run({ signal: stop.signal });
  await time.asleep();
  const asked = async (plan: Plan) => {
    const found = valueFrom(await connect({ plan, folder, uid: null, version: "1" }));
    if (!found) throw new Error("no engine answers");
    onTestFinished(() => found.close());
    return found;
  };
  const end = async () => {
    stop.abort();
    const report = valueFrom(await ran);
    await control.close();
    await engine.close();
    return report;
  };
  return { engine, time, asked, end };
}

test("who is inside goes on in the new version with the next tick", async () => {
  const mailer = fakeMailer();
  const { time, asked, end } = await running(mailer);
  expect(mailer.accepted.map(({ subject }) => subject)).toEqual(["Hello"]);
  const other = await asked(planOf(two));
  expect(valueFrom(await other.foresee({ looksAhead: false }))).toMatchObject({ live: 1, isChanged: true });
  expect(valueFrom(await other.apply())).toMatchObject({ version: 2, isNew: true, at: start });
  for (let minute = 0; minute < 3; minute++) await time.next();
  expect(mailer.accepted.map(({ subject }) => subject)).toEqual(["Hello", "Again"]);
  expect(await end()).toMatchObject({ isBehind: false });
});

test("whoever comes in behind the edit gets the mails of the edit", async () => {
  const mailer = fakeMailer();
  const { time, asked, end } = await running(mailer);
  const late = 'program late for All < why "x"  goal unsubscribed  send later_mail  wait 9d >';
  const other = await asked(planOf(`${two}${late}\n`));
  valueFrom(await other.apply());
  await time.next();
  expect(mailer.accepted.map(({ subject }) => subject)).toEqual(["Hello", "Again"]);
  await end();
});

test("of two who apply at once one is told, and what they have not seen they do not take back", async () => {
  const { asked, end } = await running(fakeMailer());
  const [mine, theirs] = [await asked(planOf(two)), await asked(planOf(short.replace("Hi", "Hello there")))];
  const both = await Promise.all([mine.apply(), theirs.apply()]);
  expect(both.map(({ ok }) => ok).toSorted()).toEqual([false, true]);
  const lost = both.find(({ ok }) => !ok);
  expect(lost && codeOf(lost)).toBe("F527");
  expect(codeOf(await theirs.apply(undefined, { seen: 1 }))).toBe("F526");
  expect(valueFrom(await theirs.apply(undefined, { seen: 2 })).version).toBeGreaterThan(1);
  await end();
});
