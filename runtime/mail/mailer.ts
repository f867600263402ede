// Opens the mailer that a command asks for; the libraries behind it are loaded only then.

import { Bug, unreachable } from "../../grammar/unreachable.ts";
import type { Mailer, Result } from "../ports.ts";
import type { MailgunSettings } from "./mailgun-account.ts";

/** The mailers that Cadenza brings. */
export type MailerKind = "files" | "mailgun" | "none";

export interface MailerSettings {
  /** Where the mailer `files` writes. */
  readonly folder: string;
  readonly mailgun: MailgunSettings;
}

/** Stands in where nothing is sent at all, as in simulations that have a sink of their own. */
const none: Mailer = {
  name: "none",
  delivers: false,
  send: async ({ sendId }) => {
    throw new Bug(`the mail ${sendId} was handed to the mailer that sends nothing`);
  },
};

/** F301, F302 or F306 where the mailer cannot be used as things are set. */
export async function mailerFor(kind: MailerKind, settings: MailerSettings): Promise<Result<Mailer>> {
  switch (kind) {
    case "files": {
      const { openFiles } = await import("./files.ts");
      return openFiles(settings.folder);
    }
    case "mailgun": {
      const { openMailgun } = await import("./mailgun.ts");
      return openMailgun(settings.mailgun);
    }
    case "none":
      return { ok: true, value: none };
    default:
      return unreachable(kind);
  }
}
