// Checks the placeholders of a mail against what is known about the people who get it.

import { type Liquid, type Template, Tokenizer, TypeGuards } from "liquidjs";
import type { Diagnostic, Fix, Related } from "../grammar/diagnostics/entry.ts";
import { diagnose } from "../grammar/diagnostics/table.ts";
import type { Span } from "../grammar/span.ts";
import { unreachable } from "../grammar/unreachable.ts";
import { nearest } from "./similar.ts";
import {
  createEngine,
  filterRows,
  hasPlaceholders,
  innerTagNames,
  foreignFilters,
  refusedFilters,
  refusedTags,
  tagNames,
} from "./template-engine.ts";
import { type Foreign, foreignIn } from "./template-foreign.ts";
import { type Fault, faultOf } from "./template-faults.ts";
import type { Finding, Place, Report, Shape, TemplateField, Words } from "./template-values.ts";
import { walk } from "./template-walk.ts";

export type { TemplateField, Words } from "./template-values.ts";

export interface TemplateRequest {
  /** Liquid, in a subject, a preview text, or a body. */
  readonly text: string;
  /** The place in a source file of a stretch of `text`. */
  readonly at: (start: number, end: number) => Span;
  /** Everything that a placeholder may name. */
  readonly fields: readonly TemplateField[];
  readonly words: Words | null;
  /** Whether what is named so may have been declared where it could not be read. */
  readonly isLost: (name: string) => boolean;
  /** Names of nullable fields that audience or branch prove known. */
  readonly known: ReadonlySet<string>;
  /** The places that send the mail to people of whom the field may be unknown. */
  readonly unsafe?: (field: string) => readonly Related[];
}

let engine: Liquid | undefined;

/** What is wrong with the placeholders of `text`, in the order of their places. */
export function checkTemplate(request: TemplateRequest): readonly Diagnostic[] {
  const foreign = foreignIn(request.text, request.fields);
  if (foreign.length > 0) return checkRest(foreign, request);
  if (!hasPlaceholders(request.text)) return [];
  engine ??= createEngine();
  const findings: Diagnostic[] = [];
  const { templates, faults } = parse(request.text, engine);
  findings.push(...faults.map((fault) => diagnoseFault(fault, request)));
  const fields = new Map(request.fields.map(({ name, type }) => [name, type]));
  const report: Report = (place, finding) => {
    if (!isLost(finding, request)) findings.push(diagnoseFinding(place, finding, request));
  };
  walk(templates, { fields, known: request.known, assigned: new Map(), words: request.words }, report);
  return findings.toSorted((left, right) => left.span.start - right.span.start || left.span.end - right.span.end);
}

/** What other products would fill in is reported, blanked out, and the rest checked as it is. */
function checkRest(foreign: readonly Foreign[], request: TemplateRequest): readonly Diagnostic[] {
  let text = request.text;
  for (const { begin, end } of foreign.flatMap(({ place, edits }) => [place, ...edits.map((edit) => edit.place)])) {
    text = text.slice(0, begin) + " ".repeat(end - begin) + text.slice(end);
  }
  const findings = [...foreign.map((one) => diagnoseForeign(one, request)), ...checkTemplate({ ...request, text })];
  return findings.toSorted((left, right) => left.span.start - right.span.start || left.span.end - right.span.end);
}

function diagnoseForeign({ place, kind, found, instead, edits }: Foreign, request: TemplateRequest): Diagnostic {
  const span = request.at(place.begin, place.end);
  const changes = edits.map((edit) => ({ span: request.at(edit.place.begin, edit.place.end), text: edit.text }));
  if (kind === "unsubscribe") {
    const fix = { kind: "safe", text: "Remove it", edits: changes } as const;
    return diagnose("E149", span, { found }, { fixes: [fix] });
  }
  const fixes: readonly Fix[] =
    edits.length === 0 ? [] : [{ kind: "suggested", text: `Write \`${instead}\``, edits: changes }];
  return diagnose(kind === "literal" ? "E144" : "E147", span, { found, instead: [instead] }, { fixes });
}

const mostFaults = 50;

/** Parses; a placeholder that cannot be read is reported, blanked out, and the rest read on. */
function parse(text: string, liquid: Liquid): { templates: readonly Template[]; faults: readonly Fault[] } {
  const faults: Fault[] = [];
  let readable = text;
  for (let round = 0; round < mostFaults; round += 1) {
    try {
      return { templates: liquid.parse(readable), faults };
    } catch (error) {
      const fault = faultOf(readable, error);
      const isFollowUp = faults.some(({ kind, text: tag }) => kind === "unknown tag" && fault.text === `end${tag}`);
      if (!isFollowUp) faults.push(fault);
      const hole = removable(readable, fault, liquid);
      if (!hole) break;
      readable = readable.slice(0, hole.begin) + " ".repeat(hole.end - hole.begin) + readable.slice(hole.end);
    }
  }
  return { templates: [], faults };
}

