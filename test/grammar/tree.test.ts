import { describe, expect, test } from "vitest";
import { canonicalJson, sameTree } from "./canonical.ts";
import { distance, nearest } from "../../grammar/near.ts";
import { clean, messages, parsed } from "./examples.ts";

/** The tree of a condition without its spans. */
const condition = (text: string): unknown => {
  const [segment] = clean(`segment A where ${text}`);
  if (segment?.kind !== "segment") throw new Error("no segment");
  return JSON.parse(canonicalJson(segment.where));
};
const name = (text: string) => ({ kind: "name", text });
const term = (event: string, email: string | null = null) => ({
  kind: "event term",
  event: name(event),
  email: email && name(email),
  machines: false,
  where: null,
});
const happened = (event: string) => ({ kind: "behaviour", term: term(event), count: null, window: null, follows: [] });

describe("conditions", () => {
  test("`and` binds tighter than `or`, and a chain is flat", () => {
    expect(condition("a and b and c or d")).toEqual({
      kind: "or",
      terms: [{ kind: "and", terms: [happened("a"), happened("b"), happened("c")] }, happened("d")],
    });
  });

  test("`not` binds one whole predicate, count and window included", () => {
    const { kind, term: inner } = condition("not opened at least 2 times in 90d") as { kind: string; term: object };
    expect(kind).toBe("not");
    expect(inner).toMatchObject({ count: { op: "at least", times: 2 }, window: { kind: "in duration" } });
  });

  test("behind a bare name `>` compares only if a value follows", () => {
    const [program] = clean("program p < exit when purchased >");
    expect(program).toMatchObject({ parts: [{ kind: "exit when", when: { kind: "behaviour" } }] });
    expect(condition("seats > 5")).toMatchObject({ kind: "checked", check: { op: ">" } });
    expect(condition("seats > limit")).toMatchObject({ kind: "checked", check: { op: ">", value: name("limit") } });
  });

  test("a bare name with `before`, `between` or a calendar is one tree, whatever it names", () => {
    expect(condition("created before 90d ago")).toMatchObject({ kind: "behaviour", window: { kind: "before" } });
    expect(condition("renewal in next month")).toMatchObject({ kind: "behaviour", window: { kind: "in calendar" } });
    expect(condition("created between 2026-01-01 and today")).toMatchObject({ window: { kind: "between" } });
    expect(condition("country before 90d ago")).toMatchObject({ kind: "checked", check: { kind: "before" } });
  });

  test("`in` is decided by what follows", () => {
    expect(condition("in Hot")).toMatchObject({ kind: "member", args: null });
    expect(condition("in Hot(60d)")).toMatchObject({ kind: "member", args: [{ kind: "duration", amount: 60 }] });
    expect(condition("role in (a)")).toMatchObject({ check: { kind: "one of" } });
    expect(condition("opened in days_back")).toMatchObject({ window: { kind: "in parameter" } });
    expect(condition("last purchased in 90d in (a)")).toMatchObject({
      operand: { window: { kind: "in duration" } },
      check: { kind: "one of" },
    });
  });

  test("contextual words are fields, and event words are events", () => {
    expect(condition("stage = test and email is known")).toMatchObject({
      terms: [{ operand: { name: name("stage") } }, { operand: { name: name("email") } }],
    });
    expect(condition("sent welcome and unsubscribed")).toMatchObject({
      terms: [{ term: term("sent", "welcome") }, happened("unsubscribed")],
    });
  });
});

describe("literals", () => {
  const value = (text: string): unknown => (condition(`a = ${text}`) as { check: { value: unknown } }).check.value;

  test.each([
    ["90d", { kind: "duration", amount: 90, unit: "d" }],
    ["90 days", { kind: "duration", amount: 90, unit: "d" }],
    ["1 minute", { kind: "duration", amount: 1, unit: "min" }],
    ["6mo", { kind: "duration", amount: 6, unit: "mo" }],
    ["6 months", { kind: "duration", amount: 6, unit: "mo" }],
    ["-1_000.50", { kind: "number", value: -1000.5, digits: "-1000.5", currency: null }],
    ["500 EUR", { kind: "number", value: 500, digits: "500", currency: name("EUR") }],
    ["33.3%", { kind: "percent", value: 33.3, digits: "33.3" }],
    ["09:05", { kind: "clock", hour: 9, minute: 5 }],
    ["2026-03-02", { kind: "date", value: "2026-03-02" }],
    ["2026-03-02 09:00", { kind: "datetime", value: "2026-03-02T09:00", offset: null }],
    ["2026-03-02T09:00:30+02:00", { kind: "datetime", value: "2026-03-02T09:00:30", offset: "+02:00" }],
    ["2026-03-02 09:00Z", { kind: "datetime", value: "2026-03-02T09:00", offset: "Z" }],
    ['"a \\"b\\" \\\\n"', { kind: "text", value: 'a "b" \\n' }],
    ["IN", name("IN")],
    ["monday", name("monday")],
  ])("%s", (text, expected) => {
    expect(value(text)).toEqual(expected);
  });
});

