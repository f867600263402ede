// All that is asked of everybody, as leaves that read other rows, each once, and as rules over leaves and the contact: a
// rule for each segment, and for each condition that starts people when it turns true.

import { Bug } from "../../grammar/unreachable.ts";
import { hashOf } from "../hash.ts";
import { type Condition, type Term, termsOf } from "../ir/condition.ts";
import type { Plan } from "../ir/plan.ts";
import { isComparing } from "./comparison.ts";
import { isTold, type Reads, readsOf } from "./reads.ts";
import { type Segments, simplify } from "./simplify.ts";

export interface Leaf {
  /** Hash of its meaning. */
  readonly key: string;
  readonly when: Condition;
  readonly reads: Reads;
}

export interface Rule {
  /** Id of a segment, or the `edgeName` of a trigger. */
  readonly key: string;
  /** Of its meaning, that of all it reads included. */
  readonly hash: string;
  /** Leaves and other rules stand in it as `in segment`: a leaf by `leafName`, a rule by its key. */
  readonly when: Condition;
  /** Above that of every rule that it reads; from 0. */
  readonly level: number;
  /** What it reads beside leaves and other rules. */
  readonly reads: Reads;
}

export interface Rules {
  readonly leaves: readonly Leaf[];
  /** Those that are read come first. */
  readonly rules: readonly Rule[];
}

const leafMark = "leaf ";

/** What a leaf is called where a rule reads it; no segment can have such a name. */
export const leafName = (key: string): string => `${leafMark}${key}`;

/** The key of the leaf that is called so; null: it is a rule. */
export const leafKey = (name: string): string | null =>
  name.startsWith(leafMark) ? name.slice(leafMark.length) : null;

/** What the rule of an edge trigger is called; no segment can have such a name. */
export const edgeName = (triggerId: string): string => `edge ${triggerId}`;

/** Triggers that mean the same are one rule. */
function edgesOf({ programs }: Plan): readonly Pick<Rule, "key" | "when">[] {
  const edges = programs.flatMap(({ triggers }) => triggers.flatMap((one) => (one.kind === "edge" ? [one] : [])));
  return [...new Map(edges.map(({ id, when }) => [id, { key: edgeName(id), when }])).values()];
}

export function rulesOf(plan: Plan): Rules {
  const leaves = new Map<string, Leaf>();
  const rules = new Map<string, Rule>();
  // What every leaf and rule means depends on, besides itself.
  const { zone, firstWeekday, seed } = plan.project;
  const around = hashOf({ zone, firstWeekday, seed, catalog: plan.catalog });
  const declared = hashOf([plan.segments.map(({ id, where }) => [id, where]), plan.scores, plan.funnels]);
  const placed = (condition: Condition): Condition => {
    switch (condition.kind) {
      case "all":
      case "any":
        return { ...condition, of: condition.of.map(placed) };
      case "not":
        return { ...condition, of: placed(condition.of) };
      case "constant":
      case "in segment":
        return condition;
      default: {
        const reads = readsOf(condition, plan.catalog);
        if (isOfContact(condition) && !reads.isUnclear) return condition;
        // What is not told apart may read anything that is declared.
        const key = hashOf([around, condition, isTold(condition) ? null : declared]);
        leaves.set(key, { key, when: condition, reads });
        return { kind: "in segment", segment: leafName(key) };
      }
    }
  };
  for (const { key, when } of [...plan.segments.map(({ id, where }) => ({ key: id, when: where })), ...edgesOf(plan)]) {
    const found = placed(simplify(when, segmentsApart));
    const others = rulesRead(found).filter((name) => leafKey(name) === null);
    const read = others.map((id) => {
      const rule = rules.get(id);
      if (!rule) throw new Bug(`${key} reads ${id}, which does not come before it`);
      return rule;
    });
    const hash = hashOf([around, found, read.map((rule) => rule.hash)]);
    const level = Math.max(-1, ...read.map((rule) => rule.level)) + 1;
    rules.set(key, { key, hash, when: found, level, reads: readsOf(found, plan.catalog) });
  }
  return { leaves: [...leaves.values()], rules: [...rules.values()] };
}

const segmentsApart: Segments = {
  where: (id) => {
    throw new Bug(`the segment ${id} was to be left where it stands`);
  },
  isApart: () => true,
};

/** Names of the leaves and rules that a rule reads itself. */
export function rulesRead(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case "all":
    case "any":
      return [...new Set(condition.of.flatMap(rulesRead))];
    case "not":
      return rulesRead(condition.of);
    case "in segment":
      return [condition.segment];
    default:
      return [];
  }
}

/** Names of those among the given and of all rules that read them, themselves or through others. */
export function readersOf({ rules }: Rules, names: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set(names);
  for (const { key, when } of rules) if (rulesRead(when).some((name) => found.has(name))) found.add(key);
  return found;
}

/** Whether it compares nothing but columns of the contact and of the contact's company with fixed values and moments. */
function isOfContact(condition: Condition): boolean {
  return (condition.kind === "known" || isComparing(condition)) && termsOf(condition).every(isPlain);
}

const plainTerms: ReadonlySet<Term["kind"]> = new Set(["field", "company field", "literal", "moment"]);
const isPlain = (term: Term): boolean => plainTerms.has(term.kind);
