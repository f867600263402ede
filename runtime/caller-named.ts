// Who makes the calls of webhooks, by the name of the mailer that a command line gives: both go out, or neither does.

import type { Plan } from "../compiler/ir/plan.ts";
import type { Caller, Result } from "./ports.ts";

export interface CallerChoice {
  /** Where calls are written as files. */
  readonly folder: string;
  readonly plan: Plan;
  /** Where the secrets are looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Stands in where nothing goes out at all: calls stay pending. */
const none: Caller = {
  name: "none",
  goesOut: false,
  call: async () => ({ kind: "slow down", reason: "calls are not made", afterMs: null }),
};

/** F460, F461 where a webhook has no good secret. */
export async function callerNamed(mailer: string, { folder, plan, env }: CallerChoice): Promise<Result<Caller>> {
  if (mailer === "none") return { ok: true, value: none };
  if (mailer === "files") {
    const { filesCaller } = await import("./calls/files.ts");
    return { ok: true, value: filesCaller(folder) };
  }
  const { secretsOf } = await import("./calls/secrets.ts");
  const secrets = secretsOf(
    plan.webhooks.map(({ name }) => name),
    env,
  );
  if (!secrets.ok) return secrets;
  const { httpCaller } = await import("./calls/http.ts");
  return { ok: true, value: httpCaller({ secretOf: secrets.value }) };
}
