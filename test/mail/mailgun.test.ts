// The Mailgun mailer with the real client against a server that fails in every known way.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openMailgun } from "../../runtime/mail/mailgun.ts";
import { readToken, unsubscribeToken } from "../../runtime/mail/unsubscribe.ts";
import { outcomeOf } from "../../runtime/mail/outcome.ts";
import type { Mailer, Message, SendOutcome } from "../../runtime/ports.ts";
import { type FakeMailgun, type Fault, startFakeMailgun } from "../support/fake-mailgun.ts";
import { at } from "./sample.ts";

const message: Message = {
  sendId: "0a1b2c3d",
  from: "Ana from Acme <ana@acme.example>",
  to: "zoe@x.example",
  replyTo: "help@acme.example",
  subject: "Grüße 🌍",
  html: "<p>Hi</p>",
  text: "Hi",
  headers: [{ name: "List-Unsubscribe", value: "<mailto:ana@acme.example?subject=unsubscribe>" }],
  files: [],
  labels: [
    { name: "program", value: "onboarding" },
    { name: "email", value: "welcome" },
  ],
  at,
};

const timeoutMs = 400;
let fake: FakeMailgun;
let mailer: Mailer;

async function open(more: { key?: string; domain?: string; url?: string } = {}): Promise<Mailer> {
  const opened = await openMailgun({ key: fake.key, domain: fake.domain, url: fake.url, timeoutMs, ...more });
  if (!opened.ok) throw new Error(opened.failure.text);
  return opened.value;
}

beforeEach(async () => {
  fake = await startFakeMailgun();
  mailer = await open();
});
afterEach(() => fake.close());

describe("a mail that is taken", () => {
  test("arrives with our id, tags, variables and headers, and goes out for real", async () => {
    expect(await mailer.send(message)).toEqual({ kind: "sent", providerId: "0a1b2c3d@mg.example" });
    expect(fake.requests).toEqual(["POST /v3/mg.example/messages"]);
    expect(fake.accepted.map(({ fields }) => fields)).toEqual([
      {
        from: ["Ana from Acme <ana@acme.example>"],
        to: ["zoe@x.example"],
        subject: ["Grüße 🌍"],
        html: ["<p>Hi</p>"],
        text: ["Hi"],
        "h:Reply-To": ["help@acme.example"],
        "h:List-Unsubscribe": ["<mailto:ana@acme.example?subject=unsubscribe>"],
        "h:Message-Id": ["<0a1b2c3d@mg.example>"],
        "v:key": ["0a1b2c3d"],
        "v:program": ["onboarding"],
        "v:email": ["welcome"],
        "o:tag": ["onboarding", "welcome"],
        "o:tracking": ["yes"],
        "o:tracking-clicks": ["htmlonly"],
        "o:tracking-opens": ["yes"],
      },
    ]);
  });
  test("carries its files as they are", async () => {
    const bytes = new Uint8Array(Array.from({ length: 256 }, (_, index) => index));
    const files = [
      { name: "terms.pdf", content: bytes },
      { name: "Übersicht 1.csv", content: new TextEncoder().encode("a,b\r\n") },
    ];
    expect(await mailer.send({ ...message, files })).toMatchObject({ kind: "sent" });
    expect(fake.accepted[0]?.fields.attachment).toEqual([
      `terms.pdf ${Buffer.from(bytes).toString("base64")}`,
      `Übersicht 1.csv ${Buffer.from("a,b\r\n").toString("base64")}`,
    ]);
  });
  test("is told by its variant, and is tracked only as far as that is asked for", async () => {
    const tracking = { opens: false, clicks: true };
    const opened = await openMailgun({ key: fake.key, domain: fake.domain, url: fake.url, timeoutMs, tracking });
    if (!opened.ok) throw new Error(opened.failure.text);
    await opened.value.send({ ...message, labels: [...message.labels, { name: "variant", value: "short" }] });
    expect(fake.accepted[0]?.fields).toMatchObject({
      "v:variant": ["short"],
      "o:tag": ["onboarding", "welcome", "short"],
      "o:tracking": ["yes"],
      "o:tracking-clicks": ["htmlonly"],
      "o:tracking-opens": ["no"],
    });
  });
  test("shows in the logs by its id, once the logs have caught up", async () => {
    let now = at;
    const slow = await startFakeMailgun({ now: () => now, logLagMs: 60_000 });
    const { client } = await clientOf(slow);
    const opened = await openMailgun({ key: slow.key, domain: slow.domain, url: slow.url, timeoutMs });
    if (!opened.ok) throw new Error(opened.failure.text);
    await opened.value.send(message);
    const values = [{ label: "0a1b2c3d@mg.example", value: "0a1b2c3d@mg.example" }];
    const query = { start: new Date(at), filter: { AND: [{ attribute: "message-id", comparator: "=", values }] } };
    expect((await client.logs.list(query)).items).toEqual([]);
    now += 60_000;
    const [item] = (await client.logs.list(query)).items;
    expect(item).toMatchObject({
      event: "accepted",
      recipient: "zoe@x.example",
      "user-variables": { key: "0a1b2c3d", program: "onboarding", email: "welcome" },
    });
    await slow.close();
  });
});

