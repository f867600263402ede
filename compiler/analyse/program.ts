// Programs whose conditions cannot meet: nobody enters, everybody leaves at once, branches and waits that nothing comes to.

import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Checked, CheckedBehaviour } from "../checked.ts";
import type { CheckedProgram, CheckedStep, CheckedTrigger } from "../checked-program.ts";
import { flatten } from "../checked-steps.ts";
import { type Formula, notOf } from "../logic/formula.ts";
import { type Fact, factsAtStart, factsInside, isLasting, settingsOf, type Source } from "./facts.ts";
import { findSilence, type Silence } from "./policy.ts";
import { type Judge, judgeCondition, refutes, words } from "./judge.ts";
import { coreOf, relatedTo, shown } from "./reasons.ts";

interface Walk {
  readonly judge: Judge;
  readonly program: CheckedProgram;
  readonly settings: ReturnType<typeof settingsOf>;
  /** What holds at every step. */
  readonly inside: readonly Fact[];
  /** What the starting event says. */
  readonly throughout: readonly Fact[];
  /** Labels that some step goes to. */
  readonly targets: ReadonlySet<string>;
  /** Emails that the program sends; null where that is not known. */
  readonly sent: ReadonlySet<string> | null;
  /** By the step, those that it may have sent before; none where people come back to steps. */
  readonly before: ReadonlyMap<CheckedStep, ReadonlySet<string>>;
  readonly silences: readonly Silence[];
  readonly topics: Surroundings["topics"];
  /** Silences that were reported. */
  readonly told: Set<Silence>;
}

interface Surroundings {
  /** Another program sends people there. */
  readonly isContinued: boolean;
  readonly silences: readonly Silence[];
  /** Of the emails; null: transactional. */
  readonly topics: ReadonlyMap<string, string | null>;
}

export function judgeProgram(judge: Judge, program: CheckedProgram, { isContinued, ...around }: Surroundings): void {
  const { translator } = judge;
  const settings = settingsOf(program);
  for (const trigger of program.triggers) {
    for (const part of conditionsOf(trigger)) judgeCondition(judge, part, settings.outside);
  }
  if (program.onlyIf) judgeCondition(judge, program.onlyIf, settings.outside);
  const start = factsAtStart(translator, program, isContinued);
  const steps = flatten(program.steps);
  const walk: Walk = {
    judge,
    program,
    settings,
    inside: [],
    throughout: lasting(start),
    targets: new Set(steps.flatMap((step) => (step.kind === "go to" ? [step.target] : []))),
    sent: sentBy(steps),
    before: sentBefore(steps),
    ...around,
    told: new Set(),
  };
  const ends = program.goal ? [...program.exits, program.goal.when] : program.exits;
  const meant = ends.filter((end) => judgeCondition(judge, end, settings.inside) && judgeMails(walk, end));
  if (!judgeStart(walk, start) || !judgeEnds(walk, start, meant)) return;
  followAll({ ...walk, inside: factsInside(translator, program) }, program.steps, start);
}

function conditionsOf(trigger: CheckedTrigger): readonly Checked[] {
  switch (trigger.kind) {
    case "event":
      return [trigger.behaviour, ...trigger.rest];
    case "change":
      return trigger.rest;
    case "edge":
      return trigger.enrolsPresent ? [] : [trigger.when];
    default:
      return [];
  }
}

/** Whether somebody can enter. */
function judgeStart({ judge, program }: Walk, start: readonly Fact[]): boolean {
  const formulas = start.map(({ formula }) => formula);
  if (!refutes(judge, formulas)) return true;
  // What never holds by itself is reported where it stands.
  if (formulas.some((one) => refutes(judge, [one]))) return false;
  const core = coreOf(start, (some) => refutes(judge, formulasOf(some)));
  const node = core.findLast(({ source }) => source.node)?.source.node ?? null;
  const others = core.filter(({ source }) => source.node !== node);
  const span = node?.span ?? program.span;
  const params = { program: program.name, condition: words(judge, span), against: phrases(judge, program, others) };
  judge.report(diagnose("W520", span, params, { related: relatedTo(nodesOf(others), "beside this", "and this") }));
  return false;
}

const formulasOf = (facts: readonly Fact[]): readonly Formula[] => facts.map(({ formula }) => formula);

const nodesOf = (facts: readonly Fact[]): readonly Checked[] => [
  ...new Set(facts.flatMap(({ source }) => (source.node ? [source.node] : []))),
];

function phrases(judge: Judge, program: CheckedProgram, facts: readonly Fact[]): string {
  return [...new Set(facts.map(({ source }) => phrase(judge, program, source)))].join(" and ");
}

