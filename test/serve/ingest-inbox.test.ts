// Messages that wait to be taken in: nobody reads past them, nothing of them is lost, and when they are taken in changes nothing.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Type } from "../../compiler/types.ts";
import { compile } from "../../runtime/index.ts";
import { inboxFor } from "../../runtime/ingest/inbox.ts";
import { surelyFits } from "../../runtime/ingest/ingest-sure.ts";
import { ingestDoor } from "../../runtime/ingest/ingest.ts";
import type { Database } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { runs } from "../random.ts";
import { query, scratchDatabase, valueFrom } from "../support/scratch.ts";

const source = `project shop < time zone "UTC"  currency EUR >
contact < id text key  email email  plan one of (free, team)?  seats number? >
event signed_up < plan one of (free, team)  source text? >
`;
const start = Date.parse("2026-03-02T12:00:00Z");

function compileOf(text: string): Plan {
  const { plan } = compile([{ path: "shop.cdz", text }]);
  if (plan === null) throw new Error("it does not compile");
  return plan;
}

async function shop(text = source) {
  const plan = compileOf(text);
  const own = await scratchDatabase();
  valueFrom(await ensureCatalog(own, plan.catalog));
  let now = start;
  const clock = { now: () => now, sleepUntil: async () => undefined };
  const open = (of = plan) => {
    const inbox = inboxFor(own, { plan: of, database: ":memory:" }, clock);
    return { inbox, door: ingestDoor(inbox, of, clock) };
  };
  const wait = () => {
    now += 1000;
  };
  return { own, plan, open, wait };
}

const tables = ["contact", "contact_change", "event_signed_up", "event_visited", "ingest_message", "ingest_aside"];

async function stateOf(own: Database): Promise<string> {
  const rows = [];
  for (const table of tables) rows.push(await query(own, `SELECT * FROM ${table} ORDER BY ALL`));
  return JSON.stringify(rows);
}

