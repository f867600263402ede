// What a provider, a link in an old mail or an operator tells of somebody who was forgotten: it brings nothing of them back.

import { createHmac } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { compile, forget, linksOf, open, unsubscribeToken } from "../../runtime/index.ts";
import type { Feedback, Mailer } from "../../runtime/ports.ts";
import { shopFiles, shopSource } from "../support/forget-shop.ts";
import { scratchFolder, valueFrom } from "../support/scratch.ts";

const { plan } = compile([{ path: "a.cdz", text: shopSource }]);
if (!plan) throw new Error("the source has errors");
const own = plan;
const noon = Date.UTC(2026, 2, 5, 12);
const clock = { now: () => noon, sleepUntil: async () => undefined };
const key = "signing-key";
const secret = "a-secret-that-nobody-else-knows-0123456789";
const links = valueFrom(linksOf({ url: "https://mail.shop.example", secret }, true));

const everything: readonly Feedback["kind"][] = [
  "delivered",
  "opened",
  "clicked",
  "unsubscribed",
  "complained",
  "bounced",
  "undelivered",
];

/** A provider that tells all there is of both, also by its lists, and remembers what it was told. */
function telling(): Mailer & { readonly toldBack: string[] } {
  const toldBack: string[] = [];
  const of = (mailbox: string): readonly Feedback[] =>
    everything.map((kind) => ({
      ...{ id: `${kind}-${mailbox}`, kind, sendId: null, mailbox, at: noon - 60_000 },
      ...{ link: null, reason: `said of ${mailbox}`, isMachine: false },
    }));
  return {
    name: "mailgun",
    delivers: false,
    toldBack,
    send: async ({ sendId }) => ({ kind: "sent", providerId: sendId }),
    records: {
      async *told() {
        yield [...of("zora@secret.example"), ...of("ben@x.example")];
      },
      async *listed() {
        const entry = { reason: "complained", at: noon - 60_000 } as const;
        yield ["zora@secret.example", "ben@x.example"].map((mailbox) => ({ mailbox, ...entry }));
      },
      list: async (entries) => void toldBack.push(...entries.map(({ mailbox }) => mailbox)),
      unlist: async (mailboxes) => void toldBack.push(...mailboxes),
    },
  };
}

/** Which of the texts stands in a file of a folder, whatever its letter case. Before a checkpoint they lie in the log as they are. */
function found(folder: string, texts: readonly string[]): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
  const bytes = files.map((path) => readFileSync(path).toString("latin1").toLowerCase());
  return texts.filter((text) => bytes.some((all) => all.includes(text)));
}

test("late feedback, lists and links bring nobody back who was forgotten, and all others are heard", async () => {
  const root = scratchFolder();
  for (const [name, text] of Object.entries(shopFiles)) writeFileSync(join(root, name), text);
  const state = join(root, "state");
  const mailer = telling();
  const request = { plan: own, database: { folder: state }, dataDir: root, clock, mailer, links };
  const first = valueFrom(await open(request));
  valueFrom(await first.apply(noon - 86_400_000));
  valueFrom(await first.load({ at: noon - 86_400_000 }));
  await first.close();
  valueFrom(await forget(request, { contact: "zora-key" }, { storage: "plain" }));
  const texts = ["zora@secret.example", "zora-key", "zorabelle"];
  expect(found(state, texts)).toEqual([]);

  const engine = valueFrom(await open(request));
  onTestFinished(() => engine.close());
  const served = valueFrom(await engine.serve({ port: 0, webhooks: { keys: [key], domain: "mg.example" } }));
  onTestFinished(() => served.close());
  const post = async (kind: string, recipient: string, more: object = {}) => {
    const [timestamp, token] = [
      String(noon / 1000),
      createHmac("sha256", "t")
        .update(kind + recipient)
        .digest("hex"),
    ];
    const signature = createHmac("sha256", key).update(`${timestamp}${token}`).digest("hex");
    const told = { id: token.slice(0, 20), event: kind, timestamp: noon / 1000 - 60, recipient };
    const body = JSON.stringify({
      signature: { timestamp, token, signature },
      "event-data": { ...told, domain: { name: "mg.example" }, ...more },
    });
    const answer = await fetch(`${served.url}/webhooks/mailgun`, { method: "POST", body });
    return answer.status;
  };
  for (const address of ["Zora@Secret.example", "ben@x.example"]) {
    for (const kind of ["delivered", "opened", "unsubscribed", "complained"])
      expect(await post(kind, address)).toBe(200);
    expect(await post("failed", address, { severity: "permanent", reason: "bounce" })).toBe(200);
    const link = unsubscribeToken(secret, { address: address.toLowerCase(), topic: null, mail: null });
    expect((await fetch(`${served.url}/unsubscribe/${link}`, { method: "POST" })).status).toBe(200);
  }
  valueFrom(await engine.tick(noon));
  expect(found(state, [...texts, "ben@x.example"])).toEqual(["ben@x.example"]);
  expect(mailer.toldBack).not.toContain("zora@secret.example");
  expect(valueFrom(await engine.evaluate("Known", { at: noon })).members).toEqual(["ben"]);
});
