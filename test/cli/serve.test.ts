// `cadenza run --webhook-port`: the pages are there while it runs, and it ends on a signal while somebody still asks.

import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { unsubscribeToken } from "../../runtime/index.ts";
import { cadenza, commandPath } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";
import { query, scratchDatabase } from "../support/scratch.ts";
import { startFakeMailgun } from "../support/fake-mailgun.ts";

const secret = "a-secret-that-nobody-else-knows-0123456789";
const webhookKey = "signing-key-of-a-test-0123456789";
const env = {
  CADENZA_PUBLIC_URL: "https://mail.shop.example",
  CADENZA_SECRET: secret,
  MAILGUN_WEBHOOK_KEY: webhookKey,
};

const project = `project shop < time zone "UTC"  currency EUR  sender "Shop <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email >
load contact from csv "people.csv" < id from id  email from email >
topic news "News" opt out
email hello < subject "Hello"  text "Hi"  topic news >
segment Kept where in Suppressed
segment Refused where unsubscribed from news
program greet for Refused < why "Who leaves is greeted"  goal unsubscribed  wait 9d  send hello >
`;

async function shop(): Promise<string> {
  const cwd = projectOf({ "shop.cdz": project, "people.csv": "id,email\nc0,c0@x.example\n" });
  expect((await cadenza(["load"], { cwd })).code).toBe(0);
  return cwd;
}

interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
}

/** A run that goes on until it is told to stop. `mostBlocks`: how large a file may get for it, in blocks of 512 bytes. */
function running(cwd: string, mostBlocks = "unlimited"): Promise<Running> {
  const limit = `trap '' XFSZ; ulimit -f ${mostBlocks}; exec "$@"`;
  const command = [process.execPath, commandPath, "run", "--webhook-port", "0", "--every", "1h"];
  const child = spawn("sh", ["-c", limit, "sh", ...command], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (url) resolve({ url, child, ended });
    });
    child.on("close", () => reject(new Error(said)));
  });
}

test.each(["SIGTERM", "SIGINT"] as const)("what is said on a page is stored, and %s ends the run", async (signal) => {
  const cwd = await shop();
  const { url, child, ended } = await running(cwd);
  const link = `${url}/unsubscribe/${unsubscribeToken(secret, { address: "c0@x.example", topic: "news", mail: null })}`;
  expect((await fetch(link, { method: "POST" })).status).toBe(200);
  // Somebody who never finishes asking.
  const { port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    socket.on("connect", () =>
      socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx", () => resolve()),
    );
  });
  child.kill(signal);
  expect(await ended).toBe(0);
  const { stdout } = await cadenza(["show", "segment", "Refused", "--json"], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ count: 1, members: ["c0"] });
});

test("what was answered with 200 survives the end of the process at that very moment", async () => {
  const cwd = await shop();
  const { url, child, ended } = await running(cwd);
  const fake = await startFakeMailgun({ signingKey: webhookKey, now: () => Date.now() });
  onTestFinished(() => fake.close());
  const told = { id: "e1", event: "complained", timestamp: Date.now() / 1000, recipient: "c0@x.example" };
  expect(await fake.postWebhook(`${url}/webhooks/mailgun`, told)).toBe(200);
  child.kill("SIGKILL");
  await ended;
  const { stdout } = await cadenza(["show", "segment", "Kept", "--json"], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ members: ["c0"] });
  for (const { name, parentPath } of readdirSync(join(cwd, ".cadenza"), {
    withFileTypes: true,
    recursive: true,
  }).filter((entry) => entry.isFile())) {
    const bytes = readFileSync(join(parentPath, name));
    for (const hidden of [secret, webhookKey]) expect(bytes.includes(hidden)).toBe(false);
  }
});

test("on a full disk it says to try again later, and what it has taken is there", async () => {
  const cwd = await shop();
  const database = join(cwd, ".cadenza/cadenza.duckdb");
  const blocks = Math.ceil((statSync(database).size + 600_000) / 512);
  const { url, child, ended } = await running(cwd, String(blocks));
  const fake = await startFakeMailgun({ signingKey: webhookKey, now: () => Date.now() });
  onTestFinished(() => fake.close());
  const filler = "x".repeat(15_000);
  const tell = (id: string) => {
    const told = {
      id,
      event: "opened",
      timestamp: Date.now() / 1000,
      recipient: "c0@x.example",
      url: `https://${id}/${filler}`,
    };
    return fake.postWebhook(`${url}/webhooks/mailgun`, told);
  };
  const answers = new Map<string, number>();
  for (let round = 0; round < 200 && ![...answers.values()].includes(503); round++) {
    const ids = Array.from({ length: 50 }, (_, index) => `e${round}-${index}`);
    const statuses = await Promise.all(ids.map(tell));
    ids.forEach((id, index) => void answers.set(id, statuses[index] ?? 0));
  }
  expect(new Set(answers.values())).toEqual(new Set([200, 503]));
  child.kill("SIGKILL");
  await ended;
  const held = await scratchDatabase(database);
  const kept = new Set((await query(held, "SELECT feedback_id FROM feedback")).map((row) => String(row.feedback_id)));
  // What is not yet taken in waits in the inbox.
  const waiting = (await query(held, "SELECT told FROM feedback_inbox")).map((row) => String(row.told)).join("\n");
  const isKept = (id: string) => kept.has(id) || waiting.includes(`"${id}"`);
  expect([...answers].filter(([id, status]) => status === 200 && !isKept(id))).toEqual([]);
});

const refusals: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>, string])[] = [
  ["no secret", ["--webhook-port", "0"], { CADENZA_PUBLIC_URL: "https://mail.shop.example" }, "F451"],
  ["no port", ["--webhook-port", "http"], env, "F452"],
  ["a port beyond all", ["--webhook-port", "65536"], env, "F452"],
  ["a host of somebody else", ["--webhook-port", "0", "--webhook-host", "192.0.2.1"], env, "F450"],
  ["three keys", ["--webhook-port", "0"], { ...env, MAILGUN_WEBHOOK_KEY: "one,two three" }, "F453"],
  ["a replay", ["--webhook-port", "0", "--now", "2026-03-01"], env, "A replay with --now"],
  ["a host without a port", ["--webhook-host", "127.0.0.1"], env, "--webhook-port"],
];

test.each(refusals)("with %s nothing runs", async (_, args, settings, words) => {
  const ran = await cadenza(["run", "--once", ...args], { cwd: await shop(), env: settings });
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(words)]);
});
