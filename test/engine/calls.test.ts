// Calls of webhooks: what a step decides is told at least once, by an id that tells repeats, and nothing that is wrong at the
// other end is lost or holds up anything else.

import { createHmac } from "node:crypto";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { httpCaller } from "../../runtime/calls/http.ts";
import { type CallingRequest, callingOf } from "../../runtime/engine/make-calls.ts";
import { runLoop } from "../../runtime/engine/run.ts";
import { snapshot } from "../../runtime/engine/snapshot.ts";
import type { Call, Caller } from "../../runtime/ports.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { type Answer, startReceiver } from "../support/fake-receiver.ts";
import { scratchFolder, valueFrom } from "../support/scratch.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, clockOf, openWorld, planOf, type World, worldOf } from "./world.ts";

const secret = "a-secret-of-the-receiver-0123456789abcdef";
const overHttp = httpCaller({ secretOf: () => secret });
const hasty = httpCaller({ secretOf: () => secret, timeoutMs: 200 });
/** Pauses are half of the longest, to the millisecond. */
const still = { next: () => 0 };

async function make(world: World, when: string, more: Partial<CallingRequest> = {}): Promise<void> {
  const calling = callingOf({ engine: world.engine(), caller: overHttp, random: still, ...more });
  await calling.go(at(when));
}

const calls = async (world: World) =>
  (
    await world.rows(
      "SELECT contact_id, state, attempt, epoch_ms(not_before) AS next, reason FROM webhook_call ORDER BY contact_id, webhook",
    )
  ).map(({ contact_id, state, attempt, next, reason }) =>
    [contact_id, state, attempt, ...(state === "pending" ? [clockOf(Number(next))] : []), reason].join(" ").trim(),
  );

const started = "start when signed_up";

async function called(url: string, steps = "call crm", people: readonly string[] = ["ana"]): Promise<World> {
  const world = await worldOf(`webhook crm "${url}"  program p < ${started}  ${steps}  wait 9d >`);
  for (const id of people) await world.person(id);
  await world.apply("2026-03-01");
  for (const id of people) await world.happen("signed_up", id, "2026-03-02");
  await world.tick("2026-03-02");
  return world;
}

test("a call tells who, where and what, once, signed over its time and its body", async () => {
  const receiver = await startReceiver();
  const world = await worldOf(
    `webhook crm "${receiver.url}"
     derived last_plan = last signed_up.plan
     program p < ${started}  set seats = 7
       call crm with < plan = field last_plan  fresh = yes  share = 12.5%  paid = 20.50 EUR  first_day = 2026-03-01  gone = unknown
         both = ("a", field seats)  joined = field created  mark = field tags > as tell  wait 9d >`,
  );
  await world.person("ana", {
    email: "Ana@x.example",
    first_name: 'Ana "A" Åse',
    tags: ["vip", "old"],
    created: "2026-02-01 08:30:00",
    renewal: "2026-12-24",
  });
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02", { plan: "team" });
  await world.tick("2026-03-02");
  await make(world, "2026-03-02 00:01");
  await make(world, "2026-03-03");
  expect(receiver.heard).toHaveLength(1);
  const [{ headers, body, path } = { headers: {}, body: "{}", path: "" }] = receiver.heard;
  const told: unknown = JSON.parse(body);
  expect(path).toBe("/hook");
  expect(told).toEqual({
    id: headers["idempotency-key"],
    kind: "call",
    webhook: "crm",
    program: "p",
    step: "tell",
    at: "2026-03-02T00:00:00.000Z",
    contact: {
      id: "ana",
      email: "Ana@x.example",
      first_name: 'Ana "A" Åse',
      role: null,
      country: null,
      time_zone: null,
      seats: 7,
      tags: ["vip", "old"],
      renewal: "2026-12-24",
      meeting: null,
      created: "2026-02-01T08:30:00.000Z",
    },
    with: {
      plan: "team",
      fresh: true,
      share: 12.5,
      paid: "20.5000",
      first_day: "2026-03-01",
      gone: null,
      both: ["a", 7],
      joined: "2026-02-01T08:30:00.000Z",
      mark: ["vip", "old"],
    },
  });
  const seconds = at("2026-03-02 00:01") / 1000;
  const signed = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  expect(headers).toMatchObject({
    "content-type": "application/json",
    "cadenza-signature": `t=${seconds},v1=${signed}`,
  });
  expect(await world.story("ana")).toContain("2026-03-02 00:00 tell called");
  expect(await world.rows("SELECT state, body FROM webhook_call")).toEqual([{ state: "made", body: null }]);
});

