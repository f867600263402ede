// Every figure of a report, against the same counted person by person in TypeScript from the rows that the engine wrote.

import fc from "fast-check";
import { expect, test } from "vitest";
import { reportAt } from "../../runtime/engine/report/report.ts";
import { ensureSpans } from "../../runtime/engine/zones.ts";
import type { Row } from "../../runtime/ports.ts";
import type { ReportCell, ReportView } from "../../runtime/report.ts";
import { go } from "../engine/posting.ts";
import { at, type World, worldOf } from "../engine/world.ts";
import "../random.ts";

const counts =
  "entered, held_out, active, left, goals, sent, delivered, opened, clicked, replied, bounced, complained, unsubscribed, skipped";
const rates = "open rate, click rate, reply rate, bounce rate, complaint rate, unsubscribe rate, goal rate";
const show = `show ${counts}, ${rates}, hand offs, time to goal, sum of purchased.amount`;

const source = `
team sales "Sales"
segment Big where seats >= 50
segment Bosses where role = boss
program p < start when signed_up  enter every time  hold out 30%  goal purchased within 6d target 20%  exit when unsubscribed
  send welcome  hand off to sales
  experiment tone < arm plain 50% < send nudge > arm bold 50% < send digest > >
  wait 2d
  send nudge only if seats >= 50 as late >
program q < start when purchased  enter once  send receipt >
report whole < ${show} >
report roles < ${show}  by role >
report two < ${show}  in 10d  by role, week  for p >
report mails < ${show}  by email, variant >
report steps < ${show}  by step >
report arms < ${show}  by arm >
report topics < ${show}  by topic >
report segments < ${show}  by segment  in last week >
`;

const people = Array.from({ length: 60 }, (_, index) => `p${String(index).padStart(2, "0")}`);
const doings = ["received", "opened", "clicked", "replied", "bounced", "complained", "unsubscribed"];

/** A few weeks of a company, drawn once: the engine runs, people do something with their mails, and buy. */
async function lived(): Promise<World> {
  const world = await worldOf(source, "Europe/Berlin");
  const draw = fc.sample(fc.nat({ max: 999 }), { numRuns: 20_000, seed: 7 }).values();
  const dice = (of: number): number => Number(draw.next().value ?? 0) % of;
  for (const id of people) {
    await world.person(id, { role: [null, "boss", "user"][dice(3)] ?? null, seats: [null, 10, 80][dice(3)] ?? null });
  }
  await world.apply("2026-03-01");
  for (let day = 2; day <= 24; day++) {
    const date = `2026-03-${String(day).padStart(2, "0")}`;
    for (const id of people) {
      if (dice(12) === 0) await world.happen("signed_up", id, `${date} 0${dice(8)}:00`);
      if (dice(15) === 0) await world.happen("purchased", id, `${date} 0${dice(8)}:30`, { amount: dice(90) });
    }
    await go(world, `${date} 09:00`);
    const mails = await world.rows(
      `SELECT send_id, contact_id FROM outbox WHERE state = 'sent' AND settled_at >= TIMESTAMP '${date}' ORDER BY send_id`,
    );
    for (const mail of mails) {
      for (const [place, doing] of doings.entries()) {
        if (dice(place < 3 ? 2 : 9) > 0) continue;
        const machine = place > 0 && dice(4) === 0;
        await world.happen(doing, String(mail.contact_id), `${date} 1${dice(9)}:00`, {
          message: String(mail.send_id),
          machine,
        });
      }
    }
  }
  return world;
}

async function viewOf(world: World, name: string, now: string): Promise<ReportView> {
  const report = world.plan.reports.find((candidate) => candidate.name === name);
  if (!report) throw new Error(`no report ${name}`);
  const engine = world.engine();
  return world.database.transaction(async (session) => {
    const turn = { engine, session, now: at(now) };
    await ensureSpans(turn, ["Europe/Berlin"]);
    return reportAt(turn, report, null);
  });
}

type Rows = readonly Row[];
interface Facts {
  readonly now: number;
  readonly contacts: ReadonlyMap<string, Row>;
  readonly enrollments: Rows;
  readonly mails: Rows;
  readonly skips: Rows;
  readonly journal: Rows;
  readonly handoffs: Rows;
  readonly purchases: Rows;
  readonly told: ReadonlyMap<string, ReadonlySet<string>>;
}

async function factsOf(world: World, until: string): Promise<Facts> {
  const now = at(until);
  const read = (table: string, time: string) =>
    world.rows(`SELECT * FROM ${table} WHERE ${time} <= make_timestamp(${now}000)`);
  const told = new Map<string, ReadonlySet<string>>();
  for (const doing of doings) {
    const rows = await read(`event_${doing}`, "occurred_at");
    told.set(doing, new Set(rows.filter(({ machine }) => machine !== true).map(({ message }) => String(message))));
  }
  const journal = await read("journal", "tick");
  return {
    now,
    told,
    journal,
    contacts: new Map((await world.rows("SELECT * FROM contact")).map((row) => [String(row.contact_id), row])),
    enrollments: await read("enrollment", "started_at"),
    mails: (await read("outbox", "settled_at")).filter(({ state }) => state === "sent"),
    skips: journal.filter(({ outcome }) => outcome === "skipped"),
    handoffs: await read("handoff", '"at"'),
    purchases: await read("event_purchased", "occurred_at"),
  };
}

