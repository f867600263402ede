// Events over the tracking API beside a million contacts: how many a second are accepted and committed. They are posted by a
// process of its own, from connections that each wait for their answer. BENCH_MESSAGES says another number of them.

import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inboxFor } from "../../runtime/ingest/inbox.ts";
import { ingestDoor } from "../../runtime/ingest/ingest.ts";
import { compile } from "../../runtime/index.ts";
import { ingestRoom, isIngestPath, mostIngestBytes } from "../../runtime/serve/ingest.ts";
import { startServer } from "../../runtime/serve/server.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { ensureSchema } from "../../runtime/store/schema.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { plain, processorS, quantile, value } from "./mailing.ts";
import { postedBy } from "./poster.ts";

const people = 1_000_000;
/** For each row. */
const events = Number(process.env.BENCH_MESSAGES ?? 60_000);
const target = 5_000;
/** Messages in a request, and connections that send such. */
const rounds = [
  [100, 16],
  [10, 64],
  [1, 256],
] as const;
const key = "write-key-of-a-benchmark";

const source = `project bench < time zone "UTC"  currency EUR >
contact < id text key  email email  first_name text? >
event purchased < amount money  product text? >
`;

function messageOf(index: number): object {
  const who = { messageId: `m-${index}`, userId: `p${(index * 7919) % people}`, timestamp: "2026-03-02T09:00:00Z" };
  if (index % 10 === 0) return { ...who, type: "identify", traits: { firstName: `Ana ${index}` } };
  if (index % 10 < 6) return { ...who, type: "page", properties: { url: `https://shop.example/p/${index % 97}` } };
  return { ...who, type: "track", event: "Purchased", properties: { amount: index % 90, product: `x${index % 13}` } };
}

function requestsOf(run: number, size: number): readonly Buffer[] {
  return Array.from({ length: events / size }, (_, request) => {
    const batch = Array.from({ length: size }, (_, index) => messageOf(run * events + request * size + index));
    const body = JSON.stringify({ batch });
    const head = `POST /v1/batch HTTP/1.1\r\nhost: x\r\nauthorization: Basic ${Buffer.from(`${key}:`).toString("base64")}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
    return Buffer.from(head + body);
  });
}

/** Posts the messages of a round, and tells when it ended and how long answers took. */
async function post(port: number, run: number): Promise<void> {
  const [size, connections] = rounds[run] ?? [1, 1];
  const requests = requestsOf(run, size);
  const waits: number[] = [];
  const [started, before] = [performance.now(), processorS()];
  let next = 0;
  const lane = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
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
      let answer = "";
      socket.on("data", (chunk) => {
        answer += chunk.toString("latin1");
        if (!answer.endsWith("}\n")) return;
        if (!answer.endsWith('{"success":true}\n')) return reject(new Error(answer));
        answer = "";
        waits.push(performance.now() - asked);
        ask();
      });
    });
  await Promise.all(Array.from({ length: connections }, lane));
  const seconds = (performance.now() - started) / 1000;
  const spread = { p50: quantile(waits, 0.5), p99: quantile(waits, 0.99) };
  process.stdout.write(JSON.stringify({ seconds, ...spread, processor: processorS() - before }));
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "cadenza-bench-"));
  const { plan } = compile([{ path: "bench.cdz", text: source }]);
  if (plan === null) throw new Error("it does not compile");
  const database = value(await openDatabase(join(folder, "cadenza.duckdb")));
  await ensureSchema(database);
  value(await ensureCatalog(database, plan.catalog));
  await database.run(
    plain(`INSERT INTO contact (contact_id, email, first_name)
      SELECT 'p' || i, 'p' || i || '@x.example', 'Ana' FROM range(${people}) AS r(i)`),
  );
  const inbox = inboxFor(database, { plan, database: ":memory:" }, systemClock());
  const rooms = [ingestRoom([key], ingestDoor(inbox, plan, systemClock()))];
  const mostBytes = (path: string) => (isIngestPath(path) ? mostIngestBytes : null);
  const onBug = (error: unknown) => console.error(error);
  const server = value(await startServer({ host: "127.0.0.1", port: 0, prefix: "", rooms, mostBytes, onBug }));
  const heads = [
    "messages a request",
    "connections",
    "messages a second",
    "target",
    "answer p50, p99, ms",
    "processor, µs a message",
    "who posts it, µs a message",
  ];
  console.log(`| ${heads.join(" | ")} |\n|${heads.map(() => "---|").join("")}`);
  for (const [run, [size, connections]] of rounds.entries()) {
    const before = processorS();
    const { seconds, p50, p99, processor: posting } = await postedBy(server.port, run);
    await inbox.takeIn();
    const processor = processorS() - before;
    const micros = (spent: number) => ((spent / events) * 1e6).toFixed(0);
    const [row] = await database.run(
      plain(`SELECT (SELECT count(*) FROM ingest_message) AS known, (SELECT count(*) FROM event_visited)
        + (SELECT count(*) FROM event_purchased) + (SELECT count(*) FROM contact_change) AS taken`),
    );
    const all = (run + 1) * events;
    if (Number(row?.known) !== all || Number(row?.taken) !== all)
      throw new Error(`messages were lost: ${row?.known} are on record, ${row?.taken} of ${all} are taken in`);
    const spread = `${p50.toFixed(0)}, ${p99.toFixed(0)}`;
    const rate = (events / seconds).toFixed(0);
    console.log(`| ${[size, connections, rate, target, spread, micros(processor), micros(posting)].join(" | ")} |`);
  }
  await server.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
}

const [role, ...given] = process.argv.slice(2);
const [port = 0, run = 0] = given.map(Number);
if (role === "post") await post(port, run);
else await main();
