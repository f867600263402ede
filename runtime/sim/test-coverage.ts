// Which branches of programs and which conditions of segments the tests have met.

import { actOutcomes } from "../engine/steps/act.ts";
import type { Atom } from "../../compiler/ir/atom.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program, Step } from "../../compiler/ir/program.ts";
import { printConditions } from "../../compiler/sql/print.ts";
import { quote } from "../../compiler/sql/tables.ts";
import type { Span } from "../../grammar/span.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import { ask, askSql, type TestWorld } from "./test-world.ts";

/** Something that can happen: a way through a step, or a condition that holds or does not. */
export interface Place {
  readonly kind: "program" | "segment";
  /** Of the program or the segment. */
  readonly name: string;
  readonly span: Span;
  /** In words: `wait 3d: waited`. */
  readonly text: string;
  readonly isMet: boolean;
}

interface Branch {
  readonly program: string;
  readonly span: Span;
  readonly text: string;
  /** As the journal writes it down. */
  readonly key: string;
}

const keyOf = (program: string, step: string | null, outcome: string, reason: string | null): string =>
  [program, step ?? "", outcome, reason ?? ""].join("\u001f");

export interface Coverage {
  /** To be called behind each judgement, while the facts of that moment hold. */
  readonly onJudged: (world: TestWorld) => Promise<void>;
  /** To be called at the end of each test. */
  readonly onEnd: (world: TestWorld) => Promise<void>;
  readonly places: () => readonly Place[];
}

export function coverageOf(plan: Plan, atoms: readonly Atom[]): Coverage {
  const met = new Set<string>();
  const held = atoms.map(() => ({ isTrue: false, isFalse: false }));
  return {
    onJudged: async (world) => {
      if (atoms.length === 0) return;
      const everybody = { kind: "contact", from: { text: quote("contact"), params: {} } } as const;
      const named = atoms.map(({ when }, index) => ({ name: `atom_${index}`, when }));
      const judged = printConditions(plan, everybody, named);
      const columns = named.map(
        ({ name }) => `bool_or(j.${name}) AS true_${name}, bool_or(NOT j.${name}) AS false_${name}`,
      );
      const [row] = await askSql(world, {
        ...judged,
        text: `SELECT ${columns.join(", ")} FROM (${judged.text}) AS j`,
      });
      held.forEach((atom, index) => {
        atom.isTrue ||= row?.[`true_atom_${index}`] === true;
        atom.isFalse ||= row?.[`false_atom_${index}`] === true;
      });
    },
    onEnd: async (world) => {
      const rows = await ask(world, () => "SELECT DISTINCT program, step, outcome, reason FROM journal");
      for (const { program, step, outcome, reason } of rows) {
        const text = (value: unknown) => (typeof value === "string" ? value : null);
        met.add(keyOf(String(program), text(step), String(outcome), text(reason)));
        // Why somebody was held back or set is of no concern here.
        met.add(keyOf(String(program), text(step), String(outcome), null));
      }
    },
    places: () => [
      ...plan.programs.flatMap((program) =>
        branchesOf(program).map(({ span, text, key }): Place => {
          return { kind: "program", name: program.name, span, text, isMet: met.has(key) };
        }),
      ),
      ...atoms.flatMap((atom, index) => {
        const place = (text: string, isMet: boolean): Place => {
          return { kind: "segment", name: atom.segment, span: atom.span, text: `\`${atom.text}\` ${text}`, isMet };
        };
        return [place("holds", held[index]?.isTrue === true), place("does not hold", held[index]?.isFalse === true)];
      }),
    ],
  };
}

function branchesOf(program: Program): readonly Branch[] {
  const { name, span, goal, exits } = program;
  const whole = (text: string, outcome: string, reason: string | null): Branch => {
    const head = { ...span, end: span.start + "program".length };
    return { program: name, span: head, text, key: keyOf(name, null, outcome, reason) };
  };
  return [
    whole("somebody enters", "started", null),
    ...(goal ? [whole("somebody reaches the goal", "goal", null)] : []),
    ...(exits.length > 0 ? [whole("somebody leaves by `exit when`", "left", "exit")] : []),
    ...program.steps.flatMap((step) =>
      waysOf(step).map(({ outcome, reason, text }): Branch => {
        const key = keyOf(name, step.id, outcome, reason ?? null);
        return { program: name, span: step.span, text: `\`${step.title}\` ${text}`, key };
      }),
    ),
  ];
}

interface Way {
  readonly outcome: string;
  readonly reason?: string;
  readonly text: string;
}

/** What can come of a step. That any mail may be held back by policy or consent is no branch of the program. */
function waysOf(step: Step): readonly Way[] {
  switch (step.kind) {
    case "send":
      return [
        { outcome: "send", text: "is sent" },
        ...(step.onlyIf ? [{ outcome: "skipped", text: "is skipped" }] : []),
      ];
    case "wait":
    case "wait until":
      return [{ outcome: "waited", text: "is over" }];
    case "wait for":
      return [
        { outcome: "came", text: "came" },
        { outcome: "timed out", text: "timed out" },
      ];
    case "choose":
      return [
        ...step.branches.map((_, index) => {
          const which = step.branches.length === 1 ? "then" : `branch ${index + 1}`;
          return { outcome: "chose", reason: `branch ${index + 1}`, text: which };
        }),
        { outcome: "chose", reason: "otherwise", text: "otherwise" },
      ];
    case "divide":
      return step.arms.map(({ name }, index) => {
        const arm = `arm ${name ?? index + 1}`;
        return { outcome: "chose", reason: arm, text: arm };
      });
    case "set":
    case "add to":
    case "remove from":
    case "subscribe to":
    case "unsubscribe from":
    case "suppress":
    case "hand off":
    case "call":
      return [{ outcome: actOutcomes[step.kind], text: "is done" }];
    case "go to":
      return [{ outcome: "went", text: "is reached" }];
    case "held out":
      return [{ outcome: "left", reason: "held out", text: "is over for somebody" }];
    case "continue in":
      return [{ outcome: "left", reason: `continued in ${step.program}`, text: "is reached" }];
    case "stop":
      return [{ outcome: "left", reason: "stopped", text: "is reached" }];
    // Nobody in a test was there before the step was removed.
    case "removed":
      return [];
    default:
      return unreachable(step);
  }
}
