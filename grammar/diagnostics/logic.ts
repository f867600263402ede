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

export type LogicParams = {
  /** `cover`: the parts that say it, if not all do. */
  W403: { readonly condition: string; readonly cover: readonly string[] | null };
  W404: { readonly condition: string; readonly clash: readonly string[] | null };
  W405: Part;
  W406: Part;
  W407: Part;
  W408: { readonly condition: string; readonly score: string; readonly most: number };
  W520: { readonly program: string; readonly condition: string; readonly against: string };
  W521: { readonly program: string; readonly what: "exit" | "goal"; readonly condition: string };
  W522: Reached;
  W523: Reached;
  W524: { readonly condition: string; readonly against: string };
  W525: { readonly program: string; readonly email: string; readonly event: string };
  W526: Nothing;
};

function listed(parts: readonly string[], word: "and" | "or"): string {
  const quoted = parts.map((part) => `\`${part}\``);
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
};
