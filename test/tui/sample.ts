// Snapshots for the tests of the screen.

import type { ProgramView, Snapshot } from "../../runtime/snapshot.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
export const start = Date.UTC(2026, 2, 2, 9, 0);

const onboarding: ProgramView = {
  name: "onboarding",
  active: 12_345,
  entered: 20_000,
  goals: 1_234,
  left: [
    { reason: "finished", people: 5_100 },
    { reason: "goal", people: 1_234 },
    { reason: "exit: unsubscribed or in Customers", people: 1_321 },
  ],
  nextDue: start + 20 * minuteMs,
  steps: [
    { step: "send_welcome_1", title: "send welcome", kind: "send", people: 0, nextDue: null },
    { step: "wait_1", title: "wait 3d", kind: "wait", people: 8_000, nextDue: start + 20 * minuteMs },
    {
      step: "wait_2",
      title: "wait up to 5d until opened welcome",
      kind: "wait_until",
      people: 4_000,
      nextDue: start + 5 * hourMs,
    },
    { step: "tips", title: "send tips", kind: "send", people: 0, nextDue: null },
    { step: "send_nudge_1", title: "send nudge", kind: "send", people: 0, nextDue: null },
    { step: "wait_3", title: "wait until tuesday 09:00 local", kind: "wait", people: 345, nextDue: start + dayMs },
    {
      step: "hand_1",
      title: 'hand off to sales with "開始のご案内、部長"',
      kind: "hand_off",
      people: 0,
      nextDue: null,
    },
  ],
};

const winBack: ProgramView = {
  name: "win_back",
  active: 120,
  entered: 400,
  goals: 12,
  left: [],
  nextDue: start + 12 * dayMs,
  steps: [
    { step: "send_offer_1", title: "send offer", kind: "send", people: 0, nextDue: null },
    { step: "wait_1", title: "wait 14d", kind: "wait", people: 120, nextDue: start + 12 * dayMs },
  ],
};

const quiet: ProgramView = {
  name: "yearly_thanks",
  active: 0,
  entered: 0,
  goals: 0,
  left: [],
  nextDue: null,
  steps: [],
};

export const busy: Snapshot = {
  at: start,
  contacts: 20_000,
  ticks: 1_234,
  programs: [onboarding, winBack, quiet],
  calls: { pending: 0, made: 0, failed: 0 },
  mail: {
    pending: 12,
    claimed: 1,
    sent: 41_002,
    failed: 3,
    unknown: 1,
    delayed: [{ reason: "quiet hours 20:00 to 08:00 local", mails: 412 }],
    skipped: [
      { reason: "no address", mails: 20 },
      { reason: "suppressed", mails: 12 },
      { reason: "not subscribed to product_tips", mails: 8 },
    ],
  },
  problems: [
    {
      since: start - 2 * hourMs,
      text: "Mailgun refuses the key, so no mail can leave; 12 mails wait.",
      help: "Set MAILGUN_API_KEY to a sending key of this domain and start the run again; nothing is lost.",
    },
    {
      since: start - dayMs,
      text: "`data/purchases.csv` cannot be read: 役員 ends in the middle of a character.",
      help: 'Save the file as UTF-8, or write `encoding "latin1"` in its load.',
    },
  ],
  isOver: false,
};

export const calm: Snapshot = {
  ...busy,
  programs: [winBack],
  mail: { pending: 0, claimed: 0, sent: 400, failed: 0, unknown: 0, delayed: [], skipped: [] },
  problems: [],
};

export const empty: Snapshot = { ...calm, programs: [], contacts: 1, ticks: 0, isOver: true };

/** A snapshot with `count` programs: `program_1` and so on. */
export function crowd(count: number): Snapshot {
  const programs = Array.from({ length: count }, (_, index) => ({ ...winBack, name: `program_${index + 1}` }));
  return { ...calm, programs };
}
