// Conditions as SQL: who is in a segment, and which of several conditions hold for each subject.

import { Bug } from "../../grammar/unreachable.ts";
import { type Condition, conditionsIn, type Term } from "../ir/condition.ts";
import { scoreTerm } from "../ir/people.ts";
import type { Plan } from "../ir/plan.ts";
import { builder } from "./builder.ts";
import { duckdb } from "./dialect.ts";
import { printFunnel } from "./funnels.ts";
import { clauses, indent } from "./layout.ts";
import { printMemberSelect } from "./members.ts";
import { printOutlook } from "./outlook.ts";
import {
  type Computed,
  define,
  funnelRelation,
  type Judged,
  printRelations,
  type Query,
  scoreRelation,
  segmentRelation,
  startProperties,
} from "./query.ts";
import { printScore } from "./scores.ts";
import { funnelNamed, scoreNamed, segmentsOf, simplify, simplifyTerm } from "./simplify.ts";
import { type Sources, sourcesOf } from "./sources.ts";
import type { Sql } from "./sql.ts";
import { quote } from "./tables.ts";
import { printTerm } from "./terms.ts";
import { printTruth } from "./truth.ts";

/**
 * Whom conditions are judged for. A contact subject has the column contact_id. An enrollment subject has contact_id,
 * enrollment_id, program, started_at, start_event (kind or NULL), start_event_id, wait_from (when the person came to the
 * last send before the wait, else started_at) and wait_until (limit of the wait or NULL). No subject comes twice, and its
 * contact exists.
 */
export interface Subjects {
  readonly kind: "contact" | "enrollment";
  /** A FROM item without an alias: a quoted table or a select in parentheses. */
  readonly from: Sql;
  /**
   * Which events wait_until cuts off: those of scope `wait`, or with `enrollment` those of scope `enrollment` too, for a
   * goal whose time is over. Absent: `wait`.
   */
  readonly cuts?: "wait" | "enrollment";
  /** A relation that holds the contacts of all subjects, as they are; absent: the table of contacts. */
  readonly contacts?: string;
}

export interface NamedCondition {
  /** Becomes a column; must not be one of the subjects'. */
  readonly name: string;
  readonly when: Condition;
}

export interface NamedTerm {
  /** Becomes a column; must not be one of the subjects'. */
  readonly name: string;
  readonly term: Term;
}

/** SELECT contact_id of the members of a segment. */
export function printMembers(plan: Plan, segmentId: string): Sql {
  const segment = plan.segments.find((candidate) => candidate.id === segmentId);
  if (!segment) throw new Bug(`no segment ${segmentId}`);
  const query = queryOf(plan, null, [segment.where]);
  const select = printMemberSelect(segment.where, query);
  return query.builder.finish(printRelations(query) + select);
}

/** SELECT one row per subject: its columns, then per condition one BOOLEAN that is never NULL. */
export function printConditions(plan: Plan, subjects: Subjects, conditions: readonly NamedCondition[]): Sql {
  const query = queryOf(
    plan,
    subjects,
    conditions.map(({ when }) => when),
  );
  const simple = conditions.map(({ name, when }) => ({ name, when: simplify(when, query.segments) }));
  const sources = judging(
    query,
    simple.map(({ when }) => when),
  );
  const columns = simple.map(({ name, when }) => [printTruth(when, sources.scene), name] as const);
  return printColumns(query, subjects, sources, columns);
}

/** SELECT one row per subject: its columns, then the value of each term, NULL where it is unknown. */
export function printTerms(plan: Plan, subjects: Subjects, terms: readonly NamedTerm[]): Sql {
  // A term is read as a condition reads it.
  const roots = terms.map(({ term }): Condition => ({ kind: "known", term }));
  const query = queryOf(plan, subjects, roots);
  const simple = terms.map(({ name, term }) => ({ name, term: simplifyTerm(term, query.segments) }));
  const sources = judging(
    query,
    simple.flatMap(({ term }) => conditionsIn(term)),
  );
  const { scene } = sources;
  const columns = simple.map(({ name, term }) => [printTerm(term, scene), name] as const);
  return printColumns(query, subjects, sources, columns);
}

/** See `printOutlook`. `limits` in points. */
export function printScoreOutlook(plan: Plan, name: string, limits: readonly number[]): Sql {
  const query = queryOf(plan, null, [{ kind: "known", term: scoreTerm(name) }]);
  const select = printOutlook(scoreNamed(plan, name), limits, query);
  return query.builder.finish(printRelations(query) + select);
}

function judging(query: Query, conditions: readonly Condition[]): Sources {
  return sourcesOf(query, { alias: "s", isContact: query.judged === null }, conditions);
}

type Column = readonly [sql: string, name: string];

function printColumns(query: Query, subjects: Subjects, sources: Sources, columns: readonly Column[]): Sql {
  const printed = columns.map(([sql, name]) => `${indent(sql)} AS ${quote(name)}`);
  const select = clauses(
    `SELECT ${["s.*", ...printed].join(",\n  ")}`,
    `FROM ${query.judged?.relation ?? subjects.from.text} AS s`,
    ...sources.joins(),
  );
  return query.builder.finish(printRelations(query) + select);
}

/** `subjects` null: all contacts. `roots`: the conditions that will be printed. */
export function queryOf(plan: Plan, subjects: Subjects | null, roots: readonly Condition[]): Query {
  const parameters = builder();
  const relations = new Map<string, string>();
  const computed: Computed = {
    segment: (id) =>
      define(relations, segmentRelation(id, plan), () => printMemberSelect(query.segments.where(id), query)),
    funnel: (name) => define(relations, funnelRelation(name), () => printFunnel(funnelNamed(plan, name), query)),
    score: (name) => define(relations, scoreRelation(name), () => printScore(scoreNamed(plan, name), query)),
  };
  const query: Query = {
    plan,
    builder: parameters,
    dialect: duckdb,
    segments: segmentsOf(plan, roots),
    judged: subjects && judgedOf(subjects, parameters.include(subjects.from), relations),
    starts: startProperties(plan),
    relations,
    computed,
  };
  return query;
}

/** A table is read where it stands; a select is named first, since several parts of the statement read it. */
function judgedOf(subjects: Subjects, from: string, relations: Map<string, string>): Judged | null {
  if (from === quote("contact") && subjects.kind === "contact") return null;
  const { kind, cuts = "wait", contacts = quote("contact") } = subjects;
  const judged = { kind, cuts, contacts };
  if (!from.startsWith("(")) return { ...judged, relation: from };
  const relation = quote("judged");
  relations.set(relation, `SELECT *\nFROM ${from} AS given`);
  return { ...judged, relation };
}
