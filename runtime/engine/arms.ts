// How the arms of a program's splits and experiments do: who took which, what a winner is decided by, and the winner.

import type { Program, Step } from "../../compiler/ir/program.ts";
import type { ArmsView } from "../snapshot.ts";
import { run, text, type Turn } from "./engine.ts";
import { measure } from "./winners.ts";

type Division = Extract<Step, { readonly kind: "divide" }>;

/** In the order of the steps; as of the turn's instant. */
export async function armsOf(turn: Turn, program: Program): Promise<readonly ArmsView[]> {
  const views: ArmsView[] = [];
  for (const step of program.steps) if (step.kind === "divide") views.push(await viewOf(turn, program.name, step));
  return views;
}

async function viewOf(turn: Turn, program: string, step: Division): Promise<ArmsView> {
  const place = { program, step: step.id };
  const taken = await run(
    turn,
    (builder) => `SELECT j.reason AS arm, count(DISTINCT j.contact_id) AS people FROM journal AS j
      WHERE j.program = ${builder.param(text(program))} AND j.step = ${builder.param(text(step.id))} AND j.outcome = 'chose'
        AND j.tick <= ${builder.now()} GROUP BY j.reason`,
  );
  const [known] = await run(
    turn,
    (builder) => `SELECT e.first_at, e.arm, e.decided_at FROM experiment AS e
      WHERE e.program = ${builder.param(text(program))} AND e.step = ${builder.param(text(step.id))} AND e.first_at <= ${builder.now()}`,
  );
  const decidedAt = known?.decided_at == null ? null : Number(known.decided_at);
  const isDecided = decidedAt !== null && decidedAt <= turn.now;
  const { winner } = step;
  const measured = winner === null ? [] : await measure(turn, { ...place, winner });
  return {
    step: step.id,
    title: step.title,
    experiment: step.experiment,
    contest:
      winner === null
        ? null
        : {
            by: winner.by,
            needs: winner.needs,
            from: known === undefined ? null : turn.engine.calendar.shift(Number(known.first_at), winner.after),
          },
    winner: isDecided ? { arm: String(known?.arm), at: decidedAt } : null,
    arms: step.arms.map(({ name, share }, index) => {
      const arm = name ?? String(index + 1);
      const own = measured.find((one) => one.arm === arm);
      return {
        arm,
        share,
        people: Number(taken.find((row) => row.arm === `arm ${arm}`)?.people ?? 0),
        measured: own ? { count: own.count, people: own.people, did: own.did } : null,
      };
    }),
  };
}
