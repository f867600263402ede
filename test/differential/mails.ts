// What keeps a mail from going out: rules 19, 26 and 36, and what a wait makes of mails that did not.

import { type Enrollment, type Mail, type Person, wordOn } from "./conditions.ts";

/** What was promised and held back so far. */
export interface Post {
  readonly mails: readonly Mail[];
  readonly heldBack: readonly Pick<Mail, "enrollment" | "email">[];
  personOf(key: string): Person;
}

/** Why a person may not get a mail, whatever the program says; null: nothing is against it. */
export function refusalOf(person: Person, email: string): string | null {
  const topic = email === "digest" ? "news" : "tips";
  if (person.address === null) return "no address";
  if (person.address.isSuppressed) return "suppressed";
  const word = wordOn(person, topic);
  if (word === false) return `unsubscribed from ${topic}`;
  return word === undefined && topic === "news" ? "not subscribed to news" : null;
}

/** Whether all mails that a wait names were held back, and none of them went out. */
export function areSkipped(one: Enrollment, emails: readonly string[], { mails, heldBack }: Post): boolean {
  const isOf = (email: string) => (mail: Pick<Mail, "enrollment" | "email">) =>
    mail.enrollment === one && mail.email === email;
  const isSkipped = (email: string) => {
    const promised = mails.filter(isOf(email));
    const isHeldBack = heldBack.some(isOf(email)) || promised.length > 0;
    return isHeldBack && promised.every(({ state }) => state === "skipped");
  };
  return emails.length > 0 && emails.every(isSkipped);
}

interface Sending extends Pick<Mail, "step" | "visit"> {
  readonly person: Person;
  readonly program: string;
}

/** Two people of one address get one copy of a step's mail; who comes again gets it again. */
export function isCopy({ person, program, step, visit }: Sending, { mails, personOf }: Post): boolean {
  return mails.some(
    ({ enrollment, ...mail }) =>
      enrollment.person !== person.key &&
      personOf(enrollment.person).address === person.address &&
      enrollment.program === program &&
      mail.step === step &&
      mail.state !== "skipped" &&
      mail.visit >= visit,
  );
}
