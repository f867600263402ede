// How conditions become the IR: windows, dates, counts, scopes, unknowns.

import { describe, expect, test } from "vitest";
import type { Behaviour, Condition } from "../../compiler/ir/condition.ts";
import { planWithPrelude } from "./project.ts";

function condition(text: string): Condition {
  const segment = planWithPrelude(`segment X where ${text}`).segments.find(({ id }) => id === "X");
  if (!segment) throw new Error("no segment X");
  return segment.where;
}

function behaviour(text: string): Behaviour {
  const found = condition(text);
  if (found.kind !== "behaviour") throw new Error(`${text} is ${found.kind}`);
  return found;
}

const bounds = (text: string) => {
  const { from, until, scope } = behaviour(text);
  return { from, until, scope };
};

describe("windows of events", () => {
  const day = (date: string, edge: "start" | "end") => ({ kind: "day", date, edge });
  const shift = (amount: number, unit: string) => ({ kind: "shift", by: { amount, unit } });
  test.each([
    ["purchased", null, null],
    ["purchased ever", null, null],
    ["purchased in 90d", shift(-90, "d"), null],
    ["purchased in 2 weeks", shift(-2, "w"), null],
    ["purchased in 0d", shift(0, "d"), null],
    ["purchased since 2026-03-02", day("2026-03-02", "start"), null],
    ["purchased before 2026-03-02", null, { moment: day("2026-03-02", "start"), isIncluded: false }],
    ["purchased before 30d ago", null, { moment: shift(-30, "d"), isIncluded: false }],
    [
      "purchased between 2026-03-02 and 2026-03-04",
      day("2026-03-02", "start"),
      { moment: day("2026-03-04", "end"), isIncluded: false },
    ],
    ["purchased between 9d ago and 2d ago", shift(-9, "d"), { moment: shift(-2, "d"), isIncluded: true }],
  ])("%s", (text, from, until) => {
    expect(bounds(text)).toEqual({ from, until, scope: "all" });
  });
  test("of a calendar end before the next one starts", () => {
    const calendar = { kind: "last", unit: "month" };
    expect(bounds("purchased in last month")).toEqual({
      from: { kind: "period", calendar, edge: "start" },
      until: { moment: { kind: "period", calendar, edge: "end" }, isIncluded: false },
      scope: "all",
    });
  });
  test("`in 90d` and `before 90d ago` meet in one instant, which only the first includes", () => {
    const within = behaviour("purchased in 90d");
    const before = behaviour("purchased before 90d ago");
    expect(within.from).toEqual(before.until?.moment);
    expect(before.until?.isIncluded).toBe(false);
  });
});

describe("counts", () => {
  test("of email events are of distinct messages", () => {
    expect(behaviour("opened at least 3 times in 90d")).toMatchObject({
      count: { op: ">=", times: 3 },
      distinct: "message",
    });
  });
  test("of an event with a key are of distinct keys, of others of events", () => {
    expect(behaviour("purchased exactly 1 time").distinct).toBe("order_id");
    expect(behaviour("signed_up exactly 1 time").distinct).toBeNull();
  });
  test.each([
    ["at least", ">="],
    ["at most", "<="],
    ["exactly", "="],
    ["more than", ">"],
    ["fewer than", "<"],
  ])("%s is %s", (words, op) => {
    expect(behaviour(`purchased ${words} 2 times`).count).toEqual({ op, times: 2 });
  });
});

describe("machines", () => {
  test("are left out of opens and clicks only", () => {
    expect(behaviour("opened").countsMachines).toBe(false);
    expect(behaviour("clicked").countsMachines).toBe(false);
    expect(behaviour("opened including machines").countsMachines).toBe(true);
    expect(behaviour("received").countsMachines).toBe(true);
  });
});

describe("negation", () => {
  test.each([
    ["role != user", "role = user"],
    ["role is not user", "role is user"],
    ["role not in (user, influencer)", "role in (user, influencer)"],
    ["seats is unknown", "seats is known"],
    ["seats is not known", "seats is known"],
    ["not purchased in 3d", "purchased in 3d"],
  ])("%s is the complement of %s", (text, positive) => {
    expect(condition(text)).toEqual({ kind: "not", of: condition(positive) });
  });
});

