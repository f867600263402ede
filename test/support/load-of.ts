// Builds a `load` in its compiled form from a short notation, and a plan to run it in.

import type { Catalog, Field } from "../../compiler/ir/catalog.ts";
import type { Literal } from "../../compiler/ir/condition.ts";
import type { Load, LoadSource, LoadTarget, MappedTo, Mapping } from "../../compiler/ir/load.ts";

interface From {
  /** Name of the column, or its place. */
  readonly from: string | number;
  readonly as?: string;
  readonly in?: string;
  /** null is unknown. */
  readonly with?: Readonly<Record<string, string | number | boolean | null>>;
  readonly otherwise?: string | number | boolean | null;
}
export interface LoadNotation {
  /** `contact`, `company`, or the name of an event, list or topic. */
  readonly to: string;
  readonly path: string;
  readonly format?: Load["format"];
  readonly delimiter?: string;
  readonly hasHeader?: boolean;
  readonly encoding?: string;
  readonly unknown?: readonly string[];
  readonly rowsWhere?: Load["rowsWhere"];
  /** By field; `contact`, `at`, `event id`, `state` and `source` are what they are called. */
  readonly map: Readonly<Record<string, string | number | From>>;
}

const span = { file: "test.cdz", start: 0, end: 0 };

function targetOf(catalog: Catalog, to: string): LoadTarget {
  if (to === "contact" || to === "company") return { kind: to };
  if (catalog.events.some(({ name }) => name === to)) return { kind: "event", name: to };
  if (catalog.lists.some(({ name }) => name === to)) return { kind: "list", name: to };
  return { kind: "topic", name: to };
}

function fieldsOf(catalog: Catalog, target: LoadTarget): readonly Field[] {
  if (target.kind === "contact") return catalog.contact.fields;
  if (target.kind === "company") return catalog.company?.fields ?? [];
  return catalog.events.find(({ name }) => target.kind === "event" && name === target.name)?.fields ?? [];
}

function mappedTo(name: string, fields: readonly Field[]): MappedTo {
  const field = fields.find((one) => one.name === name);
  if (field) return { kind: "field", name, type: field.type, isKey: field.isKey };
  switch (name) {
    case "contact":
    case "at":
    case "event id":
    case "state":
    case "source":
      return { kind: name };
    default:
      throw new Error(`no field ${name}`);
  }
}

function literal(value: string | number | boolean): Literal {
  if (typeof value === "string") return { kind: "text", value };
  return typeof value === "number" ? { kind: "number", value } : { kind: "boolean", value };
}

const literalOrUnknown = (value: string | number | boolean | null) => (value === null ? null : literal(value));

export const sourceOf = (from: string | number): LoadSource =>
  typeof from === "number" ? { kind: "position", index: from } : { kind: "column", name: from };

function mappingOf(to: MappedTo, notation: string | number | From): Mapping {
  const from: From = typeof notation === "object" ? notation : { from: notation };
  return {
    to,
    from: sourceOf(from.from),
    format: from.as ?? null,
    zone: from.in ?? null,
    values: from.with
      ? Object.entries(from.with).map(([text, value]) => ({ from: text, to: literalOrUnknown(value) }))
      : null,
    otherwise: from.otherwise === undefined ? null : { to: literalOrUnknown(from.otherwise) },
    span,
  };
}

export function loadOf(catalog: Catalog, notation: LoadNotation): Load {
  const target = targetOf(catalog, notation.to);
  const fields = fieldsOf(catalog, target);
  return {
    name: notation.to,
    target,
    format: notation.format ?? "csv",
    path: notation.path,
    delimiter: notation.delimiter ?? null,
    hasHeader: notation.hasHeader ?? true,
    encoding: notation.encoding ?? null,
    unknown: notation.unknown ?? [],
    rowsWhere: notation.rowsWhere ?? [],
    refreshEvery: null,
    mappings: Object.entries(notation.map).map(([name, from]) => mappingOf(mappedTo(name, fields), from)),
    span,
  };
}
