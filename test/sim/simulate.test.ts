// A simulation is the engine itself: what it finds is what a run on the same world writes down.

import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Plan } from "../../compiler/ir/plan.ts";
import { open } from "../../runtime/open.ts";
import type { Database, Mailer } from "../../runtime/ports.ts";
import { type SimulatedRequest, simulateOn } from "../../runtime/simulation/simulated.ts";
import { simulate } from "../../runtime/simulation/simulation.ts";
import { renderSimulation } from "../../runtime/simulation/simulation-page.ts";
import { simulationJson, simulationTables } from "../../runtime/simulation/simulation-report.ts";
import { parseEngagement, usualEngagement } from "../../runtime/sim/engagement-file.ts";
import { ratesOf } from "../../runtime/sim/engagement.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { at, openWorld, planOf, type World } from "../engine/world.ts";
import { codeOf, scratchDatabase, scratchFolder, valueFrom } from "../support/scratch.ts";

const source = `
segment Buyers where purchased
segment Silent where received at least 2 times in 30d and not opened in 30d
policy house_rules < at most 2 emails in 7d  quiet hours 21:00 to 07:00 local  never send to in Buyers >
team sales "Sales"
email tease < subject "Look"  text "Hello"  topic tips  variant bold < subject "LOOK" > >
email offer < subject "An offer"  text "Hello"  topic tips >
program onboarding <
  start when signed_up  enter again after 20d  hold out 10%
  goal purchased within 20d  exit when unsubscribed or bounced
  send welcome
  wait 2d
  wait up to 3d until opened welcome then < send tease > otherwise < send nudge >
  experiment tone < arm plain 50% < send tease >  arm bold 50% < send tease variant bold >
    winner by click rate after 5d needs 20 >
  if replied then < hand off to sales >
  wait 1d
  send offer only if clicked welcome
>
program win_back for Silent < enter again after 60d  exit when opened in 1d  send offer  wait 5d  send digest >
`;

/** Silent ones and some who buy; sign-ups and purchases go on behind the start. */
async function fill(world: World, people: number): Promise<void> {
  for (let index = 0; index < people; index++) {
    const id = `p${String(index).padStart(3, "0")}`;
    const zone = ["Europe/Berlin", "America/New_York", null][index % 3] ?? null;
    await world.person(id, { time_zone: zone, first_name: index % 2 ? "Ann" : null, tags: [] });
    await world.happen("signed_up", id, `2026-03-${String(1 + (index % 20)).padStart(2, "0")} ${10 + (index % 9)}:30`);
    if (index % 7 === 0) await world.happen("purchased", id, `2026-03-${String(10 + (index % 15))} 12:15`);
  }
}

async function projectOf(people = 120, text = source, folder = scratchFolder()) {
  const path = join(folder, "cadenza.duckdb");
  const database = valueFrom(await openDatabase(path, { threads: 1 }));
  const plan = planOf(text);
  await fill(await openWorld(database, plan), people);
  await database.close();
  return { plan, folder, path };
}

const from = at("2026-03-01");
const to = at("2026-03-20");
const lively = {
  seed: "lively",
  rates: { open: 0.5, click: 0.2, reply: 0.1, bounce: 0.05, unsubscribe: 0.05, complaint: 0.05 },
  hours: 20,
};
const requestOf = (plan: Plan, more: Partial<SimulatedRequest> = {}): SimulatedRequest => ({
  plan,
  from,
  to,
  now: from,
  every: { amount: 12, unit: "h" },
  engagement: lively,
  threads: 1,
  ...more,
});

/** A week, a look a day. */
const shortly = (plan: Plan, more: Partial<SimulatedRequest> = {}): SimulatedRequest =>
  requestOf(plan, { to: at("2026-03-08"), every: { amount: 1, unit: "d" }, ...more });

const journal = async (database: Database) =>
  database.run({
    text: `SELECT epoch_ms(tick) AS tick, program, contact_id, enrollment_id, seq, step, email, outcome, reason, "next", epoch_ms(due) AS due
      FROM journal ORDER BY ALL`,
    params: {},
  });
const facts = async (database: Database) =>
  database.run({
    text: `SELECT 'mail' AS kind, send_id AS id, state, reason, epoch_ms(settled_at) AS "at" FROM outbox
      UNION ALL SELECT 'opened', event_id, email, topic, epoch_ms(occurred_at) FROM event_opened
      UNION ALL SELECT 'received', event_id, email, topic, epoch_ms(occurred_at) FROM event_received
      UNION ALL SELECT 'bounced', event_id, email, topic, epoch_ms(occurred_at) FROM event_bounced
      UNION ALL SELECT 'replied', event_id, email, topic, epoch_ms(occurred_at) FROM event_replied
      UNION ALL SELECT 'refused', address, topic, source, epoch_ms("at") FROM consent
      UNION ALL SELECT 'suppressed', address, reason, '', epoch_ms("at") FROM suppression ORDER BY ALL`,
    params: {},
  });

