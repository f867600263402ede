// What the expressions of a template yield: whether they may be unknown, whether they are lists, and what a condition proves.

import { type Filter, type PropertyAccessToken, type Token, TypeGuards, type Value } from "liquidjs";
import { filterRows, refusedFilters } from "./template-engine.ts";
import type { Type } from "./types.ts";

export interface TemplateField {
  /** As a placeholder names it: `first_name`, `company.plan`, `event.plan`, `words.prospect`. */
  readonly name: string;
  readonly type: Type;
}

/** A place in the template's own text. */
export interface Place {
  readonly begin: number;
  readonly end: number;
}

/** What stands at a place: its name, and the field that may leave it empty. */
export interface Shape {
  readonly place: Place;
  readonly name: string;
  readonly isList: boolean;
  /** The nullable field that it comes from, or null where it is known. */
  readonly unknown: string | null;
}

/** What is in reach at one point of a template. */
export interface Reach {
  readonly fields: ReadonlyMap<string, Type>;
  /** Names of fields and of assigned variables that cannot be unknown here. */
  readonly known: ReadonlySet<string>;
  readonly assigned: ReadonlyMap<string, Shape>;
  /** null: the mail does not say whose words it uses. */
  readonly words: Words | null;
}

/** What may stand behind `words.` in a mail. */
export interface Words {
  readonly names: ReadonlySet<string>;
  /** Those, in words, for whom nobody declared the plural of a word. */
  readonly lackingOf: (word: string) => readonly string[];
}

export type Finding =
  | { readonly kind: "unknown name" | "no words" | "list" | "unknown filter" | "refused filter"; readonly name: string }
  | { readonly kind: "no plural"; readonly name: string; readonly lacking: readonly string[] }
  | { readonly kind: "nullable"; readonly shape: Shape }
  | { readonly kind: "stray"; readonly text: string };
export type Report = (place: Place, finding: Finding) => void;

const shapeAt = (place: Place, name: string): Shape => ({ place, name, isList: false, unknown: null });

/** `company.plan` of a path, and null where a part of it is computed. */
export function pathOf(token: PropertyAccessToken): readonly string[] | null {
  if (token.variable) return null;
  const parts = token.props.map((prop) => ("content" in prop ? String(prop.content) : null));
  return parts.every((part) => part !== null) ? parts : null;
}

function shapeOfPath(token: PropertyAccessToken, reach: Reach, report: Report): Shape {
  const path = pathOf(token);
  if (path === null) {
    if (token.variable) return shapeAt(token, token.getText());
    report(token, { kind: "unknown name", name: token.getText() });
    return shapeAt(token, token.getText());
  }
  const [first = ""] = path;
  const assigned = reach.assigned.get(first);
  if (assigned) return partOf({ ...assigned, place: token, name: first }, path.slice(1), reach);
  for (let length = Math.min(path.length, 2); length > 0; length -= 1) {
    const name = path.slice(0, length).join(".");
    const type = reach.fields.get(name);
    const rest = path.slice(length);
    if (!type || !isPart(type.isList, rest)) continue;
    return partOf({ place: token, name, isList: type.isList, unknown: type.isNullable ? name : null }, rest, reach);
  }
  if (first === "words") checkWord(token, path, reach.words, report);
  else report(token, { kind: "unknown name", name: path.join(".") });
  return shapeAt(token, path.join("."));
}

/** `words.prospect`, or `words.prospect.plural`. */
function checkWord(place: Place, path: readonly string[], words: Words | null, report: Report): void {
  const name = path.join(".");
  const [, word = "", form, ...rest] = path;
  if (!words) report(place, { kind: "no words", name });
  else if (!words.names.has(word) || rest.length > 0 || (form !== undefined && form !== "plural")) {
    report(place, { kind: "unknown name", name });
  } else if (form === "plural") {
    const lacking = words.lackingOf(word);
    if (lacking.length > 0) report(place, { kind: "no plural", name, lacking });
  }
}

/** What may follow the name of a field: `.size`, and for lists the first, the last, or an item by number. */
function isPart(isList: boolean, rest: readonly string[]): boolean {
  const [part] = rest;
  if (part === undefined) return true;
  if (rest.length > 1) return false;
  return part === "size" || (isList && (part === "first" || part === "last" || /^-?\d+$/.test(part)));
}

function partOf(whole: Shape, rest: readonly string[], reach: Reach): Shape {
  const isKnown = reach.known.has(whole.name);
  const shape = isKnown ? { ...whole, unknown: null } : whole;
  const [part] = rest;
  if (part === undefined) return shape;
  if (!whole.isList || part === "size")
    return { ...shape, isList: false, unknown: whole.isList ? null : shape.unknown };
  return { ...shape, isList: false, unknown: isItemKnown(whole.name, part, reach) ? null : whole.name };
}

