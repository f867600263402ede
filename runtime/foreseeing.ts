// The part of the public interface that says beforehand what making the plan live would do, and holds to it.

import type { ForeseenRequest } from "./applied.ts";
import type { Cadenza, OpenRequest } from "./cadenza.ts";
import { caught } from "./caught.ts";
import { failure } from "./failures/failures.ts";
import type { Foreseen } from "./planning/foreseen.ts";
import type { Fitting, ForeseeRequest, Foresight } from "./planning/foresee.ts";
import type { Clock, Database, Result } from "./ports.ts";
import type { Shared } from "./shared.ts";

/** How many keys are named of each group of people, where nobody says. */
const fewSamples = 5;

export function foreseeing(
  { database, shared }: { readonly database: Database; readonly shared: Pick<Shared, "inTurn"> },
  { plan }: Pick<OpenRequest, "plan">,
  clock: Clock,
): Pick<Cadenza, "foresee" | "savePlan"> {
  const found = ({ at = clock.now(), samples = fewSamples, looksAhead }: ForeseenRequest) =>
    foresight(database, { plan, at, samples, looksAhead: looksAhead ?? null });
  const saved = async (request: ForeseenRequest): Promise<Result<SavedPlan>> => {
    const all = await found(request);
    const { foreseen } = all;
    if (foreseen.refusal) return { ok: false, failure: failure("F428", foreseen.refusal) };
    const { savedText } = await import("./planning/saved.ts");
    const text = savedText({ foresight: all, next: plan.hash, traces: await traces(database) });
    return { ok: true, value: { foreseen, text } };
  };
  return {
    foresee: (request = {}) =>
      caught(() => shared.inTurn(async () => ({ ok: true, value: (await found(request)).foreseen }))),
    savePlan: (request = {}) => caught(() => shared.inTurn(() => saved(request))),
  };
}

interface SavedPlan {
  readonly foreseen: Foreseen;
  readonly text: string;
}

/** Fails where `apply` would now do what a saved plan did not show. */
export function heldTo(
  database: Database,
  { plan, at, saved }: Pick<ForeseeRequest, "plan" | "at"> & { readonly saved: string },
): Promise<Result<void>> {
  return caught(async () => {
    const { readSaved, reasonAgainst } = await import("./planning/saved.ts");
    const sound = readSaved(saved);
    if (!sound.ok) return sound;
    const now = await foresight(database, { plan, at, samples: 0, looksAhead: false });
    const current = { project: plan.project.name, next: plan.hash, foresight: now, traces: await traces(database) };
    const reason = reasonAgainst(sound.value, current);
    return reason ? { ok: false, failure: reason } : { ok: true, value: undefined };
  });
}

async function foresight(database: Database, request: Omit<ForeseeRequest, "fitting">): Promise<Foresight> {
  const { foresee } = await import("./planning/foresee.ts");
  return foresee(database, { ...request, fitting: await fittingOf() });
}

async function traces(database: Database) {
  const { withoutTrace } = await import("./planning/shadow.ts");
  const { tracesOf } = await import("./planning/saved.ts");
  const { system } = await fittingOf();
  return withoutTrace(database, async (shadow) => {
    await system(shadow);
    return tracesOf(shadow);
  });
}

async function fittingOf(): Promise<Fitting> {
  const { ensureSchema } = await import("./store/schema.ts");
  const { ensureCatalog } = await import("./store/catalog-tables.ts");
  return { system: ensureSchema, catalog: (shadow, { catalog }) => ensureCatalog(shadow, catalog) };
}
