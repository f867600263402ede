// What the person at the screen has chosen to look at, and how a key changes that.

import type { Action } from "./keys.ts";

export interface Look {
  readonly kind: "overview" | "program" | "problems" | "help";
  /** Rows that are scrolled away above. */
  readonly scroll: number;
}

export interface UiState {
  /** Opened on top of each other; the last one is seen, Esc leaves it. Never empty. */
  readonly looks: readonly [Look, ...Look[]];
  /** A program's name, which outlives changes of the list; null means the first. */
  readonly selected: string | null;
}

/** How far one may go in what is seen now. */
export interface Extent {
  readonly programs: readonly string[];
  readonly pageRows: number;
  readonly scrollMax: number;
}

export const initialState: UiState = { looks: [{ kind: "overview", scroll: 0 }], selected: null };

export function lookOf(state: UiState): Look {
  return state.looks.at(-1) ?? state.looks[0];
}

/** Index of the selected program; the first where it is gone. */
export function selectedIndex(state: UiState, programs: readonly string[]): number {
  return Math.max(0, state.selected === null ? 0 : programs.indexOf(state.selected));
}

export function reduce(state: UiState, action: Action, extent: Extent): UiState {
  switch (action.kind) {
    case "move":
      return step(state, extent, action.by);
    case "page":
      return step(state, extent, action.by * extent.pageRows);
    case "first":
      return step(state, extent, Number.NEGATIVE_INFINITY);
    case "last":
      return step(state, extent, Number.POSITIVE_INFINITY);
    case "open":
      return lookOf(state).kind === "overview" ? openProgram(state, extent) : state;
    case "problems":
      return lookOf(state).kind === "problems" ? state : open(state, "problems");
    case "help":
      return lookOf(state).kind === "help" ? back(state) : open(state, "help");
    case "back":
      return back(state);
    case "quit":
      return state;
  }
}

/** In the overview the selection moves, elsewhere the rows do. */
function step(state: UiState, extent: Extent, by: number): UiState {
  const look = lookOf(state);
  if (look.kind === "overview") {
    const next = clamp(selectedIndex(state, extent.programs) + by, extent.programs.length - 1);
    return { ...state, selected: extent.programs[next] ?? null };
  }
  const scroll = clamp(Math.min(look.scroll, extent.scrollMax) + by, extent.scrollMax);
  return { ...state, looks: replaceLast(state, { ...look, scroll }) };
}

function openProgram(state: UiState, extent: Extent): UiState {
  const selected = extent.programs[selectedIndex(state, extent.programs)];
  return selected === undefined ? state : { ...open(state, "program"), selected };
}

/** A look that is open already is gone back to, so that the pile stays small. */
function open(state: UiState, kind: Look["kind"]): UiState {
  const [first, ...rest] = state.looks;
  const at = rest.findIndex((look) => look.kind === kind);
  return { ...state, looks: at < 0 ? [...state.looks, { kind, scroll: 0 }] : [first, ...rest.slice(0, at + 1)] };
}

function back(state: UiState): UiState {
  const [first, ...rest] = state.looks;
  return { ...state, looks: [first, ...rest.slice(0, -1)] };
}

/** The looks with the last one replaced. */
function replaceLast(state: UiState, last: Look): UiState["looks"] {
  const [first, ...rest] = state.looks;
  return rest.length === 0 ? [last] : [first, ...rest.slice(0, -1), last];
}

export function clamp(wanted: number, highest: number): number {
  return Math.max(0, Math.min(wanted, highest));
}
