// Places inside texts in quotes.

import type { Text } from "../../grammar/ast/expr.ts";
import type { Span } from "../../grammar/span.ts";
import type { Scope } from "../scope.ts";

/** Where a stretch of the text stands in its source, which escapes make longer. */
export function placesIn(scope: Scope, { span }: Text): (start: number, end: number) => Span {
  const source = scope.text(span);
  const offsets: number[] = [];
  for (let offset = 1; offset < source.length; offset += 1) {
    offsets.push(offset);
    if (source[offset] === "\\") offset += 1;
  }
  const place = (index: number) => span.start + (offsets[index] ?? source.length - 1);
  return (start, end) => ({ file: span.file, start: place(start), end: place(end) });
}
