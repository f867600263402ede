// Scores as relations: what each rule gives, up to its cap, summed in whole millionths and never below zero.

import { millionths, type Score, type ScoreRule } from "../ir/people.ts";
import { decaysOf } from "./decay.ts";
import { clauses, indent } from "./layout.ts";
import type { Query } from "./query.ts";
import { simplify } from "./simplify.ts";
import { sourcesOf } from "./sources.ts";
import { printTruth } from "./truth.ts";

/** What a rule gives to whoever is judged, in millionths and without its sign. */
export interface Given {
  readonly rule: ScoreRule;
  /** Up to the rule's cap. */
  readonly points: string;
  /** Of a rule that decays: all that is left, cap or not, and of how many occurrences. */
  readonly decaying: { readonly all: string; readonly occurrences: string } | null;
}

export interface Scoring {
  readonly given: readonly Given[];
  /** In whole millionths. */
  readonly total: string;
  /** FROM and joins; the contact is `c`. */
  readonly from: string;
}

/** SELECT of one row for each judged contact: contact_id, value. */
export function printScore(score: Score, query: Query): string {
  const { total, from } = scoringOf(score, query);
  const whole = query.builder.param({ kind: "number", value: millionths });
  return clauses("SELECT c.contact_id,", `  CAST(${total} AS DOUBLE) / ${whole} AS value`, from);
}

export function scoringOf(score: Score, query: Query): Scoring {
  const { dialect, judged } = query;
  const rules = score.rules.map((rule) => simplified(rule, query));
  const each = rules.flatMap((rule) => (rule.kind === "each" ? [rule] : []));
  const counted = score.halfLife === null ? each.map(({ of }) => of) : [];
  const conditions = rules.flatMap((rule) => (rule.kind === "once" ? [rule.when] : []));
  const sources = sourcesOf(query, { alias: "c", isContact: true }, [...conditions, ...counted]);
  const decays = decaysOf(each, score.halfLife, query);
  const given = rules.map((rule): Given => {
    const points = () => query.builder.param({ kind: "integer", value: Math.abs(rule.points) });
    if (rule.kind === "once") {
      const truth = printTruth(rule.when, sources.scene);
      return { rule, points: `CASE WHEN ${truth} THEN ${points()} ELSE 0 END`, decaying: null };
    }
    const decaying = decays.of(rule);
    const all = decaying?.all ?? `${dialect.wide(sources.count(rule.of))} * ${points()}`;
    const cap = rule.cap === null ? null : query.builder.param({ kind: "integer", value: rule.cap });
    return { rule, points: cap === null ? all : `least(${all}, ${cap})`, decaying };
  });
  const terms = given.map(({ rule, points }) => `${rule.points < 0 ? "-" : "+"} ${indent(points)}`);
  const from = clauses(
    'FROM "contact" AS c',
    judged && `${dialect.semiJoin} ${judged.relation} AS j ON j.contact_id = c.contact_id`,
    ...sources.joins(),
    ...decays.joins("c"),
  );
  return { given, total: `greatest(0, ${["0", ...terms].join("\n    ")})`, from };
}

function simplified(rule: ScoreRule, { segments }: Query): ScoreRule {
  if (rule.kind === "once") return { ...rule, when: simplify(rule.when, segments) };
  return { ...rule, of: { ...rule.of, where: rule.of.where && simplify(rule.of.where, segments) } };
}