describe("text", () => {
  test.each([
    ['first_name = "x"', "text"],
    ['email = "x"', "text"],
    ['site = "x"', "text"],
    ['id = "x"', "exact"],
    ["first_name = field id", "exact"],
    ["role = user", "plain"],
    ["land = DE", "plain"],
    ["seats = 3", "plain"],
  ])("%s compares by %s", (text, by) => {
    expect(condition(text)).toMatchObject({ kind: "compare", by });
  });
});

describe("dates", () => {
  test("compare by day, whatever they are compared with", () => {
    expect(condition("renewal > 5d from now")).toMatchObject({ op: ">", right: { kind: "moment", as: "day" } });
    expect(condition("renewal = 2026-03-02")).toMatchObject({
      op: "=",
      right: { literal: { kind: "day", value: "2026-03-02" } },
    });
    expect(condition("renewal = today")).toMatchObject({ op: "=", right: { kind: "moment", as: "day" } });
  });
  test("with a time lie in a day or after it", () => {
    const start = { kind: "moment", moment: { kind: "day", date: "2026-03-02", edge: "start" }, as: "instant" };
    const end = { kind: "moment", moment: { kind: "day", date: "2026-03-02", edge: "end" }, as: "instant" };
    expect(condition("created = 2026-03-02")).toMatchObject({
      kind: "all",
      of: [
        { op: ">=", right: start },
        { op: "<", right: end },
      ],
    });
    expect(condition("created <= 2026-03-02")).toMatchObject({ op: "<", right: end });
    expect(condition("created after 2026-03-02")).toMatchObject({ op: ">=", right: end });
    expect(condition("created before 2026-03-02")).toMatchObject({ op: "<", right: start });
    expect(condition("created > 2026-03-02")).toEqual(condition("created after 2026-03-02"));
  });
  test("with a time are read in the project's zone", () => {
    expect(condition("created = 2026-07-01 09:00")).toMatchObject({
      right: { literal: { kind: "instant", value: "2026-07-01T07:00:00.000Z" } },
    });
    expect(condition("created = 2026-07-01 09:00Z")).toMatchObject({
      right: { literal: { kind: "instant", value: "2026-07-01T09:00:00.000Z" } },
    });
  });
});

describe("durations", () => {
  test.each([
    ["90min", 5_400],
    ["2h", 7_200],
    ["1d", 86_400],
    ["2w", 1_209_600],
    ["1mo", 2_592_000],
    ["1y", 31_536_000],
  ])("%s is %i seconds", (text, value) => {
    const right = { kind: "literal", literal: { kind: "number", value } };
    expect(condition(`pause = ${text}`)).toMatchObject({ kind: "compare", right });
  });
});

describe("segments with parameters", () => {
  const quiet = "segment Quiet(d duration = 90d) where not purchased in d\n";
  const ids = (text: string) => planWithPrelude(quiet + text).segments.map(({ id }) => id);
  test("stand in the plan once per use, and plain where all defaults are given", () => {
    expect(ids("segment A where in Quiet(60d) or in Quiet(60 days)").toSorted()).toEqual([
      "A",
      "Customers",
      "Quiet",
      "Quiet(60d)",
    ]);
    expect(ids("segment A where in Quiet(90d)").toSorted()).toEqual(["A", "Customers", "Quiet"]);
  });
  test("stand before those that read them", () => {
    const { segments } = planWithPrelude(
      `segment A where in B or in Quiet(5d)\nsegment B where in C\nsegment C where in Quiet(7d)\n${quiet}`,
    );
    const seen = new Set<string>();
    for (const { id, reads } of segments) {
      expect(reads.filter((read) => !seen.has(read))).toEqual([]);
      seen.add(id);
    }
    expect(seen).toContain("Quiet(7d)");
  });
  test("without a default stand in the plan only with arguments", () => {
    const { segments } = planWithPrelude("segment Q(d duration) where purchased in d\nsegment A where in Q(3d)");
    expect(segments.map(({ id }) => id)).not.toContain("Q");
  });
});
