// What the logic of conditions finds in a project: each segment and each program by itself.

import type { Program } from "../../grammar/ast/program.ts";
import { calendarOf } from "../calendar.ts";
import type { CheckedProject } from "../check/project.ts";
import { stepsOf } from "../written-steps.ts";
import type { Ground } from "../logic/ground.ts";
import { memoryOf } from "../logic/memory.ts";
import type { Report, Scope } from "../scope.ts";
import { type Judge, judgeCondition } from "./judge.ts";
import { limitsOf } from "./score.ts";
import { translatorOf } from "./translate.ts";
import { judgeProgram } from "./program.ts";

export function analyse(
  { scope, segments, scores, funnels, programs }: CheckedProject,
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
  for (const { name, stages } of funnels) {
    for (const { when } of stages) {
      if (when && isOwn(when.span.file)) judgeCondition(judge, when, { salt: name, scope: "all", bindings: new Map() });
    }
  }
  const continued = new Set([...scope.programs.values()].flatMap(continuedFrom));
  for (const program of programs) {
    if (isOwn(program.span.file)) judgeProgram(judge, program, continued.has(program.name));
  }
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
