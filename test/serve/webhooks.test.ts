// Mailgun's webhooks over HTTP: who may tell something, what becomes of it, and what is answered.

import { createHash, createHmac } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { inboxOf } from "../../runtime/engine/inbox.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import { webhookDoor } from "../../runtime/ingest/webhooks.ts";
import { worldOf } from "../engine/world.ts";
import { startFakeMailgun } from "../support/fake-mailgun.ts";
import { valueFrom } from "../support/scratch.ts";
import { day, servedShop, takingMailer } from "./shop.ts";

const key = "signing-key-of-a-test";
const noon = day(1) + 12 * 3_600_000;

/** A shop that has sent its first mails at midnight; it is noon. */
async function mailedShop(webhookKeys: readonly string[] = [key]) {
  const mailer = takingMailer(false);
  const shop = await servedShop({ mailer, webhookKeys });
  valueFrom(await shop.engine.apply(day(1)));
  valueFrom(await shop.engine.tick(day(1)));
  shop.setTime(noon);
  const sendIdOf = (address: string) => {
    const found = mailer.accepted.find(({ to }) => to === address);
    if (!found) throw new Error(`nothing was sent to ${address}`);
    return found.sendId;
  };
  const fake = await startFakeMailgun({ signingKey: key, now: () => noon });
  onTestFinished(() => fake.close());
  const url = `${shop.url}/webhooks/mailgun`;
  const counted = async (event: string) =>
    valueFrom(await shop.engine.profile(noon)).tables.find(({ name }) => name === event)?.rows;
  return { ...shop, mailer, fake, url, sendIdOf, counted };
}

let made = 0;
/** As Mailgun words it, with fields of which we know nothing. */
function event(kind: string, sendId: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    id: `event-${++made}`,
    event: kind,
    timestamp: noon / 1000 - 60.25,
    recipient: "C@x.example",
    "user-variables": { key: sendId, program: "greet" },
    message: { headers: { "message-id": `${sendId}@mg.example`, to: "c@x.example" }, size: 512 },
    domain: { name: "MG.example" },
    "something-new": { nested: [1, 2, 3] },
    ...more,
  };
}

interface Signing {
  readonly by?: string;
  readonly seconds?: number | string;
  readonly token?: string;
}

function bodyOf(told: unknown, { by = key, seconds = noon / 1000, token = `token${++made}` }: Signing = {}): string {
  const signature = createHmac("sha256", by).update(`${seconds}${token}`).digest("hex");
  return JSON.stringify({ signature: { timestamp: String(seconds), token, signature }, "event-data": told });
}

const send = async (url: string, body: string | Uint8Array): Promise<number> =>
  (await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body })).status;

test("what people do with a mail is on record when the answer comes", async () => {
  const { fake, url, sendIdOf, counted, bugs } = await mailedShop();
  const mail = sendIdOf("c@x.example");
  for (const kind of ["accepted", "delivered", "opened", "clicked"]) {
    expect(await fake.postWebhook(url, event(kind, mail, { url: "https://shop.example/a" }))).toBe(200);
  }
  expect(await Promise.all(["received", "opened", "clicked", "bounced"].map(counted))).toEqual([1, 1, 1, 0]);
  expect(bugs).toEqual([]);
});

test("a complaint keeps even a receipt from being sent, and a passing failure nothing", async () => {
  const { fake, url, sendIdOf, engine, mailer, members } = await mailedShop();
  await fake.postWebhook(url, event("complained", sendIdOf("c@x.example")));
  const passing = { severity: "temporary", reason: "greylisted", recipient: "a@x.example" };
  await fake.postWebhook(url, event("failed", sendIdOf("A@x.example"), passing));
  valueFrom(await engine.tick(day(2)));
  expect(mailer.accepted.slice(2).map(({ to, subject }) => `${to} ${subject}`)).toEqual(["A@x.example Receipt"]);
  expect(await members("Refused", day(2))).toBe("");
});

