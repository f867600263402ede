// Mails of unknown outcome, and mailers that ask for less: what the engine makes of them as time goes on.

import { describe, expect, test } from "vitest";
import { deliver } from "../../runtime/engine/deliver.ts";
import { newPace } from "../../runtime/engine/pace.ts";
import type { Ambiguous } from "../../compiler/ir/policy.ts";
import { reconcile } from "../../runtime/engine/reconcile.ts";
import { runLoop } from "../../runtime/engine/run.ts";
import { openMailgun } from "../../runtime/mail/mailgun.ts";
import type { Mailer } from "../../runtime/ports.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import { type Fault, startFakeMailgun } from "../support/fake-mailgun.ts";
import { valueFrom } from "../support/scratch.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, type World, worldOf } from "./world.ts";

const minute = 60_000;
const finding = { afterMs: 30 * minute, untilMs: 20 * 60 * minute };

async function planned(people: number, policies = ""): Promise<World> {
  const world = await worldOf(`${policies} program p < start when signed_up  send welcome  wait 9d >`);
  await world.apply("2026-03-01");
  for (let index = 0; index < people; index += 1) {
    await world.person(`p${index}`);
    await world.happen("signed_up", `p${index}`, "2026-03-02");
  }
  await world.tick("2026-03-02");
  return world;
}
const states = async (world: World) =>
  Object.fromEntries(
    (await world.rows("SELECT state, count(*) AS n FROM outbox GROUP BY state")).map(({ state, n }) => [state, n]),
  );
const hand = (world: World, mailer: Mailer, now = "2026-03-02") =>
  deliver({ engine: world.engine(), mailer, render: plainRender, now: at(now) });
const ask = (world: World, mailer: Mailer, now: string, ambiguous?: Ambiguous) =>
  reconcile({ engine: world.engine(), mailer, now: at(now), ...(ambiguous ? { ambiguous } : {}) });

describe("a mail of unknown outcome", () => {
  test("rests until the mailer can tell, and is then sent or tried again", async () => {
    const world = await planned(4);
    // Two are taken though the answer is lost, two are not.
    const mailer = {
      ...fakeMailer((_, index) => (index < 2 ? "throw" : { kind: "unknown", reason: "500" }), { finds: true }),
      finding,
    };
    expect((await hand(world, mailer)).unknown).toBe(4);
    expect(await ask(world, mailer, "2026-03-02 00:29")).toBe(4);
    expect(await states(world)).toEqual({ unknown: 4 });
    expect(await ask(world, mailer, "2026-03-02 00:30")).toBe(0);
    expect(await states(world)).toEqual({ sent: 2, pending: 2 });
    expect(await world.rows("SELECT count(*) AS n FROM event_sent")).toEqual([{ n: 2 }]);
    expect((await hand(world, fakeMailer(), "2026-03-02 00:30")).sent).toBe(2);
  });
  test("is left to a person once the mailer no longer remembers", async () => {
    const world = await planned(1);
    const mailer = { ...fakeMailer(() => "throw", { finds: true }), finding };
    await hand(world, mailer);
    expect(await ask(world, mailer, "2026-03-02 20:01")).toBe(1);
    expect(await states(world)).toEqual({ unknown: 1 });
  });
  test("stays unknown while the mailer cannot be asked, which is tried once and no more", async () => {
    const world = await planned(100);
    let asked = 0;
    const find = async (): Promise<"sent"> => {
      asked += 1;
      throw new Error("busy");
    };
    const mailer: Mailer = { ...fakeMailer(() => "throw"), find, finding };
    await hand(world, mailer);
    expect(await ask(world, mailer, "2026-03-02 01:00")).toBe(100);
    expect(asked).toBeLessThanOrEqual(16);
    expect(await states(world)).toEqual({ unknown: 100 });
  });
  test.each<[Ambiguous, object]>([
    ["resend", { pending: 1 }],
    ["never", { sent: 1 }],
    ["reconcile", { unknown: 1 }],
  ])("with a mailer that cannot tell, %s makes it %j", async (ambiguous, expected) => {
    const world = await planned(1);
    const mailer = fakeMailer(() => "throw");
    await hand(world, mailer);
    await ask(world, mailer, "2026-03-02 00:01", ambiguous);
    expect(await states(world)).toEqual(expected);
    const said = await planned(1, `policy house < on ambiguous ${ambiguous} >`);
    await hand(said, mailer);
    await ask(said, mailer, "2026-03-02 00:01");
    expect(await states(said)).toEqual(expected);
  });
  test("keeps the person at the step until the outcome is known, and nobody else", async () => {
    const world = await worldOf(
      "program p < start when signed_up  exit when purchased  send welcome  wait 1h  set seats = 7  wait up to 9d until opened welcome then < send nudge > >",
    );
    await world.apply("2026-03-01");
    for (const id of ["ana", "ben", "cem"]) {
      await world.person(id);
      await world.happen("signed_up", id, "2026-03-02");
    }
    await world.tick("2026-03-02");
    const isLost = ({ to }: { readonly to: string }) => !to.startsWith("cem");
    const mailer = fakeMailer((message) => (isLost(message) ? "throw" : null), { finds: true });
    await hand(world, { ...mailer, finding });
    // Exits hold all the same.
    await world.happen("purchased", "ben", "2026-03-02 01:30");
    await world.tick("2026-03-02 01:00", "2026-03-02 02:00");
    const moved = async () => (await world.story("ana")).filter((line) => !line.includes("00:00")).join("; ");
    expect(await moved()).toBe("");
    expect((await world.story("ben")).at(-1)).toBe("2026-03-02 02:00 left (exit)");
    expect(await world.story("cem")).toContain("2026-03-02 01:00 set:seats:1 set");
    expect(await ask(world, { ...mailer, finding }, "2026-03-02 02:10")).toBe(0);
    // The opening of the mail was told meanwhile.
    const [mail] = await world.rows("SELECT send_id FROM outbox WHERE contact_id = 'ana'");
    await world.happen("opened", "ana", "2026-03-02 00:20", {
      message: String(mail?.send_id),
      email: "welcome",
      machine: false,
    });
    await world.tick("2026-03-02 02:10");
    expect(await moved()).toContain("2026-03-02 02:10 set:seats:1 set");
    expect(await world.mails()).toContain("2026-03-02 02:10 ana nudge");
  });
  test("follows the policy for the people in a segment", async () => {
    const world = await planned(
      2,
      'segment Some where id = "p1"  segment Rest where not in Some  policy again_for for Some < on ambiguous resend >  policy never_for for Rest < on ambiguous never >',
    );
    const mailer = fakeMailer(() => "throw");
    await hand(world, mailer);
    await ask(world, mailer, "2026-03-02 00:01");
    expect(await world.rows("SELECT contact_id, state FROM outbox ORDER BY ALL")).toEqual([
      { contact_id: "p0", state: "sent" },
      { contact_id: "p1", state: "pending" },
    ]);
  });
});

