// Mails that go to another address than the contact's own: which sends those are, and how the addresses are read.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program, Step } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { printTerms } from "../../compiler/sql/print.ts";
import { quote } from "../../compiler/sql/tables.ts";

export interface OtherAddress {
  /** Id of the send. */
  readonly step: string;
  /** Column of the address; NULL where it is unknown. */
  readonly column: string;
}

/** `reached`: steps of the program. */
export function otherAddresses(program: Program, reached: readonly Step[]): readonly OtherAddress[] {
  return sendsElsewhere(program, reached).map(({ step, name }) => ({ step: step.id, column: quote(name) }));
}

function sendsElsewhere({ steps }: Program, reached: readonly Step[]) {
  return steps.flatMap((step, place) =>
    step.kind === "send" && step.to !== null && reached.includes(step)
      ? [{ step, name: `to ${place}`, term: step.to }]
      : [],
  );
}

/** SELECT of the enrollments in a relation with the columns of the addresses. */
export function printOtherAddresses(
  plan: Plan,
  program: Program,
  { reached, relation }: { readonly reached: readonly Step[]; readonly relation: string },
  builder: Builder,
): string {
  const subjects = { kind: "enrollment", from: { text: relation, params: {} } } as const;
  return builder.include(printTerms(plan, subjects, sendsElsewhere(program, reached)));
}
