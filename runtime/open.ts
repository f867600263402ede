// Opens a project's database and binds the plan to it.

import type { Plan } from "../compiler/ir/plan.ts";
import { backingUp } from "./preserving/backing-up.ts";
import type { Cadenza, OpenRequest } from "./cadenza.ts";
import { caught } from "./caught.ts";
import type { Rebound } from "./control.ts";
import type { Inbox } from "./engine/inbox.ts";
import { failure } from "./failures/failures.ts";
import { foreseeing } from "./foreseeing.ts";
import { handOffs } from "./handoffs.ts";
import { inboxFor } from "./ingest/inbox.ts";
import { keeping } from "./keeping.ts";
import { loadAll } from "./loading.ts";
import type { Clock, Database, Instant, Result } from "./ports.ts";
import { operating } from "./operating.ts";
import { type Replaceable, replaceable } from "./replaceable.ts";
import { reporting } from "./reporting.ts";
import { profile } from "./profile.ts";
import { armsView, contactView, membersOf, segmentsView, whyOf } from "./questions.ts";
import { running, shot } from "./running.ts";
import { lastingPlan, livePlan, type Shared, sharing } from "./shared.ts";
import { fitted, storeOf } from "./store-of.ts";
import { systemClock } from "./system-clock.ts";
import { type Watching, watchingOf, written } from "./watching.ts";

/**
 * Opens the database for `plan`, creating it and its tables where they are missing.
 *
 * @returns the failure where the file is locked, damaged, written by a newer version, or may not be written.
 */
export async function open(request: OpenRequest): Promise<Result<Cadenza>> {
  const { memory } = request;
  if (memory !== undefined && !isMemory(memory)) return { ok: false, failure: failure("F134", { given: memory }) };
  const opened = await storeOf(request);
  if (!opened.ok) return opened;
  const { clock = systemClock(), plan } = request;
  const shared = sharing(plan, clock.now());
  const own = replaceable(opened.value);
  const behind = inboxFor(own, { ...request, plan: lastingPlan(shared) }, clock);
  const door = written(behind.database);
  const { database } = door;
  const watching = watchingOf({
    database,
    plan: () => livePlan(shared),
    snapshot: () => shot(database, shared),
    isReplay: () => shared.isReplay,
    clock: systemClock(),
  });
  door.onWrite = watching.touch;
  const inbox = { ...behind, database };
  return { ok: true, value: bindTo({ own, inbox, shared, watching, adapt: alreadyFits }, request, clock) };
}

/** What every plan that is bound to a database meets there. */
interface Place {
  readonly own: Replaceable;
  /** The same, behind what came in. */
  readonly inbox: Inbox;
  readonly shared: Shared;
  readonly watching: Watching;
  /** Makes the tables fit the plan. */
  readonly adapt: () => Promise<Result<void>>;
}

const alreadyFits = async (): Promise<Result<void>> => ({ ok: true, value: undefined });

function bindTo(place: Place, bound: OpenRequest, clock: Clock): Cadenza {
  const { plan } = bound;
  const { inbox, shared, watching, adapt } = place;
  const { database } = inbox;
  const engine: Cadenza = {
    plan,
    load: (wanted = {}) => caught(() => loadAll(database, bound, wanted, wanted.at ?? clock.now())),
    evaluate: (segment, { at = clock.now(), limit, isApart = false } = {}) =>
      caught(() => membersOf(database, plan, segment, { at, limit, isApart })),
    segments: (at = clock.now()) => caught(() => segmentsView(database, plan, at)),
    arms: (program, at = clock.now()) => caught(() => armsView(database, plan, program, at)),
    contact: (key, at = clock.now()) => caught(() => contactView(database, plan, key, at)),
    ...preserving(place, bound, clock),
    profile: (at = clock.now()) => caught(async () => ({ ok: true, value: await profile(database, plan, at) })),
    ...keeping(database, plan, clock),
    ...handOffs(database, plan, clock),
    ...operating({ database, plan, clock, folder: folderOf(bound) }),
    ...reporting(database, plan, clock),
    ...explaining(database, plan, clock),
    ...previewing(database, bound, clock),
    ...foreseeing({ database, shared }, bound, clock),
    ...running({ database, shared, watching, adapt }, bound, clock),
    aside: () =>
      caught(async () => {
        const { asideView } = await import("./store/load/messages.ts");
        return { ok: true, value: await asideView(database) };
      }),
    serve: (request) =>
      caught(async () => {
        const { serve } = await import("./serving.ts");
        return serve(inbox, { ...bound, plan: lastingPlan(shared) }, clock, request);
      }),
    serveControl: (request) =>
      caught(async () => {
        const folder = folderOf(bound);
        if (folder === null) return { ok: false, failure: failure("F485", { what: "a database in memory" }) };
        const { serveControl } = await import("./control.ts");
        return serveControl(engine, rebind, folder, request);
      }),
    close: () => database.close(),
  };
  const rebind = (other: Plan): Rebound => {
    const adapt = () => fitted(database, other);
    return { engine: bindTo({ ...place, adapt }, { ...bound, plan: other }, clock), adapt };
  };
  return engine;
}

/** What is kept of people, and of the whole. */
function preserving(
  { own, inbox, shared }: Place,
  bound: OpenRequest,
  clock: Clock,
): Pick<Cadenza, "export" | "forget" | "backup"> {
  return {
    export: (key) =>
      caught(async () => {
        const { personalRows } = await import("./preserving/exporting.ts");
        return personalRows(inbox.database, bound.plan, key);
      }),
    forget: (asked) =>
      caught(async () => {
        const { forgetIn } = await import("./preserving/forgetting.ts");
        const request = { ...bound, plan: shared.plan, clock };
        return shared.withFile(() => shared.inTurn(() => forgetIn(own, request, asked)));
      }),
    backup: (request) => shared.withFile(() => backingUp(bound, clock).backup(request)),
  };
}

const folderOf = ({ database }: OpenRequest): string | null => (database === ":memory:" ? null : database.folder);

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
): Pick<Cadenza, "preview" | "sendTest" | "writeTest"> {
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
    writeTest: (request) =>
      caught(async () => {
        const { writeTest } = await import("./previews.ts");
        return writeTest(of(request.at), request);
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
