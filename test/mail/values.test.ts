// How values read in a mail, and how dates are formatted: the same on every machine.

import { describe, expect, test } from "vitest";
import { formatClock, parseLocal, wallClock } from "../../runtime/mail/dates.ts";
import { formatSender, parseAddress, parseSender } from "../../runtime/mail/headers.ts";
import { durationText, moneyText } from "../../runtime/mail/values.ts";
import { email, rendered } from "./sample.ts";

describe("texts of values", () => {
  test.each([
    ["1234.5", "EUR", "1,234.50 EUR"],
    ["-1234567.005", "EUR", "-1,234,567.01 EUR"],
    ["0.004", "USD", "0.00 USD"],
    ["-0.004", "USD", "0.00 USD"],
    ["999.995", "USD", "1,000.00 USD"],
    ["1500.4999", "JPY", "1,500 JPY"],
    ["1.23456", "KWD", "1.235 KWD"],
    ["12345678901234567890.12", "EUR", "12,345,678,901,234,567,890.12 EUR"],
  ])("%s %s reads %s", (amount, currency, expected) => {
    expect(moneyText(amount, currency)).toBe(expected);
  });
  test.each([
    [0, "0 seconds"],
    [1, "1 second"],
    [3 * 86_400, "3 days"],
    [9_000, "2 hours 30 minutes"],
    [90_061, "1 day 1 hour"],
    [-60, "-1 minute"],
  ])("%d seconds read %s", (seconds, expected) => {
    expect(durationText(seconds)).toBe(expected);
  });

  const shown: readonly (readonly [
    placeholder: string,
    values: Record<string, string | number | boolean | string[]>,
    expected: string,
  ])[] = [
    ["{{ seats }}", { seats: 1200.5 }, "1200.5"],
    ["{{ seats | plus: 1 }}", { seats: 2 }, "3"],
    ["{{ arr }}", { arr: "12.5" }, "12.50 EUR"],
    ["{% if arr > 12 %}more{% endif %}", { arr: "12.5" }, "more"],
    ["{{ discount }}", { discount: 12.5 }, "12.5%"],
    ["{{ is_vip }}", { is_vip: false }, "no"],
    ["{{ is_vip | default: 'unknown' }}", { is_vip: false }, "no"],
    ["{% if is_vip %}a{% else %}b{% endif %}", { is_vip: false }, "b"],
    ["{{ trial }}", { trial: 1_209_600 }, "14 days"],
    ["{{ renewal }}", { renewal: "2026-07-01" }, "2026-07-01"],
    ["{{ renewal | date: '%A, %-d %B %Y' }}", { renewal: "2026-07-01" }, "Wednesday, 1 July 2026"],
    ["{% if renewal > '2026-06-30' %}later{% endif %}", { renewal: "2026-07-01" }, "later"],
    ["{{ created }}", { created: Date.UTC(2026, 6, 1, 22, 30) }, "2026-07-02 00:30"],
    ["{{ created | date: '%H:%M %z' }}", { created: Date.UTC(2026, 0, 1, 22, 30) }, "23:30 +0100"],
    ["{{ 'now' | date: '%Y-%m-%d %H:%M' }}", {}, "2026-03-02 09:00"],
    ["{{ tags | join: ' / ' }}", { tags: ["a", "b"] }, "a / b"],
    ["{{ tags | array_to_sentence_string }}", { tags: ["a", "b", "c"] }, "a, b, and c"],
    ["{{ tags | first | upcase }} {{ tags.size }}", { tags: ["a", "b"] }, "A 2"],
    ["{% for tag in tags %}{{ tag }};{% endfor %}", { tags: ["a", "b"] }, "a;b;"],
    ["{{ first_name | default: 'there' }}", {}, "there"],
    ["{{ first_name | upcase | default: 'there' }}", {}, "there"],
    ["{{ company }} {{ company.plan }}", { company: "Acme", "company.plan": "team" }, "Acme team"],
    ["{{ company.plan }}", { "company.plan": "team" }, "team"],
    ["{{ event.plan }}", { "event.plan": "free" }, "free"],
    [
      "{% assign n = first_name %}{{ n }}{% capture c %}<{{ n }}>{% endcapture %} {{ c }} {{ c | upcase }}",
      { first_name: "Zoe" },
      "Zoe <Zoe> <ZOE>",
    ],
    ["{% raw %}{{ first_name }}{% endraw %}", {}, "{{ first_name }}"],
    ["{% cycle 'a', 'b' %}{% echo first_name %}", { first_name: "Zoe" }, "aZoe"],
  ];
  test.each(shown)("%s with %j", async (placeholder, values, expected) => {
    const { message, without } = await rendered(email("Hi", { subject: placeholder }), values);
    expect(message.subject).toBe(expected);
    expect(without).toEqual([]);
  });
});

