// W403 to W408, W52x: conditions that follow from what stands around them, as far as logic alone can tell.

import type { Family } from "./entry.ts";

type Nothing = Readonly<Record<never, never>>;
interface Part {
  readonly part: string;
  /** What it follows from, where one condition says it. */
  readonly because: string | null;
}
interface Reached {
  readonly condition: string;
  readonly against: string | null;
}

interface ToSilence {
  readonly policy: string;
  readonly segment: string;
  /** Who is never mailed. */
  readonly to: string;
}

export type LogicParams = {
  /** `cover`: the parts that say it, if not all do. */
  W403: { readonly condition: string; readonly cover: readonly string[] | null };
  W404: { readonly condition: string; readonly clash: readonly string[] | null };
  W405: Part;
  W406: Part;
  W407: Part;
  W408: { readonly condition: string; readonly score: string; readonly most: number };
  W409: { readonly name: string; readonly condition: string; readonly takers: readonly string[] };
  W410: { readonly stage: string; readonly funnel: string; readonly takers: readonly string[] };
  W411: { readonly field: string };
  W520: { readonly program: string; readonly condition: string; readonly against: string };
  W521: { readonly program: string; readonly what: "exit" | "goal"; readonly condition: string };
  W522: Reached;
  W523: Reached;
  W524: { readonly condition: string; readonly against: string };
  W525: { readonly program: string; readonly email: string; readonly event: string };
  W526: Nothing;
  W533: { readonly program: string; readonly email: string; readonly event: string };
  W527: ToSilence;
  W528: ToSilence;
  W529: { readonly email: string; readonly policy: string; readonly to: string };
  W530: { readonly program: string; readonly others: readonly string[] };
  W531: { readonly to: string; readonly other: string };
  W532: { readonly policy: string; readonly segment: string; readonly other: string };
};

function listed(parts: readonly string[], word: "and" | "or"): string {
  const quoted = parts.map((part) => `\`${part}\``);
  if (quoted.length < 2) return quoted.join("");
  return `${quoted.slice(0, -1).join(", ")} ${word} ${quoted.at(-1)}`;
}

const named = (part: string | null): string => (part ? `\`${part}\`` : "the rest");

