// Writings that are committed together: each gets its own result, and one that is a mistake of ours fails alone.

import { expect, test } from "vitest";
import { Failed, failure } from "../../runtime/failures/failures.ts";
import { gathering } from "../../runtime/ingest/gathering.ts";

/** Writes when it is let to; `fails` says of a batch what goes wrong. */
function held(fails: (items: readonly number[]) => Error | null = () => null) {
  const batches: (readonly number[])[] = [];
  const gates: (() => void)[] = [];
  const write = async (items: readonly number[]) => {
    batches.push(items);
    if (batches.length === 1) await new Promise<void>((resolve) => gates.push(resolve));
    const wrong = fails(items);
    if (wrong) throw wrong;
    return items.map((item) => item * 10);
  };
  const put = gathering({ most: 3, mostWaiting: 5, write });
  return { put, batches, open: () => gates[0]?.() };
}

test("what comes in meanwhile is written together, in order, a number at a time, and what is too much is turned away", async () => {
  const { put, batches, open } = held();
  const put7 = [1, 2, 3, 4, 5, 6, 7].map((item) => put(item));
  expect(put7.map((one) => one === null)).toEqual([false, false, false, false, false, false, true]);
  open();
  expect(await Promise.all(put7)).toEqual([10, 20, 30, 40, 50, 60, null]);
  expect(batches).toEqual([[1], [2, 3, 4], [5, 6]]);
  expect(await put(8)).toBe(80);
});

const settled = async (all: readonly (Promise<number> | null)[]) =>
  (await Promise.allSettled(all)).map((one) => (one.status === "fulfilled" ? one.value : String(one.reason.message)));

test("a mistake of ours takes no others along", async () => {
  const { put, open } = held((items) => (items.includes(3) ? new Error("wrong") : null));
  const all = [1, 2, 3, 4].map((item) => put(item));
  open();
  expect(await settled(all)).toEqual([10, 20, "wrong", 40]);
});

test("where the world fails, all are told, and the next are written", async () => {
  let isFull = true;
  const full = new Failed(failure("F125", { path: "x" }));
  const { put, batches, open } = held((items) => (isFull && items.includes(3) ? full : null));
  const all = [1, 2, 3, 4].map((item) => put(item));
  open();
  expect(await settled(all)).toEqual([10, full.message, full.message, full.message]);
  isFull = false;
  expect(await put(3)).toBe(30);
  expect(batches).toEqual([[1], [2, 3, 4], [3]]);
});
