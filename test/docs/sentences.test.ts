// Conditions in plain English.

import fc from "fast-check";
import { expect, test } from "vitest";
import { isZone } from "../../compiler/calendar.ts";
import { describeProject } from "../../compiler/describe/project.ts";
import { parseAll } from "../../compiler/packs/parse.ts";
import { resolve } from "../../compiler/resolve.ts";
import { CadenzaParser } from "../../grammar/parser/cadenza-parser.ts";
import { dictionaryPages } from "../../runtime/docs/pages.ts";
import { Sentences } from "../grammar/sentences.ts";
import { describedWithShop } from "./dictionaries.ts";

const sentence = (condition: string, before = ""): string | undefined =>
  describedWithShop(`${before}\nsegment Asked where ${condition}`).segments.find(({ name }) => name === "Asked")
    ?.sentence;

test.each([
  ["everyone", "Everyone."],
  [
    "role = decision_maker and not opened in 90d",
    "People whose role is decision maker and who have not opened a mail in the last 90 days.",
  ],
  ["purchased", "People who have purchased."],
  [
    "purchased exactly 1 time and purchased before 30d ago",
    "People who have purchased exactly once and who have purchased more than 30 days ago.",
  ],
  ["received at least 3 times in 90d", "People who have received at least 3 mails in the last 90 days."],
  ["not received at least 3 times in 90d", "People who have received fewer than 3 mails in the last 90 days."],
  ["not purchased exactly 2 times", "People who have not purchased exactly twice."],
  [
    "opened welcome at least 2 times in 1mo",
    "People who have opened the mail welcome at least twice in the last month.",
  ],
  ["clicked including machines in last week", "People who have clicked in a mail (by machines, too) last week."],
  [
    "received where (topic = newsletter) in 6mo",
    "People who have received a mail (where the topic is newsletter) in the last 6 months.",
  ],
  [
    'visited where (url starts with "https://shop.example/" and referrer is known) since 2026-01-01',
    "People who have visited the site (where the url starts with “https://shop.example/” and the referrer is known) since 2026-01-01.",
  ],
  [
    "purchased where (amount >= 100 EUR) between 30d ago and now",
    "People who have purchased (where the amount is at least 100 EUR) between 30 days ago and now.",
  ],
  ["seats >= 200", "People whose seats are at least 200."],
  ["not seats >= 200", "People whose seats are not at least 200 (or not known)."],
  ["role != user", "People whose role is not user (or not known)."],
  ["not role != user", "People whose role is user."],
  ["role in (user, influencer)", "People whose role is user or influencer."],
  ["role not in (user, influencer)", "People whose role is not user or influencer (or not known)."],
  ["first_name is unknown", "People whose first name is not known."],
  ["not first_name is unknown", "People whose first name is known."],
  ["vip is yes", "People whose vip is yes."],
  ["not vip is yes", "People whose vip is not yes."],
  ["company.employees >= 200", "People whose company’s employees are at least 200."],
  ["created before 90d ago", "People whose created is more than 90 days ago."],
  ["not created after 2026-01-01", "People whose created is not after 2026-01-01."],
  ["created >= 2026-01-01", "People whose created is at the earliest 2026-01-01."],
  ["renewal in next month", "People whose renewal is in next month."],
  ["renewal between now and 30d from now", "People whose renewal is between now and 30 days from now."],
  [
    "in Customers and in beta and not in Suppressed",
    "People who are in Customers, who are in beta, and who are not in Suppressed.",
  ],
  [
    "subscribed to newsletter or unsubscribed from product_tips",
    "People who are subscribed to newsletter or who have refused product_tips.",
  ],
  ["sample 10% and not sample 5%", "People who fall in a random 10% and who do not fall in a random 5%."],
  [
    "vip is yes and (role = user or seats > 3)",
    "People whose vip is yes and either whose role is user or whose seats are above 3.",
  ],
  [
    "vip is yes or (role = user and (seats > 3 or purchased))",
    "People whose vip is yes or both whose role is user and (whose seats are above 3 or who have purchased).",
  ],
  [
    "not (role = user or seats > 3)",
    "People whose role is not user (or not known) and whose seats are not above 3 (or not known).",
  ],
  ["not (vip is yes and purchased)", "People whose vip is not yes or who have not purchased."],
  [
    "requested_demo followed by purchased within 7d",
    "People who have requested demo followed within 7 days by ‘purchased’.",
  ],
  [
    "requested_demo not followed by purchased within 7d",
    "People who have requested demo not followed within 7 days by ‘purchased’.",
  ],
  [
    "sum of purchased.amount in 1y >= 500 EUR",
    "People whose total purchased amount in the last year is at least 500 EUR.",
  ],
  [
    "count of distinct purchased.product > 3",
    "People whose number of different product values of “purchased” is above 3.",
  ],
  ['last purchased.product = "Book"', "People whose last purchased product is “Book”."],
  ["role has been user for 30d", "People whose role has been user for 30 days."],
  ["role changed in 30d", "People whose role has changed in the last 30 days."],
  ['tags contains all of ("a", "b")', "People whose tags contain “a” and “b”."],
  ['not first_name starts with "A"', "People whose first name does not start with “A” (or not known)."],
] as const)("%s", (condition, expected) => {
  expect(sentence(condition)).toBe(expected);
});

