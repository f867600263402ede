// What a run serves beside its work: pages and webhooks on a port.

import { type Cadenza, failure, printable, type Result } from "../index.ts";
import { type ExitCode, report, type Shell } from "./shell.ts";

/** null: nothing is served. */
export function portOf(given: string | undefined): Result<number | null> {
  if (given === undefined) return { ok: true, value: null };
  const port = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
  return port <= 65_535 ? { ok: true, value: port } : { ok: false, failure: failure("F452", { given }) };
}

const mostKeys = 2;

/** The key that signs Mailgun's webhooks, or two with a comma between them; none where none is set. */
function webhookKeysOf({ env }: Shell): Result<readonly string[]> {
  const keys = (env.MAILGUN_WEBHOOK_KEY ?? "").split(/[\s,]+/).filter((key) => key !== "");
  return keys.length <= mostKeys
    ? { ok: true, value: keys }
    : { ok: false, failure: failure("F453", { keys: keys.length }) };
}

const shortestKey = 16;

/** The keys of whoever may send events and contacts; none where none is set. */
function writeKeysOf({ env }: Shell): Result<readonly string[]> {
  const keys = (env.CADENZA_WRITE_KEY ?? "").split(/[\s,]+/).filter((key) => key !== "");
  if (keys.length > mostKeys) return { ok: false, failure: failure("F530", { keys: keys.length }) };
  const short = keys.find(({ length }) => length < shortestKey);
  return short === undefined
    ? { ok: true, value: keys }
    : { ok: false, failure: failure("F531", { characters: short.length }) };
}

interface Place {
  readonly port: number;
  readonly host: string | undefined;
}

/** The pages are there before the first tick, and go before the database does. */
export async function whileServing(
  shell: Shell,
  engine: Cadenza,
  { port, host }: Place,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  const onBug = (error: unknown) => shell.err(`${printable(String(error))}\n`);
  const keys = webhookKeysOf(shell);
  if (!keys.ok) return report(shell, keys.failure);
  const writeKeys = writeKeysOf(shell);
  if (!writeKeys.ok) return report(shell, writeKeys.failure);
  const isTaking = keys.value.length > 0;
  const serving = await engine.serve({
    port,
    ...(host === undefined ? {} : { host }),
    ...(isTaking ? { webhooks: { keys: keys.value, domain: shell.env.MAILGUN_DOMAIN || null } } : {}),
    ...(writeKeys.value.length > 0 ? { writeKeys: writeKeys.value } : {}),
    onBug,
  });
  if (!serving.ok) return report(shell, serving.failure);
  shell.err(`The pages to unsubscribe are served on ${serving.value.url}\n`);
  if (!isTaking) shell.err("Mailgun's webhooks are not taken: MAILGUN_WEBHOOK_KEY is not set.\n");
  if (writeKeys.value.length > 0) shell.err(`Events and contacts are taken in on ${serving.value.url}/v1/\n`);
  try {
    return await work();
  } finally {
    await serving.value.close();
  }
}