const status = (
  code: number,
  body?: unknown,
  more: { isAccepted?: boolean; headers?: Record<string, string> } = {},
): Fault => ({
  kind: "status",
  status: code,
  ...(body === undefined ? {} : { body }),
  ...more,
});

interface Row {
  readonly name: string;
  readonly fault: Fault;
  readonly outcome: Partial<SendOutcome>;
  /** How often the mail went out all the same. */
  readonly copies: number;
}

const json = (message: string) => ({ message });
const rows: readonly Row[] = [
  { name: "200 without an id", fault: status(200, json("Queued")), outcome: { kind: "unknown" }, copies: 0 },
  { name: "200 with a page", fault: { kind: "page" }, outcome: { kind: "unknown" }, copies: 0 },
  {
    name: "400 with Mailgun's reason",
    fault: status(400, json("to parameter is not a valid address")),
    outcome: { kind: "refused", reason: "to parameter is not a valid address" },
    copies: 0,
  },
  { name: "400 with a page", fault: status(400, "<html>Bad</html>"), outcome: { kind: "unknown" }, copies: 0 },
  { name: "400 with nothing", fault: status(400, ""), outcome: { kind: "unknown" }, copies: 0 },
  { name: "401", fault: status(401, "Forbidden"), outcome: { kind: "halt" }, copies: 0 },
  { name: "403", fault: status(403, json("Forbidden")), outcome: { kind: "halt" }, copies: 0 },
  { name: "404", fault: status(404, json("Domain not found: mg.example")), outcome: { kind: "halt" }, copies: 0 },
  {
    name: "413",
    fault: status(413, "Too large"),
    outcome: { kind: "refused", reason: "the mail is too large" },
    copies: 0,
  },
  {
    name: "429 with a time in its header",
    fault: status(429, json("Too many requests"), { headers: { "retry-after": "7" } }),
    outcome: { kind: "slow down", afterMs: null },
    copies: 0,
  },
  {
    name: "429 with a time in its text",
    fault: status(429, json("Rate limited, retry in 7 seconds")),
    outcome: { kind: "slow down", afterMs: 7000 },
    copies: 0,
  },
  { name: "500", fault: status(500, json("Internal")), outcome: { kind: "unknown" }, copies: 0 },
  {
    name: "500 after the mail was taken",
    fault: status(500, json("Internal"), { isAccepted: true }),
    outcome: { kind: "unknown" },
    copies: 1,
  },
  { name: "502 with a page", fault: status(502, "<html>Bad gateway</html>"), outcome: { kind: "unknown" }, copies: 0 },
  { name: "reset before", fault: { kind: "reset", isAccepted: false }, outcome: { kind: "unknown" }, copies: 0 },
  { name: "reset after", fault: { kind: "reset", isAccepted: true }, outcome: { kind: "unknown" }, copies: 1 },
  { name: "hang before", fault: { kind: "hang", isAccepted: false }, outcome: { kind: "unknown" }, copies: 0 },
  { name: "hang after", fault: { kind: "hang", isAccepted: true }, outcome: { kind: "unknown" }, copies: 1 },
  { name: "truncated answer", fault: { kind: "truncate", isAccepted: true }, outcome: { kind: "unknown" }, copies: 1 },
  { name: "302 in a ring", fault: { kind: "redirect", status: 302 }, outcome: { kind: "unknown" }, copies: 0 },
  { name: "307 in a ring", fault: { kind: "redirect", status: 307 }, outcome: { kind: "unknown" }, copies: 0 },
];

