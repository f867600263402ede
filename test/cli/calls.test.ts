// `cadenza run` in a project that calls a webhook: to files beside the mails, or over HTTP with secrets of the environment.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";
import { startFakeMailgun } from "../support/fake-mailgun.ts";
import { startReceiver } from "../support/fake-receiver.ts";

const secret = "a-secret-of-the-receiver-0123456789abcdef";

const project = (url: string) =>
  projectOf({
    "shop.cdz": `project shop < time zone "UTC"  currency EUR  sender "Shop <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email >
load contact from csv "people.csv" < id from id  email from email >
webhook crm "${url}"
segment All where everyone
program tell for All < why "The CRM knows everybody"  goal unsubscribed  call crm with < source = "shop" >  wait 9d >
`,
    "people.csv": "id,email\nana,ana@x.example\nben,ben@x.example\n",
  });

const callsIn = (cwd: string) => readdirSync(join(cwd, ".cadenza/calls/crm")).toSorted();

test("with files each call is a file, and nothing goes over the network", async () => {
  const receiver = await startReceiver();
  const cwd = project(receiver.url);
  await cadenza(["load"], { cwd });
  const ran = await cadenza(["run", "--once", "--json"], { cwd });
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(ran.stdout)).toMatchObject({ calls: { pending: 0, made: 2, failed: 0 }, problems: [] });
  const names = callsIn(cwd);
  expect(names).toHaveLength(2);
  const told = names.map((name) => {
    const seen = JSON.parse(readFileSync(join(cwd, ".cadenza/calls/crm", name), "utf8"));
    expect(name).toBe(`${seen["idempotency-key"]}.json`);
    expect(seen.url).toBe(receiver.url);
    return `${seen.body.contact.id} ${seen.body.with.source}`;
  });
  expect(told.toSorted()).toEqual(["ana shop", "ben shop"]);
  expect(receiver.heard).toHaveLength(0);
});

test("a replay writes them too, and --mailer none keeps them", async () => {
  const receiver = await startReceiver();
  const cwd = project(receiver.url);
  await cadenza(["load", "--now", "2026-03-01"], { cwd });
  const kept = await cadenza(["run", "--now", "2026-03-02", "--once", "--mailer", "none", "--json"], { cwd });
  expect(JSON.parse(kept.stdout)).toMatchObject({ calls: { pending: 2, made: 0, failed: 0 } });
  expect(existsSync(join(cwd, ".cadenza/calls"))).toBe(false);
  const ran = await cadenza(["run", "--now", "2026-03-03", "--until", "2026-03-04"], { cwd });
  expect(ran.stdout).toContain("2 calls made");
  expect(callsIn(cwd)).toHaveLength(2);
  expect(receiver.heard).toHaveLength(0);
});

test("over HTTP every webhook needs a secret of its own, which nothing shows", async () => {
  const fake = await startFakeMailgun({ key: "key-0123456789abcdef0123456789abcdef" });
  const receiver = await startReceiver((_, index) => (index === 0 ? 404 : 200));
  const cwd = project(receiver.url);
  const env = {
    MAILGUN_API_KEY: "key-0123456789abcdef0123456789abcdef",
    MAILGUN_DOMAIN: fake.domain,
    MAILGUN_URL: fake.url,
    CADENZA_PUBLIC_URL: "https://mail.shop.example",
    CADENZA_SECRET: "a-secret-that-nobody-else-knows-0123456789",
  };
  const run = (more: Readonly<Record<string, string>>) =>
    cadenza(["run", "--once", "--mailer", "mailgun"], { cwd, env: { ...env, ...more } });
  await cadenza(["load"], { cwd });
  const without = await run({});
  expect(without).toMatchObject({ code: 2, stdout: "" });
  expect(without.stderr).toMatch(/^F460 .*CADENZA_WEBHOOK_SECRET_CRM is not set/);
  const short = await run({ CADENZA_WEBHOOK_SECRET_CRM: "short" });
  expect(short).toMatchObject({ code: 2, stdout: "" });
  expect(short.stderr).toMatch(/^F461 /);
  expect(receiver.heard).toHaveLength(0);
  const ran = await run({ CADENZA_WEBHOOK_SECRET_CRM: secret });
  await fake.close();
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain("1 call made");
  expect(ran.stderr).toContain("One call of `crm` failed: the receiver answered 404");
  expect(receiver.heard).toHaveLength(2);
  expect(`${ran.stdout}${ran.stderr}`).not.toContain(secret);
  for (const name of readdirSync(join(cwd, ".cadenza"), { recursive: true, withFileTypes: true })) {
    if (name.isFile()) expect(readFileSync(join(name.parentPath, name.name)).includes(secret)).toBe(false);
  }
});