describe("a mailer that asks for less", () => {
  const slow = (afterMs: number | null) => ({ kind: "slow down", reason: "too fast", afterMs }) as const;
  test("gets nothing more until then, and half as many at a time", async () => {
    const world = await planned(60);
    const pace = newPace();
    const give = (mailer: Mailer, now: string) =>
      deliver({ engine: world.engine(), mailer, render: plainRender, now: at(now), pace });
    const mailer = fakeMailer((_, index) => (index >= 20 ? slow(5 * minute) : null));
    expect((await give(mailer, "2026-03-02")).sent).toBe(20);
    expect(await states(world)).toEqual({ sent: 20, pending: 40 });
    expect(pace.lanes).toBe(8);
    const quick = fakeMailer();
    await give(quick, "2026-03-02 00:04");
    expect(quick.accepted.length).toBe(0);
    await give(quick, "2026-03-02 00:05");
    expect(await states(world)).toEqual({ sent: 60 });
    // One more for each block that was taken whole.
    expect(pace.lanes).toBe(9);
  });
  test("is never asked by fewer than one, nor by more than at first", async () => {
    const pace = newPace();
    const first = pace.lanes;
    for (let time = 0; time < 8; time += 1) {
      const world = await planned(1);
      await deliver({
        engine: world.engine(),
        mailer: fakeMailer(() => slow(null)),
        render: plainRender,
        now: at(`2026-03-0${time + 2}`),
        pace,
      });
    }
    expect(pace.lanes).toBe(1);
    const world = await planned(1);
    for (let day = 0; day < 20; day += 1) {
      await world.rows("UPDATE outbox SET state = 'pending', attempt = 0, not_before = TIMESTAMP '2026-03-02'");
      await deliver({
        engine: world.engine(),
        mailer: fakeMailer(),
        render: plainRender,
        now: at(`2026-04-${10 + day}`),
        pace,
      });
    }
    expect(pace.lanes).toBe(first);
  });
});

test("a run against a faulty Mailgun with lagging logs mails everybody once", async () => {
  const world = await worldOf("program p < start when signed_up  send welcome  wait 9d >");
  await world.apply("2026-03-01");
  const people = 24;
  for (let index = 0; index < people; index += 1) {
    await world.person(`p${index}`);
    await world.happen("signed_up", `p${index}`, "2026-03-02");
  }
  const clock = virtualClock(at("2026-03-02"));
  const fake = await startFakeMailgun({ now: () => clock.now(), logLagMs: 10 * minute });
  const busy: Fault = { kind: "status", status: 429, body: { message: "Too many requests" } };
  const faults: readonly Fault[] = [
    { kind: "reset", isAccepted: true },
    { kind: "accept" },
    { kind: "status", status: 500, isAccepted: true },
    { kind: "reset", isAccepted: false },
    { kind: "page" },
    { kind: "status", status: 503 },
    { kind: "truncate", isAccepted: true },
    { kind: "accept" },
    busy,
  ];
  fake.script(...faults, ...faults);
  const settings = { key: fake.key, domain: fake.domain, url: fake.url, timeoutMs: 2_000 };
  const mailer = valueFrom(await openMailgun(settings));
  const render: typeof plainRender = async (rows, now) =>
    (await plainRender(rows, now)).map((made) =>
      made.ok ? { ...made, value: { ...made.value, html: "<p>Hi</p>" } } : made,
    );
  const every = { amount: 1, unit: "min" } as const;
  valueFrom(await runLoop({ engine: world.engine(), clock, mailer, render, every, until: at("2026-03-02 02:30") }));
  await fake.close();
  expect(await states(world)).toEqual({ sent: people });
  const to = fake.accepted.map(({ fields }) => fields.to?.[0]);
  expect(to.length).toBe(people);
  expect(new Set(to).size).toBe(people);
});
