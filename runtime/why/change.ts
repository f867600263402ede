// What could be otherwise about a person, for each condition: guesses, each of which the database is asked about.

import type { Condition, Selection, Term } from "../../compiler/ir/condition.ts";
import type { Catalog, EventTable, Field } from "../../compiler/ir/catalog.ts";
import type { Cell, Instant } from "../ports.ts";
import type { WhyChange } from "./answer.ts";
import { hasTable } from "./person.ts";
import { type Guessing, guesses } from "./values.ts";

export interface Known extends Guessing {
  readonly catalog: Catalog;
  /** Events that count for the condition now, the earliest first. */
  readonly counted: readonly { readonly id: string; readonly at: Instant }[];
  readonly hasAddress: boolean;
}

const most = 12;

/** Changes that may turn the condition; none where it is not known how. */
export function changesOf(leaf: Condition, wanted: boolean, known: Known): readonly WhyChange[] {
  switch (leaf.kind) {
    case "behaviour": {
      if (!hasTable(known.catalog, leaf.event)) return [];
      const asked = leaf.count?.times ?? 1;
      const missing = asked - known.counted.length;
      return [...moreOf(leaf, [1, missing, missing + 1], known), ...fewerOf(leaf, [-missing, 1 - missing], known)];
    }
    case "in list":
      return [{ kind: "list", list: leaf.list, isOn: wanted }];
    case "suppressed":
      return known.hasAddress ? [{ kind: "suppression", isSuppressed: wanted }] : [];
    case "subscribed":
    case "refused":
      return known.hasAddress
        ? [{ kind: "consent", topic: leaf.topic, isYes: wanted === (leaf.kind === "subscribed") }]
        : [];
    default: {
      const term = comparedIn(leaf);
      if (term?.kind === "field") return setsOf(leaf, term, wanted, known);
      if (term?.kind !== "aggregate" || !hasTable(known.catalog, term.event)) return [];
      const { property } = term;
      const { fields } = eventNamed(known.catalog, term.event);
      const field = fields.find(({ name }) => name === property);
      const values = field ? guesses(leaf, wanted, field.type, known) : [];
      const more = [{}, ...values.map((value) => ({ [property ?? ""]: value }))];
      return [...more.flatMap((own) => moreOf(term, [1, 2, 3], known, own)), ...fewerOf(term, [], known)].slice(0, 40);
    }
  }
}

function comparedIn(leaf: Condition): Term | null {
  if (leaf.kind === "compare") return leaf.left;
  return "term" in leaf ? leaf.term : null;
}

function setsOf(leaf: Condition, term: Term & { kind: "field" }, wanted: boolean, known: Known): readonly WhyChange[] {
  const { fields, key, address } = known.catalog.contact;
  const field = fields.find(({ name }) => name === term.name);
  if (!field || field.type.isList || field.name === key || field.name === address) return [];
  const values = guesses(leaf, wanted, field.type, known).slice(0, most);
  return values.map((value) => ({ kind: "set", field: field.name, type: field.type.scalar.kind, value }));
}

type Values = Readonly<Record<string, Cell>>;

/** One event more, or as many as that, within the window and as the condition asks for. */
function moreOf(selection: Selection, times: readonly number[], known: Known, own: Values = {}): readonly WhyChange[] {
  const { calendar, at: now } = known;
  const event = eventNamed(known.catalog, selection.event);
  const until = selection.until && calendar.resolveInstant(selection.until.moment, now);
  const last = until === null ? now : Math.min(now, selection.until?.isIncluded ? until : until - 1);
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
function valuesFor(where: Condition | null, event: EventTable, known: Known): readonly Values[] {
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

function fewerOf({ event }: Selection, sizes: readonly number[], { counted }: Known): readonly WhyChange[] {
  const all = counted.length;
  const counts = [...new Set([1, ...sizes, all])].filter((size) => size > 0 && size <= all).toSorted((a, b) => a - b);
  return counts.map((size) => ({ kind: "fewer", event, events: counted.slice(0, size) }));
}

const propertyOf = ({ fields }: EventTable, name: string): Field | null =>
  fields.find((field) => field.name === name) ?? null;

function eventNamed({ events }: Catalog, name: string): EventTable {
  const none: EventTable = { name, key: null, fields: [], isBuiltIn: false, isMail: false };
  return events.find((event) => event.name === name) ?? none;
}
