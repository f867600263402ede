// Checked conditions as formulas. What nothing lowers yet, and what was reported, may be true or false.

import { Bug } from "../../grammar/unreachable.ts";
import type { CheckedSegment } from "../check/segment.ts";
import type { Checked, CheckedBehaviour, CheckedValue, CheckedWindow, Operand } from "../checked.ts";
import { canonical } from "../hash.ts";
import type { Scope } from "../ir/condition.ts";
import { allOf, anyOf, type Formula, formulaOf, never, notOf } from "../logic/formula.ts";
import { lowerCondition } from "../lower/condition.ts";
import { aboveZero, onFields } from "./computed.ts";

/** Where a condition stands. */
export interface Setting {
  /** Segment or program, and step: samples there are drawn apart. */
  readonly salt: string;
  /** Which events count where no window is written. */
  readonly scope: Scope;
  readonly bindings: ReadonlyMap<string, CheckedValue>;
}

export interface Translator {
  readonly formula: (node: Checked, setting: Setting) => Formula;
  readonly segment: (name: string, args: readonly CheckedValue[]) => Formula;
  /** From now on nothing follows from what a segment, or a condition, says: it was reported. */
  readonly distrust: (what: string | Checked) => void;
}

/** Segments inside segments that are looked into. */
const deepest = 64;

export function translatorOf(segments: ReadonlyMap<string, CheckedSegment>): Translator {
  const known = new Map<string, Formula>();
  const opening = new Set<string>();
  const distrusted = new Set<string | Checked>();
  const formulas = new Map<Checked, Map<string, Formula>>();

  const segment = (name: string, args: readonly CheckedValue[]): Formula => {
    const key = `${name} ${canonical(args)}`;
    const source = segments.get(name);
    const before = known.get(key);
    if (before && !distrusted.has(name)) return before;
    // A ring was reported; a deep chain would be too large to be decided.
    const isClosed = opening.has(key) || opening.size >= deepest;
    if (!source || isClosed || distrusted.has(name)) return { kind: "opaque", name: `in ${key}` };
    opening.add(key);
    const found = formula(source.where, { salt: name, scope: "all", bindings: bindingsOf(source, args) });
    opening.delete(key);
    known.set(key, found);
    return found;
  };

  /** What has no arguments is made once for each kind of place. */
  const formula = (node: Checked, setting: Setting): Formula => {
    if (setting.bindings.size > 0) return make(node, setting);
    const found = formulas.get(node) ?? new Map<string, Formula>();
    formulas.set(node, found);
    const place = `${setting.scope} ${setting.salt}`;
    const made = found.get(place) ?? make(node, setting);
    found.set(place, made);
    return made;
  };

  const make = (node: Checked, setting: Setting): Formula => {
    if (distrusted.has(node)) return opaque(node, setting);
    switch (node.kind) {
      case "all":
      case "any":
        return { kind: node.kind, of: node.of.map((part) => formula(part, setting)) };
      case "not":
        return notOf(formula(node.of, setting));
      case "in segment": {
        const args = node.args.map((arg) => boundIn(setting, arg));
        return args.every(isPlainValue) ? segment(node.name, args) : opaque(node, setting);
      }
      default: {
        const sure = isPlain(node, setting) ? null : certainIn(node);
        return sure ? allOf([opaque(node, setting), formula(sure, setting)]) : single(node, setting, distrusted);
      }
    }
  };

  return {
    formula,
    segment,
    distrust: (what) => {
      distrusted.add(what);
      formulas.clear();
    },
  };
}

/** What follows from it, whatever else it says: the value that a field has been, the first event of a chain. */
function certainIn(node: Checked): Checked | null {
  if (node.kind === "behaviour") return node.follows.length > 0 ? { ...node, follows: [] } : null;
  if (node.kind !== "has been") return null;
  const { span, operand, value } = node;
  return { kind: "compare", op: "=", isNegated: false, span, operand, value };
}

const comparing: ReadonlySet<string> = new Set([
  "compare",
  "one of",
  "between",
  "known",
  "starts with",
  "ends with",
  "matches",
]);

function isComparing(node: Checked): node is Parameters<typeof onFields>[0] {
  return comparing.has(node.kind);
}

function bindingsOf({ parameters }: CheckedSegment, args: readonly CheckedValue[]): Setting["bindings"] {
  return new Map(
    parameters.flatMap(({ name }, index) => {
      const value = args[index];
      return value ? [[name, value] as const] : [];
    }),
  );
}

