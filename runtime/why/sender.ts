// How a person stands to the sends of an email in one program: mailed, held back, on the way there, or turned away.

import type { Program, Step } from "../../compiler/ir/program.ts";
import { followersOf } from "../engine/steps/registry.ts";
import type { Course, Enrollment, Entry } from "./course.ts";
import type { WhyMail, WhySender, WhySkip } from "./course-answer.ts";
import { leftText } from "./reasons.ts";

export interface Sending {
  readonly program: Program;
  readonly course: Course;
  readonly email: string;
  readonly mails: readonly WhyMail[];
  readonly skips: readonly WhySkip[];
}

export function senderOf(sending: Sending): WhySender {
  const { program, email } = sending;
  const sends = program.steps.filter((step) => step.kind === "send" && step.email === email);
  return { program: program.name, sends: [...new Set(sends.map(({ title }) => title))], ...standing(sending, sends) };
}

type Standing = Pick<WhySender, "state" | "text">;

function standing({ program, course, mails, skips }: Sending, sends: readonly Step[]): Standing {
  const last = course.enrollments.filter((one) => one.program === program.name).at(-1);
  if (!last) {
    const dropped = course.journal.filter((one) => one.program === program.name && one.outcome === "dropped").at(-1);
    const why = dropped ? `, and was not let in: ${dropped.reason}` : "";
    return { state: "not in it", text: `never came into ${program.name}${why}` };
  }
  const entries = course.journal.filter(({ enrollment }) => enrollment === last.id);
  const ids = sends.map(({ id }) => id);
  const isOwn = ({ step, program: name }: { readonly step: string | null; readonly program: string }) =>
    name === program.name && step !== null && ids.includes(step);
  const { position } = last;
  if (position && ids.includes(position.step))
    return { state: "waits there", text: `stands at ${titleOf(program, position.step)}` };
  const passed = entries.findLast((entry) => entry.step !== null && ids.includes(entry.step));
  if (passed?.outcome === "skipped" || (passed && skips.some((skip) => isOwn(skip)) && !mails.some(isOwn))) {
    return { state: "held back", text: `came to the send, and was held back: ${passed.reason ?? ""}` };
  }
  if (passed) return { state: "mailed", text: `came to ${titleOf(program, passed.step)}` };
  return ahead(program, last, entries, ids);
}

/** Of who has not come to a send: whether it still can come, and where the way parted from it. */
function ahead(
  program: Program,
  { position, reason }: Enrollment,
  entries: readonly Entry[],
  ids: readonly string[],
): Standing {
  const leads = leading(program, ids);
  if (position && leads.has(position.step)) {
    return { state: "still ahead", text: `stands at ${titleOf(program, position.step)}, and may come to it` };
  }
  const parted = entries.find(
    ({ step, next }) =>
      step !== null && leads.has(step) && (next === null || !leads.has(next)) && isWalked(program, step),
  );
  if (parted && parted.outcome !== "left") {
    return { state: "went another way", text: `at ${titleOf(program, parted.step)}: ${wayText(parted)}` };
  }
  if (position)
    return { state: "went another way", text: `stands at ${titleOf(program, position.step)}, behind the send` };
  return { state: "left before", text: `${leftText(program, reason ?? "")} before the send` };
}

const isWalked = ({ steps }: Program, id: string): boolean => steps.some((step) => step.id === id);

function wayText({ outcome, reason }: Entry): string {
  if (outcome === "came") return "what is waited for came, and the send is on the other side";
  if (outcome === "timed out") return "it did not come in time, and the send is on the other side";
  if (outcome === "passed") return `the wait was passed, since ${reason ?? "its mail was skipped"}`;
  return reason === null ? outcome : `took ${reason}`;
}

/** Ids of the steps from which one of the sends can be come to. */
function leading({ steps }: Program, ids: readonly string[]): ReadonlySet<string> {
  const found = new Set(ids);
  let size = 0;
  while (size !== found.size) {
    size = found.size;
    for (const step of steps) {
      if (followersOf(step).some((index) => found.has(steps[index]?.id ?? ""))) found.add(step.id);
    }
  }
  return found;
}

const titleOf = ({ steps }: Program, id: string | null): string =>
  steps.find((step) => step.id === id)?.title ?? id ?? "";
