// Nothing that came from data reaches the terminal as anything but text.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Watched } from "../../runtime/snapshot.ts";
import { layout } from "../../runtime/tui/layout.ts";
import { lineOf } from "../../runtime/tui/line.ts";
import { printable } from "../../runtime/tui/printable.ts";
import { initialState, type Look, type UiState } from "../../runtime/tui/state.ts";
import { busy } from "./sample.ts";

/** First and last code points of what drives a terminal or turns a line round. */
const dangerous = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x61c, 0x61c],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2066, 0x2069],
  [0xfeff, 0xfeff],
] as const;

function isDangerous(text: string): boolean {
  return [...text].some((character) => {
    const point = character.codePointAt(0) ?? 0;
    return dangerous.some(([first, last]) => point >= first && point <= last);
  });
}

describe("printable", () => {
  test.each([
    ["\u001b[2J", "‹U+001B›[2J"],
    ["\u001b]0;title\u0007", "‹U+001B›]0;title‹U+0007›"],
    ["\u009b31m", "‹U+009B›31m"],
    ["a\u202eb", "a‹U+202E›b"],
    ["a\u2066b\u2069", "a‹U+2066›b‹U+2069›"],
    ["two\nlines\r\tand", "two‹U+000A›lines‹U+000D›‹U+0009›and"],
    ["\u2028\u200b\ufeff", "‹U+2028›‹U+200B›‹U+FEFF›"],
    ["\ud800", "‹U+D800›"],
    ["\u{e0041}", "‹U+E0041›"],
  ])("shows %j as codes", (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test.each(["Müller", "役員", "דנה", "مريم", "👩\u200d💻", "नि\u200cया", "e\u0301", "a `b` <c>"])(
    "leaves %s as it is",
    (text) => {
      expect(printable(text)).toBe(text);
    },
  );

  test("cuts a text that no screen could show", () => {
    expect(printable("x".repeat(1_000_000)).length).toBeLessThan(3_000);
  });

  test("holds for every text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !isDangerous(printable(text))));
  });
});

/** The snapshot with `text` at the end of every string in it, wherever there will be one. */
function spoilt(snapshot: Watched, text: string): Watched {
  return JSON.parse(
    JSON.stringify(snapshot, (_, value: unknown) => (typeof value === "string" ? `${value}${text}` : value)),
  ) as Watched;
}

describe("the screen", () => {
  const kinds: readonly Look["kind"][] = ["programs", "program", "mail", "problems", "log", "segments", "help"];
  const texts = (snapshot: Watched, state: UiState) => layout(snapshot, state, 200, 60).map(({ text }) => text);

  test("shows a planted escape sequence as codes, in every look", () => {
    const planted = spoilt(busy, "\u001b[2J\u202e\n");
    for (const kind of kinds) {
      const lines = texts(planted, {
        ...initialState,
        looks: [{ kind, scroll: 0, chosen: 0, filter: "" }],
        selected: "onboarding‹U+001B›[2J‹U+202E›‹U+000A›",
        segments: {
          refreshedAt: null,
          looked: null,
          segments: [{ segment: "S\u001b[2J\u202e\n", count: 1, lastDay: null, rows: 1 }],
        },
      });
      expect(lines.filter((line) => isDangerous(line))).toEqual([]);
      if (kind !== "help" && kind !== "log") expect(lines.join("\n")).toContain("‹U+001B›[2J‹U+202E›‹U+000A›");
    }
  });

  test("never lets a control character through, whatever is planted", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
        const planted = spoilt(busy, text);
        return (
          !isDangerous(lineOf(planted.snapshot)) && !texts(planted, initialState).some((line) => isDangerous(line))
        );
      }),
      { numRuns: 50 },
    );
  });
});
