// Webhooks over HTTP while a million mails are on record: how many events a second are accepted and committed. They are
// posted by a process of its own, each connection waiting for its answer before it posts again.

import { createHash, createHmac } from "node:crypto";
import { connect } from "node:net";
import { inboxOf } from "../../runtime/engine/inbox.ts";
import type { Session } from "../../runtime/ports.ts";
import { webhookRoom } from "../../runtime/serve/webhooks.ts";
import { startServer } from "../../runtime/serve/server.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { webhookDoor } from "../../runtime/ingest/webhooks.ts";
import { fillWhereAsked, openMailing, plain, processorS, quantile, residentMb, value } from "./mailing.ts";
import { type Posted, postedBy } from "./poster.ts";

const people = 1_000_000;
/** For each number of connections. */
const events = 60_000;
const connectionCounts = [128, 256, 512];
const key = "signing-key-of-a-benchmark";
const path = "/webhooks/mailgun";
const target = 5_000;

const kinds = [
  "delivered",
  "delivered",
  "delivered",
  "delivered",
  "opened",
  "opened",
  "opened",
  "clicked",
  "clicked",
  "failed",
];
const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest("hex");

/** As Mailgun words it, of about its size. */
function requestOf(index: number, port: number): Buffer {
  const seconds = Math.floor(Date.now() / 1000);
  const token = hash("sha256", `token ${index}`).slice(0, 50);
  const who = Math.floor((index * 7919) / kinds.length) % people;
  const sendId = hash("md5", hash("md5", `p${who}`));
  const body = JSON.stringify({
    signature: {
      timestamp: String(seconds),
      token,
      signature: createHmac("sha256", key).update(`${seconds}${token}`).digest("hex"),
    },
    "event-data": {
      id: `event-${hash("md5", String(index)).slice(0, 22)}`,
      event: kinds[index % kinds.length],
      timestamp: seconds - (index % 600) - 0.25,
      "log-level": "info",
      recipient: `p${who}@x.example`,
      "recipient-domain": "x.example",
      url: `https://a.example/new?of=${index % 7}`,
      ip: "203.0.113.7",
      geolocation: { country: "DE", region: "BE", city: "Berlin" },
      "client-info": {
        "client-os": "iOS",
        "device-type": "mobile",
        "client-name": "Mobile Safari",
        "client-type": "mobile browser",
        "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
      },
      ...(kinds[index % kinds.length] === "failed" ? { severity: "temporary", reason: "greylisted" } : {}),
      "delivery-status": { code: 250, message: "OK", "mx-host": "mx.x.example", "attempt-no": 1, tls: true },
      envelope: { sender: "bounce+1@mg.example", transport: "smtp", targets: `p${who}@x.example` },
      message: {
        headers: { "message-id": `${sendId}@mg.example`, to: `p${who}@x.example`, subject: "Welcome" },
        size: 2_048,
      },
      tags: ["p", "hello"],
      flags: { "is-routed": false, "is-authenticated": true, "is-system-test": false, "is-test-mode": false },
      "user-variables": { key: sendId, program: "p", email: "hello" },
      domain: { name: "mg.example" },
    },
  });
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(head + body);
}

/** Posts `events` events and tells when it begins and what came back. */
async function post(port: number, run: number, connections: number): Promise<void> {
  const requests = Array.from({ length: events }, (_, index) => requestOf(run * events + index, port));
  const statuses: Record<string, number> = {};
  const waits: number[] = [];
  const started = performance.now();
  const before = processorS();
  let next = 0;
  const lane = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      let answer = "";
      let asked = 0;
      const ask = () => {
        const request = requests[next++];
        if (!request) return void socket.end(resolve);
        asked = performance.now();
        socket.write(request);
      };
      socket.setNoDelay(true);
      socket.on("connect", ask);
      socket.on("error", reject);
      socket.on("data", (chunk) => {
        answer += chunk.toString("latin1");
        const end = answer.indexOf("\r\n\r\n");
        const length = /content-length: (\d+)/i.exec(answer);
        if (end < 0 || !length || answer.length < end + 4 + Number(length[1])) return;
        const status = answer.slice(9, 12);
        statuses[status] = (statuses[status] ?? 0) + 1;
        waits.push(performance.now() - asked);
        answer = "";
        ask();
      });
    });
  await Promise.all(Array.from({ length: connections }, lane));
  const seconds = (performance.now() - started) / 1000;
  const spread = { p50: quantile(waits, 0.5), p99: quantile(waits, 0.99) };
  process.stdout.write(JSON.stringify({ seconds, statuses, ...spread, processor: processorS() - before }));
}

interface Answered extends Posted {
  readonly statuses: Readonly<Record<string, number>>;
}

const spreadOf = (times: readonly number[]) =>
  `${quantile(times, 0.5).toFixed(0)}, ${quantile(times, 0.99).toFixed(0)}`;

async function main(): Promise<void> {
  const { database, engine, close } = await openMailing({ people, state: "sent" });
  let commits: number[] = [];
  let takings: number[] = [];
  const timed = async <T>(times: number[], work: Promise<T>): Promise<T> => {
    const start = performance.now();
    const done = await work;
    times.push(performance.now() - start);
    return done;
  };
  const inbox = inboxOf(database, engine.plan);
  const timedInbox = {
    ...inbox,
    receive: <T>(work: (session: Session) => Promise<T>) => timed(commits, inbox.receive(work)),
    takeIn: () => timed(takings, inbox.takeIn()),
  };
  const door = webhookDoor(timedInbox, { keys: [key], domain: "mg.example" }, systemClock());
  const rooms = [webhookRoom(path, door)];
  const onBug = (error: unknown) => console.error(error);
  const server = value(await startServer({ host: "127.0.0.1", port: 0, prefix: "", rooms, onBug }));
  const heads = [
    "connections",
    "events a second",
    "target",
    "answer p50, p99, ms",
    "commits",
    "ms each, p50, p99",
    "taken in",
    "ms each, p50, p99",
    "processor, µs an event",
    "who posts it, µs an event",
  ];
  console.log(`| ${heads.join(" | ")} |\n|${heads.map(() => "---|").join("")}`);
  for (const [run, connections] of connectionCounts.entries()) {
    commits = [];
    takings = [];
    const before = processorS();
    const { seconds, statuses, p50, p99, processor: posting } = await postedBy<Answered>(server.port, run, connections);
    await timedInbox.takeIn();
    const processor = ((processorS() - before) / events) * 1e6;
    const [row] = await database.run(plain("SELECT count(*) AS n FROM feedback"));
    if (Number(row?.n) !== (run + 1) * events || statuses["200"] !== events) {
      throw new Error(`events were lost: ${row?.n} are on record; answers ${JSON.stringify(statuses)}`);
    }
    const cells = [
      connections,
      (events / seconds).toFixed(0),
      target,
      `${p50.toFixed(0)}, ${p99.toFixed(0)}`,
      commits.length,
      spreadOf(commits),
      takings.length,
      spreadOf(takings),
      processor.toFixed(0),
      ((posting / events) * 1e6).toFixed(0),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
  await server.close();
  console.log(`\n${events} events each; largest resident memory ${residentMb().most.toFixed(0)} MB`);
  await close();
}

const [role, ...given] = process.argv.slice(2);
const [port = 0, run = 0, connections = 0] = given.map(Number);
if (role === "post") await post(port, run, connections);
else if (!(await fillWhereAsked())) await main();
