// For terminals that do not show UTF-8: every line in as many cells of ASCII.

import { widthOf } from "./cells.ts";
import type { Line } from "./row.ts";

const drawn: Readonly<Record<string, string>> = {
  "…": "~",
  "│": "|",
  "├": "+",
  "└": "`",
  "─": "-",
  "→": ">",
  "·": ".",
  "▁": "_",
  "▂": "_",
  "▃": "-",
  "▄": "-",
  "▅": "=",
  "▆": "=",
  "▇": "#",
  "█": "#",
  "‹": "<",
  "›": ">",
};

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const isPlain = /^[\x20-\x7e]*$/;

export function inAscii({ text, tone }: Line): Line {
  if (isPlain.test(text)) return { text, tone };
  const cells = [...graphemes.segment(text)].map(({ segment }) =>
    isPlain.test(segment) ? segment : (drawn[segment] ?? "?".repeat(widthOf(segment))),
  );
  return { text: cells.join(""), tone };
}

/** By what the environment says of the language, as programs in C do; where it says nothing, the terminal is a modern one. */
export function isAsciiTerminal(env: Readonly<Record<string, string | undefined>>): boolean {
  const told = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return told !== "" && !/utf-?8/i.test(told);
}
