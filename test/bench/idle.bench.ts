// What an engine takes of the processor while nothing is due: it waits for the next minute, and finds that nothing passed.

import { runLoop } from "../../runtime/engine/run.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import type { Clock } from "../../runtime/ports.ts";
import { fillWhereAsked, now, openMailing, processorS, residentMb } from "./mailing.ts";

const people = 1_000_000;
const minutes = 4;
const target = 1;

/** The machine's, set to the morning behind the last tick. */
function clockFrom(start: number): Clock {
  const real = systemClock();
  const ahead = start - real.now();
  return {
    now: () => real.now() + ahead,
    sleepUntil: (instant, signal) => real.sleepUntil(instant - ahead, signal),
  };
}

async function main(): Promise<void> {
  const { engine, close } = await openMailing({ people, state: "sent" });
  const clock = clockFrom(now + 30_000);
  const ticks: { readonly at: number; readonly processor: number }[] = [];
  const ended = await runLoop({
    engine,
    clock,
    mailer: { name: "none", delivers: false, send: async () => ({ kind: "halt", reason: "nothing is sent" }) },
    render: async () => [],
    every: { amount: 1, unit: "min" },
    until: now + (minutes + 1) * 60_000 + 30_000,
    onTick: () => void ticks.push({ at: performance.now(), processor: processorS() }),
  });
  if (!ended.ok) throw new Error(ended.failure.text);
  const [first, last] = [ticks[1], ticks.at(-1)];
  if (!first || !last) throw new Error("the engine did not tick");
  const share = ((last.processor - first.processor) / ((last.at - first.at) / 1000)) * 100;
  console.log(`| ${people} people wait, nothing is due | measured | target |`);
  console.log("|---|---|---|");
  console.log(
    `| share of one core over ${((last.at - first.at) / 60_000).toFixed(0)} minutes, % | ${share.toFixed(2)} | ${target} |`,
  );
  const each = ticks.slice(1).map((tick, index) => (tick.processor - (ticks[index]?.processor ?? 0)) * 1000);
  console.log(
    `\nprocessor time from tick to tick, ms: ${each.map((ms) => ms.toFixed(0)).join(", ")}; resident ${residentMb().now.toFixed(0)} MB`,
  );
  await close();
}

if (!(await fillWhereAsked())) await main();
