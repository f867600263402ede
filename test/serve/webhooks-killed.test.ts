// An engine that is killed between its answer and taking in what it was told: what it said yes to is not lost.

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compile, open } from "../../runtime/index.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { bundled, start } from "../support/child.ts";
import { query, scratchFolder, valueFrom } from "../support/scratch.ts";
import type { WebhookErrand } from "../support/webhook-child.ts";

const key = "signing-key-of-a-test";
const timestamp = String(Math.floor(Date.now() / 1000));
const source = `project shop < time zone "UTC"  currency EUR  sender "Ana <ana@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email? >
segment Refused where unsubscribed`;

function bodyOf(kind: string, id: string, token: string): string {
  const signature = createHmac("sha256", key).update(`${timestamp}${token}`).digest("hex");
  const told = { id, event: kind, timestamp: Number(timestamp), recipient: "Ana@x.example" };
  return JSON.stringify({ signature: { timestamp, token, signature }, "event-data": told });
}

test("what was answered with 200 is there when the database is opened again, and its signatures count as used", async () => {
  const folder = scratchFolder();
  const plan = join(folder, "plan.json");
  const compiled = compile([{ path: "shop.cdz", text: source }]);
  if (compiled.plan === null) throw new Error(JSON.stringify(compiled.diagnostics));
  writeFileSync(plan, JSON.stringify(compiled.plan));
  const errand: WebhookErrand = { folder: join(folder, ".cadenza"), plan, key };
  const file = await bundled("test/support/webhook-child.ts");
  const life = async () => {
    const child = start(file, [JSON.stringify(errand)]);
    const [url] = await once(child.stdout, "data");
    const post = async (body: string) =>
      (await fetch(`${String(url).trim()}/webhooks/mailgun`, { method: "POST", body })).status;
    const kill = async () => {
      child.kill("SIGKILL");
      await once(child, "close");
    };
    return { post, kill };
  };
  const first = await life();
  expect(await first.post(bodyOf("opened", "e1", "t1"))).toBe(200);
  const twice = bodyOf("unsubscribed", "e2", "t2");
  for (const body of [twice, twice, bodyOf("complained", "e3", "t3")]) expect(await first.post(body)).toBe(200);
  await first.kill();

  // None of it was taken in yet.
  const left = valueFrom(await openDatabase(join(errand.folder, "cadenza.duckdb")));
  expect(await query(left, "SELECT count(*) AS n FROM feedback_inbox")).toEqual([{ n: 4 }]);
  expect(await query(left, "SELECT count(*) AS n FROM feedback")).toEqual([{ n: 0 }]);
  await left.close();

  const second = await life();
  expect(await second.post(twice)).toBe(200);
  expect(await second.post(bodyOf("opened", "e4", "t3"))).toBe(406);
  await second.kill();

  const engine = valueFrom(await open({ plan: compiled.plan, database: { folder: errand.folder } }));
  valueFrom(await engine.segments());
  await engine.close();
  const database = valueFrom(await openDatabase(join(errand.folder, "cadenza.duckdb")));
  expect(await query(database, "SELECT feedback_id FROM feedback ORDER BY feedback_id")).toEqual(
    ["e1", "e2", "e3"].map((id) => ({ feedback_id: id })),
  );
  expect(await query(database, "SELECT address, topic, state FROM consent")).toEqual([
    { address: "ana@x.example", topic: "*", state: false },
  ]);
  expect(await query(database, "SELECT address, reason FROM suppression")).toEqual([
    { address: "ana@x.example", reason: "complained" },
  ]);
  await database.close();
}, 60_000);
