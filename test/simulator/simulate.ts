// One world from one seed: lives of the engine in it, one after the other, and what must hold after every event.

import { createHash } from "node:crypto";
import { applyPlan } from "../../runtime/engine/apply.ts";
import { openEngine } from "../../runtime/engine/engine.ts";
import { type Inbox, inboxOf } from "../../runtime/engine/inbox.ts";
import { runLoop } from "../../runtime/engine/run.ts";
import { refuse, wisherAt } from "../../runtime/engine/wishes.ts";
import { Failed } from "../../runtime/failures/failures.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Feedback } from "../../runtime/ports.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { valueFrom } from "../support/scratch.ts";
import { clockOf, openWorld, planOf, type World } from "../engine/world.ts";
import { type Dice, diceOf } from "../sql/dice.ts";
import { type Agenda, agendaOf } from "./agenda.ts";
import { act, edited, resumeAll } from "./hands.ts";
import { inspectorOf, type Inspector } from "./inspector.ts";
import { type Fault, type Life, lifeOf, type Plot } from "./ports.ts";
import { type Provider, providerOf } from "./provider.ts";
import { type Receiver, receiverOf } from "./receiver.ts";
import { calmHours, type Scenario, scenarioOf, start, stormHours } from "./scenario.ts";

const hourMs = 3_600_000;
const nightHours = 22;
const stormEndOf = ({ hasLongNight }: Scenario) => start + (stormHours + (hasLongNight ? nightHours : 0)) * hourMs;
const endOf = (scenario: Scenario) => stormEndOf(scenario) + calmHours * hourMs;

export interface Simulated {
  readonly source: string;
  readonly mails: number;
  readonly events: number;
  readonly checks: number;
  readonly calls: number;
  readonly lives: number;
  readonly failures: number;
  readonly crashes: number;
  /** What people did by hand. */
  readonly acts: number;
  /** Edits of programs that were made live. */
  readonly edits: number;
  readonly outcomes: ReadonlyMap<string, number>;
  /** Calls of webhooks that the receiver took. */
  readonly told: number;
  readonly winners: number;
  /** How often somebody took an arm. */
  readonly arms: number;
  /** Mails by what became of them. */
  readonly states: Readonly<Record<string, number>>;
  /** A mark of all that was written and sent. */
  readonly mark: string;
}

interface Simulation {
  /** Its plan is the newest that was made live. */
  readonly world: Living;
  readonly agenda: Agenda;
  readonly scenario: Scenario;
  readonly provider: Provider;
  readonly receiver: Receiver;
  readonly inspector: Inspector;
  readonly dice: Dice;
  /** Of the life that is, or of the last one. */
  inbox: Inbox;
  readonly counts: Record<"events" | "calls" | "lives" | "failures" | "crashes" | "acts" | "edits", number>;
  isUp: boolean;
  /** Sources of the plan that is live. */
  source: string;
}

interface Living extends World {
  plan: Plan;
}

export async function simulate(seed: number): Promise<Simulated> {
  const scenario = scenarioOf(diceOf(seed));
  const database = valueFrom(await openDatabase(":memory:", { threads: 1 }));
  try {
    const world: Living = { ...(await openWorld(database, planOf(scenario.source))) };
    const simulation = await beginning(scenario, world, seed);
    await runToEnd(simulation);
    return await simulated(simulation);
  } finally {
    await database.close();
  }
}

