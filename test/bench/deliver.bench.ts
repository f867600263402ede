// Delivery with a million mails pending and policies on: how long a block takes to be claimed, and how many mails a second
// a Mailgun takes that answers behind 20 ms. It runs in a process of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { blockSize, deliver } from "../../runtime/engine/deliver.ts";
import { newPicks } from "../../runtime/engine/picks.ts";
import { claim, type Claimed, settle } from "../../runtime/engine/outbox.ts";
import { openMailgun } from "../../runtime/mail/mailgun.ts";
import { linksOf } from "../../runtime/mail/links.ts";
import { renderFor } from "../../runtime/rendering.ts";
import { fillWhereAsked, type Mailing, now, openMailing, processorS, quantile, residentMb, value } from "./mailing.ts";

const people = 1_000_000;
const latencyMs = 20;
const blocks = 30;
const seconds = 60;
const targets = { claimMs: 30, perSecond: 500, residentMb: 500 };

/** Takes every mail, behind `latencyMs`, and remembers how often it was given each. */
async function takeMails(): Promise<void> {
  const taken = new Map<string, number>();
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("latin1");
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      if (request.url === "/taken") {
        const doubled = [...taken.values()].filter((times) => times > 1).length;
        return void response.end(JSON.stringify({ mails: taken.size, doubled }));
      }
      const id = /<[\w.-]+@mg\.example>/.exec(body)?.[0] ?? "";
      taken.set(id, (taken.get(id) ?? 0) + 1);
      setTimeout(() => {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify({ id, message: "Queued. Thank you." }));
      }, latencyMs);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
}

async function startProvider(): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [process.argv[1] ?? "", "take"], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  return { url: `http://127.0.0.1:${port.toString().trim()}`, child };
}

const settledAs = ({ rows }: Claimed) =>
  rows.map(({ sendId }) => {
    return {
      sendId,
      state: "sent",
      at: now,
      reason: null,
      providerId: sendId,
      notBefore: null,
      isUntried: false,
    } as const;
  });

async function claims({ database, engine }: Mailing): Promise<void> {
  const picks = newPicks();
  const spent: { claim: number; processor: number; settle: number }[] = [];
  for (let block = 0; block < blocks; block++) {
    const [start, processor] = [performance.now(), processorS()];
    const claimed = await database.transaction((session) =>
      claim({ engine, session, now }, { limit: blockSize, fresh: null, picks }),
    );
    if (claimed === null) throw new Error("nothing is pending");
    const [end, processorEnd] = [performance.now(), processorS()];
    await database.transaction((session) => settle({ engine, session, now }, settledAs(claimed), false));
    spent.push({ claim: end - start, processor: (processorEnd - processor) * 1000, settle: performance.now() - end });
  }
  const cells = (of: (one: (typeof spent)[number]) => number) =>
    [0.25, 0.5, 0.75].map((share) => quantile(spent.map(of), share).toFixed(0)).join(", ");
  console.log(`| a block of ${blockSize}, ${blocks} blocks; quartiles | ms | processor ms | target |`);
  console.log("|---|---|---|---|");
  console.log(`| claimed | ${cells((one) => one.claim)} | ${cells((one) => one.processor)} | ${targets.claimMs} |`);
  console.log(`| settled | ${cells((one) => one.settle)} | | |\n`);
}

async function deliveries({ engine }: Mailing): Promise<void> {
  const { url, child } = await startProvider();
  const settings = { key: "key-of-a-benchmark", domain: "mg.example", url, timeoutMs: null };
  const mailer = value(await openMailgun(settings));
  const links = value(linksOf({ url: "https://a.example", secret: "a-secret-of-a-benchmark-0123456789abcdef" }, true));
  const ending = new AbortController();
  const [start, processor] = [performance.now(), processorS()];
  setTimeout(() => ending.abort(), seconds * 1000);
  const resident: number[] = [];
  const watching = setInterval(() => resident.push(residentMb().now), 250);
  const render = renderFor(engine.plan, links);
  const { sent, failed, unknown } = await deliver({ engine, mailer, render, now, signal: ending.signal });
  clearInterval(watching);
  const spent = (performance.now() - start) / 1000;
  const told = await (await fetch(`${url}/taken`)).json();
  child.kill();
  console.log(`| ${people} pending, ${latencyMs} ms until each answer | measured | target |`);
  console.log("|---|---|---|");
  console.log(`| mails a second, over ${spent.toFixed(0)} s | ${(sent / spent).toFixed(0)} | ${targets.perSecond} |`);
  console.log(`| largest resident memory, MB | ${Math.max(...resident).toFixed(0)} | ${targets.residentMb} |`);
  console.log(`| processor time for a mail, µs | ${(((processorS() - processor) / sent) * 1e6).toFixed(0)} | |`);
  console.log(`\nsent ${sent}, failed ${failed}, unknown ${unknown}; the provider has ${JSON.stringify(told)}`);
}

async function main(): Promise<void> {
  const mailing = await openMailing({ people, state: "pending", memoryLimit: "200MB" });
  await claims(mailing);
  await deliveries(mailing);
  await mailing.close();
}

if (process.argv[2] === "take") await takeMails();
else if (!(await fillWhereAsked())) await main();
