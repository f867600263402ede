// Answers about programs and emails as lines for a terminal.

import { calendarOf, type ZoneCalendar } from "../../compiler/calendar.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { printable } from "../printable.ts";
import type { Instant } from "../ports.ts";
import type {
  WhyEmail,
  WhyMail,
  WhyMove,
  WhyPlace,
  WhyProgram,
  WhyQuestion,
  WhyRefused,
  WhySkip,
  WhyStay,
} from "./course-answer.ts";
import { minuteOf, partLines, wrapped } from "./render.ts";

type Minute = (at: Instant) => string;
interface Shown {
  readonly calendar: ZoneCalendar;
  readonly minute: Minute;
}

const shownIn = ({ project }: Plan): Shown => {
  const calendar = calendarOf(project.zone, project.firstWeekday);
  return { calendar, minute: (at) => minuteOf(at, calendar) };
};
const joined = (lines: readonly string[]): string => `${lines.join("\n")}\n`;

const states: Readonly<Record<WhyProgram["state"], string>> = {
  inside: "is in",
  left: "has been in, and left,",
  "not let in": "asked for a start and was not let into",
  "not asked for": "was never asked into",
  "not live": "cannot be in",
};

/** Times are shown in the zone of the project. */
export function renderWhyProgram(why: WhyProgram, plan: Plan): string {
  const shown = shownIn(plan);
  const { minute } = shown;
  const head = `${printable(why.contact)} ${states[why.state]} ${why.program} at ${minute(why.at)} (${plan.project.zone}).`;
  const lines = [...wrapped("", head)];
  if (why.version === null)
    lines.push(...wrapped("", "Nothing is applied yet: `cadenza apply` makes the project's programs live."));
  if (why.paused) {
    const because = why.paused.reason === null ? "" : `: ${why.paused.reason}`;
    const text = `It is paused since ${minute(why.paused.since)}${because}. Nobody enters, moves or is mailed meanwhile.`;
    lines.push(...wrapped("", text));
  }
  for (const stay of why.stays) lines.push("", ...stayLines(stay, shown));
  lines.push(...refusedLines(why, shown));
  if (why.questions.length > 0) {
    const name =
      why.state === "inside" || why.state === "left" ? "What is asked of who starts, as it is now:" : "To start:";
    lines.push("", name, ...why.questions.flatMap((one) => questionLines(one, shown)), "", "* made it so");
  }
  return joined(lines);
}

function stayLines(stay: WhyStay, shown: Shown): readonly string[] {
  const { minute } = shown;
  const lines = [...wrapped("", `Came in ${minute(stay.startedAt)} by ${stay.by} (version ${stay.version}).`)];
  lines.push(...stay.moves.flatMap((move) => moveLines(move, minute)));
  if (stay.goalAt !== null) lines.push(`The goal counts since ${minute(stay.goalAt)}.`);
  if (stay.place) lines.push(...placeLines(stay.place, shown));
  if (stay.leftAt !== null) lines.push(...wrapped("", `Left ${minute(stay.leftAt)}: ${stay.leftText ?? ""}.`));
  // Of who walked to the end it is no question which exits hold now.
  const told = stay.questions.filter(({ asks }) => stay.leftAt === null || (stay.reason ?? "").startsWith(asks));
  if (told.length > 0) {
    const head =
      stay.leftAt === null ? "Leaves when one of these holds:" : "As it was asked then, by what is known now:";
    lines.push(head, ...told.flatMap((one) => questionLines(one, shown)));
  }
  return lines;
}

const outcomes: Readonly<Record<string, string>> = {
  send: "goes out",
  skipped: "skipped",
  delayed: "held back for now",
  waited: "over",
  came: "it came",
  "timed out": "it did not come in time",
  passed: "passed",
  chose: "took",
  went: "goes on there",
  goal: "reached the goal",
  left: "left",
  failed: "failed for good",
};

function moveLines(move: WhyMove, minute: Minute): readonly string[] {
  const { at, title, step, outcome, reason, rule } = move;
  const what = title ?? step ?? "";
  const word = outcomes[outcome] ?? outcome;
  const because = reason === null ? "" : outcome === "chose" ? ` ${reason}` : `: ${reason}`;
  const by = rule === null ? "" : ` (${rule})`;
  return wrapped(`  ${minute(at)}  `, `${what === "" ? "" : `${what}: `}${word}${because}${by}`);
}

