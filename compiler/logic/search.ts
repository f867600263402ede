// Looks for a way in which a formula holds: one literal of each `any`, all literals of each `all`, judged together by a theory.

import { isJoined, type Literal, type Normal } from "./literal.ts";

export interface Theory<M> {
  /** Whether these can never hold together, whatever the instant. False where that is not sure. */
  refutes(literals: readonly Literal[]): boolean;
  /** A model of all of them; null where none was found. */
  model(literals: readonly Literal[]): M | null;
}

export type Found<M> =
  | { readonly kind: "some"; readonly model: M }
  | { readonly kind: "none" }
  | { readonly kind: "not decided" };

/** Shared by searches inside searches, so that their sum is bounded. */
export interface Budget {
  steps: number;
}

interface State {
  readonly literals: readonly Literal[];
  readonly choices: readonly (readonly Normal[])[];
}

export function search<M>(goal: Normal, theory: Theory<M>, budget: Budget): Found<M> {
  let isOpen = false;
  const visit = (pending: readonly Normal[], literals: readonly Literal[]): M | null => {
    budget.steps -= 1;
    if (budget.steps < 0) {
      isOpen = true;
      return null;
    }
    const state = settle(pending, literals);
    if (state === null || theory.refutes(state.literals)) return null;
    const [choice, ...others] = state.choices.toSorted((left, right) => left.length - right.length);
    if (!choice) {
      const model = theory.model(state.literals);
      if (model === null) isOpen = true;
      return model;
    }
    const rest = others.map((of): Normal => ({ kind: "any", of }));
    for (const part of choice) {
      const model = visit([part, ...rest], state.literals);
      if (model !== null) return model;
      if (budget.steps < 0) return null;
    }
    return null;
  };
  const model = visit([goal], []);
  if (model !== null) return { kind: "some", model };
  return { kind: isOpen ? "not decided" : "none" };
}

/** Takes all that must hold, and drops alternatives that clash with it; null where nothing is left. */
function settle(pending: readonly Normal[], before: readonly Literal[]): State | null {
  const truths = new Map(before.map((literal) => [literal.about, literal.holds]));
  const literals = [...before];
  const queue = [...pending];
  let choices: (readonly Normal[])[] = [];
  while (queue.length > 0) {
    const next = queue.pop();
    if (!next) break;
    if (isJoined(next)) {
      if (next.kind === "all") queue.push(...next.of);
      else choices.push(next.of);
    } else {
      const known = truths.get(next.about);
      if (known === undefined) literals.push(next);
      else if (known !== next.holds) return null;
      truths.set(next.about, next.holds);
    }
    if (queue.length > 0) continue;
    const left = choices.flatMap((parts) => {
      if (parts.some((part) => isLiteral(part) && truths.get(part.about) === part.holds)) return [];
      return [parts.filter((part) => !isLiteral(part) || truths.get(part.about) !== !part.holds)];
    });
    if (left.some((parts) => parts.length === 0)) return null;
    queue.push(...left.flatMap((parts) => (parts.length === 1 ? parts : [])));
    choices = left.filter((parts) => parts.length > 1);
  }
  return { literals, choices };
}

function isLiteral(normal: Normal): normal is Literal {
  return !isJoined(normal);
}
