// Vocabularies in mails: whose words somebody gets, and what stands where a word is missing.

import { describe, expect, test } from "vitest";
import type { Vocabulary } from "../../compiler/ir/plan.ts";
import type { Type } from "../../compiler/types.ts";
import { loadRenderer } from "../../runtime/mail/render.ts";
import { email, nullable, project, recipient, text } from "./sample.ts";

const term = (name: string, singular: string, plural: string | null = null) => ({ name, singular, plural });
const vocabularies: readonly Vocabulary[] = [
  { name: "nonprofit", terms: [term("prospect", "donor", "donors"), term("deal", "gift")] },
  { name: "DE", terms: [term("prospect", "*Kunde* <b>", "Kunden")] },
  { name: "default", terms: [term("prospect", "customer", "customers")] },
];
const industry = nullable({ kind: "enum", values: ["software", "nonprofit"] });

async function said(body: string, value: string | null, type: Type = industry, spoken = vocabularies) {
  const renderer = await loadRenderer({ project, vocabularies: spoken });
  const mail = email(body, { subject: body, wordsFrom: "industry", isTransactional: true });
  const prepared = renderer.prepare(mail, [{ name: "industry", type }]);
  if (!prepared.ok) throw new Error(prepared.failure.text);
  const sent = prepared.value.render(recipient({ industry: value }));
  if (!sent.ok) throw new Error(sent.failure.text);
  const { message, without } = sent.value;
  return { subject: message.subject, html: message.html, text: message.text.split("\n", 1)[0], without };
}

describe("the words of a mail", () => {
  test.each([
    // The vocabulary that is named like the value.
    ["{{ words.prospect }}", "nonprofit", "donor"],
    ["{{ words.prospect.plural }}", "nonprofit", "donors"],
    // The one named `default`, for values without one of their own and for people without a value.
    ["{{ words.prospect }} {{ words.prospect.plural }}", "software", "customer customers"],
    ["{{ words.prospect }}", null, "customer"],
    // Else the term itself.
    ["{{ words.deal }}", "nonprofit", "gift"],
    ["{{ words.deal }}", "software", "deal"],
    // They are texts like all others.
    ["{{ words.prospect | capitalize }}{% if words.prospect == 'donor' %}!{% endif %}", "nonprofit", "Donor!"],
    ["{% assign who = words.prospect %}{{ who }}", "nonprofit", "donor"],
  ])("%s of %s", async (body, value, expected) => {
    expect(await said(body, value)).toMatchObject({ subject: expected, text: expected, without: [] });
  });
  test("are the term itself where no vocabulary has it and none is named default", async () => {
    const alone = vocabularies.slice(0, 1);
    expect((await said("{{ words.prospect }}", "software", industry, alone)).subject).toBe("prospect");
  });
  test("come from a text that differs in letter case or outer space, and from an exact one that does not", async () => {
    const of = async (value: string, isExact: boolean) =>
      (await said("{{ words.prospect }}", value, nullable({ kind: "text", isExact }))).subject;
    expect(await of(" NonProfit ", false)).toBe("donor");
    expect(await of("NonProfit", true)).toBe("customer");
    expect(await of("nonprofit", true)).toBe("donor");
  });
  test("are never read as Markdown or HTML", async () => {
    const { html, subject } = await said("{{ words.prospect }}", "DE", nullable({ kind: "country" }));
    expect(subject).toBe("*Kunde* <b>");
    expect(html).toContain("*Kunde* &lt;b&gt;");
  });
});

test("the field that the words come from is read where the mail has words, and only there", async () => {
  const renderer = await loadRenderer({ project, vocabularies });
  const reads = (body: string) => {
    const mail = email(body, { wordsFrom: "industry" });
    const prepared = renderer.prepare(mail, [{ name: "industry", type: nullable(text) }]);
    return prepared.ok ? prepared.value.reads : prepared.failure.code;
  };
  expect(reads("{{ words.prospect }}")).toEqual(["industry"]);
  expect(reads("Hello")).toEqual([]);
});
