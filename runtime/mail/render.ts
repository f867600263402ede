// Renders one email for one person: plan and field values in, a message out.

import { createHash } from "node:crypto";
import type { EmailText, ProjectSettings, Vocabulary } from "../../compiler/ir/plan.ts";
import type { TemplateField } from "../../compiler/template.ts";
import type { Type } from "../../compiler/types.ts";
import { failure } from "../failures/failures.ts";
import type { Cell, Failure, Instant, Label, Message, Result } from "../ports.ts";
import { htmlValue, linkValue, oneLine, plainValue, wordJoiner } from "./escape.ts";
import { formatSender, isHeaderSafe, parseAddress, parseSender } from "./headers.ts";
import { type Footer, footerOf, stopLink } from "./layout.ts";
import { type Links, unsubscribeLink } from "./links.ts";
import { createTemplates, type Filled, type Marks, markOf, type Slot, splitAtMarks, type Templates } from "./liquid.ts";
import type { Piece } from "./places.ts";
import type { Structure, StructureRequest } from "./structure.ts";
import { Formatted, liquidValue, textOf } from "./values.ts";
import { wordsIn, type WordsScope } from "./words.ts";

export interface Recipient {
  readonly sendId: string;
  readonly to: string;
  /** When it is handed over; `now` in a template. */
  readonly at: Instant;
  /** By the names that placeholders use: `first_name`, `company.plan`, `event.plan`. Absent and null are unknown. */
  readonly values: Readonly<Record<string, Cell>>;
  readonly labels: readonly Label[];
}

export interface Rendered {
  readonly message: Message;
  /** Placeholders that had no value, or whose value could not stand where it was put. */
  readonly without: readonly string[];
}

export interface PreparedEmail {
  /** Names of the fields that the templates read; no others need be given. */
  readonly reads: readonly string[];
  /**
   * F303 where a filter fails on a value, F304 and F305 where an address is none or holds a line break, F307 where a
   * placeholder stands where no value is safe.
   */
  render(recipient: Recipient): Result<Rendered>;
}

export interface Renderer {
  /** F303 where the templates cannot be read, F304 where the sender is no address. */
  prepare(email: EmailText, fields: readonly TemplateField[]): Result<PreparedEmail>;
}

const failed = (reason: Failure): { readonly ok: false; readonly failure: Failure } => ({ ok: false, failure: reason });

export interface RendererRequest {
  readonly project: ProjectSettings;
  readonly vocabularies?: readonly Vocabulary[];
  /** Absent or null: mails say where to write to in order to stop them. */
  readonly links?: Links | null;
  /** Whether a body has a style sheet, whose rules then move to the elements. */
  readonly hasStyles?: boolean;
}

/** Loads Markdown and HTML only here, so that commands that send nothing start quickly. */
export async function loadRenderer(request: RendererRequest): Promise<Renderer> {
  const { project, vocabularies = [], links = null, hasStyles = false } = request;
  const { structureOf } = await import("./structure.ts");
  const inline = hasStyles ? await loadInliner() : (html: string) => html;
  const templates = createTemplates(project.zone);
  return {
    prepare(email, fields) {
      const sender = parseSender(email.sender);
      const replyTo = email.replyTo === null ? null : parseSender(email.replyTo);
      if (!sender) return failed(failure("F304", { email: email.name, header: "sender" }));
      if (email.replyTo !== null && !replyTo) return failed(failure("F304", { email: email.name, header: "reply to" }));
      try {
        const parsed = [email.subject, email.previewText ?? "", email.body.source].map((text) => templates.parse(text));
        const marks = marksFor(email);
        const prepared: Prepared = {
          email,
          project,
          links,
          footer: footerOf(email, project, links && markOf(marks, linkSlot)),
          templates,
          structureOf: (of) => structureOf({ ...of, inline }),
          parsed,
          marks,
          types: new Map(fields.map(({ name, type }) => [name, type])),
          words: wordsOf(email, fields, vocabularies),
          from: formatSender(sender),
          replyTo: replyTo ? formatSender(replyTo) : null,
          structures: new Map(),
        };
        const reads = fieldsRead(prepared);
        return { ok: true, value: { reads, render: (recipient) => renderOne(prepared, recipient) } };
      } catch (error) {
        return failed(failure("F303", { email: email.name, reason: reasonOf(error) }));
      }
    },
  };
}

