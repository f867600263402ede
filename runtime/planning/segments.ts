// Who enters and leaves segments because of an edit: both rules judged of the same people, facts and instant.

import { canonical } from "../../compiler/hash.ts";
import type { Catalog } from "../../compiler/ir/catalog.ts";
import type { Plan, Segment } from "../../compiler/ir/plan.ts";
import { printConditions } from "../../compiler/sql/print.ts";
import { quote } from "../../compiler/sql/tables.ts";
import { createEngine, fill, run, type Turn } from "../engine/engine.ts";
import { movesByCalendar } from "../engine/reads.ts";
import { printHolds, withMembership } from "../engine/segments/members.ts";
import { readStore } from "../engine/segments/store.ts";
import { ensureSpans } from "../engine/zones.ts";
import type { Database, Instant, Row } from "../ports.ts";
import type { How, People, SegmentMoves } from "./foreseen.ts";

export interface SegmentsRequest {
  /** Null where nothing is live. */
  readonly live: Plan | null;
  /** With the first names of what had others. */
  readonly next: Plan;
  /** The id that a segment of the live plan has in the next one. */
  readonly segment: (id: string) => string;
  readonly at: Instant;
  /** How many keys are named of each. */
  readonly samples: number;
  /** Makes the tables fit the next plan; what the live one reads is judged before. */
  readonly prepare: () => Promise<void>;
}

interface Compared {
  readonly id: string;
  readonly was: Segment | null;
  readonly is: Segment | null;
}

/** The segments that an edit may give other members. All of them where it changes what all conditions are read by. */
function comparedOf({ live, next, segment: idNow }: SegmentsRequest): readonly Compared[] {
  const before = new Map((live?.segments ?? []).map((segment) => [idNow(segment.id), segment]));
  const after = new Map(next.segments.map((segment) => [segment.id, segment]));
  const isAllNew = live !== null && readsOtherwise(live, next);
  return [...new Set([...after.keys(), ...before.keys()])].sort().flatMap((id) => {
    const [was = null, is = null] = [before.get(id), after.get(id)];
    return !isAllNew && was?.hash === is?.hash ? [] : [{ id, was, is }];
  });
}

/** Whether the same condition may hold for others: by another zone, week, currency or seed, or of other fields. */
function readsOtherwise(live: Plan, next: Plan): boolean {
  const ofProject = ({ project: { zone, firstWeekday, currency, seed } }: Plan) => [zone, firstWeekday, currency, seed];
  const ofDerived = ({ derived }: Plan) => derived;
  return (
    canonical(ofProject(live)) !== canonical(ofProject(next)) ||
    canonical(ofDerived(live)) !== canonical(ofDerived(next)) ||
    !isExtended(live.catalog, next.catalog)
  );
}

/** Whether all that was declared still is, as it was. */
function isExtended(was: Catalog, is: Catalog): boolean {
  const entries = ({ contact, company, events, topics }: Catalog) => [
    ...contact.fields.map((field) => ["contact", field]),
    [contact.zone, contact.country, contact.address],
    ...(company?.fields ?? []).map((field) => ["company", field]),
    ...events.flatMap(({ name, key, fields }) => [[name, key], ...fields.map((field) => [name, field])]),
    ...topics.map((topic) => ["topic", topic]),
  ];
  const known = new Set(entries(is).map(canonical));
  return entries(was).every((entry) => known.has(canonical(entry)));
}

const column = (index: number) => `s${index}`;
const [before, after] = ["judged_before", "judged_after"];

/** Fills a temporary table with a row per contact, and a column per segment that the plan has. */
async function judge(turn: Turn, table: string, segments: readonly (Segment | null)[]): Promise<void> {
  const { plan } = turn.engine;
  if (movesByCalendar(plan)) await ensureSpans(turn, [plan.project.zone]);
  const conditions = segments.flatMap((segment, index) =>
    segment ? [{ name: column(index), when: { kind: "in segment", segment: segment.id } as const }] : [],
  );
  const contacts = { kind: "contact", from: { text: quote("contact"), params: {} } } as const;
  await fill(turn, table, (builder) => {
    const judged = builder.include(printConditions(plan, contacts, conditions));
    return `SELECT j.contact_id${conditions.map(({ name }) => `, j.${name}`).join("")} FROM (${judged}) AS j`;
  });
}

/**
 * As `judge`, from the stored membership, which is brought up to now: the tick to come would do so anyway. False where nothing
 * is stored, or for a later instant.
 */
async function recall(
  { engine, session, now }: Turn,
  table: string,
  segments: readonly (Segment | null)[],
): Promise<boolean> {
  const { store } = await readStore(session);
  if (store === null) return false;
  const found = await withMembership(engine.database, engine.plan, now, async ({ slots }) => {
    const columns = segments.flatMap((segment, index) =>
      segment ? [`, ${printHolds(slots, segment.id, "m")} AS ${column(index)}`] : [],
    );
    await session.change({
      text: `CREATE OR REPLACE TEMP TABLE ${table} AS SELECT m.contact_id${columns.join("")} FROM segment_member AS m`,
      params: {},
    });
    return true;
  });
  return found ?? false;
}

