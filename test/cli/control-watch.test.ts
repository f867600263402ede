// Watching over the control socket: several at once, told of what changes, and never in the engine's way.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { client } from "../support/control-client.ts";
import { projectOf } from "../support/example-copy.ts";
import { greeting } from "../support/greeting.ts";
import { startEngine } from "../support/running-engine.ts";

const people = "id,email\nana,ana@x.example\nben,ben@x.example\n";

async function shop() {
  const cwd = projectOf({ "shop.cdz": greeting, "people.csv": people });
  expect((await cadenza(["load"], { cwd })).code).toBe(0);
  return { cwd, ...(await startEngine(cwd, ["--every", "1h"])) };
}

type Client = Awaited<ReturnType<typeof client>>;

/** Reads on until what is told is as wanted. */
async function told(watcher: Client, holds: (seen: { programs: { paused: unknown }[] }) => boolean) {
  for (;;) {
    const line = await watcher.next();
    if (line === null) throw new Error("the engine hung up");
    if (line.seen && holds(line.seen)) return line.seen;
  }
}

const subscribe = (watcher: Client) => void watcher.socket.write('{"id":1,"ask":"subscribe"}\n');
const isPaused = ({ programs }: { programs: { paused: unknown }[] }) => programs[0]?.paused !== null;

test("whoever subscribes is told how things stand, then of each change, and is answered meanwhile", async () => {
  const { cwd, socket } = await shop();
  const [one, other] = [await client(socket), await client(socket)];
  subscribe(one);
  subscribe(other);
  const first = await told(one, ({ programs }) => programs.length === 1);
  expect(first).toMatchObject({
    snapshot: { contacts: 2, isOver: false },
    programs: [{ name: "greet", paused: null }],
    outbox: { errors: [] },
  });
  await told(other, (seen) => !isPaused(seen));
  expect(await cadenza(["pause", "greet"], { cwd })).toMatchObject({ code: 0 });
  await Promise.all([told(one, isPaused), told(other, isPaused)]);
  one.socket.write('{"id":2,"ask":"resume","with":{"program":"greet"}}\n');
  let answer = await one.next();
  while (answer.seen) answer = await one.next();
  expect(answer).toEqual({ id: 2, ok: true, value: ["greet"] });
  await told(other, (seen) => !isPaused(seen));
});

test("a watcher that takes nothing holds up neither the engine, nor others, nor the end", async () => {
  const { cwd, socket, child, ended } = await shop();
  const [slow, quick] = [await client(socket), await client(socket)];
  subscribe(slow);
  await told(slow, () => true);
  slow.socket.pause();
  // More than the system keeps for who does not read.
  for (let id = 2; id < 400; id++) slow.socket.write(`${JSON.stringify({ id, ask: "snapshot" })}\n`);
  subscribe(quick);
  writeFileSync(join(cwd, "people.csv"), `${people}eve,eve@x.example\n`);
  expect((await cadenza(["load"], { cwd })).code).toBe(0);
  await told(quick, (seen) => (seen as unknown as { snapshot: { contacts: number } }).snapshot.contacts === 3);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});
