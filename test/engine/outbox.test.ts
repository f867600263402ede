// Duplicates, losses, and mail to people who said no: what the outbox must never do.

import { expect, test } from "vitest";
import { deliver } from "../../runtime/engine/deliver.ts";
import { recover } from "../../runtime/engine/reconcile.ts";
import type { Message } from "../../runtime/ports.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, type World, worldOf } from "./world.ts";

async function planned(people: number, steps = "send welcome  wait 9d", head = ""): Promise<World> {
  const world = await worldOf(`program p < start when signed_up  ${head}  ${steps} >`);
  await world.apply("2026-03-01");
  for (let index = 0; index < people; index++) {
    await world.person(`p${index}`, { first_name: `N${index}` });
    await world.happen("signed_up", `p${index}`, "2026-03-02", { plan: "team" });
  }
  await world.tick("2026-03-02");
  return world;
}
const hand = (world: World, mailer: ReturnType<typeof fakeMailer>, now = "2026-03-02") =>
  deliver({ engine: world.engine(), mailer, render: plainRender, now: at(now) });
const states = async (world: World) =>
  Object.fromEntries(
    (await world.rows("SELECT state, count(*) AS n FROM outbox GROUP BY state ORDER BY state")).map((row) => [
      row.state,
      row.n,
    ]),
  );

test("a mail is handed over once, with the fields that its template shows", async () => {
  const world = await worldOf(`program p < start when signed_up  send hello  wait 9d >
    email hello < subject "Hello {{ first_name | default: 'you' }}"
      text "{{ id }} {{ seats | default: 1 }} {% if event.plan == 'team' %}team{% endif %}"  topic tips >`);
  await world.apply("2026-03-01");
  await world.person("p0", { first_name: "N0" });
  await world.happen("signed_up", "p0", "2026-03-02", { plan: "team" });
  await world.tick("2026-03-02");
  const mailer = fakeMailer();
  expect(await hand(world, mailer)).toEqual({ sent: 1, failed: 0, unknown: 0, halted: null });
  expect(await hand(world, mailer)).toEqual({ sent: 0, failed: 0, unknown: 0, halted: null });
  expect(mailer.accepted.length).toBe(1);
  expect(JSON.parse(mailer.accepted[0]?.text ?? "")).toMatchObject({
    id: "p0",
    first_name: "N0",
    seats: null,
    "event.plan": "team",
  });
  expect(await states(world)).toEqual({ sent: 1 });
});

test("mails that are claimed together lie together in the table", async () => {
  const world = await planned(40);
  const rows = await world.rows("SELECT send_id FROM outbox ORDER BY rowid");
  const lying = rows.map(({ send_id: id }) => String(id));
  expect(lying.length).toBe(40);
  expect(lying).toEqual(lying.toSorted());
});

test("who refuses while earlier blocks go out is in none of the later ones, and nobody is mailed twice", async () => {
  const world = await planned(1);
  const people = 1200;
  await world.database.change({
    text: `INSERT INTO outbox SELECT o.* REPLACE (md5(concat('more', i)) AS send_id, concat('m', i, '@x.example') AS address,
      concat('m', i, '@x.example') AS mailbox) FROM outbox AS o CROSS JOIN range(${people - 1}) AS r(i)`,
    params: {},
  });
  const order = (await world.rows("SELECT mailbox FROM outbox ORDER BY send_id")).map(({ mailbox }) => String(mailbox));
  const last = order.at(-1) ?? "";
  const plain = fakeMailer();
  const mailer: typeof plain = {
    ...plain,
    send: async (message) => {
      if (plain.accepted.length === 0) {
        const refusal = `INSERT INTO consent VALUES ('${last}', 'tips', false, TIMESTAMP '2026-03-01', 'test')`;
        await world.database.change({ text: refusal, params: {} });
      }
      return plain.send(message);
    },
  };
  expect(await hand(world, mailer)).toEqual({ sent: people - 1, failed: 0, unknown: 0, halted: null });
  const mailed = plain.accepted.map(({ to }) => to.toLowerCase());
  expect(mailed.toSorted()).toEqual(order.slice(0, -1).toSorted());
  expect(await states(world)).toEqual({ sent: people - 1, skipped: 1 });
});

