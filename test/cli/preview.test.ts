// `cadenza preview` and `cadenza send-test` on the starter. Each golden file is what the terminal shows.

import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cadenza, type Ran } from "../support/cadenza.ts";
import { exampleCopy } from "../support/example-copy.ts";
import { startFakeMailgun } from "../support/fake-mailgun.ts";

let cwd = "";
const links = { CADENZA_PUBLIC_URL: "https://mail.acme.example", CADENZA_SECRET: "s".repeat(32) };
const now = ["--now", "2026-03-01"];
const preview = (...args: readonly string[]) => cadenza(["preview", ...args, ...now], { cwd, env: links });

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "cadenza-test-"));
  await cadenza(["init"], { cwd });
  const project = join(cwd, "project.cdz");
  writeFileSync(project, readFileSync(project, "utf8").replace(/email( +)email\b/, "email$1email?"));
  const contacts = join(cwd, "data/contacts.csv");
  const [head = "", row = ""] = readFileSync(contacts, "utf8").split("\n");
  const empty = head.split(",").map((_, index) => (index === 0 ? "nobody" : (row.split(",")[index] ?? "")));
  const address = head.split(",").findIndex((name) => /mail/i.test(name));
  appendFileSync(contacts, `${empty.map((cell, index) => (index === address ? "" : cell)).join(",")}\n`);
  appendFileSync(
    join(cwd, "onboarding.cdz"),
    `
email seats < subject "Your {{ seats | default: '' }} seats"  text "Hello *{{ first_name | default: 'you' }}*."  topic product_tips >
email dated < subject "Since"  text "{% for number in (1..999999999) %}x{% endfor %}"  topic product_tips >
`,
  );
  await cadenza(["load", "--now", "2026-02-28"], { cwd });
});

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const golden = (name: string) => new URL(`../golden/cli/${name}`, import.meta.url).pathname;

function expectSaid({ code, stdout, stderr }: Ran, expected: number, part: string): void {
  expect({ code, said: stdout + stderr }).toEqual({ code: expected, said: expect.stringContaining(part) });
  expect(stderr).not.toContain("    at ");
}

