// What is written down of a person: her enrollments, where she stands, and her lines of the journal.

import type { Instant, Row, Session } from "../ports.ts";

export interface Enrollment {
  readonly id: string;
  readonly program: string;
  readonly version: number;
  readonly startedAt: Instant;
  readonly startEvent: string | null;
  readonly leftAt: Instant | null;
  readonly reason: string | null;
  readonly goalAt: Instant | null;
  /** null where the person left. */
  readonly position: Position | null;
}
export interface Position {
  readonly step: string;
  readonly due: Instant;
  readonly seq: number;
  /** Whether a policy delays the mail of the step. */
  readonly isDelayed: boolean;
}

export interface Entry {
  readonly tick: Instant;
  readonly program: string;
  readonly enrollment: string;
  readonly seq: number;
  readonly step: string | null;
  readonly email: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly next: string | null;
}

export interface Course {
  /** The oldest first. */
  readonly enrollments: readonly Enrollment[];
  /** In the order in which they were written. */
  readonly journal: readonly Entry[];
}

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
const instant = (value: unknown): Instant | null => (value === null || value === undefined ? null : Number(value));

/** Of some programs, up to the last tick. */
export async function courseOf(
  session: Session,
  { key, programs }: { readonly key: string; readonly programs: readonly string[] },
): Promise<Course> {
  const params = {
    key: { kind: "text", value: key },
    programs: { kind: "texts", value: programs },
  } as const;
  const enrollments = await session.run({
    text: `SELECT e.*, p.step AS "step", p.due AS "due", p.seq AS "seq", p.owed_at IS NOT NULL AS is_delayed
      FROM enrollment AS e LEFT JOIN positions AS p ON p.enrollment_id = e.enrollment_id AND p.contact_id = $key
      WHERE e.contact_id = $key AND list_contains($programs, e.program)
      ORDER BY e.started_at, e.program, e.enrollment_id`,
    params,
  });
  const journal = await session.run({
    text: `SELECT tick, program, enrollment_id, seq, step, email, outcome, reason, "next" FROM journal
      WHERE contact_id = $key AND list_contains($programs, program)
      ORDER BY tick, CASE WHEN seq = 0 THEN 1 ELSE 0 END, round, enrollment_id, seq`,
    params,
  });
  return { enrollments: enrollments.map(enrollmentOf), journal: journal.map(entryOf) };
}

function enrollmentOf(row: Row): Enrollment {
  const step = text(row.step);
  return {
    id: String(row.enrollment_id),
    program: String(row.program),
    version: Number(row.version),
    startedAt: Number(row.started_at),
    startEvent: text(row.start_event),
    leftAt: instant(row.left_at),
    reason: text(row.reason),
    goalAt: instant(row.goal_at),
    position:
      step === null ? null : { step, due: Number(row.due), seq: Number(row.seq), isDelayed: row.is_delayed === true },
  };
}

function entryOf(row: Row): Entry {
  return {
    tick: Number(row.tick),
    program: String(row.program),
    enrollment: String(row.enrollment_id),
    seq: Number(row.seq),
    step: text(row.step),
    email: text(row.email),
    outcome: String(row.outcome),
    reason: text(row.reason),
    next: text(row.next),
  };
}

/** Moments of programs that were missed; they are about nobody, and so told to everybody. */
export async function missedOf(
  session: Session,
  program: string,
): Promise<readonly { readonly tick: Instant; readonly reason: string }[]> {
  const rows = await session.run({
    text: `SELECT tick, reason FROM journal
      WHERE contact_id = '' AND program = $program AND outcome = 'missed' ORDER BY tick DESC LIMIT 3`,
    params: { program: { kind: "text", value: program } },
  });
  return rows.map((row) => ({ tick: Number(row.tick), reason: String(row.reason) })).toReversed();
}
