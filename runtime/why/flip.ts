// The smallest change that would turn an answer: looked for among guesses, each tried out in the database.

import { type Condition, type Selection, type Term, termsOf } from "../../compiler/ir/condition.ts";
import { printTerms } from "../../compiler/sql/print.ts";
import { printCounted } from "../../compiler/sql/rows.ts";
import type { Cell } from "../ports.ts";
import type { WhyChange, WhyFlip } from "./answer.ts";
import { changesOf, type Known } from "./change.ts";
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
    const known = await knownOf(asking, leaf.when);
    const changes = changesOf(leaf.when, holds[leaf.index] !== true, known);
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

async function knownOf(asking: Asking, leaf: Condition): Promise<Known> {
  const { plan, calendar, at, key } = asking;
  const { catalog } = plan;
  const address = catalog.contact.fields.find(({ name }) => name === catalog.contact.address);
  const terms = termsOf(leaf).filter(({ kind }) => kind !== "literal" && kind !== "moment");
  const asked: readonly Term[] = address
    ? [...terms, { kind: "field", name: address.name, type: address.type }]
    : terms;
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
  const hasAddress = address !== undefined && row[`value ${terms.length}`] != null;
  return { catalog, calendar, at, stored, counted, hasAddress };
}

function selectionIn(leaf: Condition): Selection | null {
  if (leaf.kind === "behaviour") return leaf;
  const found = termsOf(leaf).find(({ kind }) => kind === "aggregate");
  return found?.kind === "aggregate" ? found : null;
}
