// Style sheets of bodies: rules move to the elements that they are for, and values stay what they are.

import { describe, expect, test } from "vitest";
import { loadRenderer } from "../../runtime/mail/render.ts";
import { email, fields, html, project, recipient } from "./sample.ts";

const renderer = await loadRenderer({ project, hasStyles: true });

async function page(source: string, values: Record<string, string> = {}) {
  const prepared = renderer.prepare(email("", { ...html(source), isTransactional: true }), fields);
  const made = prepared.ok ? prepared.value.render(recipient(values)) : prepared;
  return made.ok ? made.value.message.html : made.failure.code;
}

const whole = (style: string, body: string) =>
  `<!DOCTYPE html><html><head><style>${style}</style></head><body>${body}</body></html>`;

describe("a rule of a style sheet", () => {
  test("moves to the elements that it is for, and the sheet is gone", async () => {
    const made = await page(whole("p.big { color: red } td > b { margin: 0 }", '<p class="big">A</p><p>B</p>'));
    expect(made).toContain('<p class="big" style="color: red;">A</p><p>B</p>');
    expect(made).not.toContain("<style");
  });
  test("gives way to what stands at the element", async () => {
    const made = await page(whole("p { color: red; margin: 0 }", '<p style="color: blue">A</p>'));
    expect(made).toContain('style="margin: 0; color: blue;"');
  });
  test("that cannot move stays", async () => {
    const made = await page(whole("a:hover { color: red } @media (max-width: 9px) { p { color: blue } }", "<p>A</p>"));
    expect(made).toMatch(/<style>[\s\S]*a:hover[\s\S]*@media[\s\S]*<\/style>/);
    expect(made).toContain("<p>A</p>");
  });
  test.each([
    "p { color: red",
    "}}}{{",
    "p { color: ; } <!--",
    "@import url(https://x.example/a.css); p { color: red }",
  ])("that cannot be read does no harm: %s", async (style) => {
    expect(await page(whole(style.replaceAll("{{", "{ {"), "<p>Hello</p>"))).toContain("Hello</p>");
  });
});

describe("a value beside a style sheet", () => {
  const sheet = "p, a { color: red }";
  const evil = `"><script>alert(1)</script>'`;
  test("is text in text, attributes and links all the same", async () => {
    const body = `<p title='{{ note }}'>{{ note }}</p><a href="{{ site }}">x</a><p style="color: {{ first_name }}">y</p>`;
    const made = await page(whole(sheet, body), {
      note: evil,
      site: "javascript:alert(1)",
      first_name: "blue; background: url(https://evil.example)",
    });
    expect(made).not.toContain("<script>");
    expect(made).toContain("&gt;&lt;script&gt;");
    expect(made).not.toContain("javascript");
    expect(made).not.toContain("url(");
  });
  test.each([
    ["in the sheet", whole("p { color: {{ first_name }} }", "<p>A</p>")],
    ["without quotes", whole(sheet, "<p title={{ first_name }}>A</p>")],
    ["in a script", whole(sheet, "<script>let a = '{{ first_name }}'</script>")],
    ["in a handler", whole(sheet, `<p onclick="{{ first_name }}">A</p>`)],
  ])("%s is refused all the same", async (_, source) => {
    expect(await page(source, { first_name: "x" })).toBe("F307");
  });
});
