// Programs that are paused and go on: by their names, or all.

import type { Plan } from "../compiler/ir/plan.ts";
import { nearest } from "../compiler/similar.ts";
import type { Cadenza } from "./cadenza.ts";
import { caught } from "./caught.ts";
import { pause, resume } from "./engine/pauses.ts";
import { failure } from "./failures.ts";
import type { Clock, Database, Result } from "./ports.ts";

/** F117 where there is no such program. */
function named({ programs }: Plan, asked: string): Result<readonly string[]> {
  const names = programs.map(({ name }) => name);
  if (asked === "all") return { ok: true, value: names };
  if (names.includes(asked)) return { ok: true, value: [asked] };
  return { ok: false, failure: failure("F117", { kind: "program", name: asked, near: nearest(asked, names) }) };
}

export function pausing(database: Database, plan: Plan, clock: Clock): Pick<Cadenza, "pause" | "resume"> {
  return {
    pause: (program, at = clock.now()) =>
      caught(async () => {
        const found = named(plan, program);
        if (!found.ok) return found;
        await database.transaction(async (session) => {
          for (const name of found.value) await pause(session, name, at);
        });
        return found;
      }),
    resume: (program) =>
      caught(async () => {
        const found = named(plan, program);
        if (!found.ok) return found;
        await database.transaction(async (session) => {
          for (const name of found.value) await resume(session, name);
        });
        return found;
      }),
  };
}
