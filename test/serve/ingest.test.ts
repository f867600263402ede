// The tracking API over real HTTP, into a real database.

import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { plainName } from "../../runtime/ingest/ingest-messages.ts";
import { inboxFor } from "../../runtime/ingest/inbox.ts";
import { ingestDoor } from "../../runtime/ingest/ingest.ts";
import { compile } from "../../runtime/index.ts";
import { snapshot } from "../../runtime/engine/snapshot.ts";
import { ingestRoom, isIngestPath, mostIngestBytes } from "../../runtime/serve/ingest.ts";
import { startServer } from "../../runtime/serve/server.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { digestSql } from "../../runtime/store/tombstones.ts";
import { ensureSchema } from "../../runtime/store/schema.ts";
import { query, scratchDatabase, valueFrom } from "../support/scratch.ts";

const source = `project shop < time zone "UTC"  currency EUR >
contact < id text key  email email  first_name text?  seats number?  tags list of text  created datetime? >
event signed_up < plan one of (free, team)  source text? >
event purchased < amount money  order_id text? key >
`;
const now = Date.parse("2026-03-02T12:00:00Z");
const keys = ["first-key-0123456789", "second-key-0123456789"];

async function shop(text = source, secret: string | null = null) {
  const { plan } = compile([{ path: "shop.cdz", text }]);
  if (plan === null) throw new Error("it does not compile");
  const own = await scratchDatabase();
  await ensureSchema(own);
  valueFrom(await ensureCatalog(own, plan.catalog));
  const clock = { now: () => now, sleepUntil: async () => undefined };
  const inbox = inboxFor(own, { plan, database: ":memory:" }, clock);
  const { database } = inbox;
  const erasure = { secret };
  const bugs: unknown[] = [];
  const server = valueFrom(
    await startServer({
      host: "127.0.0.1",
      port: 0,
      prefix: "",
      rooms: [
        ingestRoom(
          keys,
          ingestDoor(inbox, plan, clock, () => erasure),
        ),
      ],
      mostBytes: (path) => (isIngestPath(path) ? mostIngestBytes : null),
      onBug: (error) => bugs.push(error),
    }),
  );
  onTestFinished(async () => {
    await server.close();
    expect(bugs).toEqual([]);
  });
  const send = async (path: string, body: unknown, key = keys[0]) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/v1/${path}`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}` },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const said = await answer.text();
    return { status: answer.status, ...(said.startsWith("{") ? JSON.parse(said) : {}) };
  };
  const rows = (sql: string) => query(database, sql);
  const ana = (messageId = "i1") => send("identify", { messageId, userId: "ana", traits: { email: "a@x.example" } });
  return { send, rows, ana, own, inbox, database, plan, port: server.port };
}

test("identify adds a contact and brings it up to date; what is not said stays", async () => {
  const { send, rows } = await shop();
  const traits = {
    email: "a@x.example",
    firstName: "Ana",
    seats: 3,
    tags: ["vip", "eu"],
    createdAt: "2026-01-05T09:00:00Z",
  };
  expect(await send("identify", { messageId: "1", userId: "ana", traits })).toEqual({ status: 200, success: true });
  const ana = { contact_id: "ana", email: "a@x.example", first_name: "Ana", seats: 3, tags: ["vip", "eu"] };
  expect(await rows("SELECT contact_id, email, first_name, seats, tags FROM contact")).toEqual([ana]);
  expect(await rows("SELECT strftime(created, '%Y-%m-%d %H') AS at FROM contact")).toEqual([{ at: "2026-01-05 09" }]);
  await send("identify", { messageId: "2", userId: "ana", traits: { seats: 4, address: { city: "Berlin" } } });
  expect(await rows("SELECT seats, first_name FROM contact")).toEqual([{ seats: 4, first_name: "Ana" }]);
  // The first one comes once more, late.
  await send("identify", { messageId: "1", userId: "ana", traits });
  expect(await rows("SELECT seats FROM contact")).toEqual([{ seats: 4 }]);
  expect(await rows("SELECT old, new FROM contact_change WHERE field = 'seats'")).toHaveLength(1);
});