test("who comes by twice is told of twice, by two ids", async () => {
  const receiver = await startReceiver();
  const world = await called(receiver.url, "call crm as here  wait 1d  go to here");
  await world.tick("2026-03-02", "2026-03-03");
  await make(world, "2026-03-03");
  expect(new Set(receiver.heard.map(({ headers }) => headers["idempotency-key"])).size).toBe(2);
});

test("a hand-off is told to the webhook of the team's name, with its id", async () => {
  const receiver = await startReceiver();
  const world = await worldOf(
    `team sales "Sales"  team care "Care"  webhook sales "${receiver.url}"
     program p < ${started}  hand off to sales with "Senior role"  hand off to care  wait 9d >`,
  );
  await world.person("ana");
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.tick("2026-03-02");
  await make(world, "2026-03-02");
  const [row] = await world.rows("SELECT handoff_id FROM handoff WHERE team = 'sales'");
  expect(receiver.heard).toHaveLength(1);
  expect(JSON.parse(receiver.heard[0]?.body ?? "")).toMatchObject({
    kind: "hand off",
    webhook: "sales",
    handoff: { id: row?.handoff_id, team: "sales", note: "Senior role" },
  });
});

// What the receiver does, and what becomes of the call: half of 1 minute behind the first try.
const later = "2026-03-02 00:00:30";
const answers: readonly (readonly [string, Answer, string])[] = [
  ["200", 200, "ana made 1"],
  ["204", 204, "ana made 1"],
  ["a page of 50 MB", (response) => void response.writeHead(200).end(Buffer.alloc(50_000_000, "x")), "ana made 1"],
  ["an answer without end", (response) => void response.writeHead(200).write("…"), "ana made 1"],
  [
    "a redirect",
    (response) => void response.writeHead(302, { location: "/other" }).end(),
    "ana failed 1 the receiver answered 302, and redirects are not followed",
  ],
  ["400", 400, "ana failed 1 the receiver answered 400"],
  ["404", 404, "ana failed 1 the receiver answered 404"],
  ["410", 410, "ana failed 1 the receiver answered 410"],
  ["429", 429, `ana pending 1 ${later} the receiver answered 429`],
  [
    "429 with seconds",
    (response) => void response.writeHead(429, { "retry-after": "7200" }).end(),
    "ana pending 1 2026-03-02 02:00 the receiver answered 429",
  ],
  [
    "503 with a date",
    (response) => void response.writeHead(503, { "retry-after": "Mon, 02 Mar 2026 05:00:00 GMT" }).end(),
    "ana pending 1 2026-03-02 05:00 the receiver answered 503",
  ],
  [
    "429 with nonsense",
    (response) => void response.writeHead(429, { "retry-after": "soon" }).end(),
    `ana pending 1 ${later} the receiver answered 429`,
  ],
  ["500", 500, `ana pending 1 ${later} the receiver answered 500`],
  ["no answer", () => undefined, `ana pending 1 ${later} no answer came (it took too long)`],
  ["a broken line", (response) => void response.destroy(), `ana pending 1 ${later} no answer came (UND_ERR_SOCKET)`],
];

test.each(answers)("what becomes of a call: %s", async (_, answer, became) => {
  const receiver = await startReceiver(() => answer);
  const world = await called(receiver.url);
  await make(world, "2026-03-02", became.includes("too long") ? { caller: hasty } : {});
  expect(await calls(world)).toEqual([became]);
  expect(receiver.heard.map(({ path }) => path)).toEqual(["/hook"]);
});

