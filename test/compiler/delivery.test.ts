// What surrounds programs: policies, webhooks, reports, moves, holidays.

import { describe, expect, test } from "vitest";
import { checkWithPrelude, compileOne, compileWithPrelude } from "./project.ts";

const aside = /^(W54\d|W841|W842)$/;

/** Codes with the text they stand at. */
function findings(text: string): readonly string[] {
  const { diagnostics, sources } = compileWithPrelude(text);
  return diagnostics
    .filter(({ code }) => !aside.test(code))
    .map(({ code, span }) => {
      const source = sources.find(({ path }) => path === span.file)?.text ?? "";
      return `${code} ${source.slice(span.start, span.end)}`;
    });
}

const delivery = (text: string) => checkWithPrelude(text).project.delivery;

const programs = `
  program a < start when signed_up  goal purchased  send welcome  wait 1d as rest >
  program b < start when purchased  send welcome >
  program c < start when shipped  send welcome >
`;

describe("policies", () => {
  const rules = (text: string) => findings(`${programs} policy p < ${text} >`);
  test("are what was written", () => {
    const text = `${programs} policy p for Customers <
      quiet hours 20:30 to 08:00 local  send only on monday, friday  at most 3 emails in 7d
      at most 10 emails per hour in total  never send news to in Suppressed  only one of a, b  on ambiguous never
    >`;
    expect(delivery(text).policies).toMatchObject([
      {
        name: "p",
        segment: { name: "Customers", args: [] },
        rules: [
          { kind: "quiet hours", from: 1230, to: 480, isLocal: true },
          { kind: "send only on", days: [1, 5], isLocal: false },
          { kind: "at most", emails: 3, length: { amount: 7, unit: "d" } },
          { kind: "at most in total", emails: 10, per: "hour" },
          { kind: "never send", topic: "news", to: { kind: "suppressed" } },
          { kind: "only one of", programs: ["a", "b"] },
          { kind: "on ambiguous", mode: "never" },
        ],
      },
    ]);
  });
  test.each([
    // Hours that together leave no minute, by the clock of one zone.
    ["quiet hours 20:00 to 08:00  send only between 08:00 and 20:00", []],
    ["quiet hours 08:00 to 20:00  send only between 08:00 and 20:00", ["E709 send only between 08:00 and 20:00"]],
    ["quiet hours 07:59 to 20:00  send only between 08:00 and 20:00", ["E709 send only between 08:00 and 20:00"]],
    ["quiet hours 08:01 to 20:00  send only between 08:00 and 20:00", []],
    ["quiet hours 20:00 to 08:00  quiet hours 08:00 to 20:00", ["E709 quiet hours 08:00 to 20:00"]],
    ["quiet hours 20:00 to 08:00 local  quiet hours 08:00 to 20:00", []],
    ["send only between 22:00 and 02:00  quiet hours 01:00 to 23:00", []],
    ["send only between 22:00 and 02:00  quiet hours 02:00 to 22:00", []],
    ["send only between 22:00 and 02:00  quiet hours 22:00 to 02:00", ["E709 quiet hours 22:00 to 02:00"]],
    // Lists of programs must agree on who wins.
    ["only one of a, b  only one of b, c", []],
    ["only one of a, b, c  only one of a, c", []],
    ["only one of a, b, c  only one of c, a", ["E709 only one of c, a"]],
    // Caps of other lengths hold side by side.
    ["at most 3 emails in 7d  at most 1 emails in 1d", []],
    ["at most 3 emails in 7d  at most 4 emails in 7d", ["E708 at most 4 emails in 7d"]],
    ["on ambiguous never  on ambiguous resend", ["E709 on ambiguous resend"]],
    ["on ambiguous never  on ambiguous never", ["E708 on ambiguous never"]],
    ["send only on monday, monday", ["E231 monday"]],
  ])("%s", (text, expected) => {
    expect(rules(text)).toEqual(expected);
  });
  test("hold together with those for everybody, not with those for other segments", () => {
    const everybody = "policy p < send only on monday >";
    const some = (name: string, days: string) => `policy ${name} for Customers < send only on ${days} >`;
    expect(findings(`${everybody} ${some("q", "monday, friday")}`)).toEqual([]);
    expect(findings(`${everybody} ${some("q", "friday")}`)).toEqual(["E709 send only on friday"]);
    // Wherever it stands.
    expect(findings(`${some("q", "friday")} ${everybody}`)).toEqual(["E709 send only on friday"]);
    expect(findings(`${some("q", "friday")} ${some("r", "monday")}`)).toEqual([]);
  });
  test("may ask for holidays where the project lists them", () => {
    expect(rules("no sending on holidays")).toEqual(["E711 no sending on holidays"]);
    const whole = `project shop < time zone "Europe/Berlin"  holidays "data/holidays.csv" >
      contact < id text key  email email >  policy p < no sending on holidays >`;
    expect(compileOne(whole).diagnostics.map(({ code }) => code)).toEqual([]);
  });
});

