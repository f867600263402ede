// Builds the bytes of a mail file; the same message always gives the same bytes.

import MailComposer from "nodemailer/lib/mail-composer";
import { encode, wrap } from "nodemailer/lib/qp";
import type { Message } from "../ports.ts";
import { domainOf, messageIdOf, parseSender } from "./headers.ts";

const lineLength = 76;

/** The last line of a mail, which tells a whole file from one that was cut off. */
export function lastLine(sendId: string): string {
  return `--${boundaryPrefix}-${sharedPart(sendId)}-Part_1--\r\n`;
}

const boundaryPrefix = "part";
// A boundary may have 70 characters at most.
const sharedPart = (sendId: string) => sendId.slice(0, 32);

/** Composed in memory without streams, which would more than halve the mails per second. */
export function emlOf(message: Message): string {
  const domain = domainOf(parseSender(message.from)?.address ?? "localhost");
  const root = new MailComposer({
    from: message.from,
    to: message.to,
    ...(message.replyTo === null ? {} : { replyTo: message.replyTo }),
    subject: message.subject,
    text: message.text,
    html: message.html,
    headers: [
      ...message.headers.map(({ name, value }) => ({ key: name, value })),
      ...(message.tags.length > 0 ? [{ key: "X-Tags", value: message.tags.join(", ") }] : []),
    ],
    messageId: messageIdOf(message.sendId, domain),
    date: new Date(message.at),
    boundaryPrefix,
    baseBoundary: sharedPart(message.sendId),
  }).compile();
  const head = root.buildHeaders();
  const parts = root.childNodes.map((part) => {
    part.setHeader("Content-Transfer-Encoding", "quoted-printable");
    const lines = String(part.content).replace(/\r?\n/g, "\r\n");
    return `--${root.boundary}\r\n${part.buildHeaders()}\r\n\r\n${wrap(encode(lines), lineLength)}\r\n`;
  });
  return `${head}\r\n\r\n${parts.join("")}--${root.boundary}--\r\n`;
}
