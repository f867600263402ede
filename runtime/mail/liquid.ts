// Fills in templates. Every value leaves a mark behind and is kept aside, so that it can be written for the place where
// the mark ends up: neither Markdown nor HTML ever reads what a contact's fields hold.

import {
  CaptureTag,
  type Context,
  type FilterImplOptions,
  type Liquid,
  Output,
  type Template,
  type Token,
} from "liquidjs";
import { createEngine, filterRows } from "../../compiler/template-engine.ts";
import { formatClock, parseLocal, type WallClock, wallClock } from "./dates.ts";
import { Captured, clockOf, markedText, textOf } from "./values.ts";

export interface Slot {
  readonly text: string;
  /** The placeholder's name, for what is reported. */
  readonly label: string;
}

/** Templates with marks for their values, the values, and the names of placeholders that had none. */
export interface Filled {
  readonly marked: readonly string[];
  readonly slots: readonly Slot[];
  readonly without: readonly string[];
}

export interface Marks {
  /** Stands in no template; lower-case letters and digits alone, so that Markdown and URLs leave it be. */
  readonly prefix: string;
}

export const markOf = ({ prefix }: Marks, index: number) => `${prefix}${index}z`;

/** Splits a text at its marks: texts stand at even, indexes of slots at odd places. */
export function splitAtMarks(text: string, { prefix }: Marks): readonly string[] {
  return text.split(new RegExp(`${prefix}(\\d+)z`));
}

export function withSlots(text: string, marks: Marks, slots: readonly Slot[]): string {
  return splitAtMarks(text, marks)
    .map((part, index) => (index % 2 === 0 ? part : (slots[Number(part)]?.text ?? "")))
    .join("");
}

interface Rendering {
  readonly marks: Marks;
  readonly slots: Slot[];
  readonly without: Set<string>;
  readonly unknown: (name: string) => boolean;
  readonly now: WallClock;
}

export interface FillRequest {
  readonly templates: readonly (readonly Template[])[];
  readonly marks: Marks;
  readonly scope: object;
  /** The first slots, which no placeholder fills. */
  readonly given: readonly Slot[];
  /** Whether a field, named as in a placeholder, is unknown for this person. */
  readonly unknown: (name: string) => boolean;
  /** Epoch milliseconds: what `now` means in a template. */
  readonly at: number;
}

export interface Templates {
  /** Throws Liquid's own error where the text cannot be read. */
  parse(text: string): readonly Template[];
  /** Throws Liquid's own error where a filter fails on a value. */
  fill(request: FillRequest): Filled;
  /** The paths that templates read. */
  paths(templates: readonly Template[]): readonly (readonly string[])[];
}

type FilterFunction = Extract<FilterImplOptions, (...args: never[]) => unknown>;
interface Labelled {
  readonly label: string;
  readonly hasDefault: boolean;
}

/** Templates of one project, whose days and clocks are those of `zone`. */
export function createTemplates(zone: string): Templates {
  const labels = new WeakMap<object, Labelled>();
  let current: Rendering | null = null;
  const slot: FilterFunction = function (value) {
    const labelled = labels.get(this.token) ?? { label: this.token.getText(), hasDefault: false };
    return current ? leaveMark(current, value, labelled) : textOf(value);
  };
  const engine = createEngine({ outputEscape: slot });
  registerFilters(engine, () => current?.now ?? null);
  registerCapture(engine, () => current);
  return {
    parse(text) {
      const templates = engine.parse(text);
      for (const [token, labelled] of labelsOf(templates)) labels.set(token, labelled);
      return templates;
    },
    fill({ templates, marks, scope, given, unknown, at }) {
      const rendering: Rendering = { marks, slots: [...given], without: new Set(), unknown, now: wallClock(at, zone) };
      current = rendering;
      try {
        const marked = templates.map((template) => String(engine.renderSync([...template], scope)));
        return { marked, slots: rendering.slots, without: [...rendering.without] };
      } finally {
        current = null;
      }
    },
    paths: (templates) => engine.globalVariableSegmentsSync([...templates]).map((path) => path.map(String)),
  };
}

/** Writes the mark of a value; what was captured keeps its marks and stays part of the template's own text. */
function leaveMark(rendering: Rendering, value: unknown, { label, hasDefault }: Labelled): string {
  if (value instanceof Captured) return markedText(value);
  const text = textOf(value);
  const isMissing = value === undefined || value === null || Number.isNaN(value) || rendering.unknown(label);
  if (text === "" && isMissing && !hasDefault) rendering.without.add(label);
  const mark = markOf(rendering.marks, rendering.slots.length);
  rendering.slots.push({ text, label });
  return mark;
}

/** Liquid ends each output's filters with the escape; its token is what tells one output from another. */
function labelsOf(templates: readonly Template[]): readonly (readonly [object, Labelled])[] {
  return templates.flatMap((template) => {
    if (template instanceof Output) {
      const { filters, initial } = template.value;
      const label = initial.postfix[0]?.getText() ?? "";
      const last = filters.at(-1);
      // biome-ignore lint/complexity/useLiteralKeys: Liquid types the token as private.
      const token: Token | undefined = last?.["token"];
      return token ? [[token, { label, hasDefault: filters.some(({ name }) => name === "default") }] as const] : [];
    }
    const children = template.children?.(false, true).next();
    return children?.done ? labelsOf(children.value) : [];
  });
}

function registerCapture(engine: Liquid, rendering: () => Rendering | null): void {
  engine.registerTag(
    "capture",
    class extends CaptureTag {
      override *render(context: Context): Generator<unknown, void, string> {
        const marked = yield this.liquid.renderer.renderTemplates(this.templates, context);
        const now = rendering();
        const plain = now ? withSlots(marked, now.marks, now.slots) : marked;
        Object.assign(context.bottom(), { [this.variable]: new Captured(marked, plain) });
      }
    },
  );
}

const same: FilterFunction = (value) => value;

function registerFilters(engine: Liquid, now: () => WallClock | null): void {
  for (const name of Object.keys(engine.filters)) {
    if (!filterRows.has(name)) engine.unregisterFilter(name);
  }
  for (const name of ["escape", "escape_once", "xml_escape", "url_encode", "cgi_escape", "uri_escape"]) {
    engine.registerFilter(name, same);
  }
  engine.registerFilter("default", (value, instead) => (isUnknown(value) ? instead : value));
  engine.registerFilter("join", (value, between = " ") => listOf(value).map(textOf).join(textOf(between)));
  engine.registerFilter("array_to_sentence_string", (value, connector = "and") =>
    sentence(listOf(value).map(textOf), textOf(connector)),
  );
  engine.registerFilter("date", (value, pattern) => {
    const clock = clockOf(value) ?? clockOfText(textOf(value), now);
    return clock && pattern !== undefined ? formatClock(clock, textOf(pattern)) : value;
  });
}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

function isUnknown(given: unknown): boolean {
  const value = given instanceof Captured ? given.valueOf() : given;
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === null || value === "" || Number.isNaN(value);
}

function clockOfText(text: string, now: () => WallClock | null): WallClock | null {
  return text === "now" || text === "today" ? now() : parseLocal(text);
}

/** `a`, `a and b`, `a, b, and c` */
function sentence(items: readonly string[], connector: string): string {
  if (items.length < 3) return items.join(` ${connector} `);
  return `${items.slice(0, -1).join(", ")}, ${connector} ${items.at(-1) ?? ""}`;
}
