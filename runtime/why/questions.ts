// The conditions that a program asks about a person, as trees that the database is asked about.

import type { Condition } from "../../compiler/ir/condition.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program, Step, Trigger } from "../../compiler/ir/program.ts";
import type { Subjects } from "../../compiler/sql/print.ts";
import { conditionsOf, originOf } from "../engine/steps/registry.ts";
import type { Instant, Session } from "../ports.ts";
import type { Enrollment } from "./course.ts";
import type { WhyQuestion } from "./course-answer.ts";
import type { Asking } from "./facts.ts";
import { judged } from "./judged.ts";
import { triggerText } from "./reasons.ts";
import { minuteOf } from "./render.ts";
import { type Branch, conditionTree } from "./tree.ts";
import { conditionText } from "./words.ts";

/** A question that is still to be put. */
export interface Asked {
  readonly asks: WhyQuestion["asks"];
  /** The clause as it is written. */
  readonly text: string;
  /** null: no row decides it. */
  readonly root: Branch | null;
  /** null: asked of the person herself. */
  readonly enrollment: Enrollment | null;
  readonly trigger: Trigger | null;
}

/** What is asked of who starts. */
export function entryQuestions(plan: Plan, program: Program): readonly Asked[] {
  const ask = (asks: Asked["asks"], text: string, when: Condition): Asked => ({
    asks,
    text,
    root: conditionTree(plan, when),
    enrollment: null,
    trigger: null,
  });
  const { segment, onlyIf, triggers } = program;
  return [
    ...triggers.map((trigger): Asked => {
      const when = triggerCondition(trigger);
      if (when === null) return { ...ask("start", triggerText(trigger), never), root: null, trigger };
      return { ...ask("start", `start when ${conditionText(when)}`, when), trigger };
    }),
    ...(segment === null || triggers.some(asksFor(segment))
      ? []
      : [ask("for", `for ${segment}`, { kind: "in segment", segment })]),
    ...(onlyIf ? [ask("only if", `only if ${conditionText(onlyIf)}`, onlyIf)] : []),
  ];
}

/** `program p for S` without a start is the edge `in S`, which says it already. */
const asksFor =
  (segment: string) =>
  (trigger: Trigger): boolean =>
    trigger.kind === "edge" && trigger.when.kind === "in segment" && trigger.when.segment === segment;

const never: Condition = { kind: "constant", value: false };

function triggerCondition(trigger: Trigger): Condition | null {
  if (trigger.kind === "edge") return trigger.when;
  if (trigger.kind !== "event") return null;
  const { event, email, countsMachines, where, rest } = trigger;
  const happened: Condition = {
    kind: "behaviour",
    event,
    email,
    countsMachines,
    where,
    from: null,
    until: null,
    scope: "all",
    count: null,
    distinct: null,
  };
  return rest === null ? happened : { kind: "all", of: [happened, ...(rest.kind === "all" ? rest.of : [rest])] };
}

/** What an enrollment is asked while it lasts: its exits and its goal. */
export function endQuestions(plan: Plan, program: Program, enrollment: Enrollment): readonly Asked[] {
  const ask = (asks: Asked["asks"], text: string, when: Condition): Asked => ({
    asks,
    text,
    root: conditionTree(plan, when),
    enrollment,
    trigger: null,
  });
  const { exits, goal } = program;
  const within = goal?.within ? ` within ${goal.within.amount}${goal.within.unit}` : "";
  return [
    ...exits.map((when) => ask("exit", `exit when ${conditionText(when)}`, when)),
    ...(goal ? [ask("goal", `goal ${conditionText(goal.when)}${within}`, goal.when)] : []),
  ];
}

/** What a step waits for, or what its mail is let through by; null: nothing. */
export function stepQuestion(plan: Plan, program: Program, step: Step, enrollment: Enrollment): Asked | null {
  if (step.kind !== "wait for" && step.kind !== "send") return null;
  if (step.kind === "send" && step.onlyIf === null) return null;
  const [when] = step.kind === "send" ? [step.onlyIf] : conditionsOf(step, originOf(program, plan));
  if (!when) return null;
  const [asks, word] = step.kind === "send" ? (["send only if", "only if"] as const) : (["wait", "until"] as const);
  return { asks, text: `${word} ${conditionText(when)}`, root: conditionTree(plan, when), enrollment, trigger: null };
}

/** Puts a question for an instant. */
export async function put(asking: Asking, asked: Asked, at: Instant = asking.at): Promise<WhyQuestion> {
  const { asks, text, root, enrollment, trigger } = asked;
  const notes = trigger ? await triggerNotes(asking, trigger) : [];
  if (root === null) return { asks, text, at, holds: false, tree: null, notes };
  const subjects = enrollment ? { subjects: subjectOf(enrollment) } : {};
  const { tree } = await judged({ ...asking, ...subjects, at }, root);
  return { asks, text, at, holds: tree.holds, tree, notes };
}

/** One enrollment as conditions read it; who left stands nowhere, so what she waited for counts from her start. */
function subjectOf({ id, position }: Enrollment): Subjects {
  const columns = "enrollment_id, program, contact_id, started_at, start_event, start_event_id";
  const text =
    position === null
      ? `(SELECT ${columns}, started_at AS wait_from, CAST(NULL AS TIMESTAMP) AS wait_until
          FROM enrollment WHERE enrollment_id = $the_enrollment)`
      : `(SELECT ${columns}, wait_from, wait_until FROM positions WHERE enrollment_id = $the_enrollment)`;
  return { kind: "enrollment", from: { text, params: { the_enrollment: { kind: "text", value: id } } } };
}

/** Since when a start counts, and whether it waits for a change. */
async function triggerNotes({ session, key, plan, calendar }: Asking, trigger: Trigger): Promise<readonly string[]> {
  const program = plan.programs.find(({ triggers }) => triggers.includes(trigger))?.name ?? "";
  const [row] = await read(session, program, trigger, key);
  if (!row) return ["It was never applied, so it starts nobody."];
  const since = minuteOf(Number(row.first_applied_at), calendar);
  if (trigger.kind === "event")
    return [`What happened before ${since}, when this start was first applied, starts nobody.`];
  if (trigger.kind !== "edge") return [`It starts people from ${since} on, when it was first applied.`];
  const held = "It held at the last tick already: it must stop holding before it starts the person again.";
  return row.is_held === true
    ? [held]
    : [`It starts who comes to be so after ${since}, when it was first applied, at the next tick.`];
}

const read = (session: Session, program: string, { id }: Trigger, key: string) =>
  session.run({
    text: `SELECT t.first_applied_at AS first_applied_at, m.contact_id IS NOT NULL AS is_held
      FROM trigger_state AS t LEFT JOIN edge_member AS m
        ON m.program = t.program AND m.trigger_id = t.trigger_id AND m.contact_id = $key
      WHERE t.program = $program AND t.trigger_id = $trigger`,
    params: {
      key: { kind: "text", value: key },
      program: { kind: "text", value: program },
      trigger: { kind: "text", value: id },
    },
  });
