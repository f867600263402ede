// The screen as text: golden frames to read, and what holds for every frame.

import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import type { Snapshot } from "../../runtime/snapshot.ts";
import { layout, viewOf } from "../../runtime/tui/layout.ts";
import { lineOf } from "../../runtime/tui/line.ts";
import { initialState, type Look, type UiState } from "../../runtime/tui/state.ts";
import { busy, calm, crowd, empty, start } from "./sample.ts";

const at = (kind: Look["kind"], scroll = 0): UiState => ({ looks: [{ kind, scroll }], selected: "onboarding" });

const long: Snapshot = {
  ...calm,
  programs: [
    {
      ...(calm.programs[0] ?? { active: 0, entered: 0, goals: 0, left: [], nextDue: null }),
      name: "a_program_whose_name_is_longer_than_any_narrow_screen_can_show",
      steps: [
        {
          step: "a",
          title: 'hand off to 営業 with "とても長いメモがここにあります、切られるはずです"',
          kind: "hand",
          people: 1,
          nextDue: start,
        },
        {
          step: "b",
          title: "send cafe\u0301 👩\u200d💻 with a title that goes on and on until it must be cut",
          kind: "send",
          people: 1_234_567,
          nextDue: start,
        },
      ],
    },
  ],
};

const frames: Readonly<Record<string, readonly [Snapshot | null, UiState, number, number]>> = {
  "overview-80x24": [busy, initialState, 80, 24],
  "overview-200x50": [busy, initialState, 200, 50],
  "overview-40x10": [busy, initialState, 40, 10],
  "calm-80x24": [calm, initialState, 80, 24],
  "nothing-live-40x10": [empty, initialState, 40, 10],
  "many-programs-60x24": [crowd(40), { ...initialState, selected: "program_20" }, 60, 24],
  "wide-names-80x24": [long, initialState, 80, 24],
  "wide-names-40x10": [long, initialState, 40, 10],
  "program-80x24": [busy, at("program"), 80, 24],
  "program-scrolled-40x10": [busy, at("program", 8), 40, 10],
  "problems-80x24": [busy, at("problems"), 80, 24],
  "help-80x24": [busy, at("help"), 80, 24],
  "too-small-39x24": [busy, initialState, 39, 24],
  "too-small-80x9": [busy, initialState, 80, 9],
  "starting-80x24": [null, initialState, 80, 24],
};

const textOf = (...frame: readonly [Snapshot | null, UiState, number, number]) =>
  layout(...frame).map(({ text }) => text);

describe("golden frames", () => {
  test.each(Object.entries(frames))("%s", async (name, frame) => {
    await expect(`${textOf(...frame).join("\n")}\n`).toMatchFileSnapshot(`../golden/tui/${name}.txt`);
  });
});

const looks = fc.constantFrom<Look["kind"]>("overview", "program", "problems", "help");
const snapshots = fc.constantFrom<Snapshot | null>(busy, calm, empty, crowd(30), long, null);

describe("every frame", () => {
  test("fits the screen with a row to spare", () => {
    const wrong = (columns: number, rows: number, lines: readonly string[]) =>
      lines.length > rows - 1 || lines.some((line) => stringWidth(line) > columns);
    fc.assert(
      fc.property(
        snapshots,
        looks,
        fc.nat(200),
        fc.integer({ min: 1, max: 220 }),
        fc.integer({ min: 1, max: 70 }),
        (snapshot, kind, scroll, columns, rows) =>
          !wrong(columns, rows, textOf(snapshot, at(kind, scroll), columns, rows)),
      ),
      { numRuns: 300 },
    );
  });

  test("fills all rows but one from the least size on, so that the keys stay at the bottom", () => {
    for (const snapshot of [busy, calm, empty, crowd(30)]) {
      for (let rows = 10; rows <= 60; rows++) {
        const lines = textOf(snapshot, initialState, 80, rows);
        expect(lines).toHaveLength(rows - 1);
        expect(lines.at(-1)).toContain("?: help");
      }
    }
  });

  test("always shows the selected program", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.nat(59),
        fc.integer({ min: 10, max: 60 }),
        (count, pick, rows) => {
          const selected = `program_${(pick % count) + 1}`;
          const lines = textOf(crowd(count), { ...initialState, selected }, 80, rows);
          return lines.filter((line) => line.startsWith(`> ${selected} `)).length === 1;
        },
      ),
    );
  });

  test("says without colour what is wrong and what is selected", () => {
    const lines = textOf(busy, initialState, 80, 24).join("\n");
    expect(lines).toContain("3 failed");
    expect(lines).toContain("! Mailgun refuses the key");
    expect(lines).toMatch(/^> onboarding/m);
  });

  test("never cuts a number", () => {
    const [program] = calm.programs;
    if (!program) throw new Error("the sample has a program");
    const crowded: Snapshot = { ...calm, programs: [{ ...program, name: "p".repeat(80), active: 123_456_789 }] };
    for (let columns = 40; columns <= 120; columns++) {
      expect(textOf(crowded, initialState, columns, 24).join("\n")).toContain("123,456,789");
    }
  });
});

describe("scrolling", () => {
  test("ends where the last row is seen", () => {
    const { extent } = viewOf(busy, at("program"), 80, 12);
    expect(extent.scrollMax).toBeGreaterThan(0);
    const last = textOf(busy, at("program", extent.scrollMax), 80, 12);
    expect(last.at(-2)).toContain("exit: unsubscribed");
    expect(textOf(busy, at("program", extent.scrollMax + 50), 80, 12)).toEqual(last);
  });
  test("has nowhere to go when all is seen", () => {
    expect(viewOf(busy, at("program"), 80, 60).extent.scrollMax).toBe(0);
  });
});

describe("a program that is gone", () => {
  test("gives way to the first in the overview and is named in its own look", () => {
    expect(textOf(calm, { ...initialState, selected: "onboarding" }, 80, 24).join("\n")).toMatch(/^> win_back/m);
    expect(textOf(calm, at("program"), 80, 24).join("\n")).toContain("The program onboarding is not live.");
  });
});

describe("one line", () => {
  test("tells instant, ticks, people, mails, what is due and what is wrong", () => {
    expect(lineOf(busy)).toBe(
      "2026-03-02 09:00 UTC  tick 1,234  12,465 inside  41,002 sent  due next 2026-03-02 09:20  2 problems",
    );
  });
  test("says that nothing is due", () => {
    expect(lineOf(empty)).toBe("2026-03-02 09:00 UTC  tick 0  0 inside  400 sent  nothing due");
  });
});
