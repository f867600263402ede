// What is found in the placeholders of a mail, each finding with its code and the exact text it points at.

import { describe, expect, test } from "vitest";
import { checkTemplate, type TemplateField } from "../../compiler/template.ts";
import type { Scalar, Type } from "../../compiler/types.ts";

const text: Scalar = { kind: "text", isExact: false };
const required = (scalar: Scalar): Type => ({ scalar, isList: false, isNullable: false });
const nullable = (scalar: Scalar): Type => ({ scalar, isList: false, isNullable: true });

const fields: readonly TemplateField[] = [
  { name: "email", type: required({ kind: "email" }) },
  { name: "first_name", type: nullable(text) },
  { name: "role", type: nullable({ kind: "enum", values: ["user", "influencer"] }) },
  { name: "seats", type: nullable({ kind: "number" }) },
  { name: "is_vip", type: nullable({ kind: "boolean" }) },
  { name: "tags", type: { scalar: text, isList: true, isNullable: true } },
  { name: "labels", type: { scalar: text, isList: true, isNullable: false } },
  { name: "company", type: nullable(text) },
  { name: "company.plan", type: nullable(text) },
  { name: "event.plan", type: required({ kind: "enum", values: ["free", "team"] }) },
];

function check(template: string, known: readonly string[] = []): readonly string[] {
  const found = checkTemplate({
    text: template,
    at: (start, end) => ({ file: "mail/a.md", start: start + 100, end: end + 100 }),
    fields,
    words: null,
    isLost: () => false,
    known: new Set(known),
  });
  return found.map(({ code, span }) => `${code} ${template.slice(span.start - 100, span.end - 100)}`);
}

const findings: readonly (readonly [template: string, ...expected: string[]])[] = [
  ["Hello"],
  ["Hello {{ email }}"],
  ["{{ first_name }}", "E603 first_name"],
  ["{{first_name|upcase}}", "E603 first_name"],
  ["{{- first_name -}}", "E603 first_name"],
  ["{{ first_name | default: 'there' }}"],
  ["{{ first_name | upcase | default: 'there' }}"],
  ["{{ first_name | append: '!' | default: 'there' }}", "E603 first_name"],
  ["{{ seats | plus: 1 | default: 0 }}", "E603 seats"],
  ["{{ seats | default: 0 | plus: 1 }}"],
  ["{{ first_name | default: company }}", "E603 company"],
  ["{{ first_name | default: company | default: 'there' }}"],
  ["{{ email | append: first_name }}", "E603 first_name"],
  ["{{ event.plan }}"],
  ["{{ company.plan }}", "E603 company.plan"],
  ["{{ company['plan'] | default: '' }}"],
  // Names
  ["Dear {{ fist_name | default: '' }}", "E602 fist_name"],
  ["{{ company.size }}", "E603 company.size"],
  ["{{ company.plam | default: '' }}", "E602 company.plam"],
  ["{{ contact.email }}", "E602 contact.email"],
  ["{{ event.product }}", "E602 event.product"],
  ["{{ email[first_name] }}", "E602 email[first_name]"],
  ["{{ words.prospect }}", "E608 words.prospect"],
  ["{% if fist_name %}a{% endif %}", "E602 fist_name"],
  ["{{ email | append: nobody }}", "E602 nobody"],
  // Conditions
  ["{% if first_name %}{{ first_name }}{% endif %}"],
  ["{% if first_name %}a{% else %}{{ first_name }}{% endif %}", "E603 first_name"],
  ["{% if first_name %}a{% endif %}{{ first_name }}", "E603 first_name"],
  ["{% if first_name and seats > 3 %}{{ first_name }} {{ seats }}{% endif %}"],
  ["{% if first_name or role %}{{ first_name }}{% endif %}", "E603 first_name"],
  ["{% if role == 'user' %}{{ role }}{% elsif seats %}{{ seats }}{{ role }}{% endif %}", "E603 role"],
  ["{% if first_name == nil %}a{% else %}{{ first_name }}{% endif %}"],
  ["{% if first_name == blank %}a{% elsif role %}{{ first_name }}{{ role }}{% endif %}"],
  ["{% if first_name != empty %}{{ first_name }}{% endif %}", "E603 first_name"],
  ["{% if role != 'user' %}{{ role }}{% endif %}", "E603 role"],
  ["{% if not first_name %}a{% else %}{{ first_name }}{% endif %}"],
  ["{% unless first_name %}a{% else %}{{ first_name }}{% endunless %}"],
  ["{% unless first_name %}{{ first_name }}{% endunless %}", "E603 first_name"],
  ["{% case role %}{% when 'user', 'influencer' %}{{ role }}{% else %}{{ role }}{% endcase %}", "E603 role"],
  ["{% if company.plan %}{{ company.plan }}{% endif %}"],
  ["{% if is_vip %}{{ is_vip }}{% endif %}"],
  // Variables of the template's own
  ["{% assign name = first_name %}{{ name }}", "E603 name"],
  ["{% assign name = first_name | default: 'you' %}{{ name }}"],
  ["{% assign name = first_name %}{% if name %}{{ name }}{% endif %}"],
  ["{% if role %}{% assign word = 'x' %}{% endif %}{{ word }}", "E603 word"],
  ["{% if role %}{% assign word = 'x' %}{% else %}{% assign word = 'y' %}{% endif %}{{ word }}"],
  ["{% capture hi %}Hi {{ first_name }}{% endcapture %}{{ hi }}", "E603 first_name"],
  ["{% for tag in tags %}{{ tag }} {{ forloop.index }}{% endfor %}"],
  ["{% for tag in tags %}a{% endfor %}{{ tag }}", "E602 tag"],
  ["{% for tag in tags limit: seats %}{{ tag }}{% endfor %}", "E603 seats"],
  ["{% for i in (1..seats) %}{{ i }}{% endfor %}", "E603 seats"],
  ["{% liquid\n assign n = seats\n echo n\n%}", "E603 n"],
  ["{% cycle first_name, 'b' %}", "E603 first_name"],
  ["{% increment counter %}{{ counter }}"],
  ["{% comment %}{{ nonsense }}{% endcomment %}"],
  ["{% raw %}{{ nonsense }}{% endraw %}"],
  // Lists
  ["{{ labels }}", "E604 labels"],
  ["{{ labels | join: ', ' }}"],
  ["{{ labels | sort }}", "E604 labels"],
  ["{{ labels.size }} {{ tags | size }}"],
  // Any list may be empty, and then it has no first item.
  ["{{ labels | first }} {{ labels[0] }} {{ labels.last }}", "E603 labels", "E603 labels[0]", "E603 labels.last"],
  ["{{ labels.first | default: 'none' }} {{ labels | last | default: 'none' }}"],
  ["{% if labels %}{{ labels.first }}{% endif %}"],
  ["{% if labels.first %}{{ labels.first }}{% endif %}"],
  ["{% for label in labels %}{{ labels[0] }}{{ label }}{% endfor %}"],
  ["{% for label in labels %}{{ labels[1] }}{% endfor %}", "E603 labels[1]"],
  ["{{ tags | join: ', ' }}", "E603 tags"],
  ["{{ labels | upcase }}", "E604 labels"],
  ["{{ email | split: '@' }}", "E604 email"],
  // Filters and tags
  ["{{ email | upcsae }}", "E605 upcsae"],
  ["{{ email | raw }}", "E609 raw"],
  ["{{ labels | sample }}", "E609 sample"],
  ["{% include 'footer' %}", "E607 {% include 'footer' %}"],
  ["{% render 'footer' %} {{ fist_name }}", "E607 {% render 'footer' %}", "E602 fist_name"],
  ["{% tablerow i in labels %}{{ i }}{% endtablerow %}", "E607 {% tablerow i in labels %}", "E602 i"],
  ["{% fi email %}a", "E606 {% fi email %}"],
  ["{% endif %}", "E601 {% endif %}"],
  // Syntax
  ["{{ first name }}", "E602 first name"],
  ["{{ email seats }}", "E601 seats"],
  ["Hi {{ email", "E601 {{ email"],
  ["Hi {{ email }\nand more", "E147 {{ email }"],
  ["{{ }} and {{ fist_name }}", "E601 }", "E602 fist_name"],
  ["{% if email = 'a' %}b{% endif %}", "E601 = 'a'"],
  ["{% if email %}b", "E601 {% if email %}"],
  ["{% for a of labels %}{% endfor %}", "E601 {% for a of labels %}"],
  ["{{ email ! upcase }} {% if email %}{{ also bad | x ! }}{% endif %}", "E601 ! upcase", "E601 !"],
];

