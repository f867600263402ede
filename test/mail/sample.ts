// Emails and field values that the mail tests share.

import type { Email, ProjectSettings } from "../../compiler/ir/plan.ts";
import type { TemplateField } from "../../compiler/template.ts";
import type { Scalar, Type } from "../../compiler/types.ts";
import { loadRenderer, type Recipient, type Rendered } from "../../runtime/mail/render.ts";
import type { Result } from "../../runtime/ports.ts";

export const project: ProjectSettings = {
  name: "acme",
  zone: "Europe/Berlin",
  currency: "EUR",
  firstWeekday: 1,
  sender: "Ana from Acme <ana@acme.example>",
  postalAddress: "Acme GmbH, Torstr. 1, 10119 Berlin",
  seed: "acme",
};

export function email(body: string, more: Partial<Email> = {}): Email {
  return {
    name: "welcome",
    doc: null,
    subject: "Welcome",
    body: { kind: "markdown", source: body, file: null },
    sender: "Ana from Acme <ana@acme.example>",
    replyTo: null,
    previewText: null,
    topic: "product_tips",
    isTransactional: false,
    wordsFrom: null,
    attachments: [],
    skipsCaps: false,
    variants: [],
    hash: "",
    ...more,
  };
}

export const html = (source: string): Partial<Email> => ({ body: { kind: "html", source, file: null } });

export const nullable = (scalar: Scalar): Type => ({ scalar, isList: false, isNullable: true });
export const text: Scalar = { kind: "text", isExact: false };

export const fields: readonly TemplateField[] = [
  { name: "email", type: { scalar: { kind: "email" }, isList: false, isNullable: false } },
  { name: "first_name", type: nullable(text) },
  { name: "note", type: nullable(text) },
  { name: "site", type: nullable({ kind: "url" }) },
  { name: "seats", type: nullable({ kind: "number" }) },
  { name: "arr", type: nullable({ kind: "money", currency: "EUR" }) },
  { name: "discount", type: nullable({ kind: "percent" }) },
  { name: "is_vip", type: nullable({ kind: "boolean" }) },
  { name: "renewal", type: nullable({ kind: "date" }) },
  { name: "created", type: nullable({ kind: "datetime" }) },
  { name: "trial", type: nullable({ kind: "duration" }) },
  { name: "tags", type: { scalar: text, isList: true, isNullable: true } },
  { name: "company", type: nullable(text) },
  { name: "company.plan", type: nullable(text) },
  { name: "event.plan", type: nullable(text) },
];

export const at = Date.UTC(2026, 2, 2, 8, 0, 0);

export function recipient(values: Recipient["values"] = {}): Recipient {
  return {
    sendId: "0a1b2c",
    to: "ana@x.example",
    at,
    values,
    labels: [
      { name: "program", value: "onboarding" },
      { name: "email", value: "welcome" },
    ],
  };
}

export async function render(mail: Email, values: Recipient["values"] = {}): Promise<Result<Rendered>> {
  const renderer = await loadRenderer({ project });
  const prepared = renderer.prepare(mail, fields);
  return prepared.ok ? prepared.value.render(recipient(values)) : prepared;
}

export async function rendered(mail: Email, values: Recipient["values"] = {}): Promise<Rendered> {
  const result = await render(mail, values);
  if (!result.ok) throw new Error(`${result.failure.code} ${result.failure.text}`);
  return result.value;
}