test("nobody listens: it is tried again with growing pauses, the same each time, and given up after 72 hours", async () => {
  const bodies: string[] = [];
  const down: Caller = {
    name: "http",
    goesOut: true,
    call: async ({ id, body }) => {
      bodies.push(`${id} ${body}`);
      return { kind: "retry", reason: "down", afterMs: null };
    },
  };
  const world = await called("https://crm.example/hook");
  const pauses: number[] = [];
  let now = at("2026-03-02");
  for (let tries = 0; tries < 60; tries++) {
    await make(world, clockOf(now), { caller: down });
    const [row] = await world.rows("SELECT state, epoch_ms(not_before) AS next, reason FROM webhook_call");
    if (row?.state !== "pending") break;
    pauses.push((Number(row.next) - now) / 60_000);
    now = Number(row.next);
  }
  expect(pauses.slice(0, 11)).toEqual([0.5, 1, 2, 4, 8, 16, 32, 64, 128, 180, 180]);
  expect(new Set(bodies).size).toBe(1);
  expect(bodies).toHaveLength(pauses.length + 1);
  expect(now).toBeGreaterThan(at("2026-03-04 20:00"));
  expect(now).toBeLessThanOrEqual(at("2026-03-05"));
  expect((await calls(world)).join()).toMatch(/^ana failed \d+ given up after 72 hours: down$/);
  expect((await world.story("ana")).at(-1)).toMatch(/call:crm:1 failed \(given up after 72 hours: down\)$/);
  const { problems, calls: counted } = await snapshot(world.database, world.plan, now);
  expect(counted).toEqual({ pending: 0, made: 0, failed: 1 });
  expect(problems.map(({ text }) => text)).toEqual(["One call of `crm` failed: given up after 72 hours: down"]);
});

test("calls that failed together do not come back together", async () => {
  let draws = 0;
  const receiver = await startReceiver(() => 500);
  const world = await called(receiver.url, "call crm", ["ana", "ben"]);
  await make(world, "2026-03-02", { random: { next: () => [0, 0.9][draws++] ?? 0 } });
  const due = (await calls(world)).map((text) => text.split(" ").slice(3, 5).join(" ")).toSorted();
  expect(due).toEqual(["2026-03-02 00:00:30", "2026-03-02 00:00:57"]);
});

test("one that fails for one person is still told of the others; one that is down is left alone, and the others are not", async () => {
  const picky = await startReceiver(({ body }) => (body.includes("ben@") ? 500 : 200));
  const down = await startReceiver(() => 429);
  const people = Array.from({ length: 60 }, (_, index) => `p${String(index).padStart(2, "0")}`);
  const world = await worldOf(
    `webhook crm "${picky.url}"  webhook down "${down.url}"  program p < ${started}  call crm  call down  wait 9d >`,
  );
  for (const id of ["ben", ...people]) await world.person(id);
  await world.apply("2026-03-01");
  for (const id of ["ben", ...people]) await world.happen("signed_up", id, "2026-03-02");
  await world.tick("2026-03-02");
  await make(world, "2026-03-02");
  expect(picky.heard).toHaveLength(61);
  expect(down.heard.length).toBeLessThanOrEqual(4);
  const states = await world.rows("SELECT webhook, state, count(*) AS n FROM webhook_call GROUP BY ALL ORDER BY ALL");
  expect(states.map(({ webhook, state, n }) => `${webhook} ${state} ${n}`)).toEqual([
    "crm made 60",
    "crm pending 1",
    "down pending 61",
  ]);
});

/** A call that is decided and not made, in a file that can be opened again. */
async function decidedInFile() {
  const receiver = await startReceiver();
  const path = join(scratchFolder(), "cadenza.duckdb");
  const plan = planOf(`webhook crm "${receiver.url}"  program p < ${started}  call crm  wait 9d >`);
  const first = await openWorld(valueFrom(await openDatabase(path, { threads: 1 })), plan);
  await first.person("ana");
  await first.apply("2026-03-01");
  await first.happen("signed_up", "ana", "2026-03-02");
  await first.tick("2026-03-02");
  return { receiver, path, plan, first };
}

