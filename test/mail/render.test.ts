// Whole mails: three goldens, and the parts that depend on the project and the email.

import { describe, expect, test } from "vitest";
import type { Catalog } from "../../compiler/ir/catalog.ts";
import { checkTemplate } from "../../compiler/template.ts";
import { emlOf } from "../../runtime/mail/eml.ts";
import { templateFields } from "../../runtime/mail/fields.ts";
import { loadRenderer } from "../../runtime/mail/render.ts";
import { email, fields, html, nullable, project, recipient, render, rendered, text } from "./sample.ts";

const welcome = email(
  `# Welcome{% if first_name %}, {{ first_name }}{% endif %}

You have **{{ seats | default: 1 }}** seats for {{ arr | default: 0 }} a year{% if renewal %}, until {{ renewal | date: "%-d %B %Y" }}{% endif %}.

{% for tag in tags %}* {{ tag }}
{% endfor %}
[Open your account](https://acme.example/start?email={{ email }}&name={{ first_name | default: '' | url_encode }}) or look at
[your site]({{ site | default: "https://acme.example" }}).

> {{ note | default: "No note." }}
`,
  {
    subject: "Welcome, {{ first_name | default: 'there' }}!",
    previewText: "{{ seats | default: 1 }} seats are waiting",
  },
);

const newsletter = email("", {
  ...html(`<!DOCTYPE html>
<html>
<head><title>News</title></head>
<body style="background: #eeeeee">
<h1>News for {{ company | default: "you" }}</h1>
<table role="presentation"><tr><td><img src="https://acme.example/{{ company.plan | default: 'free' }}.png" alt="Plan {{ company.plan | default: 'free' }}"></td></tr></table>
<p><a href="{{ site | default: 'https://acme.example' }}">Your page</a> – {{ note | default: "" }}</p>
</body>
</html>
`),
  subject: "News of {{ 'now' | date: '%B %Y' }}",
  previewText: "What is new",
  topic: "newsletter",
  replyTo: "Editors <news@acme.example>",
});

const receipt = email("Thank you for {{ arr | default: 0 }}, {{ first_name | default: 'friend' }}.\n", {
  subject: "Your receipt",
  isTransactional: true,
  topic: null,
});

const values = {
  email: "zoe+news@x.example",
  first_name: "Zoë <b>",
  seats: 12,
  arr: "12345.6",
  renewal: "2026-12-01",
  tags: ["first & foremost", "*second*"],
  site: "https://x.example/zoë?a=1&b=2",
  note: "Line one\nline two {{ email }} [x](https://evil.example)",
  company: "Müller & Söhne",
  "company.plan": "team",
};

describe("golden mails", () => {
  test.each([
    ["welcome", welcome],
    ["newsletter", newsletter],
    ["receipt", receipt],
  ])("%s", async (name, mail) => {
    const { message, without } = await rendered(mail, values);
    expect(without).toEqual([]);
    await expect(emlOf(message).replaceAll("\r\n", "\n")).toMatchFileSnapshot(`../golden/mail/${name}.eml`);
  });
  test.each([welcome, newsletter, receipt])("have placeholders that pass the check", (mail) => {
    for (const text of [mail.subject, mail.previewText ?? "", mail.body.source]) {
      const at = (start: number, end: number) => ({ file: "a", start, end });
      expect(checkTemplate({ text, at, fields, words: null, isLost: () => false, known: new Set() })).toEqual([]);
    }
  });
});

describe("how a mail can be stopped", () => {
  const stopOf = async (more: Parameters<typeof email>[1]) => {
    const { message } = await rendered(email("Hi", more));
    const header = message.headers.find(({ name }) => name === "List-Unsubscribe")?.value ?? null;
    return { header, line: /^To stop.*$/m.exec(message.text)?.[0] ?? null };
  };
  test("at the sender, with the topic", async () => {
    expect(await stopOf({})).toEqual({
      header: "<mailto:ana@acme.example?subject=unsubscribe%20product_tips>",
      line: 'To stop these mails, write to ana@acme.example with the subject "unsubscribe product_tips".',
    });
  });
  test("at the address for replies where there is one", async () => {
    const { header } = await stopOf({ replyTo: "Help <help@acme.example>" });
    expect(header).toBe("<mailto:help@acme.example?subject=unsubscribe%20product_tips>");
  });
  test("not at all where it is transactional", async () => {
    expect(await stopOf({ isTransactional: true })).toEqual({ header: null, line: null });
  });
});

