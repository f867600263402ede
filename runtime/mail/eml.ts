// Builds the bytes of a mail file; the same message always gives the same bytes.

import { detectMimeType } from "nodemailer/lib/mime-funcs/mime-types";
import MimeNode from "nodemailer/lib/mime-node";
import { encode, wrap } from "nodemailer/lib/qp";
import type { MailFile, Message } from "../ports.ts";
import { domainOf, messageIdOf, parseSender } from "./headers.ts";

const lineLength = 76;

/** The last line of a mail, which tells a whole file from one that was cut off. */
export function lastLine(sendId: string): string {
  return `--${boundaryOf(sendId)}--\r\n`;
}

// A boundary may have 70 characters at most.
const boundaryOf = (sendId: string): string => `part-${sendId.slice(0, 32)}-Part_1`;
const innerBoundaryOf = (sendId: string): string => `part-${sendId.slice(0, 32)}-Part_2`;

/** Most texts that are remembered: many times what a plan's emails have in common. */
const mostRemembered = 256;

/**
 * A composer of mail files. Mails of one email have most header lines and often whole bodies in common: those are encoded
 * once, without which composing costs more than writing the files.
 */
export function emlComposer(): (message: Message) => string {
  const line = remembered(headerLine);
  const part = remembered(partOf);
  return (message) => {
    const domain = domainOf(parseSender(message.from)?.address ?? "localhost");
    const boundary = boundaryOf(message.sendId);
    const head = [
      ...message.headers.map(({ name, value }) => line(name, value)),
      ...(message.labels.length > 0 ? [line("X-Tags", message.labels.map(({ value }) => value).join(", "))] : []),
      line("From", message.from),
      headerLine("To", message.to),
      ...(message.replyTo === null ? [] : [line("Reply-To", message.replyTo)]),
      line("Subject", message.subject),
      headerLine("Message-ID", messageIdOf(message.sendId, domain)),
      line("Date", new Date(message.at).toUTCString().replace("GMT", "+0000")),
      line("MIME-Version", "1.0"),
    ].filter((of) => of !== "");
    const texts = [part("text/plain", message.text), part("text/html", message.html)];
    const whole =
      message.files.length === 0
        ? multipart("alternative", boundary, texts)
        : multipart("mixed", boundary, [
            multipart("alternative", innerBoundaryOf(message.sendId), texts),
            ...message.files.map(filePart),
          ]);
    return `${head.join("\r\n")}\r\n${whole}`;
  };
}

/** Parts in one, with the head that says so; each ends in a line break. */
function multipart(kind: "alternative" | "mixed", boundary: string, parts: readonly string[]): string {
  const head = headerLine("Content-Type", `multipart/${kind}; boundary=${boundary}`);
  return `${head}\r\n\r\n${parts.map((part) => `--${boundary}\r\n${part}`).join("")}--${boundary}--\r\n`;
}

function filePart({ name, content }: MailFile): string {
  const head = new MimeNode(detectMimeType(name), { ...below, filename: name })
    .setHeader("Content-Transfer-Encoding", "base64")
    .buildHeaders();
  const lines =
    Buffer.from(content)
      .toString("base64")
      .match(/.{1,76}/g) ?? [];
  return `${head}\r\n\r\n${lines.map((line) => `${line}\r\n`).join("")}`;
}

/** The file of one mail. */
export const emlOf = (message: Message): string => emlComposer()(message);

/** A node below another has no headers but its own. A given boundary saves drawing one, which nobody would see. */
const below = { rootNode: new MimeNode(), baseBoundary: "none" };

/** One header, encoded and folded; empty where it has no value. */
function headerLine(name: string, value: string): string {
  return new MimeNode("", below).setHeader(name, value).buildHeaders();
}

function partOf(type: string, content: string): string {
  const head = `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable`;
  return `${head}\r\n\r\n${wrap(encode(content.replace(/\r?\n/g, "\r\n")), lineLength)}\r\n`;
}

function remembered(make: (of: string, value: string) => string): (of: string, value: string) => string {
  const known = new Map<string, string>();
  return (of, value) => {
    const key = `${of}\n${value}`;
    const found = known.get(key) ?? make(of, value);
    if (known.size >= mostRemembered) known.clear();
    known.set(key, found);
    return found;
  };
}
