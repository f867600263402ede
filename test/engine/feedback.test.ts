// What the provider tells of mails: each telling once, the same state in any order, and nobody unknown harms anything.

import fc from "fast-check";
import { expect, test } from "vitest";
import { takeFeedback } from "../../runtime/engine/feedback.ts";
import { snapshot } from "../../runtime/engine/snapshot.ts";
import { runLoop } from "../../runtime/engine/run.ts";
import type { Feedback } from "../../runtime/ports.ts";
import { membersOf } from "../../runtime/questions.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import { valueFrom } from "../support/scratch.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, type World, worldOf } from "./world.ts";

const source = `program p < start when signed_up  goal purchased  send welcome >
segment Clickers where clicked
segment Openers where opened`;

const now = at("2026-03-09");
const start = at("2026-03-02");

/** Ana and Ben were sent a mail each, as `mail-ana` and `mail-ben`; nobody knows `mail-zoe`. */
async function mailed(): Promise<World> {
  const world = await worldOf(source);
  await world.apply("2026-03-02");
  for (const name of ["ana", "ben"]) {
    await world.person(name);
    await world.rows(`INSERT INTO outbox (send_id, program, version, enrollment_id, contact_id, step, visit, email, address, mailbox,
        state, attempt, planned_at, not_before)
      VALUES ('mail-${name}', 'p', 1, 'e-${name}', '${name}', 'send welcome', 1, 'welcome', '${name}@test.example',
        '${name}@test.example', 'sent', 1, TIMESTAMP '2026-03-02', TIMESTAMP '2026-03-02')`);
  }
  return world;
}

const tell = (world: World, told: readonly Feedback[]) =>
  world.database.transaction((session) => takeFeedback(session, world.plan, told, now));

function feedback(kind: Feedback["kind"], seconds: number, more: Partial<Feedback> = {}): Feedback {
  const sendId = more.sendId ?? "mail-ana";
  return {
    id: `${kind}-${sendId}-${seconds}-${more.link ?? ""}`,
    kind,
    sendId,
    mailbox: sendId.replace("mail-", "").concat("@test.example"),
    at: start + seconds * 1000,
    link: null,
    reason: null,
    isMachine: false,
    ...more,
  };
}

const kinds = ["received", "opened", "clicked", "unsubscribed", "complained", "bounced"] as const;

/** All that is known, but for when it came in. */
async function stateOf(world: World): Promise<string> {
  const tables = [
    ...kinds.map((kind) => `SELECT * EXCLUDE (received_at, batch) FROM event_${kind} ORDER BY ALL`),
    "SELECT * FROM suppression ORDER BY ALL",
    "SELECT * FROM consent ORDER BY ALL",
    "SELECT * EXCLUDE (received_at) FROM feedback ORDER BY ALL",
  ];
  const rows = [];
  for (const table of tables) rows.push(await world.rows(table));
  return JSON.stringify(rows);
}

async function forget(world: World): Promise<void> {
  for (const table of [...kinds.map((kind) => `event_${kind}`), "suppression", "consent", "feedback"]) {
    await world.rows(`DELETE FROM ${table}`);
  }
}

const drawn: fc.Arbitrary<readonly Feedback[]> = fc.uniqueArray(
  fc
    .record({
      kind: fc.constantFrom<Feedback["kind"]>(
        ...([
          "delivered",
          "opened",
          "clicked",
          "clicked",
          "unsubscribed",
          "complained",
          "bounced",
          "undelivered",
          "delayed",
        ] as const),
      ),
      sendId: fc.constantFrom("mail-ana", "mail-ana", "mail-ben", "mail-zoe", null),
      mailbox: fc.constantFrom("ana@test.example", "zoe@test.example"),
      seconds: fc.integer({ min: 0, max: 20 }),
      link: fc.constantFrom("https://a.example", "https://b.example"),
      isMachine: fc.boolean(),
    })
    .map(({ kind, seconds, ...more }) =>
      feedback(kind, seconds, { ...more, sendId: more.sendId, id: `${kind} ${seconds} ${more.sendId} ${more.link}` }),
    ),
  { selector: ({ id }) => id, minLength: 1, maxLength: 14 },
);

/** The same tellings in another order, some of them several times, cut into batches. */
const arranged = drawn.chain((told) =>
  fc.tuple(
    fc.constant(told),
    fc.shuffledSubarray([...told, ...told], { minLength: 2 * told.length }),
    fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2 * told.length, maxLength: 2 * told.length }),
  ),
);

