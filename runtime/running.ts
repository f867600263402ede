// The part of the public interface that moves people: apply, tick, run, and what can be seen of it.

import { join } from "node:path";
import type { Length } from "../compiler/ir/condition.ts";
import type { Plan } from "../compiler/ir/plan.ts";
import type { Applied, ApplyRequest } from "./applied.ts";
import type { Cadenza, OpenRequest, RunReport, RunRequest, TickReport } from "./cadenza.ts";
import { caught } from "./caught.ts";
import type { Engine } from "./engine/engine.ts";
import type { Switch } from "./engine/pauses.ts";
import type { LoopRequest, LoopTick } from "./engine/run.ts";
import { killSwitchOf } from "./kill-switch.ts";
import type { Links } from "./mail/links.ts";
import type { Caller, Clock, Database, Instant, Mailer, Random, Result } from "./ports.ts";
import { failure } from "./failures/failures.ts";
import { lastingPlan, livePlan, type Shared } from "./shared.ts";
import { systemRandom } from "./system-clock.ts";
import type { Snapshot } from "./snapshot.ts";
import { silenced } from "./preserving/silenced.ts";
import { forgottenIn } from "./store/tombstones.ts";
import type { Watching } from "./watching.ts";

type Running = Pick<Cadenza, "apply" | "tick" | "run" | "snapshot" | "watch" | "funnels">;

/** Stands in where no mailer was given: mails stay pending. */
const noMailer: Mailer = {
  name: "none",
  delivers: false,
  send: async () => ({ kind: "halt", reason: "no mailer was given" }),
};

const everyMinute: Length = { amount: 1, unit: "min" };

/** A plan at an open database, with what others at it share. */
interface Live {
  readonly database: Database;
  readonly shared: Shared;
  readonly plan: Plan;
  readonly mailer: Mailer;
  readonly links: Links | null;
  readonly calls: { readonly caller: Caller; readonly random: Random } | null;
  /** Where reports are written; null: nowhere. */
  readonly folder: string | null;
  /** Stops everything from outside of the database; null: there is no outside. */
  readonly stop: Switch | null;
  readonly watching: Watching;
  readonly adapt: () => Promise<Result<void>>;
}

async function applied(live: Live, at: Instant): Promise<Result<{ readonly engine: Engine; readonly isNew: boolean }>> {
  const { applyPlan } = await import("./engine/apply.ts");
  const { shared, database, plan } = live;
  const result = await applyPlan(database, plan, at);
  if (!result.ok) return result;
  shared.engine = result.value.engine;
  shared.plan = plan;
  return result;
}

/** The engine of what is live; where nothing is, the plan is applied at `at`. */
async function engineAt(live: Live, at: Instant): Promise<Result<Engine>> {
  const { openEngine } = await import("./engine/engine.ts");
  const { shared } = live;
  shared.engine ??= await openEngine(live.database);
  if (shared.engine) return { ok: true, value: shared.engine };
  const result = await applied(live, at);
  return result.ok ? { ok: true, value: result.value.engine } : result;
}

async function runReports(live: Live, { onReport }: RunRequest, at: Instant): Promise<void> {
  const { shared, database, mailer, folder } = live;
  const { engine } = shared;
  if (!engine || engine.plan.reports.every(({ every }) => every === null)) return;
  const { runDueReports } = await import("./scheduled-reports.ts");
  for (const run of await runDueReports({ engine, database, mailer, folder }, at)) onReport?.(run);
}

/** What happens behind each tick: people act on their mail, and whoever listens is told. */
async function listeners(
  live: Live,
  request: RunRequest,
  { plan }: Engine,
): Promise<Pick<LoopRequest, "onSettled" | "onTick">> {
  const { engagement } = request;
  const onTick = async ({ delivered, ...ticked }: LoopTick) => {
    const { at, rounds } = ticked;
    live.shared.lastTick = at;
    live.watching.ticked({ ...ticked, sent: delivered.sent, failed: delivered.failed });
    await runReports(live, request, at);
    await request.onTick?.({ at, rounds, sent: delivered.sent });
  };
  if (!engagement) return { onTick };
  const { engage } = await import("./sim/engagement.ts");
  const { emails } = plan;
  const isDelivered = live.mailer.delivers;
  return { onTick, onSettled: (session) => engage(session, { model: engagement, emails, isDelivered }) };
}

