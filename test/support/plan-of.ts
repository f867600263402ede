// Plans that say nothing but what a test is about.

import type { Catalog } from "../../compiler/ir/catalog.ts";
import type { Plan } from "../../compiler/ir/plan.ts";

type Parts = Partial<Pick<Plan, "segments" | "scores" | "funnels" | "programs">>;

/** Without a calendar: UTC, weeks from Monday. `seed`: of its samples. */
export const planOf = (
  catalog: Catalog,
  { zone = "UTC", firstWeekday = 1 }: { readonly zone?: string; readonly firstWeekday?: number } = {},
  parts: Parts = {},
  seed = "test",
): Plan => ({
  format: 1,
  project: { name: "test", zone, currency: "EUR", firstWeekday, sender: null, postalAddress: null, seed },
  catalog,
  segments: [],
  scores: [],
  funnels: [],
  derived: [],
  emails: [],
  vocabularies: [],
  policies: [],
  webhooks: [],
  reports: [],
  programs: [],
  loads: [],
  files: [],
  moves: [],
  hash: "",
  ...parts,
});
