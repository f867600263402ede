// Points that are lost as time goes by: half of an occurrence's after each half-life, rounded before they are summed.

import type { ScoreRule } from "../ir/people.ts";
import { type Gathering, gatheringKey, keyColumn, occurrenceColumn, printRows } from "./events.ts";
import { clauses, nested } from "./layout.ts";
import type { Query } from "./query.ts";
import { occurredAt } from "./event-filters.ts";

type Each = Extract<ScoreRule, { kind: "each" }>;

export interface Decays {
  /** What is left of all occurrences, in millionths, and how many they are; null where nothing decays. */
  of(rule: Each): { readonly all: string; readonly occurrences: string } | null;
  joins(alias: string): readonly string[];
}

/** `halfLife` in milliseconds; null: nothing decays. The events of one table are read together. */
export function decaysOf(rules: readonly Each[], halfLife: number | null, query: Query): Decays {
  if (halfLife === null) return { of: () => null, joins: () => [] };
  const groups = new Map<string, Each[]>();
  for (const rule of rules) {
    // The rows that are one occurrence are put together, so all rules of a group must tell occurrences apart alike.
    const key = `${gatheringKey(rule.of, query)} ${rule.of.distinct}`;
    groups.set(key, [...(groups.get(key) ?? []), rule]);
  }
  const all = [...groups.values()];
  const alias = (group: number) => `d${group + 1}`;
  return {
    of(rule) {
      const group = all.findIndex((found) => found.includes(rule));
      const place = all[group]?.indexOf(rule) ?? -1;
      const column = (letter: string) => `coalesce(${alias(group)}.${letter}${place + 1}, 0)`;
      return { all: column("n"), occurrences: column("k") };
    },
    joins: (subject) =>
      all.map((group, index) => {
        const select = printDecayed(group, halfLife, query);
        return `LEFT JOIN ${nested(select)} AS ${alias(index)} ON ${alias(index)}.contact_id = ${subject}.contact_id`;
      }),
  };
}

/** SELECT of one row per contact: what is left of each rule's occurrences, as n1, n2 …, and how many, as k1, k2 … */
function printDecayed(rules: readonly Each[], halfLife: number, query: Query): string {
  const { builder, dialect } = query;
  const life = builder.param({ kind: "integer", value: halfLife * 1000 });
  const ages = rules.flatMap((_, index) => {
    const age = dialect.microseconds(`o.t${index + 1}`, builder.now());
    const rest = `${age} % ${life}`;
    // Behind 62 half-lives nothing is left that could be rounded up.
    const halvings = `least(${dialect.quotient(age, life)}, 62)`;
    return [
      `CAST(${rest} AS DOUBLE) / CAST(${life} AS DOUBLE) AS x${index + 1}`,
      `${dialect.powerOfTwo(halvings)} AS h${index + 1}`,
    ];
  });
  const values = rules.flatMap(({ points }, index) => {
    const given = builder.param({ kind: "number", value: Math.abs(points) });
    const left = `${given} * (${partlyHalved(`a.x${index + 1}`)}) / a.h${index + 1}`;
    return [`sum(CAST(round(${left}) AS BIGINT)) AS n${index + 1}`, `count(a.x${index + 1}) AS k${index + 1}`];
  });
  const aged = clauses(
    `SELECT ${["o.contact_id", ...ages].join(",\n  ")}`,
    `FROM ${nested(printOccurrences(rules, query))} AS o`,
  );
  return clauses(
    `SELECT ${["a.contact_id", ...values].join(",\n  ")}`,
    `FROM ${nested(aged)} AS a`,
    "GROUP BY a.contact_id",
  );
}

/** SELECT of one row per occurrence: for each rule when it first came, as t1, t2 …, or NULL where it is none of the rule's. */
function printOccurrences(rules: readonly Each[], query: Query): string {
  const [first] = rules;
  const gathering: Gathering = { route: "contact", of: rules.map(({ of }) => of) };
  const key = `e.${keyColumn(gathering.route)}`;
  const { from, own } = printRows(gathering, query);
  const column = first ? occurrenceColumn(first.of, query) : null;
  const times = own.map((filters, index) => {
    if (column === null) {
      const time = filters.length > 0 ? `CASE WHEN ${filters.join(" AND ")} THEN ${occurredAt} END` : occurredAt;
      return `${time} AS t${index + 1}`;
    }
    const earliest = `min(${occurredAt})`;
    const time = filters.length > 0 ? query.dialect.filtered(earliest, `WHERE ${filters.join(" AND ")}`) : earliest;
    return `${time} AS t${index + 1}`;
  });
  return clauses(
    `SELECT ${[key, ...times].join(",\n  ")}`,
    from,
    // A row that lacks what tells occurrences apart is one by itself.
    column === null ? null : `GROUP BY ${key}, ${column}, CASE WHEN ${column} IS NULL THEN e.event_id END`,
  );
}

/**
 * 2 to the power of minus x, for x from 0 to 1, as a sum of powers of x. Additions and multiplications give the same
 * digits on every machine and every database, which `pow` does not; what they lack is less than what is rounded away.
 */
function partlyHalved(x: string): string {
  return coefficients.slice(1).reduce((sum, next) => `(${sum}) * ${x} + ${next}`, coefficients[0] ?? "");
}

/** Of x to the 17th first. Written with an exponent: a literal without one is a decimal. */
const coefficients: readonly string[] = powers(17).map((value) => value.toExponential());

function powers(degree: number): readonly number[] {
  const found = [1];
  for (let power = 1; power <= degree; power++) found.unshift((-(found[0] ?? 0) * Math.LN2) / power);
  return found;
}
