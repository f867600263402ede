// Opens a project's database and binds the plan to it.

import { join } from "node:path";
import type { Load } from "../compiler/ir/load.ts";
import { nearest } from "../compiler/similar.ts";
import type { Cadenza, LoadReport, LoadRequest, OpenRequest } from "./cadenza.ts";
import { caught } from "./caught.ts";
import { inboxOf } from "./engine/inbox.ts";
import { failure } from "./failures.ts";
import { foreseeing } from "./foreseeing.ts";
import { handOffs } from "./handoffs.ts";
import { keeping } from "./keeping.ts";
import type { Clock, Database, Instant, Result } from "./ports.ts";
import { pausing } from "./pausing.ts";
import { reporting } from "./reporting.ts";
import { profile } from "./profile.ts";
import { contactView, membersOf, segmentsView, whyOf } from "./questions.ts";
import { running } from "./running.ts";
import { storeOf } from "./store-of.ts";
import { systemClock } from "./system-clock.ts";

/**
 * Opens the database for `plan`, creating it and its tables where they are missing.
 *
 * @returns the failure where the file is locked, damaged, written by a newer version, or may not be written.
 */
export async function open(request: OpenRequest): Promise<Result<Cadenza>> {
  const { plan, memory } = request;
  if (memory !== undefined && !isMemory(memory)) return { ok: false, failure: failure("F134", { given: memory }) };
  const opened = await storeOf(request);
  return opened.ok ? { ok: true, value: bindTo(opened.value, request) } : opened;

  function bindTo(own: Database, bound: OpenRequest): Cadenza {
    const clock = bound.clock ?? systemClock();
    const inbox = inboxOf(own, plan);
    const { database } = inbox;
    return {
      plan,
      load: (wanted = {}) => caught(() => loadAll(database, bound, wanted, wanted.at ?? clock.now())),
      evaluate: (segment, { at = clock.now(), limit, isApart = false } = {}) =>
        caught(() => membersOf(database, plan, segment, { at, limit, isApart })),
      segments: (at = clock.now()) => caught(() => segmentsView(database, plan, at)),
      contact: (key, at = clock.now()) => caught(() => contactView(database, plan, key, at)),
      export: (key) =>
        caught(async () => {
          const { personalRows } = await import("./exporting.ts");
          return personalRows(database, plan, key);
        }),
      profile: (at = clock.now()) => caught(async () => ({ ok: true, value: await profile(database, plan, at) })),
      ...keeping(database, plan, clock),
      ...handOffs(database, plan, clock),
      ...pausing(database, plan, clock),
      ...reporting(database, plan, clock),
      ...explaining(database, plan, clock),
      ...previewing(database, bound, clock),
      ...foreseeing(database, bound, clock),
      ...running(database, bound, clock),
      serve: (request) =>
        caught(async () => {
          const { serve } = await import("./serving.ts");
          return serve(inbox, bound, clock, request);
        }),
      close: () => database.close(),
    };
  }
}

function explaining(
  database: Database,
  plan: OpenRequest["plan"],
  clock: Clock,
): Pick<Cadenza, "why" | "whyProgram" | "whyEmail" | "asTest"> {
  return {
    why: (key, segment, at = clock.now()) => caught(() => whyOf(database, plan, { key, segment, at })),
    whyProgram: (key, name, at = clock.now()) =>
      caught(async () => {
        const { whyProgramOf } = await import("./why-courses.ts");
        return whyProgramOf(database, plan, { key, name, at });
      }),
    whyEmail: (key, name, at = clock.now()) =>
      caught(async () => {
        const { whyEmailOf } = await import("./why-courses.ts");
        return whyEmailOf(database, plan, { key, name, at });
      }),
    asTest: (request) =>
      caught(async () => {
        const { asTest } = await import("./as-test.ts");
        return asTest(database, request);
      }),
  };
}

function previewing(
  database: Database,
  { plan, links, mailer }: OpenRequest,
  clock: Clock,
): Pick<Cadenza, "preview" | "sendTest"> {
  const of = (at: Instant = clock.now()) => ({ database, plan, links: links ?? null, mailer: mailer ?? null, at });
  return {
    preview: (request) =>
      caught(async () => {
        const { previewOf } = await import("./previews.ts");
        return previewOf(of(request.at), request);
      }),
    sendTest: (request) =>
      caught(async () => {
        const { sendTest } = await import("./previews.ts");
        return sendTest(of(request.at), request);
      }),
  };
}

const units: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 };
/** Below this the database cannot even write what it has read. */
const leastMemory = 64e6;

function isMemory(given: string): boolean {
  const found = /^(\d+(?:\.\d+)?)\s?([kmgt]b)$/i.exec(given.trim());
  return found !== null && Number(found[1]) * (units[found[2]?.toLowerCase() ?? ""] ?? 0) >= leastMemory;
}

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

async function loadAll(
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
  const { readErased } = await import("./store/tombstones.ts");
  const erasedSecret = place === ":memory:" ? null : (readErased(place.folder)?.secret ?? null);
  const reports: LoadReport[] = [];
  for (const load of loads.value) {
    const counts = await runLoad(database, plan, load, { ...options, erasedSecret });
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
