// The page around a mail's body: preview text, and a footer that says who writes and how to stop it.

import type { EmailText, ProjectSettings } from "../../compiler/ir/plan.ts";
import { htmlText, oneLine } from "./escape.ts";
import { parseSender } from "./headers.ts";
import type { Scanned } from "./places.ts";

export interface Footer {
  readonly postalAddress: string | null;
  readonly stop: Stop | null;
}

/** How to stop these mails; a mail that cannot be refused has none. */
export type Stop =
  | { readonly kind: "write"; readonly address: string; readonly subject: string }
  /** `mark` stands where each person's own link will. */
  | { readonly kind: "link"; readonly mark: string };

/** `linkMark` null: links cannot be made. */
export function footerOf(email: EmailText, project: ProjectSettings, linkMark: string | null): Footer {
  return { postalAddress: project.postalAddress, stop: email.isTransactional ? null : stopOf(email, linkMark) };
}

function stopOf(email: EmailText, linkMark: string | null): Stop | null {
  if (linkMark !== null) return { kind: "link", mark: linkMark };
  const address = parseSender(email.replyTo ?? email.sender)?.address ?? null;
  const subject = email.topic === null ? "unsubscribe" : `unsubscribe ${email.topic}`;
  return address === null ? null : { kind: "write", address, subject };
}

/** A mail to whoever sends these; or the mark of the person's own link. */
export function stopLink(stop: Stop): string {
  if (stop.kind === "link") return stop.mark;
  const escaped = encodeURIComponent(stop.address).replaceAll("%40", "@").replaceAll("%2B", "+");
  return `mailto:${escaped}?subject=${encodeURIComponent(stop.subject)}`;
}

export function footerText({ postalAddress, stop }: Footer): string {
  const lines = [...(postalAddress === null ? [] : [oneLine(postalAddress)]), ...(stop ? [stopText(stop)] : [])];
  return lines.length === 0 ? "" : `\n\n--\n${lines.join("\n")}`;
}

const stopText = (stop: Stop): string =>
  stop.kind === "link"
    ? `To stop these mails: ${stop.mark}`
    : `To stop these mails, write to ${stop.address} with the subject "${stop.subject}".`;

function stopHtml(stop: Stop): string {
  const start = `To stop these mails, <a href="${htmlText(stopLink(stop))}" style="color:#767676">`;
  if (stop.kind === "link") return `${start}unsubscribe</a>.`;
  return `${start}write to ${htmlText(stop.address)}</a> with the subject “${htmlText(stop.subject)}”.`;
}

function footerHtml({ postalAddress, stop }: Footer): string {
  const lines = [...(postalAddress === null ? [] : [htmlText(postalAddress)]), ...(stop ? [stopHtml(stop)] : [])];
  if (lines.length === 0) return "";
  return `<div style="max-width:600px;margin:0 auto;padding:16px 24px;font-family:Arial,Helvetica,sans-serif;font-size:12px;line-height:1.5;color:#767676">${lines.join("<br>")}</div>\n`;
}

/** Stands first in the mail and is shown in the list of mails only. `preview` is HTML. */
function preheaderHtml(preview: string): string {
  if (preview === "") return "";
  return `<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${preview}</div>\n`;
}

/** A page of our own around `body`. */
export function page(body: string, preview: string, footer: Footer): string {
  return (
    `<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">\n</head>\n` +
    `<body style="margin:0;padding:0;background:#ffffff">\n${preheaderHtml(preview)}` +
    `<div style="max-width:600px;margin:0 auto;padding:24px;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5;color:#222222">\n` +
    `${body.trim()}\n</div>\n${footerHtml(footer)}</body>\n</html>\n`
  );
}

/** Puts preview text and footer into a page that the writer made whole. */
export function withinPage(
  html: string,
  preview: string,
  { footer, scanned }: { footer: Footer; scanned: Scanned },
): string {
  const start = scanned.bodyStart ?? 0;
  const end = Math.max(start, scanned.bodyEnd ?? html.length);
  return html.slice(0, start) + preheaderHtml(preview) + html.slice(start, end) + footerHtml(footer) + html.slice(end);
}

export const hasStyleSheet = (html: string): boolean => /<style[\s>]/i.test(html);
