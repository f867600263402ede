// How keys change what is looked at.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Action, actionsOf, bindings } from "../../runtime/tui/keys.ts";
import { layout, viewOf } from "../../runtime/tui/layout.ts";
import { initialState, lookOf, reduce, type UiState } from "../../runtime/tui/state.ts";
import { busy, calm, crowd } from "./sample.ts";

const plainKey: Parameters<typeof actionsOf>[1] = {
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

/** Types the characters, each seen on an 80×24 screen, as the app applies them. */
function typed(input: string, from: UiState = initialState, snapshot = busy): UiState {
  return actionsOf(input, plainKey).reduce(
    (state, action) => reduce(state, action, viewOf(snapshot, state, 80, 24).extent),
    from,
  );
}

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
    const others = { ...busy, programs: busy.programs.slice(1) };
    expect(
      layout(others, state, 80, 24)
        .map(({ text }) => text)
        .join("\n"),
    ).toMatch(/^> win_back/m);
  });
  test("pages through many", () => {
    const page = { kind: "page", by: 1 } as const satisfies Action;
    const many = crowd(60);
    const { extent } = viewOf(many, initialState, 80, 24);
    const state = reduce(reduce(initialState, page, extent), page, extent);
    expect(state.selected).toBe(`program_${1 + 2 * extent.pageRows}`);
  });
});

describe("looking", () => {
  test("Enter opens the selected program, Esc goes back", () => {
    const opened = typed("j\r");
    expect(lookOf(opened).kind).toBe("program");
    expect(opened.selected).toBe("win_back");
    const closed = actionsOf("", { ...plainKey, escape: true }).reduce(
      (state, action) => reduce(state, action, viewOf(busy, state, 80, 24).extent),
      opened,
    );
    expect(lookOf(closed).kind).toBe("overview");
  });
  test("Enter opens nothing where there is nothing", () => {
    expect(lookOf(typed("\r", initialState, { ...calm, programs: [] })).kind).toBe("overview");
  });
  test("? toggles the help over any look and keeps the place below", () => {
    const opened = typed("\r");
    expect(lookOf(typed("?", opened)).kind).toBe("help");
    expect(typed("??", opened)).toEqual(opened);
  });
  test("looks never pile up", () => {
    expect(typed("!?!?!?!?!?").looks.length).toBeLessThanOrEqual(4);
  });
  test("no keys lead to a state that cannot be drawn", () => {
    const key = fc.constantFrom<Action>(...bindings.map(({ action }) => action));
    fc.assert(
      fc.property(fc.array(key, { maxLength: 40 }), fc.integer({ min: 1, max: 40 }), (actions, rows) => {
        const end = actions.reduce(
          (state, action) => reduce(state, action, viewOf(busy, state, 60, rows).extent),
          initialState,
        );
        const { extent } = viewOf(busy, end, 60, rows);
        return layout(busy, end, 60, rows).length <= rows - 1 && lookOf(end).scroll <= Math.max(extent.scrollMax, 0);
      }),
    );
  });
});

describe("the table of keys", () => {
  test("gives each key one meaning", () => {
    const keys = bindings.flatMap((binding) => binding.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });
  test("is the help", () => {
    const help = layout(busy, typed("?"), 80, 24).map(({ text }) => text);
    for (const { shown, text } of bindings) {
      expect(help.some((row) => row.includes(shown) && row.includes(text))).toBe(true);
    }
  });
  test("hears Ctrl-C, also among other characters", () => {
    expect(actionsOf("c", { ...plainKey, ctrl: true })).toEqual([{ kind: "quit" }]);
    expect(actionsOf("j\u0003", plainKey).at(-1)).toEqual({ kind: "quit" });
  });
  test("ignores what it does not know", () => {
    expect(actionsOf("xyz", plainKey)).toEqual([]);
    expect(actionsOf("q", { ...plainKey, meta: true })).toEqual([]);
  });
});
