// From text to value: what each type takes, what it does not, and what a mapping may say about it.

import fc from "fast-check";
import { DateTime } from "luxon";
import { describe, expect, test } from "vitest";
import type { Cell } from "../../runtime/ports.ts";
import { datePattern } from "../../runtime/store/load/date-pattern.ts";
import { toUtc } from "../../runtime/store/load/zone-spans.ts";
import type { LoadNotation } from "../support/load-of.ts";
import { loadRoom } from "../support/load-room.ts";
import { codeOf, query, scratchDatabase, valueFrom } from "../support/scratch.ts";

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** What texts become in a nullable field of that type; `unfit` for those that do not fit. */
async function become(
  type: string,
  texts: readonly string[],
  how: Partial<Exclude<LoadNotation["map"][string], string | number>> = {},
  rest: Partial<LoadNotation> & { readonly zone?: string } = {},
): Promise<readonly Cell[]> {
  const { zone, ...options } = rest;
  const room = await loadRoom({ contact: `id text key, email email?, f ${type}?` }, zone === undefined ? {} : { zone });
  room.put("f.csv", `id,f\n${texts.map((text, index) => `${index},${quoted(text)}\n`).join("")}`);
  const load = { to: "contact", path: "f.csv", map: { id: "id", f: { from: "f", ...how } }, ...options };
  const counts = valueFrom(await room.load(load));
  const unfit = new Set(room.rejects(counts).map((line) => Number(line.split(",")[1]) - 2));
  expect(counts).toMatchObject({ rows: texts.length, rejected: 0, unknownValues: unfit.size });
  const rows = await room.query("SELECT f FROM contact ORDER BY CAST(contact_id AS INTEGER)");
  return rows.map((row, index) => (unfit.has(index) ? "unfit" : (row.f ?? null)));
}

const utc = (text: string) => Date.parse(text);

