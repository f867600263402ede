// What Mailgun keeps on its side: logs of what became of mails, and the lists of addresses that it mails no more.

import type Mailgun from "mailgun.js";
import type { Feedback, Instant, Listed, ProviderRecords } from "../ports.ts";
import { feedbackOf } from "./mailgun-feedback.ts";

type Client = Pick<ReturnType<Mailgun["client"]>, "logs" | "suppressions">;

const logPage = 300;
const listPage = 1_000;
/** Far beyond what there can be: an answer that always names another page must not hold us for ever. */
const mostPages = 10_000;
const toldKinds = ["delivered", "opened", "clicked", "unsubscribed", "complained", "failed"];

const lists: Readonly<Record<Listed["reason"], "bounces" | "complaints" | "unsubscribes">> = {
  bounced: "bounces",
  complained: "complaints",
  unsubscribed: "unsubscribes",
};
const reasons: readonly Listed["reason"][] = ["bounced", "complained", "unsubscribed"];

/** `wordsOf`: what is told of an error, without the key. */
export function mailgunRecords(client: Client, domain: string, wordsOf: (error: unknown) => string): ProviderRecords {
  const worded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new Error(wordsOf(error));
    }
  };
  return {
    told: (since) => told(client, { domain, since }, worded),
    listed: () => listed(client, domain, worded),
    list: (entries) => worded(() => list(client, domain, entries)),
    unlist: (mailboxes) => worded(() => unlist(client, domain, mailboxes)),
  };
}

type Worded = <T>(work: () => Promise<T>) => Promise<T>;

interface Span {
  readonly domain: string;
  readonly since: Instant;
}

async function* told({ logs }: Client, { domain, since }: Span, worded: Worded): AsyncGenerator<readonly Feedback[]> {
  let token = "";
  for (let page = 0; page < mostPages; page++) {
    const { items, pagination } = await worded(() =>
      logs.list({
        start: new Date(since),
        events: toldKinds,
        filter: { AND: [{ attribute: "domain", comparator: "=", values: [{ label: domain, value: domain }] }] },
        pagination: { limit: logPage, sort: "timestamp:asc", ...(token === "" ? {} : { token }) },
      }),
    );
    if (!Array.isArray(items)) throw new Error("the answer is no list of logs");
    yield items.map((item) => feedbackOf(item, domain)).filter((one) => typeof one !== "string");
    const next = pagination?.next ?? "";
    if (items.length === 0 || next === "" || next === token) return;
    token = next;
  }
}

async function* listed({ suppressions }: Client, domain: string, worded: Worded): AsyncGenerator<readonly Listed[]> {
  for (const reason of reasons) {
    let page: string | undefined;
    for (let count = 0; count < mostPages; count++) {
      const query = { limit: listPage, ...(page === undefined ? {} : { page }) };
      const { items, pages } = await worded(() => suppressions.list(domain, lists[reason], query));
      if (!Array.isArray(items)) throw new Error("the answer is no list of addresses");
      yield items.flatMap((item) => entryOf(item, reason));
      const next = pages?.next?.page;
      if (items.length < listPage || next === undefined || next === page) break;
      page = next;
    }
  }
}

/** Who unsubscribed from single tags gets all mails of others, so only a refusal of everything counts. */
function entryOf(item: object, reason: Listed["reason"]): readonly Listed[] {
  const address: unknown = Reflect.get(item, "address");
  const createdAt: unknown = Reflect.get(item, "created_at");
  const tags: unknown = Reflect.get(item, "tags");
  if (typeof address !== "string") return [];
  if (reason === "unsubscribed" && Array.isArray(tags) && tags.length > 0 && !tags.includes("*")) return [];
  const at = Number(createdAt ?? Number.NaN);
  return [{ mailbox: address.trim().toLowerCase(), reason, at: Number.isNaN(at) ? 0 : at }];
}

async function list({ suppressions }: Client, domain: string, entries: readonly Listed[]): Promise<void> {
  for (const reason of reasons) {
    const own = entries.filter((entry) => entry.reason === reason);
    for (let from = 0; from < own.length; from += listPage) {
      const items = own.slice(from, from + listPage).map(({ mailbox }) => itemOf(mailbox, reason));
      await suppressions.create(domain, lists[reason], items);
    }
  }
}

function itemOf(address: string, reason: Listed["reason"]) {
  if (reason === "unsubscribed") return { address, tags: ["*"] };
  return reason === "bounced" ? { address, code: 550, error: "suppressed by Cadenza" } : { address };
}

async function unlist({ suppressions }: Client, domain: string, mailboxes: readonly string[]): Promise<void> {
  for (const mailbox of mailboxes) await suppressions.destroy(domain, "unsubscribes", mailbox);
}
