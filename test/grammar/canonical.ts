// What a tree says, without where and how it was written: for comparing trees.

import type { Declaration, File } from "../../grammar/ast/file.ts";
import type { Node } from "../../grammar/span.ts";

const left = new Set(["span", "doc", "recovered", "comments", "source", "broken"]);

type Tree = File | Declaration | Node | readonly Node[];

/** JSON of a tree without spans, docs and comments; equal for two texts that differ in layout only. */
export function canonicalJson(tree: Tree): string {
  return JSON.stringify(tree, (key, value: unknown) => {
    if (left.has(key)) return undefined;
    return key === "digits" && typeof value === "string" ? plainDigits(value) : value;
  });
}

/** `1_000.50` as `1000.5`: the same number, however it is written. */
function plainDigits(digits: string): string {
  const [whole = "", fraction = ""] = digits.replaceAll("_", "").split(".");
  const short = whole.replace(/^(-?)0+(?=\d)/, "$1");
  const rest = fraction.replace(/0+$/, "");
  return rest === "" ? short : `${short}.${rest}`;
}

/** Whether two trees say the same, wherever they stand and whatever comments they have. */
export function sameTree(one: Tree, other: Tree): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
