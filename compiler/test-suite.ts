// The tests of a project with the plan that they run on. Tests are no part of the project's plan, nor of its hash.

import type { CheckedProject } from "./check/project.ts";
import type { Atom } from "./ir/atom.ts";
import type { Plan } from "./ir/plan.ts";
import type { Test } from "./ir/test.ts";
import { atomsOf } from "./lower/atoms.ts";
import { lowerWith } from "./lower/project.ts";
import { segmentsOf } from "./lower/segments.ts";
import { lowerTest } from "./lower/test.ts";
import { planOf } from "./plan.ts";

export interface TestSuite {
  /** What the tests run on: the project's, with the segments that only tests ask for. */
  readonly plan: Plan;
  readonly tests: readonly Test[];
  readonly atoms: readonly Atom[];
}

export function suiteOf(checked: CheckedProject): TestSuite {
  const segments = segmentsOf(checked);
  const lowered = lowerWith(checked, segments);
  const tests = checked.tests.map((test) => lowerTest(checked.scope, segments, test));
  const atoms = atomsOf(checked.scope, segments, checked.segments.values());
  // Tests may ask for segments with other arguments, so the plan is made last.
  return { plan: planOf({ ...lowered, segments: segments.all() }), tests, atoms };
}
