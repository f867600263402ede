// What can be read in a mail, of an email or of one of its variants: subject, preview and body, each with its places in the source.

import type { EmailSetting } from "../../grammar/ast/declaration.ts";
import type { Name, Text } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { SourceFile, Span } from "../../grammar/span.ts";
import type { EmailText } from "../ir/plan.ts";
import type { Report, Scope } from "../scope.ts";
import { isSender } from "../settings.ts";
import type { World } from "../world.ts";
import { readText } from "./file.ts";
import { placesIn } from "./quoted.ts";

/** A text with placeholders, and where it stands. */
export interface Template {
  readonly text: string;
  readonly at: (start: number, end: number) => Span;
}

export interface CheckedBody {
  readonly body: EmailText["body"];
  readonly template: Template;
  /** The file of the body, where there is one. */
  readonly file: SourceFile | null;
}

/** An email, or a variant of one: null is what is not written, or was reported. */
export interface Wording {
  readonly subject: Template | null;
  readonly preview: Template | null;
  readonly body: CheckedBody | null;
  readonly sender: string | null;
}

export interface Written {
  /** As findings call it: `tips`, or `tips variant short`. */
  readonly called: string;
  readonly whole: "email" | "variant";
  readonly name: Name;
  readonly settings: readonly EmailSetting[];
}

type TextKind = Extract<EmailSetting, { readonly value: Text }>["kind"];

export function textOf({ settings }: Written, kind: TextKind): Text | null {
  const setting = settings.find((setting) => setting.kind === kind);
  return setting && "value" in setting ? setting.value : null;
}

export function checkWording(scope: Scope, world: World, report: Report, written: Written): Wording {
  const [subject, preview] = [textOf(written, "subject"), textOf(written, "preview text")];
  const { called: email, name, whole } = written;
  const isEmpty = subject ? subject.value.trim() === "" : whole === "email";
  if (isEmpty) report(diagnose("E620", subject?.span ?? name.span, { email }));
  const senders = [textOf(written, "sender"), textOf(written, "reply to")];
  for (const sender of senders) {
    if (sender && !isSender(sender.value)) report(diagnose("E804", sender.span, { found: sender.value }));
  }
  return {
    subject: subject && inQuotes(scope, subject),
    preview: preview && inQuotes(scope, preview),
    body: checkBody(scope, world, report, written),
    sender: senders[0]?.value ?? null,
  };
}

function checkBody(scope: Scope, world: World, report: Report, written: Written): CheckedBody | null {
  const { called: email, name, whole } = written;
  const [path, text] = [textOf(written, "body"), textOf(written, "text")];
  if (path && text) report(diagnose("E622", text.span, { email }));
  else if (path) return readBody(world, report, path);
  else if (!text && whole === "email") report(diagnose("E621", name.span, { email }));
  if (path || !text) return null;
  const body = { kind: "markdown", source: text.value, file: null } as const;
  return { body, template: inQuotes(scope, text), file: null };
}

function readBody(world: World, report: Report, written: Text): CheckedBody | null {
  const { value: path, span } = written;
  const ending = /\.(md|html)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === undefined) {
    report(diagnose("E626", span, { path }));
    return null;
  }
  const file = readText(world, report, written);
  if (!file) return null;
  const { text } = file;
  const body = { kind: ending === "md" ? "markdown" : "html", source: text, file: path } as const;
  const at = (start: number, end: number): Span => ({ file: file.path, start, end });
  return { body, template: { text, at }, file };
}

function inQuotes(scope: Scope, text: Text): Template {
  return { text: text.value, at: placesIn(scope, text) };
}
