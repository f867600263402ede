// The caller that posts to webhooks. The status of the answer tells all: nothing of its body is read, and no redirect followed.

import type { Call, Caller, CallOutcome, Instant } from "../ports.ts";
import { secretName } from "./secrets.ts";
import { signatureOf } from "./signature.ts";

export interface HttpSettings {
  /** The secret that signs what a webhook is told; null where there is none. */
  readonly secretOf: (webhook: string) => string | null;
  /** How long an answer may take; 10 seconds where absent. */
  readonly timeoutMs?: number;
}

export function httpCaller({ secretOf, timeoutMs = 10_000 }: HttpSettings): Caller {
  return {
    name: "http",
    goesOut: true,
    call: async (call, signal) => {
      const secret = secretOf(call.webhook);
      if (secret === null) return later(`${secretName(call.webhook)} is not set`);
      const limit = AbortSignal.timeout(timeoutMs);
      return post(call, secret, signal ? AbortSignal.any([limit, signal]) : limit);
    },
  };
}

const later = (reason: string): CallOutcome => ({ kind: "slow down", reason, afterMs: null });

async function post({ id, url, body, at }: Call, secret: string, signal: AbortSignal): Promise<CallOutcome> {
  try {
    const {
      status,
      headers,
      body: answer,
    } = await fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: {
        "content-type": "application/json",
        "user-agent": "Cadenza",
        "idempotency-key": id,
        "cadenza-signature": signatureOf(body, at, secret),
      },
      body,
      signal,
    });
    // The rest of the answer is not waited for, however much it is.
    await answer?.cancel().catch(() => undefined);
    return outcomeOf(status, headers.get("retry-after"), at);
  } catch (error) {
    return later(`no answer came (${reasonOf(error)})`);
  }
}

function outcomeOf(status: number, retryAfter: string | null, at: Instant): CallOutcome {
  const reason = `the receiver answered ${status}`;
  if (status >= 200 && status < 300) return { kind: "taken" };
  if (status >= 300 && status < 400) return { kind: "refused", reason: `${reason}, and redirects are not followed` };
  const afterMs = waitOf(retryAfter, at);
  if (status === 429) return { kind: "slow down", reason, afterMs };
  return status >= 500 ? { kind: "retry", reason, afterMs } : { kind: "refused", reason };
}

/** Seconds, or a date, as milliseconds from now; null where it is neither, or past. */
function waitOf(header: string | null, at: Instant): number | null {
  const given = header?.trim() ?? "";
  const wait = /^\d{1,9}$/.test(given) ? Number(given) * 1000 : Date.parse(given) - at;
  return wait > 0 ? wait : null;
}

/** The code of what went wrong on the way: what `fetch` says of itself is that it failed. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "it took too long";
  const { cause } = error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : error.message;
}
