// The screen as text: golden frames to read, and what holds for every frame.

import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import type { SegmentsView } from "../../runtime/index.ts";
import type { Watched } from "../../runtime/snapshot.ts";
import { inAscii } from "../../runtime/tui/ascii.ts";
import { graphOf } from "../../runtime/tui/graph.ts";
import { layout, viewOf } from "../../runtime/tui/layout.ts";
import { lineOf } from "../../runtime/tui/line.ts";
import { initialState, type Look, type UiState } from "../../runtime/tui/state.ts";
import { busy, calm, crowd, empty, start, watchedOf } from "./sample.ts";

const at = (kind: Look["kind"], scroll = 0): UiState => ({
  ...initialState,
  looks: [{ kind, scroll, chosen: 0, filter: "" }],
  selected: "onboarding",
});

const long: Watched = watchedOf({
  ...calm.snapshot,
  programs: [
    {
      ...(calm.snapshot.programs[0] ?? { active: 0, entered: 0, goals: 0, left: [], nextDue: null }),
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
});

const sizes = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;
const screens = ["programs", "program", "mail", "problems", "log", "segments", "help"] as const;

const segments: SegmentsView = {
  refreshedAt: start,
  looked: 1_204,
  segments: [
    { segment: "DecisionMakers", count: 12_345, lastDay: { entered: 120, left: 7 }, rows: 20_000 },
    { segment: 'Quiet("役員", 60d)', count: 7, lastDay: null, rows: 1_020_000 },
  ],
};

const everyScreen = Object.fromEntries(
  screens.flatMap((kind) =>
    sizes.map(([columns, rows]) => [
      `${kind}-${columns}x${rows}`,
      [busy, { ...at(kind), segments }, columns, rows] as const,
    ]),
  ),
);

const frames: Readonly<Record<string, readonly [Watched | null, UiState, number, number]>> = {
  ...everyScreen,
  "smallest-60x12": [busy, initialState, 60, 12],
  "calm-80x24": [calm, initialState, 80, 24],
  "nothing-live-60x12": [empty, initialState, 60, 12],
  "many-programs-60x24": [crowd(40), { ...initialState, selected: "program_20" }, 60, 24],
  "wide-names-80x24": [long, initialState, 80, 24],
  "wide-names-60x12": [long, initialState, 60, 12],
  "program-scrolled-60x12": [busy, at("program", 8), 60, 12],
  "second-problem-60x12": [
    busy,
    { ...initialState, looks: [{ kind: "problems", scroll: 0, chosen: 1, filter: "" }] },
    60,
    12,
  ],
  "filtered-80x24": [
    busy,
    {
      ...initialState,
      looks: [{ kind: "programs", scroll: 0, chosen: 0, filter: "win" }],
      typing: { kind: "filter", text: "win" },
    },
    80,
    24,
  ],
  "confirm-80x24": [
    busy,
    {
      ...initialState,
      typing: { kind: "confirm", deed: { kind: "pause", program: "onboarding" }, word: "onboarding", text: "onb" },
    },
    80,
    24,
  ],
  "engine-gone-80x24": [busy, { ...initialState, down: "The engine has ended.", isApart: true }, 80, 24],
  "counting-segments-80x24": [busy, at("segments"), 80, 24],
  "too-small-40x24": [busy, initialState, 40, 24],
  "too-small-80x9": [busy, initialState, 80, 9],
  "starting-80x24": [null, initialState, 80, 24],
};

const textOf = (...frame: readonly [Watched | null, UiState, number, number]) =>
  layout(...frame).map(({ text }) => text);

describe("golden frames", () => {
  test.each(Object.entries(frames))("%s", async (name, frame) => {
    await expect(`${textOf(...frame).join("\n")}\n`).toMatchFileSnapshot(`../golden/tui/${name}.txt`);
  });
});

const looks = fc.constantFrom<Look["kind"]>(...screens);
const snapshots = fc.constantFrom<Watched | null>(busy, calm, empty, crowd(30), long, null);

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
      for (let rows = 12; rows <= 60; rows++) {
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
        fc.integer({ min: 12, max: 60 }),
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
    expect(lines).toMatch(/^ {2}win_back +paused/m);
  });

  test("never cuts a number", () => {
    const [program] = calm.snapshot.programs;
    if (!program) throw new Error("the sample has a program");
    const crowded = watchedOf({
      ...calm.snapshot,
      programs: [{ ...program, name: "p".repeat(80), active: 123_456_789 }],
    });
    for (let columns = 60; columns <= 120; columns++) {
      expect(textOf(crowded, initialState, columns, 24).join("\n")).toContain("123,456,789");
    }
  });

  test("has a row for every count of the mail that is not nothing, at whatever height", () => {
    for (let rows = 12; rows <= 40; rows++) {
      const lines = textOf(busy, initialState, 80, rows).join("\n");
      for (const part of ["412 delayed", "13 waiting", "1 unknown", "2 problems"]) expect(lines).toContain(part);
    }
  });

  test("says who is watched no more, whatever is looked at", () => {
    for (const kind of screens) {
      const lines = textOf(busy, { ...at(kind), down: "The engine has ended." }, 80, 24);
      expect(lines[0]).toContain("NO ENGINE, as of 2026-03-02 09:00");
      expect(lines.at(-1)).toContain("The engine has ended.");
    }
  });

  test("shows no more than ASCII where the terminal cannot, in as many cells", () => {
    for (const frame of Object.values(frames)) {
      for (const one of layout(...frame)) {
        const plain = inAscii(one).text;
        expect(plain).toMatch(/^[ -~]*$/);
        expect(stringWidth(plain)).toBe(stringWidth(one.text));
      }
    }
  });
});

