// What the doctor makes of what it finds.

import { expect, test } from "vitest";
import { type DnsFacts, dnsChecks, type Texts } from "../../runtime/doctor/dns.ts";
import { type SetupFacts, setupChecks } from "../../runtime/doctor/setup.ts";

const minute = 60_000;
const hour = 60 * minute;
const now = Date.UTC(2026, 2, 2, 9);

const sound: SetupFacts = {
  now,
  node: "20.19.0",
  project: { kind: "read", errors: 0, warnings: 0, programs: 2 },
  folder: { path: ".cadenza", fileAt: now, reason: null },
  freeBytes: 50e9,
  database: { kind: "open", version: 6, current: 6, bytes: 1e6, lastTick: null },
  stop: null,
  backup: { file: "a.backup", at: now, isThere: true },
};
const verdict = (check: string, facts: Partial<SetupFacts>) =>
  setupChecks({ ...sound, ...facts }).find((one) => one.check === check)?.verdict;
const running = (lastTick: number) => ({ database: { kind: "running", pid: 1, bytes: 1, lastTick } }) as const;

test.each<[string, string, Partial<SetupFacts>]>([
  ["node", "problem", { node: "20.18.3" }],
  ["node", "ok", { node: "22.0.0" }],
  ["project", "warning", { project: { kind: "read", errors: 0, warnings: 1, programs: 2 } }],
  ["folder", "problem", { folder: { path: ".cadenza", fileAt: null, reason: "EACCES" } }],
  ["file-clock", "unchecked", { folder: { path: ".cadenza", fileAt: null, reason: "EACCES" } }],
  ["file-clock", "problem", { folder: { path: ".cadenza", fileAt: now - 2 * minute, reason: null } }],
  ["disk", "unchecked", { freeBytes: null }],
  ["disk", "problem", { freeBytes: 99e6 }],
  ["disk", "warning", { freeBytes: 999e6 }],
  // A backup has to fit in beside the database.
  ["disk", "problem", { freeBytes: 5e9, database: { kind: "running", pid: 1, bytes: 6e9, lastTick: now } }],
  ["disk", "warning", { freeBytes: 5e9, database: { kind: "running", pid: 1, bytes: 3e9, lastTick: now } }],
  ["engine", "warning", { database: { kind: "open", version: 6, current: 6, bytes: 1, lastTick: now } }],
  ["tick-clock", "ok", running(now - 14 * minute)],
  ["tick-clock", "problem", running(now - 16 * minute)],
  ["tick-clock", "problem", running(now + 2 * minute)],
  ["backup", "ok", { backup: { file: "a.backup", at: now - 19 * hour, isThere: true } }],
  ["backup", "warning", { backup: { file: "a.backup", at: now - 21 * hour, isThere: true } }],
  ["backup", "warning", { backup: null }],
])("%s is %s", (check, expected, facts) => {
  expect(verdict(check, {})).toBe("ok");
  expect(verdict(check, facts)).toBe(expected);
});

const dkim = (value: string) => ({ type: "TXT", name: "s1._domainkey.mg.shop.example", value, isValid: true });
const facts: DnsFacts = { senders: ["shop.example"], domain: "mg.shop.example", records: [dkim("k=rsa; p=ABC")] };
const names: Readonly<Record<string, Texts>> = {
  "mg.shop.example": ["v=spf1 include:mailgun.org ~all"],
  "s1._domainkey.mg.shop.example": ["k=rsa; p=ABC"],
  "_dmarc.shop.example": ["v=DMARC1; p=none"],
};

test.each<[string, string, Partial<DnsFacts>, Readonly<Record<string, Texts>>]>([
  ["spf", "problem", {}, { "mg.shop.example": ["google-site-verification=x"] }],
  ["spf", "problem", {}, { "mg.shop.example": ["v=spf1 +all"] }],
  ["spf", "unchecked", {}, { "mg.shop.example": "ETIMEOUT" }],
  ["dkim", "problem", {}, { "s1._domainkey.mg.shop.example": [] }],
  ["dkim", "problem", {}, { "s1._domainkey.mg.shop.example": ["k=rsa; p=OTHER"] }],
  ["dkim", "ok", { records: [dkim("v=DKIM1; k=rsa; p=A B C")] }, {}],
  ["dkim", "unchecked", { records: null }, {}],
  ["dmarc", "warning", {}, { "_dmarc.shop.example": [] }],
  ["dmarc", "problem", {}, { "_dmarc.shop.example": ["v=DMARC1; rua=mailto:a@b"] }],
  ["dmarc", "problem", {}, { "_dmarc.shop.example": ["v=DMARC1; p=none", "v=DMARC1; p=reject"] }],
  // That of the domain above holds.
  ["dmarc", "ok", { senders: ["news.shop.example"] }, {}],
  ["alignment", "ok", { senders: ["news.shop.example"] }, {}],
  ["alignment", "ok", { senders: ["mg.shop.example"] }, { "_dmarc.mg.shop.example": ["v=DMARC1; p=none"] }],
  ["alignment", "problem", { senders: ["myshop.example"] }, {}],
  ["alignment", "problem", { domain: "mg.example", senders: ["shop.example"] }, {}],
])("%s is %s", async (check, expected, changed, other) => {
  const lookup = async (name: string) => ({ ...names, ...other })[name] ?? [];
  const found = await dnsChecks({ ...facts, ...changed }, lookup);
  expect(found.find((one) => one.check === check)?.verdict).toBe(expected);
  expect((await dnsChecks(facts, lookup)).length).toBe(4);
});
