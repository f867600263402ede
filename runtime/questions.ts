// What can be asked of a database at an instant: who is in a segment, and all that is known of one contact.

import { calendarOf } from "../compiler/calendar.ts";
import type { Field } from "../compiler/ir/catalog.ts";
import type { Condition } from "../compiler/ir/condition.ts";
import { type Funnel, placeTerm, scoreTerm } from "../compiler/ir/people.ts";
import type { Plan } from "../compiler/ir/plan.ts";
import { byName } from "../compiler/order.ts";
import { bind } from "../compiler/sql/bind.ts";
import { printConditions, printMembers, printTerms, type Subjects } from "../compiler/sql/print.ts";
import type { Sql } from "../compiler/sql/sql.ts";
import { columnOf, columnType, quote } from "../compiler/sql/tables.ts";
import type { ContactView, Members, SegmentsView, SegmentView } from "./cadenza.ts";
import { armsOf } from "./engine/arms.ts";
import { createEngine } from "./engine/engine.ts";
import { movesByCalendar } from "./engine/reads.ts";
import { rowsRead } from "./engine/segments/cost.ts";
import { printStored, sizesOf, withMembership } from "./engine/segments/members.ts";
import { ensureSpans } from "./engine/zones.ts";
import { failure } from "./failures/failures.ts";
import type { Cell, Database, Instant, Result, Row, Session } from "./ports.ts";
import { programNamed, segmentNamed } from "./sources/project-plan.ts";
import type { ArmsView } from "./snapshot.ts";
import type { Why } from "./why/answer.ts";
import { whyIn, type WhyRequest } from "./why/why.ts";

function bound(plan: Plan, sql: Sql, at: Instant): Sql {
  return bind(sql, calendarOf(plan.project.zone, plan.project.firstWeekday), at);
}

/** Days and months of rows are counted by the offsets of the project's zone, which no tick may have written yet. */
export async function getReady(database: Database, plan: Plan, at: Instant): Promise<void> {
  if (!movesByCalendar(plan)) return;
  const engine = createEngine(database, plan, 0);
  await database.transaction((session) => ensureSpans({ engine, session, now: at }, [plan.project.zone]));
}

export interface MembersRequest {
  readonly at: Instant;
  readonly limit: number | undefined;
  /** True: nothing is stored. */
  readonly isApart: boolean;
}

export async function membersOf(
  database: Database,
  plan: Plan,
  name: string,
  { at, limit, isApart }: MembersRequest,
): Promise<Result<Members>> {
  const found = segmentNamed(plan, name);
  if (!found.ok) return found;
  await getReady(database, plan, at);
  const segment = found.value;
  const stored = isApart
    ? null
    : await withMembership(database, plan, at, ({ session, slots }) =>
        keysOf(session, { text: printStored({ slots }, segment), params: {} }, limit),
      );
  if (stored) return { ok: true, value: { segment, ...stored } };
  const members = bound(plan, printMembers(plan, segment), at);
  return { ok: true, value: { segment, ...(await keysOf(database, members, limit)) } };
}

async function keysOf(
  session: Session,
  members: Sql,
  limit: number | undefined,
): Promise<Pick<Members, "count" | "members">> {
  if (limit === 0) {
    const [row] = await session.run({ ...members, text: `SELECT count(*) AS n FROM (${members.text}) AS m` });
    return { count: Number(row?.n ?? 0), members: [] };
  }
  const rows = await session.run({
    ...members,
    text: `SELECT contact_id FROM (${members.text}) AS m ORDER BY contact_id`,
  });
  const keys = rows.map((row) => String(row.contact_id));
  return { count: keys.length, members: keys.slice(0, limit) };
}

/** Sizes as they are stored; for an instant before the stored one, by judging each segment anew. */
export async function segmentsView(database: Database, plan: Plan, at: Instant): Promise<Result<SegmentsView>> {
  await getReady(database, plan, at);
  const rows = await rowsRead(database, plan, at);
  const sized = (segment: string) => ({ segment, rows: rows.get(segment) ?? 0 });
  const stored = await withMembership(database, plan, at, async (membership) => {
    const { looked } = membership;
    const sizes = await sizesOf(membership, plan, at);
    const segments = plan.segments.map(({ id }) => ({
      ...sized(id),
      ...(sizes.get(id) ?? { count: 0, lastDay: null }),
    }));
    return { refreshedAt: at, looked, segments };
  });
  if (stored) return { ok: true, value: stored };
  const segments: SegmentView[] = [];
  for (const { id } of plan.segments) {
    const { count } = await keysOf(database, bound(plan, printMembers(plan, id), at), 0);
    segments.push({ ...sized(id), count, lastDay: null });
  }
  return { ok: true, value: { refreshedAt: null, looked: null, segments } };
}

export async function armsView(
  database: Database,
  plan: Plan,
  name: string,
  at: Instant,
): Promise<Result<readonly ArmsView[]>> {
  const program = programNamed(plan, name);
  if (!program.ok) return program;
  const turn = { engine: createEngine(database, plan, 0), session: database, now: at };
  return { ok: true, value: await armsOf(turn, program.value) };
}

const enrollments = `SELECT e.program AS program, e.started_at AS started_at, e.left_at AS left_at, e.reason AS reason,
    p.step AS step
  FROM enrollment AS e LEFT JOIN positions AS p ON p.enrollment_id = e.enrollment_id
  WHERE e.contact_id = $key AND e.started_at <= $now
  ORDER BY e.started_at, e.program`;