/** Takes mails one by one, as a provider does. */
const provider = (taken: string[]): Mailer => ({
  name: "test",
  delivers: false,
  send: async ({ sendId }) => {
    taken.push(sendId);
    return { kind: "sent", providerId: sendId };
  },
});

const root = mkdtempSync(join(tmpdir(), "cadenza-simulated-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The large world, simulated once for all tests that look at it; `before`: as it was. */
let simulating: ReturnType<typeof simulateWorld> | null = null;
async function simulateWorld() {
  const { plan, path } = await projectOf(120, source, root);
  const before = join(root, "before.duckdb");
  copyFileSync(path, before);
  return { plan, path, before, simulation: valueFrom(await simulateOn(path, requestOf(plan))) };
}
function simulated() {
  simulating ??= simulateWorld();
  return simulating;
}

describe("the same world, run on a virtual clock", () => {
  test.each([
    ["as a replay", true],
    ["live", false],
  ] as const)(
    "%s writes the same journal",
    async (_, isReplay) => {
      const { plan, path, before, simulation } = await simulated();
      const folder = scratchFolder();
      copyFileSync(before, join(folder, "cadenza.duckdb"));
      const taken: string[] = [];
      const clock = virtualClock(from);
      const engine = valueFrom(await open({ plan, database: { folder }, clock, mailer: provider(taken), threads: 1 }));
      valueFrom(
        await engine.run({ clock, isReplay, every: { amount: 12, unit: "h" }, until: to - 1, engagement: lively }),
      );
      await engine.close();
      const foreseen = await scratchDatabase(path);
      const ran = await scratchDatabase(join(folder, "cadenza.duckdb"));
      expect(await journal(foreseen)).toEqual(await journal(ran));
      expect(await facts(foreseen)).toEqual(await facts(ran));
      expect(simulation.mails).toBe(taken.length);
      expect(taken.length).toBeGreaterThan(120);
      const outcomes = new Set((await journal(ran)).map(({ outcome }) => outcome));
      for (const outcome of ["delayed", "skipped", "goal", "left", "handed off"]) expect(outcomes).toContain(outcome);
    },
    240_000,
  );
});

describe("figures", () => {
  test("are what the journal and the outbox say", async () => {
    const { path, simulation: found } = await simulated();
    const database = await scratchDatabase(path);
    const one = async (text: string) => Number((await database.run({ text, params: {} }))[0]?.n);
    expect(found.days).toHaveLength(19);
    expect(found.mails).toBe(await one("SELECT count(*) AS n FROM outbox WHERE state = 'sent'"));
    const [onboarding, winBack] = found.programs;
    expect(onboarding?.entered).toBe(await one("SELECT count(*) AS n FROM enrollment WHERE program = 'onboarding'"));
    expect(onboarding?.goals).toBe(
      await one("SELECT count(goal_at) AS n FROM enrollment WHERE program = 'onboarding'"),
    );
    expect(winBack?.inside).toBe(await one("SELECT count(*) AS n FROM positions WHERE program = 'win_back'"));
    const mails = found.programs.flatMap((program) => program.mails).reduce((sum, count) => sum + count, 0);
    expect(mails).toBe(found.mails);
    expect(found.perPerson.reduce((sum, { mails: each, people }) => sum + each * people, 0)).toBe(found.mails);
    expect(found.programs[0]?.mails[2]).toBe(
      await one(
        `SELECT count(*) AS n FROM outbox WHERE program = 'onboarding' AND settled_at >= '2026-03-03' AND settled_at < '2026-03-04'`,
      ),
    );
    for (const { program, steps } of found.programs) {
      const inside = await one(
        `SELECT count(*) FILTER (outcome = 'started') - count(*) FILTER (outcome = 'left') AS n FROM journal
         WHERE program = '${program}' AND tick < '2026-03-11'`,
      );
      expect(steps.reduce((sum, { people }) => sum + (people[9] ?? 0), 0)).toBe(inside);
    }
    const told = found.told.find(({ email }) => email === "welcome");
    expect(told?.opened).toBe(
      await one("SELECT count(*) AS n FROM event_opened WHERE email = 'welcome' AND occurred_at < '2026-03-20'"),
    );
    const capped = found.held.filter(
      ({ outcome, reason }) => outcome === "delayed" && reason === "at most 2 emails in 7d",
    );
    expect(capped.reduce((sum, { times }) => sum + times, 0)).toBe(
      await one("SELECT count(*) AS n FROM journal WHERE outcome = 'delayed' AND reason = 'at most 2 emails in 7d'"),
    );
    expect(capped.length).toBeGreaterThan(0);
  }, 120_000);

  test("what people do comes at the rates of the model", async () => {
    const { plan, path } = await projectOf(
      0,
      "program p for All < enter once  send welcome > segment All where everyone",
    );
    const database = valueFrom(await openDatabase(path));
    const people = 20_000;
    await database.run({
      text: `INSERT INTO contact BY NAME SELECT 'c' || i AS contact_id, 'c' || i || '@x.example' AS email FROM range(${people}) AS r(i)`,
      params: {},
    });
    await database.close();
    const rates = { open: 0.5, click: 0.2, reply: 0.05, bounce: 0.1, unsubscribe: 0.04, complaint: 0.02 };
    const engagement = { seed: "rates", rates: { ...rates, open: 1 }, emails: { welcome: rates }, hours: 1 };
    const found = valueFrom(await simulateOn(path, shortly(plan, { engagement })));
    const [welcome] = found.told;
    expect(welcome?.mails).toBe(people);
    expect((welcome?.received ?? 0) + (welcome?.bounced ?? 0)).toBe(people);
    const isNear = (count: number | undefined, of: number, rate: number) =>
      expect(Math.abs((count ?? 0) - of * rate)).toBeLessThan(5 * Math.sqrt(of * rate));
    isNear(welcome?.bounced, people, rates.bounce);
    const received = welcome?.received ?? 0;
    isNear(welcome?.opened, received, rates.open);
    isNear(welcome?.clicked, received, rates.click);
    isNear(welcome?.replied, received, rates.reply);
    isNear(welcome?.unsubscribed, received, rates.unsubscribe);
    isNear(welcome?.complained, received, rates.complaint);
  }, 120_000);

  test("in a replay only what the database tells happens", async () => {
    const { plan, path } = await projectOf();
    const found = valueFrom(await simulateOn(path, shortly(plan, { engagement: null, to: at("2026-03-15") })));
    expect(found.told.every(({ opened, received }) => opened + received === 0)).toBe(true);
    expect(found.programs[0]?.goals).toBeGreaterThan(0);
  }, 120_000);
});

describe("on a copy", () => {
  test("the same seed gives the same, another one does not, and the database stays as it is", async () => {
    const { plan, folder, path } = await projectOf(60);
    const before = readFileSync(path);
    const text = async (seed: string) => {
      const found = await simulate({ ...shortly(plan, { engagement: { ...lively, seed } }), folder });
      return JSON.stringify(simulationJson(valueFrom(found)));
    };
    const [first, again, other] = [await text("a"), await text("a"), await text("b")];
    expect(again).toBe(first);
    expect(other.replace('"seed":"b"', '"seed":"a"')).not.toBe(first);
    expect(readFileSync(path).equals(before)).toBe(true);
  }, 120_000);

  test("what lies in the log of the database counts, and stays there", async () => {
    const { plan, path } = await projectOf(5);
    const database = valueFrom(await openDatabase(path));
    const world = await openWorld(database, plan);
    await world.person("late", { tags: [] });
    await world.happen("signed_up", "late", "2026-03-05 10:00");
    const folder = scratchFolder();
    const names = ["cadenza.duckdb", "cadenza.duckdb.wal"];
    // As a process that is killed leaves them.
    for (const name of names) copyFileSync(`${path.replace("cadenza.duckdb", "")}${name}`, join(folder, name));
    await database.close();
    const before = names.map((name) => readFileSync(join(folder, name)));
    expect(before[1]?.length).toBeGreaterThan(0);
    const found = valueFrom(await simulate({ ...shortly(plan), folder }));
    expect(found.contacts).toBe(6);
    expect(found.programs[0]?.entered).toBe(6);
    expect(names.every((name, index) => readFileSync(join(folder, name)).equals(before[index] ?? Buffer.of()))).toBe(
      true,
    );
  }, 120_000);

  test("people who are inside go on, from where the engine has been", async () => {
    const { plan, folder, path } = await projectOf(40);
    const clock = virtualClock(from);
    const until = at("2026-03-05");
    const engine = valueFrom(await open({ plan, database: { folder }, clock, mailer: provider([]), threads: 1 }));
    valueFrom(await engine.run({ clock, isReplay: true, every: { amount: 1, unit: "d" }, until, engagement: lively }));
    await engine.close();
    const { from: _, ...request } = shortly(plan);
    const found = valueFrom(await simulate({ ...request, folder }));
    const [all, last] = [
      valueFrom(await simulateOn(join(folder, "cadenza.duckdb"), request)),
      await scratchDatabase(path),
    ];
    expect(found.from).toBe(until + 1);
    expect(simulationJson(found)).toEqual(simulationJson(all));
    const [mails] = await last.run({ text: "SELECT count(*) AS n FROM outbox WHERE state = 'sent'", params: {} });
    const [early] = await last.run({
      text: "SELECT count(*) AS n FROM outbox WHERE state = 'sent' AND settled_at <= '2026-03-05'",
      params: {},
    });
    expect(found.mails).toBe(Number(mails?.n) - Number(early?.n));
    expect(codeOf(await simulate({ ...shortly(plan), folder: scratchFolder() }))).toBe("F116");
  }, 120_000);

  test("times that do not fit, and an engine that holds the database, are refused", async () => {
    const { plan, folder, path } = await projectOf(3);
    expect(codeOf(await simulate({ ...shortly(plan, { to: from }), folder }))).toBe("F442");
    const database = valueFrom(await openDatabase(path));
    expect(codeOf(await simulate({ ...shortly(plan), folder }))).toBe("F435");
    await database.run({ text: "UPDATE engine_state SET last_tick = TIMESTAMP '2026-03-02'", params: {} });
    await database.run({
      text: "INSERT INTO engine_state BY NAME SELECT 1 AS only_row, TIMESTAMP '2026-03-02' AS last_tick, 0 AS last_batch, 0 AS ticks, 0 AS epoch",
      params: {},
    });
    await database.close();
    expect(codeOf(await simulate({ ...shortly(plan), folder }))).toBe("F436");
  });
});

describe("the file of the engagement", () => {
  const parse = (value: unknown) =>
    parseEngagement({
      path: "e.json",
      text: typeof value === "string" ? value : JSON.stringify(value),
      seed: "s",
      emails: ["welcome", "nudge"],
    });
  test("names what differs from the usual", () => {
    const model = valueFrom(
      parse({ rates: { open: "50%" }, emails: { nudge: { click: "12.5%", bounce: "0%" } }, hours: 3 }),
    );
    const usual = usualEngagement("s").rates;
    expect(model).toMatchObject({ seed: "s", hours: 3 });
    expect(ratesOf(model, "welcome")).toEqual({ ...usual, open: 0.5 });
    expect(ratesOf(model, "nudge")).toEqual({ ...usual, open: 0.5, click: 0.125, bounce: 0 });
    expect(valueFrom(parse("{}"))).toMatchObject(usualEngagement("s"));
  });
  test.each([
    ["no JSON", "{ open: 5 }", "F437"],
    ["a list", [], "F437"],
    ["rates that are none", { rates: "40%" }, "F437"],
    ["an email's rates that are none", { emails: { welcome: null } }, "F437"],
    ["more than all", { rates: { open: "120%" } }, "F438"],
    ["less than nothing", { rates: { open: "-5%" } }, "F438"],
    ["a number", { rates: { open: 0.4 } }, "F438"],
    ["no number", { rates: { bounce: "some%" } }, "F438"],
    ["an email that is not there", { emails: { wellcome: { open: "40%" } } }, "F439"],
    ["a rate that is not there", { rates: { opens: "40%" } }, "F439"],
    ["an entry that is not there", { rate: {} }, "F439"],
    ["more clicks than opens", { emails: { welcome: { open: "5%" } } }, "F440"],
    ["no time", { hours: 0 }, "F443"],
    ["a time in words", { hours: "9" }, "F443"],
  ])("%s", (_, value, code) => expect(codeOf(parse(value))).toBe(code));
});

test("the page is complete in itself, and says what the tables say", async () => {
  const { plan, path } = await projectOf(30);
  const found = valueFrom(await simulateOn(path, shortly(plan)));
  const page = renderSimulation(found);
  expect(page).not.toMatch(/<script|<link|@import|url\(|src=|http:/);
  expect(page.match(/<svg viewBox="0 0 960/g)?.length).toBeGreaterThanOrEqual(3);
  for (const { title, rows } of simulationTables(found)) {
    expect(page).toContain(title);
    for (const cell of rows.flat().filter((one) => /^[\w ,]+$/.test(one))) expect(page).toContain(cell);
  }
});