const dayMs = 86_400_000;
/** Monday of the week in Berlin, where it was UTC+1 all that month until the 29th. */
function weekOf(instant: unknown): string {
  const local = new Date(Number(instant) + 3_600_000);
  return new Date(local.getTime() - ((local.getUTCDay() + 6) % 7) * dayMs).toISOString().slice(0, 10);
}

const topics: Readonly<Record<string, string>> = { welcome: "tips", nudge: "tips", digest: "news" };

/** All values that a row has in a dimension; null: the dimension says nothing about such rows. */
function valuesOf(
  facts: Facts,
  kind: "enrollment" | "mail" | "skip",
  row: Row,
  dimension: string,
): readonly unknown[] | null {
  const contact = facts.contacts.get(String(row.contact_id));
  const isMail = kind !== "enrollment";
  const seats = Number(contact?.seats ?? 0);
  switch (dimension) {
    case "role":
      return [contact?.role ?? null];
    case "week":
      return [weekOf(kind === "enrollment" ? row.started_at : kind === "mail" ? row.settled_at : row.tick)];
    case "email":
      return isMail ? [row.email] : null;
    case "step":
      return isMail ? [row.step] : null;
    case "variant":
      return kind === "mail" ? [row.variant ?? "base"] : null;
    case "topic":
      return isMail ? [topics[String(row.email)] ?? null] : null;
    case "segment":
      return [...(seats >= 50 ? ["Big"] : []), ...(contact?.role === "boss" ? ["Bosses"] : [])];
    default: {
      const chosen = facts.journal.filter((one) => one.enrollment_id === row.enrollment_id && one.outcome === "chose");
      return [...new Set(chosen.map(({ reason }) => String(reason).slice(4)))];
    }
  }
}

interface Asked {
  readonly program: string;
  readonly from: number;
  readonly until: number;
  readonly by: readonly string[];
  readonly key: readonly unknown[];
}

/** The rows of a kind in one line of the report; null where it cannot be told. */
function rowsIn(facts: Facts, kind: "enrollment" | "mail" | "skip", asked: Asked): Rows | null {
  const all = { enrollment: facts.enrollments, mail: facts.mails, skip: facts.skips }[kind];
  const time = { enrollment: "started_at", mail: "settled_at", skip: "tick" }[kind];
  const own = all.filter(
    (row) => row.program === asked.program && Number(row[time]) >= asked.from && Number(row[time]) < asked.until,
  );
  const isBlind = asked.by.some((dimension) => {
    const sample: Row = { contact_id: "p00", started_at: 0, settled_at: 0, tick: 0 };
    return valuesOf(facts, kind, sample, dimension) === null;
  });
  if (isBlind) return null;
  return own.filter((row) =>
    asked.by.every((dimension, place) => valuesOf(facts, kind, row, dimension)?.includes(asked.key[place] ?? null)),
  );
}

const peopleIn = (rows: Rows): number => new Set(rows.map(({ contact_id }) => contact_id)).size;