/** The last of so many picked mails are those of `late`, of whom something becomes known while the first block is on its way. */
async function claimedLate(change: string) {
  const world = await worldOf(`program p < start when signed_up  send hello  wait 9d >
    segment Bosses where role = boss
    policy house < never send to in Bosses  never send to in Suppressed >
    email hello < subject "Hello {{ first_name | default: 'you' }}"  text "{{ seats | default: 1 }}"  topic tips >`);
  await world.apply("2026-03-01");
  await world.person("p0");
  await world.happen("signed_up", "p0", "2026-03-02");
  await world.tick("2026-03-02");
  const later = `CASE WHEN i >= 1600 THEN concat('late', i) ELSE concat('m', i) END`;
  await world.rows(`INSERT INTO contact (contact_id, email, first_name)
    SELECT ${later}, concat(${later}, '@x.example'), 'Old' FROM range(1603) AS r(i)`);
  await world.rows(`INSERT INTO outbox SELECT o.* REPLACE (md5(concat('more', i)) AS send_id, ${later} AS contact_id, concat('e', i) AS enrollment_id,
      concat(${later}, '@x.example') AS address, concat(${later}, '@x.example') AS mailbox,
      o.planned_at + CASE WHEN i >= 1600 THEN INTERVAL 2 SECOND ELSE INTERVAL 1 SECOND END AS planned_at)
    FROM outbox AS o CROSS JOIN range(1603) AS r(i)`);
  const plain = fakeMailer();
  const blocks: number[] = [];
  await deliver({
    engine: world.engine(),
    mailer: plain,
    render: async (rows, now) => {
      blocks.push(rows.length);
      if (blocks.length === 1) await world.rows(change);
      return plainRender(rows, now);
    },
    now: at("2026-03-02 01:00"),
  });
  const late = plain.accepted.filter(({ to }) => to.startsWith("late"));
  return { blocks, late: late.map(({ to, text }) => `${to.split("@")[0]} ${JSON.parse(text).first_name}`).sort() };
}

test.each([
  ["nothing", "SELECT 1", ["late1600 Old", "late1601 Old", "late1602 Old"]],
  [
    "a field that a policy reads",
    "UPDATE contact SET role = 'boss' WHERE contact_id IN ('late1600', 'late1602')",
    ["late1601 Old"],
  ],
  [
    "a field that the mail shows",
    `UPDATE "contact" SET "first_name" = 'New' WHERE contact_id = 'late1601'`,
    ["late1600 Old", "late1601 New", "late1602 Old"],
  ],
  [
    "a suppression",
    "INSERT INTO suppression VALUES ('late1600@x.example', 'bounced', TIMESTAMP '2026-03-01', 'test')",
    ["late1601 Old", "late1602 Old"],
  ],
  [
    "a refusal",
    "INSERT INTO consent VALUES ('late1602@x.example', '*', false, TIMESTAMP '2026-03-01', 'test')",
    ["late1600 Old", "late1601 Old"],
  ],
  [
    "an exit",
    `INSERT INTO enrollment BY NAME SELECT n.* REPLACE ('e1601' AS enrollment_id, n.started_at AS left_at, 'exit' AS reason)
      FROM enrollment AS n`,
    ["late1600 Old", "late1602 Old"],
  ],
] as const)("%s that comes between picking and claiming counts", async (_, change, expected) => {
  const { blocks, late } = await claimedLate(change);
  expect(blocks[0]).toBe(500);
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  expect(late).toEqual(expected);
});

test("a program that is paused between picking and claiming mails nobody any more", async () => {
  const pause = `INSERT INTO paused (program, "at") VALUES ('p', TIMESTAMP '2026-03-02')`;
  expect(await claimedLate(pause)).toEqual({ blocks: [500], late: [] });
});

test("what is handed over counts as sent, and as received where handing over is delivery", async () => {
  for (const delivers of [true, false]) {
    const world = await planned(1, "send welcome  wait up to 5d until received welcome then < send nudge >  wait 9d");
    await hand(world, fakeMailer(undefined, { delivers }));
    const [sent] = await world.rows(
      `SELECT contact_id, epoch_ms(occurred_at) AS happened, email, topic, program, machine, message = (SELECT send_id FROM outbox) AS is_same FROM event_sent`,
    );
    expect(sent).toEqual({
      contact_id: "p0",
      happened: at("2026-03-02"),
      email: "welcome",
      topic: "tips",
      program: "p",
      machine: false,
      is_same: true,
    });
    await world.tick("2026-03-02 01:00");
    expect((await world.mails()).length).toBe(delivers ? 2 : 1);
  }
});

