// Chains of events at their edges: ties, the last instant of a time, clock changes, what is tied, and one very busy person.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { calendarOf, isZone } from "../../compiler/calendar.ts";
import { compile } from "../../compiler/compile.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printMembers } from "../../compiler/sql/print.ts";
import { build } from "./build.ts";
import { type Duck, duck } from "./duck.ts";
import type { EventRow, Values } from "./world.ts";

let database: Duck;
beforeAll(async () => {
  database = await duck();
});
afterAll(() => database.close());

const project = `project p < language 1  time zone "Europe/Berlin"  currency EUR >
contact < id text key  email email >
event asked < topic text? >
event bought < topic text?  code text exact? >
event praised < topic text?  code text exact? >
`;

function compiled(text: string): Plan {
  const { plan, diagnostics } = compile([{ path: "p.cdz", text: `${project}segment X where ${text}` }], {
    library: [],
    isZone,
    body: () => ({ kind: "missing" }),
  });
  if (plan) return plan;
  throw new Error(diagnostics.map(({ code, text: words }) => `${code} ${words}`).join("\n"));
}

/** `asked 2026-03-01 09:00`, in the project's zone, with the values of its properties behind. */
type Fact = readonly [event: string, clock: string, values?: Values];

/** Whether somebody with these events is in the segment, then. */
async function holds(condition: string, facts: readonly Fact[], now: string): Promise<boolean> {
  const plan = compiled(condition);
  const calendar = calendarOf("Europe/Berlin", 1);
  const instant = (clock: string) =>
    clock.endsWith("Z") ? Date.parse(clock) : calendar.instantOf(clock.replace(" ", "T"));
  const events = new Map<string, EventRow[]>();
  for (const [index, [event, clock, values = {}]] of facts.entries()) {
    const row = { contactId: "ana", at: instant(clock), eventId: `e${index}`, values };
    events.set(event, [...(events.get(event) ?? []), row]);
  }
  const at = instant(now);
  const empty = {
    companies: [],
    members: [],
    suppressed: [],
    consents: [],
    enrollments: [],
    stays: [],
    stages: [],
    records: [],
    changes: [],
    outbox: [],
  };
  await build(database, {
    ...empty,
    catalog: plan.catalog,
    calendar,
    now: at,
    contacts: [{ id: "ana", email: "ana@x.example" }],
    events,
  });
  return (await database.rows(bind(printMembers(plan, "X"), calendar, at))).length > 0;
}

const later = "2026-12-01 09:00";
const asked: Fact = ["asked", "2026-03-02 09:00"];

describe("followed by", () => {
  const chain = "asked followed by bought within 3d";
  test.each([
    ["in between", "2026-03-04 10:00", true],
    ["at the very last instant", "2026-03-05 09:00", true],
    ["a millisecond behind it", "2026-03-05 09:00:00.001", false],
    ["at the same instant, which is not later", "2026-03-02 09:00", false],
    ["a millisecond behind the first", "2026-03-02 09:00:00.001", true],
    ["before", "2026-03-01 09:00", false],
  ])("%s", async (_, clock, expected) => {
    expect(await holds(chain, [asked, ["bought", clock]], later)).toBe(expected);
    expect(await holds(`not ${chain}`, [asked, ["bought", clock]], later)).toBe(!expected);
  });

  test("days keep the wall clock when the clocks change, hours do not", async () => {
    const evening: Fact = ["asked", "2026-03-28 20:00"];
    expect(await holds("asked followed by bought within 1d", [evening, ["bought", "2026-03-29 20:00"]], later)).toBe(
      true,
    );
    const late: Fact = ["bought", "2026-03-29 20:00:00.001"];
    expect(await holds("asked followed by bought within 1d", [evening, late], later)).toBe(false);
    expect(await holds("asked followed by bought within 24h", [evening, late], later)).toBe(true);
    expect(await holds("asked followed by bought within 24h", [evening, ["bought", "2026-03-29 21:00"]], later)).toBe(
      true,
    );
  });

  test("an hour that comes twice is told apart", async () => {
    // 02:30 in summer time, then 02:15 in winter time, which is later: a day behind both is told by their wall clocks.
    const [first, second]: Fact[] = [
      ["asked", "2026-10-25T00:30:00Z"],
      ["bought", "2026-10-25T01:15:00Z"],
    ];
    expect(await holds("asked followed by bought within 1h", [first ?? asked, second ?? asked], later)).toBe(true);
    const next: Fact = ["bought", "2026-10-26 02:15"];
    expect(await holds("asked followed by bought within 1d", [["asked", "2026-10-25T01:15:00Z"], next], later)).toBe(
      true,
    );
    const beyond: Fact = ["bought", "2026-10-26 02:15:00.001"];
    expect(await holds("asked followed by bought within 1d", [["asked", "2026-10-25T01:15:00Z"], beyond], later)).toBe(
      false,
    );
    expect(await holds("asked followed by bought within 1d", [["asked", "2026-10-25T00:30:00Z"], beyond], later)).toBe(
      true,
    );
  });

  test("a month behind the last of January is the last of February", async () => {
    const january: Fact = ["asked", "2026-01-31 09:00"];
    expect(await holds("asked followed by bought within 1mo", [january, ["bought", "2026-02-28 09:00"]], later)).toBe(
      true,
    );
    expect(await holds("asked followed by bought within 1mo", [january, ["bought", "2026-02-28 10:00"]], later)).toBe(
      false,
    );
  });

  test("what lies ahead does not count yet", async () => {
    const facts: Fact[] = [asked, ["bought", "2026-03-04 10:00"]];
    expect(await holds(chain, facts, "2026-03-04 09:59")).toBe(false);
    expect(await holds(chain, facts, "2026-03-04 10:00")).toBe(true);
  });

  test("the window is that of the first event", async () => {
    const facts: Fact[] = [asked, ["bought", "2026-03-04 10:00"]];
    expect(await holds("asked in 2d followed by bought within 3d", facts, "2026-03-04 10:00")).toBe(false);
    expect(await holds("asked before 2026-03-03 followed by bought within 3d", facts, later)).toBe(true);
  });

  test("another way through the chain may hold where the first does not", async () => {
    const links = "asked followed by bought within 5d followed by praised within 1d";
    const facts: Fact[] = [
      asked,
      ["bought", "2026-03-03 09:00"],
      ["bought", "2026-03-06 09:00"],
      ["praised", "2026-03-07 08:00"],
    ];
    expect(await holds(links, facts, later)).toBe(true);
    expect(await holds(links, facts.toSpliced(2, 1), later)).toBe(false);
  });

  test("a tie is to the link before, without regard to case, and unknown is tied to nothing", async () => {
    const tied = "asked followed by bought within 5d for the same topic";
    const about = (topic: string | null): Fact[] => [
      ["asked", "2026-03-02 09:00", { topic: "Shoes" }],
      ["bought", "2026-03-03 09:00", { topic }],
    ];
    expect(await holds(tied, about(" shoes"), later)).toBe(true);
    expect(await holds(tied, about("hats"), later)).toBe(false);
    expect(await holds(tied, about(null), later)).toBe(false);
    const unknown: Fact[] = [asked, ["bought", "2026-03-03 09:00"]];
    expect(await holds(tied, unknown, later)).toBe(false);
    expect(await holds("asked not followed by bought within 5d for the same topic", unknown, later)).toBe(true);
    const exactly = "bought followed by praised within 5d for the same code";
    const coded = (code: string): Fact[] => [
      ["bought", "2026-03-02 09:00", { code: "a1" }],
      ["praised", "2026-03-03 09:00", { code }],
    ];
    expect(await holds(exactly, coded("A1"), later)).toBe(false);
    expect(await holds(exactly, coded("a1"), later)).toBe(true);
  });
});

