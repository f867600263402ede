// Who is mailed at the first tick and in the time ahead, and who is not because of a rule that holds for all mail.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { PolicyRule } from "../../compiler/ir/policy.ts";
import type { Counts } from "./ahead.ts";
import { type Happened, moved, peopleOf } from "./announced.ts";
import type { Ahead, Held, HeldBy, MailEffect } from "./foreseen.ts";

/** Without the edit and with it. */
export interface Sides<T> {
  readonly before: T;
  readonly after: T;
}

interface MailsRequest {
  readonly happened: Sides<readonly Happened[]>;
  readonly ahead: Sides<Counts | null>;
  readonly samples: number;
}

const keyOf = ({ program, email }: { readonly program: string; readonly email: string | null }) =>
  JSON.stringify([program, email]);

/** Every mail that goes out within a day, with the edit or without it. */
export function mailEffects({ happened, ahead, samples }: MailsRequest): readonly MailEffect[] {
  const sent = (all: readonly Happened[]) => all.filter(({ outcome }) => outcome === "send");
  const [before, after] = [sent(happened.before), sent(happened.after)];
  const counted = [...(ahead.before?.mails ?? []), ...(ahead.after?.mails ?? [])].filter(({ day }) => day > 0);
  const found = new Map([...before, ...after, ...counted].map((one) => [keyOf(one), one]));
  return [...found.entries()].sort(byKey).map(([key, { program, email }]) => {
    const own = (all: readonly Happened[]) => peopleOf(all.filter((one) => keyOf(one) === key));
    const atOnce = moved(own(before), own(after), samples);
    const day = (counts: Counts | null, instead: number) =>
      counts ? (counts.mails.find((one) => keyOf(one) === key)?.day ?? 0) : instead;
    return {
      program,
      email: email ?? "",
      atOnce,
      day: { before: day(ahead.before, atOnce.before), after: day(ahead.after, atOnce.after) },
    };
  });
}

const byKey = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]) => (left < right ? -1 : 1);

const ruleKinds: { readonly [K in PolicyRule["kind"]]: HeldBy | null } = {
  "at most": "cap",
  "at most in total": "rate",
  "never send": "never send",
  "quiet hours": "hours",
  "send only between": "hours",
  "send only on": "hours",
  "no sending on holidays": "hours",
  "only one of": null,
  "on ambiguous": null,
};

/** What holds a mail back, by the words that the journal has for it. */
function heldBy(
  plans: readonly Plan[],
): (one: { readonly outcome: string; readonly reason: string | null }) => HeldBy | null {
  const rules = plans.flatMap(({ policies }) => policies.flatMap((policy) => policy.rules));
  const rates = plans.flatMap(({ programs }) => programs.flatMap(({ sendAtMost }) => sendAtMost?.title ?? []));
  const words = new Map<string, HeldBy>(rates.map((title) => [title, "rate"]));
  for (const { title, kind } of rules) {
    const by = ruleKinds[kind];
    if (by) words.set(title, by);
  }
  return ({ outcome, reason }) => {
    if (reason === null) return null;
    if (outcome === "dropped") return reason.startsWith("already in ") ? "only one of" : null;
    return outcome === "skipped" || outcome === "delayed" ? (words.get(reason) ?? null) : null;
  };
}

/** Who loses a mail or a start to a rule at the first tick. */
export function heldMails(plans: readonly Plan[], { happened, samples }: Omit<MailsRequest, "ahead">): readonly Held[] {
  const by = heldBy(plans);
  const found = new Map<string, Happened & { readonly by: HeldBy }>();
  const idOf = (one: Happened) => JSON.stringify([one.program, one.email, one.outcome, one.reason]);
  for (const one of [...happened.before, ...happened.after]) {
    const why = by(one);
    if (why) found.set(idOf(one), { ...one, by: why });
  }
  return [...found.entries()].sort(byKey).map(([key, one]) => {
    const own = (all: readonly Happened[]) => peopleOf(all.filter((other) => idOf(other) === key));
    return {
      program: one.program,
      email: one.email,
      by: one.by,
      reason: one.reason ?? "",
      isDelayed: one.outcome === "delayed",
      ...moved(own(happened.before), own(happened.after), samples),
    };
  });
}

const sum = (counts: readonly { readonly day: number; readonly month: number }[]) => ({
  day: counts.reduce((total, { day }) => total + day, 0),
  month: counts.reduce((total, { month }) => total + month, 0),
});

/** All mails in the time ahead, and those that caps stand in the way of. */
export function volumesOf(plans: readonly Plan[], ahead: Sides<Counts | null>, startsPerDay: number): Ahead {
  const by = heldBy(plans);
  const side = (counts: Counts | null) => ({
    mails: sum(counts?.mails ?? []),
    capped: sum((counts?.held ?? []).filter(({ reason }) => by({ outcome: "skipped", reason }) === "cap")),
  });
  const [before, after] = [side(ahead.before), side(ahead.after)];
  const volume = (of: "mails" | "capped", time: "day" | "month") => ({
    before: before[of][time],
    after: after[of][time],
  });
  return {
    day: volume("mails", "day"),
    month: volume("mails", "month"),
    capped: { day: volume("capped", "day"), month: volume("capped", "month") },
    startsPerDay,
  };
}