describe("a mail that is not taken, or perhaps", () => {
  test.each(rows)("$name", async ({ fault, outcome, copies }) => {
    fake.script(fault);
    expect(await mailer.send(message)).toMatchObject(outcome);
    expect(fake.accepted).toHaveLength(copies);
    if (fault.kind !== "redirect") expect(fake.requests).toHaveLength(1);
  });
  test("connection refused: not sent, and it may be tried again", async () => {
    await fake.close();
    expect(await mailer.send(message)).toEqual({
      kind: "retry",
      reason: "Mailgun could not be reached (ECONNREFUSED)",
      afterMs: null,
    });
    fake = await startFakeMailgun();
  });
  test.each(["ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"])("%s comes before any byte: not sent", (code) => {
    const error = { status: 400, message: code, details: "" };
    expect(outcomeOf({ kind: "thrown", error })).toMatchObject({ kind: "retry" });
  });
  test("the wrong key and the wrong domain halt", async () => {
    expect(await (await open({ key: "another" })).send(message)).toMatchObject({ kind: "halt" });
    expect(await (await open({ domain: "other.example" })).send(message)).toMatchObject({ kind: "halt" });
  });
  test("a certificate that is not to be trusted halts", () => {
    const error = { status: 400, message: "DEPTH_ZERO_SELF_SIGNED_CERT", details: "self-signed certificate" };
    expect(outcomeOf({ kind: "thrown", error })).toMatchObject({ kind: "halt" });
  });
});

describe("a mail of unknown outcome", () => {
  const fate = async (sendId = message.sendId) => {
    try {
      return await mailer.find?.(sendId, at);
    } catch {
      return "nobody can tell";
    }
  };
  test.each<[Fault, string]>([
    [status(500, json("Internal"), { isAccepted: true }), "sent"],
    [{ kind: "reset", isAccepted: true }, "sent"],
    [{ kind: "hang", isAccepted: true }, "sent"],
    [{ kind: "truncate", isAccepted: true }, "sent"],
    [status(502, "<html>Bad gateway</html>"), "absent"],
    [{ kind: "reset", isAccepted: false }, "absent"],
    [{ kind: "hang", isAccepted: false }, "absent"],
  ])("is found in the logs by its id, or not: %j is %s", async (fault, expected) => {
    await mailer.send({ ...message, sendId: "ffff0000" });
    fake.script(fault);
    expect(await mailer.send(message)).toMatchObject({ kind: "unknown" });
    expect(await fate()).toBe(expected);
    expect(await fate("ffff0000")).toBe("sent");
  });
  test.each<[string, { status: number; body: unknown }]>([
    ["a page", { status: 200, body: "<html>Welcome to the hotel</html>" }],
    ["nothing", { status: 200, body: {} }],
    ["500", { status: 500, body: json("Internal") }],
    ["429", { status: 429, body: json("Too many requests") }],
    ["a filter that it does not know", { status: 400, body: json("unknown attribute message-id") }],
    [
      "logs of other mails",
      { status: 200, body: { items: [{ event: "accepted", message: { headers: { "message-id": "b@x.example" } } }] } },
    ],
  ])("stays unknown where the logs answer with %s", async (_, answer) => {
    await mailer.send(message);
    fake.scriptLogs(answer);
    expect(await fate()).toBe("nobody can tell");
    fake.scriptLogs(null);
    expect(await fate()).toBe("sent");
  });
  test("is asked about after half an hour, and no more after 20 hours", async () => {
    expect(mailer.finding).toEqual({ afterMs: 1_800_000, untilMs: 72_000_000 });
  });
});

