// Variants of emails: what each replaces, and what is known of the people who get it.

import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { textOf } from "../../compiler/ir/email.ts";
import { lowerProject } from "../../compiler/lower/project.ts";
import { checkWithPrelude, compileWithPrelude } from "./project.ts";

/** Codes of E6 with the text they stand at. */
function findings(text: string): readonly string[] {
  const { diagnostics, sources } = compileWithPrelude(text);
  return diagnostics
    .filter(({ code }) => code.startsWith("E"))
    .map(({ code, span }) => {
      const source = sources.find(({ path }) => path === span.file)?.text ?? "";
      return `${code} ${source.slice(span.start, span.end)}`;
    });
}

const unsafe = "E603 first_name";

describe("a placeholder is safe", () => {
  const mail = (parts: string) => `email a < text "Hello"  topic tips  ${parts} >`;
  const send = (steps: string) => `program p < start when signed_up  goal purchased  ${steps} >`;
  test.each([
    // By the condition of its variant.
    [`subject "A"  variant v when first_name is known then < subject "{{ first_name }}" >`, "send a", []],
    [`subject "A"  variant v when seats is known then < subject "{{ first_name }}" >`, "send a", [unsafe]],
    // Whom an earlier variant takes does not come to a later one, nor to the email itself.
    [`subject "{{ first_name }}"  variant v when first_name is unknown then < subject "A" >`, "send a", []],
    [
      `subject "A"  variant v when first_name is unknown then < >  variant w when vip is yes then < subject "{{ first_name }}" >`,
      "send a",
      [],
    ],
    [
      `subject "A"  variant w when vip is yes then < subject "{{ first_name }}" >  variant v when first_name is unknown then < >`,
      "send a",
      [unsafe],
    ],
    // Whoever is sent a variant by its name need not fulfil its condition.
    [
      `subject "A"  variant v when first_name is known then < subject "{{ first_name }}" >`,
      "send a variant v",
      [unsafe],
    ],
    [
      `subject "A"  variant v < subject "{{ first_name }}" >`,
      "if first_name is known then < send a variant v >  wait 1d  send a",
      [],
    ],
    // What a variant does not replace is read as its people get it.
    [`subject "{{ first_name }}"  variant v < preview text "B" >`, "send a variant v", [unsafe]],
    [
      `subject "{{ first_name }}"  variant v < preview text "B" >`,
      "if first_name is known then < send a variant v >",
      [],
    ],
    // Nobody gets the email itself, and nobody gets the other variant.
    [`subject "{{ first_name }}"  variant v < subject "B" >`, "send a variant v", []],
    [`subject "A"  variant v < subject "{{ first_name }}" >`, "send a", []],
    // The fields that there are, are asked for all the same.
    [`subject "A"  variant v < subject "{{ frist_name }}" >`, "send a", ["E602 frist_name"]],
  ])("%s %s", (parts, steps, expected) => {
    expect(findings(`${mail(parts)} ${send(steps)}`)).toEqual(expected);
  });
  test("where no program sends the mail yet only what the variants ask for is known", () => {
    const variant = `variant v when first_name is known then < subject "{{ first_name }}" >`;
    expect(findings(mail(`subject "A"  ${variant}`))).toEqual([]);
    expect(findings(mail(`subject "{{ first_name }}"  ${variant}`))).toEqual([unsafe]);
  });
});

test("a body file of a variant is read, and its mistakes are shown in it", () => {
  const text = `email a < subject "A"  text "Hello"  topic tips  variant v < body "mail/broken.md" > >`;
  const { diagnostics, sources } = compileWithPrelude(text);
  expect(sources.map(({ path }) => path)).toContain("mail/broken.md");
  const source = sources.find(({ path }) => path === "mail/broken.md")?.text ?? "";
  const own = diagnostics.filter(({ span }) => span.file === "mail/broken.md");
  expect(own.map(({ code, span }) => `${code} ${source.slice(span.start, span.end)}`)).toEqual([
    "E602 frist_name",
    "E603 company.plan",
  ]);
});

test("emails hold what they are made of", () => {
  const text = `email a < subject "A"  text "Hello"  topic tips  words from role  attach "files/terms.pdf"  skip caps
    variant v when vip is yes then < subject "B"  sender "Ben <ben@shop.example>" > >`;
  const email = checkWithPrelude(text).project.emails.find(({ name }) => name === "a");
  const bytes = Buffer.from([0x25, 0xff, 0xfe]);
  expect(email).toMatchObject({
    wordsFrom: { name: "role" },
    email: { attachments: [{ name: "terms.pdf", digest: createHash("sha256").update(bytes).digest("hex"), size: 3 }] },
    files: [{ content: bytes.toString("base64") }],
    skipsCaps: true,
    variants: [
      {
        name: "v",
        when: { kind: "compare" },
        wording: { subject: { text: "B" }, preview: null, body: null, sender: "Ben <ben@shop.example>" },
      },
    ],
  });
});

test("the plan has what each variant replaces, in the order written, and who is given it", () => {
  const text = `email a < subject "A"  text "Hello"  topic tips
    variant nonprofit when in Rich then < subject "B"  sender "Ben <ben@shop.example>" >
    variant brief < text "Hi"  preview text "C" > >
    segment Rich where arr >= 500 EUR`;
  const { emails, segments } = lowerProject(checkWithPrelude(text).project);
  const email = emails.find(({ name }) => name === "a");
  const none = { subject: null, body: null, sender: null, previewText: null };
  expect(email?.variants).toEqual([
    {
      ...none,
      name: "nonprofit",
      when: { kind: "in segment", segment: "Rich" },
      subject: "B",
      sender: "Ben <ben@shop.example>",
    },
    {
      ...none,
      name: "brief",
      when: null,
      body: { kind: "markdown", source: "Hi", file: null },
      previewText: "C",
    },
  ]);
  expect(segments.map(({ id }) => id)).toContain("Rich");
  const read = (variant: string | null) => email && textOf(email, variant);
  expect(read(null)).toMatchObject({ subject: "A", sender: "Ana from the shop <ana@shop.example>" });
  expect(read("brief")).toMatchObject({ subject: "A", body: { source: "Hi" }, previewText: "C", topic: "tips" });
  expect(read("long")).toBeNull();
});

test("a segment with arguments that only a variant asks for stands in the plan", () => {
  const text = `email a < subject "A"  text "Hello"  topic tips  variant v when in Quiet(9d) then < subject "B" > >
    segment Quiet(span duration) where not purchased in span`;
  expect(lowerProject(checkWithPrelude(text).project).segments.map(({ id }) => id)).toContain("Quiet(9d)");
});