test("any order, repetition and grouping gives one state", async () => {
  const world = await mailed();
  await fc.assert(
    fc.asyncProperty(arranged, async ([told, shuffled, sizes]) => {
      await forget(world);
      await tell(world, told);
      const expected = await stateOf(world);
      await forget(world);
      for (let from = 0, turn = 0; from < shuffled.length; from += sizes[turn++] ?? 1) {
        await tell(world, shuffled.slice(from, from + (sizes[turn] ?? 1)));
      }
      expect(await stateOf(world)).toBe(expected);
    }),
    { numRuns: 40 },
  );
}, 120_000);

test("each kind becomes an event of the person, with the mail's email, topic and program", async () => {
  const world = await mailed();
  await tell(world, [
    feedback("delivered", 1),
    feedback("opened", 60),
    feedback("clicked", 70, { link: "https://a.example" }),
    feedback("bounced", 2, { sendId: "mail-ben" }),
    feedback("undelivered", 3),
    feedback("delayed", 4),
  ]);
  const about = `contact_id, "message", email, topic, program, link, machine`;
  const ana = {
    contact_id: "ana",
    message: "mail-ana",
    email: "welcome",
    topic: "tips",
    program: "p",
    link: null,
    machine: false,
  };
  const rows = (event: string) => world.rows(`SELECT ${about} FROM event_${event}`);
  expect(await rows("received")).toEqual([ana]);
  expect(await rows("opened")).toEqual([ana]);
  expect(await rows("clicked")).toEqual([{ ...ana, link: "https://a.example" }]);
  expect(await rows("bounced")).toEqual([{ ...ana, contact_id: "ben", message: "mail-ben" }]);
  expect(await world.rows("SELECT address, reason, source FROM suppression")).toEqual([
    { address: "ben@test.example", reason: "bounced", source: "mailgun" },
  ]);
  expect(await world.rows("SELECT * FROM consent")).toEqual([]);
});

test("a refusal at the provider is one of all mail, by all who have the address", async () => {
  const world = await mailed();
  await tell(world, [feedback("unsubscribed", 9)]);
  expect(await world.rows(`SELECT address, topic, state, epoch_ms("at") AS "at" FROM consent`)).toEqual([
    { address: "ana@test.example", topic: "*", state: false, at: start + 9000 },
  ]);
  expect(await world.rows("SELECT contact_id, topic FROM event_unsubscribed")).toEqual([
    { contact_id: "ana", topic: null },
  ]);
});

test("of mails and people that nobody knows it is written down, and opt-outs of their addresses count", async () => {
  const world = await mailed();
  const zoe = { sendId: "mail-zoe" };
  await tell(world, [feedback("opened", 1, zoe), feedback("complained", 2, zoe), feedback("unsubscribed", 3, zoe)]);
  expect(await world.rows("SELECT kind, is_known FROM feedback ORDER BY kind")).toEqual(
    ["complained", "opened", "unsubscribed"].map((kind) => ({ kind, is_known: false })),
  );
  expect(await world.rows("SELECT * FROM event_opened")).toEqual([]);
  expect(await world.rows("SELECT address FROM suppression")).toEqual([{ address: "zoe@test.example" }]);
  expect(await world.rows("SELECT address FROM consent")).toEqual([{ address: "zoe@test.example" }]);
});

test("a telling whose address is another's than the mail's is about the mail's", async () => {
  const world = await mailed();
  await tell(world, [feedback("complained", 1, { mailbox: "ben@test.example" })]);
  expect(await world.rows("SELECT address FROM suppression")).toEqual([{ address: "ana@test.example" }]);
});

const clicks: readonly (readonly [string, readonly Feedback[], readonly boolean[]])[] = [
  ["soon behind the delivery", [feedback("delivered", 10), feedback("clicked", 14)], [true]],
  ["told before the delivery", [feedback("clicked", 14), feedback("delivered", 10)], [true]],
  ["some time behind the delivery", [feedback("delivered", 10), feedback("clicked", 15)], [false]],
  ["of no known delivery", [feedback("clicked", 1)], [false]],
  [
    "on two links at once",
    [
      feedback("clicked", 60, { link: "a" }),
      feedback("clicked", 62, { link: "b" }),
      feedback("clicked", 90, { link: "a" }),
    ],
    [true, true, false],
  ],
  [
    "on one link twice",
    [feedback("clicked", 60, { link: "a" }), feedback("clicked", 61, { link: "a" })],
    [false, false],
  ],
  ["that the provider says so of", [feedback("clicked", 60, { isMachine: true })], [true]],
];

test.each(clicks)("a click %s is or is not a machine's", async (_, told, expected) => {
  const world = await mailed();
  for (const one of told) await tell(world, [one]);
  const rows = await world.rows("SELECT machine FROM event_clicked ORDER BY occurred_at");
  expect(rows.map(({ machine }) => machine)).toEqual(expected);
});