const message = fc.record(
  {
    messageId: fc.integer({ min: 0, max: 30 }).map((id) => `m${id}`),
    type: fc.constantFrom("identify", "identify", "track", "track", "page"),
    event: fc.constantFrom("Signed Up", "Signed Up", "Signed Up", "Lost"),
    userId: fc.constantFrom("ana", "ana", "ben", "zoe", " ana ", "ana\u0000"),
    traits: fc.record(
      {
        email: fc.constantFrom("a@x.example", "b@x.example", "c@x.example", "no address", null),
        plan: fc.constantFrom("free", "team", "gold"),
        seats: fc.constantFrom(1, 2, "3", "many", null),
      },
      { requiredKeys: ["email"] },
    ),
    properties: fc.record(
      { plan: fc.constantFrom("free", "team", "team", "TEAM", "gold", null), source: fc.constantFrom("ads", "\ud800") },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ["messageId", "type", "userId", "event"] },
);

const acts = fc.array(
  fc.record({
    messages: fc.array(message, { minLength: 1, maxLength: 5 }),
    /** What happens behind it. */
    then: fc.constantFrom("on", "on", "on", "read", "die"),
  }),
  { minLength: 1, maxLength: 8 },
);

test("whenever they are taken in, and however often the process dies before, answers and state are the same", async () => {
  const [waiting, directly] = [await shop(), await shop()];
  let waited = 0;
  await fc.assert(
    fc.asyncProperty(acts, async (drawn) => {
      for (const { own } of [waiting, directly]) for (const table of tables) await query(own, `DELETE FROM ${table}`);
      let [one, other] = [waiting.open(), directly.open()];
      for (const { messages, then } of drawn) {
        const answers = [await one.door.take(messages, null), await other.door.take(messages, null)];
        expect(answers[0]).toEqual(answers[1]);
        waited += one.inbox.waiting();
        await other.inbox.takeIn();
        if (then === "read") await one.inbox.database.run({ text: "SELECT 1", params: {} });
        if (then === "die") one = waiting.open();
        for (const { wait } of [waiting, directly]) wait();
      }
      await waiting.open().inbox.takeIn();
      expect(await stateOf(waiting.own)).toBe(await stateOf(directly.own));
      expect(await query(waiting.own, "SELECT * FROM ingest_inbox")).toEqual([]);
    }),
    { numRuns: runs(12) },
  );
  expect(waited).toBeGreaterThan(10);
}, 120_000);

const identify = (userId: string, traits: object) => ({ type: "identify", userId, traits });
const signedUp = (userId: string, plan: string) => ({
  type: "track",
  userId,
  event: "Signed Up",
  properties: { plan },
});

test("whoever asks anything meets what was told before; until then it waits", async () => {
  const { own, open } = await shop();
  const { inbox, door } = open();
  await door.take([identify("ana", { email: "a@x.example" }), signedUp("ana", "free")], null);
  await door.take([signedUp("ana", "team")], null);
  expect(await query(own, "SELECT count(*) AS n FROM ingest_inbox")).toEqual([{ n: 2 }]);
  expect(await query(own, "SELECT contact_id FROM contact")).toEqual([]);
  expect(await query(inbox.database, "SELECT plan FROM event_signed_up ORDER BY plan")).toEqual([
    { plan: "free" },
    { plan: "team" },
  ]);
  expect(inbox.waiting()).toBe(0);
});

test("each change of a contact counts, at the moment at which it came", async () => {
  const { open, wait } = await shop();
  const { inbox, door } = open();
  for (const plan of ["free", "team", "free"]) {
    await door.take([identify("ana", { email: "a@x.example", plan })], null);
    wait();
  }
  const changes = `SELECT strftime("at", '%S') AS s, old, new FROM contact_change WHERE field = 'plan' ORDER BY "at"`;
  expect(await query(inbox.database, changes)).toEqual([
    { s: "01", old: "free", new: "team" },
    { s: "02", old: "team", new: "free" },
  ]);
});

test("one contact told of over and over is taken in by the way", async () => {
  const { open, wait } = await shop();
  const { inbox, door } = open();
  let most = 0;
  for (let seats = 0; seats < 40; seats++) {
    await door.take([identify("ana", { email: "a@x.example", seats })], null);
    most = Math.max(most, inbox.waiting());
    wait();
  }
  expect(most).toBe(16);
  expect(await query(inbox.database, "SELECT count(*) AS n FROM contact_change WHERE field = 'seats'")).toEqual([
    { n: 39 },
  ]);
});

test("what the project has no place for any more when it is taken in is kept aside, as it came", async () => {
  const { own, open } = await shop();
  const { door } = open();
  await door.take([identify("ana", { email: "a@x.example" }), signedUp("ana", "free"), signedUp("ana", "team")], null);
  const narrower = compileOf(source.replace("(free, team)  source", "(team, gold)  source"));
  const { inbox } = open(narrower);
  expect(await query(inbox.database, "SELECT plan FROM event_signed_up")).toEqual([{ plan: "team" }]);
  const [aside] = await query(own, "SELECT name, reason, body FROM ingest_aside");
  expect(aside).toMatchObject({ name: "track Signed Up" });
  expect(String(aside?.reason)).toMatch(/^this is not one of team, gold; the row was rejected/);
  expect(JSON.parse(String(aside?.body))).toEqual(signedUp("ana", "free"));

  const again = await shop();
  await again.open().door.take([identify("ana", { email: "a@x.example" }), signedUp("ana", "free")], null);
  const without = compileOf(source.replace(/event signed_up.*\n/, ""));
  expect(await query(again.open(without).inbox.database, "SELECT reason FROM ingest_aside")).toEqual([
    { reason: "the project has no event `signed_up`" },
  ]);
});

const types: readonly (readonly [declared: string, values: readonly unknown[]])[] = [
  ["text", ["a", " a", "", "Müller", "\u0000", "\ud83d", "‮", 7]],
  ["text exact", ["A b", "\t"]],
  ["one of (free, team)", ["free", "Team", "gold", " free"]],
  ["number", [0, -0, 1.5, 1e21, 5e-324, "1", "1_000", Number.MAX_VALUE]],
  ["percent", [10, "10%", -3]],
  ["money", [1, 0.1, 12.34567, 1e13, 999_999_999_999.5, 1e-7, "3"]],
  ["boolean", [true, false, "yes", 1]],
  ["email", ["a@x.example", "a@x", "a@@x.de", "a b@x.de", `${"a".repeat(250)}@x.de`, "a@-x.de", "ä@x.de"]],
  ["url", ["https://a.example/x?y=%20", "https://", "http://a", "/a", "https://a b", "https://ä.de"]],
  ["country", ["DE", "de", "XX"]],
  [
    "datetime",
    [
      "2026-03-02T09:00:00Z",
      "2026-02-30T09:00:00Z",
      "2026-03-02T24:00:00Z",
      "0999-01-01T00:00:00Z",
      "2026-03-02T23:59:60Z",
    ],
  ],
  ["date", ["2026-03-02", "2026-02-29", "2028-02-29", "2026-13-01"]],
  ["timezone", ["Europe/Berlin", "Mars"]],
  ["duration", ["90d", "1", "3m"]],
];

test("what is taken for sure to fit is never refused", async () => {
  let sure = 0;
  for (const [declared, values] of types) {
    const { own, plan, open } = await shop(`${source}event tried < it ${declared} >\n`);
    const type: Type | undefined = plan.catalog.events.find(({ name }) => name === "tried")?.fields[0]?.type;
    if (!type) throw new Error("no type");
    await open().door.take([identify("ana", { email: "a@x.example" })], null);
    await open().inbox.takeIn();
    const value = fc.oneof(
      fc.constantFrom(...values),
      fc.string(),
      fc.double(),
      fc.integer(),
      fc.string({ unit: "binary" }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 20 }), async (tried) => {
        const fitting = tried.filter((it) => surelyFits(type.scalar, it));
        sure += fitting.length;
        const { inbox, door } = open();
        const messages = fitting.map((it) => ({ type: "track", userId: "ana", event: "tried", properties: { it } }));
        await door.take(messages, null);
        await inbox.takeIn();
        expect(await query(own, "SELECT reason, body FROM ingest_aside")).toEqual([]);
      }),
      { numRuns: runs(6) },
    );
  }
  expect(sure).toBeGreaterThan(90);
}, 120_000);
