// The example files, and small ways to look at what they parse to.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Declaration } from "../../grammar/ast/file.ts";
import { type Parsed, parse } from "../../grammar/parse.ts";

const folder = new URL("../golden/grammar/examples/", import.meta.url);

export interface Example {
  readonly name: string;
  readonly text: string;
}
export const examples: readonly Example[] = readdirSync(fileURLToPath(folder))
  .filter((name) => name.endsWith(".cdz"))
  .sort()
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));

export const parsed = (text: string): Parsed => parse({ path: "file.cdz", text });

/** Declarations of a text that must have no mistakes. */
export function clean(text: string): readonly Declaration[] {
  const { file, diagnostics } = parsed(text);
  if (diagnostics.length > 0) throw new Error(`${diagnostics.map((each) => each.text).join("\n")}\n${text}`);
  return file.declarations;
}
export const messages = (text: string): readonly string[] =>
  parsed(text).diagnostics.map((each) => `${each.code} ${each.text}`);
