// What goes with each mail beside its texts: names as tags and variables, and headers. Providers take only so much of it.

import type { Email } from "../../grammar/ast/declaration.ts";
import type { Name } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Report, Scope } from "../scope.ts";
import { textOf } from "./email-text.ts";

/** Of a tag; links that refuse a topic have no room for much more either. */
const longestName = 128;

/** Of a header (RFC 5322). */
const longestLine = 998;

/**
 * Names that are told with each mail, and the one header that a writer may make of any length. Within these limits, what
 * goes with a mail stays far below the 16 KB that Mailgun takes.
 */
export function checkMailOptions({ programs, topics }: Scope, report: Report, emails: readonly Email[]): void {
  const told: readonly (readonly [what: string, name: Name])[] = [
    ...[...topics.values()].map(({ name }) => ["topic", name] as const),
    ...emails.map(({ name }) => ["email", name] as const),
    ...emails.flatMap(({ variants }) => variants.map(({ name }) => ["variant", name] as const)),
    ...[...programs.values()].map(({ name }) => ["program", name] as const),
  ];
  for (const [what, { text, span }] of told) {
    if (text.length > longestName) report(diagnose("E725", span, { what, length: text.length, most: longestName }));
  }
  for (const { name, settings } of emails) {
    const replyTo = textOf({ called: name.text, whole: "email", name, settings }, "reply to");
    const bytes = new TextEncoder().encode(replyTo?.value ?? "").length;
    if (replyTo && bytes > longestLine) {
      report(diagnose("E726", replyTo.span, { bytes, most: longestLine }));
    }
  }
}