test("track and page become events, once each, however often they come", async () => {
  const { send, rows, ana } = await shop();
  await ana();
  const track = {
    messageId: "t1",
    userId: "ana",
    event: "Signed Up",
    properties: { plan: "team", Source: "ads" },
    timestamp: "2026-03-02T09:30:00+01:00",
  };
  const page = {
    messageId: "p1",
    userId: "ana",
    context: { page: { url: "https://a.example/x" }, campaign: { name: "may" } },
  };
  for (let time = 0; time < 3; time++) {
    expect(await send("track", track)).toEqual({ status: 200, success: true });
    expect(await send("page", page)).toEqual({ status: 200, success: true });
  }
  await send("batch", {
    batch: [
      { type: "track", ...track },
      { type: "track", ...track },
    ],
  });
  const signed = `SELECT strftime(occurred_at, '%d %H:%M') AS at, plan, source, event_id FROM event_signed_up`;
  expect(await rows(signed)).toEqual([{ at: "02 08:30", plan: "team", source: "ads", event_id: "http:t1" }]);
  expect(await rows("SELECT url, campaign, strftime(occurred_at, '%H') AS at FROM event_visited")).toEqual([
    { url: "https://a.example/x", campaign: "may", at: "12" },
  ]);
  // What lies ahead by the sender's clock happens now.
  await send("track", { ...track, messageId: "t2", timestamp: "2027-01-01T00:00:00Z" });
  expect(await rows("SELECT count(*) AS n FROM event_signed_up WHERE occurred_at > '2026-03-02 12:00'")).toEqual([
    { n: 0 },
  ]);
});

test("a batch that is half bad: the good half is kept, the bad is named and kept aside", async () => {
  const { send, rows, database, plan } = await shop();
  const batch = [
    { type: "track", messageId: "b1", userId: "ana", event: "signed_up", properties: { plan: "free" } },
    { type: "identify", messageId: "b2", userId: "ana", traits: { email: "a@x.example" } },
    { type: "track", messageId: "b3", userId: "ana", event: "signed_up", properties: {} },
    { type: "track", messageId: "b4", userId: "zoe", event: "signed_up", properties: { plan: "free" } },
    { type: "track", messageId: "b5", userId: "ana", event: "Flown Away", properties: { x: 1 } },
    { type: "identify", messageId: "b6", userId: "ben", traits: {} },
    { type: "track", messageId: "b7", event: "signed_up" },
    { type: "group", messageId: "b8", userId: "ana" },
    { type: "track", messageId: "b9", userId: "ana", event: "bounced" },
    7,
  ];
  const answer = await send("batch", { batch });
  expect(answer).toMatchObject({ status: 200, success: true });
  const told = (of: readonly { index: number; reason: string }[]) =>
    of.map(({ index, reason }) => `${index} ${reason}`);
  expect(told(answer.rejected)).toEqual([
    "2 the row was rejected: required and empty: plan",
    "3 the row was rejected: there is no contact of this key (contact: zoe)",
    "5 the row was rejected: a new one needs email",
    "6 `userId` is missing",
    "9 it is not a JSON object",
  ]);
  expect(told(answer.keptAside)).toEqual([
    "4 the project has no event `flown_away`",
    "7 `group` is not taken in",
    "8 what became of mails only their provider tells",
  ]);
  expect(await rows("SELECT contact_id FROM contact")).toEqual([{ contact_id: "ana" }]);
  expect(await rows("SELECT event_id FROM event_signed_up")).toEqual([{ event_id: "http:b1" }]);
  expect(await rows("SELECT count(*) AS n FROM event_bounced")).toEqual([{ n: 0 }]);
  expect(await rows("SELECT count(*) AS n FROM ingest_aside")).toEqual([{ n: 8 }]);
  const { problems } = await snapshot(database, plan, now);
  expect(problems.map(({ text }) => text)).toContain(
    "One message `track Flown Away` came in over HTTP and could not be taken in: the project has no event `flown_away`",
  );
  // Mended, it is taken in by the same id, and is aside no longer.
  const mended = { messageId: "b3", userId: "ana", event: "signed_up", properties: { plan: "team" } };
  expect(await send("track", mended)).toEqual({ status: 200, success: true });
  expect(await rows("SELECT count(*) AS n FROM ingest_aside WHERE message_id = 'b3'")).toEqual([{ n: 0 }]);
  expect(await rows("SELECT count(*) AS n FROM event_signed_up")).toEqual([{ n: 2 }]);
});

test("a single message that is wrong is refused, one without a place is kept", async () => {
  const { send, ana } = await shop();
  await ana();
  const wrong = await send("track", { userId: "ana", event: "purchased", properties: { amount: "much" } });
  expect(wrong).toMatchObject({ status: 400, success: false });
  expect(wrong.message).toMatch(/^this is not a plain amount.*the row was rejected \(amount: much\)$/);
  expect(await send("track", { userId: "ana", event: "purchased", timestamp: "soon" })).toMatchObject({ status: 400 });
  expect(await send("track", { userId: "ana", event: "lost" })).toMatchObject({
    status: 200,
    keptAside: [{ index: 0 }],
  });
});