test("who died between the commit and the call makes it when it is back", async () => {
  const { receiver, path, plan, first } = await decidedInFile();
  await first.database.close();
  expect(receiver.heard).toHaveLength(0);
  const again = await reopened(path, plan);
  await again.tick("2026-03-02", "2026-03-02 00:01");
  await make(again, "2026-03-02 00:01");
  await make(again, "2026-03-02 00:02");
  expect(receiver.heard).toHaveLength(1);
  expect(await calls(again)).toEqual(["ana made 1"]);
});

test("who died between the call and writing it down makes it again, by the same id", async () => {
  const { receiver, path, plan, first } = await decidedInFile();
  const death = new AbortController();
  const dying: Caller = {
    ...overHttp,
    call: async (call: Call) => {
      await overHttp.call(call);
      death.abort();
      throw new Error("the process is gone");
    },
  };
  await make(first, "2026-03-02", { caller: dying, signal: death.signal });
  await first.database.close();
  const again = await reopened(path, plan);
  await make(again, "2026-03-02 00:01");
  expect(receiver.heard).toHaveLength(2);
  const [one, two] = receiver.heard;
  expect(two?.headers["idempotency-key"]).toBe(one?.headers["idempotency-key"]);
  expect(two?.body).toBe(one?.body);
});

async function reopened(path: string, plan: World["plan"]): Promise<World> {
  const database = valueFrom(await openDatabase(path, { threads: 1 }));
  const world = await openWorld(database, plan);
  await world.apply("2026-03-02");
  return world;
}

test("calls of a program that is paused wait, and those of a webhook that is gone fail", async () => {
  const receiver = await startReceiver();
  const world = await called(receiver.url);
  await world.rows(`INSERT INTO paused (program, "at") VALUES ('p', TIMESTAMP '2026-03-02')`);
  await make(world, "2026-03-02");
  expect(receiver.heard).toHaveLength(0);
  await world.rows("DELETE FROM paused");
  await world.apply("2026-03-03", planOf(`program p < ${started}  wait 9d >`));
  await make(world, "2026-03-03");
  expect(await calls(world)).toEqual(["ana failed 1 the project has no webhook crm any more"]);
});

test("beside the ticks a slow receiver holds up nobody, and what is under way is waited for at the end", async () => {
  const held: (() => void)[] = [];
  const receiver = await startReceiver(() => (response) => void held.push(() => response.writeHead(200).end()));
  const world = await called(receiver.url);
  const calling = callingOf({
    engine: world.engine(),
    caller: overHttp,
    random: still,
    time: () => at("2026-03-02"),
  });
  await calling.go(at("2026-03-02"));
  await calling.go(at("2026-03-02 00:01"));
  expect(await calls(world)).toEqual(["ana pending 0 2026-03-02 00:00"]);
  await vi.waitFor(() => expect(held).toHaveLength(1));
  held[0]?.();
  await calling.end();
  expect(await calls(world)).toEqual(["ana made 1"]);
  expect(receiver.heard).toHaveLength(1);
});

test("a replay asks nobody who is far away to take calls", async () => {
  const world = await worldOf(
    `webhook crm "https://crm.example/hook"  program p < start when signed_up  call crm  wait 9d >`,
  );
  await world.person("ana");
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02");
  const asked: string[] = [];
  const replay = async (goesOut: boolean) => {
    const caller: Caller = {
      name: goesOut ? "http" : "files",
      goesOut,
      call: async ({ webhook }) => {
        asked.push(webhook);
        return { kind: "taken" };
      },
    };
    await runLoop({
      engine: world.engine(),
      clock: virtualClock(at("2026-03-02")),
      mailer: fakeMailer(),
      render: plainRender,
      calls: { caller, random: { next: () => 0 } },
      every: { amount: 1, unit: "h" },
      until: at("2026-03-03"),
      isReplay: true,
    });
  };
  await replay(true);
  expect(asked).toEqual([]);
  await replay(false);
  expect(asked).toEqual(["crm"]);
});
