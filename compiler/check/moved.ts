// What was renamed or removed: the old name is gone, and the new one is there.

import type { Moved } from "../../grammar/ast/declaration.ts";
import type { Name } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { CheckedMove } from "../checked-delivery.ts";
import { replace, suggested } from "../fixes.ts";
import { namesOf, type Report, type Scope } from "../scope.ts";
import { stepsOf } from "../written-steps.ts";
import { isDeclared } from "./acts.ts";
import { missing, nearestFix } from "./operand.ts";

/** A name that gave way to another one, or to nothing (`to` null). */
interface Move {
  readonly what: string;
  /** Names that are unique within it: `segment`, or a program's steps. */
  readonly space: string;
  readonly from: Name;
  readonly to: Name | null;
}

export function checkMoves(scope: Scope, report: Report, nodes: readonly Moved[]): readonly CheckedMove[] {
  const moves = nodes.map(moveOf);
  nodes.forEach((node, index) => {
    const move = moves[index];
    if (move) checkMove(scope, report, node, move, moves.slice(0, index), moves);
  });
  return nodes.map(checked);
}

function moveOf(node: Moved): Move {
  if (node.kind === "renamed") return { what: node.what, space: node.what, from: node.from, to: node.to };
  const space = `step of ${node.program.text}`;
  if (node.kind === "renamed step") return { what: "step", space, from: node.from, to: node.to };
  return { what: "step", space, from: node.step, to: node.continueAt };
}

function checked(node: Moved): CheckedMove {
  switch (node.kind) {
    case "renamed":
      return { kind: node.kind, what: node.what, from: node.from.text, to: node.to.text };
    case "renamed step":
      return { kind: node.kind, program: node.program.text, from: node.from.text, to: node.to.text };
    default: {
      const continueAt = node.continueAt?.text ?? null;
      return { kind: node.kind, program: node.program.text, step: node.step.text, continueAt };
    }
  }
}

function checkMove(
  scope: Scope,
  report: Report,
  node: Moved,
  move: Move,
  earlier: readonly Move[],
  all: readonly Move[],
): void {
  const names = namesIn(scope, report, node);
  if (!names) return;
  const { what, from, to } = move;
  if (names.has(from.text)) {
    // Old and new exchanged is one mistake.
    const isSwapped = to !== null && !names.has(to.text) && node.kind !== "removed step";
    const fixes = isSwapped
      ? [suggested("Exchange the two names", replace(from.span, to.text), replace(to.span, from.text))]
      : [];
    report(diagnose("E843", from.span, { what, name: from.text }, { fixes }));
    return;
  }
  const alike = earlier.filter(({ space }) => space === move.space);
  const again = alike.find((other) => other.from.text === from.text);
  const merged = node.kind !== "removed step" && alike.find((other) => to && other.to?.text === to.text);
  if (again) {
    const related = [{ span: again.from.span, text: "the first one" }];
    report(diagnose("E844", from.span, { what, name: from.text }, { related }));
  } else if (merged && to) {
    const related = [{ span: merged.from.span, text: "the first one" }];
    report(diagnose("E845", from.span, { what, name: to.text, other: merged.from.text }, { related }));
  }
  const end = to && endOf(move, to, all, names);
  if (to && end && !names.has(end.text) && !scope.isLost(end.text, [what]))
    reportTarget(scope, report, node, to, names);
}

/** Where a name leads: one that was renamed once more later on is not there itself. */
function endOf({ space }: Move, to: Name, all: readonly Move[], names: ReadonlySet<string>): Name | null {
  const next = new Map(all.filter((move) => move.space === space).map((move) => [move.from.text, move]));
  const seen = new Set<string>();
  let name: Name | null = to;
  while (name && !names.has(name.text) && !seen.has(name.text)) {
    seen.add(name.text);
    const move = next.get(name.text);
    if (!move) return name;
    name = move.to;
  }
  return name;
}

function reportTarget(scope: Scope, report: Report, node: Moved, to: Name, names: ReadonlySet<string>): void {
  if (node.kind === "renamed") {
    missing({ scope, report }, to, { what: node.what, starters: [node.what] }, names);
    return;
  }
  const words = { name: to.text, program: node.program.text };
  report(diagnose("E529", to.span, words, { fixes: nearestFix(scope, to, names) }));
}

/** The names that are there now; null where they cannot be told. */
function namesIn(scope: Scope, report: Report, node: Moved): ReadonlySet<string> | null {
  if (node.kind === "renamed") {
    const segments = namesOf(scope, "segment");
    const lists = { program: scope.programs, email: scope.emails, experiment: scope.experiments } as const;
    return new Set(node.what === "segment" ? segments : lists[node.what].keys());
  }
  if (!isDeclared({ scope, report }, node.program, "program", "programs")) return null;
  const program = scope.programs.get(node.program.text);
  if (!program || program.recovered) return null;
  return new Set(stepsOf(program).flatMap(({ label }) => label?.text ?? []));
}