describe("placeholders without a value", () => {
  test.each([
    ["{{ first_name }}", ["first_name"]],
    ["{{ first_name | upcase }}", ["first_name"]],
    ["{{ seats | plus: 1 }}", []],
    ["{{ company.plan }}", ["company.plan"]],
    ["{{ first_name | default: '' }}", []],
    ["{% echo first_name %}", ["echo first_name"]],
  ])("%s", async (placeholder, expected) => {
    const { message, without } = await rendered(email(`Hi ${placeholder}.`));
    if (expected.length > 0) expect(message.text).toContain("Hi .");
    expect(without.map((label) => label.replace(/^\{% | %\}$/g, ""))).toEqual(expected);
  });
  test("a value that is no link where a link stands", async () => {
    const { message, without } = await rendered(email("[Go]({{ site }})"), { site: "javascript:alert(1)" });
    expect(message.html).toContain('<a href="">Go</a>');
    expect(without).toEqual(["site"]);
  });
});

describe("clocks", () => {
  test.each([
    [Date.UTC(2026, 2, 29, 0, 59), "Europe/Berlin", "2026-03-29 01:59 +0100"],
    [Date.UTC(2026, 2, 29, 1, 0), "Europe/Berlin", "2026-03-29 03:00 +0200"],
    [Date.UTC(2026, 0, 1, 0, 0), "America/New_York", "2025-12-31 19:00 -0500"],
    [Date.UTC(2026, 0, 1, 0, 0), "Asia/Kathmandu", "2026-01-01 05:45 +0545"],
    [Date.UTC(1969, 11, 31, 23, 59, 59, 500), "UTC", "1969-12-31 23:59 +0000"],
  ])("%d in %s", (instant, zone, expected) => {
    expect(formatClock(wallClock(instant, zone), "%F %R %z")).toBe(expected);
  });
  test("every code", () => {
    const clock = parseLocal("2024-12-05 13:07:09");
    const pattern = "%Y %y %m %-m %d %-d %e %H %I %l %k %M %S %j %u %b %B %a %A %p %P %D %T %Z %% %Q";
    expect(clock && formatClock(clock, pattern)).toBe(
      "2024 24 12 12 05 5 5 13 01 1 13 07 09 340 4 Dec December Thu Thursday PM pm 12/05/24 13:07:09 UTC % %Q",
    );
  });
});

describe("addresses", () => {
  test.each([
    ["ana@acme.example", null, "ana@acme.example"],
    ["Ana from Acme <ana@acme.example>", "Ana from Acme", "Ana from Acme <ana@acme.example>"],
    ['"Acme, Inc." <a@acme.example>', "Acme, Inc.", '"Acme, Inc." <a@acme.example>'],
    ["Zoë <z@acme.example>", "Zoë", "Zoë <z@acme.example>"],
  ])("%s", (text, name, formatted) => {
    const sender = parseSender(text);
    expect(sender?.name ?? null).toBe(name);
    expect(sender && formatSender(sender)).toBe(formatted);
  });
  test.each([
    "",
    "ana",
    "a@b@c",
    "a@x.example, b@x.example",
    "a@x.example\r\nBcc: b@x.example",
    "<a@x.example>",
    "a b@x.example",
  ])("%j is not one address", (text) => {
    expect(parseAddress(text)).toBeNull();
  });
});
