// How a command sends mails, as its option and the environment say.

import { type Caller, callerNamed, linksOf, mailerNamed, type ProjectFolder, type Result } from "../index.ts";
import type { Compiled, Mailing } from "./engine.ts";
import type { Shell } from "./shell.ts";

export function mailingOf({ env }: Shell, kind: string): (folder: ProjectFolder) => Promise<Result<Mailing>> {
  return async (folder) => {
    const mailer = await mailerNamed(kind, {
      folder: `${folder.root}/.cadenza/mail`,
      mailgun: {
        key: env.MAILGUN_API_KEY ?? null,
        domain: env.MAILGUN_DOMAIN ?? null,
        url: env.MAILGUN_URL ?? null,
      },
    });
    if (!mailer.ok) return mailer;
    const settings = { url: env.CADENZA_PUBLIC_URL ?? null, secret: env.CADENZA_SECRET ?? null };
    const links = linksOf(settings, mailer.value.name === "mailgun");
    return links.ok ? { ok: true, value: { mailer: mailer.value, links: links.value } } : links;
  };
}

/** Calls of webhooks go the way of mails: out, to files, or nowhere. */
export function callingOf({ env }: Shell, kind: string): (compiled: Compiled) => Promise<Result<Caller>> {
  return ({ folder, plan }) => callerNamed(kind, { folder: `${folder.root}/.cadenza/calls`, plan, env });
}
