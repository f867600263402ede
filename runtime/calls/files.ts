// The caller that writes every call to a file: what a project uses before it has receivers, and in demos and replays.

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemReason } from "../failures/failures.ts";
import type { Call, Caller, CallOutcome } from "../ports.ts";

/** Writes below `folder`, one call a file: `crm/ab12….json`. A repeat is written over what is the same. */
export function filesCaller(folder: string): Caller {
  return { name: "files", goesOut: false, call: async (call) => write(folder, call) };
}

function write(folder: string, { id, webhook, url, body, at }: Call): CallOutcome {
  const place = join(folder, webhook);
  const path = join(place, `${id}.json`);
  const seen = { url, at: new Date(at).toISOString(), "idempotency-key": id, body: JSON.parse(body) as unknown };
  try {
    mkdirSync(place, { recursive: true });
    writeFileSync(`${path}.tmp`, `${JSON.stringify(seen, null, 2)}\n`);
    renameSync(`${path}.tmp`, path);
    return { kind: "taken" };
  } catch (error) {
    return { kind: "slow down", reason: `the file cannot be written (${systemReason(error)})`, afterMs: null };
  }
}
