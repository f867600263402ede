// How keys change what is looked at.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bindingOf, bindings, keysOf } from "../../runtime/tui/keys.ts";
import { layout, viewOf } from "../../runtime/tui/layout.ts";
import { initialState, lookOf, type Reduced, reduce, type UiState } from "../../runtime/tui/state.ts";
import { busy, calm, crowd, told } from "./sample.ts";

const plainKey: Parameters<typeof keysOf>[1] = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};

/** Presses keys by their names, each seen on an 80×24 screen, and gathers what they ask for. */
function pressed(names: readonly string[], from: UiState = initialState, seen = busy): Reduced {
  return names.reduce<Reduced>(
    ({ state, effects }, name) => {
      const next = reduce(state, { kind: "key", name }, viewOf(seen, state, 80, 24).extent);
      return { state: next.state, effects: [...effects, ...next.effects] };
    },
    { state: from, effects: [] },
  );
}

/** Types the characters. */
const typed = (input: string, from: UiState = initialState, seen = busy): UiState =>
  pressed(keysOf(input, plainKey), from, seen).state;

describe("selecting", () => {
  test.each([
    ["j", "win_back"],
    ["jj", "yearly_thanks"],
    ["jjjjjj", "yearly_thanks"],
    ["jjk", "win_back"],
    ["kkk", "onboarding"],
    ["G", "yearly_thanks"],
    ["Gg", "onboarding"],
  ])("%s selects %s", (input, selected) => {
    expect(typed(input).selected).toBe(selected);
  });
  test("survives a program that goes: the selection is a name", () => {
    const state = typed("j");
    const others = told(busy, { programs: busy.snapshot.programs.slice(1) });
    expect(
      layout(others, state, 80, 24)
        .map(({ text }) => text)
        .join("\n"),
    ).toMatch(/^> win_back/m);
  });
  test("pages through many", () => {
    const many = crowd(60);
    const { extent } = viewOf(many, initialState, 80, 24);
    const { state } = pressed(["pageDown", "pageDown"], initialState, many);
    expect(state.selected).toBe(`program_${1 + 2 * extent.pageRows}`);
  });
});

describe("looking", () => {
  test("Enter opens the selected program, Esc goes back", () => {
    const opened = typed("j\r");
    expect(lookOf(opened).kind).toBe("program");
    expect(opened.selected).toBe("win_back");
    expect(lookOf(pressed(["escape"], opened).state).kind).toBe("programs");
  });
  test("Enter opens nothing where there is nothing", () => {
    expect(lookOf(typed("\r", initialState, told(calm, { programs: [] }))).kind).toBe("programs");
  });
  test("? toggles the help over any look and keeps the place below", () => {
    const opened = typed("\r");
    expect(lookOf(typed("?", opened)).kind).toBe("help");
    expect(typed("??", opened)).toEqual(opened);
  });
  test("every screen has its key, and the segments are counted when theirs is opened and when asked for", () => {
    expect(["m", "!", "l", "s"].map((key) => lookOf(typed(key)).kind)).toEqual(["mail", "problems", "log", "segments"]);
    expect(pressed(["s", "r"]).effects).toEqual([{ kind: "count segments" }, { kind: "count segments" }]);
    expect(pressed(["r"]).effects).toEqual([]);
  });
  test("looks never pile up", () => {
    expect(typed("!?!?m!?lsmls?!?").looks.length).toBeLessThanOrEqual(7);
  });
  test("no keys lead to a state that cannot be drawn", () => {
    const key = fc.constantFrom(...bindings.flatMap(({ keys }) => keys), "x", "backspace", "役", "onboarding");
    fc.assert(
      fc.property(fc.array(key, { maxLength: 40 }), fc.integer({ min: 1, max: 40 }), (names, rows) => {
        const end = names.reduce(
          (state, name) => reduce(state, { kind: "key", name }, viewOf(busy, state, 60, rows).extent).state,
          initialState,
        );
        const { extent } = viewOf(busy, end, 60, rows);
        return layout(busy, end, 60, rows).length <= rows - 1 && lookOf(end).scroll <= Math.max(extent.scrollMax, 0);
      }),
    );
  });
});

describe("filtering", () => {
  const names = (state: UiState) => viewOf(busy, state, 80, 24).extent.programs;
  test("leaves what holds the text, while it is typed and after Enter", () => {
    expect(names(typed("/BACK"))).toEqual(["win_back"]);
    expect(names(typed("/back\r"))).toEqual(["win_back"]);
    expect(lookOf(typed("/back\r\r")).kind).toBe("program");
    expect(names(typed("/zzz\r"))).toEqual([]);
  });
  test("keys are characters meanwhile, and Esc takes the filter away", () => {
    expect(pressed(["/", "q", "j", "backspace"]).state.typing).toEqual({ kind: "filter", text: "q" });
    expect(names(pressed(["/", "z", "escape"]).state)).toHaveLength(3);
    expect(names(pressed(["/", "w", "i", "n", "enter", "escape"]).state)).toHaveLength(3);
  });
  test("what is chosen is what is seen", () => {
    const { state } = pressed(["/", "w", "i", "n", "enter", "p"]);
    expect(state.typing).toMatchObject({ deed: { kind: "pause", program: "win_back" } });
  });
});

