// What a test expects of a person in the end: where she is in each program, and what she was sent.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program } from "../../compiler/ir/program.ts";
import type { Instant, Session } from "../ports.ts";
import { courseOf, type Enrollment } from "./course.ts";

export interface Expecting {
  readonly session: Session;
  readonly plan: Plan;
  readonly key: string;
  readonly programs: readonly string[];
  /** null: all that the programs send. */
  readonly email: string | null;
}

/** Clauses without `expect` and the person's name; mails count from `start` on. */
export async function expectedOf(
  { session, plan, key, programs, email }: Expecting,
  start: Instant,
): Promise<readonly string[]> {
  const { enrollments } = await courseOf(session, { key, programs });
  const known = plan.programs.filter(({ name }) => programs.includes(name));
  const standing = known.flatMap((program) =>
    placeOf(
      program,
      enrollments.filter((one) => one.program === program.name),
    ),
  );
  const named = known.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === "send" ? [step.email] : [])));
  const emails = email === null ? [...new Set(named)] : [email];
  const rows = await session.run({
    text: `SELECT email, count(*) AS mails FROM outbox
      WHERE contact_id = $key AND planned_at >= $start AND state NOT IN ('skipped', 'failed') GROUP BY email`,
    params: { key: { kind: "text", value: key }, start: { kind: "instant", value: start } },
  });
  const sent = new Map(rows.map((row) => [String(row.email), Number(row.mails)]));
  const mailed = emails.map((name) => {
    const times = sent.get(name) ?? 0;
    if (times === 0) return `was not sent ${name}`;
    return times === 1 ? `was sent ${name}` : `was sent ${name} ${times} times`;
  });
  return [...mailed, ...standing];
}

function placeOf({ name, steps }: Program, enrollments: readonly Enrollment[]): readonly string[] {
  const last = enrollments.at(-1);
  if (!last) return [`is not in program ${name}`];
  const goal = enrollments.some(({ goalAt }) => goalAt !== null) ? [`reached goal of ${name}`] : [];
  const { position } = last;
  if (!position) return [`left ${name}`, ...goal];
  // A step without a label has an id of several words.
  const isLabel =
    /^[a-z_]\w*$/i.test(position.step) && steps.some(({ id, kind }) => id === position.step && id !== kind);
  return [`is in program ${name}`, ...(isLabel ? [`is at ${position.step}`] : []), ...goal];
}
