// E1 words and punctuation, E20x structure: what the lexer and the parser report.

import type { Family } from "./entry.ts";

interface Found {
  readonly found: string;
}
interface Instead extends Found {
  readonly instead: string;
}
const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
type Nothing = Readonly<Record<never, never>>;

export type SyntaxParams = {
  E101: Found;
  E102: Found & { readonly amount: string };
  E103: Instead;
  E104: Instead;
  E105: Nothing;
  E106: Found;
  E107: Nothing;
  E108: Found;
  E109: Found & { readonly amount: string };
  E110: Instead;
  E111: Found;
  E112: { readonly name: string; readonly what: string };
  E113: Found;
  E114: { readonly code: string };
  E115: { readonly reason: string };
  E116: { readonly size: number };
  E117: Instead;
  E118: Instead;
  E119: { readonly count: number };
  E120: Found;
  E121: Found;
  E150: { readonly what: "file" | "folder"; readonly reason: string };
  E151: Found & { readonly letters: string };
  E287: { readonly reason: string };
  E200: { readonly limit: number };
  E201: Found & { readonly expected: string };
  E202: Found;
  E203: { readonly opener: string; readonly closer: string; readonly found: string };
  E204: Found;
  E205: Found;
  E206: Found;
  E207: Found & { readonly expected: string };
  E208: Found & { readonly after: string };
  E209: Found & { readonly what: string | null };
};

