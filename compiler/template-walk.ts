// Walks the parsed tree of a template and keeps track of what is known at each place.

import {
  AssignTag,
  CaptureTag,
  CaseTag,
  ForTag,
  IfTag,
  LiquidTag,
  Output,
  type Template,
  type Token,
  TypeGuards,
  UnlessTag,
  Value,
} from "liquidjs";
import { type Proof, proofOf } from "./template-proof.ts";
import {
  type Filtered,
  filteredOfToken,
  filteredOfValue,
  pathOf,
  type Reach,
  type Report,
  requireKnown,
  type Shape,
  shapeOf,
} from "./template-values.ts";

/** Reports what is wrong in `templates`; returns what is in reach behind them. */
export function walk(templates: readonly Template[], reach: Reach, report: Report): Reach {
  return templates.reduce((current, template) => visit(template, current, report), reach);
}

function visit(template: Template, reach: Reach, report: Report): Reach {
  if (template instanceof Output) return checkOutput(filteredOfValue(template.value), reach, report);
  if (template instanceof IfTag || template instanceof UnlessTag) return visitBranches(template, reach, report);
  if (template instanceof CaseTag) return visitCase(template, reach, report);
  if (template instanceof ForTag) return visitFor(template, reach, report);
  if (template instanceof AssignTag) return visitAssign(template, reach, report);
  if (template instanceof CaptureTag) {
    const behind = walk(template.templates, reach, report);
    return assign(behind, { place: template.identifier, name: template.variable, isList: false, unknown: null });
  }
  if (template instanceof LiquidTag) return walk(childrenOf(template), reach, report);
  return visitSimple(template, reach, report);
}

/** `echo`, `cycle` and the counters: what they take is shown, and the names they make are known. */
function visitSimple(template: Template, reach: Reach, report: Report): Reach {
  for (const argument of template.arguments?.() ?? []) checkOutput(filteredOf(argument), reach, report);
  let behind = reach;
  for (const name of template.localScope?.() ?? []) {
    behind = assign(behind, { place: name, name: name.content, isList: false, unknown: null });
  }
  return behind;
}

function childrenOf(template: LiquidTag): readonly Template[] {
  const result = template.children().next();
  return result.done ? result.value : [];
}

const filteredOf = (argument: Value | Token): Filtered =>
  argument instanceof Value ? filteredOfValue(argument) : filteredOfToken(argument);

function checkOutput(filtered: Filtered, reach: Reach, report: Report): Reach {
  const shape = shapeOf(filtered, reach, report);
  if (shape.isList) report(shape.place, { kind: "list", name: shape.name });
  else requireKnown(shape, report);
  return reach;
}

const knowing = (reach: Reach, names: Iterable<string>): Reach => ({
  ...reach,
  known: new Set([...reach.known, ...names]),
});

function assign(reach: Reach, shape: Shape): Reach {
  const known = new Set(reach.known);
  known.delete(shape.name);
  return { ...reach, known, assigned: new Map(reach.assigned).set(shape.name, shape) };
}

/** What holds behind branches of which one was taken: known is what is known in all, assigned what any assigned. */
function merge(before: Reach, ends: readonly Reach[]): Reach {
  const assigned = new Map<string, Shape>();
  for (const [name, shape] of ends.flatMap((end) => [...end.assigned])) {
    const shapes = ends.map((end) => end.assigned.get(name));
    const isMissing = shapes.includes(undefined) && !before.fields.has(name);
    const unknown = shapes.find((one) => one && one.unknown !== null)?.unknown ?? (isMissing ? name : null);
    assigned.set(name, { ...shape, unknown });
  }
  const [first, ...others] = ends.map((end) => end.known);
  const known = new Set([...(first ?? before.known)].filter((name) => others.every((other) => other.has(name))));
  return { ...before, known, assigned };
}

interface Branch {
  readonly condition: Filtered;
  readonly proof: Proof;
  readonly templates: readonly Template[];
}

function visitBranches(tag: IfTag | UnlessTag, reach: Reach, report: Report): Reach {
  const branches = tag.branches.map(({ value, templates }, index): Branch => {
    const condition = filteredOfValue(value);
    const proof = proofOf(condition);
    const isInverted = tag instanceof UnlessTag && index === 0;
    return {
      condition,
      templates,
      proof: isInverted ? { whenTrue: proof.whenFalse, whenFalse: proof.whenTrue } : proof,
    };
  });
  let falling = reach;
  const ends: Reach[] = [];
  for (const { condition, proof, templates } of branches) {
    shapeOf(condition, falling, report);
    ends.push(walk(templates, knowing(falling, proof.whenTrue), report));
    falling = knowing(falling, proof.whenFalse);
  }
  return merge(reach, [...ends, walk(tag.elseTemplates ?? [], falling, report)]);
}

function nameOf({ operands, filters }: Filtered): string | null {
  const [only, second] = operands;
  if (!only || second || filters.length > 0 || !TypeGuards.isPropertyAccessToken(only)) return null;
  return pathOf(only)?.join(".") ?? null;
}

function visitCase(tag: CaseTag, reach: Reach, report: Report): Reach {
  const subject = filteredOfValue(tag.value);
  shapeOf(subject, reach, report);
  const name = nameOf(subject);
  const ends = tag.branches.map(({ values, templates }) => {
    for (const value of values) shapeOf(filteredOfToken(value), reach, report);
    const isProof = values.every((value) => TypeGuards.isQuotedToken(value) || TypeGuards.isNumberToken(value));
    return walk(templates, name !== null && isProof ? knowing(reach, [name]) : reach, report);
  });
  return merge(reach, [...ends, walk(tag.elseTemplates, reach, report)]);
}

function visitFor(tag: ForTag, reach: Reach, report: Report): Reach {
  const collection = filteredOfToken(tag.collection);
  const { place } = shapeOf(collection, reach, report);
  const [, ...modifiers] = tag.arguments();
  for (const modifier of modifiers) checkOutput(filteredOf(modifier), reach, report);
  const name = nameOf(collection);
  const inside = [tag.variable, "forloop"].reduce(
    (scope, variable) => assign(scope, { place, name: variable, isList: false, unknown: null }),
    name === null ? reach : knowing(reach, [name]),
  );
  const behind = walk(tag.templates, inside, report);
  const assigned = new Map(behind.assigned);
  for (const variable of [tag.variable, "forloop"]) {
    const outer = reach.assigned.get(variable);
    if (outer) assigned.set(variable, outer);
    else assigned.delete(variable);
  }
  return merge(reach, [{ ...behind, assigned }, walk(tag.elseTemplates, reach, report)]);
}

function visitAssign(tag: AssignTag, reach: Reach, report: Report): Reach {
  const [value] = tag.arguments();
  const [identifier] = tag.localScope();
  if (!value || !identifier) return reach;
  const shape = shapeOf(filteredOf(value), reach, report);
  return assign(reach, { ...shape, place: identifier, name: identifier.content });
}
