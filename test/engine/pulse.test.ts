// What is told beside the snapshot: by step, of the outbox, and of what people did with their mail.

import { expect, test } from "vitest";
import { deliver } from "../../runtime/engine/deliver.ts";
import { pause } from "../../runtime/engine/pauses.ts";
import { pulse, rowsOfTicks, slowPulse } from "../../runtime/engine/pulse.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, type World, worldOf } from "./world.ts";

const source = `policy calm < quiet hours 20:00 to 08:00 >
program p <
  start when signed_up
  exit when purchased
  send welcome
  wait 2d
  if seats >= 3 then < send nudge > otherwise < stop >
  wait 9d
>`;

async function began(): Promise<World> {
  const world = await worldOf(source);
  for (const [index, id] of ["ana", "ben", "cem", "dan"].entries()) await world.person(id, { seats: index + 1 });
  await world.apply("2026-03-01");
  for (const id of ["ana", "ben", "cem"]) await world.happen("signed_up", id, "2026-03-02 09:00");
  await world.tick("2026-03-02 09:00");
  const mailer = fakeMailer(({ to }) => (to.startsWith("ben") ? { kind: "refused", reason: "no such mailbox" } : null));
  await deliver({ engine: world.engine(), mailer, render: plainRender, now: at("2026-03-02 09:00") });
  return world;
}

const look = async (world: World, when: string) =>
  pulse(world.database, world.plan, at(when), await slowPulse(world.database, world.plan, at(when)));
const stepsOf = async (world: World, when: string) => {
  const { programs } = await look(world, when);
  return programs[0]?.steps.map(({ step, dueSoon, held, sent, failed, left }) => [
    step,
    dueSoon,
    held,
    sent,
    failed,
    left,
  ]);
};

test("every step says who is due, whose mail is held, what became of its mails, and who left there", async () => {
  const world = await began();
  await world.happen("purchased", "ana", "2026-03-03 09:00");
  await world.tick("2026-03-03 09:00");
  expect(await stepsOf(world, "2026-03-04 08:00")).toEqual([
    ["send:welcome:1", 0, 0, 2, 1, 0],
    ["wait:2d:1", 2, 0, 0, 0, 1],
    ["if:1", 0, 0, 0, 0, 0],
    ["send:nudge:1", 0, 0, 0, 0, 0],
    ["stop:1", 0, 0, 0, 0, 0],
    ["wait:9d:1", 0, 0, 0, 0, 0],
  ]);
  await world.happen("signed_up", "dan", "2026-03-04 07:00");
  // In quiet hours.
  await world.tick("2026-03-04 07:00");
  expect((await stepsOf(world, "2026-03-04 07:00"))?.[0]).toEqual(["send:welcome:1", 1, 1, 2, 1, 0]);
  await world.tick("2026-03-04 09:00");
  expect((await stepsOf(world, "2026-03-04 09:00"))?.[4]).toEqual(["stop:1", 0, 0, 0, 0, 1]);
});

test("every step says where it leads", async () => {
  const world = await began();
  const { programs } = await look(world, "2026-03-02 09:00");
  expect(programs[0]?.steps.map(({ ways }) => ways)).toEqual([
    [{ label: null, to: 1 }],
    [{ label: null, to: 2 }],
    [
      { label: "then", to: 3 },
      { label: "otherwise", to: 4 },
    ],
    [{ label: null, to: 5 }],
    [],
    [{ label: null, to: null }],
  ]);
});

test("a program says whether it is paused, and what is due and was sent", async () => {
  const world = await began();
  const of = async (when: string) => {
    const { programs } = await look(world, when);
    return programs[0] && { ...programs[0], steps: [], response: null };
  };
  expect(await of("2026-03-02 12:00")).toMatchObject({ paused: null, dueSoon: 0, sentToday: 2 });
  // The next day begins with nothing.
  expect(await of("2026-03-03 12:00")).toMatchObject({ sentToday: 0 });
  await pause(world.database, "p", at("2026-03-03 12:00"));
  expect(await of("2026-03-04 09:00")).toMatchObject({
    paused: { since: at("2026-03-03 12:00"), reason: null },
    dueSoon: 3,
  });
});

test("the outbox says how fast it is, what waits, what is unknown, and what went wrong", async () => {
  const world = await began();
  const { outbox } = await look(world, "2026-03-02 09:30");
  expect(outbox).toEqual({
    lastMinute: 0,
    lastHour: 2,
    today: 2,
    backingOff: null,
    brake: null,
    quarantine: null,
    errors: [{ at: at("2026-03-02 09:00"), reason: "no such mailbox", mails: 1 }],
  });
  await world.rows(
    `UPDATE outbox SET state = 'pending', attempt = 2, not_before = TIMESTAMP '2026-03-02 10:00' WHERE contact_id = 'ben'`,
  );
  await world.rows("UPDATE outbox SET state = 'unknown' WHERE contact_id = 'ana'");
  expect((await look(world, "2026-03-02 09:30")).outbox).toMatchObject({
    lastHour: 1,
    backingOff: { mails: 1, nextAt: at("2026-03-02 10:00") },
    quarantine: { mails: 1, since: at("2026-03-02 09:00") },
  });
});

test("people count once for what they did with their mail, machines not at all, and each day has its own count", async () => {
  const world = await began();
  const mail = (contact: string, when: string, more = {}) => ({ contact, when, more: { program: "p", ...more } });
  const happened: readonly (readonly [string, ReturnType<typeof mail>])[] = [
    ["received", mail("ana", "2026-03-02 10:00")],
    ["received", mail("ana", "2026-03-03 10:00")],
    ["received", mail("cem", "2026-03-03 11:00")],
    ["opened", mail("ana", "2026-03-03 12:00")],
    ["opened", mail("ana", "2026-03-03 13:00")],
    ["opened", mail("cem", "2026-03-03 13:00", { machine: true })],
    ["clicked", mail("ana", "2026-03-03 14:00")],
    // Too long ago.
    ["opened", mail("cem", "2026-02-10 13:00")],
  ];
  for (const [event, { contact, when, more }] of happened) await world.happen(event, contact, when, more);
  const { programs } = await look(world, "2026-03-03 15:00");
  const response = programs[0]?.response;
  expect(response).toMatchObject({ delivered: 2, opened: 1, clicked: 1 });
  expect(response?.days).toHaveLength(14);
  expect(response?.days.slice(-2)).toEqual([
    { delivered: 1, opened: 0 },
    { delivered: 2, opened: 1 },
  ]);
});

test("every tick has its rows", async () => {
  const world = await began();
  const times = [at("2026-03-02 09:00"), at("2026-03-02 10:00")];
  const rows = await rowsOfTicks(world.database, times);
  expect(rows.get(times[0] ?? 0)).toBeGreaterThan(3);
  expect(rows.get(times[1] ?? 0)).toBe(0);
  expect((await rowsOfTicks(world.database, [])).size).toBe(0);
});
