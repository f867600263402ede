// Mails that carry files, from the project to the mail that goes out.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cadenza, type Ran } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";

const mebibyte = 1024 * 1024;
const bytes = (seed: number, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, index) => (index * 31 + seed) % 256);
const base64 = (of: Uint8Array): string => Buffer.from(of).toString("base64");

function projectWith(files: Readonly<Record<string, string | Uint8Array>>, attached: readonly string[]): string {
  const attach = attached.map((path) => `attach "${path}"`).join(" ");
  return projectOf({
    "shop.cdz": `project shop < time zone "UTC" >
contact < id text key  email email >
event asked < >
load contact from csv "people.csv" < id from id  email from email >
load asked from csv "asked.csv" < contact from id  at from at >
email terms < subject "Terms"  text "See the file."  sender "ana@shop.example"  transactional  ${attach} >
program tell < why "They asked"  start when asked  enter every time  exit when unsubscribed  send terms  wait 1d  send terms >
`,
    "people.csv": "id,email\n1,zoe@x.example\n",
    "asked.csv": "id,at\n1,2026-03-02 09:30\n",
    ...files,
  });
}

function mailsOf(cwd: string): readonly string[] {
  const folder = join(cwd, ".cadenza/mail");
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".eml"));
  return paths.map((path) => readFileSync(join(folder, path), "utf8").replaceAll("\r\n", ""));
}

async function fine(cwd: string, ...args: readonly string[]): Promise<Ran> {
  const ran = await cadenza(args, { cwd });
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: "" });
  return ran;
}

test("a mail carries its files as they were when the project was applied", async () => {
  const before = bytes(1, 3000);
  const now = bytes(2, 3000);
  const cwd = projectWith({ "terms.pdf": before, "note.bin": bytes(3, 10) }, ["terms.pdf", "note.bin"]);
  await fine(cwd, "load", "--now", "2026-03-02 09:00");
  await fine(cwd, "apply", "--now", "2026-03-02 09:00");
  const preview = await fine(cwd, "preview", "terms", "--as", "1", "--now", "2026-03-02 09:00");
  expect(preview.stdout).toContain("File:     terms.pdf, 3000 bytes\nFile:     note.bin, 10 bytes\n");

  // Another process, with other files in the folder: what is live is in the database.
  writeFileSync(join(cwd, "terms.pdf"), now);
  const ran = await cadenza(["run", "--once", "--now", "2026-03-02 10:00"], { cwd });
  expect(ran.stderr).toContain("The project has changes that are not live");
  const [first = "", ...none] = mailsOf(cwd);
  expect(none).toEqual([]);
  expect(first).toContain(base64(before));
  expect(first).toContain(base64(bytes(3, 10)));

  expect((await fine(cwd, "apply", "--now", "2026-03-02 11:00")).stdout).toContain("Version 2 is live");
  await fine(cwd, "run", "--once", "--now", "2026-03-03 10:00");
  const mails = mailsOf(cwd);
  expect(mails.filter((mail) => mail.includes(base64(now)))).toHaveLength(1);
  expect(mails.filter((mail) => mail.includes(base64(before)))).toHaveLength(1);
});

test("what is too large for a mail is refused at the file that goes beyond", async () => {
  const files = {
    "a.bin": bytes(0, 10 * mebibyte),
    "b.bin": bytes(1, 6 * mebibyte + 1),
    "c.bin": bytes(2, 17 * mebibyte),
  };
  const together = await cadenza(["check", "--format", "compact"], { cwd: projectWith(files, ["a.bin", "b.bin"]) });
  expect(together.code).toBe(1);
  expect(together.stdout.match(/E629.*/g)).toEqual([expect.stringMatching(/`b\.bin`.* 16 MiB in all/)]);
  const alone = await cadenza(["check", "--format", "compact"], { cwd: projectWith(files, ["c.bin"]) });
  expect(alone.code).toBe(1);
  expect(alone.stdout.match(/E629.*/g)).toEqual([expect.stringMatching(/`c\.bin`.*larger than 16 MiB/)]);
});