describe("the picture of a program", () => {
  const step = (...ways: readonly (number | null)[]) => ({
    step: "s",
    dueSoon: 0,
    held: 0,
    sent: 0,
    failed: 0,
    left: 0,
    ways: ways.map((to, index) => ({ label: `way ${index + 1}`, to })),
  });
  const drawn = (...steps: readonly ReturnType<typeof step>[]) =>
    graphOf(steps).map(({ rail, step: index, text }) => rail + (index === null ? text : `${index + 1}`));

  test("joins branches again, also one within another, and says where an empty one goes", () => {
    expect(drawn(step(1), step(2, 5), step(3, 4), step(4), step(5), step(null))).toEqual([
      "1",
      "2",
      "├─ way 1",
      "│  3",
      "│  ├─ way 1",
      "│  │  4",
      "│  └─ way 2: on to 5",
      "│  5",
      "└─ way 2: on to 6",
      "6",
    ]);
  });
  test("lets a branch end, goes back by number, and names what nothing leads to", () => {
    expect(drawn(step(1, 2), step(), step(0), step(null))).toEqual([
      "1",
      "├─ way 1",
      "│  2",
      "└─ way 2",
      "   3",
      "   → 1",
      "4",
    ]);
  });
  test("shows every step once, whatever leads where", () => {
    const target = (count: number) => fc.oneof(fc.constant(null), fc.nat(count - 1));
    const programs = fc
      .integer({ min: 1, max: 12 })
      .chain((count) => fc.array(fc.array(target(count), { maxLength: 3 }), { minLength: count, maxLength: count }));
    fc.assert(
      fc.property(programs, (ways) => {
        const shown = graphOf(ways.map((to) => step(...to))).flatMap(({ step: index }) => index ?? []);
        expect(shown.toSorted((a, b) => a - b)).toEqual(ways.map((_, index) => index));
      }),
    );
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
    expect(lineOf(busy.snapshot)).toBe(
      "2026-03-02 09:00 UTC  tick 1,234  12,465 inside  41,002 sent  due next 2026-03-02 09:20  2 problems",
    );
  });
  test("says that nothing is due", () => {
    expect(lineOf(empty.snapshot)).toBe("2026-03-02 09:00 UTC  tick 0  0 inside  400 sent  nothing due");
  });
});
