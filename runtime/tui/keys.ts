// The table of keys: what each one starts, and the words that the help shows for it.

import type { Key } from "ink";

export type Screen = "programs" | "program" | "mail" | "problems" | "log" | "segments" | "help";

export type Action =
  | { readonly kind: "move"; readonly by: 1 | -1 }
  | { readonly kind: "page"; readonly by: 1 | -1 }
  | { readonly kind: "first" }
  | { readonly kind: "last" }
  | { readonly kind: "open" }
  | { readonly kind: "show"; readonly screen: Screen }
  | { readonly kind: "filter" }
  | { readonly kind: "refresh" }
  | { readonly kind: "pause" | "resume" | "retry" | "eject" | "stop all" | "resume all" }
  | { readonly kind: "back" }
  | { readonly kind: "suspend" }
  | { readonly kind: "quit" };

export interface Binding {
  /** Names of keys as `keysOf` gives them. */
  readonly keys: readonly string[];
  readonly shown: string;
  readonly text: string;
  readonly action: Action;
  /** True: it changes something of the engine, and does nothing where one may only look. */
  readonly acts?: true;
}

export const bindings: readonly Binding[] = [
  { keys: ["down", "j"], shown: "Down, j", text: "next, or one row down", action: { kind: "move", by: 1 } },
  { keys: ["up", "k"], shown: "Up, k", text: "previous, or one row up", action: { kind: "move", by: -1 } },
  { keys: ["pageDown", " "], shown: "PageDown", text: "one page down", action: { kind: "page", by: 1 } },
  { keys: ["pageUp"], shown: "PageUp", text: "one page up", action: { kind: "page", by: -1 } },
  { keys: ["g", "home"], shown: "g, Home", text: "to the first", action: { kind: "first" } },
  { keys: ["G", "end"], shown: "G, End", text: "to the last", action: { kind: "last" } },
  { keys: ["enter"], shown: "Enter", text: "into the program; on a problem: do what helps", action: { kind: "open" } },
  { keys: ["escape"], shown: "Esc", text: "back", action: { kind: "back" } },
  { keys: ["/"], shown: "/", text: "filter; Esc clears it", action: { kind: "filter" } },
  { keys: ["m"], shown: "m", text: "mail: rate, what waits, last errors", action: { kind: "show", screen: "mail" } },
  { keys: ["!"], shown: "!", text: "problems, in full", action: { kind: "show", screen: "problems" } },
  { keys: ["s"], shown: "s", text: "segments: size, change, cost", action: { kind: "show", screen: "segments" } },
  { keys: ["l"], shown: "l", text: "log of ticks", action: { kind: "show", screen: "log" } },
  { keys: ["r"], shown: "r", text: "count the segments anew", action: { kind: "refresh" } },
  { keys: ["p"], shown: "p", text: "pause the program", action: { kind: "pause" }, acts: true },
  { keys: ["c"], shown: "c", text: "let the program go on (continue)", action: { kind: "resume" }, acts: true },
  { keys: ["t"], shown: "t", text: "try again what failed for now", action: { kind: "retry" }, acts: true },
  { keys: ["e"], shown: "e", text: "eject somebody from the program", action: { kind: "eject" }, acts: true },
  { keys: ["K"], shown: "K", text: "stop everything", action: { kind: "stop all" }, acts: true },
  { keys: ["C"], shown: "C", text: "let everything go on", action: { kind: "resume all" }, acts: true },
  { keys: ["?"], shown: "?", text: "this help", action: { kind: "show", screen: "help" } },
  { keys: ["ctrl+z"], shown: "Ctrl-Z", text: "suspend; `fg` comes back", action: { kind: "suspend" } },
  {
    keys: ["q", "ctrl+c"],
    shown: "q, Ctrl-C",
    text: "leave; in `run --ui` it stops the run",
    action: { kind: "quit" },
  },
];

const named = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["pageUp", "pageUp"],
  ["pageDown", "pageDown"],
  ["home", "home"],
  ["end", "end"],
  ["return", "enter"],
  ["escape", "escape"],
  ["backspace", "backspace"],
  ["delete", "backspace"],
] as const satisfies readonly (readonly [keyof Key, string])[];

const controls: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "enter",
  "\u0003": "ctrl+c",
  "\u001a": "ctrl+z",
  "\u007f": "backspace",
  "\b": "backspace",
};

/** The names of the keys in one piece of input: quick typing arrives as several characters at once. */
export function keysOf(input: string, key: Key): readonly string[] {
  for (const [flag, name] of named) if (key[flag]) return [name];
  if (key.ctrl) return [`ctrl+${input}`];
  if (key.meta) return [];
  return [...input].map((character) => controls[character] ?? character);
}

export function bindingOf(name: string): Binding | undefined {
  return bindings.find(({ keys }) => keys.includes(name));
}
