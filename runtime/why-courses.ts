// Why a person is in a program, or was mailed an email: asked of the plan that is live, since that is what runs.

import type { Plan } from "../compiler/ir/plan.ts";
import { nearest } from "../compiler/similar.ts";
import { openEngine } from "./engine/engine.ts";
import { failure } from "./failures/failures.ts";
import type { Database, Instant, Result } from "./ports.ts";
import { programNamed } from "./sources/project-plan.ts";
import { getReady } from "./questions.ts";
import type { WhyEmail, WhyProgram } from "./why/course-answer.ts";
import { whyEmailIn } from "./why/email.ts";
import { type CourseRequest, whyProgramIn } from "./why/program.ts";

interface Asked {
  readonly key: string;
  readonly name: string;
  readonly at: Instant;
}

export async function whyProgramOf(
  database: Database,
  own: Plan,
  { key, name, at }: Asked,
): Promise<Result<WhyProgram>> {
  const request = await requestFor(database, own, key, at);
  const program = programNamed(request.plan, name);
  if (!program.ok) return program;
  return known(key, await whyProgramIn(database, request, program.value));
}

export async function whyEmailOf(database: Database, own: Plan, { key, name, at }: Asked): Promise<Result<WhyEmail>> {
  const request = await requestFor(database, own, key, at);
  const { emails } = request.plan;
  const email = emails.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!email) {
    const near = nearest(
      name,
      emails.map((one) => one.name),
    );
    return { ok: false, failure: failure("F117", { kind: "email", name, near }) };
  }
  return known(key, await whyEmailIn(database, request, email));
}

async function requestFor(database: Database, own: Plan, key: string, at: Instant): Promise<CourseRequest> {
  const engine = await openEngine(database);
  const plan = engine?.plan ?? own;
  await getReady(database, plan, at);
  return { plan, version: engine?.version ?? null, key, at };
}

function known<T>(key: string, why: T | null): Result<T> {
  return why === null ? { ok: false, failure: failure("F118", { key }) } : { ok: true, value: why };
}
