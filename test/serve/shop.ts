// A small shop that is served on this machine: its engine, its pages, and what people do there.

import { onTestFinished } from "vitest";
import {
  compile,
  type Instant,
  linksOf,
  type Mailer,
  type Message,
  open,
  unsubscribeToken,
} from "../../runtime/index.ts";
import { projectOf } from "../support/example-copy.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { query, valueFrom } from "../support/scratch.ts";

export const secret = "a-secret-that-nobody-else-knows-0123456789";

const source = `project shop < time zone "UTC"  currency EUR  sender "Ana & Co <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email? >
load contact from csv "people.csv" < id from id  email from email >
topic tips "Tips <for> getting started" opt out
topic news "Monthly news" opt in
segment Refused where unsubscribed from tips
segment Readers where subscribed to news
email welcome < subject "Welcome"  text "Hi"  topic tips >
email receipt < subject "Receipt"  text "Hi"  transactional >
program greet for Everybody < why "Greet"  goal purchased  exit when unsubscribed  send welcome  wait 1d  send receipt  wait 30d >
event purchased < >
segment Everybody where everyone
`;

export const day = (number: number): Instant => Date.UTC(2026, 2, number);

interface ShopChoices {
  readonly mailer?: Mailer;
  readonly url?: string;
  readonly webhookKeys?: readonly string[];
}

/** Its clock stands still until it is set. */
export async function servedShop({ mailer, url = "https://mail.shop.example", webhookKeys = [] }: ShopChoices = {}) {
  const { plan, diagnostics } = compile([{ path: "shop.cdz", text: source }]);
  if (plan === null) throw new Error(JSON.stringify(diagnostics));
  const folder = projectOf({ "people.csv": "id,email\na,A@x.example\nb,a@x.example \nc,c@x.example\nd,\n" });
  const time = { now: day(1) };
  const clock = { now: () => time.now, sleepUntil: async () => undefined };
  const links = valueFrom(linksOf({ url, secret }, true));
  const request = { plan, database: { folder: `${folder}/.cadenza` }, dataDir: folder, clock, links };
  const engine = valueFrom(await open({ ...request, ...(mailer ? { mailer } : {}) }));
  onTestFinished(() => engine.close());
  const bugs: unknown[] = [];
  const served = valueFrom(
    await engine.serve({
      port: 0,
      ...(webhookKeys.length > 0 ? { webhooks: { keys: webhookKeys, domain: "mg.example" } } : {}),
      onBug: (error) => bugs.push(error),
    }),
  );
  onTestFinished(() => served.close());
  valueFrom(await engine.load({ at: day(1) }));
  const tokenOf = (address: string, topic: string | null) => unsubscribeToken(secret, { address, topic, mail: null });
  return {
    engine,
    bugs,
    url: served.url,
    close: served.close,
    setTime: (now: Instant) => {
      time.now = now;
    },
    linkOf: (address: string, topic: string | null, page = "unsubscribe") =>
      `${served.url}/${page}/${tokenOf(address, topic)}`,
    /** As they are stored: whose they are, and of which mail. */
    eventsOf: async (event: string) => {
      const database = valueFrom(await openDatabase(`${folder}/.cadenza/cadenza.duckdb`));
      const rows = await query(
        database,
        `SELECT '${event}' AS event, contact_id AS contact, message, email, topic, program FROM event_${event} ORDER BY contact_id`,
      );
      await database.close();
      return rows;
    },
    members: async (segment: string, at: Instant) =>
      valueFrom(await engine.evaluate(segment, { at })).members.join(" "),
  };
}

export type Form = Readonly<Record<string, string | readonly string[]>>;

/** As a browser posts a form without scripts. */
export function post(url: string, form: Form): Promise<Response> {
  const body = new URLSearchParams();
  for (const [name, values] of Object.entries(form)) {
    for (const value of typeof values === "string" ? [values] : values) body.append(name, value);
  }
  return fetch(url, { method: "POST", body, redirect: "error" });
}

/** Remembers what was handed over. `delivers`: it has arrived then. */
export function takingMailer(delivers = true): Mailer & { readonly accepted: Message[] } {
  const accepted: Message[] = [];
  return {
    name: "files",
    delivers,
    accepted,
    async send(message) {
      accepted.push(message);
      return { kind: "sent", providerId: message.sendId };
    },
  };
}