test("a received mail can start another program, at the next tick", async () => {
  const world = await worldOf(
    "program p < start when signed_up  send welcome >  program q < start when received welcome  send nudge >",
  );
  await world.person("ana");
  await world.apply("2026-03-01");
  await world.tick("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.tick("2026-03-02");
  await hand(world, fakeMailer(undefined, { delivers: true }));
  await world.tick("2026-03-02 01:00", "2026-03-02 02:00");
  expect(await world.mails()).toEqual(["2026-03-02 00:00 ana welcome", "2026-03-02 01:00 ana nudge"]);
});

test("a refusal, a suppression or an exit between decision and handing over stops the mail", async () => {
  const world = await planned(4, "send welcome  wait 9d", "exit when purchased");
  const when = `make_timestamp(${at("2026-03-02")}000)`;
  await world.rows(`INSERT INTO consent VALUES ('p0@test.example', 'tips', false, ${when}, 'test')`);
  await world.rows(`INSERT INTO suppression VALUES ('p1@test.example', 'bounce', ${when}, 'test')`);
  await world.happen("purchased", "p2", "2026-03-02 01:00");
  await world.tick("2026-03-02 02:00");
  const mailer = fakeMailer();
  await hand(world, mailer, "2026-03-02 02:00");
  expect(mailer.accepted.map(({ to }) => to)).toEqual(["p3@test.example"]);
  expect(await world.rows("SELECT contact_id, reason FROM outbox WHERE state = 'skipped' ORDER BY 1")).toEqual([
    { contact_id: "p0", reason: "unsubscribed from tips" },
    { contact_id: "p1", reason: "suppressed" },
    { contact_id: "p2", reason: "left before it was sent" },
  ]);
});

test("more than one block is handed over, also where a whole block is refused", async () => {
  const world = await planned(3);
  await world.rows(
    `INSERT INTO outbox SELECT md5(CAST(i AS VARCHAR)) AS send_id, 'p', 1, 'none', 'nobody', 's', 1, 'welcome', 'x@y.example',
     'x@y.example', 'pending', 0, TIMESTAMP '2026-03-01', TIMESTAMP '2026-03-01', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM range(1200) AS r(i)`,
  );
  await world.rows("INSERT INTO suppression VALUES ('x@y.example', 'bounce', TIMESTAMP '2026-03-01', 'test')");
  await hand(world, fakeMailer());
  expect(await states(world)).toEqual({ sent: 3, skipped: 1200 });
});

test("a passing failure is tried again with growing pauses, and given up after 72 hours", async () => {
  const world = await planned(1);
  const mailer = fakeMailer(() => ({ kind: "retry", reason: "busy", afterMs: null }));
  const start = at("2026-03-02");
  const tries: number[] = [];
  let state = "pending";
  for (let minute = 0; minute <= 75 * 60 && state === "pending"; minute += 1) {
    const [row] = await world.rows("SELECT state, epoch_ms(not_before) AS due FROM outbox");
    state = String(row?.state);
    if (state !== "pending") break;
    minute = Math.max(minute, Math.round((Number(row?.due) - start) / 60_000));
    await deliver({ engine: world.engine(), mailer, render: plainRender, now: start + minute * 60_000 });
    tries.push(minute);
  }
  expect(tries.slice(0, 6)).toEqual([0, 1, 3, 7, 15, 31]);
  expect(tries.at(-1)).toBeGreaterThan(60 * 60);
  expect(tries.at(-1)).toBeLessThanOrEqual(72 * 60);
  expect(await world.rows("SELECT state, reason FROM outbox")).toEqual([
    { state: "failed", reason: "given up after 72 hours: busy" },
  ]);
  expect(await world.rows("SELECT outcome, reason, seq FROM journal WHERE outcome = 'failed'")).toEqual([
    { outcome: "failed", reason: "given up after 72 hours: busy", seq: 0 },
  ]);
});

test("a mail refused for good is written down, and the person has walked on", async () => {
  const world = await planned(1);
  expect(
    (
      await hand(
        world,
        fakeMailer(() => ({ kind: "refused", reason: "no such mailbox" })),
      )
    ).failed,
  ).toBe(1);
  expect(await states(world)).toEqual({ failed: 1 });
  expect(await world.rows("SELECT count(*) AS inside FROM positions")).toEqual([{ inside: 1 }]);
});

test("a mailer that cannot send at all stops delivery, and no mail is lost", async () => {
  const world = await planned(40);
  const mailer = fakeMailer((_, index) => (index >= 5 ? { kind: "halt", reason: "the key is wrong" } : null));
  const delivered = await hand(world, mailer);
  expect(delivered.halted?.code).toBe("F404");
  expect(await states(world)).toEqual({ pending: 35, sent: 5 });
  expect(await world.rows("SELECT max(attempt) AS tried FROM outbox WHERE state = 'pending'")).toEqual([{ tried: 0 }]);
  expect((await hand(world, fakeMailer())).sent).toBe(35);
});

test("a mail of unknown outcome is never sent again", async () => {
  const world = await planned(1);
  const mailer = fakeMailer(() => "throw");
  expect((await hand(world, mailer)).unknown).toBe(1);
  await hand(world, mailer, "2026-03-05");
  await recover({ engine: world.engine(), mailer, now: at("2026-03-06") });
  await hand(world, mailer, "2026-03-07");
  expect(mailer.accepted.length).toBe(1);
  expect(await states(world)).toEqual({ unknown: 1 });
});

test("a mailer that can look up settles what a dead process left: found is sent, absent is tried again", async () => {
  const world = await planned(20);
  const mailer = fakeMailer((_, index) => (index % 2 === 0 ? "throw" : null), { finds: true });
  // The process dies while its block is out: ten accepted and answered, ten accepted and unanswered, nothing settled.
  const died = { ...world.engine(), database: dyingAfter(world, 1) };
  await expect(deliver({ engine: died, mailer, render: plainRender, now: at("2026-03-02") })).rejects.toThrow("died");
  expect(await states(world)).toEqual({ claimed: 20 });
  await world.rows("UPDATE outbox SET send_id = 'lost' WHERE contact_id = 'p7'");
  await recover({ engine: world.engine(), mailer, now: at("2026-03-02 01:00") });
  expect(await states(world)).toEqual({ pending: 1, sent: 19 });
  await hand(world, mailer, "2026-03-02 01:00");
  const ids = mailer.accepted.map((message: Message) => message.sendId);
  expect(new Set(ids).size).toBe(ids.length);
});

test("what a dead process left to a mailer that cannot look up stays unknown and is never sent again", async () => {
  const world = await planned(20);
  const mailer = fakeMailer();
  const died = { ...world.engine(), database: dyingAfter(world, 1) };
  await expect(deliver({ engine: died, mailer, render: plainRender, now: at("2026-03-02") })).rejects.toThrow("died");
  await recover({ engine: world.engine(), mailer, now: at("2026-03-02 01:00") });
  await world.tick("2026-03-02 01:00");
  await hand(world, mailer, "2026-03-05");
  expect(mailer.accepted.length).toBe(20);
  expect(await states(world)).toEqual({ unknown: 20 });
});

/** A database whose process dies behind the nth transaction. */
function dyingAfter({ database }: World, transactions: number): World["database"] {
  let left = transactions;
  return {
    ...database,
    transaction: (work) => {
      if (left-- <= 0) throw new Error("died");
      return database.transaction(work);
    },
  };
}

test("without a mailer all mails stay pending", async () => {
  const world = await planned(2);
  const mailer = { ...fakeMailer(), name: "none" as const };
  expect((await hand(world, mailer)).sent).toBe(0);
  expect(await states(world)).toEqual({ pending: 2 });
});

test("a goal before handing over stops the mail; whoever has finished gets it", async () => {
  const world = await planned(2, "send welcome  if seats is known then < wait 9d >", "goal purchased");
  expect(await world.rows("SELECT count(*) AS inside FROM positions")).toEqual([{ inside: 0 }]);
  const mailer = fakeMailer();
  await hand(world, mailer);
  expect(mailer.accepted.length).toBe(2);
  const reaching = await planned(1, "send welcome  wait 9d", "goal purchased");
  await reaching.happen("purchased", "p0", "2026-03-02 01:00");
  await reaching.tick("2026-03-02 02:00");
  await hand(reaching, mailer, "2026-03-02 02:00");
  expect(await states(reaching)).toEqual({ skipped: 1 });
});

const waitingForIt =
  "send welcome  wait up to 5d until opened welcome then < send nudge > otherwise < send nudge >  wait 9d";

test("whoever waits for a mail that is skipped or refused as it is handed over walks on, past both blocks", async () => {
  const skipping = await planned(1, waitingForIt);
  await skipping.rows("INSERT INTO suppression VALUES ('p0@test.example', 'bounce', TIMESTAMP '2026-03-02', 'test')");
  await hand(skipping, fakeMailer());
  const refused = await planned(1, waitingForIt);
  await hand(
    refused,
    fakeMailer(() => ({ kind: "refused", reason: "no such mailbox" })),
  );
  for (const world of [skipping, refused]) {
    await world.tick("2026-03-02 01:00");
    expect((await world.mails()).length).toBe(1);
    expect((await world.story("p0")).at(-1)).toBe("2026-03-02 01:00 wait up to:1 passed (its mail was skipped)");
  }
});

test("a copy that was held back as it was handed over is not the copy of the other contact", async () => {
  const world = await planned(1);
  await world.rows("INSERT INTO suppression VALUES ('p0@test.example', 'bounce', TIMESTAMP '2026-03-02', 'test')");
  await hand(world, fakeMailer());
  await world.rows("DELETE FROM suppression");
  await world.person("other", { email: "P0@test.example" });
  await world.happen("signed_up", "other", "2026-03-02 01:00");
  await world.tick("2026-03-02 01:00");
  expect(await world.mails()).toContain("2026-03-02 01:00 other welcome");
});