/** Any list may be empty, which counts as unknown; one that is known has a first and a last item, and no more for sure. */
function isItemKnown(list: string, part: string, { known }: Reach): boolean {
  const isEnd = part === "first" || part === "last" || part === "0" || part === "-1";
  return known.has(`${list}.${part}`) || (isEnd && known.has(list));
}

/** The shape of a single operand; paths inside ranges and indexes must be known. */
export function shapeOfToken(token: Token, reach: Reach, report: Report): Shape {
  if (TypeGuards.isPropertyAccessToken(token)) return shapeOfPath(token, reach, report);
  if (TypeGuards.isRangeToken(token)) {
    for (const side of [token.lhs, token.rhs]) requireKnown(shapeOfToken(side, reach, report), report);
    return { ...shapeAt(token, token.getText()), isList: true };
  }
  return shapeAt(token, token.getText());
}

export function requireKnown(shape: Shape, report: Report): void {
  if (shape.unknown !== null) report(shape.place, { kind: "nullable", shape });
}

interface AppliedFilter {
  readonly name: string;
  readonly args: Filter["args"];
  readonly place: Place;
}

/** Operands and operators in the order of evaluation, and the filters behind them. */
export interface Filtered {
  readonly operands: readonly Token[];
  readonly filters: readonly AppliedFilter[];
}

export function filteredOfValue(value: Value): Filtered {
  const filters = value.filters.map((filter) => {
    // biome-ignore lint/complexity/useLiteralKeys: Liquid types the token as private, and it alone knows the place.
    const { begin, end }: Place = filter["token"];
    return { name: filter.name, args: filter.args, place: { begin, end } };
  });
  return { operands: value.initial.postfix, filters };
}

export function filteredOfToken(token: Token): Filtered {
  if (!TypeGuards.isFilteredValueToken(token)) return { operands: [token], filters: [] };
  const filters = token.filters.map(({ name, args, begin, end }) => ({ name, args, place: { begin, end } }));
  return { operands: token.initial.postfix, filters };
}

/** The shape of a whole expression. Reports what is wrong inside it, but not that it may be unknown or a list. */
export function shapeOf({ operands, filters }: Filtered, reach: Reach, report: Report): Shape {
  const stack: Shape[] = [];
  const found: Parameters<Report>[] = [];
  for (const token of operands) {
    if (!TypeGuards.isOperatorToken(token)) {
      stack.push(shapeOfToken(token, reach, (...finding) => found.push(finding)));
      continue;
    }
    const [left] = stack.splice(token.operator === "not" ? -1 : -2);
    stack.push(shapeAt(left?.place ?? token, token.operator));
  }
  const [first = shapeAt({ begin: 0, end: 0 }, ""), stray] = stack;
  if (stray) reportStray(first, stray, { reach, report });
  else for (const finding of found) report(...finding);
  return filters.reduce((shape, filter) => afterFilter(shape, filter, { reach, report }), first);
}

/** Two names side by side, of which Liquid would silently take the first: often a field's name with a blank in it. */
function reportStray(first: Shape, stray: Shape, { reach, report }: { reach: Reach; report: Report }): void {
  const isSplitName = reach.fields.has(`${first.name}_${stray.name}`);
  const both = { begin: first.place.begin, end: stray.place.end };
  if (isSplitName) report(both, { kind: "unknown name", name: `${first.name} ${stray.name}` });
  else report(stray.place, { kind: "stray", text: stray.name });
}

function afterFilter(shape: Shape, filter: AppliedFilter, { reach, report }: { reach: Reach; report: Report }): Shape {
  const args = filter.args.flatMap((arg) => {
    const token = Array.isArray(arg) ? arg[1] : arg;
    return token ? [shapeOfToken(token, reach, report)] : [];
  });
  const row = filterRows.get(filter.name);
  if (!row) {
    const kind = refusedFilters.has(filter.name) ? "refused filter" : "unknown filter";
    const { begin } = filter.place;
    report({ begin, end: begin + filter.name.length }, { kind, name: filter.name });
    return shapeAt(shape.place, shape.name);
  }
  if (filter.name === "default") {
    const [instead] = args;
    return shape.unknown === null || !instead ? shape : { ...shape, ...instead };
  }
  for (const arg of args) requireKnown(arg, report);
  if (shape.isList && row.takes === "one") report(shape.place, { kind: "list", name: shape.name });
  if (row.unknown === "lost") requireKnown(shape, report);
  const isList = row.yields === "list" || (row.yields === "same" && shape.isList);
  const isItem = shape.isList && reach.fields.has(shape.name) && (filter.name === "first" || filter.name === "last");
  if (isItem && !isItemKnown(shape.name, filter.name, reach)) return { ...shape, isList, unknown: shape.name };
  return { ...shape, isList, unknown: row.unknown === "kept" ? shape.unknown : null };
}
