// What is read, as the IR knows it.

import { Bug } from "../../grammar/unreachable.ts";
import type { CheckedTerm } from "../checked.ts";
import type { Term } from "../ir/condition.ts";

export function lowerTerm(term: CheckedTerm): Term {
  switch (term.kind) {
    case "aggregate":
    case "score":
    case "stage":
    case "anniversary":
    case "derived":
      throw new Bug(`nothing lowers ${term.kind} yet, so it was refused`);
    default:
      return term;
  }
}
