// The whole project, lowered.

import type { CheckedProject } from "../check/project.ts";
import type { Load } from "../ir/load.ts";
import type { Funnel, Score } from "../ir/people.ts";
import type { AttachedFile, Derived, Email, Move, Segment, Vocabulary, Webhook } from "../ir/plan.ts";
import type { Policy } from "../ir/policy.ts";
import type { Program } from "../ir/program.ts";
import type { Report } from "../ir/report.ts";
import { byName } from "../order.ts";
import type { Scope } from "../scope.ts";
import { lowerEmail } from "./email.ts";
import { lowerPolicy } from "./policy.ts";
import { lowerProgram } from "./program.ts";
import { lowerReport } from "./report.ts";
import { type Segments, segmentsOf } from "./segments.ts";

export interface LoweredProject {
  readonly scope: Scope;
  /** Dependencies first: those that need no arguments, then those that programs use with arguments. */
  readonly segments: readonly Segment[];
  readonly scores: readonly Score[];
  readonly funnels: readonly Funnel[];
  readonly derived: readonly Derived[];
  readonly programs: readonly Program[];
  readonly policies: readonly Policy[];
  readonly webhooks: readonly Webhook[];
  readonly reports: readonly Report[];
  readonly emails: readonly Email[];
  readonly files: readonly AttachedFile[];
  readonly vocabularies: readonly Vocabulary[];
  readonly loads: readonly Load[];
  readonly moves: readonly Move[];
}

export function lowerProject(checked: CheckedProject): LoweredProject {
  return lowerWith(checked, segmentsOf(checked));
}

/** The same with segments that somebody else asks for, too. */
export function lowerWith(
  { scope, segments, programs, emails, vocabularies, loads, derived, delivery, holidays }: CheckedProject,
  lowered: Segments,
): LoweredProject {
  for (const { name, parameters } of segments.values()) {
    const fallbacks = parameters.flatMap(({ fallback }) => (fallback ? [fallback] : []));
    if (fallbacks.length === parameters.length) lowered.require(name, fallbacks);
  }
  // Programs, policies and emails may ask for more segments, so their order decides that of the segments.
  const scores = lowered.scores();
  const funnels = lowered.funnels();
  const loweredPrograms = byName(programs).map((program) => lowerProgram(scope, lowered, program, delivery.moves));
  const policies = byName(delivery.policies).map((policy) => lowerPolicy(lowered, holidays?.days ?? [], policy));
  const loweredEmails = byName(emails).map((email) => {
    const { require: segment, derived: field } = lowered;
    return lowerEmail(
      { bindings: new Map(), scope: "all", salt: `email ${email.name}`, segment, derived: field },
      email,
    );
  });
  const reports = byName(delivery.reports).map((report) => lowerReport(lowered, report));
  const fields = byName(derived).map(({ name, doc, type }) => ({ name, doc, type, term: lowered.derived(name) }));
  return {
    scope,
    segments: lowered.all(),
    scores,
    funnels,
    derived: fields,
    programs: loweredPrograms,
    policies,
    webhooks: byName(delivery.webhooks),
    reports,
    emails: loweredEmails,
    files: distinct(emails.flatMap(({ files }) => files)),
    vocabularies: vocabulariesOf(vocabularies),
    loads,
    moves: delivery.moves,
  };
}

function distinct(files: readonly AttachedFile[]): readonly AttachedFile[] {
  return [...new Map(files.map((file) => [file.digest, file])).values()];
}

export function vocabulariesOf(checked: CheckedProject["vocabularies"]): readonly Vocabulary[] {
  return byName([...checked.values()]).map(({ name, terms }) => {
    return { name, terms: [...terms].map(([term, words]) => ({ name: term, ...words })) };
  });
}
