// Failures of calls: what keeps webhooks from being called.

import type { FailureTable } from "./failure-entry.ts";

export type CallParams = {
  F460: { readonly missing: readonly string[] };
  F461: { readonly name: string; readonly least: number };
};

export const callFailures: FailureTable<CallParams> = {
  F460: {
    text: ({ missing }) =>
      `Calls cannot be signed yet: ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not set.`,
    help: () =>
      "Set a secret for each webhook in the environment, such as the result of `openssl rand -hex 32`, and give it to the receiver; or write files with `--mailer files`.",
  },
  F461: {
    text: ({ name, least }) => `${name} is too short to sign calls with: it has fewer than ${least} characters.`,
    help: () => "Set it to the result of `openssl rand -hex 32`, and give the same to the receiver.",
  },
};