/** Whether anybody stays. */
function judgeEnds({ judge, program, settings }: Walk, start: readonly Fact[], ends: readonly Checked[]): boolean {
  const formulas = start.map(({ formula }) => formula);
  if (formulas.length === 0) return true;
  const found = ends.find((end) =>
    refutes(judge, [...formulas, notOf(judge.translator.formula(end, settings.inside))]),
  );
  if (!found) return true;
  const isGoal = found === program.goal?.when;
  const what = isGoal ? "goal" : "exit";
  const params = { program: program.name, what, condition: words(judge, found.span) } as const;
  judge.report(diagnose("W521", found.span, params, { shown: shown(judge, formulas) }));
  return false;
}

function phrase(judge: Judge, program: CheckedProgram, { kind, node }: Source): string {
  const said = node ? `\`${words(judge, node.span)}\`` : `\`${program.segment?.name ?? ""}\``;
  switch (kind) {
    case "audience":
      return `the audience ${said}`;
    case "exit":
      return `the exit ${said}`;
    case "goal":
      return `the goal ${said}`;
    case "start":
      return `the start ${said}`;
    case "only if":
      return `\`only if ${node ? words(judge, node.span) : ""}\``;
    case "branch":
      return `the branch ${said} around it`;
    default:
      return `the branch ${said} before it`;
  }
}

/** What is certain at a place; null: nobody is known to come there, or it was reported. */
type Certain = readonly Fact[] | null;

/** Time passes at most steps, and then only what never changes is still certain. */
const lasting = (facts: readonly Fact[]): readonly Fact[] => facts.filter(isLasting);

/** What is certain on either way. */
function onBoth(left: Certain, right: Certain): Certain {
  return left && right ? left.filter((fact) => right.includes(fact)) : (left ?? right);
}

function followAll(walk: Walk, steps: readonly CheckedStep[], start: readonly Fact[]): Certain {
  return steps.reduce<Certain>((facts, step) => {
    // Who jumps there comes from anywhere.
    const here = step.label !== null && walk.targets.has(step.label) ? walk.throughout : facts;
    return here && follow(walk, step, here);
  }, start);
}

/** What is certain behind a step. */
function follow(walk: Walk, step: CheckedStep, facts: readonly Fact[]): Certain {
  const { judge, settings } = walk;
  switch (step.kind) {
    case "send":
      judgeSilence(walk, step, facts);
      if (step.onlyIf && judgeCondition(judge, step.onlyIf, settings.inside)) {
        if (judgeMails(walk, step.onlyIf, step)) judgeReach(walk, step.onlyIf, facts, []);
      }
      // Quiet hours, caps and rates may delay it.
      return lasting(facts);
    case "wait for":
      return followWait(walk, step, lasting(facts));
    case "choose":
      return followChoice(walk, step, facts);
    case "split":
    case "experiment":
      return step.arms.map(({ steps }) => followAll(walk, steps, facts)).reduce(onBoth, null);
    case "stop":
    case "continue in":
    case "go to":
      return null;
    default:
      return lasting(facts);
  }
}

/** Reports the first mail that a policy keeps from everybody who comes here. */
function judgeSilence(
  walk: Walk,
  { email, span }: CheckedStep & { readonly kind: "send" },
  facts: readonly Fact[],
): void {
  const { judge, silences, topics, told } = walk;
  const around = formulasOf([...facts, ...walk.inside]);
  const found = findSilence(judge, around, topics.get(email) ?? null, silences);
  if (!found || told.has(found)) return;
  told.add(found);
  const related = [{ span: found.rule.span, text: `the rule of \`${found.policy}\`` }];
  const params = { email, policy: found.policy, to: words(judge, found.rule.to.span) };
  judge.report(diagnose("W529", span, params, { related, shown: shown(judge, around) }));
}

function followWait(walk: Walk, step: CheckedStep & { readonly kind: "wait for" }, facts: readonly Fact[]): Certain {
  const { judge, settings, program } = walk;
  const { until } = step;
  const formula = judge.translator.formula(until, settings.wait);
  const saysSomething = judgeCondition(judge, until, settings.wait) && judgeMails(walk, until, step);
  const around = [...facts, ...walk.inside];
  const meets = (some: readonly Fact[]) => !refutes(judge, [formula, ...formulasOf(some)]);
  if (saysSomething && !meets(around)) {
    const isEnded = !meets(walk.inside);
    const core = coreOf(isEnded ? walk.inside : around, (some) => !meets(some));
    const params = { condition: words(judge, until.span), against: phrases(judge, program, core) };
    const related = relatedTo(nodesOf(core), isEnded ? "this ends it" : "because of this", "and this");
    const people = shown(judge, isEnded ? [formula] : formulasOf(around));
    judge.report(diagnose(isEnded ? "W524" : "W523", until.span, params, { related, shown: people }));
    return followAll(walk, step.otherwise, facts);
  }
  const came: Fact = { formula, source: { kind: "branch", node: until } };
  // `with same` asks for more than the condition says, or for less where it is negated.
  const end = followAll(walk, step.came, saysSomething && step.same === null ? [...facts, came] : facts);
  return onBoth(end, followAll(walk, step.otherwise, facts));
}

