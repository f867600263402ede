// E62x: what emails are made of. (E60x, inside placeholders: templates.)

import type { Family } from "./entry.ts";

interface Email {
  readonly email: string;
}
interface Path {
  readonly path: string;
}

export type MailParams = {
  E620: Email;
  E621: Email;
  E622: Email;
  E623: Path;
  E624: Path;
  E625: Path & { readonly reason: string };
  E626: Path;
  E627: { readonly whole: "email" | "variant"; readonly setting: string };
  E629: Path & { readonly reason: string };
};

export const mail: Family<MailParams> = {
  E620: {
    severity: "error",
    text: ({ email }) => `The email \`${email}\` has no subject.`,
    why: 'A mail without a subject is taken for junk. Add `subject "…"`.',
  },
  E621: {
    severity: "error",
    text: ({ email }) => `The email \`${email}\` has neither \`body\` nor \`text\`.`,
    why: "`body` names a .md or .html file of the project, `text` holds the words themselves.",
  },
  E622: {
    severity: "error",
    text: ({ email }) => `The email \`${email}\` has both \`body\` and \`text\`.`,
    why: "Only one of them could be sent. Remove the other.",
  },
  E623: {
    severity: "error",
    text: ({ path }) => `The file \`${path}\` is outside the project folder.`,
    why: "A project reads its own files only, so that nothing else of this machine can end up in a mail. Copy the file into the project.",
  },
  E624: {
    severity: "error",
    text: ({ path }) => `There is no file \`${path}\` in the project folder.`,
    why: "The path starts at the project folder and uses `/`. Check its spelling, letter case included.",
  },
  E625: {
    severity: "error",
    text: ({ path, reason }) => `The file \`${path}\` cannot be read: ${reason}.`,
    why: "It has to be a plain UTF-8 text file that this user may read.",
  },
  E626: {
    severity: "error",
    text: ({ path }) => `\`${path}\` is neither a .md nor a .html file.`,
    why: "The ending says whether the body is Markdown or HTML.",
  },
  E627: {
    severity: "error",
    text: ({ whole, setting }) => `This ${whole} says \`${setting}\` twice.`,
    why: "Only one of them could be used. Remove the other.",
  },
  E629: {
    severity: "error",
    text: ({ path, reason }) => `\`${path}\` cannot be attached: ${reason}.`,
    why: "What is attached is a file of the project that this user may read.",
  },
};
