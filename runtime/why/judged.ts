// A tree with what the database says of each part.

import type { WhyFact, WhyPart } from "./answer.ts";
import { type Asking, factsOf, judge } from "./facts.ts";
import { type Branch, branchesOf, decisive } from "./tree.ts";

export interface Judged {
  /** By the index of each branch. */
  readonly holds: readonly boolean[];
  readonly tree: WhyPart;
}

export async function judged(asking: Asking, root: Branch): Promise<Judged> {
  const branches = branchesOf(root);
  const holds = await judge(asking, branches);
  const leaves = branches.filter(({ kind, when }) => kind === "leaf" && when.kind !== "in segment");
  const facts = await factsOf(
    asking,
    leaves.map(({ when }) => when),
  );
  const factsAt = new Map(leaves.map(({ index }, place) => [index, facts[place] ?? []]));
  return { holds, tree: partOf(root, { holds, decides: decisive(root, holds), factsAt }) };
}

interface Known {
  readonly holds: readonly boolean[];
  readonly decides: ReadonlySet<number>;
  readonly factsAt: ReadonlyMap<number, readonly WhyFact[]>;
}

function partOf(branch: Branch, known: Known): WhyPart {
  return {
    kind: branch.kind,
    text: branch.text,
    holds: known.holds[branch.index] === true,
    decides: known.decides.has(branch.index),
    facts: known.factsAt.get(branch.index) ?? [],
    of: branch.of.map((part) => partOf(part, known)),
  };
}
