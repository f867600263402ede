// A report at an instant: rows of facts, counted, and put together program by program.

import type { Program } from "../../../compiler/ir/program.ts";
import type { Report, ReportDimension, ReportMeasure } from "../../../compiler/ir/report.ts";
import type { Cell, Instant } from "../../ports.ts";
import type { Lift, ReportCell, ReportOfProgram, ReportRow, ReportView } from "../../report.ts";
import type { Engine, Turn } from "../engine.ts";
import { type Count, countsOf } from "./count.ts";
import { prepareDimensions } from "./dimensions.ts";
import { fillFacts, type Period } from "./facts.ts";
import { differenceOfMeans, differenceOfShares } from "./lift.ts";
import { countingOf, type Subject, usualMeasures } from "./measures.ts";

/** `lastRun` null: it never ran. */
export async function reportAt(turn: Turn, report: Report, lastRun: Instant | null): Promise<ReportView> {
  const programs = turn.engine.plan.programs.filter(({ name }) => report.programs?.includes(name) ?? true);
  const hasGoal = programs.some(({ goal }) => goal !== null);
  const measures = report.measures.length > 0 ? report.measures : usualMeasures(hasGoal);
  const period = periodOf(turn, report, lastRun);
  const counted = { report, measures, programs: programs.map(({ name }) => name), period };
  const asked = await fillFacts(turn, counted);
  await prepareDimensions(turn, report.by);
  const whole = await countAll(turn, measures, asked, []);
  const parts = report.by.length === 0 ? [] : await countAll(turn, measures, asked, report.by);
  return {
    report: report.name,
    doc: report.doc,
    at: turn.now,
    ...period,
    measures: measures.map((measure, place) => {
      const { kind, how } = countingOf(measure, place);
      return { name: measure.name, kind, how };
    }),
    by: report.by.map(({ name }) => name),
    programs: programs.map((program) => sectionOf(program, measures, whole, parts)),
  };
}

/** Up to now, which is included, but for periods of the calendar that are over. */
function periodOf({ engine, now }: Turn, { window }: Report, lastRun: Instant | null): Period {
  const { calendar }: Engine = engine;
  const untilNow = now + 1;
  if (window === null) return { from: lastRun, until: untilNow };
  if ("amount" in window) return { from: calendar.shift(now, { ...window, amount: -window.amount }), until: untilNow };
  const edge = (of: "start" | "end") => calendar.resolveInstant({ kind: "period", calendar: window, edge: of }, now);
  return { from: edge("start"), until: Math.min(edge("end"), untilNow) };
}

/** null where a subject cannot be told apart that way. */
type Counted = ReadonlyMap<Subject, readonly Count[] | null>;
type AllCounted = readonly (readonly [Subject, readonly Count[] | null])[];

async function countAll(
  turn: Turn,
  measures: readonly ReportMeasure[],
  asked: ReadonlySet<Subject>,
  by: readonly ReportDimension[],
): Promise<AllCounted> {
  const countings = measures.map(countingOf);
  const found: [Subject, readonly Count[] | null][] = [];
  for (const subject of asked) {
    const own = countings.filter((counting) => counting.subject === subject);
    const columns = [...new Set(own.flatMap(({ column, of }) => [column, ...(of === null ? [] : [of])]))];
    found.push([subject, await countsOf(turn, subject, columns, by)]);
  }
  return found;
}

function sectionOf(
  program: Program,
  measures: readonly ReportMeasure[],
  whole: AllCounted,
  parts: AllCounted,
): ReportOfProgram {
  const ownOf = (all: typeof whole): Counted =>
    new Map(
      all.map(([subject, counts]) => [subject, counts?.filter((count) => count.program === program.name) ?? null]),
    );
  const own = ownOf(parts);
  const keys = new Map([...own.values()].flatMap((counts) => counts ?? []).map(({ by }) => [JSON.stringify(by), by]));
  return {
    program: program.name,
    why: program.why,
    target: program.goal?.target == null ? null : program.goal.target / 100,
    total: rowOf(measures, ownOf(whole), []),
    rows: [...keys.values()].toSorted(inOrder).map((by) => rowOf(measures, own, by)),
  };
}

/** Smaller values first, unknown last. */
function inOrder(left: readonly Cell[], right: readonly Cell[]): number {
  for (const [place, one] of left.entries()) {
    const other = right[place] ?? null;
    if (one === other) continue;
    if (one === null || other === null) return one === null ? 1 : -1;
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

function rowOf(measures: readonly ReportMeasure[], counted: Counted, by: readonly Cell[]): ReportRow {
  const key = JSON.stringify(by);
  return {
    by,
    cells: measures.map((measure, place) => {
      const counting = countingOf(measure, place);
      const all = counted.get(counting.subject) ?? null;
      if (all === null) return nothing;
      const own = all.filter((count) => JSON.stringify(count.by) === key);
      const mailed = own.find(({ isHeldOut }) => !isHeldOut)?.values;
      const held = own.find(({ isHeldOut }) => isHeldOut)?.values;
      return cellOf(counting, mailed, held);
    }),
  };
}

type Counting = ReturnType<typeof countingOf>;
type Values = Count["values"] | undefined;

const nothing: ReportCell = { value: null, of: null, lift: null };
const numberIn = (values: Values, column: string): number => Number(values?.[column] ?? 0);

function cellOf(counting: Counting, mailed: Values, held: Values): ReportCell {
  const { column, of, kind } = counting;
  if (column === "held_out") return { ...nothing, value: numberIn(held, "entered") };
  if (kind === "seconds") return { ...nothing, value: mailed?.[column] == null ? null : Number(mailed[column]) };
  if (kind === "sum") return { ...nothing, value: numberIn(mailed, column), lift: liftOfSum(column, mailed, held) };
  const did = numberIn(mailed, column);
  const share = { did, people: numberIn(mailed, of ?? "entered") };
  const lift = column === "goals" ? liftOfGoal(share, held) : null;
  if (of === null) return { ...nothing, value: did, lift };
  return { value: share.people === 0 ? null : did / share.people, of: share, lift };
}

function liftOfGoal(share: { readonly did: number; readonly people: number }, held: Values): Lift | null {
  const other = { did: numberIn(held, "goals"), people: numberIn(held, "entered") };
  const found = differenceOfShares(share, other);
  return found && { people: other.people, held: other.did / other.people, ...found };
}

function liftOfSum(column: string, mailed: Values, held: Values): Lift | null {
  const meanOf = (values: Values) => {
    const [mean, variance, people] = [`mean_${column}`, `var_${column}`, "people"].map((name) =>
      numberIn(values, name),
    );
    return { mean: mean ?? 0, variance: variance ?? 0, people: people ?? 0 };
  };
  const other = meanOf(held);
  const found = differenceOfMeans(meanOf(mailed), other);
  return found && { people: other.people, held: other.mean, ...found };
}
