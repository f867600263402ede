// Names that give way to others with a new plan, by what the writer says, and a plan in which they have.

import { nearest } from "../../compiler/similar.ts";
import { canonical } from "../../compiler/hash.ts";
import type { Move, Plan } from "../../compiler/ir/plan.ts";
import { Failed, failure } from "../failures/failures.ts";

export type What = (Move & { readonly kind: "renamed" })["what"];

/** New names by the old ones that were live until now. */
export type Renames = { readonly [W in What]: ReadonlyMap<string, string> };

const none: ReadonlyMap<string, string> = new Map();
export const noRenames: Renames = { program: none, segment: none, email: none, experiment: none };

export const isRenaming = (renames: Renames): boolean => Object.values(renames).some(({ size }) => size > 0);

function namesOf(plan: Plan, what: What): ReadonlySet<string> {
  switch (what) {
    case "program":
      return new Set(plan.programs.map(({ name }) => name));
    case "segment":
      return new Set(plan.segments.map(({ name }) => name));
    case "email":
      return new Set(plan.emails.map(({ name }) => name));
    case "experiment":
      return new Set(
        plan.programs.flatMap(({ steps }) =>
          steps.flatMap((step) => (step.kind === "divide" ? (step.experiment ?? []) : [])),
        ),
      );
  }
}

/** Whether the line was there before: what it says was done then, or had nothing to do. */
export function isKnown(move: Move, { moves }: Plan): boolean {
  const told = canonical(move);
  return moves.some((other) => canonical(other) === told);
}

/**
 * What is renamed with the new plan. Lines that an earlier one had are history.
 * @throws Failed F405 where two names would become one, F406 where a name was never live
 */
export function renamesOf(next: Plan, earlier: Plan): Renames {
  const of = (what: What) => {
    const own = next.moves.flatMap((move) => (move.kind === "renamed" && move.what === what ? [move] : []));
    const places = { what, live: namesOf(earlier, what), there: namesOf(next, what) };
    return leadsOf(
      own.map((move) => ({ ...move, isKnown: isKnown(move, earlier) })),
      places,
    );
  };
  return { program: of("program"), segment: of("segment"), email: of("email"), experiment: of("experiment") };
}

/** A line that says what became of a name; `to` null: nothing of that kind. */
export interface Lead {
  readonly from: string;
  readonly to: string | null;
  readonly isKnown: boolean;
}

interface Places {
  readonly what: string;
  readonly live: ReadonlySet<string>;
  readonly there: ReadonlySet<string>;
}

/** Where names that were live lead, each to its end. */
export function leadsOf(leads: readonly Lead[], { what, live, there }: Places): ReadonlyMap<string, string> {
  const next = new Map(leads.map(({ from, to }) => [from, to]));
  const targets = new Set(leads.map(({ to }) => to));
  const found = new Map<string, string>();
  for (const { from, isKnown } of leads) {
    if (!live.has(from)) {
      if (isKnown || targets.has(from)) continue;
      throw new Failed(failure("F406", { what, name: from, near: nearest(from, live) }));
    }
    const end = endOf(from, next, there);
    if (end === null || end === from) continue;
    if (live.has(end) || [...found.values()].includes(end)) throw new Failed(failure("F405", { what, from, to: end }));
    found.set(from, end);
  }
  return found;
}

function endOf(from: string, next: ReadonlyMap<string, string | null>, there: ReadonlySet<string>): string | null {
  let name: string | null = from;
  for (let passed = 0; name !== null && !there.has(name); passed++) {
    if (passed > next.size) return null;
    name = next.get(name) ?? null;
  }
  return name;
}

/** Keys of the IR that hold names, by what they name. */
const holders: Readonly<Record<string, What>> = {
  program: "program",
  programs: "program",
  segment: "segment",
  email: "email",
  mails: "email",
  experiment: "experiment",
};

/** A piece of a plan with the new names in place of the old ones. */
export function renamedIn<T>(piece: T, renames: Renames): T {
  const name = (what: What, value: string): string => {
    const [base = value] = value.split("(");
    return (renames[what].get(base) ?? base) + value.slice(base.length);
  };
  const walk = (value: unknown, what: What | undefined): unknown => {
    if (typeof value === "string") return what === undefined ? value : name(what, value);
    if (Array.isArray(value)) return value.map((item) => walk(item, what));
    if (typeof value !== "object" || value === null) return value;
    const literal = literalOf(value, renames);
    return Object.fromEntries(
      Object.entries(literal).map(([key, part]) => [
        key,
        walk(part, Object.hasOwn(holders, key) ? holders[key] : undefined),
      ]),
    );
  };
  return walk(piece, undefined) as T;
}

/** In `where (email = welcome)` a name is a text that is compared with the property of that name. */
function literalOf(value: object, renames: Renames): object {
  if (!("left" in value) || !("right" in value)) return value;
  const [left, right] = [value.left, value.right] as { kind?: string; name?: string; literal?: { value?: unknown } }[];
  const what = left?.kind === "property" && (left.name === "email" || left.name === "program") ? left.name : null;
  const found = right?.literal?.value;
  const to = what === null || typeof found !== "string" ? undefined : renames[what].get(found);
  return to === undefined ? value : { ...value, right: { ...right, literal: { ...right?.literal, value: to } } };
}
