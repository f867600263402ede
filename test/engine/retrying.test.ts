// `retry`: what failed for reasons that pass is tried again at a person's word, and nothing else is.

import { expect, test } from "vitest";
import { deliver } from "../../runtime/engine/deliver.ts";
import { retry } from "../../runtime/engine/retrying.ts";
import type { SendOutcome } from "../../runtime/ports.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, type World, worldOf } from "./world.ts";

const people = ["ana", "ben", "cid", "dan"];

/** Everybody is to be welcomed on the 2nd; `answers`: what becomes of their mails. */
async function mailed(answers: Readonly<Record<string, SendOutcome>>, head = ""): Promise<World> {
  const world = await worldOf(`program p < start when signed_up  ${head}  send welcome  wait 90d >
    program q < start when purchased  send nudge >`);
  for (const id of people) await world.person(id);
  await world.apply("2026-03-01");
  for (const id of people) await world.happen("signed_up", id, "2026-03-02");
  await world.tick("2026-03-02");
  await handOver(world, "2026-03-02", answers);
  return world;
}

async function handOver(world: World, when: string, answers: Readonly<Record<string, SendOutcome>> = {}) {
  const mailer = fakeMailer(({ to }) => answers[to.slice(0, 3)] ?? null);
  await deliver({ engine: world.engine(), mailer, render: plainRender, now: at(when) });
  return mailer.accepted.map(({ to }) => to.slice(0, 3)).sort();
}

const retryAt = (world: World, when: string, programs: readonly string[] = ["p", "q"]) =>
  world.database.transaction((session) => retry(session, programs, at(when)));

const full: SendOutcome = { kind: "retry", reason: "mailbox full", afterMs: 3_600_000 };

test("a mail that waits for its next try is tried at once; what is refused or unknown is not", async () => {
  const world = await mailed({
    ana: full,
    ben: { kind: "refused", reason: "no such mailbox" },
    cid: { kind: "unknown", reason: "reset" },
  });
  expect(await handOver(world, "2026-03-02 00:10")).toEqual([]);
  expect(await retryAt(world, "2026-03-02 00:10", ["q"])).toEqual({ mails: 0, calls: 0, programs: [], unknown: 0 });
  expect(await retryAt(world, "2026-03-02 00:10")).toEqual({ mails: 1, calls: 0, programs: [], unknown: 1 });
  expect(await handOver(world, "2026-03-02 00:10")).toEqual(["ana"]);
  expect(await retryAt(world, "2026-03-02 00:20")).toMatchObject({ mails: 0 });
});

test("a mail that was given up after 72 hours gets one more try, and is given up again where that fails too", async () => {
  const world = await mailed({ ana: full });
  for (let hour = 2; hour <= 90; hour++) {
    const when = `2026-03-${String(2 + Math.floor(hour / 24)).padStart(2, "0")} ${String(hour % 24).padStart(2, "0")}:00`;
    await handOver(world, when, { ana: full });
  }
  const state = async () => (await world.rows("SELECT state, reason FROM outbox WHERE contact_id = 'ana'"))[0];
  const givenUp = { state: "failed", reason: "given up after 72 hours: mailbox full" };
  expect(await state()).toEqual(givenUp);
  expect(await retryAt(world, "2026-03-09")).toMatchObject({ mails: 1 });
  await handOver(world, "2026-03-09", { ana: full });
  expect(await state()).toEqual(givenUp);
  expect(await retryAt(world, "2026-03-10")).toMatchObject({ mails: 1 });
  expect(await handOver(world, "2026-03-10")).toEqual(["ana"]);
});

test("who left since the failure gets nothing more", async () => {
  const world = await mailed({ ana: full }, "on failure exit");
  await world.rows(
    "UPDATE outbox SET state = 'failed', reason = 'given up after 72 hours: x' WHERE contact_id = 'ana'",
  );
  await world.tick("2026-03-03");
  expect(await world.rows("SELECT reason FROM enrollment WHERE contact_id = 'ana'")).toEqual([{ reason: "failed" }]);
  expect(await retryAt(world, "2026-03-04")).toMatchObject({ mails: 0 });
});

test("a program that stopped by a failure goes on, one that somebody paused does not", async () => {
  const world = await mailed({ ana: { kind: "refused", reason: "bad key" } }, "on failure stop");
  await world.rows("INSERT INTO paused (program, \"at\") VALUES ('q', '2026-03-02')");
  expect(await retryAt(world, "2026-03-03")).toEqual({ mails: 0, calls: 0, programs: ["p"], unknown: 0 });
  expect(await handOver(world, "2026-03-03")).toEqual(["ana"]);
  expect(await world.rows("SELECT program FROM paused")).toEqual([{ program: "q" }]);
});
