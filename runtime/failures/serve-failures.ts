// Failures of serving pages and webhooks.

import type { FailureTable } from "./failure-entry.ts";

export type ServeParams = {
  F450: { readonly host: string; readonly port: number; readonly reason: string };
  F451: Record<string, never>;
  F452: { readonly given: string };
  F453: { readonly keys: number };
  F530: { readonly keys: number };
  F531: { readonly characters: number };
};

const wordsOf: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "this user may not",
  ENOTFOUND: "there is no such host",
};

export const serveFailures: FailureTable<ServeParams> = {
  F450: {
    text: ({ host, port, reason }) =>
      `Nothing can be served on port ${port} of \`${host}\`: ${wordsOf[reason] ?? `the system says ${reason}`}.`,
    help: () => "Choose another port with --webhook-port, or another address of this machine with --webhook-host.",
  },
  F451: {
    text: () => "The pages to unsubscribe cannot be served: CADENZA_PUBLIC_URL and CADENZA_SECRET are not both set.",
    help: () =>
      "Set CADENZA_PUBLIC_URL to the address at which people reach these pages, and CADENZA_SECRET to the result of `openssl rand -hex 32`; or leave out --webhook-port.",
  },
  F452: {
    text: ({ given }) => `\`${given}\` is no port.`,
    help: () => "Give --webhook-port a number from 1 to 65535, or 0 for one that is free.",
  },
  F453: {
    text: ({ keys }) => `MAILGUN_WEBHOOK_KEY holds ${keys} keys; it takes one, or two while one is rotated.`,
    help: () =>
      "Write the two with a comma between them, and take the old one away when Mailgun signs with the new one.",
  },
  F530: {
    text: ({ keys }) => `CADENZA_WRITE_KEY holds ${keys} keys; it takes one, or two while one is replaced.`,
    help: () => "Write the two with a comma between them, and take the old one away when nobody sends it any more.",
  },
  F531: {
    text: ({ characters }) => `A key of CADENZA_WRITE_KEY has ${characters} characters, which somebody may guess.`,
    help: () => "Make one of at least 16 with `openssl rand -hex 16`.",
  },
};
