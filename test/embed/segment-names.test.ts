// How a segment is asked for by name: with its arguments as they are written.

import { expect, test } from "vitest";
import { compile, segmentSql } from "../../runtime/index.ts";

const source = `
project shop < time zone "UTC"  currency EUR  sender "Shop <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email  code text exact? >
segment Coded(wanted text exact, span duration = 1d) where code = wanted and not opened in span
segment All where in Coded("a b") or in Coded("ab") or in Coded("AB") or in Coded("a \\"b", 90d)
`;

test.each([
  ['Coded("a b")', "a b"],
  ['Coded("ab")', "ab"],
  ['Coded("AB")', "AB"],
  ['coded( "AB" )', "AB"],
  ['Coded("a \\"b",90d)', 'a "b'],
])("%s is the one with that argument", (name, code) => {
  const { plan } = compile([{ path: "shop.cdz", text: source }]);
  if (!plan) throw new Error("the source has errors");
  const found = segmentSql(plan, name, Date.parse("2026-03-01T00:00:00Z"));
  expect(found.ok && Object.values(found.value.params)).toContain(JSON.stringify(code));
});

test("one with parameters is found only with arguments that the project gives it", () => {
  const { plan } = compile([{ path: "shop.cdz", text: source }]);
  if (!plan) throw new Error("the source has errors");
  const found = segmentSql(plan, "Coded", Date.parse("2026-03-01T00:00:00Z"));
  expect(found.ok ? "" : found.failure.help).toContain("with arguments that the project itself gives it");
});
