// What the logic of conditions finds in a project: each segment and each program by itself.

import type { Program } from "../../grammar/ast/program.ts";
import type { Span } from "../../grammar/span.ts";
import { calendarOf } from "../calendar.ts";
import type { CheckedProject } from "../check/project.ts";
import { stepsOf } from "../written-steps.ts";
import type { Ground } from "../logic/ground.ts";
import { memoryOf } from "../logic/memory.ts";
import type { Report, Scope } from "../scope.ts";
import { type Judge, judgeCondition } from "./judge.ts";
import { limitsOf } from "./score.ts";
import { judgeChoice, judgeRules, judgeStages, judgeVariants } from "./people.ts";
import { judgeExclusions, judgePolicies, silencesOf } from "./policy.ts";
import { translatorOf } from "./translate.ts";
import { judgeProgram } from "./program.ts";

export function analyse(
  { scope, segments, scores, funnels, derived, emails, programs, delivery }: CheckedProject,
  isOwn: (file: string) => boolean,
  report: Report,
): void {
  const ground = groundIn(scope);
  if (!ground) return;
  const translator = translatorOf(segments);
  const judge: Judge = {
    ground,
    translator,
    memory: memoryOf(),
    sizes: new Map(),
    subjects: new Map(),
    limits: limitsOf(scores),
    report,
    text: scope.text,
  };
  for (const { name, where } of segments.values()) {
    if (!isOwn(where.span.file)) continue;
    const saysSomething = judgeCondition(judge, where, { salt: name, scope: "all", bindings: new Map() });
    if (!saysSomething) translator.distrust(name);
  }
  const isOurs = (node: { readonly span: Span } | undefined) => node !== undefined && isOwn(node.span.file);
  for (const field of derived) {
    const written = scope.shared.get(field.name);
    if (written?.kind === "derived field" && isOurs(written.node)) judgeChoice(judge, scope, field);
  }
  for (const score of scores) if (isOurs(scope.scores.get(score.name))) judgeRules(judge, score);
  for (const funnel of funnels) if (isOurs(scope.funnels.get(funnel.name))) judgeStages(judge, scope, funnel);
  for (const email of emails) if (isOurs(scope.emails.get(email.name))) judgeVariants(judge, email);
  const { policies } = delivery;
  judgePolicies(judge, policies, isOwn);
  const continued = new Set([...scope.programs.values()].flatMap(continuedFrom));
  const silences = silencesOf(judge, policies);
  const topics = new Map(emails.map(({ name, email }) => [name, email.topic] as const));
  for (const program of programs) {
    if (!isOwn(program.span.file)) continue;
    judgeProgram(judge, program, { isContinued: continued.has(program.name), silences, topics });
  }
  const named = new Map(programs.map((program) => [program.name, program] as const));
  judgeExclusions(judge, policies, named, { isContinued: (name) => continued.has(name), isOwn });
}

/** Programs that people are sent on to. */
function continuedFrom(program: Program): readonly string[] {
  return stepsOf(program).flatMap((step) => (step.kind === "continue in" ? [step.program.text] : []));
}

function groundIn({ contact, company, shared, topics, settings }: Scope): Ground | null {
  if (!contact) return null;
  return {
    contact,
    company,
    event: (name) => {
      const found = shared.get(name);
      return found?.kind === "event" ? found.table : undefined;
    },
    consentOf: (topic) => topics.get(topic)?.consent ?? "opt out",
    calendar: calendarOf(settings.zone, settings.firstWeekday),
    seed: settings.seed,
  };
}