describe("docs", () => {
  test("belong to the next declaration or field, over plain comments and blank lines", () => {
    const [contact] = clean("## One.\n##   Two.\n# plain\n\ncontact <\n  ## The key.\n  id text key\n  email email\n>");
    expect(contact).toMatchObject({ doc: "One.\n  Two.", fields: [{ doc: "The key." }, { doc: null }] });
  });
  test("are not in a hash of meaning, nor are comments, layout and the way numbers are written", () => {
    const one = parsed("## A\nsegment A where a = 1_000.0 # x").file;
    const other = parsed("segment A where\n  a = 1000").file;
    expect(sameTree(one, other)).toBe(true);
    expect(sameTree(one, parsed("segment A where a = 1001").file)).toBe(false);
  });
});

describe("what a broken declaration leaves", () => {
  test("is its name and its whole parts, marked as recovered", () => {
    const { file } = parsed("contact <\n  id text key\n  bad = 3\n  email email\n>\nsegment A where in\nuse b");
    expect(file.declarations.map((node) => [node.kind, node.recovered])).toEqual([
      ["contact", true],
      ["segment", true],
      ["use", false],
    ]);
    expect(file.declarations[0]).toMatchObject({ fields: [{ name: { text: "id" } }, { name: { text: "email" } }] });
    expect(file.declarations[1]).toMatchObject({ name: { text: "A" } });
  });
});

describe("names", () => {
  test.each([
    ["email goal < >", "`goal` is a word of the language and cannot be the name of an email."],
    ["program p < send goal >", "`goal` is a word of the language and cannot be the name of an email."],
    ["program p < wait 3d as first >", "`first` is a word of the language and cannot be the name of a step."],
    ["segment if where x", "`if` is a word of the language and cannot be the name of a segment."],
    ["team EUR", "`EUR` is a word of the language and cannot be the name of a team."],
  ])("%s gives one clean error", (text, said) => {
    expect(messages(text)).toEqual([`E112 ${said}`]);
  });

  test("fields, enum values, stages, arms and variants may be contextual words", () => {
    clean("contact < stage text  test one of (email, monday, EUR, days) >");
    clean("funnel F < stage first  stage open >");
    clean("email a < variant short < >  variant first < > >");
    clean("program p < experiment e < arm open 50% < >  arm click 50% < > > >");
  });

  test("unindented contextual words do not end a block", () => {
    const text = "contact <\nemail email\ncompany text?\ntopic text\nlist list of text\n>\nemail a <\ntopic news\n>";
    expect(clean(text).map((node) => node.kind)).toEqual(["contact", "email"]);
  });
});

describe("nearness of words", () => {
  test.each([
    ["wher", "where", 1],
    ["form", "from", 1],
    ["otherwize", "otherwise", 1],
    ["", "abc", 3],
    ["same", "same", 0],
    ["ca", "abc", 3],
  ])("%s and %s", (one, other, expected) => {
    expect(distance(one, other)).toBe(expected);
    expect(distance(other, one)).toBe(expected);
  });
  test("short words must be nearer", () => {
    expect(nearest("wehn", ["when", "then", "where"])).toEqual(["when"]);
    expect(nearest("xy", ["by", "in"])).toEqual([]);
  });
});

describe("errors in one piece", () => {
  test("that can be mended one after the other are all told", () => {
    expect(messages("program p <\n if a = 1 < stop >\n wiat 3d\n if b = 2 < stop >\n>")).toHaveLength(3);
  });
  test("that follow from one another are told once", () => {
    expect(messages("program p <\n send\n wait\n otherwise < >\n>")).toHaveLength(1);
  });
});
