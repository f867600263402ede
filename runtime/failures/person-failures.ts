// Failures of asking about, exporting and forgetting one person, and of what is kept of all.

import type { FailureTable } from "./failure-entry.ts";

export type PersonParams = {
  F500: { readonly name: string; readonly kinds: readonly string[] };
  F501: { readonly reason: string };
  F502: Record<string, never>;
  F503: { readonly kind: string };
  F504: { readonly key: string; readonly count: number };
  F505: { readonly path: string };
};

const article = (kind: string): string => `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;

export const personFailures: FailureTable<PersonParams> = {
  F500: {
    text: ({ name, kinds }) => `\`${name}\` is ${kinds.map(article).join(" and ")}.`,
    help: ({ name, kinds }) =>
      `Say which is meant: ${kinds.map((kind) => `cadenza why CONTACT ${kind} ${name}`).join(", or ")}.`,
  },
  F501: {
    text: ({ reason }) => `No test brings about the same as it happened: ${reason.replace(/[.!?]$/, "")}.`,
    help: () =>
      "A test has one person in an empty world, and the sources as they are now: pauses, other people, caps over all, times within a second, consent given later on and sources that were edited since cannot be told.",
  },
  F502: {
    text: () => "Nothing is applied yet, so nothing has become of anybody.",
    help: () => "Make the programs live with `cadenza apply`, and run them.",
  },
  F503: {
    text: ({ kind }) => `--as-test is about a program or an email, not a ${kind}.`,
    help: () => "Name one: cadenza why CONTACT PROGRAM --as-test.",
  },
  F504: {
    text: ({ key, count }) =>
      `${count === 1 ? "Another contact has" : `${count} other contacts have`} the address of \`${key}\`.`,
    help: () =>
      "Nothing was changed. An address is forgotten as a whole: give --with-same-address to forget them all, or load another address for the others first.",
  },
  F505: {
    text: ({ path }) => `People were forgotten here, and \`${path}\`, by which they are known, is gone or damaged.`,
    help: () =>
      "Put the file back from where the folder of the state is kept; without it forgotten people would come back with the next load.",
  },
};
