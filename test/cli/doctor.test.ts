// `cadenza doctor`: what it finds, in words that are golden files.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cadenza, type Ran } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";
import { startFakeDns } from "../support/fake-dns.ts";
import { type FakeMailgun, type FakeSetup, startFakeMailgun } from "../support/fake-mailgun.ts";
import { greeting } from "../support/greeting.ts";
import { startEngine } from "../support/running-engine.ts";
import { query, scratchDatabase } from "../support/scratch.ts";

const key = "key-0123456789abcdef0123456789abcdef";
const secret = "a-secret-that-nobody-else-knows-0123456789";
const people = "id,email\nana,ana@x.example\n";
const domain = "mg.shop.example";
const dkimKey = "k=rsa; p=MIGfMA0GCSq";

const record = (record_type: string, name: string, value: string, valid = "valid") => ({
  record_type,
  name,
  value,
  valid,
});
const setup = (state = "active", valid = "valid"): FakeSetup => ({
  state,
  records: [
    record("TXT", domain, "v=spf1 include:mailgun.org ~all", valid),
    record("TXT", `pic._domainkey.${domain}`, dkimKey, valid),
    record("CNAME", `email.${domain}`, "mailgun.org"),
  ],
  webhooks: {},
});
const kinds = ["delivered", "opened", "clicked", "unsubscribed", "complained", "permanent_fail", "temporary_fail"];

async function settingsOf(fake: FakeMailgun, texts: Readonly<Record<string, readonly string[]>>) {
  return {
    MAILGUN_API_KEY: key,
    MAILGUN_DOMAIN: fake.domain,
    MAILGUN_URL: fake.url,
    CADENZA_PUBLIC_URL: "https://mail.shop.example/",
    CADENZA_SECRET: secret,
    MAILGUN_WEBHOOK_KEY: "webhook-key-0123456789",
    CADENZA_DNS: await startFakeDns(texts),
  };
}

/** Without what differs from machine to machine. */
const steady = (text: string, cwd: string): string =>
  text
    .replaceAll(cwd, "SHOP")
    .replace(/Node [\d.]+\./, "Node N.")
    .replace(/[\d.,]+ [MG]B of the disk/, "N GB of the disk")
    .replace(/takes [\d.,]+ MB/, "takes N MB")
    .replace(/process \d+/, "process N")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:N");

function expectGolden({ stdout, stderr }: Ran, cwd: string, name: string) {
  expect(stderr).toBe("");
  for (const hidden of [key, secret, "webhook-key-0123456789"]) expect(stdout).not.toContain(hidden);
  return expect(steady(stdout, cwd)).toMatchFileSnapshot(`../golden/cli/doctor-${name}.txt`);
}

const shop = () => projectOf({ "shop.cdz": greeting, "people.csv": people });

test("all is well, while an engine runs", async () => {
  const cwd = shop();
  const fake = await startFakeMailgun({ key, domain });
  const webhooks = Object.fromEntries(kinds.map((kind) => [kind, ["https://mail.shop.example/webhooks/mailgun"]]));
  fake.describe({ ...setup(), webhooks });
  const env = await settingsOf(fake, {
    [domain]: ["v=spf1 include:mailgun.org ~all", "something else"],
    [`pic._domainkey.${domain}`]: [dkimKey],
    "_dmarc.shop.example": ["v=DMARC1; p=quarantine"],
  });
  await cadenza(["load"], { cwd, env });
  const { child, ended } = await startEngine(cwd);
  await cadenza(["backup", "a.backup"], { cwd, env });
  const found = await cadenza(["doctor"], { cwd, env });
  await expectGolden(found, cwd, "well");
  expect(found.code).toBe(0);
  const { problems, warnings, checks } = JSON.parse((await cadenza(["doctor", "--json"], { cwd, env })).stdout);
  expect({ problems, warnings }).toEqual({ problems: 0, warnings: 0 });
  expect(checks).toHaveLength(20);
  expect(checks[0]).toMatchObject({ check: "node", group: "Set-up", verdict: "ok", help: null });
  child.kill("SIGTERM");
  await ended;
  await fake.close();
}, 60_000);

test("much is wrong", async () => {
  const cwd = projectOf({ "shop.cdz": greeting.replace("@shop.example", "@other.example"), "people.csv": people });
  const fake = await startFakeMailgun({ key, domain });
  fake.describe({
    ...setup("unverified", "unknown"),
    webhooks: { opened: ["https://mail.shop.example/webhooks/mailgun"] },
  });
  const env = await settingsOf(fake, {
    [domain]: ["v=spf1 include:mailgun.org ~all", "v=spf1 +all"],
    [`pic._domainkey.${domain}`]: ["k=rsa; p="],
  });
  await cadenza(["run", "--once"], { cwd });
  const database = await scratchDatabase(join(cwd, ".cadenza", "cadenza.duckdb"));
  await query(database, "UPDATE engine_state SET last_tick = TIMESTAMP '2999-01-01'");
  await query(database, "UPDATE meta SET value = '5' WHERE key = 'schema_version'");
  await database.close();
  await cadenza(["pause", "all", "--by", "Ana"], { cwd });
  writeFileSync(join(cwd, ".cadenza", "paused-all"), '{"by":"Ana","at":"2026-03-01T09:00:00.000Z"}\n');
  writeFileSync(
    join(cwd, ".cadenza", "last-backup.json"),
    '{"file":"/nowhere/a.backup","at":"2026-03-01T09:00:00.000Z"}\n',
  );
  const found = await cadenza(["doctor"], { cwd, env });
  const clock = /stands \d[\d,]* days before/;
  expect(found.stdout).toMatch(clock);
  await expectGolden({ ...found, stdout: found.stdout.replace(clock, "stands N days before") }, cwd, "wrong");
  expect(found.code).toBe(1);
  // A key that Mailgun does not take.
  const refused = await cadenza(["doctor", "--json"], {
    cwd,
    env: { ...env, MAILGUN_API_KEY: "key-of-somebody-else" },
  });
  expect(refused.stdout).not.toContain("key-of-somebody-else");
  const checks: readonly { check: string; verdict: string; text: string }[] = JSON.parse(refused.stdout).checks;
  const verdict = (name: string) => checks.find(({ check }) => check === name)?.verdict;
  expect(["mailgun", "mailgun-dns", "mailgun-webhooks", "dkim"].map(verdict)).toEqual([
    "problem",
    "unchecked",
    "unchecked",
    "unchecked",
  ]);
  await fake.close();
}, 60_000);

test("nothing is set up yet, and nobody can be asked", async () => {
  const cwd = shop();
  await expectGolden(await cadenza(["doctor"], { cwd, env: { CADENZA_DNS: "127.0.0.1:9" } }), cwd, "bare");
  const fake = await startFakeMailgun({ key, domain });
  const env = { ...(await settingsOf(fake, {})), CADENZA_DNS: "no server", CADENZA_SECRET: "short" };
  await fake.close();
  writeFileSync(join(cwd, "shop.cdz"), "segment <");
  mkdirSync(join(cwd, ".cadenza"));
  writeFileSync(join(cwd, ".cadenza", "cadenza.duckdb"), "no database at all");
  const found = await cadenza(["doctor"], { cwd, env });
  await expectGolden(found, cwd, "broken");
  expect(found.code).toBe(1);
  rmSync(join(cwd, "shop.cdz"));
  expect((await cadenza(["doctor"], { cwd, env })).stdout).toContain("There is no .cdz file");
}, 60_000);
