// Erasure: a person is forgotten for good, and stays so when the same rows are loaded again or a backup is restored.

import type { OpenRequest } from "./cadenza.ts";
import { caught } from "./caught.ts";
import { failure } from "./failures.ts";
import { whoIs } from "./forgotten-rows.ts";
import type { Instant, Result } from "./ports.ts";
import { type StoreChoices, storeOf } from "./store-of.ts";
import { systemClock, systemSecret } from "./system-clock.ts";

export interface ForgetRequest {
  readonly contact: string;
  /** True: other contacts of the same address are forgotten too. */
  readonly withSameAddress?: boolean;
  /** Absent: the clock's instant. */
  readonly at?: Instant;
}

export interface Forgotten {
  readonly contact: string;
  /** False: the person had been forgotten before. */
  readonly isNew: boolean;
  /** How many contacts that is. */
  readonly contacts: number;
}

/**
 * Takes a person out of the database and of the files beside it, writes the database into a new file, and keeps a keyed hash by which
 * later loads know whom to leave out. Nobody else may have the database open. A process that dies on the way leaves nothing begun, or
 * the next one that opens the database ends it. F118 where there is no such contact, F504 where others have the address, F120 where an engine runs.
 */
export async function forget(
  request: OpenRequest,
  { contact: key, withSameAddress = false, at }: ForgetRequest,
  choices: StoreChoices = {},
): Promise<Result<Forgotten>> {
  const { database: place } = request;
  if (place === ":memory:") return { ok: false, failure: failure("F116", { path: place }) };
  const { folder } = place;
  const opened = await storeOf({ ...request, database: { ...place, mustExist: true } }, choices);
  if (!opened.ok) return opened;
  const { addTombstones, digestOf, readErased, secretIn } = await import("./store/tombstones.ts");
  const begun = await caught(async (): Promise<Result<Forgotten>> => {
    const found = await whoIs(opened.value, request, key);
    if (found === null) {
      const erased = readErased(folder);
      const digest = erased && digestOf(erased.secret, "key", key);
      const isKnown = erased?.tombstones.some((one) => one.digest === digest) === true;
      return isKnown
        ? { ok: true, value: { contact: key, isNew: false, contacts: 0 } }
        : { ok: false, failure: failure("F118", { key }) };
    }
    const { address, others } = found;
    if (others.length > 0 && !withSameAddress) {
      return { ok: false, failure: failure("F504", { key, count: others.length }) };
    }
    const secret = secretIn(folder, systemSecret);
    choices.onStep?.("secret");
    const since = at ?? (request.clock ?? systemClock()).now();
    const stone = (kind: "key" | "address", value: string) => ({
      kind,
      digest: digestOf(secret, kind, value),
      at: since,
    });
    const keys = [key, ...others].map((one) => stone("key", one));
    addTombstones(folder, address === null ? keys : [...keys, stone("address", address)]);
    choices.onStep?.("begun");
    return { ok: true, value: { contact: key, isNew: true, contacts: 1 + others.length } };
  });
  await opened.value.close();
  if (!begun.ok || !begun.value.isNew) return begun;
  const ended = await storeOf(request, choices);
  if (!ended.ok) return ended;
  await ended.value.close();
  return begun;
}
