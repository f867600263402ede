// Who may enter a program: rules 15 and 17.

import type { Expr } from "../../grammar/ast/expr.ts";
import { type Enrollment, type Happening, type Person, shifted } from "./conditions.ts";
import type { Course } from "./places.ts";

/** Somebody for whom a program asks. */
export interface Asked {
  readonly person: Person;
  readonly event: Happening | null;
  readonly isContinued: boolean;
}
export interface Entering extends Asked {
  readonly at: number;
  /** Earlier enrollments that count for `enter`. */
  readonly before: readonly Enrollment[];
}

interface World {
  readonly now: number;
  /** The instant before. */
  readonly last: number;
  readonly enrollments: readonly Enrollment[];
  readonly history: { readonly segments: ReadonlyMap<string, Expr> };
  isTrue(when: Expr, person: Person): boolean;
}

/** `again after D`: since the last look D is over for the last start. */
export function isTimeAgain({ name, enter }: Course, person: Person, { now, last, enrollments }: World): boolean {
  if (enter.kind !== "enter again") return false;
  const own = enrollments.filter((one) => one.program === name && one.person === person.key);
  const latest = Math.max(...own.map(({ startedAt }) => startedAt));
  return latest <= shifted(now, enter.after, -1) && latest > shifted(last, enter.after, -1);
}

/** Why somebody who is asked for may not enter; null: she may. */
export function dropped({ enter, segment, onlyIf }: Course, entering: Entering, world: World): string | null {
  const { person, event, isContinued, at, before } = entering;
  const latest = Math.max(...before.map(({ startedAt }) => startedAt));
  if (before.some(({ left }) => left === null)) return "already inside";
  if (enter.kind === "enter once" && before.length > 0) return "entered before";
  if (enter.kind === "enter again" && latest > shifted(world.now, enter.after, -1))
    return `entered less than ${enter.after.amount}${enter.after.unit} ago`;
  if (enter.kind === "enter every time" && event === null && latest === at) return "started at this instant already";
  const members = segment === null || isContinued ? undefined : world.history.segments.get(segment);
  if (members && !world.isTrue(members, person)) return `not in ${segment}`;
  return onlyIf && !world.isTrue(onlyIf, person) ? "only if did not hold" : null;
}
