// Addresses and header values: nothing that could start a line of its own ever gets into a header.

/** Of `Ana from Acme <ana@acme.example>`. */
export interface Address {
  readonly name: string | null;
  readonly address: string;
}

const longestAddress = 320;
const plainAddress = /^[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+$/;

/** One mail address and nothing else; null where the text is not one. */
export function parseAddress(text: string): string | null {
  const address = text.trim();
  if (address.length > longestAddress || !isHeaderSafe(address)) return null;
  return plainAddress.test(address) ? address : null;
}

/** A sender as projects write it: an address, or a name with the address in angle brackets. */
export function parseSender(text: string): Address | null {
  if (!isHeaderSafe(text)) return null;
  const match = /^([^<>]*)<([^<>]*)>$/.exec(text.trim());
  const address = parseAddress(match ? (match[2] ?? "") : text);
  if (address === null) return null;
  const name = (match?.[1] ?? "").trim().replace(/^"(.*)"$/, "$1");
  return { name: name || null, address };
}

/** `"Ana, Acme" <ana@acme.example>`: quoted only where a character asks for it. */
export function formatSender({ name, address }: Address): string {
  if (name === null) return address;
  const quoted = /^[\p{L}\p{N} !#$%&'*+/=?^_`{|}~-]*$/u.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
  return `${quoted} <${address}>`;
}

/** False where the text holds a line break, NUL, or another control character. */
export function isHeaderSafe(text: string): boolean {
  return !/[\p{Cc}\u2028\u2029]/u.test(text);
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}

/** `<send-id@domain>`: the same mail never gets another. */
export function messageIdOf(sendId: string, domain: string): string {
  return `<${sendId}@${domain}>`;
}