async function beginning(scenario: Scenario, world: Living, seed: number): Promise<Simulation> {
  const { skew } = scenario;
  const isSkewed = (at: number) => skew !== null && at >= skew.from && at < skew.until;
  const agenda = agendaOf(start, (at) => (isSkewed(at) ? (skew?.ms ?? 0) : 0));
  const dice = diceOf(seed ^ 0x51ab);
  const counts = { events: 0, calls: 0, lives: 0, failures: 0, crashes: 0, acts: 0, edits: 0 };
  const provider = providerOf({
    dice: diceOf(seed ^ 0x77f3),
    agenda,
    isPrompt: skew !== null,
    webhooks: (told) => webhooks(simulation, told),
    meanwhile: () => meanwhile(simulation),
  });
  const inbox = inboxOf(world.database, world.plan);
  const receiver = receiverOf({ dice: diceOf(seed ^ 0x2c1b), look: (call) => inspector.checkCall(call) });
  const inspector = inspectorOf({ world, provider, receiver, scenario, dice });
  const { source } = scenario;
  const simulation: Simulation = {
    world,
    agenda,
    scenario,
    provider,
    receiver,
    inspector,
    dice,
    counts,
    inbox,
    isUp: false,
    source,
  };
  for (const { id, email, seats, agreesToNews } of scenario.people) {
    await world.person(id, { email, seats, created: "2026-03-01 00:00:00" });
    if (agreesToNews)
      await world.rows(
        `INSERT INTO consent (address, topic, state, "at", source)
         VALUES (lower('${email}'), 'news', true, TIMESTAMP '2026-03-01', 'form')`,
      );
  }
  for (const { event, person, at, heardAt } of scenario.happenings) {
    agenda.add(heardAt, async () => {
      // What happens is loaded behind the newest that was seen, as a load does it.
      const [row] = await world.rows("SELECT coalesce(max(last_batch), 0) + 1 AS batch FROM engine_state");
      await world.happen(event, person, clockOf(at), {}, Number(row?.batch));
      await eventDone(simulation, event);
    });
  }
  const hour = () => start + dice.below(stormHours * 60) * 60_000;
  for (const _ of dice.times(2 + dice.below(3), (index) => index)) agenda.add(hour(), () => optOut(simulation));
  for (const _ of dice.times(dice.below(4), (index) => index)) agenda.add(hour(), () => byHand(simulation));
  return simulation;
}

async function eventDone({ inspector, counts }: Simulation, event: string): Promise<void> {
  counts.events += 1;
  await inspector.check(event);
}

/** While nobody is there to take them, or when the answer is lost, they come again. */
async function webhooks(simulation: Simulation, told: readonly Feedback[]): Promise<boolean> {
  const { world, agenda, dice, inbox, isUp, counts } = simulation;
  if (!isUp || dice.chance(8)) return false;
  const now = agenda.clock.now();
  const taken = dice.shuffle(told).map((feedback, index) => ({
    feedback,
    token: `${counts.events} ${index}`,
    signedAt: now,
  }));
  // Whoever serves webhooks is not struck by what strikes the engine beside it.
  await world.database.transaction((session) => inbox.put(session, taken, now));
  await eventDone(simulation, `webhooks: ${told.map(({ kind }) => kind).join(", ")}`);
  return !dice.chance(8);
}

/** Somebody follows the link in a mail; the page says that it is done once that is committed. */
async function optOut(simulation: Simulation): Promise<void> {
  const { world, agenda, dice, scenario, isUp } = simulation;
  if (!isUp) return;
  const address = dice.pick(scenario.people).email.toLowerCase();
  const topic = dice.pick(["tips", "news", null]);
  await world.database.transaction(async (session) => {
    const wisher = await wisherAt(session, { address, mail: null }, agenda.clock.now());
    await refuse(session, world.plan, topic, wisher);
  });
  await eventDone(simulation, `${address} refuses ${topic ?? "all"}`);
}

/** Through the engine that runs, or without one. */
async function byHand(simulation: Simulation): Promise<void> {
  const { world, agenda, dice, scenario, counts } = simulation;
  counts.acts += 1;
  const { database, plan } = world;
  await eventDone(simulation, await act({ database, plan, clock: agenda.clock, dice, scenario }));
}

/** While a mail is on its way. */
async function meanwhile(simulation: Simulation): Promise<void> {
  if (simulation.agenda.now() < stormEndOf(simulation.scenario) && simulation.dice.chance(5)) await optOut(simulation);
}

function plotOf({ dice, counts, agenda, scenario }: Simulation): Plot {
  const stormEnd = stormEndOf(scenario);
  return (_, door) => {
    counts.calls += 1;
    if (agenda.now() >= stormEnd || !dice.chance(door === "mailer" || door === "caller" ? 3 : 0.9)) return null;
    const fault: Fault = { kind: dice.pick(["fail", "crash"]), when: dice.pick(["before", "behind"]) };
    counts[fault.kind === "fail" ? "failures" : "crashes"] += 1;
    return fault;
  };
}

