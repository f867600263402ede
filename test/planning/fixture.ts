// Foresight in a small world: what would become of people, before anything is applied.

import type { Plan } from "../../compiler/ir/plan.ts";
import { type Fitting, foresee, type Foresight } from "../../runtime/planning/foresee.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { ensureSchema } from "../../runtime/store/schema.ts";
import { at, type World } from "../engine/world.ts";

export const fitting: Fitting = {
  system: ensureSchema,
  catalog: (shadow, { catalog }) => ensureCatalog(shadow, catalog),
};

export async function foreseen(world: World, plan: Plan, when: string, looksAhead = false): Promise<Foresight> {
  return foresee(world.database, { plan, at: at(when), samples: 3, looksAhead, fitting });
}

const tables = `SELECT table_name AS name FROM duckdb_tables() WHERE NOT internal AND NOT temporary ORDER BY 1`;

/** Everything that the database holds. */
export async function wholeOf(world: World): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const whole: Record<string, readonly unknown[]> = {};
  for (const { name } of await world.rows(tables)) {
    whole[String(name)] = await world.rows(`SELECT * FROM "${String(name)}" ORDER BY ALL`);
  }
  return whole;
}