test("of who was forgotten nothing is taken in, and nothing kept aside", async () => {
  const secret = "ab".repeat(32);
  const { send, rows, ana, database } = await shop(source, secret);
  const { of, params } = digestSql(secret);
  for (const digest of [of("key", "'zed'"), of("address", "'Zed@x.example '")]) {
    await database.change({ text: `INSERT INTO tombstone SELECT 'key', ${digest}, TIMESTAMP '2026-03-01'`, params });
  }
  await ana();
  const said = await send("batch", {
    batch: [
      { type: "identify", messageId: "z1", userId: "zed", traits: { email: "zed@other.example" } },
      { type: "identify", messageId: "z2", userId: "zed-2", traits: { email: "ZED@x.example" } },
      { type: "track", messageId: "z3", userId: "zed", event: "Signed Up", properties: { plan: "free" } },
      { type: "track", messageId: "z4", userId: "zed", event: "Never Declared", properties: { note: "mine" } },
      { type: "track", messageId: "a2", userId: "ana", event: "Never Declared" },
    ],
  });
  expect(said.status).toBe(200);
  expect(await rows("SELECT contact_id FROM contact")).toEqual([{ contact_id: "ana" }]);
  expect(await rows("SELECT contact_id FROM event_signed_up")).toEqual([]);
  expect(await rows("SELECT message_id FROM ingest_aside")).toEqual([{ message_id: "a2" }]);
});

test("keys, methods, sizes and what is no JSON", async () => {
  const { send, ana, port, rows } = await shop();
  expect(await send("identify", {}, "wrong-key")).toMatchObject({ status: 401, success: false });
  expect(await send("track", {}, "")).toMatchObject({ status: 401 });
  expect(await send("identify", { userId: "ben", traits: { email: "b@x.example" } }, keys[1])).toMatchObject({
    status: 200,
  });
  expect((await fetch(`http://127.0.0.1:${port}/v1/track`, { method: "POST", body: "{}" })).status).toBe(401);
  expect((await fetch(`http://127.0.0.1:${port}/v1/track`)).status).toBe(405);
  expect((await fetch(`http://127.0.0.1:${port}/v1/alias`, { method: "POST" })).status).toBe(404);
  const preflight = await fetch(`http://127.0.0.1:${port}/v1/track`, { method: "OPTIONS" });
  expect([preflight.status, preflight.headers.get("access-control-allow-headers")]).toEqual([
    204,
    "authorization, content-type",
  ]);
  expect(await send("track", "{")).toMatchObject({ status: 400, message: "it is not JSON" });
  expect(await send("batch", { batch: 3 })).toMatchObject({ status: 400 });
  expect(await send("batch", { batch: [] })).toEqual({ status: 200, success: true });
  expect(await send("batch", { batch: Array.from({ length: 5_001 }, () => 0) })).toMatchObject({ status: 413 });
  expect((await send("batch", "x".repeat(600 * 1024))).status).toBe(413);
  expect((await send("batch", " ".repeat(500 * 1024))).status).toBe(400);
  await ana();
  expect(await rows("SELECT count(*) AS n FROM contact")).toEqual([{ n: 2 }]);
});

test("many at once are all there when they are answered", async () => {
  const { send, rows, ana } = await shop();
  await ana();
  const sends = Array.from({ length: 300 }, (_, index) =>
    send("track", { messageId: `m${index % 150}`, userId: "ana", event: "signed_up", properties: { plan: "free" } }),
  );
  for (const { status } of await Promise.all(sends)) expect(status).toBe(200);
  expect(await rows("SELECT count(*) AS n FROM event_signed_up")).toEqual([{ n: 150 }]);
});

test("an address that is the key does for a missing userId", async () => {
  const { send, rows } = await shop(
    'project shop < time zone "UTC"  currency EUR >\ncontact < email email key  name text? >\n',
  );
  expect(await send("identify", { traits: { email: "A@x.example", name: "A" } })).toMatchObject({ status: 200 });
  expect(await rows("SELECT count(*) AS n FROM contact")).toEqual([{ n: 1 }]);
});

test("a name is plain whatever way its words are joined, and stays so", () => {
  for (const name of ["Signed Up", "signedUp", "signed-up", " SIGNED  UP ", "signed_up", "SignedUp"]) {
    expect(plainName(name)).toBe("signed_up");
  }
  fc.assert(fc.property(fc.string(), (name) => plainName(plainName(name)) === plainName(name)));
});
