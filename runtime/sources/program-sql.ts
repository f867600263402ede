// The statement that moves a program's people, as `show program --sql` prints it.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program } from "../../compiler/ir/program.ts";
import { builder } from "../../compiler/sql/builder.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { printPeople, printProposed, printVerdict } from "../engine/decide.ts";
import { createEngine } from "../engine/engine.ts";
import { asksPeople } from "../engine/policies.ts";
import { restrainsMail } from "../engine/restraints.ts";
import { noWinners } from "../engine/winners.ts";
import { printProposals } from "../engine/walk.ts";
import type { Database } from "../ports.ts";
import { type ShownSql, shownSql } from "./project-plan.ts";

export interface Titled {
  readonly title: string;
  readonly sql: ShownSql;
}

const refuse = async () => {
  throw new Bug("printing reads no database");
};
const closed: Database = { run: refuse, change: refuse, transaction: refuse, close: refuse };

/** Proposals for everybody who is due, and what is decided about them; moments stay open. */
export function programSql(plan: Plan, program: Program): readonly Titled[] {
  if (program.steps.length === 0) return [];
  const parts = builder();
  const steps = program.steps.map(({ id }) => id);
  const instants = { engine: createEngine(closed, plan, 0), now: 0, zones: [], winners: noWinners };
  const edition = { ...program, pinned: null };
  const standing = {
    program: edition,
    steps,
    watching: "all",
    hasSkipped: true,
    hasUnknown: true,
    nexts: null,
  } as const;
  const proposals = printProposals(standing, instants, parts);
  const proposed = `(${printProposed([proposals])})`;
  const people = asksPeople(plan) ? `(${printPeople(instants.engine, proposed, parts)})` : null;
  const restrained = restrainsMail(plan) ? { proposed, people, closures: [], stepMs: 0 } : null;
  const sql = parts.finish(printVerdict(instants.engine.inside, [proposals], restrained, parts));
  return [{ title: `who of ${program.name} moves, and where to`, sql: shownSql(sql) }];
}
