// What the person at the screen looks at and has begun, and how a key or a piece of news changes that. Pure.

import type { Deed, SegmentsView } from "../index.ts";
import { type Action, type Binding, bindingOf, type Screen } from "./keys.ts";
import { printable } from "./printable.ts";

export interface Look {
  readonly kind: Screen;
  /** Rows that are scrolled away above. */
  readonly scroll: number;
  /** Index of the problem that is chosen. */
  readonly chosen: number;
  readonly filter: string;
}

/** A line that is being typed. */
export type Typing =
  | { readonly kind: "filter"; readonly text: string }
  /** Whom to eject. */
  | { readonly kind: "whom"; readonly program: string; readonly text: string }
  /** `word`: what has to be typed so that the deed is done. */
  | { readonly kind: "confirm"; readonly deed: Deed; readonly word: string; readonly text: string };

export interface UiState {
  /** Opened on top of each other; the last one is seen, Esc leaves it. Never empty. */
  readonly looks: readonly [Look, ...Look[]];
  /** A program's name, which outlives changes of the list; null means the first. */
  readonly selected: string | null;
  readonly typing: Typing | null;
  /** Why nobody answers; null: the engine does, or is in this process. */
  readonly down: string | null;
  /** What was done or refused last. */
  readonly notice: { readonly text: string; readonly isBad: boolean } | null;
  readonly segments: SegmentsView | null;
  /** One may only look. */
  readonly isReadOnly: boolean;
  /** The engine is in another process, which goes on when the screen is left. */
  readonly isApart: boolean;
}

/** How far one may go in what is seen now, and what of it can be chosen. */
export interface Extent {
  readonly programs: readonly string[];
  readonly problems: readonly (Deed | null)[];
  readonly pageRows: number;
  readonly scrollMax: number;
}

export type UiEvent =
  | { readonly kind: "key"; readonly name: string }
  | { readonly kind: "up"; readonly engine: string }
  | { readonly kind: "down"; readonly text: string }
  | { readonly kind: "done" | "failed"; readonly text: string }
  | { readonly kind: "segments"; readonly view: SegmentsView };

export type Effect =
  | { readonly kind: "act"; readonly deed: Deed }
  | { readonly kind: "count segments" }
  | { readonly kind: "suspend" }
  | { readonly kind: "quit" };

export interface Reduced {
  readonly state: UiState;
  readonly effects: readonly Effect[];
}

const lookAt = (kind: Screen): Look => ({ kind, scroll: 0, chosen: 0, filter: "" });

export const initialState: UiState = {
  looks: [lookAt("programs")],
  selected: null,
  typing: null,
  down: null,
  notice: null,
  segments: null,
  isReadOnly: false,
  isApart: false,
};

export function lookOf(state: UiState): Look {
  return state.looks.at(-1) ?? state.looks[0];
}

/** Index of the selected program; the first where it is gone. */
export function selectedIndex(state: UiState, programs: readonly string[]): number {
  return Math.max(0, state.selected === null ? 0 : programs.indexOf(state.selected));
}

const still = (state: UiState): Reduced => ({ state, effects: [] });

export function reduce(state: UiState, event: UiEvent, extent: Extent): Reduced {
  switch (event.kind) {
    case "key":
      return state.typing === null ? pressed(state, event.name, extent) : typed(state, state.typing, event.name);
    case "up":
      return still(
        state.down === null
          ? state
          : { ...state, down: null, notice: { text: `The engine is back: ${printable(event.engine)}.`, isBad: false } },
      );
    case "down":
      return still({ ...state, down: printable(event.text) });
    case "done":
    case "failed":
      return still({ ...state, notice: { text: printable(event.text), isBad: event.kind === "failed" } });
    case "segments":
      return still({ ...state, segments: event.view });
  }
}

function pressed(state: UiState, name: string, extent: Extent): Reduced {
  const binding = bindingOf(name);
  if (!binding) return still(state);
  const seen = { ...state, notice: null };
  if (binding.acts && state.isReadOnly) {
    return still({
      ...seen,
      notice: { text: "One may only look here: it was started with --read-only.", isBad: true },
    });
  }
  return binding.acts ? still(asked(seen, binding, extent)) : moved(seen, binding.action, extent);
}

function moved(state: UiState, action: Action, extent: Extent): Reduced {
  switch (action.kind) {
    case "move":
      return still(step(state, extent, action.by));
    case "page":
      return still(step(state, extent, action.by * extent.pageRows));
    case "first":
      return still(step(state, extent, Number.NEGATIVE_INFINITY));
    case "last":
      return still(step(state, extent, Number.POSITIVE_INFINITY));
    case "open":
      return still(opened(state, extent));
    case "show":
      return shown(state, action.screen);
    case "filter":
      return still({ ...state, typing: { kind: "filter", text: lookOf(state).filter } });
    case "refresh":
      return { state, effects: lookOf(state).kind === "segments" ? [{ kind: "count segments" }] : [] };
    case "back":
      return still(back(state));
    case "suspend":
      return { state, effects: [{ kind: "suspend" }] };
    case "quit":
      return { state, effects: [{ kind: "quit" }] };
    default:
      return still(state);
  }
}

