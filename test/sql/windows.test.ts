import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { calendarOf } from "../../compiler/calendar.ts";
import type { Catalog } from "../../compiler/ir/catalog.ts";
import type { Behaviour, Condition, Length, Moment } from "../../compiler/ir/condition.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printMembers } from "../../compiler/sql/print.ts";
import { type Duck, duck } from "./duck.ts";
import { planOf } from "../support/plan-of.ts";

let database: Duck;
beforeAll(async () => {
  database = await duck();
});
afterAll(() => database.close());

const date = { scalar: { kind: "datetime" }, isList: false, isNullable: true } as const;
const field = (name: string) => ({ name, type: date, isKey: false, doc: null });

const catalog: Catalog = {
  contact: {
    fields: [
      { ...field("id"), type: { ...date, scalar: { kind: "text", isExact: true } }, isKey: true },
      field("created"),
    ],
    key: "id",
    address: "id",
    zone: null,
    country: null,
  },
  company: null,
  events: [{ name: "bought", fields: [], key: null, isBuiltIn: false, isMail: false }],
  lists: [],
  topics: [],
};

function windowPlan(zone: string, where: Condition): Plan {
  return planOf(catalog, { zone }, { segments: [{ id: "S", name: "S", doc: null, where, reads: [], hash: "" }] });
}

/** One contact per instant, called by its distance from an edge in milliseconds, with an event and a field then. */
async function contactsAt(instants: ReadonlyMap<string, number>) {
  const values = [...instants].map(([id, at]) => `('${id}', epoch_ms(${at}))`).join(", ");
  await database.exec('CREATE OR REPLACE TABLE "contact" (contact_id VARCHAR, "created" TIMESTAMP)');
  await database.exec(`INSERT INTO "contact" VALUES ${values}, ('never', NULL)`);
  await database.exec(
    'CREATE OR REPLACE TABLE "event_bought" (contact_id VARCHAR, occurred_at TIMESTAMP, event_id VARCHAR)',
  );
  await database.exec(
    `INSERT INTO "event_bought" SELECT contact_id, created, contact_id FROM "contact" WHERE created IS NOT NULL`,
  );
}

async function membersOf(where: Condition, zone: string, now: number): Promise<readonly string[]> {
  const sql = bind(printMembers(windowPlan(zone, where), "S"), calendarOf(zone, 1), now);
  return (await database.rows(sql)).map((row) => String(row.contact_id)).sort();
}

function bought(from: Moment | null, until: Behaviour["until"] = null): Behaviour {
  return {
    kind: "behaviour",
    event: "bought",
    email: null,
    countsMachines: true,
    where: null,
    count: null,
    distinct: null,
    from,
    until,
    scope: "all",
  };
}

const ago = (amount: number, unit: Length["unit"]): Moment => ({ kind: "shift", by: { amount: -amount, unit } });
const before = (moment: Moment): Behaviour => bought(null, { moment, isIncluded: false });
const near = [-1, 0, 1];

// 90 days before these instants the clocks stood otherwise.
describe.each([
  ["Europe/Berlin", "2026-05-15T10:00:00Z", "2026-02-14T11:00:00Z"],
  ["America/New_York", "2026-12-01T15:00:00Z", "2026-09-02T14:00:00Z"],
  ["Pacific/Apia", "2012-01-15T20:00:00Z", "2011-10-18T20:00:00Z"],
  ["UTC", "2026-05-15T10:00:00.123Z", "2026-02-14T10:00:00.123Z"],
])("windows in %s", (zone, nowText, edgeText) => {
  const now = Date.parse(nowText);
  const edge = Date.parse(edgeText);
  beforeAll(() =>
    contactsAt(
      new Map([
        ...near.map((by) => [`edge${by}`, edge + by] as const),
        ...near.map((by) => [`now${by}`, now + by] as const),
      ]),
    ),
  );

  test("`in 90d` holds from its first instant to now, both included", async () => {
    expect(await membersOf(bought(ago(90, "d")), zone, now)).toEqual(["edge0", "edge1", "now-1", "now0"]);
  });

  test("`before 90d ago` is the rest of what happened", async () => {
    expect(await membersOf(before(ago(90, "d")), zone, now)).toEqual(["edge-1"]);
  });

  test("a field `between 90d ago and now` includes both ends, also of the future", async () => {
    const created = { kind: "field", name: "created", type: date } as const;
    const compare = (op: ">=" | "<=" | "<", moment: Moment): Condition => ({
      kind: "compare",
      op,
      left: created,
      right: { kind: "moment", moment, as: "instant" },
      by: "plain",
    });
    const within: Condition = { kind: "all", of: [compare(">=", ago(90, "d")), compare("<=", { kind: "now" })] };
    expect(await membersOf(within, zone, now)).toEqual(["edge0", "edge1", "now-1", "now0"]);
    const outside = await membersOf({ kind: "not", of: within }, zone, now);
    expect(outside).toEqual(["edge-1", "never", "now1"]);
  });

  test("an event in the future does not count until then", async () => {
    expect(await membersOf(bought(null), zone, now)).toEqual(["edge-1", "edge0", "edge1", "now-1", "now0"]);
    expect(await membersOf(bought(null), zone, now + 1)).toContain("now1");
    const notYet = await membersOf({ kind: "not", of: bought(null) }, zone, now);
    expect(notYet).toEqual(["never", "now1"]);
  });
});

test("a day lasts from its first instant to the first of the next, and so does a month", async () => {
  const zone = "Europe/Berlin";
  const start = Date.parse("2026-03-28T23:00:00Z"); // the 29th has 23 hours
  const end = Date.parse("2026-03-29T22:00:00Z");
  await contactsAt(
    new Map([
      ...near.map((by) => [`start${by}`, start + by] as const),
      ...near.map((by) => [`end${by}`, end + by] as const),
    ]),
  );
  const now = Date.parse("2026-05-01T00:00:00Z");
  const day = (edge: "start" | "end"): Moment => ({ kind: "day", date: "2026-03-29", edge });
  const inDay = bought(day("start"), { moment: day("end"), isIncluded: false });
  expect(await membersOf(inDay, zone, now)).toEqual(["end-1", "start0", "start1"]);
  expect(await membersOf(before(day("start")), zone, now)).toEqual(["start-1"]);
  expect(await membersOf(bought(day("end")), zone, now)).toEqual(["end0", "end1"]);
  const today = (edge: "start" | "end"): Moment => ({ kind: "period", calendar: { kind: "today" }, edge });
  const inToday = bought(today("start"), { moment: today("end"), isIncluded: false });
  const noon = Date.parse("2026-03-29T10:00:00Z");
  expect(await membersOf(inToday, zone, noon)).toEqual(["start0", "start1"]);
  expect(await membersOf(inToday, zone, end - 1)).toEqual(["end-1", "start0", "start1"]);
});

test("`min` and `h` are exact where `d` keeps the wall clock", async () => {
  const now = Date.parse("2026-03-29T10:00:00Z"); // noon in Berlin, an hour lost in the night
  await contactsAt(new Map([24, 23.5, 23, 22.5].map((hours) => [`h${hours}`, now - hours * 3_600_000] as const)));
  expect(await membersOf(bought(ago(24, "h")), "Europe/Berlin", now)).toEqual(["h22.5", "h23", "h23.5", "h24"]);
  expect(await membersOf(bought(ago(1, "d")), "Europe/Berlin", now)).toEqual(["h22.5", "h23"]);
});
