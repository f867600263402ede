// All that is asked of everybody, as leaves that read other rows, each once, and as rules over leaves and the contact.

import { Bug } from "../../grammar/unreachable.ts";
import { hashOf } from "../hash.ts";
import { type Condition, type Term, termsOf } from "../ir/condition.ts";
import type { Plan } from "../ir/plan.ts";
import { isComparing } from "./comparison.ts";
import { isTold, readsOf } from "./reads.ts";
import { type Segments, simplify } from "./simplify.ts";

export interface Leaf {
  /** Hash of its meaning. */
  readonly key: string;
  readonly when: Condition;
}

export interface Rule {
  /** Id of a segment, or what an edge of a program is remembered by. */
  readonly key: string;
  /** Of its meaning, that of all it reads included. */
  readonly hash: string;
  /** Leaves and other rules stand in it as `in segment`: a leaf by `leafName`, a rule by its key. */
  readonly when: Condition;
  /** Above that of every rule that it reads; from 0. */
  readonly level: number;
}

export interface Rules {
  readonly leaves: readonly Leaf[];
  /** Those that are read come first. */
  readonly rules: readonly Rule[];
}

export interface Asked {
  readonly key: string;
  readonly when: Condition;
}

const leafMark = "leaf ";

/** What a leaf is called where a rule reads it; no segment can have such a name. */
export const leafName = (key: string): string => `${leafMark}${key}`;

/** The key of the leaf that is called so; null: it is a rule. */
export const leafKey = (name: string): string | null =>
  name.startsWith(leafMark) ? name.slice(leafMark.length) : null;

/** The segments of a plan, and `asked`: conditions of programs that hold for everybody or do not. */
export function rulesOf(plan: Plan, asked: readonly Asked[]): Rules {
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
        if (isOfContact(condition) && !readsOf(condition, plan.catalog).isUnclear) return condition;
        // What is not told apart may read anything that is declared.
        const key = hashOf([around, condition, isTold(condition) ? null : declared]);
        leaves.set(key, { key, when: condition });
        return { kind: "in segment", segment: leafName(key) };
      }
    }
  };
  for (const { key, when } of [...plan.segments.map(({ id, where }) => ({ key: id, when: where })), ...asked]) {
    const found = placed(simplify(when, segmentsApart));
    const others = rulesRead(found).filter((name) => leafKey(name) === null);
    const read = others.map((id) => {
      const rule = rules.get(id);
      if (!rule) throw new Bug(`${key} reads ${id}, which does not come before it`);
      return rule;
    });
    const hash = hashOf([around, found, read.map((rule) => rule.hash)]);
    rules.set(key, { key, hash, when: found, level: Math.max(-1, ...read.map(({ level }) => level)) + 1 });
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

/** Whether it compares nothing but columns of the contact and of the contact's company with fixed values and moments. */
function isOfContact(condition: Condition): boolean {
  return (condition.kind === "known" || isComparing(condition)) && termsOf(condition).every(isPlain);
}

const plainTerms: ReadonlySet<Term["kind"]> = new Set(["field", "company field", "literal", "moment"]);
const isPlain = (term: Term): boolean => plainTerms.has(term.kind);
