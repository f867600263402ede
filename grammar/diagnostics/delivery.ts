// E7, W7: consent, and what a mail must carry to be lawful.

import type { Family } from "./entry.ts";

type Nothing = Readonly<Record<never, never>>;
interface Email {
  readonly email: string;
}

export type DeliveryParams = {
  E701: Email;
  E702: Email;
  E703: Email;
  W704: Email;
  E705: { readonly name: string };
  E706: { readonly clock: string };
  E707: { readonly found: string };
  E708: { readonly rule: string };
  E709: { readonly reason: string };
  E710: { readonly program: string };
  E711: Nothing;
  E712: { readonly found: string; readonly reason: string };
  E713: { readonly name: string };
  E725: { readonly what: string; readonly length: number; readonly most: number };
  E726: { readonly bytes: number; readonly most: number };
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
  E705: {
    severity: "error",
    text: ({ name }) => `The policy \`${name}\` has the name of a segment.`,
    why: "A policy holds for everybody unless `for` says otherwise, and with that name it would seem to hold for the segment. Rename it, or write `policy … for …`.",
  },
  E706: {
    severity: "error",
    text: ({ clock }) => `From ${clock} to ${clock} is no time at all, or the whole day.`,
    why: "A stretch of the day ends at another time than it begins. It may run over midnight, as in `20:00 to 08:00`.",
  },
  E707: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is no number of emails.`,
    why: "The most that may be sent is a whole number above zero. To send nothing to some people, write `never send to in …`.",
  },
  E708: {
    severity: "error",
    text: ({ rule }) => `This policy has a rule about \`${rule}\` already.`,
    why: "It could not be told which of the two is meant, or the second says nothing new. Keep one of them.",
  },
  E709: {
    severity: "error",
    text: ({ reason }) => `Two rules of policies contradict each other: ${reason}.`,
    why: "All policies hold together, so both rules would have to hold at once. Change or remove one of them.",
  },
  E710: {
    severity: "error",
    text: ({ program }) => `\`only one of ${program}\` names one program.`,
    why: "It says of several programs that nobody is in two of them at once. Name at least two.",
  },
  E711: {
    severity: "error",
    text: () => "The project does not say which days are holidays.",
    why: 'Name the file that lists them in the project, for example `holidays "data/holidays.csv"`.',
  },
  E712: {
    severity: "error",
    text: ({ found, reason }) => `\`${found}\` cannot be called: ${reason}.`,
    why: "What a webhook is told is about people, so it goes to an `https` address, or by `http` to this machine (`localhost`) only. Its secret comes from the environment, never from here.",
  },
  E713: {
    severity: "error",
    text: ({ name }) => `The topic \`${name}\` has an empty title.`,
    why: "People read it where they choose what they want to get.",
  },
  E725: {
    severity: "error",
    text: ({ what, length, most }) =>
      `The name of this ${what} has ${length} characters; a mail can be told by ${most}.`,
    why: "Programs, emails and variants are tags of their mails, and topics stand in the links by which people refuse them. Providers refuse mails whose tags are longer.",
  },
  E726: {
    severity: "error",
    text: ({ bytes, most }) =>
      `This \`reply to\` takes ${bytes} bytes, more than the ${most} that a line of a mail may have.`,
    why: "Mail servers refuse longer lines, and Mailgun takes 16 KB of headers, tags and variables with a mail in all.",
  },
};
