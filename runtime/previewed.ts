// Mails as one person would get them now, as values: shown, or sent to somebody who wants to see one.

import type { Instant, Message } from "./ports.ts";

/** Which mail, as whom. */
export interface PreviewRequest {
  readonly email: string;
  /** Key of the contact. */
  readonly as: string;
  /** Absent: the one that the contact would get. */
  readonly variant?: string;
  /** Absent: the clock's instant. */
  readonly at?: Instant;
}

/** A mail as one person would get it. */
export interface MailPreview
  extends Pick<Message, "from" | "to" | "replyTo" | "subject" | "html" | "text" | "headers"> {
  readonly email: string;
  /** null: the email as it is. */
  readonly variant: string | null;
  /** Key of the contact. */
  readonly contact: string;
  /** What it carries. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** Placeholders where nothing stands, as their values are unknown. */
  readonly without: readonly string[];
}

export interface TestMailRequest extends PreviewRequest {
  /** Who gets it, in place of the contact. */
  readonly to: string;
}

/** A mail that is written for somebody who wants to see it, and not handed over yet. */
export interface TestMail {
  readonly email: string;
  readonly variant: string | null;
  readonly message: Message;
}
export interface SentTest {
  readonly email: string;
  readonly variant: string | null;
  readonly to: string;
  readonly subject: string;
  /** Name of the mailer that took it. */
  readonly mailer: string;
}
