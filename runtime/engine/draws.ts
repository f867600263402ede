// Draws: which people are among a share of all, the same ones whenever it is asked.

import type { ProjectSettings } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { drawLimit, duckdb } from "../../compiler/sql/dialect.ts";

/** Whom a draw is about. */
export interface Draw {
  /** Names the program and the step. */
  readonly salt: string;
  /** In percent. */
  readonly share: number;
  /** SQL of the contact's key. */
  readonly contact: string;
}

/** SQL that is true for who is among the share. */
export type Draws = (draw: Draw, builder: Builder) => string;

/** Decided by a hash of the project's seed, the salt and the contact. */
export function drawsBySeed({ seed }: ProjectSettings): Draws {
  return ({ salt, share, contact }, builder) => {
    const drawn = duckdb.draw(builder.param({ kind: "text", value: `${seed}:${salt}` }), contact);
    return `${drawn} < ${builder.param({ kind: "text", value: drawLimit(share) })}`;
  };
}

/** What somebody draws, in percent: below the shares above it, and not among the others. */
export interface GivenDraw {
  readonly salt: string;
  readonly contact: string;
  readonly drawn: number;
}

/** As it is said of each person, and what `others` says of everybody else. */
export function drawsGiven(given: readonly GivenDraw[], others: (salt: string) => number): Draws {
  // Parts of a percent as whole numbers.
  const whole = (percent: number) => Math.round(percent * 1e6);
  return ({ salt, share, contact }, builder) => {
    const number = (value: number) => builder.param({ kind: "integer", value: whole(value) });
    const own = new Map(given.flatMap((one) => (one.salt === salt ? [[one.contact, one.drawn] as const] : [])));
    const cases = [...own].map(
      ([key, drawn]) => `WHEN ${contact} = ${builder.param({ kind: "text", value: key })} THEN ${number(drawn)}`,
    );
    const rest = number(others(salt));
    return `${cases.length > 0 ? `CASE ${cases.join(" ")} ELSE ${rest} END` : rest} < ${number(share)}`;
  };
}
