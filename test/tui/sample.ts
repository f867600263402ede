// Snapshots for the tests of the screen.

import type { ProgramView, Snapshot, Watched } from "../../runtime/snapshot.ts";

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

const busySnapshot: Snapshot = {
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

const calmSnapshot: Snapshot = {
  ...busySnapshot,
  programs: [winBack],
  mail: { pending: 0, claimed: 0, sent: 400, failed: 0, unknown: 0, delayed: [], skipped: [] },
  problems: [],
};

const days = (open: (day: number) => number) =>
  Array.from({ length: 14 }, (_, day) => ({ delivered: day < 2 ? 0 : 100, opened: day < 2 ? 0 : open(day) }));

type Steps = Watched["programs"][number]["steps"];

/** Each step leads to the next, but for those that are named. */
function stepsOf(program: ProgramView, more: Readonly<Record<string, Partial<Steps[number]>>>): Steps {
  return program.steps.map(({ step, people }, index) => ({
    step,
    dueSoon: people > 0 && index % 2 === 1 ? Math.floor(people / 10) : 0,
    held: 0,
    sent: 0,
    failed: 0,
    left: 0,
    ways: [{ label: null, to: index + 1 < program.steps.length ? index + 1 : null }],
    ...more[step],
  }));
}

const pulseOf = (program: ProgramView, more: Partial<Watched["programs"][number]> = {}) => ({
  name: program.name,
  paused: null,
  dueSoon: 0,
  sentToday: 0,
  response: { delivered: 0, opened: 0, clicked: 0, days: days(() => 0).map(() => ({ delivered: 0, opened: 0 })) },
  steps: stepsOf(program, {}),
  ...more,
});

/** A watcher's view of a snapshot, where nothing else is said. */
export function watchedOf(snapshot: Snapshot, more: Partial<Watched> = {}): Watched {
  return {
    snapshot,
    problems: snapshot.problems.length,
    programs: snapshot.programs.map((program) => pulseOf(program)),
    outbox: {
      lastMinute: 0,
      lastHour: 0,
      today: 0,
      backingOff: null,
      brake: null,
      quarantine: null,
      errors: [],
    },
    ticks: [],
    ...more,
  };
}

export const busy: Watched = watchedOf(busySnapshot, {
  programs: [
    pulseOf(onboarding, {
      dueSoon: 834,
      sentToday: 1_204,
      response: { delivered: 9_000, opened: 3_150, clicked: 412, days: days((day) => 20 + day * 2) },
      steps: stepsOf(onboarding, {
        send_welcome_1: { sent: 20_000, failed: 3, left: 12 },
        wait_2: {
          held: 0,
          left: 1_321,
          ways: [
            { label: "if it came", to: 3 },
            { label: "otherwise", to: 4 },
          ],
        },
        tips: { sent: 9_870, held: 412, ways: [{ label: null, to: 6 }] },
        send_nudge_1: { sent: 4_400 },
      }),
    }),
    pulseOf(winBack, {
      paused: { since: start - dayMs, reason: null },
      response: { delivered: 400, opened: 40, clicked: 4, days: days(() => 10) },
    }),
    pulseOf(quiet),
  ],
  outbox: {
    lastMinute: 33,
    lastHour: 2_000,
    today: 1_204,
    backingOff: { mails: 12, nextAt: start + 20 * minuteMs },
    brake: null,
    quarantine: { mails: 1, since: start - hourMs },
    errors: [
      { at: start - hourMs, reason: "the mailbox 役員@x.example does not exist", mails: 3 },
      { at: start - dayMs, reason: "Mailgun answered 503", mails: 12 },
    ],
  },
  ticks: [
    { at: start, tickMs: 412, deliverMs: 3_400, rounds: 3, rows: 12_345, sent: 33, failed: 0 },
    { at: start - minuteMs, tickMs: 9, deliverMs: 0, rounds: 0, rows: 0, sent: 0, failed: 3 },
  ],
});

export const calm: Watched = watchedOf(calmSnapshot);

export const empty: Watched = watchedOf({ ...calmSnapshot, programs: [], contacts: 1, ticks: 0, isOver: true });

/** A view with `count` programs: `program_1` and so on. */
export function crowd(count: number): Watched {
  const programs = Array.from({ length: count }, (_, index) => ({ ...winBack, name: `program_${index + 1}` }));
  return watchedOf({ ...calmSnapshot, programs });
}

/** The view with other parts of its snapshot. */
export const told = (seen: Watched, snapshot: Partial<Snapshot>): Watched => ({
  ...seen,
  snapshot: { ...seen.snapshot, ...snapshot },
});