describe("acting", () => {
  const acts = (input: string, from = initialState) => pressed(keysOf(input, plainKey), from).effects;
  test.each([
    ["ponboarding\r", { kind: "pause", program: "onboarding" }],
    ["jcwin_back\r", { kind: "resume", program: "win_back" }],
    ["tretry\r", { kind: "retry" }],
    ["Kstop\r", { kind: "stop all" }],
    ["Cresume\r", { kind: "resume all" }],
    ["eana 1\ronboarding\r", { kind: "eject", contact: "ana 1", program: "onboarding" }],
  ])("%s is done once its word was typed", (input, deed) => {
    expect(acts(input)).toEqual([{ kind: "act", deed }]);
  });
  test.each(["p", "p\r", "ponboardin\r", "pwin_back\r", "Kyes\r", "e\r", "eana\rana\r"])("%s does nothing", (input) => {
    expect(acts(input)).toEqual([]);
  });
  test("Esc leaves it, and Ctrl-C the screen", () => {
    expect(pressed(["K", "s", "escape"]).state.typing).toBeNull();
    expect(pressed(["K", "ctrl+c"]).effects).toEqual([{ kind: "quit" }]);
  });
  test("nothing is done where one may only look, and it is said", () => {
    const looking = { ...initialState, isReadOnly: true };
    for (const { keys } of bindings.filter(({ acts: isAct }) => isAct)) {
      const { state, effects } = pressed([keys[0] ?? "", "enter"], looking);
      expect([effects, state.typing]).toEqual([[], null]);
    }
    expect(pressed(["p"], looking).state.notice?.text).toContain("--read-only");
  });
  test("a problem offers what helps, behind the same word", () => {
    const remedy = { kind: "resume", program: "win_back" } as const;
    const stopped = told(busy, { problems: [{ since: 0, text: "It stopped.", help: "Mend it.", remedy }] });
    expect(pressed(["!", "enter", ..."win_back", "enter"], initialState, stopped).effects).toEqual([
      { kind: "act", deed: remedy },
    ]);
    expect(pressed(["!", "enter"]).state.typing).toBeNull();
    const lines = layout(stopped, typed("!"), 80, 24).map(({ text }) => text);
    expect(lines.some((text) => text.includes("Enter: let win_back go on"))).toBe(true);
  });
  test("what was done is said until the next key", () => {
    const { extent } = viewOf(busy, initialState, 80, 24);
    const { state } = reduce(initialState, { kind: "failed", text: "No\u001b[2J" }, extent);
    expect(layout(busy, state, 80, 24).at(-1)?.text).toBe("! No‹U+001B›[2J");
    expect(typed("j", state).notice).toBeNull();
  });
});

describe("the engine", () => {
  const { extent } = viewOf(busy, initialState, 80, 24);
  test("goes and comes back, and both are said", () => {
    const gone = reduce(initialState, { kind: "down", text: "The engine has ended." }, extent).state;
    expect(layout(busy, gone, 80, 24).at(-1)?.text).toBe("! The engine has ended. Trying again.");
    expect(layout(null, gone, 80, 24)[0]?.text).toContain("The engine has ended.");
    const back = reduce(gone, { kind: "up", engine: "Cadenza 0.1.0, process 7" }, extent).state;
    expect(back.down).toBeNull();
    expect(back.notice?.text).toBe("The engine is back: Cadenza 0.1.0, process 7.");
  });
  test("that was there all the time is not said to be back", () => {
    expect(reduce(initialState, { kind: "up", engine: "Cadenza" }, extent).state.notice).toBeNull();
  });
});

describe("the table of keys", () => {
  test("gives each key one meaning", () => {
    const keys = bindings.flatMap((binding) => binding.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });
  test("is the help", () => {
    const help = layout(busy, typed("?"), 80, 40).map(({ text }) => text);
    for (const { shown, text } of bindings) {
      expect(help.some((row) => row.includes(shown) && row.includes(text))).toBe(true);
    }
  });
  test("hears Ctrl-C and Ctrl-Z, also among other characters", () => {
    expect(keysOf("c", { ...plainKey, ctrl: true })).toEqual(["ctrl+c"]);
    expect(pressed(keysOf("j\u0003", plainKey)).effects).toEqual([{ kind: "quit" }]);
    expect(pressed(keysOf("\u001a", plainKey)).effects).toEqual([{ kind: "suspend" }]);
  });
  test("ignores what it does not know", () => {
    expect(typed("xyz")).toEqual(initialState);
    expect(keysOf("q", { ...plainKey, meta: true })).toEqual([]);
    expect(bindingOf("x")).toBeUndefined();
  });
});
