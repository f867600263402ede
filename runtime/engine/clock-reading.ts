// How a plan depends on the clock: which facts may turn something by their time alone, and how far away they still do.

import {
  type Condition,
  childrenOf,
  conditionsOf,
  type Length,
  type Moment,
  type Selection,
  type Term,
  termsOf,
} from "../../compiler/ir/condition.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import { conditionsInPrograms, conditionsOfPlan, datesRead, startWheres } from "./reads.ts";

/** What a column of instants belongs to: people, companies, or the events of a name. */
export type Owner = "contact" | "company" | `event ${string}`;

export interface ClockReading {
  /** Names of the events that some condition, start or wait reads. */
  readonly events: ReadonlySet<string>;
  /** Lengths by which conditions move the instant of evaluation before they compare it with instants of the owner. */
  readonly lengthsOf: (owner: Owner) => readonly Length[];
  /** How long after their last start people start again by the clock alone, counted back from now. */
  readonly again: readonly Length[];
  readonly hasLists: boolean;
  /** True where something turns with the day: the clock's day or period is asked for. */
  readonly isByDay: boolean;
  /** What scores that decay are compared with where ticks depend on it, by the name of the score. */
  readonly limits: ReadonlyMap<string, readonly number[]>;
  /** True where the clock is compared with what stands in no column. */
  readonly isUnclear: boolean;
}

export function clockReadingOf(plan: Plan): ClockReading {
  const notes: Notes = { events: new Set(), lengths: new Map(), hasLists: false, isByDay: false, isUnclear: false };
  for (const { event, where } of startWheres(plan)) {
    notes.events.add(event);
    if (where) read(notes, where, event);
  }
  for (const condition of conditionsOfPlan(plan)) read(notes, condition, null);
  for (const date of datesRead(plan)) read(notes, { kind: "known", term: date }, null);
  const again = plan.programs.flatMap(({ enter, triggers }) =>
    enter.kind === "again" && triggers.some(({ kind }) => kind === "edge")
      ? [{ amount: -enter.after.amount, unit: enter.after.unit }]
      : [],
  );
  const limits = limitsOf(plan);
  const isUnclear = notes.isUnclear || limits === null;
  return {
    ...notes,
    isUnclear,
    limits: limits ?? new Map(),
    again,
    lengthsOf: (owner) => [...(notes.lengths.get(owner)?.values() ?? [])],
  };
}

/** null where a score that decays is compared with something that is not written down. */
function limitsOf(plan: Plan): ClockReading["limits"] | null {
  const decaying = new Set(plan.scores.flatMap(({ name, halfLife }) => (halfLife === null ? [] : [name])));
  const limits = new Map<string, readonly number[]>();
  const isDecaying = (term: Term) => term.kind === "score" && decaying.has(term.name);
  for (const condition of conditionsInPrograms(plan)) {
    const [first, ...others] = termsOf(condition);
    if (others.some(isDecaying)) return null;
    if (first?.kind !== "score" || !isDecaying(first) || condition.kind === "known") continue;
    const numbers = others.flatMap((term) =>
      term.kind === "literal" && term.literal.kind === "number" ? [term.literal.value] : [],
    );
    if (numbers.length < others.length) return null;
    limits.set(first.name, [...new Set([...(limits.get(first.name) ?? []), ...numbers])]);
  }
  return limits;
}

interface Notes {
  readonly events: Set<string>;
  readonly lengths: Map<Owner, Map<string, Length>>;
  hasLists: boolean;
  isByDay: boolean;
  isUnclear: boolean;
}

/** `around`: the event whose properties are read, inside of its `where`. */
function read(notes: Notes, condition: Condition, around: string | null): void {
  switch (condition.kind) {
    case "behaviour":
      readSelection(notes, condition);
      break;
    case "in list":
      notes.hasLists = true;
      break;
    case "all":
    case "any":
    case "not":
      for (const child of childrenOf(condition)) read(notes, child, around);
      break;
    case "constant":
    case "compare":
    case "one of":
    case "known":
    case "starts with":
    case "ends with":
    case "contains":
    case "matches glob":
    case "matches regex":
    case "chain":
    case "in program":
    case "in segment":
    case "suppressed":
    case "subscribed":
    case "refused":
    case "sample":
      readTerms(notes, termsOf(condition), around);
      break;
    default:
      unreachable(condition);
  }
}

function readSelection(notes: Notes, { event, from, until, where }: Selection): void {
  notes.events.add(event);
  if (from) readMoment(notes, from, [`event ${event}`]);
  if (until) readMoment(notes, until.moment, [`event ${event}`]);
  if (where) read(notes, where, event);
}

/** Terms that one condition compares with each other. */
function readTerms(notes: Notes, terms: readonly Term[], around: string | null): void {
  const owners = terms.map((term) => ownersOf(term, around));
  const known = owners.flatMap((of) => of ?? []);
  terms.forEach((term, index) => {
    if (term.kind === "start property") for (const event of term.events) notes.events.add(event);
    if (term.kind === "anniversary") notes.isByDay = true;
    if (term.kind === "aggregate") readSelection(notes, term);
    else for (const inner of conditionsOf(term)) read(notes, inner, around);
    const isLoose = owners[index] === null || ("type" in term && term.type.isList);
    if (isLoose && "type" in term && term.type.scalar.kind === "datetime") notes.isUnclear = true;
    if (term.kind !== "moment") return;
    if (term.as === "day" && isMoving(term.moment)) notes.isByDay = true;
    else readMoment(notes, term.moment, known);
  });
}

/** Where the value of a term stands; null where it has no instant of its own there. */
function ownersOf(term: Term, around: string | null): readonly Owner[] | null {
  switch (term.kind) {
    case "field":
      return ["contact"];
    case "company field":
      return ["company"];
    case "start property":
      return term.events.map((event): Owner => `event ${event}`);
    case "aggregate":
      return [`event ${term.event}`];
    case "property":
    case "occurred at":
      return around === null ? null : [`event ${around}`];
    // A day, which turns with the clock's.
    case "anniversary":
    case "score":
    case "stage":
    case "literal":
    case "moment":
    // Its parts stand among the terms, too; a choice is no time.
    case "first known":
    case "chosen":
      return [];
    default:
      return unreachable(term);
  }
}

const isMoving = ({ kind }: Moment): boolean => kind === "now" || kind === "shift" || kind === "period";

/** A fixed moment turns nothing by itself: what lies behind it lies there at any time. */
function readMoment(notes: Notes, moment: Moment, owners: readonly Owner[]): void {
  if (moment.kind === "period") notes.isByDay = true;
  if (moment.kind !== "now" && moment.kind !== "shift") return;
  const by: Length = moment.kind === "now" ? { amount: 0, unit: "d" } : moment.by;
  for (const owner of owners) {
    const known = notes.lengths.get(owner) ?? new Map<string, Length>();
    notes.lengths.set(owner, known.set(`${by.amount}${by.unit}`, by));
  }
}
