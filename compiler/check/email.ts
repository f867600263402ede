// Emails: what each is made of, and what it must carry.

import type { Email as EmailNode, EmailSetting } from "../../grammar/ast/declaration.ts";
import type { Text } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import type { Operand } from "../checked.ts";
import { hashOf } from "../hash.ts";
import type { Email } from "../ir/plan.ts";
import type { Report, Scope } from "../scope.ts";
import { isSender } from "../settings.ts";
import { isNotYet, unavailable } from "../unavailable.ts";
import type { World } from "../world.ts";
import { readText } from "./file.ts";
import { checkWordsFrom } from "./vocabulary.ts";
import { missing } from "./operand.ts";
import { placesIn } from "./quoted.ts";

/** A text with placeholders, and where it stands. */
export interface Template {
  readonly text: string;
  readonly at: (start: number, end: number) => Span;
}

export interface CheckedEmail {
  readonly name: string;
  readonly email: Email;
  readonly templates: readonly Template[];
  /** The field of which the value says whose words the mail uses. */
  readonly wordsFrom: Operand | null;
  /** The file of the body, where there is one. */
  readonly file: { readonly path: string; readonly text: string } | null;
}

type TextKind = Extract<EmailSetting, { readonly value: Text }>["kind"];

/** null where something it needs is missing or not available, which is reported. */
export function checkEmail(scope: Scope, world: World, report: Report, node: EmailNode): CheckedEmail | null {
  const found = report;
  let isWhole = true;
  const tell: Report = (diagnostic) => {
    if (!isNotYet(diagnostic)) isWhole = false;
    found(diagnostic);
  };
  checkSettings(node, tell);
  const text = (kind: TextKind): Text | null => {
    const setting = node.settings.find((setting) => setting.kind === kind);
    return setting && "value" in setting ? setting.value : null;
  };
  const subject = text("subject");
  const body = checkBody(scope, world, tell, node, text("body"), text("text"));
  const topic = checkTopic(scope, tell, node);
  const words = node.settings.find((setting) => setting.kind === "words from");
  const wordsFrom = words && "name" in words ? checkWordsFrom(scope, tell, words.name) : null;
  for (const sender of [text("sender"), text("reply to")]) {
    if (sender && !isSender(sender.value)) tell(diagnose("E804", sender.span, { found: sender.value }));
  }
  if (!subject?.value.trim()) tell(diagnose("E620", subject?.span ?? node.name.span, { email: node.name.text }));
  if (!subject || !body || !isWhole || (words && !wordsFrom)) return null;
  const preview = text("preview text");
  const email: Omit<Email, "hash"> = {
    name: node.name.text,
    doc: node.doc,
    subject: subject.value,
    body: body.body,
    sender: text("sender")?.value ?? scope.settings.sender ?? "",
    replyTo: text("reply to")?.value ?? null,
    previewText: preview?.value ?? null,
    topic,
    isTransactional: isTransactional(node),
  };
  const texts = preview ? [subject, preview] : [subject];
  const templates = [...texts.map((part) => inQuotes(scope, part)), body.template];
  return { name: node.name.text, email: { ...email, hash: hashOf(email) }, templates, wordsFrom, file: body.file };
}

function isTransactional(node: EmailNode): boolean {
  return node.settings.some(({ kind }) => kind === "transactional");
}

/** What stands twice, and what is not available yet. */
function checkSettings(node: EmailNode, report: Report): void {
  const seen = new Set<string>();
  for (const setting of node.settings) {
    const { kind, span } = setting;
    if (kind === "words from" || kind === "attach" || kind === "skip caps") report(unavailable(kind, span));
    else if (seen.has(kind)) report(diagnose("E627", span, { setting: kind }));
    seen.add(kind);
  }
  for (const variant of node.variants) {
    report(unavailable("variant", { ...variant.span, end: variant.name.span.end }));
  }
}

function checkTopic(scope: Scope, report: Report, node: EmailNode): string | null {
  const setting = node.settings.find((setting) => setting.kind === "topic");
  const email = node.name.text;
  if (setting && "name" in setting) {
    const { name } = setting;
    if (scope.topics.has(name.text)) {
      if (isTransactional(node)) report(diagnose("W704", name.span, { email }));
      return name.text;
    }
    missing({ scope, report }, name, { what: "topic", starters: ["topic"] }, scope.topics.keys());
    return null;
  }
  if (!isTransactional(node)) report(diagnose("E701", node.name.span, { email }));
  return null;
}

interface CheckedBody {
  readonly body: Email["body"];
  readonly template: Template;
  readonly file: CheckedEmail["file"];
}

function checkBody(
  scope: Scope,
  world: World,
  report: Report,
  node: EmailNode,
  path: Text | null,
  text: Text | null,
): CheckedBody | null {
  const email = node.name.text;
  if (path && text) report(diagnose("E622", text.span, { email }));
  else if (path) return readBody(world, report, path);
  else if (!text) report(diagnose("E621", node.name.span, { email }));
  if (path || !text) return null;
  const body = { kind: "markdown", source: text.value, file: null } as const;
  return { body, template: inQuotes(scope, text), file: null };
}

function readBody(world: World, report: Report, { value: path, span }: Text): CheckedBody | null {
  const ending = /\.(md|html)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === undefined) {
    report(diagnose("E626", span, { path }));
    return null;
  }
  const file = readText(world, report, { kind: "text", value: path, span });
  if (!file) return null;
  const { text } = file;
  const body = { kind: ending === "md" ? "markdown" : "html", source: text, file: path } as const;
  const at = (start: number, end: number): Span => ({ file: file.path, start, end });
  return { body, template: { text, at }, file };
}

function inQuotes(scope: Scope, text: Text): Template {
  return { text: text.value, at: placesIn(scope, text) };
}

/** Who sends, and from where: reported once, at the first mail that needs it. */
export function checkSenders(scope: Scope, report: Report, nodes: readonly EmailNode[]): void {
  if (!scope.settings.isWhole) return;
  const has = (node: EmailNode, kind: string) => node.settings.some((setting) => setting.kind === kind);
  const anonymous = nodes.find((node) => !has(node, "sender"));
  if (anonymous && scope.settings.sender === null) {
    report(diagnose("E702", anonymous.name.span, { email: anonymous.name.text }));
  }
  const marketing = nodes.find((node) => !isTransactional(node));
  if (marketing && scope.settings.postalAddress === null) {
    report(diagnose("E703", marketing.name.span, { email: marketing.name.text }));
  }
}
