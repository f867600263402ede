// The mailer that writes files: whole or not at all, once, and the same bytes each time.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { emlComposer, emlOf, lastLine } from "../../runtime/mail/eml.ts";
import { openFiles } from "../../runtime/mail/files.ts";
import { mailerFor, type MailerSettings } from "../../runtime/mail/mailer.ts";
import type { Mailer, Message } from "../../runtime/ports.ts";
import { at } from "./sample.ts";

const root = mkdtempSync(join(tmpdir(), "cadenza-mail-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const message: Message = {
  sendId: "ab0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd",
  from: "Ana from Acme <ana@acme.example>",
  to: "zoe@x.example",
  replyTo: null,
  subject: "Grüße",
  html: "<p>Hello</p>\n",
  text: "Hello\n.\nFrom here\n",
  headers: [{ name: "List-Unsubscribe", value: "<mailto:ana@acme.example?subject=unsubscribe>" }],
  files: [],
  labels: [
    { name: "program", value: "onboarding" },
    { name: "email", value: "welcome" },
  ],
  at,
};

let folder = "";
let mailer: Mailer;
beforeEach(() => {
  folder = mkdtempSync(join(root, "run-"));
  const opened = openFiles(join(folder, "mail"));
  if (!opened.ok) throw new Error(opened.failure.text);
  mailer = opened.value;
});

const pathOf = (sendId: string) => join(folder, "mail", sendId.slice(0, 2), `${sendId}.eml`);

describe("the file of a mail", () => {
  test("stands in the folder of its first two letters", async () => {
    expect(await mailer.find?.(message.sendId, at)).toBe("absent");
    expect(await mailer.send(message)).toEqual({ kind: "sent", providerId: message.sendId });
    expect(readFileSync(pathOf(message.sendId), "utf8")).toBe(emlOf(message));
    expect(await mailer.find?.(message.sendId, at)).toBe("sent");
    expect(readdirSync(join(folder, "mail", "ab"))).toEqual([`${message.sendId}.eml`]);
  });
  test("has fixed headers, and nothing of the library or the machine", () => {
    const head = emlOf(message)
      .split("\r\n\r\n", 1)[0]
      ?.replace(/\r\n[ \t]+/g, " ");
    expect(head?.split("\r\n")).toEqual([
      "List-Unsubscribe: <mailto:ana@acme.example?subject=unsubscribe>",
      "X-Tags: onboarding, welcome",
      "From: Ana from Acme <ana@acme.example>",
      "To: zoe@x.example",
      "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=",
      `Message-ID: <${message.sendId}@acme.example>`,
      "Date: Mon, 02 Mar 2026 08:00:00 +0000",
      "MIME-Version: 1.0",
      "Content-Type: multipart/alternative; boundary=part-ab0123456789abcdef0123456789abcd-Part_1",
    ]);
    expect(emlOf({ ...message })).toBe(emlOf(message));
  });
  test("carries files behind the two texts", async () => {
    const bytes = new Uint8Array(Array.from({ length: 256 }, (_, index) => index));
    const files = [
      { name: "terms.pdf", content: bytes },
      { name: 'Übersicht "1".csv', content: new TextEncoder().encode("a,b\r\n") },
      { name: "empty.bin", content: new Uint8Array() },
    ];
    const mail = emlOf({ ...message, files });
    await expect(mail.replaceAll("\r\n", "\n")).toMatchFileSnapshot("../golden/mail/files.eml");
    const [, , terms = ""] = mail.split(`--part-ab0123456789abcdef0123456789abcd-Part_1\r\n`);
    expect(Buffer.from(terms.split("\r\n\r\n", 2)[1] ?? "", "base64")).toEqual(Buffer.from(bytes));
    expect(mail.endsWith(lastLine(message.sendId))).toBe(true);
  });
  test("is the same whatever was composed before it", () => {
    const compose = emlComposer();
    const twin = { ...message, sendId: `cd${message.sendId.slice(2)}`, to: "ben@x.example", html: "<p>Hello</p>\n " };
    const numbered = Array.from({ length: 300 }, (_, index) => ({ ...message, subject: `${index}`, text: `${index}` }));
    const others = [twin, { ...message, replyTo: "zoe@x.example" }, { ...message, text: message.html, html: "Hello" }];
    for (const of of [message, ...others, ...numbered, message, ...others]) expect(compose(of)).toBe(emlOf(of));
  });
  test("is written once: a second hand-over changes nothing", async () => {
    await mailer.send(message);
    const before = statSync(pathOf(message.sendId));
    expect(await mailer.send({ ...message, subject: "Another" })).toMatchObject({ kind: "sent" });
    const after = statSync(pathOf(message.sendId));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  });
  test("counts as absent while it is cut off, and is written anew", async () => {
    const whole = emlOf(message);
    for (const cut of ["", whole.slice(0, 400), whole.slice(0, -1)]) {
      mkdirSync(join(folder, "mail", "ab"), { recursive: true });
      writeFileSync(pathOf(message.sendId), cut);
      expect(await mailer.find?.(message.sendId, at)).toBe("absent");
      await mailer.send(message);
      expect(readFileSync(pathOf(message.sendId), "utf8")).toBe(whole);
    }
  });
  test("is not there after a crash before its renaming", async () => {
    mkdirSync(join(folder, "mail", "ab"), { recursive: true });
    writeFileSync(`${pathOf(message.sendId)}.tmp`, emlOf(message).slice(0, 100));
    expect(await mailer.find?.(message.sendId, at)).toBe("absent");
    expect(await mailer.send(message)).toMatchObject({ kind: "sent" });
    expect(readdirSync(join(folder, "mail", "ab"))).toEqual([`${message.sendId}.eml`]);
  });
  test("never leaves the folder", async () => {
    await expect(mailer.send({ ...message, sendId: "../../evil" })).rejects.toThrow("plain word");
  });
});

describe("a folder that cannot be written", () => {
  test("is named before anything is sent", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    expect(openFiles(join(file, "mail"))).toMatchObject({ ok: false, failure: { code: "F302" } });
  });
  test("halts, says why, and leaves no half file", async () => {
    const bundle = await rolldown({
      input: "test/support/full-disk-child.ts",
      platform: "node",
      external: [/^nodemailer/],
    });
    const script = join("node_modules", ".cache", `full-disk-${process.pid}.mjs`);
    await bundle.write({ file: script });
    const limited = `ulimit -f 64; trap '' XFSZ; exec "${process.execPath}" "${script}" "${folder}/mail" 1000 2000000`;
    const { stdout } = await promisify(execFile)("bash", ["-c", limited]);
    rmSync(script);
    const reason = `Mails cannot be written to \`${folder}/mail\`: the file system takes no file of that size.`;
    expect(JSON.parse(stdout)).toEqual([
      { outcome: { kind: "sent", providerId: "aa01" }, found: "sent" },
      { outcome: { kind: "halt", reason }, found: "absent" },
      { outcome: { kind: "sent", providerId: "aa03" }, found: "sent" },
    ]);
    expect(readdirSync(join(folder, "mail", "aa")).sort()).toEqual(["aa01.eml", "aa03.eml"]);
  });
  test("comes back: the next mail is written when the folder can be", async () => {
    await mailer.send(message);
    rmSync(join(folder, "mail"), { recursive: true });
    writeFileSync(join(folder, "mail"), "");
    expect(await mailer.send({ ...message, sendId: "ab02" })).toMatchObject({ kind: "halt" });
    rmSync(join(folder, "mail"));
    expect(await mailer.send({ ...message, sendId: "ab02" })).toMatchObject({ kind: "sent" });
  });
});

describe("the mailer that a command asks for", () => {
  const settings = (): MailerSettings => ({
    folder: join(folder, "mail"),
    mailgun: { key: "k", domain: "mg.example", url: null, timeoutMs: null },
  });
  test.each([
    ["files", true, true],
    ["mailgun", false, true],
    ["none", false, false],
  ] as const)("%s", async (kind, delivers, canFind) => {
    const opened = await mailerFor(kind, settings());
    if (!opened.ok) throw new Error(opened.failure.text);
    expect(opened.value.name).toBe(kind);
    expect(opened.value.delivers).toBe(delivers);
    expect(opened.value.find !== undefined).toBe(canFind);
  });
  test("none sends nothing and says so", async () => {
    const opened = await mailerFor("none", settings());
    if (opened.ok) await expect(opened.value.send(message)).rejects.toThrow("sends nothing");
    expect(opened.ok).toBe(true);
  });
});