const standsAlone = new Set(["assign", "cycle", "decrement", "echo", "increment", "liquid", "#"]);

/** The whole placeholder around a fault, where the rest of the template makes sense without it. */
function removable(text: string, fault: Fault, liquid: Liquid): Place | null {
  try {
    const tokens = new Tokenizer(text, liquid.options.operators).readTopLevelTokens(liquid.options);
    const around = tokens.find(({ begin, end }) => begin <= fault.place.begin && fault.place.begin < end);
    if (!around || TypeGuards.isHTMLToken(around)) return null;
    if (!TypeGuards.isTagToken(around) || fault.kind === "unknown tag" || standsAlone.has(around.name)) return around;
    return null;
  } catch {
    // A placeholder is not closed: nothing behind it can be told apart.
    return null;
  }
}

function replacement({ begin, end }: Place, nearestName: string | null, request: TemplateRequest): readonly Fix[] {
  if (nearestName === null) return [];
  const edits = [{ span: request.at(begin, end), text: nearestName }];
  return [{ kind: "suggested", text: `Write \`${nearestName}\``, edits }];
}

function diagnoseFault(fault: Fault, request: TemplateRequest): Diagnostic {
  const { begin, end } = fault.place;
  const span = request.at(begin, end);
  const name = fault.text;
  if (fault.kind === "syntax") return diagnose("E601", span, { reason: fault.text });
  if (refusedTags.has(name)) return diagnose("E607", span, { name });
  if (innerTagNames.has(name))
    return diagnose("E601", span, { reason: `\`{% ${name} %}\` belongs to no tag before it` });
  const start = request.text.indexOf(name, begin);
  const closest = nearest(name, tagNames);
  const fixes = replacement({ begin: start, end: start + name.length }, closest, request);
  return diagnose("E606", span, { name, nearest: closest }, { fixes });
}

function isLost(finding: Finding, request: TemplateRequest): boolean {
  switch (finding.kind) {
    case "unknown name":
    case "no words":
    case "no plural":
      return request.isLost(finding.name);
    default:
      return false;
  }
}

function diagnoseFinding(place: Place, finding: Finding, request: TemplateRequest): Diagnostic {
  const span = request.at(place.begin, place.end);
  switch (finding.kind) {
    case "unknown name": {
      const closest = nearestName(finding.name, request);
      const fixes = replacement(place, closest, request);
      return diagnose("E602", span, { name: finding.name, nearest: closest }, { fixes });
    }
    case "no words":
      return diagnose("E608", span, { name: finding.name });
    case "no plural":
      return diagnose("E280", span, { name: finding.name, lacking: summed(finding.lacking) });
    case "nullable":
      return diagnoseNullable(finding.shape, request);
    case "list": {
      const fixes = insertion(place.end, " | join: ', '", request);
      return diagnose("E604", span, { name: finding.name }, { fixes });
    }
    case "unknown filter": {
      const closest = foreignFilters.get(finding.name) ?? nearest(finding.name, filterRows.keys());
      const fixes = replacement(place, closest, request);
      return diagnose("E605", span, { name: finding.name, nearest: closest }, { fixes });
    }
    case "refused filter":
      return diagnose("E609", span, { name: finding.name, instead: refusedFilters.get(finding.name) ?? "" });
    case "stray":
      return diagnose("E601", span, { reason: `\`${finding.text}\` was not expected here` });
    default:
      return unreachable(finding);
  }
}

function insertion(offset: number, text: string, request: TemplateRequest): readonly Fix[] {
  return [{ kind: "suggested", text: `Add \`${text.trim()}\``, edits: [{ span: request.at(offset, offset), text }] }];
}

function diagnoseNullable({ place, name, unknown }: Shape, request: TemplateRequest): Diagnostic {
  const span = request.at(place.begin, place.end);
  const field = unknown ?? name;
  const scalar = request.fields.find((one) => one.name === field)?.type.scalar.kind;
  const instead = scalar === "number" || scalar === "money" || scalar === "percent" ? "0" : "''";
  const fixes = insertion(place.end, ` | default: ${instead}`, request);
  return diagnose("E603", span, { name, field }, { fixes, related: request.unsafe?.(field) ?? [] });
}

const mostNamed = 4;

/** `a, b and c`; of many the first ones. */
function summed(parts: readonly string[]): string {
  const shown = parts.length > mostNamed ? [...parts.slice(0, mostNamed - 1), "others"] : parts;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** `contact.first_name` is nearest to `first_name`; else by letters. */
function nearestName(name: string, { fields, words }: TemplateRequest): string | null {
  const forms = [...(words?.names ?? [])].flatMap((word) => [`words.${word}`, `words.${word}.plural`]);
  const names = [...fields.map((field) => field.name), ...forms];
  const last = name.slice(name.lastIndexOf(".") + 1);
  return name.includes(".") && names.includes(last) ? last : nearest(name, names);
}
