// A plan in compact, readable lines: what the compiler understood.

import { unreachable } from "../../grammar/unreachable.ts";
import type { Behaviour, Condition, Length, Link, Selection, Term } from "../../compiler/ir/condition.ts";
import type { Load, Mapping } from "../../compiler/ir/load.ts";
import type { Funnel, Score } from "../../compiler/ir/people.ts";
import type { Email, Plan, Segment } from "../../compiler/ir/plan.ts";
import type { Policy, PolicyRule } from "../../compiler/ir/policy.ts";
import type {
  ClockTime,
  DateMoment,
  Enter,
  Next,
  Program,
  SetValue,
  Step,
  Trigger,
  WaitUntil,
  Winner,
} from "../../compiler/ir/program.ts";
import { printLiteral, printMoment } from "../../compiler/lower/print-value.ts";
import type { Scalar, Type } from "../../compiler/types.ts";

export function describePlan(plan: Plan): string {
  return [
    ...plan.segments.map(describeSegment),
    ...plan.scores.map(describeScore),
    ...plan.funnels.map(describeFunnel),
    ...plan.emails.map(describeEmail),
    ...plan.policies.map(describePolicy),
    ...plan.programs.map(describeProgram),
    ...plan.loads.map(describeLoad),
  ].join("\n");
}

function describeSegment({ id, where }: Segment): string {
  return `segment ${id}: ${describeCondition(where)}`;
}

function describeScore({ name, rules, halfLife }: Score): string {
  const given = rules.map((rule) => {
    const cap = rule.kind === "each" && rule.cap !== null ? ` up to ${rule.cap}` : "";
    const when = rule.kind === "each" ? `each of ${describeBehaviour(rule.of)}` : describeCondition(rule.when);
    return `  ${when}: ${rule.points}${cap}`;
  });
  const decay = halfLife === null ? [] : [`  half after ${halfLife} ms`];
  return [`score ${name}`, ...given, ...decay].join("\n");
}

function describeFunnel({ name, stages, isForwardOnly }: Funnel): string {
  const lines = stages.map((stage) => `  ${stage.name}: ${stage.when ? describeCondition(stage.when) : "always"}`);
  return [`funnel ${name}${isForwardOnly ? ", forward only" : ""}`, ...lines].join("\n");
}

function describePolicy({ name, segment, rules }: Policy): string {
  const lines = rules.map((rule) => `  ${describeRule(rule)}`);
  return [`policy ${name}${segment === null ? "" : ` for ${segment}`}`, ...lines].join("\n");
}

function describeRule(rule: PolicyRule): string {
  switch (rule.kind) {
    case "at most":
      return `at most ${rule.emails} in ${rule.length.amount}${rule.length.unit}`;
    case "never send":
      return `never ${rule.topic ?? "any mail"} where ${describeCondition(rule.to)}`;
    case "quiet hours":
    case "send only between":
    case "send only on":
    case "at most in total":
    case "no sending on holidays":
    case "only one of":
    case "on ambiguous":
      return rule.title;
    default:
      return unreachable(rule);
  }
}

function describeEmail({ name, subject, body, topic, isTransactional, sender }: Email): string {
  const source = body.file ?? JSON.stringify(body.source);
  const consent = isTransactional ? "transactional" : `topic ${topic}`;
  return `email ${name}: ${consent}, from ${sender}, subject ${JSON.stringify(subject)}, ${body.kind} ${source}`;
}

export function describeTerm(term: Term): string {
  switch (term.kind) {
    case "field":
    case "property":
      return term.name;
    case "company field":
      return `company.${term.name}`;
    case "start property":
      return `event.${term.name} of ${term.events.join(", ")}`;
    case "occurred at":
      return "at";
    case "stage":
      return `${term.as === "place" ? "place of " : ""}stage ${term.name}`;
    case "score":
      return `score ${term.name}`;
    case "literal":
      return printLiteral(term.literal);
    case "moment":
      return term.as === "day" ? `day of ${printMoment(term.moment)}` : printMoment(term.moment);
    case "first known":
      return `first known of (${term.of.map(describeTerm).join(", ")})`;
    case "chosen": {
      const arms = term.arms.map(({ value, when }) => `${printLiteral(value)} when ${describeCondition(when)}`);
      return `{${[...arms, `otherwise ${term.otherwise ? printLiteral(term.otherwise) : "unknown"}`].join(", ")}}`;
    }
    case "anniversary":
      return `anniversary of ${describeTerm(term.of)} from ${describeTerm(term.from)}`;
    case "aggregate": {
      const { event, property, distinct } = term;
      const path = property === null ? event : `${event}.${property}`;
      const by = [term.by === "plain" ? "" : ` by ${term.by}`, distinct === null ? "" : ` by ${distinct}`].join("");
      return `${term.function} ${path}${by} of [${describeSelection(term)}]`;
    }
    default:
      return unreachable(term);
  }
}

