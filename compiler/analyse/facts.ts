// What is certain about people at a place in a program, and for how long.

import type { Checked } from "../checked.ts";
import type { CheckedProgram, CheckedTrigger } from "../checked-program.ts";
import type { Term } from "../ir/condition.ts";
import { allOf, always, anyOf, type Formula, leafOf, notOf } from "../logic/formula.ts";
import { isVariable } from "../logic/ground.ts";
import { termsOf } from "../logic/values.ts";
import type { Setting, Translator } from "./translate.ts";

export interface Fact {
  readonly formula: Formula;
  /** What says so, to stand in a sentence. */
  readonly source: Source;
}
export type Source =
  | { readonly kind: "audience" | "exit" | "goal" | "only if" | "start" | "branch"; readonly node: Checked | null }
  | { readonly kind: "earlier branch"; readonly node: Checked };

export function settingsOf({ name }: CheckedProgram): Readonly<Record<"outside" | "inside" | "wait", Setting>> {
  const bindings = new Map();
  return {
    outside: { salt: name, scope: "all", bindings },
    inside: { salt: name, scope: "enrollment", bindings },
    wait: { salt: name, scope: "wait", bindings },
  };
}

/** What holds of everybody at the instant of entering; who is sent there by another program need only fulfil `only if`. */
export function factsAtStart(translator: Translator, program: CheckedProgram, isContinued: boolean): readonly Fact[] {
  const { outside } = settingsOf(program);
  const facts: Fact[] = [];
  if (program.segment && !isContinued) {
    const { name, args } = program.segment;
    facts.push({ formula: translator.segment(name, args), source: { kind: "audience", node: null } });
  }
  const [trigger] = program.triggers;
  const isAudience = trigger?.kind === "edge" && trigger.enrolsPresent;
  if (program.starts.isWhole && trigger && !isAudience && !isContinued) {
    const source: Source = { kind: "start", node: conditionOf(trigger) };
    facts.push({ formula: anyOf(program.triggers.map((one) => happening(translator, one, outside))), source });
    facts.push({ formula: anyOf(program.triggers.map((one) => startOf(translator, one, outside))), source });
  }
  if (program.onlyIf) {
    const formula = translator.formula(program.onlyIf, outside);
    facts.push({ formula, source: { kind: "only if", node: program.onlyIf } });
  }
  return facts;
}

function conditionOf(trigger: CheckedTrigger): Checked | null {
  if (trigger.kind === "edge") return trigger.when;
  if (trigger.kind === "event") return trigger.rest[0] ?? trigger.behaviour;
  return trigger.kind === "change" ? (trigger.rest[0] ?? null) : null;
}

/** What holds when it starts somebody. */
function happening(translator: Translator, trigger: CheckedTrigger, setting: Setting): Formula {
  const formula = (node: Checked) => translator.formula(node, setting);
  switch (trigger.kind) {
    case "edge":
      return formula(trigger.when);
    case "event":
      return allOf([formula(trigger.behaviour), ...trigger.rest.map(formula)]);
    case "change":
      return allOf(trigger.rest.map(formula));
    default:
      return always;
  }
}

/** What the starting event says, as it is read inside. */
function startOf(translator: Translator, trigger: CheckedTrigger, setting: Setting): Formula {
  if (trigger.kind !== "event") return always;
  const { where, event } = trigger.behaviour;
  return (where && asStart(translator.formula(where, setting), event.name)) ?? always;
}

/** Properties of an event as those of the starting event; null where its time is read, which nothing inside can ask for. */
function asStart(formula: Formula, event: string): Formula | null {
  switch (formula.kind) {
    case "all":
    case "any": {
      const parts = formula.of.map((part) => asStart(part, event));
      const known = parts.filter((part) => part !== null);
      return known.length === parts.length ? { kind: formula.kind, of: known } : null;
    }
    case "not": {
      const part = asStart(formula.of, event);
      return part && notOf(part);
    }
    case "leaf": {
      const { leaf } = formula;
      const term = (one: Term): Term =>
        one.kind === "property" ? { kind: "start property", name: one.name, type: one.type, events: [event] } : one;
      switch (leaf.kind) {
        case "compare":
          if ([leaf.left, leaf.right].some(({ kind }) => kind === "occurred at")) return null;
          return leafOf({ ...leaf, left: term(leaf.left), right: term(leaf.right) });
        case "one of":
          if (leaf.term.kind === "occurred at") return null;
          return leafOf({ ...leaf, term: term(leaf.term), values: leaf.values.map(term) });
        case "known":
        case "starts with":
        case "ends with":
        case "contains":
        case "matches glob":
          return leafOf({ ...leaf, term: term(leaf.term) });
        default:
          return null;
      }
    }
    case "constant":
      return formula;
    default:
      return null;
  }
}

/** Exits and a goal without a limit end the enrollment before any step at which they hold. */
export function factsInside(translator: Translator, program: CheckedProgram): readonly Fact[] {
  const { inside } = settingsOf(program);
  const ended = (node: Checked, kind: "exit" | "goal"): Fact => {
    return { formula: notOf(translator.formula(node, inside)), source: { kind, node } };
  };
  const { goal } = program;
  return [
    ...program.exits.map((exit) => ended(exit, "exit")),
    ...(goal && goal.within === null ? [ended(goal.when, "goal")] : []),
  ];
}

/** What the starting event says never changes. */
export function isLasting({ formula }: Fact): boolean {
  return readsStartAlone(formula);
}

function readsStartAlone(formula: Formula): boolean {
  switch (formula.kind) {
    case "constant":
      return true;
    case "all":
    case "any":
      return formula.of.every(readsStartAlone);
    case "not":
      return readsStartAlone(formula.of);
    case "leaf": {
      const { leaf } = formula;
      if (!("by" in leaf) && leaf.kind !== "known") return false;
      const variables = termsOf(leaf).filter(isVariable);
      const isFixed = termsOf(leaf).every(({ kind }) => kind !== "moment");
      return isFixed && variables.every(({ kind }) => kind === "start property");
    }
    default:
      return false;
  }
}
