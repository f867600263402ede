// A wait for something to happen, with a limit. What happens in the instant of the limit still counts.

import type { Behaviour, Condition } from "../../../compiler/ir/condition.ts";
import { isFolded } from "../../../compiler/types.ts";
import type { Origin, StepKind } from "./kind.ts";

export const waitFor: StepKind<"wait for"> = {
  isInstant: false,
  isWatched: () => true,
  conditions: (step, origin) => [step.same === null ? step.until : tied(step.until, step.same, origin)],
  hop(step, scene) {
    const came = scene.condition(step, 0);
    const isSkipped = scene.isMailSkipped(step);
    const choose = (skipped: string, then: string, otherwise: string) =>
      `CASE WHEN ${isSkipped} THEN ${skipped} WHEN ${came} THEN ${then} WHEN ${scene.limitOf(step)} <= ${scene.now} THEN ${otherwise} END`;
    return {
      outcome: choose("'passed'", "'came'", "'timed out'"),
      reason: `CASE WHEN ${isSkipped} THEN 'its mail was skipped' END`,
      next: choose(scene.next(step.next), scene.next(step.then), scene.next(step.otherwise)),
    };
  },
  due: (step, scene) => scene.after(step.limit),
};

/** Ties the events of a condition to the starting event: their property has the value that its has. */
function tied(condition: Condition, property: string, origin: Origin): Condition {
  switch (condition.kind) {
    case "all":
    case "any":
      return { kind: condition.kind, of: condition.of.map((child) => tied(child, property, origin)) };
    case "not":
      return { kind: "not", of: tied(condition.of, property, origin) };
    case "behaviour":
      return tiedBehaviour(condition, property, origin);
    case "chain": {
      const tie = (event: Behaviour) => tiedBehaviour(event, property, origin);
      const links = condition.links.map((link) => ({ ...link, event: tie(link.event) }));
      return { kind: "chain", first: tie(condition.first), links };
    }
    default:
      return condition;
  }
}

function tiedBehaviour(behaviour: Behaviour, name: string, origin: Origin): Behaviour {
  const type = origin.typeOf(behaviour.event, name);
  if (type === null) return behaviour;
  const same: Condition = {
    kind: "compare",
    op: "=",
    left: { kind: "property", name, type },
    right: { kind: "start property", name, type, events: origin.startsWith(name) },
    by: isFolded(type) ? "text" : "plain",
  };
  return { ...behaviour, where: behaviour.where ? { kind: "all", of: [behaviour.where, same] } : same };
}
