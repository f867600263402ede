// E1 words and punctuation, E20x structure: what the lexer and the parser report.

import type { Family } from "./entry.ts";

export type SyntaxParams = {
  E101: { readonly found: string };
};

export const syntax: Family<SyntaxParams> = {
  E101: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is not part of the language.`,
    why: "Cadenza cannot tell what this character should mean here. Remove it, or put it in quotes if it is text.",
  },
};
