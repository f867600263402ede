// A process that runs an engine on a database, with the mailer of Mailgun, until all its mails have found an end, or it is killed.

import { readFileSync } from "node:fs";
import { open } from "../../runtime/open.ts";
import { openMailgun } from "../../runtime/mail/mailgun.ts";
import type { Clock } from "../../runtime/ports.ts";

export interface EngineErrand {
  readonly folder: string;
  /** A file with the plan. */
  readonly plan: string;
  readonly mailgun: { readonly key: string; readonly domain: string; readonly url: string; readonly timeoutMs: number };
  readonly time: HurriedTime;
}

/** A clock that goes faster than the machine's, the same in every process. */
export interface HurriedTime {
  readonly start: number;
  readonly machineStart: number;
  readonly speed: number;
}

export const hurried = ({ start, machineStart, speed }: HurriedTime): number =>
  Math.floor(start + (Date.now() - machineStart) * speed);

function hurriedClock(time: HurriedTime): Clock {
  return {
    now: () => hurried(time),
    sleepUntil: async (instant, signal) => {
      while (hurried(time) < instant && !signal?.aborted) {
        const leftMs = Math.ceil((instant - hurried(time)) / time.speed);
        await new Promise((resolve) => setTimeout(resolve, Math.min(leftMs, 50)));
      }
    },
  };
}

async function work({ folder, plan, mailgun, time }: EngineErrand): Promise<void> {
  const mailer = await openMailgun(mailgun);
  if (!mailer.ok) throw new Error(mailer.failure.text);
  const engine = await open({
    plan: JSON.parse(readFileSync(plan, "utf8")),
    database: { folder },
    clock: hurriedClock(time),
    mailer: mailer.value,
    threads: 1,
  });
  if (!engine.ok) throw new Error(engine.failure.text);
  console.log("running");
  const stop = new AbortController();
  const ended = await engine.value.run({
    every: { amount: 5, unit: "min" },
    signal: stop.signal,
    onTick: async () => {
      const seen = await engine.value.snapshot();
      if (!seen.ok) throw new Error(seen.failure.text);
      const { pending, claimed, unknown } = seen.value.mail;
      const isOver = seen.value.programs.every(({ steps }) => steps.slice(0, -1).every(({ people }) => people === 0));
      if (isOver && pending + claimed + unknown === 0) stop.abort();
    },
  });
  if (!ended.ok) throw new Error(`${ended.failure.code} ${ended.failure.text}`);
  await engine.value.close();
}

if (process.argv[2] !== undefined) await work(JSON.parse(process.argv[2]) as EngineErrand);
