// Checks of what mailbox providers look up about a sender: SPF, DKIM, DMARC, and whether they belong together.

import type { DnsRecord } from "../ports.ts";
import { type Check, checked, fine, type Found, problem, unchecked, warning } from "./check.ts";

/** Texts that a name has; empty where there are none. A word why it could not be asked. */
export type Texts = readonly string[] | string;
export type TextLookup = (name: string) => Promise<Texts>;

export interface DnsFacts {
  /** Domains of the senders that the project writes. */
  readonly senders: readonly string[];
  /** The domain that mails are handed over from; null: none is set. */
  readonly domain: string | null;
  /** What the provider wants to find; null where it did not tell. */
  readonly records: readonly DnsRecord[] | null;
}

const dns = checked("DNS");

export async function dnsChecks(facts: DnsFacts, lookup: TextLookup): Promise<readonly Check[]> {
  const { senders, domain, records } = facts;
  const spf = domain ?? senders[0] ?? null;
  if (spf === null) return [dns("spf", unchecked("There is no sender whose records could be looked up."))];
  const found = [dns("spf", spfFound(spf, await lookup(spf))), dns("dkim", await dkimFound(records, lookup))];
  for (const sender of senders) {
    found.push(dns("dmarc", await dmarcFound(sender, lookup)));
    if (domain !== null) found.push(dns("alignment", alignmentFound(sender, domain)));
  }
  return found;
}

const notAsked = (name: string, reason: string): Found =>
  unchecked(
    `\`${name}\` could not be looked up (${reason}).`,
    "Check the network of this machine, and run the command again.",
  );

function spfFound(name: string, texts: Texts): Found {
  if (typeof texts === "string") return notAsked(name, texts);
  const found = texts.filter((text) => /^v=spf1(\s|$)/i.test(text));
  const help = `Publish one TXT record at ${name} that names who may send, such as "v=spf1 include:mailgun.org ~all".`;
  if (found.length === 0) return problem(`\`${name}\` has no SPF record.`, help);
  if (found.length > 1) return problem(`\`${name}\` has ${found.length} SPF records, so none of them counts.`, help);
  return /\+all\b/i.test(found[0] ?? "")
    ? problem(`The SPF record of \`${name}\` lets everybody send (\`+all\`).`, help)
    : fine(`\`${name}\` has an SPF record.`);
}

async function dkimFound(records: readonly DnsRecord[] | null, lookup: TextLookup): Promise<Found> {
  const keys = records?.filter(({ type, name }) => type === "TXT" && name.includes("._domainkey.")) ?? [];
  const [key] = keys;
  if (records === null)
    return unchecked("Under which name the DKIM key stands is told by Mailgun, which did not tell.");
  if (!key) return unchecked("Mailgun names no DKIM record of type TXT.");
  const texts = await lookup(key.name);
  if (typeof texts === "string") return notAsked(key.name, texts);
  const help = `Publish the TXT record at ${key.name} as Mailgun says.`;
  const own = texts.find((text) => /(^|;)\s*p=/.test(text));
  if (own === undefined) return problem(`There is no DKIM key at \`${key.name}\`.`, help);
  const publicKey = (text: string) => /(?:^|;)\s*p=\s*([^;]*)/.exec(text)?.[1]?.replace(/\s+/g, "") ?? "";
  if (publicKey(own) === "") return problem(`The DKIM key at \`${key.name}\` is revoked.`, help);
  return publicKey(own) === publicKey(key.value)
    ? fine(`The DKIM key stands at \`${key.name}\`.`)
    : problem(`The DKIM key at \`${key.name}\` is not the one that Mailgun signs with.`, help);
}

/** Where a name has none, that of the domain above it holds. */
async function dmarcFound(sender: string, lookup: TextLookup): Promise<Found> {
  const above = sender.split(".").length > 2 ? sender.slice(sender.indexOf(".") + 1) : null;
  for (const name of [sender, ...(above === null ? [] : [above])]) {
    const texts = await lookup(`_dmarc.${name}`);
    if (typeof texts === "string") return notAsked(`_dmarc.${name}`, texts);
    const found = texts.filter((text) => /^v=DMARC1\b/i.test(text));
    if (found.length > 1)
      return problem(`\`_dmarc.${name}\` has ${found.length} DMARC records, so none of them counts.`, "Leave one.");
    const policy = /;\s*p=\s*(\w+)/i.exec(found[0] ?? "")?.[1];
    if (found.length === 1 && policy === undefined)
      return problem(`The DMARC record of \`${name}\` names no policy.`, 'Write one into it, such as "p=none".');
    if (policy !== undefined) return fine(`\`${sender}\` has a DMARC record (p=${policy.toLowerCase()}).`);
  }
  return warning(
    `\`${sender}\` has no DMARC record.`,
    `Gmail, Yahoo and Outlook refuse bulk mail without: publish a TXT record at _dmarc.${sender}, such as "v=DMARC1; p=none".`,
  );
}

/** Domains are aligned where one lies in the other, or both lie in a third that is nobody's zone of registration. */
function alignmentFound(sender: string, domain: string): Found {
  const isIn = (one: string, other: string) => one === other || one.endsWith(`.${other}`);
  const parent = (name: string) => name.split(".").slice(1).join(".");
  const isBeside = parent(sender) === parent(domain) && parent(sender).split(".").length > 1;
  if (isIn(sender, domain) || isIn(domain, sender) || isBeside)
    return fine(`Mails from \`${sender}\` are signed by a domain of the same owner.`);
  return problem(
    `Mails from \`${sender}\` are signed by \`${domain}\`, so DMARC fails.`,
    `Send from an address at ${domain}, or set up a domain such as mg.${sender} at Mailgun.`,
  );
}
