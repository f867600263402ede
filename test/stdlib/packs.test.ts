// What holds for every pack of the standard library, whatever it is about.

import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { parseAll } from "../../compiler/packs/parse.ts";
import { isError } from "../../grammar/diagnostics/table.ts";
import type { Declaration } from "../../grammar/ast/file.ts";
import { parse } from "../../grammar/parse.ts";
import { print } from "../../grammar/print.ts";
import { packs } from "../../stdlib/packs.ts";
import { world } from "../compiler/project.ts";

const nameOf = (path: string) => path.replace(/^stdlib\/|\.cdz$/g, "");
const names = packs.map(({ path }) => nameOf(path));
const textOf = (name: string) => packs.find(({ path }) => nameOf(path) === name)?.text ?? "";
const head = 'project shop < language 1  time zone "Europe/Berlin"  currency EUR >\n';

/** A contact with the fields that the pack of that name asks for. */
function contactFor(name: string): string {
  const text = textOf(name);
  const declared = parse({ path: name, text }).file.declarations;
  const asked = declared.flatMap((node) => (node.kind === "contact" ? node.fields : []));
  const fields = asked.map(({ span }) => text.slice(span.start, span.end));
  return `contact < id text key  address email  ${fields.join("  ")} >\n`;
}

describe.each(names)("%s", (name) => {
  const text = textOf(name);

  test("is laid out as every file is", () => {
    const { file, diagnostics } = parse({ path: name, text });
    expect(diagnostics).toEqual([]);
    expect(print(file)).toBe(text);
  });
  test("fits a project that has what it asks for, and says nothing", () => {
    const { diagnostics, plan } = compile([{ path: "a.cdz", text: `${head}${contactFor(name)}use ${name}\n` }], world);
    expect(diagnostics.map(({ code, text }) => `${code} ${text}`)).toEqual([]);
    expect(plan).not.toBeNull();
  });
  test("says of each declaration what it is, and opens with what it is about", () => {
    expect(text).toMatch(/^# [A-Z]/);
    const silent = parse({ path: name, text }).file.declarations.filter(
      (node) => node.kind !== "contact" && node.kind !== "vocabulary" && node.kind !== "policy" && node.doc === null,
    );
    expect(silent.map((node) => text.slice(node.span.start, node.span.start + 40))).toEqual([]);
  });
});

test("two packs that declare one name declare the same", () => {
  const { packs: files } = parseAll([{ path: "a.cdz", text: names.map((name) => `use ${name}`).join("\n") }], packs);
  expect(files).toHaveLength(names.length);
  const first = new Map<string, string>();
  const different: string[] = [];
  for (const { file } of files) {
    for (const node of file.declarations) {
      const written = file.source.text.slice(node.span.start, node.span.end).replaceAll(/\s+/g, " ");
      const key = keyOf(node);
      if (key !== null && (first.get(key) ?? written) !== written) different.push(key);
      if (key !== null) first.set(key, written);
    }
  }
  expect(different).toEqual([]);
});

const keyOf = (node: Declaration) => ("name" in node && node.kind !== "use" ? `${node.kind} ${node.name.text}` : null);

test("all packs together fit one project", () => {
  const needed = names
    .map(contactFor)
    .join("")
    .matchAll(/address email {2}(.*) >/g);
  const fields = [
    ...new Set([...needed].flatMap(([, fields = ""]) => fields.split("  ").filter((field) => field !== ""))),
  ];
  const contact = `contact < id text key  address email  ${fields.join("  ")} >\n`;
  const uses = names.map((name) => `use ${name}\n`).join("");
  const { diagnostics } = compile([{ path: "a.cdz", text: head + contact + uses }], world);
  expect(diagnostics.filter(isError)).toEqual([]);
});