describe("what is prepared once", () => {
  test("tells the fields that the templates read", async () => {
    const renderer = await loadRenderer({ project });
    const reads = (mail: typeof welcome) => {
      const prepared = renderer.prepare(mail, fields);
      return prepared.ok ? prepared.value.reads : prepared.failure.code;
    };
    expect(reads(welcome)).toEqual(["arr", "email", "first_name", "note", "renewal", "seats", "site", "tags"]);
    expect(reads(newsletter)).toEqual(["company", "company.plan", "note", "site"]);
    expect(reads(email("{% assign email = 1 %}{{ email }}"))).toEqual([]);
  });
  test("gives every person their own mail, whichever way they take", async () => {
    const renderer = await loadRenderer({ project });
    const prepared = renderer.prepare(welcome, fields);
    if (!prepared.ok) throw new Error(prepared.failure.text);
    const subjects = ["Ana", null, "Bo", "Ana"].map((first_name) => {
      const result = prepared.value.render(recipient({ ...values, first_name }));
      return result.ok
        ? [result.value.message.subject, /Welcome[^<]*(?=<\/h1>)/.exec(result.value.message.html)?.[0]]
        : null;
    });
    expect(subjects).toEqual([
      ["Welcome, Ana!", "Welcome, Ana"],
      ["Welcome, there!", "Welcome"],
      ["Welcome, Bo!", "Welcome, Bo"],
      ["Welcome, Ana!", "Welcome, Ana"],
    ]);
  });
  test("numbers that come as text count as numbers", async () => {
    const renderer = await loadRenderer({ project });
    const prepared = renderer.prepare(email("{{ n | plus: 1 }}"), [{ name: "n", type: nullable({ kind: "number" }) }]);
    const result = prepared.ok ? prepared.value.render(recipient({ n: "41" })) : prepared;
    expect(result.ok && result.value.message.text.split("\n")[0]).toBe("42");
  });
});

test("the fields of a catalog: companies and starting events may be missing, so theirs may be unknown", () => {
  const id = { scalar: text, isList: false, isNullable: false };
  const field = (name: string) => ({ name, type: id, isKey: false, doc: null });
  const event = (name: string) => ({ name, fields: [field("plan")], key: null, isBuiltIn: false, isMail: false });
  const catalog: Catalog = {
    contact: { fields: [field("email")], key: "email", address: "email", zone: null, country: null },
    company: { fields: [field("size")], key: "size" },
    events: [event("signed_up"), event("purchased")],
    lists: [],
    topics: [],
  };
  expect(templateFields(catalog, [], ["signed_up"])).toEqual([
    { name: "email", type: id },
    { name: "company.size", type: { ...id, isNullable: true } },
    { name: "event.plan", type: { ...id, isNullable: true } },
  ]);
  expect(templateFields({ ...catalog, company: null }, [], []).map(({ name }) => name)).toEqual(["email"]);
});

describe("what cannot be rendered", () => {
  test.each([
    ["a template that cannot be read", email("{{ first_name"), {}, "F303"],
    ["a loop without end", email("{% for i in (1..999999999) %}x{% endfor %}"), {}, "F303"],
    ["a sender that is no address", email("Hi", { sender: "Ana" }), {}, "F304"],
    ["a sender with a line break", email("Hi", { sender: "Ana\r\nBcc: x@x.example <a@x.example>" }), {}, "F304"],
    ["a value in a script", email("", html("<script>let a = '{{ first_name }}'</script>")), {}, "F307"],
    ["a value in a style sheet", email("", html("<style>p { color: {{ first_name }} }</style>")), {}, "F307"],
    ["a value without quotes", email("", html("<a href={{ first_name | default: 'x' }}>Go</a>")), {}, "F307"],
    ["a value as a tag", email("", html("<{{ first_name }}>Go")), {}, "F307"],
    ["a reply address that is none", email("Hi", { replyTo: "a@x.example, b@x.example" }), {}, "F304"],
  ])("%s", async (_, mail, given, code) => {
    expect(await render(mail, given)).toMatchObject({ ok: false, failure: { code } });
  });
});
