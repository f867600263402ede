// What mails need to carry links that come back here: where Cadenza is reached, and the secret that signs them.

import { failure } from "../failures/failures.ts";
import type { Result } from "../ports.ts";
import { type Refusal, unsubscribeToken } from "./unsubscribe.ts";

export interface Links {
  /** Without a slash at its end. */
  readonly url: string;
  readonly secret: string;
}

export interface LinkSettings {
  readonly url: string | null;
  readonly secret: string | null;
}

const leastSecret = 32;

/**
 * null where url or secret is missing: mails then say where to write to in order to stop them.
 * @returns F410 where one is missing and the mails go `toPeople`; F411 or F412 where one is none
 */
export function linksOf({ url, secret }: LinkSettings, toPeople: boolean): Result<Links | null> {
  if (url && !isPublic(url)) return { ok: false, failure: failure("F411", { url }) };
  if (secret && secret.length < leastSecret) return { ok: false, failure: failure("F412", { least: leastSecret }) };
  if (url && secret) return { ok: true, value: { url: url.replace(/\/+$/, ""), secret } };
  if (!toPeople) return { ok: true, value: null };
  const missing = [...(url ? [] : ["CADENZA_PUBLIC_URL"]), ...(secret ? [] : ["CADENZA_SECRET"])];
  return { ok: false, failure: failure("F410", { missing }) };
}

/** Over plain HTTP a link may lead to this machine only. */
function isPublic(text: string): boolean {
  if (!URL.canParse(text) || !/^[!-~]+$/.test(text) || /[?#<>]/.test(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname));
}

export function unsubscribeLink({ url, secret }: Links, refusal: Refusal): string {
  return `${url}/unsubscribe/${unsubscribeToken(secret, refusal)}`;
}
