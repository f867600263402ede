// Why a finding is so: the fewest parts that say it, and somebody who shows it.

import type { Related } from "../../grammar/diagnostics/entry.ts";
import type { Shown } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import { allOf, type Formula, sizeOf } from "../logic/formula.ts";
import { somebody } from "../logic/verdict.ts";
import { shownOf } from "../logic/words.ts";
import type { Ground } from "../logic/ground.ts";
import type { Memory } from "../logic/memory.ts";

export interface Reasoning {
  readonly ground: Ground;
  readonly memory: Memory;
  readonly sizes: Map<Formula, number>;
}

/** Parts above which no pair is looked for, leaves above which nobody is. */
const mostParts = 30;
const largestShown = 100;

/** Parts that cannot hold together and of which none can be left out, given that all of them cannot: one, two, or more. */
export function coreOf<T>(parts: readonly T[], clash: (parts: readonly T[]) => boolean): readonly T[] {
  if (parts.length > mostParts) return parts;
  for (const part of parts) if (clash([part])) return [part];
  for (const [index, left] of parts.entries()) {
    for (const right of parts.slice(index + 1)) if (clash([left, right])) return [left, right];
  }
  return parts.reduce<readonly T[]>((kept, part) => {
    const others = kept.filter((other) => other !== part);
    return clash(others) ? others : kept;
  }, parts);
}

/** Somebody who fulfils all of them; null where none was found. */
export function shown({ ground, memory, sizes }: Reasoning, formulas: readonly Formula[]): Shown | null {
  const size = formulas.reduce((sum, formula) => sum + sizeOf(formula, sizes), 0);
  const found = size > largestShown ? null : somebody(allOf(formulas), ground, memory);
  return found && shownOf(found, ground);
}

/** The places of them: `first` says what the first one is to the finding, `other` what each further one is. */
export function relatedTo(nodes: readonly { readonly span: Span }[], first: string, other: string): readonly Related[] {
  return nodes.map(({ span }, index) => ({ span, text: index === 0 ? first : other }));
}