/** `onFacts`: takes in what has changed outside, before each tick. */
async function loop(
  live: Live,
  request: RunRequest,
  time: Clock,
  onFacts?: () => Promise<void>,
): Promise<Result<RunReport>> {
  const start = time.now();
  const { shared } = live;
  const first = await shared.inTurn(() => engineAt(live, start));
  if (!first.ok) return first;
  const { runLoop } = await import("./engine/run.ts");
  const { renderFor } = await import("./rendering.ts");
  const { until, isOnce, isReplay, isDespiteComplaints, signal } = request;
  shared.isOver = false;
  shared.isReplay = isReplay === true;
  const rendering = ({ inside }: Engine) => renderFor(inside, live.links, live.database);
  let known = { engine: first.value, render: rendering(first.value) };
  const current = () => {
    const engine = shared.engine ?? known.engine;
    if (engine !== known.engine) known = { engine, render: rendering(engine) };
    return known;
  };
  const ended = await runLoop({
    get engine() {
      return current().engine;
    },
    get render() {
      return current().render;
    },
    clock: time,
    mailer: live.mailer,
    inTurn: shared.inTurn,
    every: request.every ?? everyMinute,
    ...(until === undefined ? {} : { until }),
    ...(live.calls ? { calls: live.calls } : {}),
    ...(isOnce ? { isOnce } : {}),
    ...(isReplay ? { isReplay } : {}),
    ...(onFacts ? { onFacts } : {}),
    ...(isDespiteComplaints ? { isDespiteComplaints } : {}),
    ...(signal ? { signal } : {}),
    ...(live.stop ? { stop: live.stop } : {}),
    ...(await listeners(live, request, first.value)),
  });
  shared.isOver = true;
  live.watching.end();
  if (!ended.ok) return ended;
  // A replay passes over instants at which nobody moves, and still lasts to its end.
  if (isReplay && until !== undefined) await runReports(live, request, until);
  const isBehind = current().engine.plan.hash !== shared.plan.hash;
  return { ok: true, value: { isBehind, ticks: ended.value.ticks, at: ended.value.at ?? start } };
}

async function tickOnce(live: Live, at: Instant): Promise<Result<TickReport>> {
  let done: TickReport = { at, rounds: 0, sent: 0 };
  const still: Clock = { now: () => at, sleepUntil: async () => undefined };
  const onTick = (report: TickReport) => {
    done = report;
  };
  const ended = await loop(live, { isOnce: true, onTick }, still);
  return ended.ok ? { ok: true, value: done } : ended;
}

/** What a person watching sees; `at` absent: as of the last tick. */
export async function shot(database: Database, shared: Shared, at: Instant = shared.lastTick): Promise<Snapshot> {
  const { snapshot } = await import("./engine/snapshot.ts");
  return snapshot(database, livePlan(shared), at, shared.isOver);
}

/** Makes the plan live, as far as nobody else has done so since `seen`. */
async function applyNow(live: Live, at: Instant, { saved, seen }: ApplyRequest): Promise<Result<Applied>> {
  const { database, plan } = live;
  if (saved !== undefined) {
    const { heldTo } = await import("./foreseeing.ts");
    const held = await heldTo(database, { plan, at, saved });
    if (!held.ok) return held;
  }
  if (seen !== undefined) {
    const { newestPlan } = await import("./engine/stored-plan.ts");
    const version = (await newestPlan(database))?.version ?? null;
    if (version !== seen) return { ok: false, failure: failure("F526", { version: version ?? 0, seen }) };
  }
  const fitted = await live.adapt();
  if (!fitted.ok) return fitted;
  const result = await applied(live, at);
  if (!result.ok) return result;
  const { engine, isNew } = result.value;
  return { ok: true, value: { version: engine.version, isNew, at } };
}

/** One at a time: whoever comes while somebody else is at it has not seen what that will have changed. */
async function applyAlone(live: Live, request: ApplyRequest, now: () => Instant): Promise<Result<Applied>> {
  const { shared } = live;
  if (shared.isApplying) return { ok: false, failure: failure("F527", {}) };
  shared.isApplying = true;
  try {
    // Behind a tick that was under way the clock shows more than when this was asked.
    return await shared.inTurn(() => applyNow(live, now(), request));
  } finally {
    shared.isApplying = false;
  }
}

function silencedFor(mailer: Mailer, place: OpenRequest["database"]): Mailer {
  return mailer.records ? silenced(mailer, forgottenIn(place)) : mailer;
}

/** `adapt`: makes the tables fit the plan, where opening has not done so. */
export function running(
  { database, shared, watching, adapt }: Pick<Live, "database" | "shared" | "watching" | "adapt">,
  bound: OpenRequest,
  clock: Clock,
): Running {
  const { plan, database: place, mailer = noMailer, links = null, caller, random = systemRandom } = bound;
  const calls = caller ? { caller, random } : null;
  const folder = place === ":memory:" ? null : join(place.folder, "reports");
  const stop = place === ":memory:" ? null : killSwitchOf(place.folder);
  const live: Live = {
    database,
    shared,
    watching,
    adapt,
    plan,
    mailer: silencedFor(mailer, place),
    links,
    calls,
    folder,
    stop,
  };
  return {
    apply: (at, request = {}) => caught(() => applyAlone(live, request, () => at ?? clock.now())),
    tick: (at = clock.now()) => caught(() => tickOnce(live, at)),
    run: (request = {}) =>
      caught(async () => {
        const time = request.clock ?? clock;
        // What comes in now is no part of the history that a replay goes through.
        if (request.isReplay) return loop(live, request, time);
        const { reloading } = await import("./reloading.ts");
        return loop(live, request, time, reloading(database, { ...bound, plan: lastingPlan(shared) }, time));
      }),
    snapshot: (at) => caught(async () => ({ ok: true, value: await shot(database, shared, at) })),
    watch: watching.watch,
    funnels: () =>
      caught(async () => {
        const { funnelTables } = await import("./funnels.ts");
        return { ok: true, value: await funnelTables(database, livePlan(shared)) };
      }),
  };
}
