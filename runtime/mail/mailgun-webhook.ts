// Whether a webhook comes from Mailgun. The signature covers its timestamp and token only, so each token counts once.

import { createHmac, timingSafeEqual } from "node:crypto";
import type { Feedback, Instant } from "../ports.ts";
import { feedbackOf, member } from "./mailgun-feedback.ts";

export interface SignedWebhook {
  readonly kind: "signed";
  readonly token: string;
  readonly signedAt: Instant;
  /** null: it tells nothing that matters. */
  readonly feedback: Feedback | null;
}
export type Webhook =
  | SignedWebhook
  /** Not signed with one of the keys, or too long ago. */
  | { readonly kind: "forged" }
  | { readonly kind: "unreadable" };

/** Mailgun tries for eight hours, perhaps with the signature of the first time. */
export const oldestMs = 9 * 60 * 60_000;

export interface WebhookSettings {
  /** Any of them may have signed. */
  readonly keys: readonly string[];
  /** Whose mails it is about; null: any domain's of the account. */
  readonly domain: string | null;
}

export function readWebhook(body: Buffer, { keys, domain }: WebhookSettings, now: Instant): Webhook {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return { kind: "unreadable" };
  }
  const [timestamp, token] = [text(member(value, "signature", "timestamp")), text(member(value, "signature", "token"))];
  // Time and token are signed without a mark between them: another cut would make another token of them.
  if (!/^\d{10}$/.test(timestamp) || !/^[\w-]{1,200}$/.test(token)) return { kind: "forged" };
  if (!isSigned(timestamp + token, text(member(value, "signature", "signature")), keys)) return { kind: "forged" };
  const signedAt = Number(timestamp) * 1000;
  if (signedAt < now - oldestMs) return { kind: "forged" };
  const feedback = feedbackOf(member(value, "event-data"), domain);
  if (feedback === "unreadable") return { kind: "unreadable" };
  return { kind: "signed", token, signedAt, feedback: feedback === "nothing" ? null : feedback };
}

const text = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";

/** Takes the same time for each wrong signature. */
function isSigned(signed: string, signature: string, keys: readonly string[]): boolean {
  const given = Buffer.from(/^[\da-f]{64}$/i.test(signature) ? signature : "", "hex");
  const matches = keys.map((key) => {
    const right = createHmac("sha256", key).update(signed).digest();
    return given.length === right.length && timingSafeEqual(given, right);
  });
  return matches.includes(true);
}
