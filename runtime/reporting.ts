// The reports of a plan, asked for at an instant.

import type { Plan } from "../compiler/ir/plan.ts";
import type { Report } from "../compiler/ir/report.ts";
import { nearest } from "../compiler/similar.ts";
import type { Cadenza } from "./cadenza.ts";
import { caught } from "./caught.ts";
import { createEngine, instant, text } from "./engine/engine.ts";
import { ensureSpans } from "./engine/zones.ts";
import { failure } from "./failures/failures.ts";
import type { Clock, Database, Instant, Result, Session } from "./ports.ts";
import type { ReportView } from "./report.ts";

export function reporting(database: Database, plan: Plan, clock: Clock): Pick<Cadenza, "reports"> {
  return {
    reports: (name, at = clock.now()) =>
      caught(async () => {
        const chosen = reportsNamed(plan, name ?? null);
        if (!chosen.ok) return chosen;
        return { ok: true, value: await viewsOf(database, plan, chosen.value, at) };
      }),
  };
}

/** Without a name all; where the project declares none, one of all programs. */
function reportsNamed({ reports }: Plan, name: string | null): Result<readonly Report[]> {
  if (name === null) return { ok: true, value: reports.length > 0 ? reports : [everything] };
  const found = reports.find((report) => report.name.toLowerCase() === name.toLowerCase());
  if (found) return { ok: true, value: [found] };
  const near = nearest(name, new Set(reports.map((report) => report.name)));
  return { ok: false, failure: failure("F117", { kind: "report", name, near }) };
}

const everything: Report = {
  name: "all programs",
  doc: null,
  every: null,
  window: null,
  programs: null,
  measures: [],
  by: [],
  to: null,
};

async function viewsOf(
  database: Database,
  plan: Plan,
  reports: readonly Report[],
  now: Instant,
): Promise<readonly ReportView[]> {
  const { reportAt } = await import("./engine/report/report.ts");
  const engine = createEngine(database, plan, 0);
  return database.transaction(async (session) => {
    const turn = { engine, session, now };
    await ensureSpans(turn, [plan.project.zone]);
    const views: ReportView[] = [];
    for (const report of reports) views.push(await reportAt(turn, report, await lastRun(session, report.name, now)));
    return views;
  });
}

/** When the report last ran by its schedule; null: never. */
async function lastRun(session: Session, report: string, now: Instant): Promise<Instant | null> {
  const [row] = await session.run({
    text: `SELECT max("at") AS "at" FROM report_run WHERE report = $report AND is_run AND "at" <= $now`,
    params: { report: text(report), now: instant(now) },
  });
  return row?.at == null ? null : Number(row.at);
}