describe("webhooks", () => {
  const url = (text: string) => findings(`webhook crm "${text}"`).map((found) => found.slice(0, 4));
  test.each([
    "https://crm.example/hook",
    "HTTPS://crm.example:8443/a?b=c",
    "http://localhost/hook",
    "http://127.0.0.1:3000",
    "http://[::1]:3000/hook",
  ])("may call %s", (text) => {
    expect(url(text)).toEqual([]);
  });
  test.each([
    "http://crm.example/hook",
    "http://localhost.crm.example/hook",
    "http://127.0.0.1@crm.example/hook",
    "https://ana@crm.example/hook",
    "file:///etc/hosts",
    "javascript:alert(1)",
    "crm.example",
    "https://",
    "",
  ])("may not call %s", (text) => {
    expect(url(text)).toEqual(["E712"]);
  });
});

describe("reports", () => {
  const report = (parts: string) => findings(`${programs} report r < ${parts} >`);
  test("are what was written", () => {
    const text = `${programs} report r < every monday 08:00 local  in last week  for a, b
      show entered, open rate, hand offs, sum of purchased.amount  by week, arm, role  to "boss@shop.example" >`;
    expect(delivery(text).reports).toMatchObject([
      {
        every: { every: "week", weekday: 1, time: { hour: 8, minute: 0, isLocal: true } },
        window: { kind: "last", unit: "week" },
        programs: ["a", "b"],
        measures: [
          { kind: "count", name: "entered" },
          { kind: "rate", name: "open" },
          { kind: "count", name: "hand offs" },
          { kind: "sum", operand: { type: { scalar: { kind: "money", currency: "EUR" } } } },
        ],
        by: [{ kind: "week" }, { kind: "arm" }, { kind: "field", operand: { name: "role" } }],
        to: "boss@shop.example",
      },
    ]);
  });
  test("count by what the mail was, even where a field has that name", () => {
    expect(delivery(`report r < show sent  by email >`).reports[0]?.by).toEqual([{ kind: "email" }]);
  });
  test("show goals where a program of theirs has one", () => {
    expect(report("for a, b  show goal rate")).toEqual([]);
    expect(report("for b, c  show goal rate, sent")).toEqual(["E836 goal rate"]);
    expect(report("show time to goal")).toEqual([]);
  });
  test("look back, not ahead", () => {
    expect(report("in last quarter  show sent")).toEqual([]);
    expect(report("in tomorrow  show sent")).toEqual(["E317 tomorrow"]);
  });
  test("run, sums included", () => {
    expect(compileWithPrelude("report r < show sum of purchased.amount >").plan?.reports).toHaveLength(1);
  });
});

describe("what was renamed or removed", () => {
  const moved = (text: string) => findings(`${programs} ${text}`);
  test.each([
    ["renamed program z to a", []],
    ["renamed program a to z", ["E843 a"]],
    ["renamed program y to z", ["E220 z"]],
    // Names that came one after the other are kept, in any order.
    ["renamed program y to z  renamed program z to a", []],
    ["renamed program z to a  renamed program y to z", []],
    ["renamed program y to z  renamed program z to y", ["E220 z", "E220 y"]],
    ["renamed program y to a  renamed program z to a", ["E845 z"]],
    ["renamed program z to a  renamed program z to b", ["E844 z"]],
    ["renamed segment a to Customers", []],
    ["renamed email hi to welcom", ["E220 welcom"]],
    ["renamed step a.nap to rest", []],
    ["renamed step a.rest to nap", ["E843 rest"]],
    ["renamed step b.nap to rest", ["E529 rest"]],
    ["removed step a.nap exit", []],
    ["removed step a.rest exit", ["E843 rest"]],
    ["removed step a.nap continue at rest", []],
    ["removed step a.nap continue at nowhere", ["E529 nowhere"]],
    // Two steps may lead their people to one place, and a way may be long.
    ["removed step a.nap continue at rest  removed step a.doze continue at rest", []],
    ["removed step a.nap continue at doze  renamed step a.doze to rest", []],
    ["removed step a.nap exit  removed step b.nap exit", []],
    ["removed step a.nap exit  renamed step a.nap to rest", ["E844 nap"]],
  ])("%s", (text, expected) => {
    expect(moved(text)).toEqual(expected);
  });
});

test("a long row of names is followed to its end", () => {
  const row = Array.from({ length: 5000 }, (_, index) => `renamed segment S${index} to S${index + 1}`).join("\n");
  expect(findings(`${row}\nrenamed segment S5000 to Customers`)).toEqual([]);
  expect(findings(`${row}\nrenamed segment S5000 to S0`)).toHaveLength(5001);
});

test("holidays are read with their countries", () => {
  const text = `project shop < time zone "Europe/Berlin"  holidays "data/holidays.csv" >  contact < id text key  email email >
    policy house < no sending on holidays >`;
  const { diagnostics, sources, plan } = compileOne(text);
  expect(diagnostics).toEqual([]);
  const [rule] = plan?.policies[0]?.rules ?? [];
  const holidays = [
    { day: "2026-12-25", country: null },
    { day: "2026-10-03", country: "DE" },
    { day: "2026-07-04", country: "US" },
  ];
  expect(rule).toMatchObject({ kind: "no sending on holidays", holidays });
  expect(sources.map(({ path }) => path)).toContain("data/holidays.csv");
});
