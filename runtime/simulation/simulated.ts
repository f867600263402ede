// A simulation on a database of its own: a clock that jumps, a sink for mails, and a model of what people do.

import type { ZoneCalendar } from "../../compiler/calendar.ts";
import type { Length } from "../../compiler/ir/condition.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { caught } from "../caught.ts";
import { iso } from "../engine/engine.ts";
import { Failed, failure } from "../failures/failures.ts";
import type { Database, Instant, Mailer, Result } from "../ports.ts";
import type { Engagement } from "../sim/engagement.ts";
import { type Figures, figuresOf, type StepCounts, stepCounts, stepKey } from "../sim/figures.ts";
import { watchedClock } from "../sim/watched-clock.ts";

export interface SimulatedRequest {
  /** What is simulated, as applying it would make it live. */
  readonly plan: Plan;
  /** Absent: `now`, or right behind where the engine has been, if that is later. */
  readonly from?: Instant;
  /** Behind the last instant that is simulated; absent: 30 days behind the start. */
  readonly to?: Instant;
  readonly now: Instant;
  readonly every: Length;
  /** What people do; null: only what the database tells of later times happens. */
  readonly engagement: Engagement | null;
  readonly memory?: string;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Called behind each tick. */
  readonly onTick?: (at: Instant) => void;
}

export interface SimulatedStep {
  readonly step: string;
  readonly title: string;
  /** At the end of each day. */
  readonly people: readonly number[];
}

export interface Simulation extends Pick<Figures, "contacts" | "told" | "perPerson" | "held" | "handOffs"> {
  readonly from: Instant;
  /** Behind the last instant. */
  readonly to: Instant;
  readonly zone: string;
  readonly every: Length;
  readonly engagement: Engagement | null;
  /** Every day of the simulation, as yyyy-mm-dd of the project's zone. */
  readonly days: readonly string[];
  readonly mails: number;
  readonly programs: readonly (Figures["passed"][number] & {
    /** On each day. */
    readonly mails: readonly number[];
    readonly steps: readonly SimulatedStep[];
  })[];
}

const usualDays = 30;

/** Simulates on the database at `path`, which is written. */
export async function simulateOn(path: string, request: SimulatedRequest): Promise<Result<Simulation>> {
  const { openDatabase } = await import("../store/duckdb.ts");
  const opened = await openDatabase(path, {
    isPassing: true,
    ...(request.threads === undefined ? {} : { threads: request.threads }),
    ...(request.memory === undefined ? {} : { memoryLimit: request.memory }),
  });
  if (!opened.ok) return opened;
  try {
    return await caught(async () => ({ ok: true, value: await simulated(opened.value, request) }));
  } finally {
    await opened.value.close();
  }
}

/** Takes every mail. Of one that nobody knows about it says that it went out. */
const sink: Mailer = {
  name: "sink",
  delivers: false,
  send: async () => ({ kind: "sent", providerId: "" }),
  find: async () => "sent",
};

const orFail = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Failed(result.failure);
  return result.value;
};

async function simulated(database: Database, request: SimulatedRequest): Promise<Simulation> {
  const { plan, every, engagement, signal, onTick } = request;
  const { ensureCatalog } = await import("../store/catalog-tables.ts");
  const { applyPlan } = await import("../engine/apply.ts");
  const { runLoop } = await import("../engine/run.ts");
  const { renderFor } = await import("../rendering.ts");
  orFail(await ensureCatalog(database, plan.catalog));
  const { from, to } = await spanOf(database, request);
  const { engine } = orFail(await applyPlan(database, plan, from));
  const days = daysBetween(engine.calendar, from, to);
  const seen: StepCounts[] = [];
  const clock = watchedClock(
    from,
    days.map(({ end }) => end),
    async () => void seen.push(await stepCounts(database)),
  );
  const onSettled = engagement ? await reactions(plan, engagement) : null;
  orFail(
    await runLoop({
      engine,
      clock,
      mailer: sink,
      render: renderFor(plan),
      every,
      until: to - 1,
      isReplay: true,
      hasSink: true,
      ...(signal ? { signal } : {}),
      ...(onSettled ? { onSettled } : {}),
      onTick: ({ at }) => onTick?.(at),
    }),
  );
  await clock.finish();
  const figures = await figuresOf(database, plan, { from, to });
  const { contacts, told, perPerson, held, handOffs } = figures;
  return {
    from,
    to,
    zone: plan.project.zone,
    every,
    engagement,
    days: days.map(({ day }) => day),
    mails: figures.sent.reduce((sum, { mails }) => sum + mails, 0),
    programs: programsOf(plan, figures, { days, seen }),
    ...{ contacts, told, perPerson, held, handOffs },
  };
}

async function reactions(plan: Plan, model: Engagement) {
  const { engage } = await import("../sim/engagement.ts");
  return (session: Parameters<typeof engage>[0]) =>
    engage(session, { model, emails: plan.emails, isDelivered: sink.delivers });
}

async function spanOf(database: Database, { from: wanted, to: end, now }: SimulatedRequest) {
  const [row] = await database.run({ text: "SELECT last_tick FROM engine_state", params: {} });
  const last = row?.last_tick == null ? null : Number(row.last_tick);
  // What the engine did at its last instant is no part of what is simulated.
  const from = wanted ?? Math.max(now, last === null ? now : last + 1);
  if (last !== null && from <= last) throw new Failed(failure("F436", { from: iso(from), last: iso(last) }));
  const to = end ?? from + usualDays * 86_400_000;
  if (to <= from) throw new Failed(failure("F442", { from: iso(from), to: iso(to) }));
  return { from, to };
}

interface Day {
  readonly day: string;
  readonly start: Instant;
  /** Behind its last instant. */
  readonly end: Instant;
}

function daysBetween(calendar: ZoneCalendar, from: Instant, to: Instant): readonly Day[] {
  const days: Day[] = [];
  for (let start = from; start < to; ) {
    const day = calendar.dayOf(start);
    const next = calendar.startOfDay(calendar.shiftDay(day, { amount: 1, unit: "d" }));
    const end = Math.min(next, to);
    days.push({ day, start, end });
    start = end;
  }
  return days;
}

interface Course {
  readonly days: readonly Day[];
  readonly seen: readonly StepCounts[];
}

function programsOf(plan: Plan, { passed, sent }: Figures, { days, seen }: Course): Simulation["programs"] {
  return plan.programs.map(({ name, steps }) => {
    const own = sent.filter(({ program }) => program === name);
    const mails = days.map(({ start, end }) =>
      own.filter(({ at }) => at >= start && at < end).reduce((sum, { mails: count }) => sum + count, 0),
    );
    const through = passed.find(({ program }) => program === name);
    return {
      ...(through ?? { program: name, entered: 0, goals: 0, left: [], inside: 0 }),
      mails,
      steps: steps.map(({ id, title }) => ({
        step: id,
        title,
        people: seen.map((counts) => counts.get(stepKey(name, id)) ?? 0),
      })),
    };
  });
}
