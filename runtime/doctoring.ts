// The doctor: looks at the machine, the project, its state, its settings, Mailgun and the DNS, and changes nothing.

import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plan } from "../compiler/ir/plan.ts";
import type { Diagnostic } from "../grammar/diagnostics/entry.ts";
import { lastBackupFile } from "./preserving/backing-up.ts";
import type { Check } from "./doctor/check.ts";
import { dnsChecks } from "./doctor/dns.ts";
import { type MailingFacts, mailgunChecks, settingChecks } from "./doctor/mailing.ts";
import { textLookup } from "./doctor/names.ts";
import {
  type BackupFound,
  type DatabaseFound,
  type ProjectFound,
  setupChecks,
  type SetupFacts,
} from "./doctor/setup.ts";
import { systemReason } from "./failures/failures.ts";
import { killSwitchOf } from "./kill-switch.ts";
import { linksOf } from "./mail/links.ts";
import { domainOf, parseSender } from "./mail/headers.ts";
import type { Clock, Instant } from "./ports.ts";
import { readProject } from "./sources/project.ts";
import { compileProject } from "./sources/project-plan.ts";
import { connectControl } from "./serve/control-client.ts";
import { databaseIn } from "./store-of.ts";

export interface DoctorRequest {
  /** Of the project. */
  readonly root: string;
  /** Of its state. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Version of Node. */
  readonly node: string;
  /** User of this process; null where the system has none. */
  readonly uid: number | null;
  /** Of this program. */
  readonly version: string;
}

/**
 * Looks for what would keep mails from going out, or from being read, and changes nothing. What cannot be looked at is told too; no
 * secret is.
 */
export async function doctor(request: DoctorRequest): Promise<readonly Check[]> {
  const { folder, env, clock, node } = request;
  const { plan, found } = projectIn(request);
  const database = await databaseFound(request);
  const setup: SetupFacts = {
    now: clock.now(),
    node,
    project: found,
    folder: tried(folder),
    freeBytes: freeBytes(folder),
    database,
    stop: killSwitchOf(folder)(),
    backup: lastBackup(folder),
  };
  const mailing = await mailingOf(request, plan);
  const senders = [
    ...new Set((plan?.emails ?? []).flatMap(({ sender, variants }) => [sender, ...variants.map((one) => one.sender)])),
  ];
  const domains = senders.flatMap((sender) => {
    const parsed = sender === null ? null : parseSender(sender);
    return parsed ? [domainOf(parsed.address).toLowerCase()] : [];
  });
  const facts = {
    senders: [...new Set(domains)],
    domain: mailing.domain,
    records: mailing.setup?.kind === "told" ? mailing.setup.records : null,
  };
  const dns = await dnsChecks(facts, textLookup(env.CADENZA_DNS || null));
  return [...setupChecks(setup), ...settingChecks(mailing), ...mailgunChecks(mailing), ...dns];
}

function projectIn({ root }: DoctorRequest): { readonly plan: Plan | null; readonly found: ProjectFound } {
  const read = readProject(root);
  if (!read.ok) return { plan: null, found: { kind: "unread", failure: read.failure } };
  const compiled = compileProject(read.value);
  const of = (all: readonly Diagnostic[], severity: Diagnostic["severity"]) =>
    all.filter((one) => one.severity === severity).length;
  return {
    plan: compiled.plan,
    found: {
      kind: "read",
      errors: of(compiled.diagnostics, "error"),
      warnings: of(compiled.diagnostics, "warning"),
      programs: compiled.plan?.programs.length ?? 0,
    },
  };
}

/** The engine that runs is asked; where none does, the database is opened and left as it is. */
async function databaseFound({ folder, uid, version }: DoctorRequest): Promise<DatabaseFound> {
  const path = databaseIn(folder);
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const connected = await connectControl(folder, { uid, version });
  if (!connected.ok) return { kind: "failed", failure: connected.failure };
  if (connected.value !== null) {
    const { hello, ask, close } = connected.value;
    const seen = await ask("snapshot", {});
    close();
    const at = seen.ok && typeof seen.value === "object" && seen.value !== null ? Reflect.get(seen.value, "at") : null;
    return { kind: "running", pid: hello.pid, bytes, lastTick: typeof at === "number" ? at : null };
  }
  if (!existsSync(path)) return { kind: "none" };
  const { openDatabase } = await import("./store/duckdb.ts");
  const { schemaVersion, statement, versionOf } = await import("./store/schema.ts");
  const opened = await openDatabase(path, { threads: 1 });
  if (!opened.ok) return { kind: "failed", failure: opened.failure };
  try {
    const own = await versionOf(opened.value);
    if (own === null) return { kind: "none" };
    const [row] = await opened.value.run(statement("SELECT last_tick FROM engine_state"));
    const lastTick = row?.last_tick == null ? null : Number(row.last_tick);
    return { kind: "open", version: own, current: schemaVersion, bytes, lastTick };
  } finally {
    await opened.value.close();
  }
}

/** Writes a file into the folder of the state, or where that will be made, and takes it away again. */
function tried(folder: string): SetupFacts["folder"] {
  const path = existsSync(folder) ? folder : dirname(folder);
  let made: string | null = null;
  try {
    made = mkdtempSync(join(path, ".d-"));
    writeFileSync(join(made, "d"), "");
    return { path, fileAt: statSync(join(made, "d")).mtimeMs, reason: null };
  } catch (error) {
    return { path, fileAt: null, reason: systemReason(error) };
  } finally {
    if (made !== null) rmSync(made, { recursive: true, force: true });
  }
}

function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(existsSync(folder) ? folder : dirname(folder));
    return bavail * bsize;
  } catch {
    return null;
  }
}

function lastBackup(folder: string): BackupFound | null {
  try {
    const said: unknown = JSON.parse(readFileSync(lastBackupFile(folder), "utf8"));
    if (typeof said !== "object" || said === null) return null;
    const [file, at]: readonly unknown[] = [Reflect.get(said, "file"), Reflect.get(said, "at")];
    const since: Instant = Date.parse(String(at));
    if (typeof file !== "string" || Number.isNaN(since)) return null;
    return { file, at: since, isThere: existsSync(file) };
  } catch {
    return null;
  }
}

async function mailingOf({ env }: DoctorRequest, plan: Plan | null): Promise<MailingFacts> {
  const { mailgunSetup } = await import("./mail/mailgun-setup.ts");
  const mailgun = {
    key: env.MAILGUN_API_KEY || null,
    domain: env.MAILGUN_DOMAIN || null,
    url: env.MAILGUN_URL || null,
    timeoutMs: null,
  };
  const setup = await mailgunSetup(mailgun);
  const links = linksOf({ url: env.CADENZA_PUBLIC_URL || null, secret: env.CADENZA_SECRET || null }, true);
  return {
    hasEmails: plan === null || plan.emails.length > 0,
    isKeySet: mailgun.key !== null,
    domain: mailgun.domain,
    mailgun: setup.ok ? null : setup.failure,
    links: links.ok ? null : links.failure,
    publicUrl: links.ok ? (links.value?.url ?? null) : null,
    webhookKeys: (env.MAILGUN_WEBHOOK_KEY ?? "").split(/[\s,]+/).filter((key) => key !== "").length,
    setup: setup.ok ? setup.value : null,
  };
}
