// `cadenza run --mailer mailgun` against a Mailgun that fails and says what it was given: the mails go out once, and the key
// is neither printed nor stored.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";
import { type Fault, startFakeMailgun } from "../support/fake-mailgun.ts";
import { greeting } from "../support/greeting.ts";

const key = "key-0123456789abcdef0123456789abcdef";
const secret = "a-secret-that-nobody-else-knows-0123456789";
/** What Mailgun is given, and could give back. */
const keys = [key, Buffer.from(`api:${key}`).toString("base64")];

async function runs(answers: readonly Fault[]) {
  const people = answers.map((_, index) => `c${index},c${index}@x.example`).join("\n");
  const cwd = projectOf({ "shop.cdz": greeting, "people.csv": `id,email\n${people}\n` });
  const fake = await startFakeMailgun({ key });
  fake.script(...answers);
  const env = {
    MAILGUN_API_KEY: key,
    MAILGUN_DOMAIN: fake.domain,
    MAILGUN_URL: fake.url,
    CADENZA_PUBLIC_URL: "https://mail.shop.example",
    CADENZA_SECRET: secret,
  };
  const run = (...args: readonly string[]) => cadenza(["run", "--once", "--mailer", "mailgun", ...args], { cwd, env });
  const said: string[] = [];
  const ran = [
    await cadenza(["load"], { cwd, env }),
    await run(),
    await run("--json"),
    await cadenza(["show", "contact", "c0", "--json"], { cwd, env }),
  ];
  for (const { stdout, stderr } of ran) said.push(stdout, stderr);
  await fake.close();
  const written = readdirSync(join(cwd, ".cadenza"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
  return { ran, said: said.join("\n"), written, accepted: fake.accepted };
}

function expectHidden(said: string, written: readonly Buffer[]): void {
  for (const hidden of [...keys, secret]) {
    expect(said).not.toContain(hidden);
    for (const bytes of written) expect(bytes.includes(hidden)).toBe(false);
  }
}

const echo = { message: `you sent ${keys.join(" and ")}` };

test("with mails that fail in many ways", async () => {
  const { ran, said, written, accepted } = await runs([
    { kind: "accept" },
    { kind: "status", status: 400, body: echo },
    { kind: "status", status: 500, body: echo },
    { kind: "reset", isAccepted: true },
  ]);
  expect(ran.map(({ code }) => code)).toEqual([0, 1, 1, 0]);
  expect(said).toContain("you sent");
  expect(new Set(accepted.map(({ fields }) => fields.to?.[0])).size).toBe(accepted.length);
  expect(accepted[0]?.fields["o:testmode"]).toBeUndefined();
  // What was answered is on record, in plain letters, so the key would be seen there.
  expect(written.some((bytes) => bytes.includes("you sent"))).toBe(true);
  expectHidden(said, written);
});

test("with a key that was revoked: nothing is lost, and the run says what to do", async () => {
  const { ran, said, written, accepted } = await runs([{ kind: "status", status: 401, body: echo }]);
  expect(ran[1]?.code).toBe(2);
  expect(said).toContain("F404");
  // The next run has a key that is taken, and the mail goes out.
  expect(accepted.length).toBe(1);
  expectHidden(said, written);
});
