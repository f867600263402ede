// Records what the parser expected where it stopped, instead of a message about token names.

import { EOF, type IParserErrorMessageProvider, type IToken, type TokenType, tokenMatcher } from "chevrotain";
import type { Paths } from "./lazy-lookahead.ts";

export interface Fault {
  /** The first token that cannot stand where it stands; null is the end of what was parsed. */
  readonly token: IToken | null;
  /** What could stand there by the rule that failed; what its callers allow is not in it. */
  readonly expected: readonly TokenType[];
  /** Brackets open at that point, the innermost last. */
  readonly openers: readonly IToken[];
}

export class FaultRecorder implements IParserErrorMessageProvider {
  /** The first fault since the last `reset`. */
  first: Fault | null = null;
  private readonly openers: () => readonly IToken[];

  constructor(openers: () => readonly IToken[]) {
    this.openers = openers;
  }

  private record(token: IToken | undefined, expected: readonly TokenType[]): string {
    const found = token === undefined || token.tokenType === EOF ? null : token;
    this.first ??= { token: found, expected, openers: [...this.openers()] };
    return "";
  }

  buildMismatchTokenMessage(options: { expected: TokenType; actual: IToken }): string {
    return this.record(options.actual, [options.expected]);
  }
  buildNotAllInputParsedMessage(options: { firstRedundant: IToken }): string {
    return this.record(options.firstRedundant, []);
  }
  buildNoViableAltMessage(options: { expectedPathsPerAlt: TokenType[][][]; actual: IToken[] }): string {
    return this.paths(options.expectedPathsPerAlt.flat(), options.actual);
  }
  noAlternative(paths: Paths, actual: readonly IToken[]): void {
    this.paths(paths, actual);
  }
  buildEarlyExitMessage(options: { expectedIterationPaths: TokenType[][]; actual: IToken[] }): string {
    return this.paths(options.expectedIterationPaths, options.actual);
  }

  /** Paths are two tokens long; where the first fits, the second is the one that does not. */
  private paths(paths: Paths, actual: readonly IToken[]): string {
    const [first, second] = actual;
    const begun = paths.filter(([type]) => first !== undefined && type !== undefined && tokenMatcher(first, type));
    const expected = begun.map(([, type]) => type).filter((type) => type !== undefined);
    if (expected.length > 0) return this.record(second, [...new Set(expected)]);
    return this.record(first, [...new Set(paths.flatMap(([type]) => type ?? []))]);
  }
}
