// Collects the named parameters of a statement while its text is put together.

import { Bug } from "../../grammar/unreachable.ts";
import type { Param, Sql } from "./sql.ts";

export interface Builder {
  /** How the text refers to a value; equal values share one name. */
  param(value: Param): string;
  /** The instant of evaluation: the parameter that is always called `now`. */
  now(): string;
  /** Takes over the parameters of another piece and gives back its text, renamed where a name means something else here. */
  include(piece: Sql): string;
  /** The statement: its text with all parameters collected so far. */
  finish(text: string): Sql;
}

export const nowParam: Param = { kind: "moment", moment: { kind: "now" }, as: "instant" };
const reference = /\$([A-Za-z_]\w*)/g;

export function builder(): Builder {
  const params = new Map<string, Param>();
  const names = new Map<string, string>();
  let count = 0;

  function add(value: Param, wanted: string | null): string {
    const key = JSON.stringify(value);
    const known = names.get(key);
    if (known !== undefined) return known;
    let name = wanted;
    while (name === null || params.has(name) || (name === "now" && value !== nowParam)) name = `p${++count}`;
    params.set(name, value);
    names.set(key, name);
    return name;
  }
  return {
    param: (value) => `$${isNow(value) ? add(nowParam, "now") : add(value, null)}`,
    now: () => `$${add(nowParam, "now")}`,
    include: (piece) =>
      piece.text.replace(reference, (_, name: string) => {
        const value = piece.params[name];
        if (value === undefined) throw new Bug(`no parameter ${name}`);
        return `$${isNow(value) ? add(nowParam, "now") : add(value, name)}`;
      }),
    finish: (text) => ({ text, params: Object.fromEntries(params) }),
  };
}

function isNow(value: Param): boolean {
  return value.kind === "moment" && value.moment.kind === "now" && value.as === "instant";
}