describe("what is never handed over", () => {
  const large = { name: "X-Large", value: "x".repeat(17 * 1024) };
  test.each<[string, Partial<Message>, RegExp]>([
    ["options of more than 16 KB", { headers: [large] }, /Mailgun takes 16384/],
    ["an empty subject", { subject: "" }, /the subject is empty/],
    ["an empty body", { html: "" }, /the html is empty/],
    ["an empty header", { headers: [{ name: "X-A", value: "" }] }, /h:X-A is empty/],
    ["a header with a line break", { headers: [{ name: "X-A", value: "a\r\nBcc: b@x.example" }] }, /line break/],
    ["a name of a header with a line break", { headers: [{ name: "X-A\r\nBcc", value: "a" }] }, /line break/],
    ["a subject with a line break", { subject: "a\nb" }, /line break/],
    ["a sender with NUL", { from: "a\0@x.example" }, /line break/],
    ["a receiver with a line break", { to: "a@x.example\r\nBcc: b@x.example" }, /line break/],
    ["a tag that is too long", { labels: [{ name: "email", value: "t".repeat(129) }] }, /cannot be a tag/],
  ])("%s", async (_, change, reason) => {
    const outcome = await mailer.send({ ...message, ...change });
    expect(outcome).toMatchObject({ kind: "refused", reason: expect.stringMatching(reason) });
    expect(fake.requests).toEqual([]);
  });
  test("nothing of what the compiler lets pass at its longest", async () => {
    const name = "n".repeat(128);
    const labels = (["program", "email", "variant"] as const).map((label) => ({ name: label, value: name }));
    const refusal = { address: `${"a".repeat(300)}@x.example`, topic: name, mail: "f".repeat(32) };
    const token = unsubscribeToken("secret", refusal);
    expect(readToken("secret", token)).toEqual(refusal);
    const headers = [
      { name: "List-Unsubscribe", value: `<https://${"mail.".repeat(400)}example/u/${token}>` },
      { name: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click" },
    ];
    const longest = { ...message, replyTo: "ä".repeat(499), headers, labels };
    expect(await mailer.send(longest)).toMatchObject({ kind: "sent" });
  });
  test("a mail without text goes out with its HTML alone", async () => {
    expect(await mailer.send({ ...message, text: "" })).toMatchObject({ kind: "sent" });
    expect(fake.accepted[0]?.fields.text).toBeUndefined();
  });
});

describe("the set-up", () => {
  test("without key and domain", async () => {
    const opened = await openMailgun({ key: null, domain: null, url: null, timeoutMs: null });
    expect(opened).toMatchObject({ ok: false, failure: { code: "F301" } });
    if (!opened.ok) expect(opened.failure.text).toContain("MAILGUN_API_KEY and MAILGUN_DOMAIN are not set");
  });
  test.each(["nonsense", "http://api.mailgun.net", "file:///etc/passwd"])("refuses the address %s", async (url) => {
    const opened = await openMailgun({ key: "k", domain: "d.example", url, timeoutMs: null });
    expect(opened).toMatchObject({ ok: false, failure: { code: "F306" } });
  });
  test("the key is in no text, whatever the answer says", async () => {
    const secret = "key-0123456789abcdef";
    const keyed = await open({ key: secret });
    const guarded = await startFakeMailgun({ key: secret });
    const opened = await openMailgun({ key: secret, domain: guarded.domain, url: guarded.url, timeoutMs });
    if (!opened.ok) throw new Error(opened.failure.text);
    const encoded = Buffer.from(`api:${secret}`).toString("base64");
    const said = `you sent Basic ${encoded} and ${secret}`;
    guarded.script(status(400, json(said)), status(401, said), status(500, json(said)), status(404, json(said)));
    const outcomes = [await keyed.send(message)];
    for (let call = 0; call < 4; call += 1) outcomes.push(await opened.value.send(message));
    expect(outcomes.map(({ kind }) => kind)).toEqual(["halt", "refused", "halt", "unknown", "halt"]);
    expect(JSON.stringify(outcomes)).not.toContain(secret);
    expect(JSON.stringify(outcomes)).not.toContain(encoded);
    const url = `https://api:${secret}@`;
    expect(JSON.stringify(await openMailgun({ key: secret, domain: "d", url, timeoutMs }))).not.toContain(secret);
    await guarded.close();
  });
});

async function clientOf(server: FakeMailgun) {
  const { default: Mailgun } = await import("mailgun.js");
  return { client: new Mailgun(FormData).client({ username: "api", key: server.key, url: server.url }) };
}

describe("the fake's other parts, with the real client", () => {
  test("suppressions are listed, added and taken away", async () => {
    const { client } = await clientOf(fake);
    await client.suppressions.create(fake.domain, "unsubscribes", { address: "a@x.example", tag: "*" });
    await client.suppressions.create(fake.domain, "bounces", { address: "b@x.example", code: 550, error: "gone" });
    fake.suppress("complaints", { address: "c@x.example" });
    const addresses = async (list: "bounces" | "complaints" | "unsubscribes") => {
      const { items } = await client.suppressions.list(fake.domain, list);
      return items.map((item) => ("address" in item ? item.address : null));
    };
    expect(await addresses("unsubscribes")).toEqual(["a@x.example"]);
    expect(await addresses("bounces")).toEqual(["b@x.example"]);
    expect(await addresses("complaints")).toEqual(["c@x.example"]);
    await client.suppressions.destroy(fake.domain, "bounces", "b@x.example");
    expect(await addresses("bounces")).toEqual([]);
  });
  test("webhooks are signed, each with another token", async () => {
    const { createServer } = await import("node:http");
    const bodies: string[] = [];
    const receiver = createServer((request, response) => {
      request.on("data", (chunk: Buffer) => bodies.push(chunk.toString())).on("end", () => response.end());
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const address = receiver.address();
    const port = typeof address === "object" ? address?.port : 0;
    for (const id of ["1", "2"]) await fake.postWebhook(`http://127.0.0.1:${port}/hook`, { id, event: "opened" });
    receiver.close();
    const parsed = bodies.map((body) => JSON.parse(body));
    expect(parsed.map((body) => body["event-data"].id)).toEqual(["1", "2"]);
    for (const { signature } of parsed) {
      expect(signature).toEqual(fake.sign(Number(signature.timestamp), signature.token));
    }
    expect(parsed[0].signature.token).not.toBe(parsed[1].signature.token);
  });
});
