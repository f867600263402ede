// Failures of asking about, exporting and forgetting one person, and of what is kept of all.

import type { FailureTable } from "./failure-entry.ts";

export type PersonParams = {
  F500: { readonly name: string; readonly kinds: readonly string[] };
};

const article = (kind: string): string => `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;

export const personFailures: FailureTable<PersonParams> = {
  F500: {
    text: ({ name, kinds }) => `\`${name}\` is ${kinds.map(article).join(" and ")}.`,
    help: ({ name, kinds }) =>
      `Say which is meant: ${kinds.map((kind) => `cadenza why CONTACT ${kind} ${name}`).join(", or ")}.`,
  },
};
