// Dates and times: what texts become days and instants, in which zone, and the formats that a mapping may name.

import fc from "fast-check";
import { DateTime, IANAZone } from "luxon";
import { describe, expect, test } from "vitest";
import { datePattern } from "../../runtime/store/load/date-pattern.ts";
import { fromUtc, toUtc } from "../../runtime/store/load/zone-spans.ts";
import { become } from "../support/become.ts";
import { loadRoom } from "../support/load-room.ts";
import { codeOf, query, scratchDatabase } from "../support/scratch.ts";

const utc = (text: string) => Date.parse(text);

describe("dates", () => {
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
  test("a date with something behind it that is no time, or without a year of four digits", async () => {
    const texts = [
      "2026-03-02xyz",
      "2026-03-02 xyz",
      "2026-03-02 25:99",
      "2026-03-02-",
      "26-03-02",
      "0001-01-01",
      "0000-00-00",
    ];
    expect(await become("date", texts)).toEqual(texts.map(() => "unfit"));
    expect(await become("datetime", ["26-03-02 10:00", "0001-01-01 00:00"])).toEqual(["unfit", "unfit"]);
  });
  test("a date out of a time with a zone of its own is the day in the zone of the load", async () => {
    const texts = ["2026-03-02T23:30:00Z", "2026-07-01T22:00Z", "2026-07-01T21:59:59Z", "2026-03-02 23:30"];
    const inBerlin = ["2026-03-03", "2026-07-02", "2026-07-01", "2026-03-02"];
    expect(await become("date", texts, {}, { zone: "Europe/Berlin" })).toEqual(inBerlin);
    expect(await become("list of date", texts, { in: "Europe/Berlin" })).toEqual(inBerlin.map((day) => [day]));
    expect(await become("date", ["2026-03-02T04:59Z", "2026-03-02T05:00Z"], { in: "America/New_York" })).toEqual([
      "2026-03-01",
      "2026-03-02",
    ]);
  });
  test("datetime out of range, and in small letters", async () => {
    const texts = [
      "2026-03-02t10:00z",
      "12345-01-01T10:00Z",
      "0026-01-01T10:00Z",
      "2026-03-02 10:00+99:00",
      "2026-03-02 10:00+02:75",
    ];
    expect(await become("datetime", texts)).toEqual([utc("2026-03-02T10:00Z"), "unfit", "unfit", "unfit", "unfit"]);
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

/**
 * Of the instants at which the zone shows that clock the first; none: as if the offset before the change had gone on. The
 * library's own guess is an hour late behind the first summer time of Apia.
 */
function firstInstant(text: string, zone: IANAZone): number {
  const wall = Date.parse(`${text.replace(" ", "T")}Z`);
  const [before, after] = [-86_400_000, 86_400_000].map((away) => wall - zone.offset(wall + away) * 60_000);
  const shown = [before, after].filter((at) => at !== undefined && at + zone.offset(at) * 60_000 === wall);
  return Math.min(...(shown.length > 0 ? shown : [before]).map(Number));
}

test("local times become the same instants as in the calendar library, and instants the same local times", async () => {
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
          `SELECT ${toUtc("wall", zone)} AS utc, ${fromUtc("wall", zone)} AS local FROM (SELECT CAST(unnest([${texts.map((text) => `'${text}'`)}]) AS TIMESTAMP) AS wall)`,
        );
        const expected = texts.map((text) => firstInstant(text, IANAZone.create(zone)));
        expect(rows.map(({ utc: instant }) => instant)).toEqual(expected);
        expect(rows.map(({ local }) => local)).toEqual(
          texts.map((text) => {
            const at = DateTime.fromSQL(text, { zone: "UTC" });
            return at.setZone(zone).setZone("UTC", { keepLocalTime: true }).toMillis();
          }),
        );
      },
    ),
    { numRuns: 25 },
  );
});
