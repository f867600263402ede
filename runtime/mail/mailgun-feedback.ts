// What Mailgun tells of a mail, in a webhook or in its logs, read leniently: fields may be missing, and new ones come.

import type { Feedback } from "../ports.ts";

/** A member of an object, of whatever kind; null where there is none. */
export function member(value: unknown, ...names: readonly string[]): unknown {
  let found = value;
  for (const name of names) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return null;
    found = Reflect.get(found, name);
  }
  return found ?? null;
}

const textAt = (value: unknown, ...names: readonly string[]): string | null => {
  const found = member(value, ...names);
  return typeof found === "string" && found.trim() !== "" ? found.trim() : null;
};

/** Why a mail is refused for good though the address may be a good one: lists of Mailgun's own, reputation, time run out. */
const notTheAddress = /^(suppress-\w+|espblock|old)$/;

function kindOf(event: unknown): Feedback["kind"] | null {
  const kind = textAt(event, "event");
  switch (kind) {
    case "delivered":
    case "opened":
    case "clicked":
    case "unsubscribed":
    case "complained":
      return kind;
    case "failed":
      if (textAt(event, "severity") !== "permanent") return "delayed";
      return notTheAddress.test(textAt(event, "reason") ?? "") ? "undelivered" : "bounced";
    default:
      return null;
  }
}

/** A mail that the provider fetched ahead of its reader: it says so, or it asks as Apple's does. */
function isMachine(event: unknown): boolean {
  return textAt(event, "client-info", "bot") !== null || textAt(event, "client-info", "user-agent") === "Mozilla/5.0";
}

/** The logs hold them as text. */
function variablesOf(event: unknown): unknown {
  const variables = member(event, "user-variables");
  if (typeof variables !== "string") return variables;
  try {
    return JSON.parse(variables);
  } catch {
    return null;
  }
}

/** What our own mails carry, such as the program; null where it is not one of them. */
export const labelOf = (event: unknown, name: string): string | null => textAt(variablesOf(event), name);

export function instantOf(event: unknown): number {
  const [seconds, logged] = [member(event, "timestamp"), member(event, "@timestamp")];
  if (typeof seconds === "number") return Math.floor(seconds * 1000);
  // The client makes a date of it.
  return typeof logged === "string" ? Date.parse(logged) : Number(logged ?? Number.NaN);
}

/** Our own variable, else the front of the Message-Id, which is the same. */
function sendIdOf(event: unknown): string | null {
  const own = textAt(variablesOf(event), "key");
  return own ?? textAt(event, "message", "headers", "message-id")?.replace(/^<|@.*$/g, "") ?? null;
}

const longestReason = 300;
const longestLink = 2_000;

function reasonOf(event: unknown): string | null {
  const words = [
    textAt(event, "reason"),
    textAt(event, "delivery-status", "message") ?? textAt(event, "delivery-status", "description"),
  ];
  const said = words.flatMap((word) => word ?? []).join(": ");
  return said === "" ? null : said.slice(0, longestReason);
}

/** `nothing`: it is no news of a mail of this domain (null: of any), as `accepted` is none; `unreadable`: what every event has is missing. */
export function feedbackOf(event: unknown, domain: string | null): Feedback | "nothing" | "unreadable" {
  const [id, mailbox] = [textAt(event, "id"), textAt(event, "recipient")];
  if (id === null || textAt(event, "event") === null) return "unreadable";
  const kind = kindOf(event);
  const sender = textAt(event, "domain", "name");
  // Domains of one account share its key: another one's mails are not ours to judge.
  if (domain !== null && sender !== null && sender.toLowerCase() !== domain.toLowerCase()) return "nothing";
  // What is sent in test mode reaches nobody.
  if (kind === null || member(event, "flags", "is-test-mode") === true) return "nothing";
  const at = instantOf(event);
  if (mailbox === null || !(at > 0 && at < latest)) return "unreadable";
  return {
    id,
    kind,
    sendId: sendIdOf(event),
    mailbox: mailbox.toLowerCase(),
    at,
    link: textAt(event, "url")?.slice(0, longestLink) ?? null,
    reason: reasonOf(event),
    isMachine: isMachine(event),
  };
}

const latest = Date.UTC(2200, 0);
