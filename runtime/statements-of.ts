// The statements of a program, with the engine that prints them loaded only where they are asked for.

import type { Plan } from "../compiler/ir/plan.ts";
import type { Program } from "../compiler/ir/program.ts";
import type { Titled } from "./sources/program-sql.ts";

export async function statementsOf(plan: Plan, program: Program): Promise<readonly Titled[]> {
  const { programSql } = await import("./sources/program-sql.ts");
  return programSql(plan, program);
}
