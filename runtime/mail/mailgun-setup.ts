// How a domain is set up at Mailgun: whether it may send, which DNS records it wants, and whom it tells what becomes of mails.

import type { ProviderSetup, Result } from "../ports.ts";
import { accountOf, type MailgunSettings } from "./mailgun-account.ts";
import { outcomeOf } from "./outcome.ts";

/** `kind` as in `ProviderSetup`. F301, F306 where it cannot be asked as things are set. */
export async function mailgunSetup(settings: MailgunSettings): Promise<Result<ProviderSetup>> {
  const account = await accountOf(settings);
  if (!account.ok) return account;
  const { client, domain, redact } = account.value;
  const asked = async <T>(work: () => Promise<T>): Promise<T | ProviderSetup> => {
    try {
      return await work();
    } catch (error) {
      const outcome = redact(outcomeOf({ kind: "thrown", error }));
      const reason = outcome.kind === "sent" ? "" : outcome.reason;
      return { kind: outcome.kind === "halt" ? "refused" : "silent", reason };
    }
  };
  const found = await asked(() => client.domains.get(domain));
  if ("kind" in found) return { ok: true, value: found };
  const listed = await asked(() => client.webhooks.list(domain, {}));
  const webhooks = isRefusal(listed)
    ? listed.reason
    : new Map(Object.entries(listed ?? {}).map(([name, entry]) => [name, entry?.urls ?? []]));
  const records = (found.sending_dns_records ?? []).map(({ record_type: type, name, value, valid }) => {
    return { type, name, value, isValid: valid === "valid" };
  });
  return { ok: true, value: { kind: "told", state: found.state, records, webhooks } };
}

const isRefusal = (answer: object): answer is Exclude<ProviderSetup, { readonly kind: "told" }> =>
  "kind" in answer && "reason" in answer;