async function loadInliner(): Promise<StructureRequest["inline"]> {
  const { inlineStyles } = await import("./inline-styles.ts");
  return inlineStyles;
}

interface Prepared {
  readonly email: EmailText;
  readonly project: ProjectSettings;
  readonly links: Links | null;
  readonly footer: Footer;
  readonly templates: Templates;
  readonly structureOf: (request: Omit<StructureRequest, "inline">) => Structure;
  readonly parsed: readonly ReturnType<Templates["parse"]>[];
  readonly marks: Marks;
  readonly types: ReadonlyMap<string, Type>;
  readonly words: (values: Recipient["values"]) => WordsScope | null;
  readonly from: string;
  readonly replyTo: string | null;
  /** By the marked text: Markdown is read once per way through the conditions, not once per person. */
  readonly structures: Map<string, Structure>;
}

const mostStructures = 500;
/** Where links can be made, the first slot holds the person's own one; before all that placeholders fill. */
const linkSlot = 0;

/** A word that the templates cannot hold, as it depends on all of them. */
function marksFor(email: EmailText): Marks {
  const all = JSON.stringify([email.subject, email.previewText, email.body.source]);
  return { prefix: `z${createHash("sha256").update(all).digest("hex").slice(0, 12)}x` };
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n", 1)[0] ?? "").replace(/, line:\d+, col:\d+$/, "");
}

/** null where a mail has no words of a vocabulary. */
function wordsOf(
  { wordsFrom }: EmailText,
  fields: readonly TemplateField[],
  vocabularies: readonly Vocabulary[],
): Prepared["words"] {
  const field = fields.find(({ name }) => name === wordsFrom);
  if (!field) return () => null;
  const words = wordsIn(vocabularies, field.type);
  return (values) => words(values[field.name]);
}

function fieldsRead({ email, templates, parsed, types }: Prepared): readonly string[] {
  const paths = parsed.flatMap((template) => templates.paths(template));
  const own = paths.flatMap(([first = "", second]) => [first, `${first}.${second ?? ""}`]);
  const names = paths.some(([first]) => first === "words") ? [...own, email.wordsFrom ?? ""] : own;
  return [...new Set(names)].filter((name) => types.has(name)).sort();
}

function renderOne(prepared: Prepared, recipient: Recipient): Result<Rendered> {
  const { email } = prepared;
  const to = parseAddress(recipient.to);
  if (to === null) return failed(failure("F305", { email: email.name }));
  let filled: Filled;
  try {
    filled = fill(prepared, recipient);
  } catch (error) {
    return failed(failure("F303", { email: email.name, reason: reasonOf(error) }));
  }
  const [subject = "", preview = "", body = ""] = filled.marked;
  const structure = structureFor(prepared, preview, body);
  const headers = headersOf(prepared, filled.slots);
  const unsafe = headers.find(({ name, value }) => !isHeaderSafe(name) || !isHeaderSafe(value));
  if (unsafe) return failed(failure("F304", { email: email.name, header: unsafe.name }));
  const nowhere = structure.html.find((piece) => typeof piece !== "string" && piece.place === "nowhere");
  if (nowhere !== undefined && typeof nowhere !== "string") {
    const placeholder = filled.slots[nowhere.slot]?.label ?? "";
    return failed(failure("F307", { email: email.name, placeholder }));
  }
  const message: Message = {
    sendId: recipient.sendId,
    from: prepared.from,
    to,
    replyTo: prepared.replyTo,
    subject: plainSubject(subject, prepared.marks, filled.slots),
    html: join(structure.html, filled.slots, htmlValue),
    text: `${join(structure.text, filled.slots, plainValue)}\n`,
    headers,
    files: [],
    labels: recipient.labels,
    at: recipient.at,
  };
  return { ok: true, value: { message, without: [...new Set([...filled.without, ...misplaced(structure, filled)])] } };
}

