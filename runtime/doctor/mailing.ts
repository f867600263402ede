// Checks of what mails need: settings of the environment, and the domain at Mailgun.

import type { Failure, ProviderSetup } from "../ports.ts";
import { type Check, checked, fine, type Found, problem, unchecked, warning } from "./check.ts";

export interface MailingFacts {
  /** False where the project is known to have no emails. */
  readonly hasEmails: boolean;
  readonly isKeySet: boolean;
  readonly domain: string | null;
  /** Why Mailgun cannot be used as things are set; null: it can. */
  readonly mailgun: Failure | null;
  /** Why mails carry no links back; null: they do. */
  readonly links: Failure | null;
  /** Without a slash at its end. */
  readonly publicUrl: string | null;
  readonly webhookKeys: number;
  /** null: it was not asked. */
  readonly setup: ProviderSetup | null;
}

const settings = checked("Settings");
const mailgun = checked("Mailgun");

export function settingChecks(facts: MailingFacts): readonly Check[] {
  return [
    settings("mailgun-settings", mailgunSettings(facts)),
    settings("links", linkSettings(facts)),
    settings("webhook-key", webhookKey(facts)),
  ];
}

function mailgunSettings({ hasEmails, isKeySet, domain, mailgun: failed }: MailingFacts): Found {
  if (failed === null) return fine(`Mails go out by Mailgun, from the domain \`${domain}\`.`);
  if (isKeySet || domain !== null) return problem(failed.text, failed.help);
  return hasEmails
    ? warning("MAILGUN_API_KEY and MAILGUN_DOMAIN are not set: mails can only be written to files.", failed.help)
    : fine("The project has no emails, so nothing is set to send them.");
}

function linkSettings({ links, mailgun: failed, publicUrl, hasEmails }: MailingFacts): Found {
  if (links === null) return fine(`Links to unsubscribe lead to \`${publicUrl}\`.`);
  if (!hasEmails) return fine("The project has no emails, so no links are needed.");
  return failed === null ? problem(links.text, links.help) : warning(links.text, links.help);
}

function webhookKey({ webhookKeys, mailgun: failed }: MailingFacts): Found {
  if (webhookKeys > 2)
    return problem(`MAILGUN_WEBHOOK_KEY names ${webhookKeys} keys.`, "Set one, or two while one is rotated.");
  if (webhookKeys > 0) return fine("MAILGUN_WEBHOOK_KEY is set: webhooks are taken with --webhook-port.");
  if (failed !== null) return fine("MAILGUN_WEBHOOK_KEY is not set, and not needed without Mailgun.");
  return warning(
    "MAILGUN_WEBHOOK_KEY is not set: what becomes of mails is known only every 15 minutes, from Mailgun's logs.",
    "Copy the HTTP webhook signing key from Mailgun: Sending, Webhooks.",
  );
}

const unasked = "Mailgun was not asked, as it is not set up here.";

export function mailgunChecks(facts: MailingFacts): readonly Check[] {
  const { setup } = facts;
  const rest = ["mailgun-dns", "mailgun-webhooks"];
  if (setup === null) return ["mailgun", ...rest].map((check) => mailgun(check, unchecked(unasked)));
  if (setup.kind !== "told") {
    const found =
      setup.kind === "refused"
        ? problem(
            `${sentence(setup.reason)}.`,
            "Check MAILGUN_API_KEY, MAILGUN_DOMAIN and MAILGUN_URL (https://api.eu.mailgun.net in the EU).",
          )
        : unchecked(`${sentence(setup.reason)}.`, "Check the network of this machine, and run the command again.");
    return [mailgun("mailgun", found), ...rest.map((check) => mailgun(check, unchecked("Mailgun did not tell.")))];
  }
  return [
    mailgun("mailgun", stateFound(facts.domain ?? "", setup.state)),
    mailgun("mailgun-dns", recordsFound(setup)),
    mailgun("mailgun-webhooks", webhooksFound(facts, setup.webhooks)),
  ];
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, "");

function stateFound(domain: string, state: string): Found {
  if (state === "active") return fine(`Mailgun accepts the key, and \`${domain}\` may send.`);
  const help = "Open the domain at Mailgun: Sending, Domains. It says what is missing.";
  return problem(`Mailgun accepts the key, but \`${domain}\` is ${state}.`, help);
}

type Told = Extract<ProviderSetup, { readonly kind: "told" }>;

function recordsFound({ records }: Told): Found {
  const bad = records.filter(({ isValid }) => !isValid);
  if (records.length === 0) return unchecked("Mailgun names no DNS records for the domain.");
  if (bad.length === 0) return fine(`Mailgun finds all ${records.length} DNS records that sending needs.`);
  const named = bad.map(({ type, name }) => `${type} ${name}`).join(", ");
  const first = bad[0];
  return problem(
    `Mailgun does not find ${bad.length} of ${records.length} DNS records: ${named}.`,
    `Publish them as Mailgun says${first ? `, such as ${first.type} ${first.name} = ${first.value}` : ""}.`,
  );
}

/** As Mailgun calls what Cadenza takes in. */
const kinds = ["delivered", "opened", "clicked", "unsubscribed", "complained", "permanent_fail", "temporary_fail"];

function webhooksFound({ publicUrl, webhookKeys }: MailingFacts, webhooks: Told["webhooks"]): Found {
  if (typeof webhooks === "string") return unchecked(`${sentence(webhooks)}.`);
  if (publicUrl === null) return unchecked("Where webhooks should lead is not known without CADENZA_PUBLIC_URL.");
  const own = `${publicUrl}/webhooks/mailgun`;
  const missing = kinds.filter((kind) => !(webhooks.get(kind) ?? []).some((url) => url.replace(/\/+$/, "") === own));
  if (missing.length === 0) return fine(`All ${kinds.length} webhooks lead to \`${own}\`.`);
  const text =
    missing.length === kinds.length
      ? `No webhook leads to \`${own}\`.`
      : `No webhook leads to \`${own}\` for ${missing.join(", ")}.`;
  const help = `Enter \`${own}\` at Mailgun: Sending, Webhooks.`;
  return warning(text, webhookKeys > 0 ? help : `${help} It needs MAILGUN_WEBHOOK_KEY here, too.`);
}
