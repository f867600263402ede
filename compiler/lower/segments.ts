// Segments with their arguments filled in, scores and funnels, each once, after those that it reads.

import { Bug } from "../../grammar/unreachable.ts";
import type { CheckedProject } from "../check/project.ts";
import type { CheckedSegment } from "../check/segment.ts";
import type { CheckedValue } from "../checked.ts";
import { canonical, hashOf } from "../hash.ts";
import { childrenOf, type Condition, type Term, termsOf } from "../ir/condition.ts";
import { conditionsOfFunnel, conditionsOfScore, type Funnel, type Score } from "../ir/people.ts";
import type { Segment } from "../ir/plan.ts";
import { byName } from "../order.ts";
import { lowerCondition, type Room } from "./condition.ts";
import { derivedOf } from "./derived.ts";
import { lowerFunnel } from "./funnel.ts";
import { printValue } from "./print-value.ts";
import { lowerScore } from "./score.ts";

export interface Segments {
  /** The id of a segment with these arguments; lowers it where nobody has asked for it before. */
  readonly require: (name: string, args: readonly CheckedValue[]) => string;
  /** All that were asked for, dependencies first. */
  readonly all: () => readonly Segment[];
  /** All of the project, dependencies first. */
  readonly scores: () => readonly Score[];
  readonly funnels: () => readonly Funnel[];
  /** What a derived field stands for. */
  readonly derived: (name: string) => Term;
}

/** What conditions read of other declarations. */
interface Uses {
  /** Ids of segments. */
  readonly reads: readonly string[];
  readonly hashes: readonly (string | undefined)[];
}

type Declared = Pick<CheckedProject, "segments" | "scores" | "funnels" | "derived">;

export function segmentsOf({ segments, scores, funnels, derived: fields }: Declared): Segments {
  const lowered = new Map<string, Segment>();
  const derived = derivedOf(fields, (name, args) => require(name, args));
  const roomOf = (salt: string): Room => ({ bindings: new Map(), scope: "all", salt, segment: require, derived });
  const require = (name: string, args: readonly CheckedValue[]): string => {
    const source = segments.get(name);
    if (!source) throw new Bug(`no segment ${name}`);
    const id = idOf(source, args);
    if (!lowered.has(id)) {
      const bindings = new Map(source.parameters.map(({ name }, index) => [name, argument(args, index)] as const));
      const where = lowerCondition({ bindings, scope: "all", salt: name, segment: require, derived }, source.where);
      const { reads, hashes } = usesOf([where]);
      lowered.set(id, { id, name, doc: source.doc, where, reads, hash: hashOf({ where, hashes }) });
    }
    return id;
  };
  const loweredScores = onceEach(scores, (source): Score => {
    const meaning = lowerScore(roomOf(`score ${source.name}`), source);
    const { reads, hashes } = usesOf(conditionsOfScore(meaning));
    return { ...meaning, reads, hash: hashOf({ ...meaning, hashes }) };
  });
  const loweredFunnels = onceEach(funnels, (source): Funnel => {
    const meaning = lowerFunnel(roomOf(`funnel ${source.name}`), source);
    const { reads, hashes } = usesOf(conditionsOfFunnel(meaning));
    return { ...meaning, reads, hash: hashOf({ ...meaning, hashes }) };
  });
  const usesOf = (conditions: readonly Condition[]): Uses => {
    const asked = [...new Set(conditions.flatMap(segmentsIn))];
    const computed = [
      ...[...new Set(conditions.flatMap((condition) => namesIn("score", condition)))].map(loweredScores.find),
      ...[...new Set(conditions.flatMap((condition) => namesIn("stage", condition)))].map(loweredFunnels.find),
    ];
    return {
      reads: [...new Set([...asked, ...computed.flatMap(({ reads }) => reads)])],
      hashes: [...asked.map((id) => lowered.get(id)?.hash), ...computed.map(({ hash }) => hash)],
    };
  };
  return {
    require,
    all: () => [...lowered.values()],
    scores: loweredScores.all,
    funnels: loweredFunnels.all,
    derived,
  };
}

/** Declarations lowered when they are first asked for; all of them, dependencies first. */
function onceEach<From extends { readonly name: string }, To>(sources: readonly From[], lower: (source: From) => To) {
  const lowered = new Map<string, To>();
  const find = (name: string): To => {
    const known = lowered.get(name);
    if (known) return known;
    const source = sources.find((candidate) => candidate.name === name);
    if (!source) throw new Bug(`nothing is declared as ${name}`);
    const found = lower(source);
    lowered.set(name, found);
    return found;
  };
  const all = (): readonly To[] => {
    for (const { name } of byName(sources)) find(name);
    return [...lowered.values()];
  };
  return { find, all };
}

function argument(args: readonly CheckedValue[], index: number): CheckedValue {
  const value = args[index];
  if (!value) throw new Bug("an argument is missing");
  return value;
}

/** `Customers`, or `Quiet(60d)`; arguments at the end that equal the defaults are left out. */
function idOf({ name, parameters }: CheckedSegment, args: readonly CheckedValue[]): string {
  const last = parameters.findLastIndex(({ fallback }, index) => {
    return fallback === null || canonical(fallback) !== canonical(args[index]);
  });
  if (last < 0) return name;
  const written = parameters.slice(0, last + 1).map(({ isText }, index) => printValue(argument(args, index), isText));
  return `${name}(${written.join(", ")})`;
}

/** Ids of the segments that a condition itself reads. */
function segmentsIn(condition: Condition): readonly string[] {
  const own = condition.kind === "in segment" ? [condition.segment] : [];
  return [...own, ...childrenOf(condition).flatMap(segmentsIn)];
}

/** Names of the scores or funnels that a condition itself reads. */
function namesIn(kind: "score" | "stage", condition: Condition): readonly string[] {
  const own = termsOf(condition).flatMap((term) => (term.kind === kind ? [term.name] : []));
  return [...own, ...childrenOf(condition).flatMap((child) => namesIn(kind, child))];
}
