// Failures of the engine: what cannot be made live, and what keeps a run from going on.

import { ended, type FailureTable } from "./failure-entry.ts";

export type EngineParams = {
  F401: { readonly now: string; readonly last: string };
  /** `lines`: what may be written so that they are placed, the likeliest first; `title`: the step in the writer's words. */
  F402: {
    readonly program: string;
    readonly step: string;
    readonly title: string;
    readonly people: number;
    readonly lines: readonly string[];
  };
  F403: { readonly program: string; readonly people: number; readonly lines: readonly string[] };
  F404: { readonly reason: string };
  F405: { readonly what: string; readonly from: string; readonly to: string };
  F406: { readonly what: string; readonly name: string; readonly near: string | null };
};

const oneOf = (lines: readonly string[]): string => lines.map((line) => `\`${line}\``).join(", or ");

export const engineFailures: FailureTable<EngineParams> = {
  F401: {
    text: ({ now, last }) => `The engine is asked for ${now}, but it has been at ${last} already.`,
    help: () => "Time only moves forward: check the machine's clock, or start the replay with a new database.",
  },
  F402: {
    text: ({ program, step, people }) =>
      `${people === 1 ? "One person stands" : `${people} people stand`} on the step \`${step}\` of \`${program}\`, which is gone.`,
    help: ({ lines, title }) =>
      lines.length > 0
        ? `Nothing was changed. Say what becomes of them, outside of the program: ${oneOf(lines)}. Or write \`edits pin\` in the program: who is inside then finishes the version that they entered.`
        : `Nothing was changed. Write \`edits pin\` in the program: who is inside then finishes the version that they entered. Or put the step back with a label, as \`${title} as here\`, apply, and change it then: by its label it stays the same step.`,
  },
  F403: {
    text: ({ program, people }) =>
      `The program \`${program}\` is gone, but ${people === 1 ? "one person is" : `${people} people are`} inside.`,
    help: ({ lines }) =>
      `Nothing was changed. ${lines.length > 0 ? `If it is called otherwise now, write ${oneOf(lines)}. Else keep` : "Keep"} the program, without its start, until they have left.`,
  },
  F404: {
    text: ({ reason }) => `No mail can be sent: ${ended(reason)}`,
    help: () => "Correct the mailer's settings and start again; the mails wait.",
  },
  F405: {
    text: ({ what, from, to }) => `The ${what} \`${from}\` cannot be renamed to \`${to}\`: both are live.`,
    help: () => "Nothing was changed. Two cannot become one: give it a name that nothing had, or leave the rename out.",
  },
  F406: {
    text: ({ what, name }) =>
      `It is said what became of the ${what} \`${name}\`, but nothing of that name was ever live.`,
    help: ({ name, near }) =>
      near === null
        ? `Nothing was changed. Leave out the line about \`${name}\`, or name what was live.`
        : `Nothing was changed. Perhaps \`${near}\` is meant; else leave the line out.`,
  },
};
