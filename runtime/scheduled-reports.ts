// Reports that are due by their schedule: written into a folder, and mailed to who is to have them.

import { createHash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../compiler/ir/report.ts";
import type { ReportRun } from "./cadenza.ts";
import { momentsOf } from "./engine/clock-starts.ts";
import { type Engine, instant, text } from "./engine/engine.ts";
import { ensureSpans } from "./engine/zones.ts";
import { systemReason } from "./failures/failures.ts";
import { formatSender, parseSender } from "./mail/headers.ts";
import { html } from "./markup.ts";
import type { Database, Instant, Mailer, Message } from "./ports.ts";
import type { ReportView } from "./report.ts";

export interface Scheduling {
  readonly engine: Engine;
  readonly database: Database;
  readonly mailer: Mailer;
  /** null: nothing is written. */
  readonly folder: string | null;
}

/**
 * Every report whose moment came since it last ran, as of that moment, the oldest first. What cannot be written or mailed
 * is said, on record, and stops nothing else.
 */
export async function runDueReports(of: Scheduling, now: Instant): Promise<readonly ReportRun[]> {
  const { reports } = of.engine.plan;
  const runs: ReportRun[] = [];
  for (const report of reports.filter(({ every }) => every !== null)) {
    for (const at of await momentsDue(of, report, now)) runs.push(await runOne(of, report, at));
  }
  return runs;
}

/** Moments behind the last one; from when on a schedule counts is written down when it is first seen. */
async function momentsDue(
  { database, engine }: Scheduling,
  { name, every }: Report,
  now: Instant,
): Promise<readonly Instant[]> {
  if (every === null) return [];
  const params = { report: text(name), now: instant(now) };
  const [row] = await database.run({
    text: `SELECT max("at") AS "at" FROM report_run WHERE report = $report`,
    params: { report: params.report },
  });
  if (row?.at == null) {
    await database.change({ text: "INSERT INTO report_run VALUES ($report, $now, false, NULL)", params });
    return [];
  }
  const trigger = { kind: "every", id: name, recurrence: every } as const;
  return momentsOf(trigger, engine.calendar, { after: Number(row.at), until: now });
}

async function runOne(of: Scheduling, report: Report, at: Instant): Promise<ReportRun> {
  const { reportAt } = await import("./engine/report/report.ts");
  const { engine, database, folder } = of;
  const view = await database.transaction(async (session) => {
    const turn = { engine, session, now: at };
    await ensureSpans(turn, [engine.plan.project.zone]);
    const [row] = await session.run({
      text: `SELECT max("at") AS "at" FROM report_run WHERE report = $report AND is_run AND "at" < $at`,
      params: { report: text(report.name), at: instant(at) },
    });
    const made = await reportAt(turn, report, row?.at == null ? null : Number(row.at));
    // From here on the mail is not made again: whether it went out may stay unknown, but nobody gets it twice.
    await session.change({
      text: "INSERT INTO report_run VALUES ($report, $at, true, $fault)",
      params: {
        report: text(report.name),
        at: instant(at),
        fault: text(report.to === null ? null : "it is unknown whether its mail went out"),
      },
    });
    return made;
  });
  const { renderReport, reportCsv } = await import("./reports/text.ts");
  const texts = { txt: renderReport(view), csv: reportCsv([view]) };
  const written = folder === null ? { path: null, fault: null } : write(folder, fileName(report.name, at), texts);
  const mailed = report.to === null ? null : await mail(of, view, { to: report.to, ...texts });
  const fault = written.fault ?? mailed;
  await database.change({
    text: `UPDATE report_run SET fault = $fault WHERE report = $report AND "at" = $at`,
    params: { report: text(report.name), at: instant(at), fault: text(fault) },
  });
  return { report: report.name, at, path: written.path, fault };
}

const fileName = (report: string, at: Instant): string =>
  `${report}-${new Date(at).toISOString().slice(0, 16).replaceAll(":", "")}Z`;

interface Texts {
  readonly txt: string;
  readonly csv: string;
}

/** Each file appears whole or not at all. */
function write(
  folder: string,
  name: string,
  texts: Texts,
): { readonly path: string | null; readonly fault: string | null } {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [ending, content] of Object.entries(texts)) {
      const path = join(folder, `${name}.${ending}`);
      writeFileSync(`${path}.partial`, content);
      renameSync(`${path}.partial`, path);
    }
    return { path: join(folder, `${name}.txt`), fault: null };
  } catch (error) {
    return { path: null, fault: `it could not be written to ${folder}: the system says ${systemReason(error)}` };
  }
}

/** Why it did not go out; null where it did. */
async function mail(
  { engine, mailer }: Scheduling,
  { report, at }: ReportView,
  { to, txt, csv }: Texts & { readonly to: string },
): Promise<string | null> {
  const sender = parseSender(engine.plan.project.sender ?? "");
  if (sender === null) return "its mail has no sender: the project names none";
  if (mailer.name === "none") return "its mail did not go out: no mailer is chosen";
  const message: Message = {
    sendId: createHash("sha256").update(`report\n${report}\n${at}`).digest("hex"),
    from: formatSender(sender),
    to,
    replyTo: null,
    subject: `${report}, ${new Date(at).toISOString().slice(0, 10)}`,
    html: html`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"></head><body><pre>${txt}</pre></body></html>
`.markup,
    text: txt,
    headers: [],
    files: [{ name: `${report}.csv`, content: new TextEncoder().encode(csv) }],
    labels: [],
    at,
  };
  const outcome = await mailer.send(message);
  return outcome.kind === "sent" ? null : `its mail did not go out: ${outcome.reason}`;
}
