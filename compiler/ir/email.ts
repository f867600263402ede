// What somebody gets of an email: its own words, or those of a variant in their place.

import type { Email, EmailText, EmailVariant } from "./plan.ts";

export type Replacing = Omit<EmailVariant, "when">;

export function withVariant(text: EmailText, { subject, body, sender, previewText }: Replacing): EmailText {
  return {
    ...text,
    subject: subject ?? text.subject,
    body: body ?? text.body,
    sender: sender ?? text.sender,
    previewText: previewText ?? text.previewText,
  };
}

/** null where the email has no variant of that name. `variant` null: the email as it is. */
export function textOf(email: Email, variant: string | null): EmailText | null {
  if (variant === null) return email;
  const found = email.variants.find(({ name }) => name === variant);
  return found ? withVariant(email, found) : null;
}

/** Everything of an email, and of its variants, that can hold placeholders. */
export function templatesOf(email: Email): readonly string[] {
  return [email, ...email.variants].flatMap(({ subject, body, previewText }) =>
    [subject, body?.source, previewText].flatMap((template) => template ?? []),
  );
}
