// What keeps a mail from going out: rules 19, 26 and 36, and what a wait makes of mails that did not.

import { DateTime } from "luxon";
import type { PolicyRule } from "../../grammar/ast/declaration.ts";
import type { Expr } from "../../grammar/ast/expr.ts";
import { type Enrollment, type Mail, type Person, shifted, wordOn, zone } from "./conditions.ts";

/** What was promised and held back so far, and what is asked of people. */
export interface Post {
  readonly now: number;
  readonly history: { readonly policies: readonly PolicyRule[]; readonly segments: ReadonlyMap<string, Expr> };
  readonly mails: readonly Mail[];
  readonly heldBack: readonly Pick<Mail, "enrollment" | "email">[];
  personOf(key: string): Person;
  isTrue(when: Expr, person: Person): boolean;
}

/** Somebody who has come to a send. */
export interface Sending {
  readonly one: Enrollment;
  readonly person: Person;
  readonly email: string;
  readonly step: string;
  readonly visit: number;
  /** Whether the send's own `only if` holds. */
  readonly isWanted: boolean;
  /** Since when the mail should have gone out. */
  readonly owedAt: number;
}

interface Decided<S> {
  readonly send: S;
  readonly refusal: string | null;
  /** Until when the mail has to wait; null: it need not. */
  readonly until: number | null;
  /** The rule by which it has to. */
  readonly by: string | null;
}

const topicOf = (email: string): string => (email === "digest" ? "news" : "tips");

/** Why a person may not get a mail, whatever the program says; null: nothing is against it. */
export function refusalOf(person: Person, email: string, { history, isTrue }: Post): string | null {
  const topic = topicOf(email);
  if (person.address === null) return "no address";
  if (person.address.isSuppressed) return "suppressed";
  const word = wordOn(person, topic);
  if (word === false) return `unsubscribed from ${topic}`;
  if (word === undefined && topic === "news") return "not subscribed to news";
  for (const rule of history.policies) {
    if (rule.kind !== "never send" || (rule.topic !== null && rule.topic.text !== topic)) continue;
    const members: Expr = { kind: "member", name: rule.segment, args: null, span: rule.span };
    if (isTrue(members, person)) return `never send ${rule.topic ? `${topic} ` : ""}to in ${rule.segment.text}`;
  }
  return null;
}

/** Decides all sends of a round: what is against each, then caps, then hours. */
export function decide<S extends Sending>(sending: readonly S[], post: Post): readonly Decided<S>[] {
  const refusals = new Map(
    sending.map((send) => {
      const refusal = refusalOf(send.person, send.email, post);
      return [send, refusal ?? (send.isWanted ? null : "its only if did not hold")] as const;
    }),
  );
  const open = sending.filter((send) => refusals.get(send) === null);
  for (const send of open) if (isCopy(send, open, post)) refusals.set(send, "same address already mailed");
  const places = new Map<string, number>();
  const inOrder = [...sending].sort(
    (one, other) => one.owedAt - other.owedAt || (one.one.program < other.one.program ? -1 : 1),
  );
  return inOrder.map((send) => {
    const refusal = refusals.get(send) ?? null;
    if (refusal !== null) return { send, refusal, until: null, by: null };
    const place = (places.get(send.person.key) ?? 0) + 1;
    places.set(send.person.key, place);
    const delay = capped(send, place, post) ?? closed(send.person, post);
    return { send, refusal: null, until: null, by: null, ...delay };
  });
}

/** Two people of one address get one copy of a step's mail; who comes again gets it again. */
function isCopy({ person, one, step, visit }: Sending, open: readonly Sending[], { mails, personOf }: Post): boolean {
  const isRival = (program: string, at: string, other: Person) =>
    program === one.program && at === step && other.key !== person.key && other.address === person.address;
  return (
    open.some((other) => isRival(other.one.program, other.step, other.person) && other.person.key < person.key) ||
    mails.some(
      (mail) =>
        isRival(mail.enrollment.program, mail.step, personOf(mail.enrollment.person)) &&
        mail.state !== "skipped" &&
        mail.visit >= visit,
    )
  );
}

type Delay = Partial<Pick<Decided<Sending>, "refusal" | "until" | "by">> | null;

/** Whether some rule may make mail wait. */
export const delaysMail = (policies: readonly PolicyRule[]): boolean =>
  policies.some(({ kind }) => kind !== "never send");

/** `place`: the mail's among those that the person is to get at this instant. */
function capped({ person, owedAt }: Sending, place: number, { history, mails, now }: Post): Delay {
  const rule = history.policies.find(({ kind }) => kind === "at most");
  if (rule?.kind !== "at most") return null;
  const most = rule.emails.value;
  const since = shifted(now, rule.duration, -1);
  const got = mails.filter(
    (mail) => mail.enrollment.person === person.key && mail.state !== "skipped" && mail.at > since,
  );
  if (got.length + place <= most) return null;
  const by = `at most ${most} emails in ${rule.duration.amount}${rule.duration.unit}`;
  const latest = owedAt + 48 * 3_600_000;
  if (latest <= now) return { refusal: by };
  // The oldest of those that fill the cap has to be so long ago that it no longer counts.
  const times = got.map(({ at }) => at).sort((one, other) => other - one);
  const room = shifted(times[Math.min(times.length, most) - 1] ?? now, rule.duration);
  return { until: Math.min(room, latest), by };
}

/** Waits minute by minute for the hours, and day by day for the days. */
function closed(person: Person, { history, now }: Post): Delay {
  let by: string | null = null;
  for (let at = now; ; ) {
    const closing = history.policies.find((rule) => isClosed(rule, at, person));
    if (!closing) return by === null ? null : { until: at, by };
    by ??= titleOf(closing);
    const isDay = closing.kind === "send only on";
    at = isDay
      ? DateTime.fromMillis(at, { zone: zoneOf(closing, person) })
          .plus({ days: 1 })
          .toMillis()
      : at + 60_000;
  }
}

const zoneOf = ({ local }: { readonly local: boolean }, { fields }: Person): string =>
  local ? String(fields.time_zone ?? zone) : zone;

/** Days are looked at in hours that are open only. */
function isClosed(rule: PolicyRule, at: number, person: Person): boolean {
  if (rule.kind !== "quiet hours" && rule.kind !== "send only between" && rule.kind !== "send only on") return false;
  const { hour, minute, weekday } = DateTime.fromMillis(at, { zone: zoneOf(rule, person) });
  if (rule.kind === "send only on") return weekday > 5;
  const [clock, from, to] = [{ hour, minute }, rule.from, rule.to].map((of) => of.hour * 60 + of.minute) as [
    number,
    number,
    number,
  ];
  const isWithin = from < to ? from <= clock && clock < to : clock >= from || clock < to;
  return isWithin === (rule.kind === "quiet hours");
}

function titleOf(rule: PolicyRule): string {
  if (rule.kind === "send only on") return `send only on weekdays${rule.local ? " local" : ""}`;
  if (rule.kind !== "quiet hours" && rule.kind !== "send only between") throw new Error(`${rule.kind} closes nothing`);
  const [from, to] = [rule.from, rule.to].map(({ hour, minute }) =>
    [hour, minute].map((part) => String(part).padStart(2, "0")).join(":"),
  );
  return `${rule.kind} ${from} ${rule.kind === "quiet hours" ? "to" : "and"} ${to}${rule.local ? " local" : ""}`;
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