test("a condition and its double negation are one sentence", () => {
  const conditions = [
    ...[
      "role = user",
      "role != user",
      "seats < 3",
      "first_name is unknown",
      "role not in (user, influencer)",
      "in Customers",
    ],
    ...["purchased at least 3 times", "not opened in 90d", "vip is yes and (role = user or seats > 3)", "sample 10%"],
  ];
  for (const condition of conditions) {
    expect(sentence(`not (not (${condition}))`)).toBe(sentence(condition));
    expect(sentence(`not (${condition})`)).not.toBe(sentence(condition));
  }
});

const productions = new CadenzaParser({ validates: false, recovers: true }).getGAstProductions();

test("whatever the grammar accepts can be described and shown", () => {
  let segments = 0;
  const property = fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
    const text = new Sentences(productions, seed).declarations(4).join(" ");
    const parsed = parseAll([{ path: "main.cdz", text }], []);
    const { scope, declarations } = resolve(parsed, isZone, () => {});
    const dictionary = describeProject({ scope, declarations, brought: [], shows: new Map() });
    segments += dictionary.segments.length;
    for (const segment of dictionary.segments) expect(segment.sentence).toMatch(/^(Everyone|People \S.*[^ ])\.$/su);
    expect(JSON.stringify(dictionary)).not.toMatch(/undefined|\[object|NaN/);
    expect(dictionaryPages({ ...dictionary, mails: [] }).size).toBe(8);
  });
  fc.assert(property, { numRuns: 500 });
  expect(segments).toBeGreaterThan(50);
});

test("segments, scores, funnels and programs are named", () => {
  const before = `score Engagement < opened adds 1 >
funnel Lifecycle < stage lead  stage mql when score Engagement >= 50 >
segment Quiet(period duration) where not purchased in period
program hello < start when signed_up  send welcome >`;
  expect(sentence("score Engagement >= 20 and stage Lifecycle = mql", before)).toBe(
    "People whose score Engagement is at least 20 and whose stage in Lifecycle is mql.",
  );
  expect(sentence("in Quiet(60d) and not in program hello", before)).toBe(
    "People who are in Quiet (60 days) and who are not in the program hello.",
  );
});

test("a segment with a parameter says so", () => {
  const { segments } = describedWithShop("segment Quiet(period duration = 90d) where not purchased in period");
  expect(segments.at(-1)).toMatchObject({
    parameters: ["period duration = 90d"],
    sentence: "People who have not purchased in the last ‹period›.",
  });
});
