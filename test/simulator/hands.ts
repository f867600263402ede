// What people do by hand in a simulated world: they pause, resume, try again, put somebody in or out, and edit programs.

import { operating } from "../../runtime/operating.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Clock, Database } from "../../runtime/ports.ts";
import type { Dice } from "../sql/dice.ts";
import { type Scenario, stepOf } from "./scenario.ts";

export interface Acting {
  readonly database: Database;
  readonly plan: Plan;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly scenario: Scenario;
}

/** Does something, which may be refused. @returns what, for people */
export async function act({ database, plan, clock, dice, scenario }: Acting): Promise<string> {
  const hands = operating({ database, plan, clock, folder: null });
  const program = dice.pick(plan.programs).name;
  const contact = dice.pick(scenario.people).id;
  const kind = dice.pick(["pause", "pause", "resume", "resume", "retry", "enroll", "enroll", "eject"] as const);
  if (kind === "pause" || kind === "resume") await hands[kind](program);
  else if (kind === "retry") await hands.retry({ program });
  else await hands[kind]({ contact, program });
  return `${kind} ${program}`;
}

/** Whatever is paused goes on. */
export async function resumeAll({ database, plan, clock }: Omit<Acting, "dice" | "scenario">): Promise<void> {
  await operating({ database, plan, clock, folder: null }).resume("all");
}

const partsOf = (program: string): readonly string[] => {
  const parts: string[] = [];
  let depth = 0;
  let begun = 0;
  for (let index = 0; index < program.length; index++) {
    const isComparison = program[index + 1] === "=";
    if (program[index] === "<" && !isComparison) depth++;
    if (program[index] === ">" && !isComparison) depth--;
    if (depth === 1 && program.startsWith("  ", index)) {
      parts.push(program.slice(begun, index).trim());
      begun = index;
    }
  }
  return [...parts, program.slice(begun).trim().slice(0, -1).trim()].filter((part) => part !== "");
};

const isHead = (part: string): boolean => /^(program|start|enter|goal|exit|edits)\b/.test(part);

/** One program of the sources with a step more, less or another, or with another word on who follows edits. */
export function edited(source: string, dice: Dice): string {
  const lines = source.split("\n");
  const programs = lines.flatMap((line, index) => (line.startsWith("program ") ? [index] : []));
  const place = dice.pick(programs);
  const parts = partsOf(lines[place] ?? "");
  const head = parts.filter(isHead);
  const steps = parts.filter((part) => !isHead(part));
  const index = dice.below(steps.length);
  const kind = dice.pick(["insert", "insert", "append", "delete", "replace", "word"] as const);
  const fresh = stepOf(dice, null);
  if (kind === "insert") steps.splice(index, 0, fresh);
  if (kind === "append") steps.push(fresh);
  if (kind === "delete" && steps.length > 1) steps.splice(index, 1);
  if (kind === "replace") steps.splice(index, 1, fresh);
  const said = head.filter((part) => !part.startsWith("edits"));
  const word = dice.pick(["edits pin", "edits follow"]);
  lines[place] = `${[...said, word, ...steps].join("  ")} >`;
  return lines.join("\n");
}
