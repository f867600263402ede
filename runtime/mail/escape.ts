// Writes a value for the place where it stands, so that it can be nothing but text there.

import { unreachable } from "../../grammar/unreachable.ts";

export type PlaceKind =
  | "text"
  | "attribute"
  /** The value is a whole link, or begins one. */
  | "link"
  /** Behind a link's beginning: a piece of a path or of a query. */
  | "link part"
  /** In a mailto link, before its query. */
  | "address"
  /** A whole host name behind `https://`, or a piece of one. */
  | "host"
  | "host part"
  | "style"
  | "comment"
  /** Where no value can be made safe: scripts, names of tags and attributes, values without quotes. */
  | "nowhere";

const controls = /[\p{Cc}\u2028\u2029]+/gu;
// Marks that turn the direction of the text around them, and halves of characters.
const turning = /[\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu;

/** One line without control characters. */
export function oneLine(text: string): string {
  return text.replace(controls, " ").replace(turning, "").trim();
}

// Mailgun fills in `%recipient.name%` and its like by itself.
const providerPlaceholder = /%(?=recipient|[a-z_][\w.-]*%)/gi;
// Shows nothing, and keeps a `%` from being read together with the word behind it.
export const wordJoiner = "\u2060";

/** Plain text, for a subject or a text part. */
export function plainText(text: string): string {
  return oneLine(text).replace(providerPlaceholder, `%${wordJoiner}`);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

export function htmlText(text: string): string {
  return oneLine(text)
    .replace(/[&<>"'`]/g, (letter) => entities[letter] ?? "")
    .replace(providerPlaceholder, "&#37;");
}

const mayStartLink = /^(?:https?:\/\/|mailto:|tel:)/i;
const bareHost = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#]|$)/i;

/** A link that may be followed, with everything unusual encoded; empty where the value is none. */
export function link(text: string): string {
  const value = oneLine(text);
  const whole = bareHost.test(value) ? `https://${value}` : value;
  if (!mayStartLink.test(whole)) return "";
  return whole
    .replace(/%(?![0-9a-f]{2})/gi, "%25")
    .replace(/[^\w\-.~:/?#@!$&()*+,;=%]/gu, (letter) => encodeURIComponent(letter).replace(/'/g, "%27"));
}

const encoded = (text: string) =>
  encodeURIComponent(oneLine(text)).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** The value as it stands in a link, not yet escaped for HTML; null where the place is not in a link. */
export function linkValue(text: string, place: PlaceKind): string | null {
  switch (place) {
    case "link":
      return link(text);
    case "link part":
      return encoded(text);
    case "address":
      return encoded(text).replaceAll("%40", "@").replaceAll("%2B", "+");
    case "host":
      return oneLine(text).replace(/[^a-z0-9.-]/gi, "");
    case "host part":
      return oneLine(text).replace(/[^a-z0-9-]/gi, "");
    default:
      return null;
  }
}

/** Writes a value into HTML. */
export function htmlValue(text: string, place: PlaceKind): string {
  switch (place) {
    case "text":
    case "attribute":
    case "comment":
      return htmlText(text);
    case "link":
    case "link part":
    case "address":
    case "host":
    case "host part":
      return (linkValue(text, place) ?? "").replaceAll("&", "&amp;");
    case "style":
      return oneLine(text)
        .replace(/[^\w#%., -]/g, "")
        .replace(/%+(?=\w)/g, "");
    case "nowhere":
      return "";
    default:
      return unreachable(place);
  }
}

/** Writes a value into plain text; a link shows as it is followed. */
export function plainValue(text: string, place: PlaceKind): string {
  if (place === "nowhere") return "";
  return linkValue(text, place) ?? plainText(text);
}
