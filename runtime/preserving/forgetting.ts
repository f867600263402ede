// Erasure: a person is forgotten for good, and stays so when the same rows are loaded again or a backup is restored.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { OpenRequest } from "../cadenza.ts";
import { caught } from "../caught.ts";
import { Failed, failure } from "../failures/failures.ts";
import { whoIs } from "./forgotten-rows.ts";
import type { Clock, Database, Failure, Result } from "../ports.ts";
import type { Forgotten, ForgetRequest } from "../forgotten.ts";
import type { Replaceable } from "../replaceable.ts";
import { type StoreChoices, storeOf } from "../store-of.ts";
import { systemClock, systemSecret } from "../system-clock.ts";

/**
 * Takes a person out of the database and of the files beside it, writes the database into a new file, and keeps a keyed hash by which
 * later loads know whom to leave out. Nobody else may have the database open. A process that dies on the way leaves nothing begun, or
 * the next one that opens the database ends it. F118 where there is no such contact, F504 where others have the address, F120 where an engine runs.
 */
export async function forget(
  request: OpenRequest,
  asked: ForgetRequest,
  choices: StoreChoices = {},
): Promise<Result<Forgotten>> {
  const { database: place, clock = systemClock() } = request;
  if (place === ":memory:") return { ok: false, failure: failure("F116", { path: place }) };
  const opened = await storeOf({ ...request, database: { ...place, mustExist: true } }, choices);
  if (!opened.ok) return opened;
  const begun = await caught(() =>
    begin({ ...request, database: opened.value, folder: place.folder, clock }, asked, choices),
  );
  await opened.value.close();
  if (!begun.ok || !begun.value.isNew) return begun;
  const ended = await storeOf(request, choices);
  if (!ended.ok) return ended;
  await ended.value.close();
  return begun;
}

/** The same in a database that is open and stays so: everything that is asked of it meanwhile waits until the new file is there. */
export async function forgetIn(
  database: Replaceable,
  request: OpenRequest & { readonly clock: Clock },
  asked: ForgetRequest,
): Promise<Result<Forgotten>> {
  const { database: place, clock } = request;
  if (place === ":memory:") return { ok: false, failure: failure("F116", { path: place }) };
  const begun = await begin({ ...request, database, folder: place.folder, clock }, asked);
  if (!begun.ok || !begun.value.isNew) return begun;
  let failed: Failure | null = null;
  await database.replace(async (old) => {
    await old.close();
    const renewed = await opened(request);
    if (renewed.ok) return renewed.value;
    // Whoever opens the database next ends it; until then the engine goes on with what there is.
    failed = renewed.failure;
    const asItIs = await opened({ ...request, isUntouched: true });
    if (!asItIs.ok) throw new Failed(asItIs.failure);
    return asItIs.value;
  });
  return failed === null ? begun : { ok: false, failure: failed };
}

/** Somebody who looks at the file while it is free holds it for a moment. */
const attempts = 50;
const attemptEveryMs = 100;

async function opened(request: OpenRequest & { readonly clock: Clock }): Promise<Result<Database>> {
  const { clock } = request;
  for (let attempt = 1; ; attempt++) {
    const found = await storeOf(request);
    if (found.ok || found.failure.code !== "F120" || attempt === attempts) return found;
    await clock.sleepUntil(clock.now() + attemptEveryMs);
  }
}

interface Beginning {
  readonly database: Database;
  readonly plan: Plan;
  readonly folder: string;
  readonly clock: Clock;
}

/** Writes down that the person is to be forgotten; from then on whoever opens the database takes them out. */
async function begin(
  { database, plan, folder, clock }: Beginning,
  { contact: key, withSameAddress = false, at }: ForgetRequest,
  { onStep }: StoreChoices = {},
): Promise<Result<Forgotten>> {
  const { addTombstones, digestOf, readErased, secretIn } = await import("../store/tombstones.ts");
  const found = await whoIs(database, plan, key);
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
  onStep?.("secret");
  const since = at ?? clock.now();
  const stone = (kind: "key" | "address", value: string) => ({
    kind,
    digest: digestOf(secret, kind, value),
    at: since,
  });
  const keys = [key, ...others].map((one) => stone("key", one));
  addTombstones(folder, address === null ? keys : [...keys, stone("address", address)]);
  onStep?.("begun");
  return { ok: true, value: { contact: key, isNew: true, contacts: 1 + others.length } };
}
