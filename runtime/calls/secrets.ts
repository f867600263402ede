// Secrets of webhooks, by the names that they have in the environment: one for each, so that no receiver can sign for another.

import { failure } from "../failures/failures.ts";
import type { Result } from "../ports.ts";

const leastSecret = 32;

export const secretName = (webhook: string): string => `CADENZA_WEBHOOK_SECRET_${webhook.toUpperCase()}`;

export type SecretOf = (webhook: string) => string | null;

/** F460 where a webhook has no secret, F461 where one is too short to sign with. */
export function secretsOf(
  webhooks: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Result<SecretOf> {
  const secretOf: SecretOf = (webhook) => env[secretName(webhook)]?.trim() || null;
  const missing = webhooks.filter((webhook) => secretOf(webhook) === null).map(secretName);
  if (missing.length > 0) return { ok: false, failure: failure("F460", { missing }) };
  const short = webhooks.find((webhook) => (secretOf(webhook) ?? "").length < leastSecret);
  if (short === undefined) return { ok: true, value: secretOf };
  return { ok: false, failure: failure("F461", { name: secretName(short), least: leastSecret }) };
}