function shown(state: UiState, screen: Screen): Reduced {
  if (lookOf(state).kind === screen) return still(screen === "help" ? back(state) : state);
  return { state: open(state, screen), effects: screen === "segments" ? [{ kind: "count segments" }] : [] };
}

/** The deed is not done before its word was typed. */
export const confirming = (state: UiState, deed: Deed, word: string): UiState => ({
  ...state,
  typing: { kind: "confirm", deed, word, text: "" },
});

const words = { "stop all": "stop", "resume all": "resume", retry: "retry" } as const;

function asked(state: UiState, { action }: Binding, extent: Extent): UiState {
  if (action.kind === "stop all" || action.kind === "resume all" || action.kind === "retry") {
    return confirming(state, { kind: action.kind }, words[action.kind]);
  }
  const program = extent.programs[selectedIndex(state, extent.programs)];
  if (program === undefined) return state;
  if (action.kind === "eject") return { ...state, typing: { kind: "whom", program, text: "" } };
  return action.kind === "pause" || action.kind === "resume"
    ? confirming(state, { kind: action.kind, program }, program)
    : state;
}

const longestTyped = 300;

function typed(state: UiState, typing: Typing, name: string): Reduced {
  if (name === "ctrl+c") return { state, effects: [{ kind: "quit" }] };
  const { text } = typing;
  if (name === "escape") {
    const left = { ...state, typing: null };
    return still(typing.kind === "filter" ? filtered(left, "") : left);
  }
  if (name === "enter") return entered({ ...state, typing: null }, typing);
  const isCharacter = [...name].length === 1;
  const next = name === "backspace" ? [...text].slice(0, -1).join("") : isCharacter ? text + name : text;
  if (next.length > longestTyped) return still(state);
  const going = { ...state, typing: { ...typing, text: next } };
  return still(typing.kind === "filter" ? filtered(going, next) : going);
}

function entered(state: UiState, typing: Typing): Reduced {
  const text = typing.text.trim();
  switch (typing.kind) {
    case "filter":
      return still(filtered(state, text));
    case "whom": {
      const { program } = typing;
      return still(text === "" ? state : confirming(state, { kind: "eject", contact: text, program }, program));
    }
    case "confirm":
      if (text === typing.word) return { state, effects: [{ kind: "act", deed: typing.deed }] };
      return still({ ...state, notice: { text: "Nothing was done: the word was another one.", isBad: true } });
  }
}

function filtered(state: UiState, filter: string): UiState {
  return replaceLast(state, { ...lookOf(state), filter, scroll: 0, chosen: 0 });
}

/** Among programs and problems the choice moves, elsewhere the rows do. */
function step(state: UiState, extent: Extent, by: number): UiState {
  const look = lookOf(state);
  if (look.kind === "programs") {
    const next = clamp(selectedIndex(state, extent.programs) + by, extent.programs.length - 1);
    return { ...state, selected: extent.programs[next] ?? null };
  }
  if (look.kind === "problems") {
    const highest = extent.problems.length - 1;
    return replaceLast(state, { ...look, chosen: clamp(clamp(look.chosen, highest) + by, highest) });
  }
  const scroll = clamp(Math.min(look.scroll, extent.scrollMax) + by, extent.scrollMax);
  return replaceLast(state, { ...look, scroll });
}

function opened(state: UiState, extent: Extent): UiState {
  const look = lookOf(state);
  if (look.kind === "problems") return remedied(state, extent.problems[look.chosen] ?? null);
  if (look.kind !== "programs") return state;
  const selected = extent.programs[selectedIndex(state, extent.programs)];
  return selected === undefined ? state : { ...open(state, "program"), selected };
}

function remedied(state: UiState, deed: Deed | null): UiState {
  if (deed === null || state.isReadOnly) return state;
  return confirming(state, deed, deed.kind === "resume" ? deed.program : deed.kind === "retry" ? "retry" : "resume");
}

/** A look that is open already is gone back to, so that the pile stays small. */
function open(state: UiState, kind: Screen): UiState {
  const [first, ...rest] = state.looks;
  const at = rest.findIndex((look) => look.kind === kind);
  return { ...state, looks: at < 0 ? [...state.looks, lookAt(kind)] : [first, ...rest.slice(0, at + 1)] };
}

/** A filter goes before its look does. */
function back(state: UiState): UiState {
  if (lookOf(state).filter !== "") return filtered(state, "");
  const [first, ...rest] = state.looks;
  return { ...state, looks: [first, ...rest.slice(0, -1)] };
}

/** The looks with the last one replaced. */
function replaceLast(state: UiState, last: Look): UiState {
  const [first, ...rest] = state.looks;
  return { ...state, looks: rest.length === 0 ? [last] : [first, ...rest.slice(0, -1), last] };
}

export function clamp(wanted: number, highest: number): number {
  return Math.max(0, Math.min(wanted, highest));
}
