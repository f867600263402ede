// How long it takes at least until decay alone can carry somebody's score across a limit.

import { millionths, type Score } from "../ir/people.ts";
import { clauses, nested } from "./layout.ts";
import type { Query } from "./query.ts";
import { type Given, scoringOf } from "./scores.ts";

/** Points of which so few decay that it is enough to look at them now and then: a thousandth. */
const residue = 1000;
const nowAndThenMs = 3_600_000;

/**
 * SELECT of one number, NULL where no limit can be crossed: milliseconds in which nobody's score comes to one of the
 * limits, as long as no fact is added and no rule counts others than now.
 *
 * After d half-lives at least 2^-d of the points that decay is left, so the score cannot have fallen by more than the
 * rest of them, nor risen by more than the rest of those that are subtracted.
 */
export function printOutlook(score: Score, limits: readonly number[], query: Query): string {
  const { builder } = query;
  const { given, total, from } = scoringOf(score, query);
  const decaying = given.filter((one) => one.decaying !== null);
  const falling = decaying.filter(({ rule }) => rule.points > 0);
  const rising = decaying.filter(({ rule }) => rule.points < 0);
  const sum = (parts: readonly string[]) => `CAST(${["0", ...parts].join(" + ")} AS DOUBLE)`;
  const columns = [
    `CAST(${total} AS DOUBLE) AS points`,
    `${sum(falling.map(({ points }) => points))} AS falling`,
    `${sum(rising.map(({ points }) => points))} AS rising`,
    `${spareOf(falling)} AS falling_spare`,
    `${spareOf(rising)} AS rising_spare`,
    `${sum(decaying.map((one) => one.decaying?.occurrences ?? "0"))} AS rounded`,
  ];
  const scored = clauses(`SELECT ${columns.join(",\n  ")}`, from);
  const values = limits.map((limit) => `(${builder.param({ kind: "number", value: Math.round(limit * millionths) })})`);
  const life = builder.param({ kind: "number", value: score.halfLife ?? 0 });
  const side = (points: string, spare: string, distance: string) => {
    // Each occurrence was rounded once now and will be once more then.
    const needed = `greatest(0, ${distance} - s.rounded)`;
    const wait = `${life} * (log2(${spare}) - log2(1 - ${needed} / ${points}))`;
    const atLeast = `CASE WHEN ${points} <= ${residue} THEN greatest(${nowAndThenMs}, ${wait}) ELSE ${wait} END`;
    return `min(CASE WHEN ${distance} >= 0 AND ${points} > ${needed} THEN ${atLeast} END)`;
  };
  return clauses(
    `SELECT least(${[
      side("s.falling", "s.falling_spare", "(s.points - t.points)"),
      side("s.rising", "s.rising_spare", "(t.points - s.points)"),
    ].join(",\n  ")}) AS ms`,
    `FROM ${nested(scored)} AS s`,
    `CROSS JOIN (VALUES ${values.join(", ")}) AS t(points)`,
  );
}

/** How many times over the caps are reached: nothing falls before the points that lie above them have decayed. */
function spareOf(given: readonly Given[]): string {
  const ratios = given.flatMap(({ points, decaying }) =>
    decaying
      ? [`CASE WHEN ${points} > 0 THEN CAST(${decaying.all} AS DOUBLE) / CAST(${points} AS DOUBLE) ELSE 1e+9 END`]
      : [],
  );
  return `least(${["1e+9", ...ratios].join(", ")})`;
}
