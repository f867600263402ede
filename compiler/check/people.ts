// All that says who people are: segments, scores, funnels, derived fields, and the words that mails use for them.

import type { Declared } from "../../grammar/ast/declaration.ts";
import type { DerivedField } from "../checked.ts";
import type { CheckedDerived, CheckedFunnel, CheckedScore, CheckedVocabulary } from "../checked-people.ts";
import type { Context } from "../context.ts";
import type { Report, Scope } from "../scope.ts";
import { checkDerived, typeDerived } from "./derived.ts";
import { checkExtents } from "./derived-size.ts";
import { checkFunnel } from "./funnel.ts";
import { checkScore } from "./score.ts";
import { type CheckedSegment, checkDepth, checkSegments } from "./segment.ts";
import { orderSegments } from "./uses.ts";
import { checkVocabulary } from "./vocabulary.ts";

export interface People {
  /** With the types of all derived fields. */
  readonly scope: Scope;
  /** Used ones before their users. */
  readonly segments: ReadonlyMap<string, CheckedSegment>;
  readonly scores: readonly CheckedScore[];
  readonly funnels: readonly CheckedFunnel[];
  /** Used ones before their users. */
  readonly derived: readonly CheckedDerived[];
  readonly vocabularies: ReadonlyMap<string, CheckedVocabulary>;
}

export function checkPeople(names: Scope, report: Report): People {
  const fields = new Map<string, DerivedField>();
  const scope: Scope = { ...names, derived: fields };
  const context: Context = { scope, report, place: { kind: "segment" }, parameters: new Map(), event: null };
  const nodes = [...scope.shared.values()].flatMap((shared) => (shared.kind === "derived field" ? [shared.node] : []));
  const typed = typeDerived(context, whole(nodes), fields);
  checkExtents(context, whole(nodes));
  const derived = typed.map((field) => checkDerived(context, field));
  const scores = whole(scope.scores.values()).map((node) => checkScore({ ...context, report }, node));
  const funnels = whole(scope.funnels.values()).map((node) => checkFunnel({ ...context, report }, node));
  const vocabularies = new Map(
    whole(scope.vocabularies.values()).map((node) => [node.name.text, checkVocabulary(report, node)] as const),
  );
  const unordered = checkSegments(scope, report);
  const order = orderSegments(scope, report, { segments: unordered, scores, funnels, derived });
  checkDepth(order, unordered, scope, report);
  const segments = new Map(
    order.flatMap((name) => {
      const segment = unordered.get(name);
      return segment ? [[name, segment] as const] : [];
    }),
  );
  return { scope, segments, scores, funnels, derived, vocabularies };
}

/** Nothing of a declaration that the parser had to mend is checked. */
function whole<D extends Declared>(nodes: Iterable<D>): readonly D[] {
  return [...nodes].filter(({ recovered }) => !recovered);
}
