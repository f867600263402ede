// Conditions with segments filled in and fewer shapes: no nested `all` or `any`, no double `not`, no count that only asks whether.

import { Bug } from "../../grammar/unreachable.ts";
import {
  type Behaviour,
  type Chain,
  type Condition,
  childrenOf,
  type Term,
  termsOf,
  withTerms,
} from "../ir/condition.ts";
import { conditionsOfFunnel, conditionsOfScore, type Funnel, type Score } from "../ir/people.ts";
import type { Plan, Segment } from "../ir/plan.ts";

/** A segment above this many conditions that is read more than once is evaluated by itself, not written out again. */
const largestInlined = 40;

export interface Segments {
  where(id: string): Condition;
  /** True where the segment is evaluated by itself, once. */
  isApart(id: string): boolean;
}

export function funnelNamed({ funnels }: Plan, name: string): Funnel {
  const funnel = funnels.find((candidate) => candidate.name === name);
  if (!funnel) throw new Bug(`no funnel ${name}`);
  return funnel;
}

export function scoreNamed({ scores }: Plan, name: string): Score {
  const score = scores.find((candidate) => candidate.name === name);
  if (!score) throw new Bug(`no score ${name}`);
  return score;
}

/** Decides which of the segments that `roots` read are written out in place. */
export function segmentsOf(plan: Plan, roots: readonly Condition[]): Segments {
  const known = new Map(plan.segments.map((segment) => [segment.id, segment]));
  const find = (id: string): Segment => {
    const segment = known.get(id);
    if (!segment) throw new Bug(`no segment ${id}`);
    return segment;
  };
  const reads = new Map<string, number>();
  const computed = new Set<string>();
  const visit = (condition: Condition): void => {
    if (condition.kind === "in segment") {
      const before = reads.get(condition.segment) ?? 0;
      reads.set(condition.segment, before + 1);
      if (before === 0) visit(find(condition.segment).where);
    }
    termsOf(condition).forEach(visitTerm);
    for (const child of childrenOf(condition)) visit(child);
  };
  // A score or funnel is evaluated once, however often it is read.
  const visitTerm = (term: Term): void => {
    if ((term.kind !== "score" && term.kind !== "stage") || computed.has(`${term.kind} ${term.name}`)) return;
    computed.add(`${term.kind} ${term.name}`);
    const conditions =
      term.kind === "score"
        ? conditionsOfScore(scoreNamed(plan, term.name))
        : conditionsOfFunnel(funnelNamed(plan, term.name));
    conditions.forEach(visit);
  };
  for (const root of roots) visit(root);

  const sizes = new Map<string, number>();
  const isApart = (id: string) => (reads.get(id) ?? 0) > 1 && sizeOf(id) > largestInlined;
  const sizeOf = (id: string): number => {
    const size = sizes.get(id) ?? measure(find(id).where);
    sizes.set(id, size);
    return size;
  };
  const measure = (condition: Condition): number =>
    condition.kind === "in segment"
      ? isApart(condition.segment)
        ? 1
        : sizeOf(condition.segment)
      : childrenOf(condition).reduce((sum, child) => sum + measure(child), 1);
  return { where: (id) => find(id).where, isApart };
}

/** The same meaning with the segments written out and the shapes reduced. */
export function simplify(condition: Condition, segments: Segments): Condition {
  switch (condition.kind) {
    case "all":
    case "any":
      return group(
        condition.kind,
        condition.of.map((child) => simplify(child, segments)),
      );
    case "not":
      return negate(simplify(condition.of, segments));
    case "in segment":
      return segments.isApart(condition.segment) ? condition : simplify(segments.where(condition.segment), segments);
    case "behaviour":
      return simplifyBehaviour(condition, condition.where ? simplify(condition.where, segments) : null);
    case "chain":
      return simplifyChain(condition, segments);
    case "one of":
      if (condition.values.length === 0) return constant(false);
      return withTerms(condition, (term) => simplifyTerm(term, segments));
    default:
      return withTerms(condition, (term) => simplifyTerm(term, segments));
  }
}

export function simplifyTerm(term: Term, segments: Segments): Term {
  switch (term.kind) {
    case "aggregate": {
      const where = term.where && simplify(term.where, segments);
      return { ...term, where: where?.kind === "constant" && where.value ? null : where };
    }
    case "first known":
      return { ...term, of: term.of.map((part) => simplifyTerm(part, segments)) };
    case "chosen":
      return { ...term, arms: term.arms.map(({ value, when }) => ({ value, when: simplify(when, segments) })) };
    case "anniversary":
      return { ...term, of: simplifyTerm(term.of, segments), from: simplifyTerm(term.from, segments) };
    default:
      return term;
  }
}

/** The conditions that must all hold. */
export function conjunctsOf(condition: Condition): readonly Condition[] {
  if (condition.kind === "all") return condition.of.flatMap(conjunctsOf);
  if (condition.kind === "not" && condition.of.kind === "any") {
    return condition.of.of.flatMap((child) => conjunctsOf(negate(child)));
  }
  return [condition];
}

/** Whether a behaviour holds for a contact without any event of it. */
export function holdsForNone(behaviour: Behaviour): boolean {
  if (behaviour.count === null) return false;
  const { op, times } = behaviour.count;
  return { "=": 0 === times, "<": 0 < times, "<=": 0 <= times, ">": 0 > times, ">=": 0 >= times }[op];
}

function constant(value: boolean): Condition {
  return { kind: "constant", value };
}

function negate(condition: Condition): Condition {
  if (condition.kind === "constant") return constant(!condition.value);
  if (condition.kind === "not") return condition.of;
  return { kind: "not", of: condition };
}

function group(kind: "all" | "any", children: readonly Condition[]): Condition {
  // `any` of something true is true, `all` of something false is false; the other constant changes nothing.
  const deciding = kind === "any";
  if (children.some((child) => child.kind === "constant" && child.value === deciding)) return constant(deciding);
  const of = children
    .filter((child) => child.kind !== "constant")
    .flatMap((child) => (child.kind === kind ? child.of : [child]));
  const [only] = of;
  if (only === undefined) return constant(!deciding);
  return of.length === 1 ? only : { kind, of };
}

function simplifyChain({ first, links }: Chain, segments: Segments): Condition {
  const simple = (event: Behaviour): Behaviour => ({ ...event, where: event.where && simplify(event.where, segments) });
  const chain: Chain = {
    kind: "chain",
    first: simple(first),
    links: links.map((link) => ({ ...link, event: simple(link.event) })),
  };
  const needed = [chain.first, ...chain.links.filter(({ isNegated }) => !isNegated).map(({ event }) => event)];
  const isVain = needed.some(({ where }) => where?.kind === "constant" && !where.value);
  return isVain ? constant(false) : chain;
}

function simplifyBehaviour(behaviour: Behaviour, where: Condition | null): Condition {
  if (where?.kind === "constant" && !where.value) return constant(holdsForNone(behaviour));
  const plain: Behaviour = { ...behaviour, where: where?.kind === "constant" ? null : where, count: null };
  if (behaviour.count === null) return plain;
  const { op, times } = behaviour.count;
  if (times < 0 || (times === 0 && (op === ">=" || op === "<"))) return constant(op === ">" || op === ">=");
  if ((op === ">=" && times === 1) || (op === ">" && times === 0)) return plain;
  if ((op === "<" && times === 1) || ((op === "<=" || op === "=") && times === 0)) return negate(plain);
  return { ...plain, count: behaviour.count };
}
