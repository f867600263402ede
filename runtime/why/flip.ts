// The smallest change that would turn an answer: looked for among guesses, each tried out in the database.

import type { Field } from "../../compiler/ir/catalog.ts";
import { type Condition, type Selection, type Term, termsOf } from "../../compiler/ir/condition.ts";
import { printTerms } from "../../compiler/sql/print.ts";
import { printCounted } from "../../compiler/sql/rows.ts";
import type { Cell } from "../ports.ts";
import type { WhyChange, WhyFlip } from "./answer.ts";
import { changesOf, type Known } from "./change.ts";
import { type Part, partsOf } from "./parts.ts";
import { type Asking, ask, judge, person } from "./facts.ts";
import { hasTable } from "./person.ts";
import { type Branch, branchesOf, decisive } from "./tree.ts";
import { tried } from "./trial.ts";

/** Questions to the database, which bound the search. */
const mostTries = 240;
/** Conditions that are turned together. */
const mostTogether = 4;
const mostSets = 40;
const mostEvents = 100;

export async function flipOf(asking: Asking, root: Branch, holds: readonly boolean[]): Promise<WhyFlip> {
  const branches = branchesOf(root);
  const marked = decisive(root, holds);
  const leaves = branches
    .filter(({ kind, when }) => kind === "leaf" && when.kind !== "in segment" && when.kind !== "constant")
    .toSorted((a, b) => Number(marked.has(b.index)) - Number(marked.has(a.index)));
  const works = new Map<number, readonly WhyChange[]>();
  const fixed: string[] = [];
  let tries = 0;
  const isTurned = async (changes: readonly WhyChange[], leaf: Branch | null) => {
    tries++;
    const asked = leaf ? [root, leaf] : [root];
    return tried(asking, changes, async () => {
      const [whole, own] = await judge(asking, asked);
      return { isWhole: whole !== holds[root.index], isOwn: leaf !== null && own !== holds[leaf.index] };
    });
  };
  for (const leaf of leaves) {
    const changes = await guessesFor(asking, leaf.when, holds[leaf.index] !== true);
    if (changes.length === 0) fixed.push(leaf.text);
    for (const change of changes) {
      if (tries >= mostTries) break;
      const { isWhole, isOwn } = await isTurned([change], leaf);
      if (isWhole) return { changes: [change], fixed: [] };
      if (isOwn) works.set(leaf.index, [...(works.get(leaf.index) ?? []), change]);
    }
  }
  for (const set of flipSets(root, holds)) {
    if (tries >= mostTries + mostSets || set.length < 2 || set.length > mostTogether) continue;
    const choices = set.map((index) => (works.get(index) ?? []).slice(0, 2));
    for (const changes of combined(choices)) {
      if ((await isTurned(changes, null)).isWhole) return { changes, fixed: [] };
    }
  }
  return { changes: null, fixed: [...new Set(fixed)] };
}

/** Sets of leaves whose turning turns the branch, by two-valued logic, the smallest first. */
function flipSets(branch: Branch, holds: readonly boolean[]): readonly (readonly number[])[] {
  if (branch.kind === "leaf") return [[branch.index]];
  const isTrue = holds[branch.index] === true;
  const isOneEnough = branch.kind !== "all" && branch.kind !== "any" ? true : (branch.kind === "all") === isTrue;
  const parts = isOneEnough ? branch.of : branch.of.filter(({ index }) => holds[index] === isTrue);
  const sets = parts.map((part) => flipSets(part, holds));
  const found = isOneEnough ? sets.flat() : combined(sets).map((set) => [...new Set(set.flat())]);
  return found.toSorted((a, b) => a.length - b.length).slice(0, mostSets);
}

/** One of each, in every way, up to a limit. */
const combined = <T>(choices: readonly (readonly T[])[]): readonly (readonly T[])[] =>
  choices.reduce<readonly (readonly T[])[]>(
    (all, choice) => all.flatMap((one) => choice.map((other) => [...one, other])).slice(0, mostSets),
    [[]],
  );

/** Of a condition that is computed from others, changes that turn those. */
async function guessesFor(asking: Asking, leaf: Condition, wanted: boolean): Promise<readonly WhyChange[]> {
  const known = await knownOf(asking, leaf);
  const own = changesOf(leaf, wanted, known);
  const parts = partsOf(leaf, wanted, { plan: asking.plan, stored: known.stored });
  const found = [...own];
  for (const part of parts) found.push(...(await changesOfPart(asking, part)));
  const unique = new Map(found.map((change) => [JSON.stringify(change), change]));
  return [...unique.values()].toSorted((one, other) => sizeOf(one) - sizeOf(other)).slice(0, mostGuesses);
}

const mostGuesses = 60;

const sizeOf = (change: WhyChange): number => {
  if (change.kind === "more") return change.times;
  return change.kind === "fewer" ? change.events.length : 1;
};

/** It is not known which truth of a part is wanted. */
async function changesOfPart(asking: Asking, { when, times }: Part): Promise<readonly WhyChange[]> {
  const known = { ...(await knownOf(asking, when)), times };
  return [true, false].flatMap((wanted) => changesOf(when, wanted, known).slice(0, mostOfPart));
}

const mostOfPart = 10;

async function knownOf(asking: Asking, leaf: Condition): Promise<Known> {
  const { plan, calendar, at, key } = asking;
  const { catalog } = plan;
  const address = catalog.contact.fields.find(({ name }) => name === catalog.contact.address);
  const terms = termsOf(leaf).filter(({ kind }) => kind !== "literal" && kind !== "moment");
  const company = catalog.company && catalog.contact.fields.find(({ name }) => name === "company");
  const own = [address, company].flatMap((field) => field ?? []);
  const asked: readonly Term[] = [...terms, ...own.map(({ name, type }): Term => ({ kind: "field", name, type }))];
  const named = asked.map((term, index) => ({ name: `value ${index}`, term }));
  const [row = {}] = await ask(asking, printTerms(plan, person, named));
  const values = new Map(named.map(({ name, term }) => [JSON.stringify(term), row[name] ?? null] as const));
  const stored = (term: Term): Cell | undefined => values.get(JSON.stringify(term));
  const selection = selectionIn(leaf);
  const rows =
    selection && hasTable(catalog, selection.event)
      ? await ask(asking, printCounted(plan, key, selection, mostEvents))
      : [];
  const counted = rows.map((event) => ({ id: String(event.event_id), at: Number(event.occurred_at) })).toReversed();
  const ofPerson = (field: Field | null | undefined) =>
    field ? row[`value ${terms.length + own.indexOf(field)}`] : null;
  const companyKey = ofPerson(company);
  return {
    ...{ catalog, calendar, at, stored, counted, times: [] },
    hasAddress: ofPerson(address) != null,
    company: typeof companyKey === "string" ? companyKey : null,
  };
}

function selectionIn(leaf: Condition): Selection | null {
  if (leaf.kind === "behaviour") return leaf;
  if (leaf.kind === "chain") return leaf.first;
  const found = termsOf(leaf).find(({ kind }) => kind === "aggregate");
  return found?.kind === "aggregate" ? found : null;
}
