// Opens a mailer by the name that a command line gives.

import { nearest } from "../compiler/similar.ts";
import { failure } from "./failures/failures.ts";
import type { MailerKind } from "./mail/mailer.ts";
import type { Mailer, Result } from "./ports.ts";

export interface MailerChoice {
  /** Where the mailer `files` writes. */
  readonly folder: string;
  readonly mailgun: {
    readonly key: string | null;
    readonly domain: string | null;
    /** null: Mailgun in the United States. */
    readonly url: string | null;
  };
}

const names: readonly MailerKind[] = ["files", "mailgun", "none"];

/** F117 where there is no such mailer; F3xx where it is not set up. */
export async function mailerNamed(name: string, choice: MailerChoice): Promise<Result<Mailer>> {
  const known = names.find((candidate) => candidate === name);
  if (!known) return { ok: false, failure: failure("F117", { kind: "mailer", name, near: nearest(name, names) }) };
  const { mailerFor } = await import("./mail/mailer.ts");
  return mailerFor(known, { folder: choice.folder, mailgun: { ...choice.mailgun, timeoutMs: null } });
}