function fill(prepared: Prepared, { sendId, to, values, at }: Recipient): Filled {
  const { parsed, marks, types, templates, links, email } = prepared;
  const unknown = (name: string) => types.has(name) && (values[name] ?? null) === null;
  const link = links && unsubscribeLink(links, { address: to, topic: email.topic, mail: sendId });
  const given = link === null ? [] : [{ text: link, label: "unsubscribe" }];
  return templates.fill({ templates: parsed, marks, scope: scopeOf(prepared, values), given, unknown, at });
}

/** `company.plan` becomes `plan` inside `company`, beside the contact's own field of that name where there is one. */
function scopeOf({ types, words, project: { zone } }: Prepared, values: Recipient["values"]): Record<string, unknown> {
  const scope: Record<string, unknown> = Object.create(null);
  const groups = new Map<string, Record<string, unknown>>();
  for (const [name, type] of types) {
    const value = liquidValue(values[name], type, zone);
    const dot = name.indexOf(".");
    if (dot < 0) {
      if (value !== undefined) scope[name] = value;
      continue;
    }
    const group: Record<string, unknown> = groups.get(name.slice(0, dot)) ?? Object.create(null);
    groups.set(name.slice(0, dot), group);
    if (value !== undefined) group[name.slice(dot + 1)] = value;
  }
  for (const [name, parts] of groups) {
    const own = scope[name];
    scope[name] = types.has(name) ? new Formatted({ text: textOf(own), plain: own, parts }) : parts;
  }
  const spoken = words(values);
  if (spoken) scope.words = spoken;
  return scope;
}

function structureFor(
  { structures, structureOf, email, footer, marks }: Prepared,
  preview: string,
  body: string,
): Structure {
  const key = `${preview}\0${body}`;
  const known = structures.get(key);
  if (known) return known;
  const made = structureOf({ kind: email.body.kind, body, preview, footer, marks });
  if (structures.size >= mostStructures) structures.clear();
  structures.set(key, made);
  return made;
}

function headersOf({ footer: { stop } }: Prepared, slots: readonly Slot[]): Message["headers"] {
  if (!stop) return [];
  if (stop.kind === "write") return [{ name: "List-Unsubscribe", value: `<${stopLink(stop)}>` }];
  return [
    { name: "List-Unsubscribe", value: `<${slots[linkSlot]?.text ?? ""}>` },
    { name: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click" },
  ];
}

function plainSubject(subject: string, marks: Marks, slots: readonly Slot[]): string {
  const parts = splitAtMarks(subject, marks);
  const pieces = parts.map((part, index): Piece => (index % 2 === 0 ? part : { slot: Number(part), place: "text" }));
  return oneLine(join(pieces, slots, plainValue));
}

function join(pieces: readonly Piece[], slots: readonly Slot[], write: typeof htmlValue): string {
  let all = "";
  let isBehindValue = false;
  for (const piece of pieces) {
    const isLiteral = typeof piece === "string";
    const written = isLiteral ? piece : write(slots[piece.slot]?.text ?? "", piece.place);
    const isText = isLiteral ? isBehindValue : piece.place === "text" || piece.place === "attribute";
    if (isText && all.endsWith("%") && /^\w/.test(written)) all += wordJoiner;
    all += written;
    if (written !== "") isBehindValue = !isLiteral;
  }
  return all;
}

/** Values that are known but come out empty, as they are no link where one stands. */
function misplaced({ html }: Structure, { slots }: Filled): readonly string[] {
  return html.flatMap((piece) => {
    if (typeof piece === "string") return [];
    const slot = slots[piece.slot];
    const isEmptied = slot !== undefined && slot.text !== "" && htmlValue(slot.text, piece.place) === "";
    return isEmptied && linkValue(slot.text, piece.place) !== null ? [slot.label] : [];
  });
}
