// What a new layout changes, as a patch that `git apply -p0` and `patch` take.

import { createTwoFilesPatch, FILE_HEADERS_ONLY, formatPatch } from "diff";

/** Beyond so many changed lines the search for the shortest patch takes too long, and nobody reads it line by line. */
const mostEdits = 1000;

/** Empty where the texts are the same. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return "";
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  return (
    createTwoFilesPatch(path, path, before, after, undefined, undefined, { ...options, maxEditLength: mostEdits }) ??
    wholeDiff(path, before, after)
  );
}

/** All lines out, all lines in. */
function wholeDiff(path: string, before: string, after: string): string {
  const [out, inn] = [linesOf(before), linesOf(after)];
  const hunk = {
    oldStart: 1,
    oldLines: out.length,
    newStart: 1,
    newLines: inn.length,
    lines: [...marked("-", before, out), ...marked("+", after, inn)],
  };
  const patch = { oldFileName: path, newFileName: path, oldHeader: undefined, newHeader: undefined, hunks: [hunk] };
  return formatPatch(patch, FILE_HEADERS_ONLY);
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function marked(sign: "-" | "+", text: string, lines: readonly string[]): readonly string[] {
  const end = text === "" || text.endsWith("\n") ? [] : ["\\ No newline at end of file"];
  return [...lines.map((line) => sign + line), ...end];
}
