// What mails carry: kept beside the plans that name it, each file once, and read when a mail first needs it.

import type { Attachment, Plan } from "../../compiler/ir/plan.ts";
import { failure } from "../failures/failures.ts";
import type { MailFile, Result, Session } from "../ports.ts";
import { change, text, type Turn } from "./engine.ts";

/** Every file of the plan that no plan before had. */
export async function keepFiles(turn: Turn): Promise<void> {
  for (const { digest, content } of turn.engine.plan.files) {
    await change(
      turn,
      (builder) => `INSERT INTO attachment (digest, content)
        VALUES (${builder.param(text(digest))}, ${builder.param(text(content))}) ON CONFLICT DO NOTHING`,
    );
  }
}

/** The plan as it is written down: its files are kept by themselves. */
export const withoutFiles = (plan: Plan): Plan => ({ ...plan, files: [] });

/** Finds the files of a mail; F303 where one is gone. */
export type FindFiles = (email: string, attachments: readonly Attachment[]) => Promise<Result<readonly MailFile[]>>;

/** `session` null: the plan itself has all files. What was found is remembered. */
export function filesOf(plan: Plan, session: Session | null): FindFiles {
  const known = new Map(plan.files.map(({ digest, content }) => [digest, bytesOf(content)]));
  return async (email, attachments) => {
    const found: MailFile[] = [];
    for (const { name, digest } of attachments) {
      const content = known.get(digest) ?? (session && (await read(session, digest)));
      if (!content) return { ok: false, failure: failure("F303", { email, reason: `its file ${name} is gone` }) };
      known.set(digest, content);
      found.push({ name, content });
    }
    return { ok: true, value: found };
  };
}

async function read(session: Session, digest: string): Promise<Uint8Array | null> {
  const [row] = await session.run({
    text: "SELECT content FROM attachment WHERE digest = $digest",
    params: { digest: text(digest) },
  });
  return typeof row?.content === "string" ? bytesOf(row.content) : null;
}

const bytesOf = (base64: string): Uint8Array => Buffer.from(base64, "base64");
