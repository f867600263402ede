// Loads: what is filled from which column, and in what shape the file is.

import type { Load as LoadNode, LoadOption } from "../../grammar/ast/declaration.ts";
import type { Name, NumberValue, Text } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Field } from "../ir/catalog.ts";
import type { Length } from "../ir/condition.ts";
import type { Load, LoadSource, LoadTarget, MappedTo, Mapping } from "../ir/load.ts";
import { kindOf, namesOf, type Report, type Scope } from "../scope.ts";
import { listed } from "../type-words.ts";
import { checkMapping } from "./mapping.ts";
import { checkWait } from "./moment.ts";
import { missing } from "./operand.ts";
import { nearest } from "../similar.ts";
import { replace, suggested } from "../fixes.ts";

/** null where it is wrong, which is reported. */
export function checkLoad(scope: Scope, report: Report, node: LoadNode): Load | null {
  const target = targetOf(scope, report, node);
  const hasHeader = node.format !== "csv" || !node.options.some(({ kind }) => kind === "no header");
  checkOptions(node, hasHeader, report);
  const refreshEvery = checkRefresh(scope, report, node);
  if (!target) return null;
  const places = placesOf(scope, target);
  const mappings = node.mappings.map((mapping) => {
    const to = places.get(mapping.target.text);
    checkColumn(mapping.source, hasHeader, report);
    if (!to) unknownPlace(scope, report, mapping.target, node.target.text, [...places.keys()]);
    return to ? checkMapping(scope, report, mapping, to, columnOf(mapping.source)) : null;
  });
  checkTwice(node, report);
  // A name that nothing has is the needed one misspelt, more likely than not.
  if (node.mappings.every(({ target }) => places.has(target.text))) checkNeeded(node, target, places, report);
  const read = <K extends LoadOption["kind"]>(kind: K) =>
    node.options.filter((option): option is LoadOption & { readonly kind: K } => option.kind === kind);
  return {
    name: node.target.text,
    target,
    format: node.format,
    path: node.path.value,
    delimiter: read("delimiter")[0]?.value.value ?? null,
    hasHeader,
    encoding: read("encoding")[0]?.value.value ?? null,
    unknown: read("unknown is").flatMap(({ values }) => values.map(({ value }) => value)),
    rowsWhere: read("rows where").map(({ column, negated, values }) => ({
      column: columnOf(column),
      isNegated: negated,
      values: values.map(({ value }) => value),
    })),
    refreshEvery,
    mappings: mappings.filter((mapping): mapping is Mapping => mapping !== null),
    span: node.span,
  };
}

function targetOf(scope: Scope, report: Report, { target: name, mappings }: LoadNode): LoadTarget | null {
  const { text } = name;
  if (text === "contact") return scope.contact && { kind: "contact" };
  if (text === "company") {
    if (scope.company) return { kind: "company" };
    const isLost = mappings.some(({ target }) => scope.isLost(target.text, []));
    return isLost ? null : missing({ scope, report }, name, { what: "declaration of", starters: ["company"] }, []);
  }
  const shared = scope.shared.get(text);
  if (shared?.kind === "event" || shared?.kind === "list") {
    if (!scope.topics.has(text)) return { kind: shared.kind, name: text };
    report(diagnose("E824", name.span, { name: text, is: shared.kind }));
    return null;
  }
  if (scope.topics.has(text)) return { kind: "topic", name: text };
  const is = kindOf(scope, text);
  if (is !== null) {
    report(diagnose("E222", name.span, { name: text, is, wanted: "an event, a list or a topic" }));
    return null;
  }
  const names = [...namesOf(scope, "event"), ...namesOf(scope, "list"), ...scope.topics.keys()];
  const wanted = { what: "event, list or topic", starters: ["event", "list", "topic"] };
  return missing({ scope, report }, name, wanted, names);
}

/** What a load of this target can fill, by the name that stands before `from`. */
function placesOf(scope: Scope, target: LoadTarget): ReadonlyMap<string, MappedTo> {
  const fields = (fields: readonly Field[]) =>
    fields.map(({ name, type, isKey }): [string, MappedTo] => [name, { kind: "field", name, type, isKey }]);
  const own = (...kinds: readonly ("contact" | "at" | "event id" | "state" | "source")[]) =>
    kinds.map((kind): [string, MappedTo] => [kind, { kind }]);
  switch (target.kind) {
    case "contact":
      return new Map(fields(scope.contact?.fields ?? []));
    case "company":
      return new Map(fields(scope.company?.fields ?? []));
    case "list":
      return new Map(own("contact", "at"));
    case "topic":
      return new Map(own("contact", "state", "at", "source"));
    default: {
      const shared = scope.shared.get(target.name);
      const properties = shared?.kind === "event" ? shared.table.fields : [];
      return new Map([...fields(properties), ...own("contact", "at", "event id")]);
    }
  }
}