describe("a preview", () => {
  test("is the mail as text", async () => {
    const ran = await preview("welcome", "--as", "c02");
    expect(ran.stderr).toBe("");
    expect(ran.code).toBe(0);
    await expect(ran.stdout).toMatchFileSnapshot(golden("preview-welcome.txt"));
  });
  test("as JSON has all that goes out", async () => {
    const ran = await preview("Welcome", "--as", "c02", "--json");
    const mail = JSON.parse(ran.stdout);
    expect(mail).toMatchObject({ email: "welcome", variant: null, contact: "c02", without: [] });
    const [header, post] = mail.headers;
    expect(header.value).toMatch(/^<https:\/\/mail\.acme\.example\/unsubscribe\/[\w-]+>$/);
    expect(post).toEqual({ name: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click" });
    expect(mail.html).toContain(header.value.slice(1, -1));
  });
  test("as a page goes to a file", async () => {
    const ran = await preview("welcome", "--as", "c02", "--html", "welcome.html");
    expectSaid(ran, 0, "The page is in welcome.html.");
    expect(readFileSync(join(cwd, "welcome.html"), "utf8")).toMatch(/^<!DOCTYPE html>[\s\S]*<\/html>\n$/);
  });
  test("writes nothing into the database, and is the same when it is asked for again", async () => {
    const first = await preview("welcome", "--as", "c02", "--json");
    expect((await preview("welcome", "--as", "c02", "--json")).stdout).toBe(first.stdout);
    const seen = await cadenza(["show", "contact", "c02", "--json", ...now], { cwd });
    expect(JSON.parse(seen.stdout).enrollments).toEqual([]);
  });
});

describe("what cannot be previewed", () => {
  test.each<[readonly string[], string]>([
    [["welcom", "--as", "c02"], "F117"],
    [["welcome", "--as", "c99"], "F118"],
    [["welcome", "--as", "nobody"], "F413"],
    [["welcome", "--as", "c02", "--variant", "short"], "F117"],
    [["dated", "--as", "c02"], "F303"],
    [["welcome", "--as", "c02", "--html", "no/such/folder/mail.html"], "F119"],
    [["welcome", "--as", "c02", "--html", "data"], "F119"],
    [["welcome"], "--as"],
    [["welcome", "--as", "c02", "--now", "soon"], "F115"],
  ])("%j", async (args, part) => {
    expectSaid(await cadenza(["preview", ...args], { cwd }), 2, part);
  });
  test("without a database", async () => {
    const other = exampleCopy("starter");
    expectSaid(await cadenza(["preview", "welcome", "--as", "c02"], { cwd: other }), 2, "F116");
  });
  test("with a bad address for links", async () => {
    const env = { ...links, CADENZA_PUBLIC_URL: "mail.acme.example" };
    expectSaid(await cadenza(["preview", "welcome", "--as", "c02"], { cwd, env }), 2, "F411");
  });
});

describe("a test mail", () => {
  const key = "key-0123456789abcdef0123456789abcdef";
  const args = ["send-test", "welcome", "--to", "me@acme.example", "--as", "c02", ...now];
  test("goes out with Mailgun to the other address, and counts nowhere; the key is nowhere", async () => {
    const fake = await startFakeMailgun({ key });
    const env = { ...links, MAILGUN_API_KEY: key, MAILGUN_DOMAIN: fake.domain, MAILGUN_URL: fake.url };
    const ran = await cadenza(args, { cwd, env });
    await fake.close();
    expectSaid(ran, 0, "welcome as c02 went to me@acme.example by mailgun: “Welcome");
    const [mail] = fake.accepted;
    expect(mail?.fields.to).toEqual(["me@acme.example"]);
    expect(mail?.fields["o:tag"]).toBeUndefined();
    expect(mail?.fields["h:List-Unsubscribe"]?.[0]).toMatch(/^<https:\/\/mail\.acme\.example\/unsubscribe\//);
    const written = readdirSync(join(cwd, ".cadenza"), { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(written.length).toBeGreaterThan(0);
    for (const { name } of written) expect(readFileSync(join(cwd, ".cadenza", name)).includes(key)).toBe(false);
    expect(ran.stdout + ran.stderr).not.toContain(key);
  });
  test("that Mailgun refuses says why, without the key", async () => {
    const fake = await startFakeMailgun({ key: "another" });
    const env = { ...links, MAILGUN_API_KEY: key, MAILGUN_DOMAIN: fake.domain, MAILGUN_URL: fake.url };
    const ran = await cadenza(args, { cwd, env });
    await fake.close();
    expectSaid(
      ran,
      2,
      "F415  Nothing says that the test mail to `me@acme.example` went out: Mailgun does not accept the key",
    );
    expect(ran.stdout + ran.stderr).not.toContain(key);
  });
  test("goes to a file where that is asked for", async () => {
    expectSaid(await cadenza([...args, "--mailer", "files"], { cwd }), 0, "by files");
  });
  test.each<[readonly string[], string]>([
    [["welcome", "--to", "me at acme", "--as", "c02", "--mailer", "files"], "F414"],
    [["welcome", "--to", "a@x.example\r\nBcc: b@x.example", "--as", "c02", "--mailer", "files"], "F414"],
    [["welcom", "--to", "me@acme.example", "--as", "c02", "--mailer", "files"], "F117"],
    [["welcome", "--to", "me@acme.example", "--as", "c99", "--mailer", "files"], "F118"],
    [["welcome", "--to", "me@acme.example", "--as", "c02"], "F301"],
    [["welcome", "--to", "me@acme.example", "--as", "c02", "--mailer", "none"], "F415"],
    [["welcome", "--to", "me@acme.example", "--as", "c02", "--mailer", "pigeon"], "F117"],
    [["welcome", "--as", "c02"], "--to"],
  ])("%j", async (given, part) => {
    expectSaid(await cadenza(["send-test", ...given], { cwd }), 2, part);
  });
});
