// Which `##` comments belong to which declaration or field.

import type { Comment } from "./ast/file.ts";
import type { SourceFile } from "./span.ts";

/** A function from the start of a declaration to the text of the doc comments in front of it. */
export function docFinder(source: SourceFile, comments: readonly Comment[]): (offset: number) => string | null {
  return (offset) => {
    const lines: string[] = [];
    let next = offset;
    for (let index = lastBefore(comments, offset); index >= 0; index--) {
      const comment = comments[index];
      if (comment === undefined || source.text.slice(comment.span.end, next).trim() !== "") break;
      if (comment.kind === "doc") lines.push(comment.text.replace(/^##+ ?/, ""));
      next = comment.span.start;
    }
    return lines.length === 0 ? null : lines.reverse().join("\n");
  };
}

function lastBefore(comments: readonly Comment[], offset: number): number {
  let low = 0;
  let high = comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((comments[middle]?.span.start ?? offset) < offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
