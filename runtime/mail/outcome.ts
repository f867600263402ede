// What became of a mail that was handed to Mailgun, told from what its client returns or throws.
//
// The client says 400 for nearly everything that goes wrong on the way, so a status counts only with an answer behind it.
// Whatever may have reached Mailgun without a clear answer is unknown, and is never sent again.

import type { SendOutcome } from "../ports.ts";

export type Answer =
  | { readonly kind: "returned"; readonly value: unknown }
  | { readonly kind: "thrown"; readonly error: unknown };

interface Parts {
  readonly status: number;
  /** The reason phrase of an answer, or the code of a failure on the way. */
  readonly message: string;
  readonly details: string;
}

const textIn = (value: object, name: string): string => {
  const found: unknown = Reflect.get(value, name);
  return typeof found === "string" ? found : "";
};

function partsOf(error: unknown): Parts {
  if (typeof error !== "object" || error === null) return { status: 0, message: String(error), details: "" };
  const status: unknown = Reflect.get(error, "status");
  return {
    status: typeof status === "number" ? status : 0,
    message: textIn(error, "message"),
    details: textIn(error, "details"),
  };
}

const neverConnected = new Set(
  "ECONNREFUSED ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH ENETDOWN EADDRNOTAVAIL".split(" "),
);
const untrusted =
  /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_(?:VERIFY|GET_ISSUER)|HOSTNAME_MISMATCH)/;
const codeOnTheWay = /^(?:E[A-Z]+|[A-Z]+(?:_[A-Z0-9]+)+)$/;
const longestReason = 300;

const shorten = (text: string) => text.replace(/\s+/g, " ").trim().slice(0, longestReason);

/** An answer of Mailgun's own: not of something in between that shows a page, and not the client's word for an empty one. */
const isGenuine = ({ message, details }: Parts) =>
  details !== "" && !codeOnTheWay.test(message) && !/^\s*<|^Request failed with status code/.test(details);

export function outcomeOf(answer: Answer): SendOutcome {
  return answer.kind === "returned" ? outcomeOfValue(answer.value) : outcomeOfError(partsOf(answer.error));
}

function outcomeOfValue(value: unknown): SendOutcome {
  const id = typeof value === "object" && value !== null ? textIn(value, "id") : "";
  if (id !== "") return { kind: "sent", providerId: id.replace(/^<(.*)>$/, "$1") };
  return {
    kind: "unknown",
    reason: "the answer names no message; something between here and Mailgun may have given it",
  };
}

function outcomeOfError(parts: Parts): SendOutcome {
  const { status, message, details } = parts;
  const said = shorten(details || message);
  if (neverConnected.has(message)) {
    return { kind: "retry", reason: `Mailgun could not be reached (${message})`, afterMs: null };
  }
  if (untrusted.test(message)) return { kind: "halt", reason: `the certificate is not to be trusted (${message})` };
  if (message === "ERR_FR_MAX_BODY_LENGTH_EXCEEDED") return { kind: "refused", reason: "the mail is too large" };
  if (message === "Incorrect url") return { kind: "halt", reason: "there is no Mailgun at this address" };
  if (status === 401 || status === 403) {
    return { kind: "halt", reason: `Mailgun does not accept the key for this domain (${status} ${said})` };
  }
  if (status === 404) return { kind: "halt", reason: `Mailgun does not know the domain in this region (404 ${said})` };
  if (status === 413) return { kind: "refused", reason: "the mail is too large" };
  if (status === 429) {
    return { kind: "slow down", reason: "Mailgun asks to send more slowly", afterMs: waitIn(details) };
  }
  if (status === 400 && isGenuine(parts)) return { kind: "refused", reason: said };
  return {
    kind: "unknown",
    reason: `no clear answer came (${status === 400 ? said || message : `${status} ${said}`})`,
  };
}

/** Seconds that the answer asks to wait, in milliseconds; its header does not get through the client. */
function waitIn(details: string): number | null {
  const seconds = /(\d{1,5})\s*s(?:ec(?:ond)?s?)?\b/i.exec(details)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}
