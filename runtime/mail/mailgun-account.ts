// An account at Mailgun: the client that talks to it, and the key that nobody gets to see.

import type Mailgun from "mailgun.js";
import { failure } from "../failures/failures.ts";
import type { Mailer, Result, SendOutcome } from "../ports.ts";

export interface MailgunSettings {
  readonly key: string | null;
  readonly domain: string | null;
  /** null: Mailgun in the United States. */
  readonly url: string | null;
  /** Whether opens and clicks are told back; both where absent. */
  readonly tracking?: { readonly opens: boolean; readonly clicks: boolean };
  /**
   * Behind the handing over, when Mailgun's logs are believed about a mail of unknown outcome: half an hour, and up to 20
   * hours, where absent. Before, they may lag behind; later, the cheapest plan no longer has them.
   */
  readonly finding?: NonNullable<Mailer["finding"]>;
  /** How long an answer may take; 10 seconds where null. */
  readonly timeoutMs: number | null;
}

const standardUrl = "https://api.mailgun.net";
const standardTimeoutMs = 10_000;

export type Client = ReturnType<Mailgun["client"]>;

export interface Account {
  readonly client: Client;
  readonly domain: string;
  /** Takes the key out of what is told of an answer. */
  readonly redact: (outcome: SendOutcome) => SendOutcome;
}

/** F301 where key or domain is missing, F306 where the address is none that a key may be sent to. */
export async function accountOf({ key, domain, url, timeoutMs }: MailgunSettings): Promise<Result<Account>> {
  if (!key || !domain) {
    const missing = [...(key ? [] : ["MAILGUN_API_KEY"]), ...(domain ? [] : ["MAILGUN_DOMAIN"])];
    return { ok: false, failure: failure("F301", { missing }) };
  }
  const address = url || standardUrl;
  if (!isTrusted(address)) return { ok: false, failure: failure("F306", { url: address.replaceAll(key, "…") }) };
  const { default: Library } = await import("mailgun.js");
  const client = new Library(FormData).client({
    username: "api",
    key,
    url: address,
    timeout: timeoutMs ?? standardTimeoutMs,
    useFetch: false,
  });
  return { ok: true, value: { client, domain, redact: redactor(key) } };
}

/** Over plain HTTP the key goes to this machine only. */
function isTrusted(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname));
}

/** Whatever an answer or an error says, the key is not in it. */
function redactor(key: string): (outcome: SendOutcome) => SendOutcome {
  const forms = [key, Buffer.from(`api:${key}`).toString("base64"), encodeURIComponent(key)];
  return (outcome) => {
    if (outcome.kind === "sent") return outcome;
    return { ...outcome, reason: forms.reduce((reason, form) => reason.replaceAll(form, "…"), outcome.reason) };
  };
}