export const syntax: Family<SyntaxParams> = {
  E101: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is not part of the language.`,
    why: "Cadenza cannot tell what this character should mean here. Remove it, or put it in quotes if it is text.",
  },
  E102: {
    severity: "error",
    text: ({ found, amount }) => `\`${found}\` can be read as ${amount} minutes or as ${amount} months.`,
    why: "A wrong guess would send mails far too early or too late, so write `min` for minutes and `mo` for months.",
  },
  E103: {
    severity: "error",
    text: ({ found, instead }) => `\`${found}\` is written \`${instead}\` here.`,
    why: "The language has one spelling for each comparison and uses words for logic: `=`, `!=`, `and`, `or`, `not`.",
  },
  E104: {
    severity: "error",
    text: ({ found, instead }) => `\`${found}\` is a typographic character; the language uses \`${instead}\`.`,
    why: "Word processors and chat programs replace plain characters when text is copied. The plain one is needed.",
  },
  E105: {
    severity: "error",
    text: () => "This text is not closed on its line.",
    why: 'Text starts and ends with `"` on one line. A quote inside it is written `\\"`.',
  },
  E106: {
    severity: "error",
    text: ({ found }) => `\`${found}\` does not stand for anything in a text.`,
    why: 'In a text only `\\"` (a quote) and `\\\\` (a backslash) have a meaning. For a plain backslash write `\\\\`.',
  },
  E107: {
    severity: "error",
    text: () => "Text stands in double quotes.",
    why: 'Single quotes have no meaning outside a text. Write `"…"`.',
  },
  E108: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is neither a number nor a duration.`,
    why: "A number has only digits, single `_` between them and a point: `1_000`, `2.5`. A duration is a whole number with one unit: `30min`, `12h`, `3d`, `2w`, `6mo`, `1y`, or written out like `90 days`.",
  },
  E109: {
    severity: "error",
    text: ({ found, amount }) => `\`${found}\` has a currency sign; money is written \`${amount}\` with its code.`,
    why: "The same sign stands for several currencies. Write the code behind the amount, for example `500 USD`.",
  },
  E110: {
    severity: "error",
    text: ({ found, instead }) => `\`${found}\` is written \`${instead}\`.`,
    why: "Times have two digits for hours and minutes on a 24-hour clock, a number stands apart from the word behind it, and a currency is its three capital letters.",
  },
  E111: {
    severity: "error",
    text: ({ found }) => `There is no time of day \`${found}\`.`,
    why: "Times run from `00:00` to `23:59`.",
  },
  E112: {
    severity: "error",
    text: ({ name, what }) => `\`${name}\` is a word of the language and cannot be the name of ${what}.`,
    why: "Otherwise a reader could not tell the name from the word. Choose another name, for example with `my_` in front.",
  },
  E113: {
    severity: "error",
    text: ({ found }) => `\`${found}\` cannot be a name.`,
    why: "Names use the letters a to z, digits and `_`, and start with a letter. Other letters are fine inside quotes.",
  },
  E114: {
    severity: "error",
    text: ({ code }) => `There is an invisible character (${code}) here.`,
    why: "It usually comes from copied text and changes what names mean without being seen. Remove it.",
  },
  E115: {
    severity: "error",
    text: ({ reason }) => `This file is not UTF-8 text: ${reason}.`,
    why: "Save the file as UTF-8. Most editors call this `encoding` in the save dialog.",
  },
  E116: {
    severity: "error",
    text: ({ size }) => `This file has ${size} bytes; 1048576 are the most that one file can have.`,
    why: "Split it: all .cdz files of a folder form one project, so declarations can move to another file freely.",
  },
  E117: {
    severity: "error",
    text: ({ found, instead }) => `\`${found}\` is written \`${instead}\`, in lower case.`,
    why: "Words of the language are lower case, so that names can use capitals.",
  },
  E118: {
    severity: "error",
    text: ({ found, instead }) => `\`${found}\` is not expected here; \`${instead}\` is.`,
    why: "It looks like a slip of the pen.",
  },
  E119: {
    severity: "error",
    text: ({ count }) => `This file has more than ${count} mistakes; the rest of it was not read.`,
    why: "Correct the first ones and check again: later ones may follow from them.",
  },
  E120: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is not a date.`,
    why: "Dates are written year, month, day, as in `2026-03-02`, because other orders are read differently by country.",
  },
  E121: {
    severity: "error",
    text: ({ found }) => `${upperFirst(found)} stands here twice.`,
    why: "One of them is enough.",
  },
  E150: {
    severity: "error",
    text: ({ what, reason }) => `This ${what} could not be read: the system says ${reason}.`,
    why: "What it declares is missing from the check. Correct its permissions, or move it out of the project.",
  },
  E151: {
    severity: "error",
    text: ({ found, letters }) => `\`${found}\` has letters that only look like those of a name: ${letters}.`,
    why: "Two names that look the same would not be the same. Names have the letters a to z; type this one anew.",
  },
  E287: {
    severity: "error",
    text: ({ reason }) => `This cannot be read as a file: it is ${reason}.`,
    why: "What ends in .cdz is a source of the project. Put the file itself in this place, or remove what stands there.",
  },
  E200: {
    severity: "error",
    text: ({ limit }) => `Blocks and parentheses are nested deeper than ${limit} here.`,
    why: "Nobody can follow that. Give parts of it a name: a segment for a condition, a program for steps.",
  },
  E201: {
    severity: "error",
    text: ({ found, expected }) => `${upperFirst(expected)} was expected, but ${found} is there.`,
    why: "The sentence up to this place is understood, but it cannot go on like this.",
  },
  E202: {
    severity: "error",
    text: ({ found }) => `\`then\` is missing before ${found}.`,
    why: "A condition ends with `then`; that is how a block is told apart from a comparison.",
  },
  E203: {
    severity: "error",
    text: ({ opener, closer, found }) => `\`${opener}\` is never closed: \`${closer}\` is missing before ${found}.`,
    why: "Every `<` needs its `>`, and every `(` its `)`.",
  },
  E204: {
    severity: "error",
    text: ({ found }) => `There is nothing open that \`${found}\` could close.`,
    why: "Remove it, or add the bracket that opens the block.",
  },
  E205: {
    severity: "error",
    text: ({ found }) => `${upperFirst(found)} cannot start a declaration.`,
    why: "Outside a block a file has declarations only, such as `segment`, `email`, `event` or `program`.",
  },
  E206: {
    severity: "error",
    text: ({ found }) => `\`and\` or \`or\` is missing before ${found}.`,
    why: "Two conditions behind each other need a word between them that says whether one or both must hold.",
  },
  E207: {
    severity: "error",
    text: ({ found, expected }) => `${upperFirst(expected)} is missing before ${found}.`,
    why: "The sentence up to this place is understood, but something is left out.",
  },
  E208: {
    severity: "error",
    text: ({ found, after }) => `A value is missing behind \`${after}\`; ${found} is there.`,
    why: "A comparison needs something to compare with: a number, a date, a text in quotes, a word or a duration.",
  },
  E209: {
    severity: "error",
    text: ({ found, what }) => `${what === null ? "A name" : `The name of ${what}`} is missing; ${found} is there.`,
    why: "Everything that is declared or used has a name: a letter, then letters, digits and `_`.",
  },
};