test("a mail that is refused for good suppresses its address; one that Mailgun itself kept back does not", async () => {
  const { fake, url, sendIdOf, engine, counted } = await mailedShop();
  const mail = sendIdOf("c@x.example");
  const suppressed = async () =>
    valueFrom(await engine.consent({ contact: "c", topic: "news", isAgreed: true, by: "Ana" })).suppressed;
  const kept = { severity: "permanent", reason: "suppress-unsubscribe", "delivery-status": { code: 606 } };
  expect(await fake.postWebhook(url, event("failed", mail, kept))).toBe(200);
  expect(await suppressed()).toBe(null);
  const gone = { severity: "permanent", reason: "bounce", "delivery-status": { code: 550, message: "No such user" } };
  expect(await fake.postWebhook(url, event("failed", mail, gone))).toBe(200);
  expect([await suppressed(), await counted("bounced")]).toEqual(["bounced", 1]);
});

test("told twice, also with another signature, it counts once", async () => {
  const { url, sendIdOf, counted } = await mailedShop();
  const opened = event("opened", sendIdOf("c@x.example"));
  const body = bodyOf(opened);
  for (const one of [body, body, bodyOf(opened)]) expect(await send(url, one)).toBe(200);
  expect(await counted("opened")).toBe(1);
});

test("a signature that was used for something else is refused, also at the same time", async () => {
  const { url, sendIdOf, counted } = await mailedShop();
  const mail = sendIdOf("c@x.example");
  expect(await send(url, bodyOf(event("opened", mail), { token: "once" }))).toBe(200);
  expect(await send(url, bodyOf(event("complained", mail), { token: "once" }))).toBe(406);
  expect(await counted("complained")).toBe(0);
  const many = Array.from({ length: 20 }, () => send(url, bodyOf(event("clicked", mail), { token: "twice" })));
  expect((await Promise.all(many)).toSorted()).toEqual([200, ...new Array<number>(19).fill(406)]);
  expect(await counted("clicked")).toBe(1);
});

const hour = 3600;
const seconds = noon / 1000;
const forged: readonly (readonly [string, (told: unknown) => string])[] = [
  ["another key", (told) => bodyOf(told, { by: "guess" })],
  ["a signature of ten hours ago", (told) => bodyOf(told, { seconds: seconds - 10 * hour })],
  ["no signature", (told) => JSON.stringify({ "event-data": told })],
  [
    "an empty signature",
    (told) => JSON.stringify({ signature: { timestamp: `${seconds}`, token: "t", signature: "" }, "event-data": told }),
  ],
  ["a signature that is a list", (told) => JSON.stringify({ signature: [], "event-data": told })],
  // The same signed letters, cut in another place: a token that nobody has seen, of a year far away.
  [
    "time and token cut elsewhere",
    (told) => {
      const { signature } = JSON.parse(bodyOf(told, { token: "0abc" }));
      return JSON.stringify({
        signature: { ...signature, timestamp: `${seconds}0`, token: "abc" },
        "event-data": told,
      });
    },
  ],
];

test("what is forged is refused for ever, and nothing is stored", async () => {
  const { url, sendIdOf, counted, bugs } = await mailedShop();
  for (const [what, bodyFor] of forged) {
    expect(await send(url, bodyFor(event("complained", sendIdOf("c@x.example")))), what).toBe(406);
  }
  expect(await counted("complained")).toBe(0);
  expect(bugs).toEqual([]);
});

test("eight hours of trying again with the first signature are taken, and a clock that runs ahead of ours", async () => {
  const { url, sendIdOf, counted } = await mailedShop();
  for (const at of [seconds - 8 * hour, seconds + 24 * hour]) {
    expect(await send(url, bodyOf(event("opened", sendIdOf("c@x.example")), { seconds: at }))).toBe(200);
  }
  expect(await counted("opened")).toBe(2);
});

test("while a key is rotated both count, and without any nothing is taken", async () => {
  const { url, sendIdOf } = await mailedShop(["new-key", key]);
  const mail = sendIdOf("c@x.example");
  for (const by of ["new-key", key]) expect(await send(url, bodyOf(event("opened", mail), { by }))).toBe(200);
  expect(await send(url, bodyOf(event("opened", mail), { by: "old-key" }))).toBe(406);
  const { url: closed } = await mailedShop([]);
  expect(await send(closed, bodyOf(event("opened", mail)))).toBe(404);
});