function holdsDistrusted(node: Checked, distrusted: ReadonlySet<string | Checked>): boolean {
  if (distrusted.has(node)) return true;
  if (node.kind === "all" || node.kind === "any") return node.of.some((part) => holdsDistrusted(part, distrusted));
  if (node.kind === "not") return holdsDistrusted(node.of, distrusted);
  const wheres = node.kind === "behaviour" ? [node, ...node.follows].map(({ where }) => where) : [];
  return wheres.some((where) => where !== null && holdsDistrusted(where, distrusted));
}

/** A condition that is no join of others. */
function single(node: Checked, setting: Setting, distrusted: ReadonlySet<string | Checked>): Formula {
  if (holdsDistrusted(node, distrusted)) return opaque(node, setting);
  if (isPlain(node, setting)) return lowered(node, setting);
  const plain = isComparing(node) ? onFields(node, [...setting.bindings]) : null;
  if (!plain || !isPlain(plain, setting)) return opaque(node, setting);
  const made = lowered(plain, setting);
  const sure = aboveZero(node);
  if (sure === null) return made;
  return sure ? anyOf([made, notOf(made)]) : allOf([made, notOf(made)]);
}

function refuseDerived(name: string): never {
  throw new Bug(`the derived field ${name} is no plain value`);
}

function lowered(node: Checked, setting: Setting): Formula {
  return formulaOf(lowerCondition({ ...setting, segment: () => "", derived: refuseDerived }, node), () => never);
}

/** The same words in the same place are the same truth, unless it is not even known what they mean. */
function opaque(node: Checked, { salt, scope, bindings }: Setting): Formula {
  const isClear = !canonical(node).includes('"unchecked"');
  const place = isClear ? "" : `${node.span.file} ${node.span.start}`;
  return { kind: "opaque", name: [salt, scope, canonical([...bindings]), canonical(node), place].join(" ") };
}

function boundIn({ bindings }: Setting, value: CheckedValue): CheckedValue {
  return value.kind === "parameter" ? (bindings.get(value.name) ?? value) : value;
}

const plainTerms: ReadonlySet<string> = new Set([
  "field",
  "company field",
  "start property",
  "property",
  "occurred at",
  "literal",
  "moment",
]);

const isPlainOperand = ({ term }: Operand): boolean => plainTerms.has(term.kind);

function isPlainValue(value: CheckedValue): boolean {
  switch (value.kind) {
    case "literal":
    case "length":
    case "point":
      return true;
    case "term":
      return plainTerms.has(value.term.kind);
    default:
      return false;
  }
}

/** Whether it can be lowered. */
function isPlain(node: Checked, setting: Setting): boolean {
  const isBound = (value: CheckedValue) => isPlainValue(boundIn(setting, value));
  switch (node.kind) {
    case "all":
    case "any":
      return node.of.every((part) => isPlain(part, setting));
    case "not":
      return isPlain(node.of, setting);
    case "compare":
      return isPlainOperand(node.operand) && isBound(node.value);
    case "one of":
      return isPlainOperand(node.operand) && node.values.every(isBound);
    case "between":
      return isPlainOperand(node.operand) && isBound(node.low) && isBound(node.high);
    case "known":
    case "starts with":
    case "ends with":
      return isPlainOperand(node.operand);
    case "contains":
      return isPlainOperand(node.operand) && node.values.every(isBound);
    case "matches":
      return isPlainOperand(node.operand) && !node.isRegex;
    case "behaviour":
      return isPlainBehaviour(node, setting, isBound);
    case "constant":
    case "in list":
    case "suppressed":
    case "subscribed":
    case "refused":
    case "sample":
      return true;
    default:
      return false;
  }
}

function isPlainBehaviour(
  { follows, where, window }: CheckedBehaviour,
  setting: Setting,
  isBound: (value: CheckedValue) => boolean,
): boolean {
  const wheres = [where, ...follows.map((follow) => follow.where)];
  return wheres.every((one) => one === null || isPlain(one, setting)) && valuesOf(window).every(isBound);
}

function valuesOf(window: CheckedWindow | null): readonly CheckedValue[] {
  switch (window?.kind) {
    case "last":
      return [window.length];
    case "before":
      return [window.bound];
    case "between":
      return [window.low, window.high];
    default:
      return [];
  }
}
