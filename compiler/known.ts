// Which fields a condition proves known: those of whom it holds have a value there.

import type { Checked, CheckedValue, Operand } from "./checked.ts";
import type { CheckedProgram, CheckedTrigger } from "./checked-program.ts";

/** Names such as `role`, `company.plan`, `event.plan`. `all`: a condition that was reported proves everything, so that nothing follows from it. */
export type Known = ReadonlySet<string> | "all";

export const nothing: Known = new Set<string>();

export function both(left: Known, right: Known): Known {
  return left === "all" || right === "all" ? "all" : new Set([...left, ...right]);
}

export function either(left: Known, right: Known): Known {
  if (left === "all") return right;
  return right === "all" ? left : new Set([...left].filter((name) => right.has(name)));
}

export function isKnown(known: Known, name: string): boolean {
  return known === "all" || known.has(name);
}

/** What a segment's condition proves, by its name. */
export type Proofs = ReadonlyMap<string, { readonly holds: Known; readonly fails: Known }>;

/** What is known where `node` holds, or where it does not. */
export function knownWhere(node: Checked, holds: boolean, proofs: Proofs): Known {
  switch (node.kind) {
    case "all":
    case "any": {
      const parts = node.of.map((part) => knownWhere(part, holds, proofs));
      return parts.reduce((node.kind === "all") === holds ? both : either, parts[0] ?? nothing);
    }
    case "not":
      return knownWhere(node.of, !holds, proofs);
    case "compare":
      return holds !== node.isNegated ? named(node.operand, node.value) : nothing;
    case "one of":
      return holds !== node.isNegated ? named(node.operand) : nothing;
    case "known":
      return holds !== node.isNegated ? named(node.operand) : nothing;
    case "between":
      return holds ? named(node.operand, node.low, node.high) : nothing;
    case "starts with":
    case "ends with":
    case "contains":
    case "matches":
    case "has been":
      return holds ? named(node.operand) : nothing;
    case "in segment": {
      const proof = proofs.get(node.name);
      return (holds ? proof?.holds : proof?.fails) ?? nothing;
    }
    case "unchecked":
      return "all";
    default:
      return nothing;
  }
}

/** A comparison holds only where both of its sides are known. */
function named(operand: Operand, ...values: readonly CheckedValue[]): Known {
  const fields = values.flatMap((value) => {
    if (value.kind !== "term") return [];
    if (value.term.kind === "derived") return [value.term.field.name];
    return value.term.kind === "field" ? [value.term.name] : [];
  });
  return new Set([operand.name, ...fields]);
}

export function proofsOf(segments: Iterable<{ readonly name: string; readonly where: Checked }>): Proofs {
  const proofs = new Map<string, { readonly holds: Known; readonly fails: Known }>();
  for (const { name, where } of segments) {
    proofs.set(name, { holds: knownWhere(where, true, proofs), fails: knownWhere(where, false, proofs) });
  }
  return proofs;
}

/** What is known of everybody who enters a program; `arriving`: of those who come out of another one, if any do. */
export function knownAtStart(program: CheckedProgram, proofs: Proofs, arriving: Known | null): Known {
  const condition = program.onlyIf ? knownWhere(program.onlyIf, true, proofs) : nothing;
  if (arriving === null) return both(condition, knownByStarts(program, proofs));
  const isOnlyWay = program.triggers.length === 0;
  return both(condition, isOnlyWay ? arriving : either(knownByStarts(program, proofs), arriving));
}

function knownByStarts({ segment, starts, triggers }: CheckedProgram, proofs: Proofs): Known {
  const audience = (segment && proofs.get(segment.name)?.holds) ?? nothing;
  const known = triggers.map((trigger) => knownByTrigger(trigger, proofs));
  return both(audience, starts.isWhole ? known.reduce(either, known[0] ?? nothing) : "all");
}

/** What is still known behind `continue in`: whoever comes that way has no starting event. */
export function withoutEvent(known: Known): Known {
  return known === "all" ? known : new Set([...known].filter((name) => !name.startsWith("event.")));
}

function knownByTrigger(trigger: CheckedTrigger, proofs: Proofs): Known {
  if (trigger.kind === "edge") return knownWhere(trigger.when, true, proofs);
  if (trigger.kind === "date") return new Set([trigger.operand.name]);
  if (trigger.kind === "every" || trigger.kind === "at") return nothing;
  const rest = trigger.rest.reduce<Known>((known, part) => both(known, knownWhere(part, true, proofs)), nothing);
  if (trigger.kind === "change") return rest;
  const { behaviour } = trigger;
  const always = behaviour.event.fields.filter(({ type }) => !type.isNullable).map(({ name }) => name);
  const asked = behaviour.where ? knownWhere(behaviour.where, true, proofs) : nothing;
  if (asked === "all") return "all";
  const properties: Known = new Set([...always, ...asked].map((name) => `event.${name}`));
  return both(properties, rest);
}