describe("not followed by", () => {
  const chain = "asked not followed by bought within 3d";
  test("holds once the time is over, and not a millisecond before", async () => {
    expect(await holds(chain, [asked], "2026-03-05 08:59:59.999")).toBe(false);
    expect(await holds(chain, [asked], "2026-03-05 09:00")).toBe(true);
    expect(await holds(chain, [], later)).toBe(false);
  });
  test("what comes in its last instant still counts, what comes behind it does not", async () => {
    expect(await holds(chain, [asked, ["bought", "2026-03-05 09:00"]], "2026-03-05 09:00")).toBe(false);
    expect(await holds(chain, [asked, ["bought", "2026-03-05 09:00:00.001"]], later)).toBe(true);
  });
  test("the other side of it are all others, with those whose time runs on", async () => {
    expect(await holds(`not ${chain}`, [asked], "2026-03-04 09:00")).toBe(true);
    expect(await holds(`not ${chain}`, [asked], "2026-03-05 09:00")).toBe(false);
  });
  test("counts from the link before it", async () => {
    const links = "asked followed by bought within 3d not followed by praised within 2d";
    const facts: Fact[] = [asked, ["bought", "2026-03-04 09:00"]];
    expect(await holds(links, facts, "2026-03-06 08:59")).toBe(false);
    expect(await holds(links, facts, "2026-03-06 09:00")).toBe(true);
    expect(await holds(links, [...facts, ["praised", "2026-03-05 09:00"]], later)).toBe(false);
    expect(await holds(links, [asked], later)).toBe(false);
  });
});

test("somebody with a hundred thousand of each event is one person among others", { timeout: 60_000 }, async () => {
  const calendar = calendarOf("Europe/Berlin", 1);
  const plan = compiled("asked followed by bought within 1mo followed by praised within 1d for the same topic");
  await holds("asked", [], later);
  for (const [table, offset] of [
    ["asked", 0],
    ["bought", 10],
    ["praised", 20],
  ] as const) {
    await database.exec(`INSERT INTO event_${table} BY NAME
      SELECT 'ana' AS contact_id, TIMESTAMP '2026-01-01' + to_seconds(60 * i + ${offset}) AS occurred_at,
        '${table} ' || i AS event_id, CASE WHEN i < 99990 THEN '${table}' ELSE 'shoes' END AS topic
      FROM range(100000) AS t(i)`);
  }
  const members = () => database.rows(bind(printMembers(plan, "X"), calendar, Date.parse("2026-12-01T00:00Z")));
  expect(await members()).toEqual([{ contact_id: "ana" }]);
  await database.exec("DELETE FROM event_praised WHERE topic = 'shoes'");
  expect(await members()).toEqual([]);
});