function unknownPlace(scope: Scope, report: Report, name: Name, target: string, places: readonly string[]): void {
  if (scope.isLost(name.text, ["contact", "company", "event"])) return;
  const near = nearest(name.text, places);
  const fixes = near === null ? [] : [suggested(`Write \`${near}\``, replace(name.span, near))];
  report(diagnose("E810", name.span, { name: name.text, target, fields: listed(places) }, { fixes }));
}

export function columnOf(source: Name | Text | NumberValue): LoadSource {
  if (source.kind === "number") return { kind: "position", index: source.value };
  return { kind: "column", name: source.kind === "text" ? source.value : source.text };
}

function checkColumn(source: Name | Text | NumberValue, hasHeader: boolean, report: Report): void {
  if (source.kind === "number") {
    if (!Number.isSafeInteger(source.value) || source.value < 1) {
      report(diagnose("E815", source.span, { found: source.digits }));
    }
  } else if (!hasHeader) {
    report(diagnose("E817", source.span, { found: source.kind === "text" ? source.value : source.text }));
  }
}

const repeatable: ReadonlySet<string> = new Set(["rows where", "unknown is"]);
const csvOnly: ReadonlySet<string> = new Set(["delimiter", "no header", "encoding"]);

function checkOptions({ options, format }: LoadNode, hasHeader: boolean, report: Report): void {
  const seen = new Set<string>();
  for (const option of options) {
    const { kind, span } = option;
    if (seen.has(kind) && !repeatable.has(kind)) report(diagnose("E801", span, { setting: kind }));
    else if (format !== "csv" && csvOnly.has(kind)) report(diagnose("E816", span, { option: kind, format }));
    if (option.kind === "delimiter" && !isDelimiter(option.value.value)) {
      report(diagnose("E821", option.value.span, {}));
    }
    if (option.kind === "rows where") checkColumn(option.column, hasHeader, report);
    seen.add(kind);
  }
}

function checkRefresh(scope: Scope, report: Report, { options }: LoadNode): Length | null {
  const option = options.find((option) => option.kind === "refresh every");
  return option ? checkWait({ scope, report }, option.duration) : null;
}

/** What the readers of files can look for: one byte. */
const isDelimiter = (text: string): boolean => text.length === 1 && text.charCodeAt(0) < 128;

function checkTwice({ mappings }: LoadNode, report: Report): void {
  const seen = new Set<string>();
  for (const { target } of mappings) {
    if (seen.has(target.text)) report(diagnose("E814", target.span, { target: target.text }));
    seen.add(target.text);
  }
}

/** What every load of its kind must fill: who a row belongs to, and when an event happened. */
function checkNeeded(node: LoadNode, target: LoadTarget, places: ReadonlyMap<string, MappedTo>, report: Report): void {
  const { text, span } = node.target;
  const filled = new Set(node.mappings.map((mapping) => mapping.target.text));
  const key = [...places].find(([, to]) => to.kind === "field" && to.isKey)?.[0];
  const isTable = target.kind === "contact" || target.kind === "company";
  const needed = isTable
    ? key === undefined
      ? []
      : [key]
    : target.kind === "topic"
      ? ["contact", "state"]
      : ["contact"];
  for (const name of needed) if (!filled.has(name)) report(diagnose("E811", span, { target: text, name }));
  if (target.kind === "event" && !filled.has("at")) report(diagnose("E812", span, { target: text }));
}

/** Required fields that no load fills: all loads of contacts together, each load of an event by itself. */
export function checkFilled(scope: Scope, report: Report, nodes: readonly LoadNode[], loads: readonly Load[]): void {
  const tables = ["contact", "company"].map((name) => loads.filter((load) => load.name === name));
  const events = loads.filter(({ target }) => target.kind === "event").map((load) => [load]);
  for (const group of [...tables, ...events]) {
    const [first] = group;
    const node = nodes.find(({ span }) => span === first?.span);
    if (!first || !node) continue;
    const filled = new Set(
      group.flatMap(({ mappings }) => mappings.map(({ to }) => (to.kind === "field" ? to.name : ""))),
    );
    for (const field of requiredFields(scope, first.target)) {
      if (filled.has(field.name)) continue;
      report(diagnose("W813", node.target.span, { target: first.name, field: field.name }));
    }
  }
}

function requiredFields(scope: Scope, target: LoadTarget): readonly Field[] {
  const fields = target.kind === "contact" ? scope.contact?.fields : scope.company?.fields;
  if (target.kind === "contact" || target.kind === "company") return (fields ?? []).filter(isRequired);
  const shared = target.kind === "event" ? scope.shared.get(target.name) : undefined;
  return shared?.kind === "event" && !shared.table.isMail ? shared.table.fields.filter(isRequired) : [];
}

/** A missing key is an error of its own; a list may be empty. */
function isRequired({ type, isKey }: Field): boolean {
  return !type.isNullable && !type.isList && !isKey;
}