describe("types", () => {
  test("text", async () => {
    expect(
      await become("text", ["a", " b \t", "", "  ", "ü 😀", "\u00a0c\u00a0", "a,b", '"q"', "=1+1", "a  b"]),
    ).toEqual(["a", "b", null, null, "ü 😀", "c", "a,b", '"q"', "=1+1", "a  b"]);
  });
  test("number", async () => {
    expect(
      await become("number", [
        "1",
        "-2.5",
        "+3",
        ".5",
        "1e3",
        " 7 ",
        "1,000",
        "1_000",
        "1.000,5",
        "0x1F",
        "inf",
        "nan",
        "1e999",
        "5 EUR",
        "-",
      ]),
    ).toEqual([
      1,
      -2.5,
      3,
      0.5,
      1000,
      7,
      "unfit",
      "unfit",
      "unfit",
      "unfit",
      "unfit",
      "unfit",
      "unfit",
      "unfit",
      "unfit",
    ]);
  });
  test("money", async () => {
    expect(
      await become("money", [
        "1",
        "-2.50",
        "0.1234",
        "99999999999999.9999",
        "100000000000000",
        "1,000.00",
        "1_0",
        "$5",
        "5 EUR",
      ]),
    ).toEqual(["1.0000", "-2.5000", "0.1234", "99999999999999.9999", "unfit", "unfit", "unfit", "unfit", "unfit"]);
  });
  test("percent", async () => {
    expect(await become("percent", ["10%", "10", "12.5 %", "x%", "%"])).toEqual([10, 10, 12.5, "unfit", "unfit"]);
  });
  test("boolean", async () => {
    expect(await become("boolean", ["yes", "No", "TRUE", "false", "1", "0", "Y", "n", "maybe", "2"])).toEqual([
      true,
      false,
      true,
      false,
      true,
      false,
      true,
      false,
      "unfit",
      "unfit",
    ]);
  });
  test("enum, in its own spelling", async () => {
    expect(await become("one of (decision_maker|user)", ["user", " Decision_Maker ", "USER", "boss", ""])).toEqual([
      "user",
      "decision_maker",
      "user",
      "unfit",
      null,
    ]);
  });
  test("email", async () => {
    const good = ["a@x.example", "Ana.B+tag@Sub.x.example", "ü@münchen.example", "o'neil@x.example"];
    const bad = [
      "a@x",
      "a",
      "@x.example",
      "a@",
      "a b@x.example",
      "Ana <a@x.example>",
      "a@x.example,b@x.example",
      "a@x..example",
      `${"a".repeat(250)}@x.example`,
    ];
    expect(await become("email", [...good, ...bad])).toEqual([...good, ...bad.map(() => "unfit")]);
  });
  test("email with a line break, which would end a header", async () => {
    const room = await loadRoom({ contact: "id text key, email email" });
    room.put("a.csv", 'id,email\n1,"a@x.example\r\nBcc: b@x.example"\n2,b@x.example\n');
    const load = { to: "contact", path: "a.csv", map: { id: "id", email: "email" } };
    expect(valueFrom(await room.load(load))).toMatchObject({ added: 1, rejected: 1 });
  });
  test("url", async () => {
    expect(
      await become("url", [
        "https://x.example/a?b=c",
        "HTTP://x.example",
        "/pricing",
        "x.example",
        "javascript:alert(1)",
        "https://x.example/a b",
      ]),
    ).toEqual(["https://x.example/a?b=c", "HTTP://x.example", "/pricing", "unfit", "unfit", "unfit"]);
  });
  test("country", async () => {
    expect(await become("country", ["DE", "us", "XX", "Germany", "UK"])).toEqual([
      "DE",
      "US",
      "unfit",
      "unfit",
      "unfit",
    ]);
  });
  test("time zone, in its own spelling", async () => {
    expect(
      await become("timezone", [
        "Europe/Berlin",
        "europe/berlin",
        "US/Eastern",
        "Asia/Calcutta",
        "UTC",
        "Mars/Olympus",
        "+02:00",
        "CEST",
      ]),
    ).toEqual(["Europe/Berlin", "Europe/Berlin", "US/Eastern", "Asia/Calcutta", "UTC", "unfit", "unfit", "unfit"]);
  });
  test("duration, in seconds", async () => {
    expect(
      await become("duration", ["90d", "2h", "30min", "1w", "1mo", "1y", "90 days", "1 Hour", "3m", "d", "-1d"]),
    ).toEqual([7_776_000, 7200, 1800, 604_800, 2_592_000, 31_536_000, 7_776_000, 3600, "unfit", "unfit", "unfit"]);
  });
  test("date", async () => {
    expect(
      await become("date", [
        "2026-03-02",
        "2026-3-2",
        "2026-03-02 10:00",
        "2026-02-30",
        "02.03.2026",
        "epoch",
        "infinity",
        "99999-01-01",
        "20260302",
      ]),
    ).toEqual(["2026-03-02", "2026-03-02", "2026-03-02", "unfit", "unfit", "unfit", "unfit", "unfit", "unfit"]);
  });
  test("datetime, with and without a zone of its own", async () => {
    const texts = [
      "2026-03-02 10:00",
      "2026-03-02T10:00:30.5",
      "2026-03-02",
      "2026-03-02T10:00Z",
      "2026-03-02 10:00:00+02:00",
      "2026-03-02T10:00:00-0830",
      "2026-03-02 10:00 +05:30",
      "2026-03-02T10:00:00.250Z",
      "2026-03-02 25:00",
      "now",
      "2026-03-02 10:00 PM",
      "2026-03-02 10:00 Europe/Berlin",
    ];
    expect(await become("datetime", texts, {}, { zone: "Europe/Berlin" })).toEqual([
      utc("2026-03-02T09:00Z"),
      utc("2026-03-02T09:00:30.500Z"),
      utc("2026-03-01T23:00Z"),
      utc("2026-03-02T10:00Z"),
      utc("2026-03-02T08:00Z"),
      utc("2026-03-02T18:30Z"),
      utc("2026-03-02T04:30Z"),
      utc("2026-03-02T10:00:00.250Z"),
      "unfit",
      "unfit",
      "unfit",
      "unfit",
    ]);
  });
  test("lists", async () => {
    expect(await become("list of text", ["a;b", " a | b ", "one", '["x", "y;z"]', ";", "[]", "", "[1"])).toEqual([
      ["a", "b"],
      ["a", "b"],
      ["one"],
      ["x", "y;z"],
      null,
      null,
      null,
      "unfit",
    ]);
    expect(await become("list of number", ["1;2.5", "1;x", "[3, 4]"])).toEqual([[1, 2.5], "unfit", [3, 4]]);
    expect(await become("list of country", ["de;us", "XX"])).toEqual([["DE", "US"], "unfit"]);
    expect(await become("list of datetime", ["2026-01-01;2026-07-01"], {}, { zone: "Europe/Berlin" })).toEqual([
      [utc("2025-12-31T23:00Z"), utc("2026-06-30T22:00Z")],
    ]);
  });
});

