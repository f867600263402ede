// Failures of mails: what keeps one from being rendered, and a mailer from being used.

import type { FailureTable } from "./failure-entry.ts";

export type MailParams = {
  F301: { readonly missing: readonly string[] };
  F302: { readonly path: string; readonly reason: string };
  F303: { readonly email: string; readonly reason: string };
  F304: { readonly email: string; readonly header: string };
  F305: { readonly email: string };
  F306: { readonly url: string };
  F307: { readonly email: string; readonly placeholder: string };
  F410: { readonly missing: readonly string[] };
  F411: { readonly url: string };
  F412: { readonly least: number };
  F413: { readonly key: string };
  F414: { readonly address: string };
  F415: { readonly address: string; readonly reason: string };
  F416: { readonly address: string };
};

export const mailFailures: FailureTable<MailParams> = {
  F301: {
    text: ({ missing }) =>
      `Mailgun cannot be used yet: ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not set.`,
    help: () => "Set MAILGUN_API_KEY and MAILGUN_DOMAIN in the environment, or write files with `--mailer files`.",
  },
  F302: {
    text: ({ path, reason }) => `Mails cannot be written to \`${path}\`: ${reason}.`,
    help: () => "Name a folder that can be written; no mail was lost, each is tried again.",
  },
  F303: {
    text: ({ email, reason }) => `The email \`${email}\` could not be filled in: ${reason}.`,
    help: () => "Look at the placeholders of its subject and body; `cadenza check` shows those that can be wrong.",
  },
  F304: {
    text: ({ email, header }) => `The ${header} of the email \`${email}\` is not one mail address.`,
    help: () => 'Write an address, or a name with the address behind it: "Ana from Acme <ana@acme.example>".',
  },
  F305: {
    text: ({ email }) => `The email \`${email}\` has a receiver whose address is not one mail address.`,
    help: () => "Correct the address where it was loaded from; nothing was sent to it.",
  },
  F306: {
    text: ({ url }) => `\`${url}\` is not an address at which Mailgun can be reached.`,
    help: () => "Set MAILGUN_URL to https://api.mailgun.net (United States) or https://api.eu.mailgun.net (Europe).",
  },
  F307: {
    text: ({ email, placeholder }) =>
      `The email \`${email}\` shows \`${placeholder}\` where no value is safe: in a script, a style sheet, the name of a tag or an attribute, or a value without quotes.`,
    help: () => "Put quotes around the attribute's value, or show it in the text; the mail was not sent.",
  },
  F410: {
    text: ({ missing }) =>
      `Mails cannot carry a link to unsubscribe: ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not set.`,
    help: () =>
      "Set CADENZA_PUBLIC_URL to the address at which Cadenza is reached, and CADENZA_SECRET to the result of `openssl rand -hex 32`; or write files with `--mailer files`.",
  },
  F411: {
    text: ({ url }) => `\`${url}\` is not an address that links in mails can start with.`,
    help: () => "Set CADENZA_PUBLIC_URL to an https address without `?` and `#`, such as https://mail.acme.example.",
  },
  F412: {
    text: ({ least }) => `CADENZA_SECRET is too short to sign links with: it has fewer than ${least} characters.`,
    help: () =>
      "Set it to the result of `openssl rand -hex 32`, and keep it: links of mails that went out are signed with it.",
  },
  F413: {
    text: ({ key }) => `The contact \`${key}\` has no address, so they get no mail.`,
    help: () => "Load an address for them, or look at the mail as somebody else.",
  },
  F414: {
    text: ({ address }) => `\`${address}\` is not one mail address.`,
    help: () => "Write the address alone: --to ana@acme.example.",
  },
  F415: {
    text: ({ address, reason }) => `Nothing says that the test mail to \`${address}\` went out: ${reason}.`,
    help: () => "Nothing was recorded. Choose a mailer with --mailer, mend what it says, and send it again.",
  },
  F416: {
    text: ({ address }) => `\`${address}\` is suppressed: mail to it bounced, or somebody there complained.`,
    help: () => "Send the test to another address.",
  },
};
