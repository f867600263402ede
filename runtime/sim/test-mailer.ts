// The mailer of tests: keeps what it is handed, and refuses or fails where a test says so.

import type { Database, Mailer, Message, SendOutcome } from "../ports.ts";

export interface TestMailer extends Mailer {
  /** Mails that went out, by their ids. */
  readonly mails: ReadonlyMap<string, Message>;
  /** `times` null: whenever it is tried. */
  readonly fault: (contact: string, outcome: "is refused" | "fails", times: number | null) => void;
}

interface Fault {
  readonly outcome: "is refused" | "fails";
  left: number;
}

export function testMailer(database: Database): TestMailer {
  const mails = new Map<string, Message>();
  const faults = new Map<string, Fault>();
  const receiver = async (sendId: string): Promise<string> => {
    const params = { id: { kind: "text", value: sendId } } as const;
    const [row] = await database.run({ text: "SELECT contact_id FROM outbox WHERE send_id = $id", params });
    return String(row?.contact_id);
  };
  const send = async (message: Message): Promise<SendOutcome> => {
    const fault = faults.size > 0 ? faults.get(await receiver(message.sendId)) : undefined;
    if (fault && fault.left > 0) {
      fault.left -= 1;
      if (fault.outcome === "is refused") return { kind: "refused", reason: "the test says so" };
      return { kind: "retry", reason: "the test says so", afterMs: null };
    }
    mails.set(message.sendId, message);
    return { kind: "sent", providerId: message.sendId };
  };
  return {
    name: "test",
    delivers: true,
    mails,
    send,
    fault: (contact, outcome, times) => {
      faults.set(contact, { outcome, left: times ?? Number.POSITIVE_INFINITY });
    },
  };
}