describe("mappings", () => {
  test("a date format", async () => {
    expect(
      await become("date", ["2.3.2026", "02.03.2026", "31.02.2026", "2026-03-02", "2.3.26"], { as: "d.M.yyyy" }),
    ).toEqual(["2026-03-02", "2026-03-02", "unfit", "unfit", "unfit"]);
    expect(await become("date", ["20260302", "2026032", "19970101"], { as: "yyyymmdd" })).toEqual([
      "2026-03-02",
      "unfit",
      "1997-01-01",
    ]);
    expect(await become("date", ["03/02/26", "Mar 2, 2026"], { as: "MM/dd/yy" })).toEqual(["2026-03-02", "unfit"]);
  });
  test("a time format and a zone", async () => {
    const how = { as: "d.M.yyyy HH:mm", in: "America/New_York" };
    expect(await become("datetime", ["2.3.2026 9:05", "2.7.2026 9:05", "2.3.2026"], how)).toEqual([
      utc("2026-03-02T14:05Z"),
      utc("2026-07-02T13:05Z"),
      "unfit",
    ]);
    expect(await become("datetime", ["Mar 2, 2026 5:00 PM"], { as: "MMM d, yyyy h:mm a" })).toEqual([
      utc("2026-03-02T17:00Z"),
    ]);
  });
  test("times that a clock change skips or repeats", async () => {
    const texts = [
      "2026-03-29 01:59",
      "2026-03-29 02:30",
      "2026-03-29 03:00",
      "2026-10-25 01:59",
      "2026-10-25 02:30",
      "2026-10-25 03:00",
    ];
    expect(await become("datetime", texts, { in: "Europe/Berlin" })).toEqual(
      [
        "2026-03-29T00:59Z",
        "2026-03-29T01:30Z",
        "2026-03-29T01:00Z",
        "2026-10-24T23:59Z",
        "2026-10-25T00:30Z",
        "2026-10-25T02:00Z",
      ].map(utc),
    );
  });
  test("a pattern", async () => {
    expect(await become("text", ["7", ""], { as: "no *!" })).toEqual(["no 7!", null]);
    expect(await become("email", ["7", "a b"], { as: "*@x.example" })).toEqual(["7@x.example", "unfit"]);
  });
  test("a map of values", async () => {
    const type = "one of (decision_maker|user)";
    const how = { with: { "Chief Marketing Officer": "decision_maker", "N/A": null } };
    const texts = ["Chief Marketing Officer", " chief marketing OFFICER", "n/a", "user", "Clerk", ""];
    expect(await become(type, texts, how)).toEqual(["decision_maker", "decision_maker", null, "user", "unfit", null]);
    expect(await become(type, texts, { ...how, otherwise: "user" })).toEqual([
      "decision_maker",
      "decision_maker",
      null,
      "user",
      "user",
      null,
    ]);
    expect(await become(type, texts, { ...how, otherwise: null })).toEqual([
      "decision_maker",
      "decision_maker",
      null,
      null,
      null,
      null,
    ]);
    expect(await become("number", ["many", "", "3"], { with: { many: 100, "": 0 } })).toEqual([100, 0, 3]);
    expect(await become("boolean", ["Ja", "nein", "yes"], { with: { ja: true, nein: false } })).toEqual([
      true,
      false,
      true,
    ]);
  });
  test("texts that mean unknown", async () => {
    expect(await become("number", ["Select", "-", " select ", "5"], {}, { unknown: ["Select", "-"] })).toEqual([
      null,
      null,
      null,
      5,
    ]);
    expect(await become("text", ["none", "-"], { with: { "-": "dash" } }, { unknown: ["none", "-"] })).toEqual([
      null,
      "dash",
    ]);
  });
});

describe("date formats", () => {
  test.each([
    ["yyyymmdd", "%Y%m%d"],
    ["yyyyMMddHHmmss", "%Y%m%d%H%M%S"],
    ["d.M.yyyy HH:mm", "%d.%m.%Y %H:%M"],
    ["mm/dd/yyyy", "%m/%d/%Y"],
    ["yyyy-MM-ddTHH:mm:ss", "%Y-%m-%dT%H:%M:%S"],
    ["DD.MM.YYYY", "%d.%m.%Y"],
    ["h:mm a 'on' d MMMM yyyy", "%I:%M %p on %d %B %Y"],
    ["100% yyyy", "100%% %Y"],
  ])("%s", (pattern, format) => {
    expect(datePattern(pattern).format).toBe(format);
  });
  test.each(["yyyy-QQ", "dd.MM", "", "yyyy-MM-MM", "yyyy 'open", "hello", "yyyyyy"])("%s is none", async (pattern) => {
    const room = await loadRoom({ contact: "id text key, email email?, f date?" });
    room.put("f.csv", "id,f\n1,2\n");
    expect(
      codeOf(await room.load({ to: "contact", path: "f.csv", map: { id: "id", f: { from: "f", as: pattern } } })),
    ).toBe("F147");
  });
});

test("local times become the same instants as in the calendar library", async () => {
  const database = await scratchDatabase();
  const zones = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Pacific/Apia",
  ];
  const wall = fc.date({ min: new Date("1990-01-01T00:00Z"), max: new Date("2035-01-01T00:00Z"), noInvalidDate: true });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...zones),
      fc.array(wall, { minLength: 200, maxLength: 200 }),
      async (zone, walls) => {
        const texts = walls.map((at) => at.toISOString().slice(0, 16).replace("T", " "));
        const rows = await query(
          database,
          `SELECT ${toUtc("wall", zone)} AS utc FROM (SELECT CAST(unnest([${texts.map((text) => `'${text}'`)}]) AS TIMESTAMP) AS wall)`,
        );
        // The library picks either instant of a clock that comes twice; the first is meant.
        const expected = texts.map((text) => {
          const candidates = DateTime.fromSQL(text, { zone }).getPossibleOffsets();
          return Math.min(...candidates.map((candidate) => candidate.toMillis()));
        });
        expect(rows.map(({ utc: instant }) => instant)).toEqual(expected);
      },
    ),
    { numRuns: 25 },
  );
});
