// The whole project, checked.

import type { Checked } from "../checked.ts";
import type { CheckedDelivery } from "../checked-delivery.ts";
import type { CheckedProgram } from "../checked-program.ts";
import type { CheckedTest } from "../checked-test.ts";
import type { Load } from "../ir/load.ts";
import { nothing, proofsOf } from "../known.ts";
import { lintPrograms } from "../lint/flow.ts";
import { isReached, type Lint, lintCondition } from "../lint/meaning.ts";
import type { Resolved } from "../resolve.ts";
import type { Report, Scope } from "../scope.ts";
import type { World } from "../world.ts";
import { checkDelivery } from "./delivery.ts";
import { type CheckedEmail, checkEmail, checkSenders } from "./email.ts";
import { type CheckedHolidays, checkHolidays } from "./holidays.ts";
import { checkFilled, checkLoad } from "./load.ts";
import { checkMailOptions } from "./mail-options.ts";
import { checkPeople, type People } from "./people.ts";
import { checkPlaceholders } from "./placeholders.ts";
import { checkPrograms } from "./program.ts";
import type { CheckedSegment } from "./segment.ts";
import { checkTests } from "./test.ts";

export interface CheckedProject extends People {
  readonly programs: readonly CheckedProgram[];
  readonly emails: readonly CheckedEmail[];
  readonly loads: readonly Load[];
  readonly delivery: CheckedDelivery;
  readonly holidays: CheckedHolidays | null;
  readonly tests: readonly CheckedTest[];
}

export function checkProject(resolved: Resolved, world: World, report: Report): CheckedProject {
  const { declarations } = resolved;
  const people = checkPeople(resolved.scope, report);
  const { scope, segments } = people;
  const programs = checkPrograms(scope, report, whole(scope.programs.values()));
  const emails = checkEmails(scope, world, report);
  const delivery = checkDelivery(scope, report, whole(declarations));
  const holidays = checkHolidays(world, report, scope.settings.holidays);
  const nodes = whole(declarations.filter((node) => node.kind === "load"));
  const loads = nodes.flatMap((node) => checkLoad(scope, report, node) ?? []);
  // A load that could not be read may fill what the others do not.
  if (!scope.isLost("load", [])) checkFilled(scope, report, nodes, loads);

  const lint = lintOf(scope, segments, report);
  for (const where of conditionsOf(people)) lintCondition(lint, where, nothing, "segment");
  const sendings = lintPrograms(lint, programs);
  const hasAllPrograms = programs.length === declarations.filter(({ kind }) => kind === "program").length;
  for (const { when } of emails.flatMap(({ variants }) => variants)) {
    if (when) lintCondition(lint, when, nothing, "segment");
  }
  checkPlaceholders(people, report, { emails, sendings, proofs: lint.proofs, isWhole: hasAllPrograms });
  const tests = checkTests(scope, report, declarations);
  return { ...people, programs, emails, loads, delivery, holidays, tests };
}

/** Those that say who is in something; what a score counts says that of nobody. */
function conditionsOf({ segments, funnels, derived }: People): readonly Checked[] {
  const stages = funnels.flatMap(({ stages }) => stages.flatMap(({ when }) => (when ? [when] : [])));
  const choices = derived.flatMap(({ body }) => (body.kind === "choice" ? body.arms.map(({ when }) => when) : []));
  return [...[...segments.values()].map(({ where }) => where), ...stages, ...choices];
}

/** Nothing of a declaration that the parser had to mend is checked. */
function whole<D extends { readonly recovered: boolean }>(nodes: Iterable<D>): readonly D[] {
  return [...nodes].filter(({ recovered }) => !recovered);
}

function checkEmails(scope: Scope, world: World, report: Report): readonly CheckedEmail[] {
  const nodes = whole(scope.emails.values());
  checkSenders(scope, report, nodes);
  checkMailOptions(scope, report, nodes);
  return nodes.flatMap((node) => checkEmail(scope, world, report, node) ?? []);
}

function lintOf(scope: Scope, segments: ReadonlyMap<string, CheckedSegment>, report: Report): Lint {
  const reached = new Set<string>();
  for (const { name, where } of segments.values()) if (isReached(where, true, reached)) reached.add(name);
  return { scope, report, proofs: proofsOf(segments.values()), reached };
}
