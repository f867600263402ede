// A process that serves webhooks for a database until it is killed.

import { readFileSync } from "node:fs";
import { linksOf } from "../../runtime/mail/links.ts";
import { open } from "../../runtime/open.ts";

export interface WebhookErrand {
  readonly folder: string;
  /** A file with the plan. */
  readonly plan: string;
  readonly key: string;
}

const links = linksOf({ url: "https://mail.shop.example", secret: "a-secret-that-nobody-else-knows-0123456789" }, true);

async function work({ folder, plan, key }: WebhookErrand): Promise<void> {
  if (!links.ok) throw new Error(links.failure.text);
  const database = { folder };
  const engine = await open({
    plan: JSON.parse(readFileSync(plan, "utf8")),
    database,
    links: links.value,
    threads: 1,
  });
  if (!engine.ok) throw new Error(engine.failure.text);
  const served = await engine.value.serve({ port: 0, webhooks: { keys: [key], domain: null } });
  if (!served.ok) throw new Error(served.failure.text);
  console.log(served.value.url);
}

if (process.argv[2] !== undefined) await work(JSON.parse(process.argv[2]) as WebhookErrand);