export async function contactView(
  database: Database,
  plan: Plan,
  key: string,
  at: Instant,
): Promise<Result<ContactView>> {
  const params = { key: { kind: "text", value: key } } as const;
  const [row] = await database.run({ text: "SELECT * FROM contact WHERE contact_id = $key", params });
  if (!row) return { ok: false, failure: failure("F118", { key }) };
  const fields = plan.catalog.contact.fields.map((field) => [
    field.name,
    shown(row[columnOf(field, "contact")], field),
  ]);
  const walked = await database.run({
    text: enrollments,
    params: { ...params, now: { kind: "instant", value: at } },
  });
  return {
    ok: true,
    value: {
      key,
      fields: Object.fromEntries(fields) as Readonly<Record<string, Cell>>,
      ...(await computedOf(database, plan, key, at)),
      derived: await derivedOf(database, plan, key, at),
      segments: await segmentsOf(database, plan, key, at),
      enrollments: walked.map(enrollmentView),
    },
  };
}

export function shown(value: Cell | undefined, { type }: Pick<Field, "type">): Cell {
  const isInstant = type.scalar.kind === "datetime" && typeof value === "number";
  return isInstant ? new Date(value).toISOString() : (value ?? null);
}

async function derivedOf(database: Database, plan: Plan, key: string, at: Instant): Promise<ContactView["derived"]> {
  if (plan.derived.length === 0) return {};
  await getReady(database, plan, at);
  const terms = plan.derived.map(({ term }, index) => ({ name: `derived ${index}`, term }));
  const columns = plan.derived.map(
    ({ type }, index) => `CAST(t."derived ${index}" AS ${columnType(type)}) AS "value ${index}"`,
  );
  const values = bound(plan, printTerms(plan, alone(key), terms), at);
  const [row] = await database.run({ ...values, text: `SELECT ${columns.join(", ")} FROM (${values.text}) AS t` });
  return Object.fromEntries(plan.derived.map((field, index) => [field.name, shown(row?.[`value ${index}`], field)]));
}

function enrollmentView(row: Row): ContactView["enrollments"][number] {
  return {
    program: String(row.program),
    startedAt: Number(row.started_at),
    leftAt: row.left_at === null || row.left_at === undefined ? null : Number(row.left_at),
    reason: typeof row.reason === "string" ? row.reason : null,
    step: typeof row.step === "string" ? row.step : null,
  };
}

function alone(key: string): Subjects {
  const text = `(SELECT * FROM ${quote("contact")} WHERE contact_id = $the_key)`;
  return { kind: "contact", from: { text, params: { the_key: { kind: "text", value: key } } } };
}

/** All scores and stages, by one statement. */
async function computedOf(
  database: Database,
  plan: Plan,
  key: string,
  at: Instant,
): Promise<Pick<ContactView, "scores" | "stages">> {
  const [scores, funnels] = [byName(plan.scores), byName(plan.funnels)];
  if (scores.length + funnels.length === 0) return { scores: {}, stages: {} };
  await getReady(database, plan, at);
  const terms = [
    ...scores.map(({ name }) => ({ name: `score ${name}`, term: scoreTerm(name) })),
    ...funnels.map(({ name }) => ({ name: `place ${name}`, term: placeTerm(name) })),
  ];
  const [row] = await database.run(bound(plan, printTerms(plan, alone(key), terms), at));
  const stageOf = ({ name, stages }: Funnel) => stages[Number(row?.[`place ${name}`] ?? 0) - 1]?.name ?? null;
  return {
    scores: Object.fromEntries(scores.map(({ name }) => [name, Number(row?.[`score ${name}`])])),
    stages: Object.fromEntries(funnels.map((funnel) => [funnel.name, stageOf(funnel)])),
  };
}

/** All segments are judged in one statement, for this contact alone. */
async function segmentsOf(database: Database, plan: Plan, key: string, at: Instant): Promise<readonly string[]> {
  const conditions = plan.segments.map(({ id }): Condition => ({ kind: "in segment", segment: id }));
  const holds = await judgeAlone(database, plan, { key, conditions, at });
  return plan.segments.filter((_, index) => holds[index] === true).map(({ id }) => id);
}

/** Whether each condition holds for one contact. */
export async function judgeAlone(
  database: Database,
  plan: Plan,
  { key, conditions, at }: { readonly key: string; readonly conditions: readonly Condition[]; readonly at: Instant },
): Promise<readonly boolean[]> {
  if (conditions.length === 0) return [];
  await getReady(database, plan, at);
  const named = conditions.map((when, index) => ({ name: `holds_${index}`, when }));
  const [row] = await database.run(bound(plan, printConditions(plan, alone(key), named), at));
  return named.map(({ name }) => row?.[name] === true);
}

export async function whyOf(
  database: Database,
  plan: Plan,
  { key, segment, at }: Omit<WhyRequest, "plan">,
): Promise<Result<Why>> {
  const found = segmentNamed(plan, segment);
  if (!found.ok) return found;
  const why = await whyIn(database, { plan, key, segment: found.value, at });
  return why ? { ok: true, value: why } : { ok: false, failure: failure("F118", { key }) };
}