async function runToEnd(simulation: Simulation): Promise<void> {
  const { world, agenda, dice, provider, receiver, inspector, scenario } = simulation;
  valueFrom(await applyPlan(world.database, world.plan, start));
  agenda.add(stormEndOf(scenario), async () => {
    provider.calm();
    receiver.calm();
    await resumeAll({ database: world.database, plan: world.plan, clock: agenda.clock });
  });
  let isNightAhead = scenario.hasLongNight;
  for (;;) {
    const how = await live(simulation);
    if (how === "at the end") break;
    // A clock that leapt ahead and back: nothing is done before the instant that was ticked already, here until all is over.
    if (how === "refused" && agenda.now() >= endOf(scenario)) return;
    if (++simulation.counts.lives > 200) throw new Error("the engine does not get on");
    simulation.isUp = false;
    await world.rows("SELECT 1");
    await inspector.check("the end of a life");
    const downMs = (isNightAhead ? nightHours * 60 : 1 + dice.below(90)) * 60_000;
    isNightAhead = false;
    await agenda.goOn(Math.min(endOf(scenario), agenda.now() + downMs));
    if (agenda.now() < stormEndOf(scenario) && dice.chance(80)) await edit(simulation);
  }
  await simulation.inbox.takeIn();
  const [state] = await world.rows("SELECT epoch_ms(last_tick) AS last FROM engine_state");
  await inspector.checkEnd(Number(state?.last));
}

/** Makes an edit live, which may be refused, fail or end with a crash: it is live as a whole or not at all. */
async function edit(simulation: Simulation): Promise<void> {
  const { world, agenda, provider, dice, counts } = simulation;
  const source = edited(simulation.source, dice);
  const plan = planOf(source);
  const life = lifeOf(world.database, provider.mailer, null, plotOf(simulation));
  await ended(life, applyPlan(life.database, plan, agenda.clock.now()));
  const [newest] = await world.rows("SELECT arg_max(hash, version) AS hash FROM applied");
  if (newest?.hash === plan.hash && plan.hash !== world.plan.hash) {
    counts.edits += 1;
    world.plan = plan;
    simulation.source = source;
  }
  await eventDone(simulation, "an edit");
}

/** What a life does, until it is over. */
async function ended<T>({ death }: Life, work: Promise<T>): Promise<T | "crashed" | "failed"> {
  const done = work.catch((error: unknown) => {
    if (error instanceof Failed) return "failed" as const;
    throw error;
  });
  return Promise.race([death, done]);
}

/** One life of the engine, and how it ended. */
async function live(simulation: Simulation): Promise<"at the end" | "refused" | "too early"> {
  const { world, agenda, provider, receiver, inspector, scenario, dice } = simulation;
  const life = lifeOf(world.database, provider.mailer, receiver.caller, plotOf(simulation));
  const spreading = diceOf(dice.below(1_000_000));
  simulation.inbox = inboxOf(life.database, world.plan);
  simulation.isUp = true;
  const { database } = simulation.inbox;
  const how = await ended(
    life,
    openEngine(database).then((engine) => {
      if (!engine) throw new Error("nothing is live");
      return runLoop({
        engine,
        clock: agenda.clock,
        mailer: life.mailer,
        ...(life.caller
          ? { calls: { caller: life.caller, random: { next: () => spreading.below(1000) / 1000 } } }
          : {}),
        render: inspector.render,
        every: { amount: scenario.every, unit: "h" },
        until: endOf(scenario),
        onTick: inspector.checkDone,
      });
    }),
  );
  if (typeof how !== "object") return "too early";
  if (how.ok) return "at the end";
  return how.failure.code === "F401" ? "refused" : "too early";
}

async function simulated({ world, scenario, provider, receiver, inspector, counts }: Simulation): Promise<Simulated> {
  const journal = await world.rows("SELECT * FROM journal ORDER BY ALL");
  const outbox = await world.rows("SELECT * FROM outbox ORDER BY ALL");
  const calls = await world.rows("SELECT * FROM webhook_call ORDER BY ALL");
  const states: Record<string, number> = {};
  for (const { state } of outbox) states[String(state)] = (states[String(state)] ?? 0) + 1;
  const sent = provider.accepted.map(({ sendId }) => sendId);
  return {
    source: scenario.source,
    mails: sent.length,
    ...counts,
    checks: inspector.checks(),
    outcomes: provider.outcomes,
    told: receiver.taken.size,
    winners: journal.filter(({ outcome }) => outcome === "won").length,
    arms: journal.filter(({ outcome, reason }) => outcome === "chose" && String(reason).startsWith("arm ")).length,
    states,
    mark: createHash("sha256")
      .update(JSON.stringify([journal, outbox, sent, calls, [...receiver.heard]]))
      .digest("hex"),
  };
}
