// Whatever a field holds, it stays text: the mail keeps the structure that a harmless value gives it.

import fc from "fast-check";
import { Parser } from "htmlparser2";
import { expect, test } from "vitest";
import { emlOf } from "../../runtime/mail/eml.ts";
import { loadRenderer, type Rendered } from "../../runtime/mail/render.ts";
import { email, fields, html, project, recipient } from "./sample.ts";

const markdownBody = `# Hi {{ first_name | default: 'there' }}

**{{ note }}** 100%{{ note }} {{ note }}{{ note }}recipient *{{ note }}*, \`{{ note }}\`, a{{ note }}b

> {{ note }}

* {{ note }}
* [{{ note }}](https://acme.example/?q={{ note }}) and [site]({{ site }}) and ![{{ note }}]({{ site }} "{{ note }}")
* <https://acme.example/{{ note }}>, [mail](mailto:{{ note }}?subject={{ note }}), <b>{{ note }}</b>

| {{ note }} | b |
|---|---|
| {{ note }} | c |

{% capture block %}## {{ note }}{% endcapture %}{{ block }}

{{ note | append: "<i>" | prepend: "](" }}

\`\`\`{{ note }}
{{ note }}
\`\`\`
`;
const htmlBody = `<html><head><title>{{ note }}</title><style>p { color: red }</style></head>
<body class="{{ note }}"><!-- {{ note }} --><p title='{{ note }}' style="color: {{ note }}">{{ note }}</p>
<a href="{{ site }}">1</a><a href='https://{{ note }}/'>2</a><a href="https://a.example{{ note }}/x">3</a>
<a href="mailto:{{ note }}">4</a><a href="{{ note }}">5</a><a href="javascript:{{ note }}">6</a><img src="{{ site }}" alt="{{ note }}">
<script>let a = "b";</script><textarea>{{ note }}</textarea></body></html>`;

const bodies = [
  email(markdownBody, { subject: "For {{ note }}!", previewText: "See {{ note }}" }),
  email("", { ...html(htmlBody), subject: "{{ note }} now" }),
];

const nasty = fc.constantFrom(
  "<script>alert(1)</script>",
  "</p>",
  "-->",
  "<!--",
  "]]>",
  '"',
  "'",
  "`",
  "&lt;",
  "&",
  "<b",
  "{{ email }}",
  "{% if email %}",
  "{% raw %}",
  "](javascript:alert(1))",
  "[a](b)",
  "*",
  "_",
  "# ",
  "\n\n",
  "\r\nBcc: x@x.example\r\n",
  "\0",
  "\u202e",
  "\u2028",
  "\ud800",
  "javascript:alert(1)",
  "https://evil.example/",
  "data:text/html,x",
  "%recipient.email%",
  "%",
  "recipient.email%",
  "unsubscribe_url%",
  "%unsubscribe_url%",
  "%0d%0a",
  "</style>",
  "</script>",
  "</textarea>",
  "</title>",
  "|",
  "\t",
  "@evil.example",
  ".evil.example",
  "//evil.example",
  "\\",
  ";",
  "url(x)",
  "expression(1)",
);
const value = fc
  .array(fc.oneof(nasty, fc.string({ unit: "grapheme", maxLength: 8 }), fc.string({ unit: "binary", maxLength: 4 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(""));

/** Tags, and names of attributes, in order. */
function structure(text: string): readonly string[] {
  const found: string[] = [];
  const parser = new Parser({
    onopentag: (name, attributes) => void found.push(`<${name} ${Object.keys(attributes).join(" ")}>`),
    onclosetag: (name) => void found.push(`</${name}>`),
    oncomment: () => void found.push("<!---->"),
    onprocessinginstruction: (name) => void found.push(`<${name}>`),
  });
  parser.end(text);
  return found;
}

function links(text: string): readonly string[] {
  const found: string[] = [];
  const parser = new Parser({
    onattribute: (name, link) => void (name === "href" || name === "src" ? found.push(link) : null),
  });
  parser.end(text);
  return found;
}

function textWithin(text: string, tag: string): string {
  const open: string[] = [];
  const found: string[] = [];
  const parser = new Parser({
    onopentag: (name) => void open.push(name),
    onclosetag: () => void open.pop(),
    ontext: (part) => void (open.includes(tag) ? found.push(part) : null),
  });
  parser.end(text);
  return found.join("");
}

const headerNames = (rendered: Rendered): readonly string[] =>
  (emlOf(rendered.message).split("\r\n\r\n", 1)[0] ?? "")
    .split(/\r\n(?![ \t])/)
    .map((line) => line.split(":", 1)[0] ?? "");

const clean = (text: string) =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/[\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu, "")
    .trim();

const renderer = await loadRenderer({ project });
const prepared = bodies.map((mail) => {
  const result = renderer.prepare(mail, fields);
  if (!result.ok) throw new Error(result.failure.text);
  return (note: string): Rendered => {
    const values = { email: "ana@x.example", note, site: note, first_name: note };
    const outcome = result.value.render(recipient(values));
    if (!outcome.ok) throw new Error(outcome.failure.text);
    return outcome.value;
  };
});

test.each([0, 1])("nothing leaves its place in body %i", (index) => {
  const render = prepared[index];
  if (!render) throw new Error("no body");
  const harmless = render("Zoe");
  const tags = structure(harmless.message.html);
  expect(tags.length).toBeGreaterThan(20);
  fc.assert(
    fc.property(value, (note) => {
      const { message } = render(note);
      expect(structure(message.html)).toEqual(tags);
      for (const link of links(message.html)) expect(link).toMatch(/^(https?:\/\/|mailto:|tel:|$)/i);
      for (const link of links(message.html)) expect(link).not.toMatch(/^https:\/\/a\.example[^/]*[.@]/);
      expect(message.html + message.text + message.subject).not.toMatch(/%recipient|%unsubscribe_url%/i);
      expect(message.subject + message.text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
      expect(headerNames({ message, without: [] })).toEqual(headerNames(harmless));
      expect(message.text.split("\n").length).toBe(harmless.message.text.split("\n").length);
    }),
    { numRuns: 300 },
  );
});

test("what a field holds is shown as it is", () => {
  const [render] = prepared;
  fc.assert(
    fc.property(value, (note) => {
      const { message } = render?.(note) ?? { message: { html: "", subject: "" } };
      const expected = clean(note);
      expect(textWithin(message.html, "strong").replaceAll("\u2060", "")).toBe(expected.replaceAll("\u2060", ""));
      const subject = clean(`For ${expected}!`);
      expect(message.subject.replaceAll("\u2060", "")).toBe(subject.replaceAll("\u2060", ""));
    }),
    { numRuns: 200 },
  );
});

test("a receiver's address is one address, or nothing is rendered", () => {
  const result = renderer.prepare(email("Hi"), fields);
  if (!result.ok) throw new Error(result.failure.text);
  fc.assert(
    fc.property(value, (to) => {
      const outcome = result.value.render({ ...recipient(), to });
      if (outcome.ok) expect(outcome.value.message.to).toMatch(/^[^\s<>,;:"]+@[^\s<>,;:"@]+$/);
      else expect(outcome.failure.code).toBe("F305");
    }),
    { numRuns: 300 },
  );
});
