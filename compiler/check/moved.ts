// What was renamed or removed: the old name is gone, and the new one is there.

import type { Moved } from "../../grammar/ast/declaration.ts";
import type { Name } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { replace, suggested } from "../fixes.ts";
import type { Move as Planned } from "../ir/plan.ts";
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

export function checkMoves(scope: Scope, report: Report, nodes: readonly Moved[]): readonly Planned[] {
  const spaces = new Map<string, Written[]>();
  for (const node of nodes) {
    const move = moveOf(node);
    const others = spaces.get(move.space) ?? [];
    spaces.set(move.space, others);
    others.push({ node, move });
  }
  for (const written of spaces.values()) checkSpace(scope, report, written);
  return nodes.map(checked);
}

interface Written {
  readonly node: Moved;
  readonly move: Move;
}

/** Moves among names that are unique together. */
function checkSpace(scope: Scope, report: Report, written: readonly Written[]): void {
  const next = new Map(written.toReversed().map(({ move }) => [move.from.text, move]));
  const targets = new Map<string, Name>();
  const names = namesOfSpace(scope, written);
  const endOf = endsOf(next, names ?? new Set());
  for (const { node, move } of written) {
    const isThere = node.kind === "renamed" || isDeclared({ scope, report }, node.program, "program", "programs");
    if (!isThere || !names) continue;
    if (names.has(move.from.text)) reportThere(report, node, move, names);
    else checkMove(scope, report, { node, move, next, targets, names, endOf });
    const { to } = move;
    if (to && node.kind !== "removed step" && !targets.has(to.text)) targets.set(to.text, move.from);
  }
}

function moveOf(node: Moved): Move {
  if (node.kind === "renamed") return { what: node.what, space: node.what, from: node.from, to: node.to };
  const space = `step of ${node.program.text}`;
  if (node.kind === "renamed step") return { what: "step", space, from: node.from, to: node.to };
  return { what: "step", space, from: node.step, to: node.continueAt };
}

function checked(node: Moved): Planned {
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

/** Old and new exchanged is one mistake. */
function reportThere(report: Report, node: Moved, { what, from, to }: Move, names: ReadonlySet<string>): void {
  const isSwapped = to !== null && !names.has(to.text) && node.kind !== "removed step";
  const fixes = isSwapped
    ? [suggested("Exchange the two names", replace(from.span, to.text), replace(to.span, from.text))]
    : [];
  report(diagnose("E843", from.span, { what, name: from.text }, { fixes }));
}

interface Among extends Written {
  /** What became first of each old name. */
  readonly next: ReadonlyMap<string, Move>;
  /** New names, with the old one that each had first. */
  readonly targets: ReadonlyMap<string, Name>;
  /** The names that are there now. */
  readonly names: ReadonlySet<string>;
  readonly endOf: (to: Name) => Name | null;
}

function checkMove(scope: Scope, report: Report, { node, move, next, targets, names, endOf }: Among): void {
  const { what, from, to } = move;
  const first = next.get(from.text);
  const merged = node.kind !== "removed step" && to ? targets.get(to.text) : undefined;
  if (first && first !== move) {
    const related = [{ span: first.from.span, text: "the first one" }];
    report(diagnose("E844", from.span, { what, name: from.text }, { related }));
  } else if (merged && to) {
    const related = [{ span: merged.span, text: "the first one" }];
    report(diagnose("E845", from.span, { what, name: to.text, other: merged.text }, { related }));
  }
  const end = to && endOf(to);
  if (to && end && !names.has(end.text) && !scope.isLost(end.text, [what]))
    reportTarget(scope, report, node, to, names);
}

/** Where names lead: one that was renamed once more later on is not there itself. Each name is followed once. */
function endsOf(next: ReadonlyMap<string, Move>, names: ReadonlySet<string>): (to: Name) => Name | null {
  const known = new Map<string, Name | null>();
  return (to) => {
    const way: string[] = [];
    let name: Name | null = to;
    while (name && !names.has(name.text) && !known.has(name.text)) {
      // What leads back to itself leads nowhere.
      known.set(name.text, name);
      way.push(name.text);
      const move = next.get(name.text);
      if (!move) break;
      name = move.to;
    }
    const end = name && (known.get(name.text) ?? name);
    for (const passed of way) known.set(passed, end);
    return end;
  };
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
function namesOfSpace(scope: Scope, [first]: readonly Written[]): ReadonlySet<string> | null {
  if (!first) return null;
  const { node } = first;
  if (node.kind === "renamed") {
    const lists = { program: scope.programs, email: scope.emails, experiment: scope.experiments } as const;
    return new Set(node.what === "segment" ? namesOf(scope, "segment") : lists[node.what].keys());
  }
  const program = scope.programs.get(node.program.text);
  if (!program || program.recovered) return null;
  return new Set(stepsOf(program).flatMap(({ label }) => label?.text ?? []));
}
