// Look-ahead that is worked out when a rule first needs it: most of the grammar stays untouched in any one file.

import { type ILookaheadStrategy, LLkLookaheadStrategy } from "chevrotain";

type Build<K extends "buildLookaheadForAlternation" | "buildLookaheadForOptional"> = ILookaheadStrategy[K];

/** Chevrotain's own look-ahead, each function made at its first call. */
export function lazyLookahead(maxLookahead: number): ILookaheadStrategy {
  const own = new LLkLookaheadStrategy({ maxLookahead });
  const alternation: Build<"buildLookaheadForAlternation"> = (options) => {
    let made: ReturnType<Build<"buildLookaheadForAlternation">> | null = null;
    return function (this: unknown, alternatives) {
      made ??= own.buildLookaheadForAlternation(options);
      return Reflect.apply(made, this, [alternatives]);
    };
  };
  const optional: Build<"buildLookaheadForOptional"> = (options) => {
    let made: ReturnType<Build<"buildLookaheadForOptional">> | null = null;
    return function (this: unknown) {
      made ??= own.buildLookaheadForOptional(options);
      return Reflect.apply(made, this, []);
    };
  };
  return {
    validate: (options) => own.validate(options),
    buildLookaheadForAlternation: alternation,
    buildLookaheadForOptional: optional,
  };
}
