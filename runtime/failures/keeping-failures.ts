// Failures of what people keep by hand: lists, consent and hand-offs.

import type { FailureTable } from "./failure-entry.ts";

export type KeepingParams = {
  F170: { readonly path: string };
  /** `keys`: the first of them. */
  F171: { readonly keys: readonly string[]; readonly count: number };
  F172: { readonly path: string | null };
  F173: { readonly key: string };
  F174: { readonly id: string };
};

export const keepingFailures: FailureTable<KeepingParams> = {
  F170: {
    text: ({ path }) => `${path === "-" ? "The standard input" : `\`${path}\``} is not text in UTF-8.`,
    help: () => "Nothing was changed. Save it as plain text in UTF-8, with one key on each line.",
  },
  F171: {
    text: ({ keys, count }) => {
      const [named, more] = [keys.map((key) => `\`${key}\``).join(", "), count - keys.length];
      if (count === 1) return `There is no contact with the key ${named}.`;
      const rest = more > 0 ? ` and ${more.toLocaleString("en-US")} more` : "";
      return `There are no contacts with the keys ${named}${rest}.`;
    },
    help: () =>
      "Nothing was changed. Keys are compared byte for byte. Leave these out, or load a file: `load LIST from csv` takes who is known and reports the others.",
  },
  F172: {
    text: ({ path }) => {
      if (path === null) return "No contact is named.";
      return `${path === "-" ? "The standard input" : `\`${path}\``} names no contact.`;
    },
    help: () => "Name contacts by their keys, or give `-` or `--file FILE` with one key on each line.",
  },
  F173: {
    text: ({ key }) => `The contact \`${key}\` has no address.`,
    help: () => "Consent belongs to an address: load one for this contact first.",
  },
  F174: {
    text: ({ id }) => `There is no hand-off \`${id}\`.`,
    help: () => "`cadenza handoffs` lists the open ones with their ids, `cadenza handoffs --all` the others too.",
  },
};
