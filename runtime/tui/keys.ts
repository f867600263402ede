// The table of keys: what each one starts, and the words that the help shows for it.

import type { Key } from "ink";

export type Action =
  | { readonly kind: "move"; readonly by: 1 | -1 }
  | { readonly kind: "page"; readonly by: 1 | -1 }
  | { readonly kind: "first" }
  | { readonly kind: "last" }
  | { readonly kind: "open" }
  | { readonly kind: "problems" }
  | { readonly kind: "back" }
  | { readonly kind: "help" }
  | { readonly kind: "quit" };

export interface Binding {
  /** Names of keys as `keysOf` gives them. */
  readonly keys: readonly string[];
  readonly shown: string;
  readonly text: string;
  readonly action: Action;
}

export const bindings: readonly Binding[] = [
  { keys: ["down", "j"], shown: "Down, j", text: "next program, or one row down", action: { kind: "move", by: 1 } },
  { keys: ["up", "k"], shown: "Up, k", text: "previous program, or one row up", action: { kind: "move", by: -1 } },
  { keys: ["pageDown"], shown: "PageDown", text: "one page down", action: { kind: "page", by: 1 } },
  { keys: ["pageUp"], shown: "PageUp", text: "one page up", action: { kind: "page", by: -1 } },
  { keys: ["g", "home"], shown: "g, Home", text: "to the first", action: { kind: "first" } },
  { keys: ["G", "end"], shown: "G, End", text: "to the last", action: { kind: "last" } },
  {
    keys: ["enter"],
    shown: "Enter",
    text: "the program: all its steps, and why people left",
    action: { kind: "open" },
  },
  { keys: ["!"], shown: "!", text: "all problems, in full", action: { kind: "problems" } },
  { keys: ["escape"], shown: "Esc", text: "back", action: { kind: "back" } },
  { keys: ["?"], shown: "?", text: "this help", action: { kind: "help" } },
  { keys: ["q", "ctrl+c"], shown: "q, Ctrl-C", text: "stop the run and leave", action: { kind: "quit" } },
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
] as const satisfies readonly (readonly [keyof Key, string])[];

/** The names of the keys in one piece of input: quick typing arrives as several characters at once. */
export function keysOf(input: string, key: Key): readonly string[] {
  for (const [flag, name] of named) if (key[flag]) return [name];
  if (key.ctrl) return [`ctrl+${input}`];
  if (key.meta) return [];
  return [...input].map((character) => controls[character] ?? character);
}

const controls: Readonly<Record<string, string>> = { "\r": "enter", "\n": "enter", "\u0003": "ctrl+c" };

export function actionsOf(input: string, key: Key): readonly Action[] {
  return keysOf(input, key)
    .flatMap((name) => bindings.filter(({ keys }) => keys.includes(name)))
    .map(({ action }) => action);
}
