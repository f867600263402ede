// The pages of a small project: golden files of each, links that lead somewhere, and text that stays text.

import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { FlowStep } from "../../compiler/describe/program.ts";
import { diagram, wrapped } from "../../runtime/docs/diagram.ts";
import { dictionaryPages } from "../../runtime/docs/pages.ts";
import { examplesPath } from "../support/cadenza.ts";
import { dictionaryOf } from "./dictionaries.ts";

const small = fileURLToPath(new URL("../golden/docs/small/", import.meta.url));
const pages = dictionaryPages(await dictionaryOf(small));

describe("the small project", () => {
  test.each([...pages.keys()])("%s", async (name) => {
    // The style is the same everywhere and looked at in a browser.
    const text = (pages.get(name) ?? "").replace(/<style>[\s\S]*?<\/style>\n/, "");
    await expect(text).toMatchFileSnapshot(`../golden/docs/small/expected/${name}`);
  });
  test("as JSON", async () => {
    const { mails, ...dictionary } = await dictionaryOf(small);
    await expect(`${JSON.stringify(dictionary, null, 2)}\n`).toMatchFileSnapshot(
      "../golden/docs/small/expected/dictionary.json",
    );
    expect(mails.map(({ email, variant, subject }) => `${email} ${variant ?? ""}: ${subject}`)).toEqual([
      "welcome : Welcome, Mia",
      "nudge : Still there?",
      "hint : For every customer",
      "receipt : Your receipt",
      "welcome for_bosses: For Mia & your team",
      "welcome short: Welcome!",
    ]);
  });
});

/** Links that lead to no page or to no place on it. */
function lost(all: ReadonlyMap<string, string>): readonly string[] {
  const places = new Set(
    [...all].flatMap(([name, text]) => [
      name,
      ...[...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => `${name}#${id}`),
    ]),
  );
  const links = [...all.values()].flatMap((text) =>
    [...withoutMails(text).matchAll(/ href="([^"]*)"/g)].map(([, href = ""]) => href),
  );
  expect(links.length).toBeGreaterThan(40);
  return links.filter((href) => !places.has(href));
}

const withoutMails = (text: string): string => text.replaceAll(/ srcdoc="[^"]*"/g, "");

test.each(["onboarding", "starter", "cdnow", "leads"])("every link of %s leads to its place", async (name) => {
  expect(lost(dictionaryPages(await dictionaryOf(`${examplesPath}${name}`)))).toEqual([]);
});

test("every link of the small project leads to its place, and each place is one", () => {
  expect(lost(pages)).toEqual([]);
  for (const text of pages.values()) {
    const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test("what a project says stays text, and pages load nothing", () => {
  for (const text of pages.values()) {
    expect(withoutMails(text)).not.toMatch(/<(script|img|link|object|embed|b|see)\b|javascript:|\bon\w+=/i);
    expect(text).toContain("default-src &#39;none&#39;");
    expect(withoutMails(text)).not.toMatch(/(src|href)="(https?:)?\/\//);
  }
  expect(pages.get("people.html")).toContain(
    "&lt;b&gt;Not&lt;/b&gt; bold: &quot;docs&quot; are text &amp; nothing else.",
  );
});

test("what a pack brings is told as the pack's, and a pack that is not used is not told", () => {
  const segments = pages.get("segments.html") ?? "";
  const entries = segments.split('<section class="entry" ').slice(1);
  const packed = entries.filter((entry) => entry.includes("From the pack <code>hygiene</code>"));
  expect(packed.map((entry) => /id="segment-(\w+)"/.exec(entry)?.[1])).toEqual([
    "Unmailable",
    "BadAddresses",
    "RoleAccounts",
    "TestAddresses",
    "Sunset",
  ]);
  expect(entries).toHaveLength(9);
  expect(packed[0]).toContain("Nothing may be sent: the address bounced");
  expect([...pages.values()].join("").match(/From the pack/g)).toHaveLength(5);
});

test("a mail stands in a frame that may do nothing", () => {
  const frames = [...(pages.get("emails.html") ?? "").matchAll(/<iframe ([^>]*)>/g)].map(
    ([, attributes = ""]) => attributes,
  );
  expect(frames).toHaveLength(5);
  for (const attributes of frames) expect(attributes).toMatch(/ sandbox="" srcdoc="[^"<>]*"$/);
});

const step = (text: string, more: Partial<FlowStep> = {}): FlowStep => ({
  kind: "act",
  text,
  link: null,
  branches: [],
  ...more,
});

describe("a diagram", () => {
  const draw = (steps: readonly FlowStep[]) => diagram("p", steps, () => null).markup;
  test("of nothing goes from start to end", () => {
    expect(draw([])).toMatch(/>start<[\s\S]*>end</);
  });
  test("has no end where everybody left before", () => {
    const leave = step("Leave", { kind: "end" });
    const both = step("If", {
      branches: [
        { label: "yes", steps: [leave] },
        { label: "no", steps: [leave] },
      ],
    });
    expect(draw([leave])).not.toContain(">end<");
    expect(draw([both])).not.toContain(">end<");
    expect(
      draw([
        step("If", {
          branches: [
            { label: "yes", steps: [leave] },
            { label: "no", steps: [] },
          ],
        }),
      ]),
    ).toContain(">end<");
  });
  test("is as wide as its branches side by side", () => {
    const width = (markup: string) => Number(/viewBox="0 0 (\d+)/.exec(markup)?.[1]);
    const fork = (inner: readonly FlowStep[]) =>
      step("If", {
        branches: [
          { label: "yes", steps: inner },
          { label: "no", steps: [] },
        ],
      });
    const [one, two, three] = [draw([step("a")]), draw([fork([])]), draw([fork([fork([])])])].map(width);
    expect([one, two, three]).toEqual([240, 484, 728]);
  });
});

test("words are cut into lines that fit", () => {
  expect(wrapped("Send the mail that says hello to everybody", 16)).toEqual([
    "Send the mail",
    "that says hello",
    "to everybody",
  ]);
  expect(wrapped("x".repeat(20), 8)).toEqual(["xxxxxxxx", "xxxxxxxx", "xxxx"]);
  expect(wrapped("", 8)).toEqual([""]);
});
