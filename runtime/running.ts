// The part of the public interface that moves people: apply, tick, run, and what can be seen of it.

import { join } from "node:path";
import type { Length } from "../compiler/ir/condition.ts";
import type { Plan } from "../compiler/ir/plan.ts";
import type { Cadenza, OpenRequest, RunReport, RunRequest, TickReport } from "./cadenza.ts";
import { caught } from "./caught.ts";
import type { Engine } from "./engine/engine.ts";
import type { Switch } from "./engine/pauses.ts";
import type { LoopRequest, LoopTick } from "./engine/run.ts";
import { killSwitchOf } from "./kill-switch.ts";
import type { Links } from "./mail/links.ts";
import type { Caller, Clock, Database, Instant, Mailer, Random, Result } from "./ports.ts";
import { systemClock, systemRandom } from "./system-clock.ts";
import { type Watching, watchingOf, type Written } from "./watching.ts";

type Running = Pick<Cadenza, "apply" | "tick" | "run" | "snapshot" | "watch" | "funnels">;

/** Stands in where no mailer was given: mails stay pending. */
const noMailer: Mailer = {
  name: "none",
  delivers: false,
  send: async () => ({ kind: "halt", reason: "no mailer was given" }),
};

const everyMinute: Length = { amount: 1, unit: "min" };

/** What changes while an engine is open. */
interface Live {
  readonly database: Database;
  readonly plan: Plan;
  readonly mailer: Mailer;
  readonly links: Links | null;
  readonly calls: { readonly caller: Caller; readonly random: Random } | null;
  /** Where reports are written; null: nowhere. */
  readonly folder: string | null;
  /** Stops everything from outside of the database; null: there is no outside. */
  readonly stop: Switch | null;
  engine: Engine | null;
  lastTick: Instant;
  isOver: boolean;
  watching: Watching | null;
}

async function applied(live: Live, at: Instant): Promise<Result<{ readonly engine: Engine; readonly isNew: boolean }>> {
  const { applyPlan } = await import("./engine/apply.ts");
  const result = await applyPlan(live.database, live.plan, at);
  if (result.ok) live.engine = result.value.engine;
  return result;
}

/** The engine of what is live; where nothing is, the plan is applied at `at`. */
async function engineAt(live: Live, at: Instant): Promise<Result<Engine>> {
  const { openEngine } = await import("./engine/engine.ts");
  live.engine ??= await openEngine(live.database);
  if (live.engine) return { ok: true, value: live.engine };
  const result = await applied(live, at);
  return result.ok ? { ok: true, value: result.value.engine } : result;
}

async function runReports(live: Live, { onReport }: RunRequest, at: Instant): Promise<void> {
  const { engine, database, mailer, folder } = live;
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
    live.lastTick = at;
    live.watching?.ticked({ ...ticked, sent: delivered.sent, failed: delivered.failed });
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
  const engine = await engineAt(live, start);
  if (!engine.ok) return engine;
  const { runLoop } = await import("./engine/run.ts");
  const { renderFor } = await import("./rendering.ts");
  const { until, isOnce, isReplay, isDespiteComplaints, signal } = request;
  live.isOver = false;
  const ended = await runLoop({
    engine: engine.value,
    clock: time,
    mailer: live.mailer,
    render: renderFor(engine.value.inside, live.links, live.database),
    every: request.every ?? everyMinute,
    ...(until === undefined ? {} : { until }),
    ...(live.calls ? { calls: live.calls } : {}),
    ...(isOnce ? { isOnce } : {}),
    ...(isReplay ? { isReplay } : {}),
    ...(onFacts ? { onFacts } : {}),
    ...(isDespiteComplaints ? { isDespiteComplaints } : {}),
    ...(signal ? { signal } : {}),
    ...(live.stop ? { stop: live.stop } : {}),
    ...(await listeners(live, request, engine.value)),
  });
  live.isOver = true;
  live.watching?.touch();
  if (!ended.ok) return ended;
  // A replay passes over instants at which nobody moves, and still lasts to its end.
  if (isReplay && until !== undefined) await runReports(live, request, until);
  const isBehind = engine.value.plan.hash !== live.plan.hash;
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

/** `onWrite`: tells of every writing from then on. */
export function running(written: Written, bound: OpenRequest, clock: Clock): Running {
  const { database } = written;
  const { plan, database: place, mailer = noMailer, links = null, caller, random = systemRandom } = bound;
  const calls = caller ? { caller, random } : null;
  const folder = place === ":memory:" ? null : join(place.folder, "reports");
  const stop = place === ":memory:" ? null : killSwitchOf(place.folder);
  const state = { engine: null, lastTick: clock.now(), isOver: false, watching: null };
  const live: Live = { database, plan, mailer, links, calls, folder, stop, ...state };
  const planNow = () => live.engine?.plan ?? plan;
  const shot = async (at: Instant) => {
    const { snapshot } = await import("./engine/snapshot.ts");
    return snapshot(database, planNow(), at, live.isOver);
  };
  const watching = watchingOf({ database, plan: planNow, snapshot: () => shot(live.lastTick), clock: systemClock() });
  live.watching = watching;
  written.onWrite = watching.touch;
  return {
    apply: (at = clock.now(), saved) =>
      caught(async () => {
        if (saved !== undefined) {
          const { heldTo } = await import("./foreseeing.ts");
          const held = await heldTo(database, { plan, at, saved });
          if (!held.ok) return held;
        }
        const result = await applied(live, at);
        if (!result.ok) return result;
        const { engine, isNew } = result.value;
        return { ok: true, value: { version: engine.version, isNew } };
      }),
    tick: (at = clock.now()) => caught(() => tickOnce(live, at)),
    run: (request = {}) =>
      caught(async () => {
        const time = request.clock ?? clock;
        // What comes in now is no part of the history that a replay goes through.
        if (request.isReplay) return loop(live, request, time);
        const { reloading } = await import("./reloading.ts");
        return loop(live, request, time, reloading(database, bound, time));
      }),
    snapshot: (at = live.lastTick) => caught(async () => ({ ok: true, value: await shot(at) })),
    watch: watching.watch,
    funnels: () =>
      caught(async () => {
        const { funnelTables } = await import("./funnels.ts");
        return { ok: true, value: await funnelTables(database, planNow()) };
      }),
  };
}