export function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case "constant":
      return condition.value ? "always" : "never";
    case "all":
      return `(${condition.of.map(describeCondition).join(" and ")})`;
    case "any":
      return `(${condition.of.map(describeCondition).join(" or ")})`;
    case "not":
      return `not ${describeCondition(condition.of)}`;
    case "compare": {
      const { left, op, right, by } = condition;
      return `${describeTerm(left)} ${op} ${describeTerm(right)}${by === "plain" ? "" : ` by ${by}`}`;
    }
    case "one of": {
      const values = condition.values.map(describeTerm).join(", ");
      return `${describeTerm(condition.term)} in (${values})${condition.by === "plain" ? "" : ` by ${condition.by}`}`;
    }
    case "known":
      return `${describeTerm(condition.term)} is known`;
    case "starts with":
    case "ends with":
      return `${describeTerm(condition.term)} ${condition.kind} ${JSON.stringify(condition.text)} by ${condition.by}`;
    case "contains":
      return `${describeTerm(condition.term)} contains ${describeTerm(condition.value)}${condition.by === "plain" ? "" : ` by ${condition.by}`}`;
    case "matches glob":
    case "matches regex":
      return `${describeTerm(condition.term)} ${condition.kind} ${JSON.stringify(condition.pattern)} by ${condition.by}`;
    case "behaviour":
      return describeBehaviour(condition);
    case "chain":
      return [describeBehaviour(condition.first), ...condition.links.map(describeLink)].join(" ");
    case "in segment":
      return `in ${condition.segment}`;
    case "in program":
      return `in program ${condition.program}`;
    case "in list":
      return `in list ${condition.list}`;
    case "suppressed":
      return "suppressed";
    case "subscribed":
    case "refused":
      return `${condition.kind} ${condition.topic}`;
    case "sample":
      return `sample ${condition.share}% salted ${condition.salt}`;
    default:
      return unreachable(condition);
  }
}

function describeBehaviour(node: Behaviour): string {
  const { count, distinct } = node;
  return `[${describeSelection(node, count ? `${count.op} ${count.times} times${distinct === null ? "" : ` by ${distinct}`}` : "")}]`;
}

