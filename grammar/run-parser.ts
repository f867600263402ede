// Runs the one parser instance over tokens: strictly up to the first fault, or with recovery for a partial tree.

import type { CstNode, IToken } from "chevrotain";
import { CadenzaParser } from "./parser/cadenza-parser.ts";
import { TooDeep } from "./parser/core.ts";
import type { Fault } from "./parser/fault.ts";

export interface Run {
  /** Declarations that ended before the fault. */
  readonly complete: readonly CstNode[];
  readonly fault: Fault | null;
  /** Where in the tokens the fault is; their number if there is none, or it is at their end. */
  readonly index: number;
  readonly isTooDeep: boolean;
}

// Making a parser takes most of the start-up time, so each is made once, and the one that recovers only for a file with faults.
const made: { strict: CadenzaParser | null; lenient: CadenzaParser | null } = { strict: null, lenient: null };

/** Chevrotain throws errors to find its way, whose stacks nobody reads; taking them costs more than the parsing. */
function withoutStacks<T>(work: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function start(kind: "strict" | "lenient", tokens: readonly IToken[]): CadenzaParser {
  const ready = made[kind] ?? new CadenzaParser({ validates: false, recovers: kind === "lenient" });
  made[kind] = ready;
  // The parser adds its own end marks to the array.
  ready.input = [...tokens];
  ready.openers = [];
  ready.complete = [];
  ready.faults.first = null;
  return ready;
}

/** Parses declarations up to the first fault. */
export function runStrict(tokens: readonly IToken[]): Run {
  const ready = start("strict", tokens);
  try {
    withoutStacks(() => ready.file());
  } catch (thrown) {
    if (!(thrown instanceof TooDeep)) throw thrown;
    const fault = { token: thrown.token, expected: [], openers: [...ready.openers] };
    return { complete: ready.complete, fault, index: tokens.indexOf(thrown.token), isTooDeep: true };
  }
  const fault = ready.faults.first;
  const at = fault?.token ?? null;
  const index = at === null ? tokens.length : tokens.indexOf(at);
  return { complete: ready.complete, fault, index, isTooDeep: false };
}

/** Parses one declaration with recovery; its tree has gaps where something was cut or bridged. */
export function runLenient(tokens: readonly IToken[]): CstNode | null {
  const ready = start("lenient", tokens);
  try {
    // Not as part of a file: there each word that could start a declaration would end this one.
    const tree: CstNode | undefined = withoutStacks(() => ready.decl());
    return tree ?? null;
  } catch (thrown) {
    if (!(thrown instanceof TooDeep)) throw thrown;
    return null;
  }
}