export async function segmentMoves(shadow: Database, request: SegmentsRequest): Promise<readonly SegmentMoves[]> {
  const { live, next, at, samples, prepare } = request;
  const compared = comparedOf(request);
  const turnOf = (plan: Plan): Turn => ({ engine: createEngine(shadow, plan, 0), session: shadow, now: at });
  const isJudged = compared.length > 0;
  const [were, are] = [compared.map(({ was }) => was), compared.map(({ is }) => is)];
  const isRecalled = isJudged && live !== null && (await recall(turnOf(live), before, were));
  if (isJudged && live && !isRecalled) await judge(turnOf(live), before, were);
  await prepare();
  if (!isJudged) return [];
  const turn = turnOf(next);
  // What is stored of a segment that has another name now is moved when the plan is applied.
  const isNamedSo = live?.segments.every(({ id }) => request.segment(id) === id) ?? false;
  if (!isRecalled || !isNamedSo || !(await recall(turn, after, are))) await judge(turn, after, are);
  if (!live) await fill(turn, before, () => `SELECT contact_id FROM ${after}`);
  // Who moves is found once, and then counted and named among those alone.
  const moving = await fill(turn, "judged_moving", () => printMoving(compared));
  const [row = {}] = await run(turn, () => printCounts(compared));
  const moves: SegmentMoves[] = [];
  for (const [index, { id, was, is }] of compared.entries()) {
    const how: How = was === null ? "new" : is === null ? "removed" : "changed";
    const people = (kind: "enter" | "leave") => peopleOf(turn, { index, kind, row, samples: moving > 0 ? samples : 0 });
    moves.push({
      segment: id,
      how,
      before: was === null ? null : Number(row[`before_${index}`]),
      after: is === null ? null : Number(row[`after_${index}`]),
      enter: await people("enter"),
      leave: await people("leave"),
    });
  }
  return moves;
}

const joined = `${before} AS b FULL JOIN ${after} AS a ON a.contact_id = b.contact_id`;

/** SQL of whether the person of a joined row was, or is, in the segment. */
const holds = (segment: Segment | null, alias: "a" | "b", index: number): string =>
  segment === null ? "false" : `coalesce(${alias}.${column(index)}, false)`;

const conditionOf = ({ was, is }: Pick<Compared, "was" | "is">, kind: "enter" | "leave", index: number): string => {
  const [before, after] = [holds(was, "b", index), holds(is, "a", index)];
  return kind === "enter" ? `NOT ${before} AND ${after}` : `${before} AND NOT ${after}`;
};

function printCounts(compared: readonly Compared[]): string {
  const members = (of: "was" | "is", name: string) =>
    compared.flatMap((one, index) => (one[of] ? [`count(*) FILTER (${column(index)}) AS ${name}_${index}`] : []));
  const moves = compared.flatMap((_, index) =>
    (["enter", "leave"] as const).map((kind) => `count(*) FILTER (${kind}_${index}) AS ${kind}_${index}`),
  );
  const counted = (counts: readonly string[], table: string) =>
    `(SELECT ${[`count(*) AS ${table}`, ...counts].join(", ")} FROM ${table})`;
  return `SELECT * FROM ${counted(members("was", "before"), before)} CROSS JOIN ${counted(members("is", "after"), after)}
    CROSS JOIN ${counted(moves, "judged_moving")}`;
}

function printMoving(compared: readonly Compared[]): string {
  const moves = compared.flatMap((one, index) =>
    (["enter", "leave"] as const).map((kind) => ({ name: `${kind}_${index}`, when: conditionOf(one, kind, index) })),
  );
  return `SELECT coalesce(a.contact_id, b.contact_id) AS contact_id,
      ${moves.map(({ name, when }) => `${when} AS ${name}`).join(", ")}
    FROM ${joined} WHERE ${moves.map(({ when }) => `(${when})`).join(" OR ")}`;
}

interface PeopleRequest {
  readonly index: number;
  readonly kind: "enter" | "leave";
  readonly row: Row;
  readonly samples: number;
}

async function peopleOf(turn: Turn, { index, kind, row, samples }: PeopleRequest): Promise<People> {
  const count = Number(row[`${kind}_${index}`]);
  if (count === 0 || samples === 0) return { count, sample: [] };
  const rows = await run(
    turn,
    (builder) => `SELECT m.contact_id FROM judged_moving AS m
      WHERE m.${kind}_${index} ORDER BY m.contact_id LIMIT ${builder.param({ kind: "integer", value: samples })}`,
  );
  return { count, sample: rows.map((found) => String(found.contact_id)) };
}
