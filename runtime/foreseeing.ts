// The part of the public interface that says beforehand what making the plan live would do.

import type { Cadenza, OpenRequest } from "./cadenza.ts";
import { caught } from "./caught.ts";
import type { Clock, Database } from "./ports.ts";
import type { Fitting, ForeseeRequest, Foresight } from "./planning/foresee.ts";

/** How many keys are named of each group of people, where nobody says. */
const fewSamples = 5;

export function foreseeing(database: Database, { plan }: OpenRequest, clock: Clock): Pick<Cadenza, "foresee"> {
  return {
    foresee: ({ at = clock.now(), samples = fewSamples, looksAhead = true } = {}) =>
      caught(async () => {
        const value = await foresight(database, { plan, at, samples, looksAhead });
        return { ok: true, value: value.foreseen };
      }),
  };
}

/** All that is found out; commands and programs are told a part of it. */
export async function foresight(database: Database, request: Omit<ForeseeRequest, "fitting">): Promise<Foresight> {
  const { foresee } = await import("./planning/foresee.ts");
  return foresee(database, { ...request, fitting: await fittingOf() });
}

async function fittingOf(): Promise<Fitting> {
  const { ensureSchema } = await import("./store/schema.ts");
  const { ensureCatalog } = await import("./store/catalog-tables.ts");
  return { system: ensureSchema, catalog: (shadow, { catalog }) => ensureCatalog(shadow, catalog) };
}
