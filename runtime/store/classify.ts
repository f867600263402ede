// The one place that reads the engine's error texts and says which failure of the world they stand for.

import { failure } from "../failures/failures.ts";
import type { Failure } from "../ports.ts";

interface Rule {
  readonly matches: RegExp;
  readonly failure: (path: string, text: string, found: RegExpMatchArray) => Failure;
}

/** First match wins, so what is rarer and graver stands first. */
const rules: readonly Rule[] = [
  {
    matches: /no space left on device|file too large|disk quota exceeded|failed to offload data block/i,
    failure: (path) => failure("F125", { path }),
  },
  {
    matches: /database has been invalidated|^FATAL Error/i,
    failure: (path, text) => failure("F126", { path, reason: firstLine(text) }),
  },
  {
    matches: /could not set lock on file.*?(?:\(PID (\d+)\)|$)/i,
    failure: (path, _, found) => failure("F120", { path, pid: found[1] ?? null }),
  },
  {
    matches: /is not a valid DuckDB database file/i,
    failure: (path) => failure("F121", { path }),
  },
  {
    matches: /database file with version number/i,
    failure: (path) => failure("F123", { path }),
  },
  {
    matches: /corrupt|checksum|could not read enough bytes|failed to load metadata|replaying WAL/i,
    failure: (path, text) => failure("F122", { path, reason: firstLine(text) }),
  },
  {
    matches: /permission denied|read-only file system|operation not permitted/i,
    failure: (path) => failure("F124", { path }),
  },
  {
    matches: /out of memory/i,
    failure: () => failure("F127", {}),
  },
  {
    matches: /is a directory|no such file or directory|not a directory/i,
    failure: (path) => failure("F128", { path }),
  },
  {
    matches: /^IO Error|input\/output error/i,
    failure: (path, text) => failure("F129", { path, reason: firstLine(text) }),
  },
];

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").trim();
}

/** Errors that quote statements or values, in which any of those words can stand. */
const ours = /^(Parser|Binder|Catalog|Conversion|Constraint|Invalid Input|Syntax|Not implemented|Out of Range) Error/i;

/** The failure behind an error of the database at `path`; null where the error is a mistake of ours. */
export function classify(error: unknown, path: string): Failure | null {
  const text = error instanceof Error ? error.message : String(error);
  if (ours.test(text)) return null;
  for (const rule of rules) {
    const found = text.match(rule.matches);
    if (found) return rule.failure(path, text, found);
  }
  return null;
}
