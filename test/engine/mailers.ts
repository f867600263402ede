// Mailers for tests: what they accepted is remembered, what they answer is scripted.

import type { Mailer, Message, Result, SendOutcome } from "../../runtime/ports.ts";
import type { OutboxRow } from "../../runtime/engine/outbox.ts";

export interface FakeMailer extends Mailer {
  /** Every message that was accepted, in order, also where the answer was lost. */
  readonly accepted: Message[];
}

/** `answer`: null accepts; the index counts the calls from 0. */
export function fakeMailer(
  answer: (message: Message, index: number) => SendOutcome | "throw" | null = () => null,
  traits: { readonly delivers?: boolean; readonly finds?: boolean } = {},
): FakeMailer {
  const accepted: Message[] = [];
  let calls = 0;
  return {
    name: "files",
    delivers: traits.delivers ?? false,
    accepted,
    async send(message) {
      const scripted = answer(message, calls++);
      if (scripted === "throw") {
        accepted.push(message);
        throw new Error("connection reset");
      }
      if (scripted !== null) return scripted;
      accepted.push(message);
      return { kind: "sent", providerId: `id-${message.sendId.slice(0, 8)}` };
    },
    ...(traits.finds
      ? {
          find: async (id: string): Promise<"sent" | "absent"> =>
            accepted.some(({ sendId }) => sendId === id) ? "sent" : "absent",
        }
      : {}),
  };
}

/** A message that shows what the outbox hands over. */
export async function plainRender(rows: readonly OutboxRow[], at: number): Promise<readonly Result<Message>[]> {
  return rows.map((row) => ({
    ok: true,
    value: {
      sendId: row.sendId,
      from: "ana@acme.example",
      to: row.address,
      replyTo: null,
      subject: row.email,
      html: "",
      text: JSON.stringify(row.values),
      headers: [],
      files: [],
      labels: [{ name: "program", value: row.program }],
      at,
    },
  }));
}
