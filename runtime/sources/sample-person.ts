// One sample person, so that a mail can be shown as somebody would get it: every field is known.

import type { TemplateField } from "../../compiler/template.ts";
import type { Scalar } from "../../compiler/types.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import type { Cell } from "../ports.ts";

/** When the sample mail is handed over, and every date of its person: 2 March 2026, 09:00 UTC. */
export const sampleInstant = Date.UTC(2026, 2, 2, 9);
export const sampleAddress = "mia.sample@mail.example";

export function sampleValues(fields: readonly TemplateField[], zone: string): Readonly<Record<string, Cell>> {
  return Object.fromEntries(
    fields.map(({ name, type }) => {
      const cell = sampleCell(type.scalar, name, zone);
      return [name, type.isList ? [cell] : cell];
    }),
  );
}

function sampleCell(scalar: Scalar, name: string, zone: string): Cell {
  switch (scalar.kind) {
    case "text":
      return sampleText(name);
    case "money":
      return "120.00";
    case "enum":
      return scalar.values[0] ?? null;
    case "number":
    case "percent":
      return 12;
    case "date":
      return "2026-03-02";
    case "datetime":
      return sampleInstant;
    case "timezone":
      return zone;
    case "country":
      return "DE";
    case "email":
      return sampleAddress;
    case "url":
      return `https://www.example/${name.replaceAll(/[^a-z0-9]+/gi, "-")}`;
    case "boolean":
      return true;
    case "duration":
      return 2_592_000;
    default:
      return unreachable(scalar);
  }
}

/** Who reads a sample must see at once which field stands there. */
function sampleText(name: string): string {
  const plain = name.replace(/^.*\./, "").toLowerCase();
  if (/^(first_?name|given_?name|name|firstname)$/.test(plain)) return "Mia";
  if (/^(last_?name|surname|family_?name)$/.test(plain)) return "Sample";
  return plain.replaceAll("_", " ");
}
