// Emails: what each is made of, and what it must carry.

import type { Email as EmailNode, EmailSetting, Variant } from "../../grammar/ast/declaration.ts";
import type { Text } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { repeated } from "../catalog.ts";
import type { Checked, Operand } from "../checked.ts";
import type { Context } from "../context.ts";
import { type Replacing, withVariant } from "../ir/email.ts";
import type { AttachedFile, EmailText } from "../ir/plan.ts";
import type { Report, Scope } from "../scope.ts";
import type { World } from "../world.ts";
import { checkCondition } from "./condition.ts";
import { checkWording, textOf, type Template, type Wording, type Written } from "./email-text.ts";
import { type Attached, readAttachments } from "./file.ts";
import { missing } from "./operand.ts";
import { checkWordsFrom } from "./vocabulary.ts";

/** Replaces what it names of its email. */
export interface CheckedVariant {
  readonly name: string;
  /** null: only where a send names it. */
  readonly when: Checked | null;
  readonly wording: Wording;
}

export interface VariantText {
  readonly variant: string;
  /** The email with all that the variant replaces. */
  readonly email: EmailText;
}

export interface CheckedEmail {
  readonly name: string;
  readonly email: EmailText;
  readonly wording: Wording & { readonly subject: Template };
  readonly variants: readonly CheckedVariant[];
  /** The field of which the value says whose words the mail uses. */
  readonly wordsFrom: Operand | null;
  /** What its attachments hold. */
  readonly files: readonly AttachedFile[];
  readonly skipsCaps: boolean;
}

/** null where something it needs is missing, which is reported. */
export function checkEmail(scope: Scope, world: World, report: Report, node: EmailNode): CheckedEmail | null {
  let isWhole = true;
  const tell: Report = (diagnostic) => {
    isWhole = false;
    report(diagnostic);
  };
  const written: Written = { called: node.name.text, whole: "email", name: node.name, settings: node.settings };
  checkRepeated(written, tell);
  const wording = checkWording(scope, world, tell, written);
  const topic = checkTopic(scope, tell, node);
  const variants = checkVariants(scope, world, report, node);
  const wordsFrom = wordsOf(scope, tell, node);
  const attached = checkAttachments(world, tell, node);
  const { subject, body } = wording;
  if (!subject || !body || !isWhole || (has(node, "words from") && !wordsFrom)) return null;
  const email: EmailText = {
    name: node.name.text,
    doc: node.doc,
    subject: subject.text,
    body: body.body,
    sender: wording.sender ?? scope.settings.sender ?? "",
    replyTo: textOf(written, "reply to")?.value ?? null,
    previewText: wording.preview?.text ?? null,
    topic,
    isTransactional: has(node, "transactional"),
    wordsFrom: wordsFrom?.name ?? null,
    attachments: attached.map(({ content: _, ...attachment }) => attachment),
  };
  return {
    name: node.name.text,
    email,
    wording: { ...wording, subject },
    variants,
    wordsFrom,
    files: attached.map(({ digest, content }) => ({ digest, content })),
    skipsCaps: has(node, "skip caps"),
  };
}

/** What whoever gets a variant gets. */
export function variantsOf({ email, variants }: CheckedEmail): readonly VariantText[] {
  return variants.map((variant) => ({ variant: variant.name, email: withVariant(email, replacing(variant)) }));
}

/** What a variant has words of its own for. */
export function replacing({ name, wording: { subject, body, sender, preview } }: CheckedVariant): Replacing {
  return { name, subject: subject?.text ?? null, body: body?.body ?? null, sender, previewText: preview?.text ?? null };
}

/** The texts of an email that stand in files. */
export function filesOf({ wording, variants }: CheckedEmail): readonly SourceFile[] {
  return [wording, ...variants.map((variant) => variant.wording)].flatMap(({ body }) => body?.file ?? []);
}

function has(node: EmailNode, kind: EmailSetting["kind"]): boolean {
  return node.settings.some((setting) => setting.kind === kind);
}

/** Several files may be attached; everything else is said once. */
function checkRepeated({ settings, whole }: Written, report: Report): void {
  const seen = new Set<string>();
  for (const { kind, span } of settings) {
    if (seen.has(kind) && kind !== "attach") report(diagnose("E627", span, { whole, setting: kind }));
    seen.add(kind);
  }
}

function checkVariants(scope: Scope, world: World, report: Report, node: EmailNode): readonly CheckedVariant[] {
  for (const { text, span } of repeated(node.variants.map(({ name }) => name))) {
    report(diagnose("E231", span, { what: "The variant", name: text }));
  }
  return node.variants.map((variant) => checkVariant(scope, world, report, node, variant));
}

function checkVariant(
  scope: Scope,
  world: World,
  report: Report,
  node: EmailNode,
  { name, settings, when }: Variant,
): CheckedVariant {
  const called = `${node.name.text} variant ${name.text}`;
  const written: Written = { called, whole: "variant", name, settings };
  checkRepeated(written, report);
  return {
    name: name.text,
    when: when && checkCondition(contextOf(scope, report), when),
    wording: checkWording(scope, world, report, written),
  };
}

function contextOf(scope: Scope, report: Report): Context {
  return { scope, report, place: { kind: "segment" }, parameters: new Map(), event: null };
}

function wordsOf(scope: Scope, report: Report, { settings }: EmailNode): Operand | null {
  const words = settings.find(({ kind }) => kind === "words from");
  return words && "name" in words ? checkWordsFrom(scope, report, words.name) : null;
}

function checkAttachments(world: World, report: Report, { settings }: EmailNode): readonly Attached[] {
  const paths = settings.flatMap((setting): readonly Text[] =>
    setting.kind === "attach" && "value" in setting ? [setting.value] : [],
  );
  for (const { text, span } of repeated(paths.map(({ value: text, span }) => ({ text, span })))) {
    report(diagnose("E231", span, { what: "The file", name: text }));
  }
  return readAttachments(world, report, paths);
}

function checkTopic(scope: Scope, report: Report, node: EmailNode): string | null {
  const setting = node.settings.find((setting) => setting.kind === "topic");
  const email = node.name.text;
  if (setting && "name" in setting) {
    const { name } = setting;
    if (scope.topics.has(name.text)) {
      if (has(node, "transactional")) report(diagnose("W704", name.span, { email }));
      return name.text;
    }
    missing({ scope, report }, name, { what: "topic", starters: ["topic"] }, scope.topics.keys());
    return null;
  }
  if (!has(node, "transactional")) report(diagnose("E701", node.name.span, { email }));
  return null;
}

/** Who sends, and from where: reported once, at the first mail that needs it. */
export function checkSenders(scope: Scope, report: Report, nodes: readonly EmailNode[]): void {
  if (!scope.settings.isWhole) return;
  const anonymous = nodes.find((node) => !has(node, "sender"));
  if (anonymous && scope.settings.sender === null) {
    report(diagnose("E702", anonymous.name.span, { email: anonymous.name.text }));
  }
  const marketing = nodes.find((node) => !has(node, "transactional"));
  if (marketing && scope.settings.postalAddress === null) {
    report(diagnose("E703", marketing.name.span, { email: marketing.name.text }));
  }
}
