// Lists, each written as one text: its items one after the other.

import { subsetsOf } from "./texts.ts";

/** Stands before each item; nobody can type it. */
const mark = "\u001f";

export const writeList = (items: readonly string[]): string => items.map((item) => `${mark}${item}`).join("");
export const readList = (list: string): readonly string[] => list.split(mark).slice(1);

/** With and without each of the items; of one item like `some`, where nothing else is asked than whether it is known. */
export function listsOf(items: readonly string[], some: string): readonly string[] {
  if (items.length === 0) return [writeList([some])];
  return subsetsOf(items).map(writeList);
}