function naive(facts: Facts, asked: Asked): ReadonlyMap<string, number | null> {
  const inside = rowsIn(facts, "enrollment", asked);
  const mails = rowsIn(facts, "mail", asked);
  const skips = rowsIn(facts, "skip", asked);
  const held = new Set(
    facts.journal
      .filter(({ outcome, next }) => outcome === "started" && next === "held out")
      .map((row) => row.enrollment_id),
  );
  const entered = inside?.filter((row) => !held.has(row.enrollment_id)) ?? null;
  const before = (row: Row, column: string) => row[column] != null && Number(row[column]) <= facts.now;
  const count = (rows: Rows | null, is: (row: Row) => boolean = () => true) =>
    rows === null ? null : peopleIn(rows.filter(is));
  const did = (doing: string) => count(mails, ({ send_id }) => facts.told.get(doing)?.has(String(send_id)) === true);
  const rate = (part: number | null, whole: number | null) => (part === null || !whole ? null : part / whole);
  const goals = count(entered, (row) => before(row, "goal_at"));
  const times = (entered ?? [])
    .filter((row) => before(row, "goal_at"))
    .map((row) => (Number(row.goal_at) - Number(row.started_at)) / 1000);
  const sorted = times.toSorted((left, right) => left - right);
  const middle =
    ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
  const bought = (row: Row) =>
    facts.purchases
      .filter((event) => {
        const end = row.goal_until ?? row.left_at;
        const when = Number(event.occurred_at);
        const isStart = event.event_id === row.start_event_id;
        return (
          event.contact_id === row.contact_id &&
          !isStart &&
          when >= Number(row.started_at) &&
          (end == null || when <= Number(end))
        );
      })
      .reduce((sum, event) => sum + Number(event.amount ?? 0), 0);
  return new Map<string, number | null>([
    ["entered", count(entered)],
    ["held_out", count(inside, (row) => held.has(row.enrollment_id))],
    ["active", count(entered, (row) => !before(row, "left_at"))],
    ["left", count(entered, (row) => before(row, "left_at"))],
    ["goals", goals],
    ["goal rate", rate(goals, count(entered))],
    ["sent", count(mails)],
    ["delivered", did("received")],
    ...["opened", "clicked", "replied", "bounced", "complained", "unsubscribed"].map(
      (doing) => [doing, did(doing)] as const,
    ),
    ["open rate", rate(did("opened"), did("received"))],
    ["click rate", rate(did("clicked"), did("received"))],
    ["reply rate", rate(did("replied"), did("received"))],
    ["complaint rate", rate(did("complained"), did("received"))],
    ["unsubscribe rate", rate(did("unsubscribed"), did("received"))],
    ["bounce rate", rate(did("bounced"), count(mails))],
    ["skipped", count(skips)],
    [
      "hand offs",
      entered &&
        facts.handoffs.filter(({ enrollment_id }) => entered.some((row) => row.enrollment_id === enrollment_id)).length,
    ],
    ["time to goal", entered === null || times.length === 0 ? null : middle],
    ["sum of purchased.amount", entered?.reduce((sum, row) => sum + bought(row), 0) ?? null],
  ]);
}

test("every figure is what counting person by person gives", { timeout: 120_000 }, async () => {
  const world = await lived();
  const now = "2026-03-24 20:00";
  const facts = await factsOf(world, now);
  const seen = new Set<string>();
  let compared = 0;
  for (const { name, by } of world.plan.reports) {
    const view = await viewOf(world, name, now);
    for (const { program, total, rows } of view.programs) {
      const span = { program, from: view.from ?? 0, until: view.until };
      for (const row of [total, ...rows]) {
        const dimensions = row === total ? [] : by.map((dimension) => dimension.name);
        const expected = naive(facts, { ...span, by: dimensions, key: row.by });
        const found = new Map(view.measures.map((measure, place) => [measure.name, row.cells[place] as ReportCell]));
        for (const [measure, value] of expected) {
          const cell = found.get(measure);
          const where = `${name} ${program} ${JSON.stringify(row.by)} ${measure}`;
          if (value === null) expect(cell?.value, where).toBeNull();
          else expect(cell?.value, where).toBeCloseTo(value, 9);
          if (value !== null && value > 0) seen.add(measure);
          compared++;
        }
      }
      // No line is missing: those of the report are those that some row has.
      const kinds = ["enrollment", "mail", "skip"] as const;
      const lines = new Set(
        kinds
          .flatMap((kind) =>
            (rowsIn(facts, kind, { ...span, by: [], key: [] }) ?? []).flatMap((row) =>
              by.reduce<readonly (readonly unknown[])[]>(
                (all, dimension) => {
                  const values = valuesOf(facts, kind, row, dimension.name) ?? [];
                  return all.flatMap((line) => values.map((value) => [...line, value]));
                },
                [[]],
              ),
            ),
          )
          .map((line) => JSON.stringify(line)),
      );
      if (by.length > 0) expect(new Set(rows.map((row) => JSON.stringify(row.by)))).toEqual(lines);
    }
  }
  expect(seen).toEqual(new Set(naive(facts, { program: "p", from: 0, until: 0, by: [], key: [] }).keys()));
  expect(compared).toBeGreaterThan(1000);
});

test("beside a hold-out the goal shows its lift over those who were held out", async () => {
  const world = await lived();
  const view = await viewOf(world, "whole", "2026-03-24 20:00");
  const total = view.programs.find(({ program }) => program === "p")?.total;
  const cell = (name: string) => total?.cells[view.measures.findIndex((measure) => measure.name === name)];
  const facts = await factsOf(world, "2026-03-24 20:00");
  const held = new Set(
    facts.journal
      .filter(({ outcome, next }) => outcome === "started" && next === "held out")
      .map((row) => row.enrollment_id),
  );
  const apart = facts.enrollments.filter((row) => row.program === "p" && held.has(row.enrollment_id));
  const reached = peopleIn(apart.filter(({ goal_at }) => goal_at != null));
  expect(cell("goal rate")?.lift).toMatchObject({ people: peopleIn(apart), held: reached / peopleIn(apart) });
  const other = view.programs.find(({ program }) => program === "q")?.total;
  expect(other?.cells.map(({ lift }) => lift).filter((lift) => lift !== null)).toEqual([]);
});
