// The part of the public interface that moves people: apply, tick, run, and what can be seen of it.

import { caught } from "./caught.ts";
import type { Cadenza, OpenRequest, TickReport } from "./cadenza.ts";
import type { Engine } from "./engine/engine.ts";
import { failure } from "./failures.ts";

import type { Clock, Database, Instant, Result } from "./ports.ts";

type Running = Pick<Cadenza, "apply" | "tick" | "run" | "snapshot" | "funnels">;

export function running(database: Database, { plan }: OpenRequest, clock: Clock): Running {
  let engine: Engine | null = null;

  async function applied(at: Instant): Promise<Result<Engine>> {
    if (engine) return { ok: true, value: engine };
    const { applyPlan } = await import("./engine/apply.ts");
    const result = await applyPlan(database, plan, at);
    if (!result.ok) return result;
    engine = result.value.engine;
    return { ok: true, value: engine };
  }

  return {
    apply: (at = clock.now()) =>
      caught(async () => {
        const { applyPlan } = await import("./engine/apply.ts");
        const result = await applyPlan(database, plan, at);
        if (!result.ok) return result;
        engine = result.value.engine;
        return { ok: true, value: { version: result.value.version, isNew: result.value.isNew } };
      }),
    tick: (at = clock.now()) =>
      caught(async (): Promise<Result<TickReport>> => {
        const live = await applied(at);
        if (!live.ok) return live;
        const { tick } = await import("./engine/tick.ts");
        const ticked = await tick(live.value, at);
        return ticked.ok ? { ok: true, value: { at, rounds: ticked.value.rounds, sent: 0 } } : ticked;
      }),
    run: async () => ({ ok: false, failure: failure("F118", { key: "" }) }),
    snapshot: async () => ({ ok: false, failure: failure("F118", { key: "" }) }),
    funnels: async () => ({ ok: true, value: [] }),
  };
}
