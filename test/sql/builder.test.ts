import { expect, test } from "vitest";
import { calendarOf } from "../../compiler/calendar.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { builder } from "../../compiler/sql/builder.ts";
import type { Param } from "../../compiler/sql/sql.ts";

const text = (value: string): Param => ({ kind: "text", value });

test("equal values share a name, and the instant of evaluation is always called now", () => {
  const sql = builder();
  const words = [sql.param(text("a")), sql.now(), sql.param(text("b")), sql.param(text("a")), sql.now()];
  expect(words).toEqual(["$p1", "$now", "$p2", "$p1", "$now"]);
  expect(Object.keys(sql.finish("").params)).toEqual(["p1", "now", "p2"]);
});

test("a piece keeps its names where they are free and shares what is equal", () => {
  const sql = builder();
  sql.param(text("outer"));
  const piece = {
    text: "$p1 = $wanted AND $other < $now",
    params: {
      p1: text("inner"),
      wanted: text("outer"),
      other: text("else"),
      now: { kind: "moment", moment: { kind: "now" }, as: "instant" },
    },
  } as const;
  const included = sql.include(piece);
  expect(included).toBe("$p2 = $p1 AND $other < $now");
  expect(sql.finish(included).params).toEqual({
    p1: text("outer"),
    p2: text("inner"),
    other: text("else"),
    now: piece.params.now,
  });
});

test("an instant called now in a piece does not become the instant of evaluation", () => {
  const sql = builder();
  const past: Param = { kind: "instant", value: 1 };
  expect(sql.include({ text: "$now", params: { now: past } })).toBe("$p1");
  expect(sql.now()).toBe("$now");
});

test("binding fills in moments and leaves values alone", () => {
  const now = Date.parse("2026-03-29T12:00:00Z");
  const params: Record<string, Param> = {
    now: { kind: "moment", moment: { kind: "now" }, as: "instant" },
    from: { kind: "moment", moment: { kind: "shift", by: { amount: -1, unit: "d" } }, as: "instant" },
    day: { kind: "moment", moment: { kind: "period", calendar: { kind: "tomorrow" }, edge: "start" }, as: "day" },
    name: text("x"),
  };
  expect(bind({ text: "SELECT", params }, calendarOf("Europe/Berlin", 1), now).params).toEqual({
    now: { kind: "instant", value: now },
    from: { kind: "instant", value: Date.parse("2026-03-28T13:00:00Z") },
    day: { kind: "day", value: "2026-03-30" },
    name: text("x"),
  });
});
