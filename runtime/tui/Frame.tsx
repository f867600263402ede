// Prints lines, one row each.

import { Box, Text, type TextProps } from "ink";
import { createElement, type ReactElement } from "react";
import type { Line, Tone } from "./row.ts";

const styles: Readonly<Record<Tone, Omit<TextProps, "children">>> = {
  plain: {},
  title: { bold: true },
  head: { color: "cyan" },
  selected: { inverse: true },
  faint: { dimColor: true },
  alert: { color: "red", bold: true },
};

export interface FrameProps {
  readonly lines: readonly Line[];
  readonly isColoured: boolean;
}

export function Frame({ lines, isColoured }: FrameProps): ReactElement {
  // A row is its place on the screen and nothing else, so the rows are given as fixed children, which need no keys.
  const rows = lines.map(({ text, tone }) =>
    createElement(Text, { wrap: "truncate", ...(isColoured ? styles[tone] : {}) }, text === "" ? " " : text),
  );
  return createElement(Box, { flexDirection: "column" }, ...rows);
}
