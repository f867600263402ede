// What a provider tells of people who were forgotten: nothing of it is written down, so that it does not bring them back.

import type { Feedback, Listed, Mailer } from "../ports.ts";

type IsForgotten = (address: string) => boolean;

/** A mailer that knows nothing of who was forgotten. */
export function silenced(mailer: Mailer, isForgotten: IsForgotten): Mailer {
  const { records } = mailer;
  if (!records) return mailer;
  const kept = <T extends Pick<Feedback | Listed, "mailbox">>(all: readonly T[]) =>
    all.filter(({ mailbox }) => !isForgotten(mailbox));
  async function* among<T extends Pick<Feedback | Listed, "mailbox">>(parts: AsyncIterable<readonly T[]>) {
    for await (const part of parts) yield kept(part);
  }
  return {
    ...mailer,
    records: {
      told: (since) => among(records.told(since)),
      listed: () => among(records.listed()),
      list: (entries) => records.list(kept(entries)),
      unlist: (mailboxes) => records.unlist(mailboxes),
    },
  };
}
