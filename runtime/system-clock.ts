// The one place that reads the machine's clock and its source of chance.

import { randomBytes } from "node:crypto";
import type { Clock, Instant, Random } from "./ports.ts";

/** Longest delay that the platform's timers take, in milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    sleepUntil: async (instant, signal) => {
      for (let left = instant - Date.now(); left > 0 && !signal?.aborted; left = instant - Date.now()) {
        await pause(Math.min(left, longestTimerMs), signal);
      }
    },
  };
}

/** 32 bytes in hex that nobody can guess. */
export const systemSecret = (): string => randomBytes(32).toString("hex");

export const systemRandom: Random = { next: () => Math.random() };

function pause(delayMs: Instant, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, delayMs);
    signal?.addEventListener("abort", finish, { once: true });
  });
}
