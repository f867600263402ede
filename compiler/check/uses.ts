// Which declarations of audiences use which others, and that none uses itself.

import type { Derived } from "../../grammar/ast/declaration.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import { Bug } from "../../grammar/unreachable.ts";
import type { Checked, CheckedTerm, CheckedValue } from "../checked.ts";
import type { CheckedDerived, CheckedFunnel, CheckedScore } from "../checked-people.ts";
import { inOrder } from "../order.ts";
import type { Report, Scope } from "../scope.ts";
import { operandsOf } from "./derived.ts";
import type { CheckedSegment } from "./segment.ts";

/** Everything whose truth or value is computed out of other declarations. */
export interface Computed {
  readonly segments: ReadonlyMap<string, CheckedSegment>;
  readonly scores: readonly CheckedScore[];
  readonly funnels: readonly CheckedFunnel[];
  readonly derived: readonly CheckedDerived[];
}

const kinds = ["segment", "score", "funnel", "derived"] as const;
type Kind = (typeof kinds)[number];
const keyOf = (kind: Kind, name: string): string => `${kind} ${name}`;

/** Names of all segments, used ones before their users, whatever they use in between; rings are reported. */
export function orderSegments(scope: Scope, report: Report, computed: Computed): readonly string[] {
  const uses = usesIn(scope, computed);
  const { names, rings } = inOrder([...uses.keys()].toSorted(), (key) => uses.get(key) ?? []);
  for (const ring of rings) reportRing(scope, report, ring);
  return names.flatMap((key) => (key.startsWith("segment ") ? [key.slice("segment ".length)] : []));
}

function usesIn(
  scope: Scope,
  { segments, scores, funnels, derived }: Computed,
): ReadonlyMap<string, readonly string[]> {
  const uses = new Map<string, readonly string[]>();
  const add = (key: string, used: readonly string[]) => uses.set(key, [...new Set(used)].toSorted());
  for (const [name, { where }] of segments) add(keyOf("segment", name), usesOf(where));
  for (const { name, rules } of scores)
    add(
      keyOf("score", name),
      rules.flatMap(({ when }) => usesOf(when)),
    );
  for (const { name, stages } of funnels) {
    add(
      keyOf("funnel", name),
      stages.flatMap(({ when }) => (when ? usesOf(when) : [])),
    );
  }
  const choices = new Map(derived.map((field) => [field.name, field.body] as const));
  for (const [name, shared] of scope.shared) {
    if (shared.kind !== "derived field") continue;
    const body = choices.get(name);
    const asked = body?.kind === "choice" ? body.arms.flatMap(({ when }) => usesOf(when)) : [];
    add(keyOf("derived", name), [...readBy(scope, shared.node), ...asked]);
  }
  return uses;
}

/** As written: where fields read each other in a ring, none of them has a type. */
function readBy(scope: Scope, node: Derived): readonly string[] {
  return operandsOf(node).flatMap((operand) => {
    switch (operand.kind) {
      case "score":
        return [keyOf("score", operand.name.text)];
      case "stage":
        return [keyOf("funnel", operand.name.text)];
      case "field":
      case "anniversary":
        return scope.shared.get(operand.name.text)?.kind === "derived field"
          ? [keyOf("derived", operand.name.text)]
          : [];
      default:
        return [];
    }
  });
}

function usesOf(node: Checked): readonly string[] {
  switch (node.kind) {
    case "all":
    case "any":
      return node.of.flatMap(usesOf);
    case "not":
      return usesOf(node.of);
    case "in segment":
      return [keyOf("segment", node.name), ...node.args.flatMap(readAs)];
    case "compare":
    case "has been":
      return [...readIn(node.operand.term), ...readAs(node.value)];
    case "one of":
    case "contains":
      return [...readIn(node.operand.term), ...node.values.flatMap(readAs)];
    case "between":
      return [...readIn(node.operand.term), ...readAs(node.low), ...readAs(node.high)];
    case "known":
    case "starts with":
    case "ends with":
    case "matches":
    case "changed":
      return readIn(node.operand.term);
    default:
      return [];
  }
}

const readAs = (value: CheckedValue): readonly string[] => (value.kind === "term" ? readIn(value.term) : []);

function readIn(term: CheckedTerm): readonly string[] {
  switch (term.kind) {
    case "score":
      return [keyOf("score", term.name)];
    case "stage":
      return [keyOf("funnel", term.name)];
    case "derived":
      return [keyOf("derived", term.field.name)];
    case "anniversary":
      return readIn(term.of);
    default:
      return [];
  }
}

const words = {
  segment: ["segments", "the segment"],
  score: ["scores", "the score"],
  funnel: ["funnels", "the funnel"],
  derived: ["derived fields", "the derived field"],
} as const;

/** `` `A` uses `B` uses `A` ``, with their kinds where there are several. */
function reportRing(scope: Scope, report: Report, ring: readonly string[]): void {
  const links = ring.map(linkOf);
  const [first] = links;
  if (!first) return;
  const isAlike = links.every(({ kind }) => kind === first.kind);
  const called = shortened(links).map(({ kind, name }) => (isAlike ? `\`${name}\`` : `${words[kind][1]} \`${name}\``));
  const span = placeOf(scope, first);
  const what = isAlike ? words[first.kind][0] : "declarations";
  if (span) report(diagnose("E228", span, { what, ring: called.join(" uses ") }));
}

const mostShown = 8;

/** A ring that nobody could read to its end, without its middle. */
function shortened(links: readonly Link[]): readonly Link[] {
  return links.length > mostShown ? [...links.slice(0, mostShown - 1), ...links.slice(-1)] : links;
}

interface Link {
  readonly kind: Kind;
  readonly name: string;
}

function linkOf(key: string): Link {
  const space = key.indexOf(" ");
  const kind = kinds.find((kind) => kind === key.slice(0, space));
  if (!kind) throw new Bug(`no declaration ${key}`);
  return { kind, name: key.slice(space + 1) };
}

function placeOf({ shared, scores, funnels }: Scope, { kind, name }: Link): Span | null {
  if (kind === "score") return scores.get(name)?.name.span ?? null;
  if (kind === "funnel") return funnels.get(name)?.name.span ?? null;
  const entry = shared.get(name);
  return entry && "node" in entry ? (entry.node?.name.span ?? null) : null;
}
