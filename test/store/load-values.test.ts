// From text to value: what each type takes, what it does not, and what a mapping may say about it.

import { describe, expect, test } from "vitest";
import { become } from "../support/become.ts";
import { loadRoom } from "../support/load-room.ts";
import { valueFrom } from "../support/scratch.ts";

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