describe("findings in templates", () => {
  test.each(findings)("%s", (template, ...expected) => {
    expect(check(template)).toEqual(expected);
  });
  test("a field that the audience proves known needs no default", () => {
    expect(check("{{ first_name }} {{ company.plan }}", ["first_name", "company.plan"])).toEqual([]);
    expect(check("{% assign name = first_name %}{{ name }}", ["first_name"])).toEqual([]);
  });
  test("a template nested beyond reason is refused, not a crash", () => {
    const deep = "{% if email %}".repeat(20_000) + "{% endif %}".repeat(20_000);
    expect(check(deep)).toHaveLength(1);
  });
});

describe("fixes", () => {
  const fixed = (template: string): string => {
    const [found] = checkTemplate({
      text: template,
      at: (start, end) => ({ file: "a", start, end }),
      fields,
      words: null,
      isLost: () => false,
      known: new Set(),
    });
    const edits = found?.fixes[0]?.edits ?? [];
    return edits.reduce((all, { span, text }) => all.slice(0, span.start) + text + all.slice(span.end), template);
  };
  test.each([
    ["Hi {{ first_name }}!", "Hi {{ first_name | default: '' }}!"],
    ["{{ first_name | upcase }}", "{{ first_name | default: '' | upcase }}"],
    ["{{ seats }}", "{{ seats | default: 0 }}"],
    ["{{ emial }}", "{{ email }}"],
    ["{{ first name | default: '' }}", "{{ first_name | default: '' }}"],
    ["{{ contact.email }}", "{{ email }}"],
    ["{{ labels }}", "{{ labels | join: ', ' }}"],
    ["{{ email | upcsae }}", "{{ email | upcase }}"],
    ["{% captrue x %}", "{% capture x %}"],
  ])("%s becomes %s", (before, after) => {
    expect(fixed(before)).toBe(after);
  });
});
