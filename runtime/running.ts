// The part of the public interface that moves people: apply, tick, run, and what can be seen of it.

import type { Length } from "../compiler/ir/condition.ts";
import type { Cadenza, OpenRequest, RunReport, RunRequest, TickReport } from "./cadenza.ts";
import { caught } from "./caught.ts";
import type { Engine } from "./engine/engine.ts";
import type { Clock, Database, Instant, Mailer, Result } from "./ports.ts";

type Running = Pick<Cadenza, "apply" | "tick" | "run" | "snapshot" | "funnels">;

/** Stands in where no mailer was given: mails stay pending. */
const noMailer: Mailer = {
  name: "none",
  delivers: false,
  send: async () => ({ kind: "halt", reason: "no mailer was given" }),
};

const everyMinute: Length = { amount: 1, unit: "min" };

export function running(database: Database, { plan, mailer = noMailer }: OpenRequest, clock: Clock): Running {
  let live: Engine | null = null;
  let isOver = false;
  let lastTick = clock.now();

  async function applied(at: Instant): Promise<Result<{ readonly engine: Engine; readonly isNew: boolean }>> {
    const { applyPlan } = await import("./engine/apply.ts");
    const result = await applyPlan(database, plan, at);
    if (result.ok) live = result.value.engine;
    return result;
  }

  /** The engine of what is live; where nothing is, the plan is applied at `at`. */
  async function engineAt(at: Instant): Promise<Result<Engine>> {
    const { openEngine } = await import("./engine/engine.ts");
    live ??= await openEngine(database);
    if (live) return { ok: true, value: live };
    const result = await applied(at);
    return result.ok ? { ok: true, value: result.value.engine } : result;
  }

  async function loop(request: RunRequest): Promise<Result<RunReport>> {
    const time = request.clock ?? clock;
    const engine = await engineAt(time.now());
    if (!engine.ok) return engine;
    const { runLoop } = await import("./engine/run.ts");
    const { renderFor } = await import("./rendering.ts");
    const { engage } = await import("./sim/engagement.ts");
    isOver = false;
    let engagedUntil = time.now();
    const ended = await runLoop({
      engine: engine.value,
      clock: time,
      mailer,
      render: renderFor(engine.value.plan),
      every: request.every ?? everyMinute,
      ...(request.until === undefined ? {} : { until: request.until }),
      ...(request.isOnce ? { isOnce: true } : {}),
      ...(request.isReplay ? { isReplay: true } : {}),
      ...(request.signal ? { signal: request.signal } : {}),
      onTick: async ({ at, rounds, delivered }) => {
        if (request.engagement) {
          const { engagement } = request;
          const from = engagedUntil;
          if (delivered.sent > 0) await database.transaction((session) => engage(session, engagement, from - 1, at));
          engagedUntil = at;
        }
        lastTick = at;
        await request.onTick?.({ at, rounds, sent: delivered.sent });
      },
    });
    isOver = true;
    if (!ended.ok) return ended;
    const isBehind = engine.value.plan.hash !== plan.hash;
    return { ok: true, value: { isBehind, ticks: ended.value.ticks, at: ended.value.at ?? time.now() } };
  }

  async function tickOnce(at: Instant): Promise<Result<TickReport>> {
    let done: TickReport = { at, rounds: 0, sent: 0 };
    const still: Clock = { now: () => at, sleepUntil: async () => undefined };
    const ended = await loop({ clock: still, isOnce: true, onTick: (report) => void (done = report) });
    return ended.ok ? { ok: true, value: done } : ended;
  }

  return {
    apply: (at = clock.now()) =>
      caught(async () => {
        const result = await applied(at);
        if (!result.ok) return result;
        const { engine, isNew } = result.value;
        return { ok: true, value: { version: engine.version, isNew } };
      }),
    tick: (at = clock.now()) => caught(() => tickOnce(at)),
    run: (request = {}) => caught(() => loop(request)),
    snapshot: (at) =>
      caught(async () => {
        const { snapshot } = await import("./engine/snapshot.ts");
        const shown = live?.plan ?? plan;
        return { ok: true, value: await snapshot(database, shown, at ?? lastTick, isOver) };
      }),
    funnels: () =>
      caught(async () => {
        const { funnelTables } = await import("./funnels.ts");
        return { ok: true, value: await funnelTables(database, plan) };
      }),
  };
}
