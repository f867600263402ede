// Values that a test gives to people, companies and events, and what stands where it gives none.

import type { Assign } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import { repeated } from "../catalog.ts";
import type { Operand } from "../checked.ts";
import type { CheckedSet } from "../checked-program.ts";
import type { CheckedColumn } from "../checked-test.ts";
import type { Context } from "../context.ts";
import { countryOf } from "../countries.ts";
import type { EventTable, Field } from "../ir/catalog.ts";
import { declaredBy, fieldNamed, missing } from "./operand.ts";
import { checkAssigned, checkWritten } from "./set.ts";
import type { Story } from "./test-story.ts";
import { checkValue } from "./value.ts";

/** Fields that are written, each with its place in the catalog. */
interface Table {
  readonly context: Context;
  readonly fields: readonly Field[];
  readonly operandOf: (assign: Assign) => Operand | null;
}

export function checkContactRow(
  story: Story,
  assigns: readonly Assign[],
  key: "key may be given" | "key stands",
): readonly CheckedColumn[] {
  const { context } = story;
  const operandOf = ({ name }: Assign) =>
    key === "key may be given" ? fieldNamed(context, name) : checkWritten(context, name);
  return checkAssigns({ context, fields: context.scope.contact?.fields ?? [], operandOf }, assigns);
}

export function checkEventRow(story: Story, table: EventTable, assigns: readonly Assign[]): readonly CheckedColumn[] {
  const context: Context = { ...story.context, event: table };
  const operandOf = ({ name }: Assign) => {
    if (name.text !== "at") return fieldNamed(context, name);
    context.report(diagnose("E859", name.span, {}));
    return null;
  };
  return checkAssigns({ context, fields: table.fields, operandOf }, assigns);
}

export function checkCompanyRow(story: Story, assigns: readonly Assign[]): readonly CheckedColumn[] {
  const { context } = story;
  const { company } = context.scope;
  const fields = company?.fields ?? [];
  const operandOf = ({ name }: Assign): Operand | null => {
    const field = fields.find((candidate) => candidate.name === name.text);
    if (!field) {
      const wanted = { what: "field of `company` called", starters: ["company"] };
      return missing(
        context,
        name,
        wanted,
        fields.map((candidate) => candidate.name),
      );
    }
    if (name.text === company?.key) context.report(diagnose("E852", name.span, { what: "The key" }));
    const { type } = field;
    return { term: { kind: "company field", name: name.text, type }, type, name: name.text };
  };
  return checkAssigns({ context, fields, operandOf }, assigns);
}

function checkAssigns(table: Table, assigns: readonly Assign[]): readonly CheckedColumn[] {
  const { context, fields, operandOf } = table;
  for (const name of repeated(assigns.map((assign) => assign.name))) {
    context.report(diagnose("E231", name.span, { what: "The field", name: name.text }));
  }
  // Where no name fits, it is another table that was meant: one finding says so.
  const isNone = assigns.every(({ name }) => fields.every((field) => field.name !== name.text));
  return (isNone ? assigns.slice(0, 1) : assigns).flatMap((assign) => {
    const operand = operandOf(assign);
    const field = operand && fields.find(({ name }) => name === operand.name);
    if (!field || readsField(context, assign)) return [];
    const value = checkGiven(context, operand, assign);
    return value ? [{ field, value }] : [];
  });
}

/** True, and reported, where a value is another field's. */
function readsField(context: Context, { value }: Assign): boolean {
  const values = value === null ? [] : "kind" in value ? [value] : value;
  const read = values.find(({ kind }) => kind === "field value");
  if (read) context.report(diagnose("E855", read.span, {}));
  return read !== undefined;
}

/** Properties of mail events that are names of declarations take those. */
function checkGiven(context: Context, operand: Operand, { name, value }: Assign): CheckedSet | null {
  const declared = declaredBy(context, operand.term);
  if (declared === null || value === null || !("kind" in value)) return checkAssigned(context, operand, name, value);
  const checked = checkValue(context, value, { type: operand.type, subject: `\`${operand.name}\``, declared });
  return checked && { kind: "value", value: checked };
}

/** All fields: those that are given, and for the others what a test need not say. `span`: where a field is missed. */
export function filled(
  story: Story,
  fields: readonly Field[],
  given: readonly CheckedColumn[],
  span: Span,
): readonly CheckedColumn[] {
  return fields.map((field) => {
    const known = given.find((column) => column.field === field);
    return known ?? { field, value: unsaid(story, field, span) };
  });
}

function unsaid(story: Story, field: Field, span: Span): CheckedColumn["value"] {
  const { type, isKey } = field;
  if (!isKey && (type.isNullable || type.isList)) return { kind: "unknown" };
  const { scalar } = type;
  const text = (value: string): CheckedColumn["value"] => ({ kind: "given", text: value });
  switch (scalar.kind) {
    case "text":
      return { kind: isKey ? "occurrence" : "name" };
    case "email":
      return { kind: "address" };
    case "url":
      return text("https://test.example/");
    case "number":
    case "money":
    case "percent":
    case "duration":
      return text("0");
    case "boolean":
      return text("false");
    case "date":
    case "datetime":
      return { kind: "now" };
    case "enum":
      return { kind: "given", text: scalar.values[0] ?? null };
    case "timezone":
      return text(story.context.scope.settings.zone);
    case "country":
      return text(projectCountry(story, field, span));
    default:
      return unreachable(scalar);
  }
}

function projectCountry({ context }: Story, { name }: Field, span: Span): string {
  const { zone } = context.scope.settings;
  const country = countryOf(zone);
  if (country === null) context.report(diagnose("E858", span, { name, zone }));
  return country ?? "";
}
