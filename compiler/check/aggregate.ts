// Aggregates: one value out of all events of a kind.

import type { Aggregate, AggregateFunction } from "../../grammar/ast/expr.ts";
import type { Fix } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { operand as print } from "../../grammar/print/flat.ts";
import type { Operand } from "../checked.ts";
import type { CheckWhere, Context } from "../context.ts";
import { insert, replace, suggested } from "../fixes.ts";
import type { EventTable } from "../ir/catalog.ts";
import { typeWords } from "../type-words.ts";
import { isOrdered, type Scalar, type Type } from "../types.ts";
import { eventNamed } from "./event.ts";
import { missing } from "./operand.ts";
import { checkWindow } from "./window.ts";

interface Row {
  /** In words, what it is computed from. */
  readonly takes: string;
  readonly fits: (type: Type) => boolean;
  /** Of no events at all the result is 0, never unknown. */
  readonly isNullable: boolean;
}

const summable: ReadonlySet<Scalar["kind"]> = new Set(["number", "money", "duration"]);
const single = ({ isList }: Type) => !isList;
const sums = (type: Type) => single(type) && summable.has(type.scalar.kind);
const orders = (type: Type) => single(type) && isOrdered(type.scalar);

const functions: { readonly [F in AggregateFunction]: Row } = {
  "count of": { takes: "events", fits: single, isNullable: false },
  "count of distinct": { takes: "single values", fits: single, isNullable: false },
  "sum of": { takes: "numbers, money and durations", fits: sums, isNullable: false },
  "average of": { takes: "numbers, money and durations", fits: sums, isNullable: true },
  lowest: { takes: "values that have an order", fits: orders, isNullable: true },
  highest: { takes: "values that have an order", fits: orders, isNullable: true },
  first: { takes: "any property", fits: () => true, isNullable: true },
  last: { takes: "any property", fits: () => true, isNullable: true },
};

const number: Scalar = { kind: "number" };
const datetime: Type = { scalar: { kind: "datetime" }, isList: false, isNullable: false };

/** null where it cannot be computed, which is reported. */
export function checkAggregate(context: Context, node: Aggregate, checkWhere: CheckWhere): Operand | null {
  const name = print(node);
  if (context.event) {
    const words = { name, is: "computed from many events", event: context.event.name };
    context.report(diagnose("E233", node.span, words));
    return null;
  }
  if (isBareProperty(context, node)) return null;
  const event = eventNamed(context, node.event);
  if (!event) return null;
  const type = resultOf(context, event, node);
  const where = node.where && checkWhere({ ...context, event }, node.where);
  const window = node.window && checkWindow(context, event.name, node.window);
  if (!type || (node.window && !window)) return null;
  const property = node.property?.text ?? null;
  return { term: { kind: "aggregate", function: node.function, event, property, where, window, type }, type, name };
}

/** `sum of amount`: the events that have such a property are offered. */
function isBareProperty({ scope, report }: Context, { event: name, property }: Aggregate): boolean {
  if (property || scope.shared.get(name.text)?.kind === "event") return false;
  const tables = [...scope.shared.values()].flatMap((shared) => (shared.kind === "event" ? [shared.table] : []));
  const owners = tables.filter(({ fields }) => fields.some((field) => field.name === name.text));
  if (owners.length === 0) return false;
  const fixes = owners.slice(0, 3).map((event) => {
    const path = `${event.name}.${name.text}`;
    return suggested(`Write \`${path}\``, replace(name.span, path));
  });
  const is = `a property of \`${owners[0]?.name}\``;
  report(diagnose("E222", name.span, { name: name.text, is, wanted: "an event" }, { fixes }));
  return true;
}

function resultOf(context: Context, event: EventTable, node: Aggregate): Type | null {
  const row = functions[node.function];
  const { property } = node;
  if (!property) return ofEvents(context, event, node);
  if (node.function === "count of") return countOfProperty(context, node);
  const type = property.text === "at" ? datetime : event.fields.find(({ name }) => name === property.text)?.type;
  if (!type) {
    const what = `property of \`${event.name}\` called`;
    return missing(context, property, { what, starters: ["event"] }, [...event.fields.map(({ name }) => name), "at"]);
  }
  if (row.fits(type))
    return node.function === "count of distinct" ? plain(number) : { ...type, isNullable: row.isNullable };
  const subject = `\`${event.name}.${property.text}\``;
  const words = { function: node.function, takes: row.takes, subject, is: typeWords(type) };
  context.report(diagnose("E325", property.span, words));
  return null;
}

const plain = (scalar: Scalar): Type => ({ scalar, isList: false, isNullable: false });

/** Without a property: how many there are, or when one happened. */
function ofEvents(context: Context, event: EventTable, node: Aggregate): Type | null {
  if (node.function === "count of") return plain(number);
  if (node.function === "first" || node.function === "last") return { ...datetime, isNullable: true };
  const { fits, takes } = functions[node.function];
  const fixes = event.fields
    .filter(({ type }) => fits(type))
    .slice(0, 3)
    .map(({ name }) => suggested(`Write \`${event.name}.${name}\``, insert("after", node.event.span, `.${name}`)));
  context.report(diagnose("E274", node.event.span, { function: node.function, event: event.name, takes }, { fixes }));
  return null;
}

/** `count of purchased.product`: how many events, or how many products? */
function countOfProperty(context: Context, node: Aggregate): null {
  const { event, property, span } = node;
  if (!property) return null;
  const path = `${event.text}.${property.text}`;
  const head = { ...span, end: property.span.end };
  const forms = [`count of distinct ${path}`, `count of ${event.text}`];
  const fixes: readonly Fix[] = forms.map((form) => suggested(`Write \`${form}\``, replace(head, form)));
  context.report(diagnose("E275", head, { event: event.text, property: property.text }, { fixes }));
  return null;
}