function placeLines(place: WhyPlace, shown: Shown): readonly string[] {
  const { minute } = shown;
  const until = place.text.startsWith("a step") ? "" : `, due ${minute(place.due)}`;
  const lines = [...wrapped("", `Stands at ${place.title}${until}: ${place.text}.`)];
  if (place.question) lines.push(...questionLines(place.question, shown));
  if (place.next.length > 0) lines.push("What comes next:");
  for (const { when, at, title } of place.next) {
    const time = at === null ? "" : ` (${minute(at)})`;
    lines.push(...wrapped("  ", `${when}${time}: ${title ?? "the end of the program"}`));
  }
  return lines;
}

function refusedLines({ refused, refusedCount }: WhyProgram, { minute }: Shown): readonly string[] {
  if (refused.length === 0) return [];
  const more = refusedCount > refused.length ? `, the newest ${refused.length} of ${refusedCount}` : "";
  const line = ({ at, text, rule }: WhyRefused) =>
    wrapped(`  ${minute(at)}  `, text === rule ? text : `${text} (${rule})`);
  return ["", `Starts that did not happen${more}:`, ...refused.flatMap(line)];
}

function questionLines({ text, holds, tree, notes }: WhyQuestion, { calendar }: Shown): readonly string[] {
  const head = tree === null ? text : `${text}: ${holds ? "holds" : "does not hold"}`;
  const [inner] = tree?.of ?? [];
  // `for S` says its segment already.
  const opened = tree?.kind === "segment" && inner ? inner : tree;
  const parts = opened === null ? [] : partLines(opened, { calendar, depth: 0 });
  return [
    ...wrapped("  ", head),
    ...parts.map((line) => `    ${line}`),
    ...notes.flatMap((note) => wrapped("    ", note)),
  ];
}

/** Times are shown in the zone of the project. */
export function renderWhyEmail(why: WhyEmail, plan: Plan): string {
  const shown = shownIn(plan);
  const { minute } = shown;
  const was = why.isSent ? "was sent" : "was not sent";
  const lines = [
    ...wrapped("", `${printable(why.contact)} ${was} ${why.email} as of ${minute(why.at)} (${plan.project.zone}).`),
  ];
  if (why.version === null)
    lines.push(...wrapped("", "Nothing is applied yet: `cadenza apply` makes the project's programs live."));
  if (why.senders.length === 0) lines.push("No program sends it.");
  for (const mail of why.mails) lines.push("", ...mailLines(mail, shown));
  if (why.skips.length > 0) lines.push("", "Held back:", ...why.skips.flatMap((skip) => skipLines(skip, minute)));
  if (why.senders.length > 0) lines.push("", "Where it is sent:");
  for (const { program, sends, text } of why.senders)
    lines.push(...wrapped("  ", `${program}, ${sends.join(", ")}: ${text}.`));
  if (why.address.length > 0) lines.push("", "The address now:", ...why.address.flatMap((line) => wrapped("  ", line)));
  return joined(lines);
}

const mailStates: Readonly<Record<WhyMail["state"], string>> = {
  pending: "waits to be handed over",
  claimed: "is being handed over",
  sent: "was handed over",
  failed: "failed for good",
  unknown: "may have gone out: nobody knows yet, so it is not sent again",
  skipped: "was dropped before it was handed over",
};

function mailLines(mail: WhyMail, shown: Shown): readonly string[] {
  const { minute } = shown;
  const form = mail.variant === null ? "" : `, variant ${mail.variant}`;
  const when = mail.settledAt ?? mail.plannedAt;
  const because = mail.reason === null ? "" : `: ${mail.reason}`;
  const again =
    mail.notBefore !== null && mail.notBefore > mail.plannedAt ? `, not before ${minute(mail.notBefore)}` : "";
  const text = `${mail.title ?? mail.step} (${mail.program}${form}) ${mailStates[mail.state]} ${minute(when)}${again}${because}`;
  const chosen =
    mail.questions.length === 0 ? [] : ["  The form is the first of these that holds when it is sent; as it is now:"];
  return [
    ...wrapped("", text),
    ...wrapped("  ", `to ${mail.address}`),
    ...mail.happened.flatMap(({ event, at }) => wrapped("  ", `${event} ${minute(at)}`)),
    ...chosen,
    ...mail.questions.flatMap((one) => questionLines(one, shown)),
  ];
}

function skipLines({ at, program, outcome, reason, rule, until }: WhySkip, minute: Minute): readonly string[] {
  const by = rule === null ? "" : ` (${rule})`;
  const asked = until === null ? "" : `, asked again ${minute(until)}`;
  return wrapped(`  ${minute(at)}  `, `${program}: ${outcome}, ${reason}${by}${asked}`);
}
