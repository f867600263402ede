// E7, W7: consent, and what a mail must carry to be lawful.

import type { Family } from "./entry.ts";

interface Email {
  readonly email: string;
}

export type DeliveryParams = {
  E701: Email;
  E702: Email;
  E703: Email;
  W704: Email;
  E707: { readonly found: string };
};

export const delivery: Family<DeliveryParams> = {
  E701: {
    severity: "error",
    text: ({ email }) => `The email \`${email}\` has no topic.`,
    why: "People agree to topics and refuse topics, so a mail without one could not be refused. Add `topic …`, or `transactional` if it answers something that the person did.",
  },
  E702: {
    severity: "error",
    text: ({ email }) => `Nobody is named as the sender of \`${email}\`.`,
    why: 'Every mail comes from somebody. Add `sender "Ana from Acme <ana@acme.example>"` to the project, or to the email.',
  },
  E703: {
    severity: "error",
    text: ({ email }) => `The project has no postal address, and \`${email}\` is a marketing email.`,
    why: 'Laws in many countries ask for a postal address in every marketing mail. Add `postal address "…"` to the project.',
  },
  W704: {
    severity: "warning",
    text: ({ email }) => `\`${email}\` is transactional, so its topic is not asked for.`,
    why: "Transactional mails go out whether people want the topic or not. If this is marketing, remove `transactional`, else remove the topic.",
  },
  E707: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is no number of emails.`,
    why: "The most that may be sent is a whole number above zero. To send nothing to some people, write `never send to in …`.",
  },
};