function describeSelection(node: Selection, count = ""): string {
  const { from, until } = node;
  const parts = [
    node.email === null ? node.event : `${node.event} ${node.email}`,
    node.countsMachines ? "" : "by people",
    node.where ? `where ${describeCondition(node.where)}` : "",
    count,
    from ? `from ${printMoment(from)}` : "",
    until ? `until ${printMoment(until.moment)}${until.isIncluded ? " included" : ""}` : "",
    node.scope === "all" ? "" : `of this ${node.scope}`,
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function describeLink({ isNegated, event, within, same }: Link): string {
  const tied = same ? ` with one ${same.name}${same.by === "plain" ? "" : ` by ${same.by}`}` : "";
  return `${isNegated ? "not " : ""}then ${describeBehaviour(event)} within ${length(within)}${tied}`;
}

function length({ amount, unit }: Length): string {
  return `${amount}${unit}`;
}

/** The program, then its steps with their indices: where each leads stands behind `->`. */
export function describeProgram(program: Program): string {
  const { goal } = program;
  const heads = [
    program.segment === null ? "" : `for ${program.segment}`,
    ...program.triggers.map(describeTrigger),
    program.onlyIf ? `only if ${describeCondition(program.onlyIf)}` : "",
    program.edits === "pin" ? "edits pin" : "",
    describeEnter(program.enter),
    goal ? `goal ${describeCondition(goal.when)}${goal.within ? ` within ${length(goal.within)}` : ""}` : "",
    ...program.exits.map((exit) => `exit when ${describeCondition(exit)}`),
  ];
  const steps = program.steps.map((step, index) => `${index} ${step.id}: ${describeStep(step)}`);
  const lines = [...heads.filter((head) => head !== ""), ...steps].map((line) => `  ${line}`);
  return [`program ${program.name}: first ${place(program.first)}`, ...lines].join("\n");
}

function describeTrigger(trigger: Trigger): string {
  if (trigger.kind === "at") return `start at ${trigger.at.value}${trigger.at.kind === "local" ? " local" : ""}`;
  if (trigger.kind === "every") {
    const { recurrence } = trigger;
    const day = recurrence.every === "week" ? `weekday ${recurrence.weekday}` : recurrence.every;
    return `start every ${day} ${clock(recurrence.time)}`;
  }
  if (trigger.kind === "edge") {
    const present = trigger.enrolsPresent ? ", also those for whom it holds at first" : "";
    return `start on the edge ${describeCondition(trigger.when)}${present}`;
  }
  if (trigger.kind === "date") return `start ${describeDate(trigger)}`;
  const event = trigger.email === null ? trigger.event : `${trigger.event} ${trigger.email}`;
  const machines = trigger.countsMachines ? "" : " by people";
  const where = trigger.where ? ` where ${describeCondition(trigger.where)}` : "";
  const rest = trigger.rest ? ` if ${describeCondition(trigger.rest)}` : "";
  return `start on each ${event}${machines}${where}${rest}`;
}

function describeEnter(enter: Enter): string {
  if (enter.kind === "again") return `enter again after ${length(enter.after)}`;
  if (enter.kind === "every time") return "enter every time";
  return enter.per === null ? "enter once" : `enter once per ${enter.per}`;
}

function place(next: Next): string {
  return next === null ? "end" : String(next);
}

function describeStep(step: Step): string {
  switch (step.kind) {
    case "send": {
      const condition = step.onlyIf ? ` only if ${describeCondition(step.onlyIf)}` : "";
      const variant = step.variant === null ? "" : ` variant ${step.variant}`;
      const to = step.to === null ? "" : ` to ${describeTerm(step.to)}`;
      return `send ${step.email}${variant}${to}${condition} -> ${place(step.next)}`;
    }
    case "wait":
      return `wait ${length(step.length)} -> ${place(step.next)}`;
    case "wait until":
      return `wait until ${describeUntil(step.until)} -> ${place(step.next)}`;
    case "wait for": {
      const same = step.same === null ? "" : ` with same ${step.same}`;
      const mails = step.mails.length === 0 ? "" : ` unless skipped ${step.mails.join(", ")}`;
      const ways = `came ${place(step.then)}, else ${place(step.otherwise)} -> ${place(step.next)}`;
      return `wait up to ${length(step.limit)} until ${describeCondition(step.until)}${same}${mails}: ${ways}`;
    }
    case "choose": {
      const branches = step.branches.map(({ when, next }) => `if ${describeCondition(when)} -> ${place(next)}`);
      return `${branches.join(", ")}, else -> ${place(step.otherwise)}`;
    }
    case "set":
      return `set ${step.field} ${describeSet(step.value)} -> ${place(step.next)}`;
    case "divide": {
      const arms = step.arms.map(({ name, share, next }) => `${name ?? "arm"} ${share}% -> ${place(next)}`);
      return `${step.experiment === null ? "split" : `experiment ${step.experiment}`} by ${step.salt}: ${arms.join(", ")}${winnerText(step.winner)}`;
    }
    case "add to":
    case "remove from":
      return `${step.kind} ${step.list} -> ${place(step.next)}`;
    case "subscribe to":
    case "unsubscribe from":
      return `${step.kind} ${step.topic} -> ${place(step.next)}`;
    case "hand off":
      return `hand off to ${step.team}${step.note === null ? "" : ` with ${JSON.stringify(step.note)}`} -> ${place(step.next)}`;
    case "call":
      return `call ${step.webhook} with ${JSON.stringify(step.parts)} -> ${place(step.next)}`;
    case "suppress":
    case "go to":
    case "removed":
      return `${step.kind} -> ${place(step.next)}`;
    case "continue in":
      return `continue in ${step.program}`;
    case "stop":
    case "held out":
      return step.kind;
    default:
      return unreachable(step);
  }
}

function clock({ hour, minute, isLocal }: ClockTime): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${two(hour)}:${two(minute)}${isLocal ? " local" : ""}`;
}

function describeUntil(until: WaitUntil): string {
  switch (until.kind) {
    case "weekday":
      return `weekday ${until.weekday} at ${clock(until.time)}`;
    case "clock":
      return clock(until.time);
    case "moment":
      return `${until.at.value}${until.at.kind === "local" ? " local" : ""}`;
    case "date":
      return describeDate(until);
    default:
      return unreachable(until);
  }
}

function describeDate({ field, isAnniversary, offset, time }: DateMoment): string {
  const moved = offset ? ` moved by ${length(offset)}` : "";
  return `${isAnniversary ? "anniversary of " : ""}${describeTerm(field)}${moved}${time ? ` at ${clock(time)}` : ""}`;
}

function describeSet(value: SetValue): string {
  switch (value.kind) {
    case "unknown":
      return "to unknown";
    case "term":
      return `to ${describeTerm(value.term)}`;
    case "list":
      return `to (${value.items.map(describeTerm).join(", ")})`;
    case "add":
    case "remove":
      return `${value.kind} ${describeTerm(value.term)}`;
    default:
      return unreachable(value);
  }
}

function describeLoad(load: Load): string {
  const { delimiter, encoding, unknown, rowsWhere } = load;
  const options = [
    delimiter === null ? "" : `delimiter ${JSON.stringify(delimiter)}`,
    load.hasHeader ? "" : "no header",
    encoding === null ? "" : `encoding ${encoding}`,
    unknown.length === 0 ? "" : `unknown is ${JSON.stringify(unknown)}`,
    ...rowsWhere.map(
      ({ column, isNegated, values }) =>
        `rows where ${JSON.stringify(column)} ${isNegated ? "not " : ""}in ${JSON.stringify(values)}`,
    ),
  ];
  const head = [`load ${load.name} from ${load.format} ${load.path}`, ...options.filter((option) => option !== "")];
  return [head.join(", "), ...load.mappings.map((mapping) => `  ${describeMapping(mapping)}`)].join("\n");
}

function describeMapping({ to, from, format, zone, values, otherwise }: Mapping): string {
  const target = to.kind === "field" ? to.name : `its ${to.kind}`;
  const value = (literal: (typeof otherwise & object)["to"]) => (literal ? printLiteral(literal) : "unknown");
  const rows = [
    ...(values ?? []).map((row) => `${JSON.stringify(row.from)} = ${value(row.to)}`),
    ...(otherwise ? [`otherwise ${value(otherwise.to)}`] : []),
  ];
  const parts = [
    `${target} from ${from.kind === "column" ? JSON.stringify(from.name) : `column ${from.index}`}`,
    format === null ? "" : `as ${JSON.stringify(format)}`,
    zone === null ? "" : `in ${zone}`,
    rows.length === 0 ? "" : `with (${rows.join(", ")})`,
  ];
  return parts.filter((part) => part !== "").join(" ");
}

/** A type as it is declared: `list of text?`. */
export function describeType({ scalar, isList, isNullable }: Type): string {
  return `${isList ? "list of " : ""}${describeScalar(scalar)}${isNullable ? "?" : ""}`;
}

function describeScalar(scalar: Scalar): string {
  switch (scalar.kind) {
    case "text":
      return scalar.isExact ? "text exact" : "text";
    case "money":
      return `money ${scalar.currency}`;
    case "enum":
      return `one of (${scalar.values.join(", ")})`;
    default:
      return scalar.kind;
  }
}

function winnerText(winner: Winner | null): string {
  if (winner === null) return "";
  const { by, after, needs, competing } = winner;
  const arms = competing.map(({ arm, sends }) => `${arm} (${sends.join(", ")})`).join(", ");
  return `; winner by ${by} rate after ${after.amount}${after.unit} needs ${needs} of ${arms}`;
}
