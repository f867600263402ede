// The tests of a project with the plan that they run on. Tests are no part of the project's plan, nor of its hash.

import type { Declaration } from "../grammar/ast/file.ts";
import type { Diagnostic } from "../grammar/diagnostics/entry.ts";
import type { Span } from "../grammar/span.ts";
import type { CheckedProject } from "./check/project.ts";
import { type CheckedSegment, segmentsAsked } from "./check/segment.ts";
import type { Atom } from "./ir/atom.ts";
import type { Plan } from "./ir/plan.ts";
import type { Test } from "./ir/test.ts";
import { atomsOf } from "./lower/atoms.ts";
import { lowerWith } from "./lower/project.ts";
import { type Segments, segmentsOf } from "./lower/segments.ts";
import { lowerTest } from "./lower/test.ts";
import { planOf } from "./plan.ts";
import type { NotYet } from "./unavailable.ts";

export interface SuiteTest {
  readonly title: string;
  /** Of the title. */
  readonly span: Span;
  /** null where it touches what nothing executes yet. */
  readonly test: Test | null;
  /** What that is. */
  readonly notYet: readonly Diagnostic[];
}

export interface TestSuite {
  /** What the tests run on; null where no test can run. It leaves out what neither a program nor a test touches. */
  readonly plan: Plan | null;
  readonly tests: readonly SuiteTest[];
  readonly atoms: readonly Atom[];
}

/**
 * Declarations that change nothing for anybody by themselves: whoever uses one names it, and what names it is looked at.
 * Loads do not run in tests. All other declarations may decide what happens to people, whether or not a test names them.
 */
const harmless: ReadonlySet<string> = new Set(["report", "webhook", "team", "vocabulary", "load", "removed step"]);

export function suiteOf(
  checked: CheckedProject,
  declarations: readonly Declaration[],
  notYet: readonly NotYet[],
): TestSuite {
  const homes = notYet.map((found) => ({ found, home: declarations.find(({ span }) => holds(span, found.span)) }));
  const isApart = (home: Declaration | undefined) =>
    home !== undefined && (harmless.has(home.kind) || home.kind === "segment" || home.kind === "email");
  const everywhere = homes.filter(({ home }) => !isApart(home)).map(({ found }) => found);
  if (everywhere.length > 0) return refused(checked, everywhere);

  const inside = (kind: "segment" | "email", name: string) =>
    homes.filter(({ home }) => home?.kind === kind && home.name.text === name).map(({ found }) => found);
  const lame = lameSegments(checked.segments, (name) => inside("segment", name));
  const chosen = checked.derived.flatMap(({ body }) => (body.kind === "choice" ? body.arms : []));
  const blocked = chosen.flatMap(({ when }) => segmentsAsked(when)).flatMap((name) => lame.get(name) ?? []);
  if (blocked.length > 0) return refused(checked, [...new Set(blocked)]);
  const sound = new Map([...checked.segments].filter(([name]) => !lame.has(name)));
  const computing = [
    ...checked.scores.flatMap(({ rules }) => rules.map(({ when }) => when)),
    ...checked.funnels.flatMap(({ stages }) => stages.flatMap(({ when }) => (when ? [when] : []))),
  ];
  const uncomputed = computing.flatMap(segmentsAsked).flatMap((name) => lame.get(name) ?? []);
  if (uncomputed.length > 0) return refused(checked, uncomputed);
  const known = segmentsOf({ ...checked, segments: sound });
  const asked = new Set<string>();
  const segments: Segments = {
    ...known,
    require: (name, args) => {
      if (!lame.has(name)) return known.require(name, args);
      asked.add(name);
      return name;
    },
  };
  const emails = checked.emails.filter(({ name }) => inside("email", name).length === 0);
  const lowered = lowerWith({ ...checked, segments: sound, emails }, segments);
  const sent = lowered.programs.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === "send" ? [step.email] : [])),
  );
  const lacking = [
    ...[...asked].flatMap((name) => lame.get(name) ?? []),
    ...[...new Set(sent)].flatMap((email) => inside("email", email)),
  ];
  if (lacking.length > 0) return refused(checked, lacking);

  const tests = checked.tests.map((test): SuiteTest => {
    const { title, span, notYet: own } = test;
    if (own.length > 0) return { title, span, test: null, notYet: own };
    asked.clear();
    const body = lowerTest(checked.scope, segments, test);
    const found = [...asked].flatMap((name) => lame.get(name) ?? []);
    return { title, span, test: found.length === 0 ? body : null, notYet: found };
  });
  const atoms = atomsOf(checked.scope, segments, sound.values());
  // Tests may ask for segments with other arguments, so the plan is made last.
  return { plan: planOf({ ...lowered, segments: segments.all() }), tests, atoms };
}

function holds(outer: Span, inner: Span): boolean {
  return outer.file === inner.file && outer.start <= inner.start && inner.end <= outer.end;
}

function refused({ tests }: CheckedProject, found: readonly NotYet[]): TestSuite {
  return {
    plan: null,
    tests: tests.map(({ title, span, notYet }) => ({ title, span, test: null, notYet: [...notYet, ...found] })),
    atoms: [],
  };
}

/** Segments that nothing can evaluate yet, and those that use one: each with what keeps it from running. */
function lameSegments(
  segments: ReadonlyMap<string, CheckedSegment>,
  own: (name: string) => readonly NotYet[],
): ReadonlyMap<string, readonly NotYet[]> {
  const lame = new Map<string, readonly NotYet[]>();
  // Used ones come before their users.
  for (const [name, { where }] of segments) {
    const used = segmentsAsked(where).flatMap((segment) => lame.get(segment) ?? []);
    const found = [...new Set([...own(name), ...used])];
    if (found.length > 0) lame.set(name, found);
  }
  return lame;
}