const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const odd: readonly (readonly [string, string | Uint8Array, number])[] = [
  ["nothing", "", 400],
  ["no JSON", "event=opened", 400],
  ["half a JSON", '{"signature":', 400],
  ["null", "null", 406],
  ["bytes", new Uint8Array([0xff, 0xfe, 0x00]), 400],
  ["nesting without end", deep(120_000), 406],
  ["megabytes", " ".repeat(1_000_000), 413],
  ["no event", bodyOf(null), 400],
  ["an event without an id", bodyOf({ event: "opened", timestamp: seconds, recipient: "c@x.example" }), 400],
  ["a time that is none", bodyOf({ id: "1", event: "opened", timestamp: 1e300, recipient: "c@x.example" }), 400],
  ["fields of other kinds", bodyOf({ id: "1", event: "opened", timestamp: [], recipient: {}, message: 7 }), 400],
  ["an event that is new to us", bodyOf({ id: "1", event: "teleported" }), 200],
  [
    "a mail of another domain of the account",
    bodyOf(event("complained", "x", { domain: { name: "other.example" } })),
    200,
  ],
  ["a mail in test mode", bodyOf(event("complained", "x", { flags: { "is-test-mode": true } })), 200],
  ["a mail and a person that nobody knows", bodyOf(event("opened", "nobody", { recipient: "who@x.example" })), 200],
  [
    "names that objects have by themselves",
    bodyOf(event("__proto__", "constructor", { "client-info": "toString" })),
    200,
  ],
];

test("whatever comes is answered, and the next webhook is taken", async () => {
  const { url, sendIdOf, engine, bugs } = await mailedShop();
  const mail = sendIdOf("c@x.example");
  let opened = 0;
  for (const [what, body, status] of odd) {
    expect(await send(url, body), what).toBe(status);
    expect(await send(url, bodyOf(event("opened", mail))), what).toBe(200);
    opened += 1;
    const { tables } = valueFrom(await engine.profile(noon));
    const rowsOf = (event: string) => tables.find(({ name }) => name === event)?.rows;
    expect([rowsOf("opened"), rowsOf("complained"), bugs.length], what).toEqual([opened, 0, 0]);
  }
});

test("hundreds at once are all taken", async () => {
  const { url, sendIdOf, counted } = await mailedShop();
  const mail = sendIdOf("c@x.example");
  const one = () =>
    send(url, bodyOf(event("opened", mail), { token: createHash("sha256").update(`${++made}`).digest("hex") }));
  for (let round = 0; round < 2; round++) {
    expect(new Set(await Promise.all(Array.from({ length: 250 }, one)))).toEqual(new Set([200]));
  }
  expect(await counted("opened")).toBe(500);
});

test("ten thousand at the very same time are all taken, and what they say is on record once", async () => {
  const world = await worldOf("program p < start when signed_up  send welcome  wait 9d >");
  await world.apply("2026-03-01");
  const inbox = inboxOf(world.database, world.plan);
  const door = webhookDoor(inbox, { keys: [key], domain: null }, virtualClock(noon));
  const told = Array.from({ length: 5000 }, (_, index) =>
    event("complained", "a-mail-that-nobody-knows", { recipient: `c${index % 2500}@x.example` }),
  );
  // Each comes twice, with a signature of its own.
  const answers = await Promise.all([...told, ...told].map((one) => door.take(Buffer.from(bodyOf(one)))));
  expect(new Set(answers)).toEqual(new Set(["taken"]));
  await inbox.takeIn();
  expect(await world.rows("SELECT count(*) AS n, count(DISTINCT feedback_id) AS ids FROM feedback")).toEqual([
    { n: 5000, ids: 5000 },
  ]);
  expect(await world.rows("SELECT count(DISTINCT address) AS n FROM suppression")).toEqual([{ n: 2500 }]);
}, 60_000);
