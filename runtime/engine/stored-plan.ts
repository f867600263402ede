// Plans that were made live, as the database holds them.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program, Step } from "../../compiler/ir/program.ts";
import type { Session } from "../ports.ts";

/** A plan that was made live, and the number that it got. */
export interface AppliedPlan {
  readonly plan: Plan;
  readonly version: number;
}

/** The newest plan that was made live; null where none was. */
export async function newestPlan(session: Session): Promise<AppliedPlan | null> {
  const [row] = await session.run({
    text: "SELECT version, plan FROM applied ORDER BY version DESC LIMIT 1",
    params: {},
  });
  return row ? { plan: storedPlan(String(row.plan)), version: Number(row.version) } : null;
}

/** Plans of versions that were made live. */
export async function versionsOf(session: Session, versions: readonly number[]): Promise<ReadonlyMap<number, Plan>> {
  if (versions.length === 0) return new Map();
  const rows = await session.run({
    text: `SELECT version, plan FROM applied WHERE version IN (${versions.map((version) => Math.trunc(version)).join(", ")})`,
    params: {},
  });
  return new Map(rows.map((row) => [Number(row.version), storedPlan(String(row.plan))]));
}

/** All plans made live behind a version, the newest first. */
export async function plansBehind(session: Session, version: number): Promise<readonly Plan[]> {
  const rows = await session.run({
    text: `SELECT plan FROM applied WHERE version > ${Math.trunc(version)} ORDER BY version DESC`,
    params: {},
  });
  return rows.map((row) => storedPlan(String(row.plan)));
}

/** A plan as it was stored, with what one may lack that was applied before there was such a thing. */
function storedPlan(json: string): Plan {
  const stored = JSON.parse(json) as Plan;
  const emails = stored.emails.map((email) => ({
    ...email,
    variants: email.variants ?? [],
    wordsFrom: email.wordsFrom ?? null,
    skipsCaps: email.skipsCaps ?? false,
    attachments: email.attachments ?? [],
  }));
  const {
    scores = [],
    funnels = [],
    derived = [],
    vocabularies = [],
    policies = [],
    webhooks = [],
    reports = [],
    moves = [],
    files = [],
  } = stored;
  return {
    ...stored,
    programs: stored.programs.map((program) => storedProgram(stored, program)),
    scores,
    funnels,
    derived,
    vocabularies,
    policies,
    webhooks,
    reports,
    emails,
    moves,
    files,
  };
}

function storedProgram({ catalog }: Plan, program: Program): Program {
  // Of earlier plans an instant was the text of it, and another address the name of a field.
  const closesAt: unknown = program.closesAt;
  const steps = program.steps.map((step): Step => {
    if (step.kind === "divide") return { ...step, winner: step.winner ?? null };
    const to: unknown = step.kind === "send" ? step.to : null;
    const field = catalog.contact.fields.find(({ name }) => name === to);
    return step.kind === "send" && field
      ? { ...step, to: { kind: "field", name: field.name, type: field.type } }
      : step;
  });
  return {
    ...program,
    steps,
    sendAtMost: program.sendAtMost ?? null,
    onFailure: program.onFailure ?? "skip",
    edits: program.edits ?? "follow",
    closesAt: typeof closesAt === "string" ? { kind: "utc", value: closesAt } : program.closesAt,
  };
}