function followChoice(walk: Walk, step: CheckedStep & { readonly kind: "choose" }, facts: readonly Fact[]): Certain {
  const { judge, settings } = walk;
  let rest: readonly Fact[] = [];
  let end: Certain = null;
  let isSound = true;
  for (const { when, steps } of step.branches) {
    const formula = judge.translator.formula(when, settings.inside);
    const isClear = judgeCondition(judge, when, settings.inside) && judgeMails(walk, when, step);
    const isReached = isClear && judgeReach(walk, when, facts, rest);
    isSound &&= isReached;
    const taken: Fact = { formula, source: { kind: "branch", node: when } };
    // Nobody comes to a branch that was reported; its steps are not judged a second time.
    if (isReached) end = onBoth(end, followAll(walk, steps, [...facts, ...rest, taken]));
    if (isClear) rest = [...rest, { formula: notOf(formula), source: { kind: "earlier branch", node: when } }];
  }
  const [first] = step.otherwise;
  const left = [...facts, ...walk.inside, ...rest].map(({ formula }) => formula);
  if (isSound && refutes(judge, left)) {
    const core = coreOf([...facts, ...walk.inside, ...rest], (some) => refutes(judge, formulasOf(some)));
    const related = relatedTo(nodesOf(core), "because of this", "and this");
    if (first) judge.report(diagnose("W526", first.span, {}, { related }));
    return end;
  }
  return onBoth(end, followAll(walk, step.otherwise, [...facts, ...rest]));
}

/** Reports a condition that holds for nobody who comes here. */
function judgeReach(walk: Walk, when: Checked, facts: readonly Fact[], rest: readonly Fact[]): boolean {
  const { judge, settings, program } = walk;
  const formula = judge.translator.formula(when, settings.inside);
  const around = [...facts, ...walk.inside];
  const all = [...around, ...rest];
  if (!refutes(judge, [formula, ...all.map((fact) => fact.formula)])) return true;
  const isShadowed = !refutes(judge, [formula, ...around.map((fact) => fact.formula)]);
  const core = coreOf(isShadowed ? rest : around, (some) =>
    refutes(judge, [formula, ...formulasOf(some), ...formulasOf(isShadowed ? around : [])]),
  );
  const related = relatedTo(nodesOf(core), "because of this", "and this");
  // More than one branch before it is told by their places.
  const told = isShadowed && core.length > 1 ? [] : core;
  const params = { condition: words(judge, when.span), against: phrases(judge, program, told) || null };
  const people = shown(judge, [...(isShadowed ? [formula] : []), ...formulasOf(around)]);
  judge.report(diagnose(isShadowed ? "W522" : "W523", when.span, params, { related, shown: people }));
  return false;
}

/** Reports mails that the program never sends, or not before this step, where only its own count. */
function judgeMails({ judge, sent, before, program }: Walk, node: Checked, step: CheckedStep | null = null): boolean {
  if (sent === null) return true;
  const sooner = (step && before.get(step)) ?? sent;
  const missing = ownMailsIn(node).filter(({ email }) => email !== null && !sooner.has(email));
  for (const { email, event, span } of missing) {
    const params = { program: program.name, email: email ?? "", event: event.name };
    judge.report(diagnose(sent.has(params.email) ? "W533" : "W525", span, params));
  }
  return missing.length === 0;
}

function ownMailsIn(node: Checked): readonly CheckedBehaviour[] {
  if (node.kind === "all" || node.kind === "any") return node.of.flatMap(ownMailsIn);
  if (node.kind === "not") return ownMailsIn(node.of);
  if (node.kind !== "behaviour" || node.event.name === "unsubscribed" || !node.event.isMail) return [];
  const isOwn = node.window === null || node.window.kind === "since start";
  return isOwn && node.email !== null ? [node] : [];
}

/** In the order written, branches that exclude each other included. */
function sentBefore(steps: readonly CheckedStep[]): Walk["before"] {
  const before = new Map<CheckedStep, ReadonlySet<string>>();
  if (steps.some(({ kind }) => kind === "go to")) return before;
  let sent: ReadonlySet<string> = new Set();
  for (const step of steps) {
    before.set(step, sent);
    if (step.kind === "send") sent = new Set([...sent, step.email]);
  }
  return before;
}

/** null: something else may be sent, too. */
function sentBy(steps: readonly CheckedStep[]): ReadonlySet<string> | null {
  if (steps.some(({ kind }) => kind === "unchecked")) return null;
  return new Set(steps.flatMap((step) => (step.kind === "send" ? [step.email] : [])));
}
