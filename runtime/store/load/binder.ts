// Gathers the values of one statement under names of their own, so that its text holds none of them.

import type { Literal } from "../../../compiler/ir/condition.ts";
import type { Param, Sql } from "../../../compiler/sql/sql.ts";
import { unreachable } from "../../../grammar/unreachable.ts";

export interface Binder {
  /** Keeps a value and returns what stands for it in the text. */
  readonly bind: (param: Param) => string;
  readonly text: (value: string) => string;
  /** A list of texts, typed where it stands. */
  readonly texts: (values: readonly string[]) => string;
  readonly literal: (literal: Literal) => string;
  readonly sql: (text: string) => Sql;
}

export function binder(): Binder {
  const params: Record<string, Param> = {};
  const bind = (param: Param) => {
    const name = `p${Object.keys(params).length}`;
    params[name] = param;
    return `$${name}`;
  };
  const text = (value: string) => bind({ kind: "text", value });
  return {
    bind,
    text,
    texts: (value) => `CAST(${bind({ kind: "texts", value })} AS VARCHAR[])`,
    literal: (literal) => {
      switch (literal.kind) {
        case "text":
          return text(literal.value);
        case "money":
          return bind({ kind: "money", value: literal.value });
        case "day":
          return bind({ kind: "day", value: literal.value });
        case "instant":
          return bind({ kind: "instant", value: Date.parse(literal.value) });
        case "number":
          return bind({ kind: "number", value: literal.value });
        case "boolean":
          return bind({ kind: "boolean", value: literal.value });
        default:
          return unreachable(literal);
      }
    },
    sql: (statement) => ({ text: statement, params }),
  };
}