export const logic: Family<LogicParams> = {
  W403: {
    severity: "warning",
    text: ({ condition, cover }) =>
      cover
        ? `${listed(cover, "or")} always holds, so this leaves nobody out.`
        : `\`${condition}\` always holds: it leaves nobody out.`,
    why: "Whatever is known of a person, and even if nothing is, the condition is fulfilled. Mostly an `and` was meant where an `or` stands. Write `everyone` if everyone is meant.",
  },
  W404: {
    severity: "warning",
    text: ({ condition, clash }) =>
      clash
        ? `${listed(clash, "and")} never hold together, so this never holds.`
        : `\`${condition}\` holds for nobody, ever.`,
    why: "No person could fulfil it, at no time. Mostly an `or` was meant where an `and` stands, or two numbers are the wrong way round.",
  },
  W405: {
    severity: "warning",
    text: ({ part, because }) =>
      `\`${part}\` adds nothing: whoever fulfils ${because ? `\`${because}\`` : "the rest"} fulfils it too.`,
    why: "Without it the same people are meant. Either it can go, or something else was meant by it.",
    example: (who, { part, because }) => `${who} fulfils \`${part}\`, not ${named(because)}`,
  },
  W406: {
    severity: "warning",
    text: ({ part, because }) =>
      `\`${part}\` adds nobody: whoever fulfils it fulfils ${because ? `\`${because}\`` : "the rest"} too.`,
    why: "Without it the same people are meant. Either it can go, or something else was meant by it.",
    example: (who, { part, because }) => `${who} fulfils ${named(because)}, not \`${part}\``,
  },
  W407: {
    severity: "warning",
    text: ({ part, because }) =>
      `\`${part}\` can never hold here, beside ${because ? `\`${because}\`` : "what else is asked for"}.`,
    why: "The alternative is for nobody, since what stands outside the parentheses must hold too.",
    example: (who, { part, because }) => `${who} fulfils \`${part}\`, not ${named(because)}`,
  },
  W408: {
    severity: "warning",
    text: ({ condition, score, most }) =>
      `\`${condition}\` never holds: the rules of \`${score}\` add at most ${most} points.`,
    why: "What an event adds is bounded by its `up to`, any other rule adds its points once, and decay only takes away. Lower the number, or let the rules add more.",
  },
  W409: {
    severity: "warning",
    text: ({ name, condition, takers }) =>
      `Nobody comes to \`${name}\`: whoever fulfils \`${condition}\` gets ${listed(takers, "or")} before it.`,
    why: "What has a `when` is tried in the order written, and the first that holds is taken. Put the narrower condition first.",
    example: (who, { takers }) => `${who} gets ${listed(takers, "or")}`,
  },
  W410: {
    severity: "warning",
    text: ({ stage, funnel, takers }) =>
      `Nobody is ever at \`${stage}\` of \`${funnel}\`: whoever comes so far is at ${listed(takers, "or")} or higher.`,
    why: "Stages are written from the lowest to the highest, and people are at the highest one whose condition holds; one without `when` holds for everybody. Put it further up, or give the later stage a narrower condition.",
    example: (who, { takers }) => `${who} is at ${listed(takers, "or")} or higher`,
  },
  W411: {
    severity: "warning",
    text: ({ field }) => `\`${field}\` never comes to this \`otherwise\`: the choices before it take everybody.`,
    why: "Whatever is known of a person, one of the conditions holds. Leave the `otherwise` out, or narrow a condition.",
  },
  W520: {
    severity: "warning",
    text: ({ program, condition, against }) =>
      `Nobody can enter \`${program}\`: \`${condition}\` never holds together with ${against}.`,
    why: "Who enters a program fulfils its audience, its start and its `only if` at one instant.",
  },
  W521: {
    severity: "warning",
    text: ({ program, what, condition }) =>
      `Everybody who enters \`${program}\` leaves at once: the ${what} \`${condition}\` holds from the start.`,
    why: "Exits and the goal are checked before the first step. Whoever may enter by the audience, the start and `only if` fulfils this one already, so no step is ever reached.",
    example: (who) => `${who} enters and leaves`,
  },
  W522: {
    severity: "warning",
    text: ({ condition, against }) =>
      `Nobody takes this branch: whoever fulfils \`${condition}\` took ${against ?? "one of the branches before it"}.`,
    why: "The branches of an `if` are tried in order. Put the narrower condition first.",
    example: (who, { against }) => `${who} took ${against ?? "one of those"}`,
  },
  W523: {
    severity: "warning",
    text: ({ condition, against }) =>
      `\`${condition}\` holds for nobody who comes here${against ? `, because of ${against}` : ""}.`,
    why: "What the program asks of everybody here rules it out, so what it is for never happens.",
    example: (who) => `${who} comes here`,
  },
  W524: {
    severity: "warning",
    text: ({ condition, against }) =>
      `Nobody is still here when \`${condition}\` comes: ${against} ends the program first.`,
    why: "Exits and the goal are checked while people wait, and win over the wait. The wait ends by its limit alone.",
    example: (who) => `${who} has left by then`,
  },
  W525: {
    severity: "warning",
    text: ({ program, email, event }) =>
      `\`${program}\` never sends \`${email}\`, so \`${event} ${email}\` is never about a mail of this program.`,
    why: "Inside a program, events of mails without a window are those of the mails it sent. Write `ever` or a window if mails of other programs count.",
  },
  W526: {
    severity: "warning",
    text: () => "Nobody comes to this `otherwise`: the branches before it take everybody.",
    why: "Whoever comes to the `if` fulfils one of its conditions.",
  },
  W533: {
    severity: "warning",
    text: ({ program, email, event }) =>
      `\`${program}\` sends \`${email}\` only later, so \`${event} ${email}\` is about no mail here.`,
    why: "Inside a program, events of mails without a window are those of the mails it sent. Put the step behind the mail, or write `ever` or a window if mails of other programs count.",
  },
  W527: {
    severity: "warning",
    text: ({ policy, segment, to }) =>
      `\`${policy}\` stops all mail to the people it is for: everybody in \`${segment}\` is in \`${to}\`.`,
    why: "A policy `for` a segment holds for the people in it, and `never send to` for those of them whom it names. Here that is all of them.",
    example: (who, { segment }) => `${who} is in \`${segment}\` and gets no mail`,
  },
  W528: {
    severity: "warning",
    text: ({ policy, segment, to }) =>
      `This rule of \`${policy}\` stops no mail: nobody in \`${segment}\` is in \`${to}\`.`,
    why: "A policy `for` a segment holds for the people in it alone. To stop mail to others, put the rule into a policy without `for`.",
    example: (who, { segment, to }) => `${who} is in \`${segment}\`, not in \`${to}\``,
  },
  W529: {
    severity: "warning",
    text: ({ email, policy, to }) =>
      `Nobody gets \`${email}\` here: whoever comes to it is in \`${to}\`, whom \`${policy}\` never mails.`,
    why: "Policies are asked before each mail; one that stops it lets the person walk on without it. Narrow the audience, or the policy.",
    example: (who) => `${who} comes here`,
  },
  W530: {
    severity: "warning",
    text: ({ program, others }) =>
      `\`only one of\` says nothing of \`${program}\`: nobody in it could enter ${listed(others, "or")}, nor the reverse.`,
    why: "Their audiences, starts and exits keep the people of the programs apart already. Leave the program out, or see whether an audience or an exit is wrong.",
  },
  W531: {
    severity: "warning",
    text: ({ to, other }) => `\`${to}\` adds nobody: mail to everybody in \`${other}\` is stopped already.`,
    why: "All policies hold together, so the wider rule is enough.",
    example: (who, { to, other }) => `${who} is in \`${other}\`, not in \`${to}\``,
  },
  W532: {
    severity: "warning",
    text: ({ policy, segment, other }) =>
      `\`${policy}\` says nothing: \`${other}\` stops all mail to everybody in \`${segment}\`.`,
    why: "All policies hold together. Whoever is never mailed needs no rules for mail.",
    example: (who, { segment }) => `${who} is in \`${segment}\` and gets no mail`,
  },
};
