// Derived fields to the terms that they stand for, each made once.

import { Bug, unreachable } from "../../grammar/unreachable.ts";
import type { CheckedDerived } from "../checked-people.ts";
import type { Term } from "../ir/condition.ts";
import { lowerCondition, operandTerm, type Room } from "./condition.ts";

/** They are the same everywhere, so they see all events and take no arguments. */
export function derivedOf(fields: readonly CheckedDerived[], segment: Room["segment"]): (name: string) => Term {
  const known = new Map(fields.map((field) => [field.name, field]));
  const made = new Map<string, Term>();
  const find = (name: string): Term => {
    const field = known.get(name);
    if (!field) throw new Bug(`no derived field ${name}`);
    const term =
      made.get(name) ?? lowerBody(field, { bindings: new Map(), scope: "all", salt: name, segment, derived: find });
    made.set(name, term);
    return term;
  };
  return find;
}

function lowerBody({ body, type }: CheckedDerived, room: Room): Term {
  switch (body.kind) {
    case "operand":
      return operandTerm(room, body.operand);
    case "first known":
      return { kind: "first known", of: body.operands.map((operand) => operandTerm(room, operand)), type };
    case "choice": {
      const arms = body.arms.map(({ value, when }) => ({ value, when: lowerCondition(room, when) }));
      return { kind: "chosen", arms, otherwise: body.otherwise, type };
    }
    default:
      return unreachable(body);
  }
}
