// What could be otherwise about a person, for each condition: guesses, each of which the database is asked about.

import type { Chain, Condition, Term } from "../../compiler/ir/condition.ts";
import type { Field } from "../../compiler/ir/catalog.ts";
import type { Cell } from "../ports.ts";
import type { WhyChange } from "./answer.ts";
import { comparedIn, type Counted, eventNamed, fewerOf, moreOf } from "./events.ts";
import { hasTable } from "./person.ts";
import { guesses } from "./values.ts";

export interface Known extends Counted {
  readonly hasAddress: boolean;
  /** Key of the person's company; null where there is none. */
  readonly company: string | null;
  /** Further numbers of events that may be enough. */
  readonly times: readonly number[];
}

const most = 12;

/** Changes that may turn the condition; none where it is not known how. */
export function changesOf(leaf: Condition, wanted: boolean, known: Known): readonly WhyChange[] {
  switch (leaf.kind) {
    case "behaviour": {
      if (!hasTable(known.catalog, leaf.event)) return [];
      const asked = leaf.count?.times ?? 1;
      const missing = asked - known.counted.length;
      const more = moreOf(leaf, [1, missing, missing + 1, ...known.times], known);
      return [...more, ...fewerOf(leaf, [-missing, 1 - missing], known)];
    }
    case "chain":
      return linksOf(leaf, wanted, known);
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
      return term === null ? [] : changesOfTerm(leaf, term, wanted, known);
    }
  }
}

function changesOfTerm(leaf: Condition, term: Term, wanted: boolean, known: Known): readonly WhyChange[] {
  switch (term.kind) {
    case "field":
      return setsOf(leaf, term.name, wanted, known);
    case "company field":
      return companyOf(leaf, term.name, wanted, known);
    // The day itself is its first anniversary.
    case "anniversary":
      return changesOfTerm(leaf, term.of, wanted, known);
    case "first known":
      return term.of.flatMap((one) => changesOfTerm(leaf, one, wanted, known));
    case "aggregate": {
      if (!hasTable(known.catalog, term.event)) return [];
      const { property } = term;
      const { fields } = eventNamed(known.catalog, term.event);
      const field = fields.find(({ name }) => name === property);
      const values = field ? guesses(leaf, wanted, field.type, known) : [];
      const more = [{}, ...values.map((value) => ({ [property ?? ""]: value }))];
      return [...more.flatMap((own) => moreOf(term, [1, 2, 3], known, { own })), ...fewerOf(term, [], known)].slice(
        0,
        40,
      );
    }
    default:
      return [];
  }
}

function setsOf(leaf: Condition, name: string, wanted: boolean, known: Known): readonly WhyChange[] {
  const { fields, key, address } = known.catalog.contact;
  const field = fields.find((one) => one.name === name);
  if (!field || field.name === key || field.name === address) return [];
  if (field.type.isList) return itemsOf(leaf, field, wanted, known);
  return valuesOf(leaf, field, wanted, known).map((value) => ({
    kind: "set",
    field: field.name,
    type: field.type.scalar.kind,
    value,
  }));
}

const valuesOf = (leaf: Condition, { type }: Field, wanted: boolean, known: Known): readonly Cell[] =>
  guesses(leaf, wanted, type, known).slice(0, most);

/** Lists are asked for single items, and whether there is any. */
function itemsOf(leaf: Condition, field: Field, wanted: boolean, known: Known): readonly WhyChange[] {
  const { name, type } = field;
  const whole = { field: name, type: type.scalar.kind };
  if (leaf.kind === "known" && !wanted) return [{ kind: "set", ...whole, value: null }];
  const items = guesses(leaf, true, { ...type, isList: false, isNullable: false }, known).slice(0, most);
  return items.map((value) => ({ kind: "item", ...whole, value, isIn: wanted }));
}

function companyOf(leaf: Condition, name: string, wanted: boolean, known: Known): readonly WhyChange[] {
  const { company } = known;
  const field = known.catalog.company?.fields.find((one) => one.name === name);
  if (company === null || !field || field.isKey || field.type.isList) return [];
  return valuesOf(leaf, field, wanted, known).map((value) => ({
    kind: "company",
    company,
    field: name,
    type: field.type.scalar.kind,
    value,
  }));
}

/** One event more that ends a chain, or that breaks one that is not to be followed; or its first events fewer. */
function linksOf({ first, links }: Chain, wanted: boolean, known: Known): readonly WhyChange[] {
  const last = links.at(-1);
  const isOpen = [first, ...links.map(({ event }) => event)].every(({ event }) => hasTable(known.catalog, event));
  if (!last || !isOpen) return [];
  const { calendar, at: now } = known;
  const { within } = last;
  if (!wanted && !last.isNegated) return fewerOf(first, [], known);
  if (!last.isNegated) return moreOf(last.event, [1], known);
  // Its time is over now.
  const over = calendar.shift(now, { ...within, amount: -within.amount });
  if (wanted) return links.length === 1 ? moreOf(first, [1], known, { at: over - 1 }) : [];
  const behind = known.counted.slice(0, 3).flatMap(({ at }) => moreOf(last.event, [1], known, { at: at + 1 }));
  return [...behind, ...fewerOf(first, [], known)];
}
