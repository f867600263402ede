// Events that would turn a condition: as many more with such properties, or some of them fewer.

import type { EventTable, Catalog, Field } from "../../compiler/ir/catalog.ts";
import type { Condition, Selection, Term } from "../../compiler/ir/condition.ts";
import type { Cell, Instant } from "../ports.ts";
import type { WhyChange } from "./answer.ts";
import { type Guessing, guesses } from "./values.ts";

export interface Counted extends Guessing {
  readonly catalog: Catalog;
  /** Events that count for the condition now, the earliest first. */
  readonly counted: readonly { readonly id: string; readonly at: Instant }[];
}

const most = 12;

export function comparedIn(leaf: Condition): Term | null {
  if (leaf.kind === "compare") return leaf.left;
  return "term" in leaf ? leaf.term : null;
}

export type Values = Readonly<Record<string, Cell>>;

/** One event more, or as many as that, within the window and as the condition asks for. */
export function moreOf(
  selection: Selection,
  times: readonly number[],
  known: Counted,
  { own = {}, at: latest = known.at }: { readonly own?: Values; readonly at?: Instant } = {},
): readonly WhyChange[] {
  const { calendar, at: now } = known;
  const event = eventNamed(known.catalog, selection.event);
  const until = selection.until && calendar.resolveInstant(selection.until.moment, now);
  const last = until === null ? latest : Math.min(latest, selection.until?.isIncluded ? until : until - 1);
  if (selection.from && calendar.resolveInstant(selection.from, now) > last) return [];
  const counts = [...new Set(times)].filter((count) => count > 0 && count <= 100).toSorted((a, b) => a - b);
  const ofMail: Values = selection.email === null ? {} : { email: selection.email };
  return valuesFor(selection.where, event, known).flatMap((values) =>
    counts.map(
      (count): WhyChange => ({
        kind: "more",
        event: event.name,
        times: count,
        at: last,
        values: { ...values, ...ofMail, ...own },
      }),
    ),
  );
}

/** Properties that may make the condition on the event true. */
function valuesFor(where: Condition | null, event: EventTable, known: Counted): readonly Values[] {
  if (where === null) return [{}];
  const options = (condition: Condition, wanted: boolean): readonly Values[] => {
    switch (condition.kind) {
      case "constant":
        return condition.value === wanted ? [{}] : [];
      case "not":
        return options(condition.of, !wanted);
      case "all":
      case "any": {
        const parts = condition.of.map((part) => options(part, wanted));
        return (condition.kind === "all") === wanted ? merged(parts) : parts.flat().slice(0, most);
      }
      default: {
        const term = comparedIn(condition);
        const field = term?.kind === "property" ? propertyOf(event, term.name) : null;
        return field ? guesses(condition, wanted, field.type, known).map((value) => ({ [field.name]: value })) : [{}];
      }
    }
  };
  return options(where, true).slice(0, most);
}

const merged = (parts: readonly (readonly Values[])[]): readonly Values[] =>
  parts.reduce<readonly Values[]>(
    (all, part) => all.flatMap((one) => part.map((other) => ({ ...other, ...one }))).slice(0, most),
    [{}],
  );

export function fewerOf({ event }: Selection, sizes: readonly number[], { counted }: Counted): readonly WhyChange[] {
  const all = counted.length;
  const counts = [...new Set([1, ...sizes, all])].filter((size) => size > 0 && size <= all).toSorted((a, b) => a - b);
  return counts.map((size) => ({ kind: "fewer", event, events: counted.slice(0, size) }));
}

const propertyOf = ({ fields }: EventTable, name: string): Field | null =>
  fields.find((field) => field.name === name) ?? null;

export function eventNamed({ events }: Catalog, name: string): EventTable {
  const none: EventTable = { name, key: null, fields: [], isBuiltIn: false, isMail: false };
  return events.find((event) => event.name === name) ?? none;
}
