// Runs the load statements of a plan.

import { join } from "node:path";
import type { Load } from "../compiler/ir/load.ts";
import type { Plan } from "../compiler/ir/plan.ts";
import { nearest } from "../compiler/similar.ts";
import type { LoadReport, LoadRequest, OpenRequest } from "./cadenza.ts";
import { caught } from "./caught.ts";
import { failure } from "./failures/failures.ts";
import type { Database, Instant, Result } from "./ports.ts";

const order: readonly Load["target"]["kind"][] = ["company", "contact", "list", "topic", "event"];

export function chosen(loads: readonly Load[], names: readonly string[] | undefined): Result<readonly Load[]> {
  const sorted = loads.toSorted((a, b) => order.indexOf(a.target.kind) - order.indexOf(b.target.kind));
  const missing = (names ?? []).find((name) => !loads.some((load) => load.name === name));
  if (missing !== undefined) {
    const near = nearest(missing, new Set(loads.map(({ name }) => name)));
    return { ok: false, failure: failure("F117", { kind: "load statement", name: missing, near }) };
  }
  return { ok: true, value: names === undefined ? sorted : sorted.filter(({ name }) => names.includes(name)) };
}

interface Place {
  readonly dataDir: string;
  readonly rejectsDir: string;
}

export function placeOf({ dataDir, database }: OpenRequest): Place {
  const folder = database === ":memory:" ? "." : database.folder;
  return { dataDir: dataDir ?? folder, rejectsDir: join(folder, "rejects") };
}

/** Runs one load, and remembers what its files were like before. */
export async function loadOne(
  database: Database,
  { plan, ...bound }: OpenRequest,
  load: Load,
  now: Instant,
): Promise<Result<LoadReport>> {
  const { runLoad } = await import("./store/load/run-load.ts");
  const { lookAtFiles } = await import("./store/load/files.ts");
  const { rememberLoaded } = await import("./store/load/states.ts");
  const { erasedSecretIn } = await import("./store/tombstones.ts");
  const place = placeOf({ plan, ...bound });
  const before = await caught(async () => ({ ok: true, value: await lookAtFiles(database, load, place.dataDir) }));
  const counts = await runLoad(database, plan, load, {
    ...place,
    now,
    erasedSecret: erasedSecretIn(bound.database),
  });
  if (!counts.ok) return counts;
  await rememberLoaded(database, load, before.ok ? before.value.print : null);
  return { ok: true, value: { name: load.name, path: load.path, ...counts.value } };
}

/** Behind loads: at which stage of its funnels everybody is. */
export async function recordStagesLoaded(database: Database, plan: Plan, now: Instant): Promise<void> {
  if (plan.funnels.length === 0) return;
  const { recordLoaded } = await import("./engine/stages.ts");
  await recordLoaded(database, plan, now);
}

export async function loadAll(
  database: Database,
  bound: OpenRequest,
  { names, onLoaded }: LoadRequest,
  now: Instant,
): Promise<Result<readonly LoadReport[]>> {
  const loads = chosen(bound.plan.loads, names);
  if (!loads.ok) return loads;
  const reports: LoadReport[] = [];
  for (const load of loads.value) {
    const report = await loadOne(database, bound, load, now);
    if (!report.ok) return report;
    reports.push(report.value);
    onLoaded?.(report.value);
  }
  await recordStagesLoaded(database, bound.plan, now);
  return { ok: true, value: reports };
}
