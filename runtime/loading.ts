// Runs the load statements of a plan.

import { join } from "node:path";
import type { Load } from "../compiler/ir/load.ts";
import { nearest } from "../compiler/similar.ts";
import type { LoadReport, LoadRequest, OpenRequest } from "./cadenza.ts";
import { failure } from "./failures.ts";
import type { Database, Result } from "./ports.ts";

const order: readonly Load["target"]["kind"][] = ["company", "contact", "list", "topic", "event"];

function chosen(loads: readonly Load[], names: readonly string[] | undefined): Result<readonly Load[]> {
  const sorted = loads.toSorted((a, b) => order.indexOf(a.target.kind) - order.indexOf(b.target.kind));
  const missing = (names ?? []).find((name) => !loads.some((load) => load.name === name));
  if (missing !== undefined) {
    const near = nearest(missing, new Set(loads.map(({ name }) => name)));
    return { ok: false, failure: failure("F117", { kind: "load statement", name: missing, near }) };
  }
  return { ok: true, value: names === undefined ? sorted : sorted.filter(({ name }) => names.includes(name)) };
}

export async function loadAll(
  database: Database,
  { plan, dataDir, database: place }: OpenRequest,
  { names, onLoaded }: LoadRequest,
  now: number,
): Promise<Result<readonly LoadReport[]>> {
  const loads = chosen(plan.loads, names);
  if (!loads.ok) return loads;
  const folder = place === ":memory:" ? "." : place.folder;
  const options = { dataDir: dataDir ?? folder, now, rejectsDir: join(folder, "rejects") };
  const { runLoad } = await import("./store/load/run-load.ts");
  const reports: LoadReport[] = [];
  for (const load of loads.value) {
    const counts = await runLoad(database, plan, load, options);
    if (!counts.ok) return counts;
    const report = { name: load.name, path: load.path, ...counts.value };
    reports.push(report);
    onLoaded?.(report);
  }
  if (plan.funnels.length > 0) {
    const { recordLoaded } = await import("./engine/stages.ts");
    await recordLoaded(database, plan, now);
  }
  return { ok: true, value: reports };
}
