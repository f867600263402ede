// Where the real data sets are, if anywhere.

import { existsSync } from "node:fs";
import { join } from "node:path";

/** The folder named by CADENZA_DATA, where it holds that file; else null, and what needs it is skipped. */
export function realData(file: string): string | null {
  const folder = process.env.CADENZA_DATA;
  if (folder && existsSync(join(folder, file))) return folder;
  console.log(`SKIPPED: CADENZA_DATA names no folder with ${file}`);
  return null;
}
