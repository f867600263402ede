// A plan for people to read, in 80 columns: what changes, whom it reaches, and what is worth a second look.

import {
  type Foreseen,
  type Moved,
  type People,
  type PlannedChange,
  printable,
  type ProgramEffect,
  type StepPeople,
} from "../index.ts";
import { instantText, plural } from "./shell.ts";
import { table } from "./table.ts";

const width = 80;
const signs = { new: "+", removed: "-", changed: "~" } as const;

export function planText(found: Foreseen): string {
  const parts = [
    headText(found),
    changesText(found.changes),
    segmentsText(found),
    found.programs.map(programText).join(""),
    mailsText(found),
    heldText(found),
    aheadText(found),
    risksText(found),
    footText(found),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

const counted = (count: number): string => count.toLocaleString("en-US");

/** Escaped, and no longer than so many columns. */
function cut(text: string, most: number): string {
  const shown = [...printable(text)];
  return shown.length <= most ? shown.join("") : `${shown.slice(0, most - 1).join("")}…`;
}

/** Lines of at most 80 columns; all but the first are indented. */
function wrapped(text: string, indent: string): string {
  const lines: string[] = [];
  const [first = "", ...words] = text.split(/(?<=\S) /);
  let line = first;
  for (const word of words) {
    const longer = `${line} ${word}`;
    if (longer.length > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return `${[...lines, line].join("\n")}\n`;
}

function headText({ project, at, live, isChanged, changes, categories }: Foreseen): string {
  const since = live === null ? "nothing is live yet" : `version ${live} is live`;
  if (!isChanged) return `${project} at ${instantText(at)}: ${since}. No changes.\n`;
  return `${project} at ${instantText(at)}: ${since}.\n${plural(changes.length, "change")}: ${categories.join(", ")}.\n`;
}

function changesText(changes: readonly PlannedChange[]): string {
  return changes
    .map(({ kind, name, how, category, what }) =>
      wrapped(
        `${signs[how]} ${category.padEnd(9)}  ${kind} ${printable(name)}${what === null ? ` is ${how}` : `: ${printable(what)}`}`,
        " ".repeat(13),
      ),
    )
    .join("");
}

function segmentsText({ segments }: Foreseen): string {
  if (segments.length === 0) return "";
  const size = (count: number | null) => (count === null ? "" : counted(count));
  const rows = segments.map((one) => [
    `${signs[one.how]} ${cut(one.segment, 38)}`,
    ...[size(one.before), size(one.after), counted(one.enter.count), counted(one.leave.count)],
  ]);
  const named = segments
    .filter(({ how }) => how === "changed")
    .flatMap(({ segment, enter, leave }) => [
      sampleText(`  ${segment}: enter`, enter),
      sampleText(`  ${segment}: leave`, leave),
    ]);
  return `${table(["segment", "before", "after", "enter", "leave"], rows)}${named.join("")}`;
}

/** `ana, ben and 3 more`; nothing where nobody is named. */
function sampleText(head: string, { count, sample }: People): string {
  if (sample.length === 0) return "";
  const more = count - sample.length;
  const keys = sample.map((key) => cut(key, 40)).join(", ");
  return wrapped(`${head} ${keys}${more > 0 ? ` and ${counted(more)} more` : ""}`, "    ");
}

const becomes = {
  kept: "kept",
  "read anew": "kept, what it says is read anew",
  renamed: "kept, under another name",
  removed: "removed: they leave",
  pinned: "they finish their version",
  gone: "gone: apply refuses",
} as const;

function becomesText({ becomes: what, continueAt, finishes }: StepPeople): string {
  if (finishes !== null) return `they finish version ${finishes}`;
  return continueAt === null ? becomes[what] : cut(`removed: on to ${continueAt}`, 34);
}

function programText({ program, how, inside, steps, enter, leave, acts }: ProgramEffect): string {
  const head = `${how === null ? " " : signs[how]} program ${printable(program)}: ${counted(inside)} inside\n`;
  const rows = steps.map((step) => [`    ${cut(step.title, 36)}`, counted(step.people), becomesText(step)]);
  const standing = rows.length > 0 ? table(["    step", "people", "the edit"], rows) : "";
  const moves = [
    movedText("enter", enter),
    movedText("leave", leave),
    ...acts.map((act) => movedText(`${act.does} at \`${cut(act.title, 36)}\``, act)),
  ];
  return `${head}${standing}${moves.join("")}`;
}

/** What happens to people at the first tick, and to whom because of the edit. */
function movedText(what: string, { before, after, more, fewer }: Moved): string {
  if (before + after === 0) return "";
  const head = `    ${counted(after)} ${printable(what)} at once`;
  if (more.count + fewer.count === 0) return `${head}, with or without the edit\n`;
  const because = [
    ...(more.count > 0 ? [`${counted(more.count)} because of the edit`] : []),
    ...(fewer.count > 0 ? [`${counted(fewer.count)} no longer`] : []),
  ];
  return `${head}: ${because.join(", ")}\n${sampleText("      more:", more)}${sampleText("      no longer:", fewer)}`;
}

const change = (before: number, after: number): string =>
  before === after ? counted(after) : `${counted(before)} -> ${counted(after)}`;

function mailsText({ mails, waiting, ahead }: Foreseen): string {
  const rows = mails.map(({ program, email, atOnce, day }) => [
    cut(program, 24),
    cut(email, 24),
    change(atOnce.before, atOnce.after),
    ...(ahead ? [change(day.before, day.after)] : []),
  ]);
  const named = mails.flatMap(({ program, email, atOnce }) => [
    sampleText(`  ${program}, ${email}: mailed because of the edit:`, atOnce.more),
    sampleText(`  ${program}, ${email}: no longer mailed:`, atOnce.fewer),
  ]);
  const head = ["program", "email", "mails at once", ...(ahead ? ["within 24h"] : [])];
  const all = rows.length > 0 ? table(head, rows) : "Nobody is mailed within 24 hours.\n";
  const shown = rows.length > 0 || ahead ? all : "Nobody is mailed at once.\n";
  const before =
    waiting > 0 ? `${plural(waiting, "mail")} decided before wait${waiting === 1 ? "s" : ""} to go out.\n` : "";
  return `${shown}${named.join("")}${before}`;
}

function heldText({ held }: Foreseen): string {
  if (held.length === 0) return "";
  const rows = held.map((one) => [
    cut(one.program, 20),
    one.email === null ? "its start" : cut(one.email, 20),
    change(one.before, one.after),
    cut(`${one.isDelayed ? "waits: " : "lost: "}${one.reason}`, 34),
  ]);
  const named = held.map(({ program, email, more }) =>
    sampleText(`  ${program}, ${email ?? "its start"}: because of the edit:`, more),
  );
  return `${table(["program", "email", "held back", "by"], rows)}${named.join("")}`;
}

function aheadText({ ahead, refusal }: Foreseen): string {
  if (!ahead) return refusal ? "" : "The days ahead were not worked out; `cadenza plan --ahead` does.\n";
  const { day, month, capped, startsPerDay } = ahead;
  const rows = [
    ["mails", change(day.before, day.after), change(month.before, month.after)],
    ["held back by caps", change(capped.day.before, capped.day.after), change(capped.month.before, capped.month.after)],
  ];
  const said =
    "Counted by running the engine forward on these people, who do nothing meanwhile: nobody opens, clicks, buys or signs up.";
  const starts =
    startsPerDay > 0
      ? ` Over the last 28 days ${startsPerDay.toLocaleString("en-US", { maximumFractionDigits: 1 })} people a day entered programs; such people come on top.`
      : "";
  return `${table(["ahead", "24 hours", "30 days"], rows)}${wrapped(`${said}${starts}`, "")}`;
}

function risksText({ risks }: Foreseen): string {
  return risks
    .map(({ risk, about, text }) => wrapped(`! ${risk}, ${printable(about)}: ${printable(text)}`, "  "))
    .join("");
}

function footText({ refusal, isChanged }: Foreseen): string {
  if (refusal)
    return wrapped(`Apply would refuse. ${refusal.code}  ${printable(refusal.text)} ${printable(refusal.help)}`, "  ");
  return isChanged ? "Nothing was changed. `cadenza apply` makes it live.\n" : "";
}