test("who clicks goes on at the next tick, and a click that turns out to be a scanner's counts no more", async () => {
  const world = await worldOf(`program p < start when signed_up  goal purchased
    send welcome  wait up to 2d until clicked welcome then < send receipt > otherwise < send nudge > >
    segment Clickers where clicked`);
  await world.apply("2026-03-02");
  for (const name of ["ana", "ben"]) {
    await world.person(name);
    await world.happen("signed_up", name, "2026-03-02 01:00");
  }
  const mailer = fakeMailer();
  const run = async (when: string) => {
    const request = {
      engine: world.engine(),
      clock: virtualClock(at(when)),
      mailer,
      render: plainRender,
      isOnce: true,
    };
    valueFrom(await runLoop({ ...request, every: { amount: 1, unit: "h" } }));
  };
  // Their membership is stored, and only brought up to date.
  const clickers = async (when: string) =>
    valueFrom(
      await membersOf(world.database, world.plan, "Clickers", { at: at(when), limit: undefined, isApart: false }),
    ).members;
  await run("2026-03-02 02:00");
  const [ana, ben] = ["ana", "ben"].map((name) => mailer.accepted.find(({ to }) => to.startsWith(name))?.sendId ?? "");
  const clicked = at("2026-03-02 02:30");
  const told = (kind: Feedback["kind"], sendId = "", when = clicked): Feedback => ({
    ...feedback(kind, 0, { sendId }),
    at: when,
  });
  await tell(world, [told("clicked", ana), told("clicked", ben)]);
  expect(await clickers("2026-03-02 02:40")).toEqual(["ana", "ben"]);
  await tell(world, [told("delivered", ben, clicked - 2_000)]);
  expect(await clickers("2026-03-02 02:50")).toEqual(["ana"]);
  await run("2026-03-02 03:00");
  await run("2026-03-04 03:00");
  expect(mailer.accepted.map(({ to, subject }) => `${to.split("@")[0]} ${subject}`).toSorted()).toEqual([
    "ana receipt",
    "ana welcome",
    "ben nudge",
    "ben welcome",
  ]);
});

const day = 24 * 60 * 60;
const failing = (kind: "delayed" | "undelivered", days: number, mail: number, more: Partial<Feedback> = {}) =>
  feedback(kind, days * day, { sendId: `mail-${mail}`, mailbox: "ana@test.example", reason: `full ${days}`, ...more });

test.each<[string, readonly Feedback[], number]>([
  [
    "three mails over seven days",
    [failing("delayed", 0, 1), failing("undelivered", 3, 2), failing("delayed", 7, 3)],
    1,
  ],
  ["two mails, each tried often", [0, 1, 3, 5, 7].map((days) => failing("delayed", days, days % 2)), 0],
  ["three mails within a week", [failing("delayed", 0, 1), failing("delayed", 3, 2), failing("delayed", 6.9, 3)], 0],
  [
    "one delivered since",
    [failing("delayed", 0, 1), failing("delayed", 3, 2), feedback("delivered", 4 * day), failing("delayed", 7, 3)],
    0,
  ],
  [
    "one delivered before",
    [feedback("delivered", -day), failing("delayed", 0, 1), failing("delayed", 3, 2), failing("delayed", 7, 3)],
    1,
  ],
  [
    "a suppressed address",
    [failing("delayed", 0, 1), failing("delayed", 3, 2), failing("delayed", 7, 3), feedback("bounced", 8 * day)],
    0,
  ],
])(
  "of passing failures, %s: a problem or none, in any order, and nobody is suppressed by them",
  async (_, told, problems) => {
    const world = await mailed();
    const found = async () => (await snapshot(world.database, world.plan, start + 9 * day * 1000)).problems;
    for (const order of [told, [...told].reverse()]) {
      for (const one of order) await tell(world, [one, one]);
      const texts = (await found()).map(({ text }) => text);
      expect(texts).toHaveLength(problems);
      if (problems > 0) {
        expect(texts).toEqual([
          "One address got none of at least 3 mails in 7 days or more, for reasons that may pass: full 7",
        ]);
      }
      const suppressed = told.some(({ kind }) => kind === "bounced") ? 1 : 0;
      expect(await world.rows("SELECT address FROM suppression")).toHaveLength(suppressed);
      await forget(world);
    }
    // A month later it is over.
    for (const one of told) await tell(world, [one]);
    expect((await snapshot(world.database, world.plan, start + 38 * day * 1000)).problems).toEqual([]);
  },
);
