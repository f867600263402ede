// The tokens of links by which somebody refuses mails: each names an address, a topic and the mail that it stands in, and only
// who knows the secret can make or read one. The same always get the same token, so that a mail rendered twice is the same mail.

import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from "node:crypto";

export interface Refusal {
  /** In small letters, without outer space: what refusals are kept by. */
  readonly address: string;
  /** null: all mail. */
  readonly topic: string | null;
  /** Id of the mail whose link it is; null where that is not known. */
  readonly mail: string | null;
}

const format = "1";
const allMail = "*";
const sealBytes = 16;
const longestToken = 1024;

const keyOf = (secret: string, purpose: string): Buffer =>
  createHmac("sha256", secret).update(`cadenza unsubscribe ${purpose}`).digest();

/** Of what the token says, under a key of its own: it is the start of the cipher too, so no two texts share one. */
const sealOf = (secret: string, plain: Buffer): Buffer =>
  createHmac("sha256", keyOf(secret, "seal")).update(plain).digest().subarray(0, sealBytes);

/** Letters, digits, `-` and `_` only. */
export function unsubscribeToken(secret: string, { address, topic, mail }: Refusal): string {
  const plain = Buffer.from([format, topic ?? allMail, address.trim().toLowerCase(), mail ?? ""].join("\n"));
  const seal = sealOf(secret, plain);
  const cipher = createCipheriv("aes-256-ctr", keyOf(secret, "cipher"), seal);
  return Buffer.concat([seal, cipher.update(plain), cipher.final()]).toString("base64url");
}

/** null for every token that was not made with this secret. */
export function readToken(secret: string, token: string): Refusal | null {
  if (token.length > longestToken) return null;
  const bytes = Buffer.from(token, "base64url");
  // One token has one spelling.
  if (bytes.length <= sealBytes || bytes.toString("base64url") !== token) return null;
  const [seal, hidden] = [bytes.subarray(0, sealBytes), bytes.subarray(sealBytes)];
  const decipher = createDecipheriv("aes-256-ctr", keyOf(secret, "cipher"), seal);
  const plain = Buffer.concat([decipher.update(hidden), decipher.final()]);
  if (!timingSafeEqual(seal, sealOf(secret, plain))) return null;
  // Links of older mails do not say which one they stand in.
  const [version, topic, address, mail = ""] = plain.toString().split("\n");
  if (version !== format || topic === undefined || address === undefined) return null;
  return { address, topic: topic === allMail ? null : topic, mail: mail === "" ? null : mail };
}
