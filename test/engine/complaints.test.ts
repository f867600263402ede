// The brake on complaints: from 3 in 1,000 delivered within 7 days on marketing mails wait, transactional ones go on, and all
// goes on by itself when the complaints are old.

import { expect, test } from "vitest";
import { runLoop } from "../../runtime/engine/run.ts";
import { snapshot } from "../../runtime/engine/snapshot.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import { valueFrom } from "../support/scratch.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, type World, worldOf } from "./world.ts";

const source = `program marketing < start when signed_up  goal purchased  send welcome >
program receipts < start when signed_up  goal purchased  send receipt >`;

async function signedUp(people = 3): Promise<World> {
  const world = await worldOf(source);
  await world.apply("2026-03-02");
  for (let index = 0; index < people; index++) {
    await world.person(`p${index}`);
    await world.happen("signed_up", `p${index}`, "2026-03-02 01:00");
  }
  return world;
}

const told = (world: World, kind: string, count: number, when: string) =>
  world.rows(`INSERT INTO feedback SELECT concat('${kind}-', i), '${kind}', concat('mail-', i), concat(i, '@test.example'),
    make_timestamp(${at(when)}000), make_timestamp(${at(when)}000), NULL, NULL, false, true FROM range(${count}) AS r(i)`);

async function sentAt(world: World, when: string, more: { readonly isDespiteComplaints?: boolean } = {}) {
  const mailer = fakeMailer();
  const request = { engine: world.engine(), clock: virtualClock(at(when)), mailer, render: plainRender, isOnce: true };
  valueFrom(await runLoop({ ...request, every: { amount: 1, unit: "h" }, ...more }));
  return mailer.accepted.map(({ subject, to }) => `${subject} ${to.split("@")[0]}`).toSorted();
}

const receipts = ["receipt p0", "receipt p1", "receipt p2"];
const welcomes = ["welcome p0", "welcome p1", "welcome p2"];

const rates: readonly (readonly [complained: number, delivered: number, isBraked: boolean])[] = [
  [0, 0, false],
  [2, 10, false],
  [3, 10, true],
  [3, 1000, true],
  [3, 1001, false],
  [30, 10_000, true],
  [29, 10_000, false],
];

test.each(rates)("%d complaints of %d delivered mails: braked is %s", async (complained, delivered, isBraked) => {
  const world = await signedUp();
  await told(world, "delivered", delivered, "2026-03-01");
  await told(world, "complained", complained, "2026-03-01");
  expect(await sentAt(world, "2026-03-02 02:00")).toEqual(isBraked ? receipts : [...receipts, ...welcomes]);
  const { problems, mail } = await snapshot(world.database, world.plan, at("2026-03-02 02:00"));
  expect(mail.pending).toBe(isBraked ? 3 : 0);
  expect(problems.map(({ text }) => text.includes("complained"))).toEqual(isBraked ? [true] : []);
});

test("the mails go out when the complaints are a week old, and not before", async () => {
  const world = await signedUp();
  await told(world, "complained", 5, "2026-03-01 12:00");
  expect(await sentAt(world, "2026-03-02 02:00")).toEqual(receipts);
  expect(await sentAt(world, "2026-03-08 11:00")).toEqual([]);
  expect(await sentAt(world, "2026-03-08 12:00")).toEqual(welcomes);
});

test("a person can decide to go on", async () => {
  const world = await signedUp();
  await told(world, "complained", 5, "2026-03-01");
  expect(await sentAt(world, "2026-03-02 02:00", { isDespiteComplaints: true })).toEqual([...receipts, ...welcomes]);
});

test("complaints that come in during a long delivery stop the rest of it", async () => {
  const world = await signedUp(600);
  const mailer = fakeMailer();
  const send = mailer.send;
  let handed = 0;
  const telling = {
    ...mailer,
    send: async (message: Parameters<typeof send>[0]) => {
      if (++handed === 1) await told(world, "complained", 5, "2026-03-02 01:30");
      return send(message);
    },
  };
  const request = {
    engine: world.engine(),
    clock: virtualClock(at("2026-03-02 02:00")),
    mailer: telling,
    render: plainRender,
  };
  valueFrom(await runLoop({ ...request, isOnce: true, every: { amount: 1, unit: "h" } }));
  const welcomed = mailer.accepted.filter(({ subject }) => subject === "welcome").length;
  expect(mailer.accepted.filter(({ subject }) => subject === "receipt").length).toBe(600);
  // What was claimed before goes out; no further block does.
  expect(welcomed).toBe(500);
});
