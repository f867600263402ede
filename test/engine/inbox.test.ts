// What came in and is not taken in yet: nobody reads past it, nothing of it is lost, and when it is taken in changes nothing.

import fc from "fast-check";
import { expect, test } from "vitest";
import { deliver } from "../../runtime/engine/deliver.ts";
import { createEngine } from "../../runtime/engine/engine.ts";
import { type Signed, takeFeedback } from "../../runtime/engine/feedback.ts";
import { type Inbox, inboxOf } from "../../runtime/engine/inbox.ts";
import { tokensOf } from "../../runtime/engine/webhook-tokens.ts";
import type { Feedback } from "../../runtime/ports.ts";
import { runs } from "../random.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, type World, worldOf } from "./world.ts";

const start = at("2026-03-02");
const minuteMs = 60_000;

async function mailed(people: readonly string[], steps = "send welcome"): Promise<World> {
  const world = await worldOf(`program p < start when signed_up  goal purchased  ${steps}  wait 9d >`);
  await world.apply("2026-03-01");
  for (const name of people) {
    await world.person(name);
    await world.happen("signed_up", name, "2026-03-02");
  }
  await world.tick("2026-03-02");
  return world;
}

let made = 0;
const signed = (feedback: Feedback | null, token = `token ${++made}`, signedAt = start): Signed => ({
  feedback,
  token,
  signedAt,
});

const telling = (kind: Feedback["kind"], mailbox: string, more: Partial<Feedback> = {}): Feedback => ({
  id: `${kind} ${++made}`,
  kind,
  sendId: null,
  mailbox,
  at: start + minuteMs,
  link: null,
  reason: null,
  isMachine: false,
  ...more,
});

const put = (inbox: Inbox, told: readonly Signed[], now = start + minuteMs) =>
  inbox.receive((session) => inbox.put(session, told, now));

const tables = ["received", "opened", "clicked", "unsubscribed", "complained", "bounced"].map(
  (kind) => `event_${kind}`,
);
const all = [...tables, "feedback", "consent", "suppression"];

async function stateOf(world: World): Promise<string> {
  const rows = [];
  for (const table of all) rows.push(await world.rows(`SELECT * FROM ${table} ORDER BY ALL`));
  return JSON.stringify(rows);
}

/** Any text that JavaScript knows, also halves of letters and what ends texts elsewhere. */
const anyText = fc.string({ unit: "binary", maxLength: 6 }).map((text) => `${text}\ud800${text}\u0000`);

const drawn = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 8 }).map((id) => `id ${id}`),
    kind: fc.constantFrom<Feedback["kind"]>("delivered", "opened", "clicked", "unsubscribed", "bounced", "delayed"),
    person: fc.constantFrom("ana", "ben", "zoe"),
    seconds: fc.integer({ min: -20, max: 20 }),
    link: fc.option(fc.oneof(fc.constant("https://a.example"), anyText)),
    reason: fc.option(anyText),
    isMachine: fc.boolean(),
    /** What happens behind it: the commit ends, all is taken in, the process dies. */
    then: fc.constantFrom("on", "on", "commit", "commit", "take in", "die"),
  }),
  { minLength: 1, maxLength: 16 },
);

test("whenever it is taken in, and however often the process dies before, the state is the same", async () => {
  const world = await mailed(["ana", "ben"]);
  const sends = await world.rows("SELECT contact_id, send_id FROM outbox");
  const sendOf = new Map(sends.map((row) => [row.contact_id, String(row.send_id)]));
  const forget = async () => {
    for (const table of all) await world.rows(`DELETE FROM ${table}`);
  };
  await fc.assert(
    fc.asyncProperty(drawn, async (acts) => {
      const told = acts.map(({ person, seconds, then, ...act }) => ({
        then,
        feedback: {
          ...act,
          sendId: sendOf.get(person) ?? "nobody's",
          mailbox: `${person}@test.example`,
          at: start + seconds * 1000,
        },
      }));
      await forget();
      for (const { feedback } of told) {
        await world.database.transaction((session) => takeFeedback(session, world.plan, [feedback], start));
      }
      const expected = await stateOf(world);
      await forget();
      let inbox = inboxOf(world.database, world.plan);
      const open: Signed[] = [];
      for (const { feedback, then } of told) {
        open.push(signed(feedback));
        if (then !== "on") await put(inbox, open.splice(0), start);
        if (then === "take in") await inbox.takeIn();
        if (then === "die") inbox = inboxOf(world.database, world.plan);
      }
      await put(inbox, open, start);
      await inbox.database.run({ text: "SELECT 1", params: {} });
      expect(await stateOf(world)).toBe(expected);
      expect(await world.rows("SELECT * FROM feedback_inbox")).toEqual([]);
    }),
    { numRuns: runs(40) },
  );
}, 120_000);

test("whoever asks anything meets what came in before", async () => {
  const world = await mailed(["ana"]);
  const inbox = inboxOf(world.database, world.plan);
  const refused = { text: "SELECT count(*) AS n FROM consent", params: {} };
  await put(inbox, [signed(telling("unsubscribed", "ana@test.example"))]);
  expect(await inbox.database.run(refused)).toEqual([{ n: 1 }]);
  await put(inbox, [signed(telling("unsubscribed", "ben@test.example"))]);
  expect(await inbox.database.transaction((session) => session.run(refused))).toEqual([{ n: 2 }]);
  await put(inbox, [signed(telling("unsubscribed", "zoe@test.example"))]);
  await inbox.database.change({ text: "UPDATE consent SET source = 'seen'", params: {} });
  expect(await world.rows("SELECT DISTINCT source FROM consent")).toEqual([{ source: "seen" }]);
});

test("what is taken in by work that fails waits on, and is taken in once", async () => {
  const world = await mailed(["ana"]);
  const inbox = inboxOf(world.database, world.plan);
  await put(inbox, [signed(telling("complained", "ana@test.example"))]);
  const failing = inbox.database.transaction(async () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await world.rows("SELECT * FROM suppression")).toEqual([]);
  await inbox.takeIn();
  expect(await world.rows("SELECT count(*) AS n FROM feedback")).toEqual([{ n: 1 }]);
  expect(await world.rows("SELECT count(*) AS n FROM suppression")).toEqual([{ n: 1 }]);
});

/** Mails of `people`, the earliest first; `act` happens while the first of them is on its way. */
async function handedOver(people: number, act: (inbox: Inbox, world: World) => Promise<void>) {
  const world = await mailed(["p0"]);
  await world.rows(`INSERT INTO outbox SELECT o.* REPLACE (md5(concat('more', i)) AS send_id, concat('m', i, '@x.example') AS address,
      concat('m', i, '@x.example') AS mailbox, o.planned_at + INTERVAL 1 SECOND AS planned_at)
    FROM outbox AS o CROSS JOIN range(${people - 1}) AS r(i)`);
  const inbox = inboxOf(world.database, world.plan);
  const plain = fakeMailer();
  let acted: Promise<void> | null = null;
  const mailer: typeof plain = {
    ...plain,
    async send(message) {
      acted ??= act(inbox, world);
      await acted;
      return plain.send(message);
    },
  };
  const engine = createEngine(inbox.database, world.plan, 1);
  await deliver({ engine, mailer, render: plainRender, now: start + minuteMs });
  return { world, accepted: plain.accepted.map(({ to }) => to) };
}

/** Behind the first block, so that they are picked and not claimed. */
const lastOf = async (world: World) => {
  const rows = await world.rows("SELECT mailbox FROM outbox ORDER BY planned_at DESC, send_id DESC LIMIT 3");
  return rows.map(({ mailbox }) => String(mailbox));
};

test.each<Feedback["kind"]>(["unsubscribed", "complained", "bounced"])(
  "of picked mails none goes out whose address was told as %s before its block is claimed",
  async (kind) => {
    let last: readonly string[] = [];
    const { world, accepted } = await handedOver(700, async (inbox, { rows, ...others }) => {
      last = await lastOf({ rows, ...others });
      await put(
        inbox,
        last.map((mailbox) => signed(telling(kind, mailbox))),
      );
      expect(await rows("SELECT count(*) AS n FROM feedback_inbox")).toEqual([{ n: 1 }]);
    });
    expect(accepted).toHaveLength(697);
    expect(accepted.filter((to) => last.includes(to))).toEqual([]);
    expect(await world.rows("SELECT count(*) AS n FROM outbox WHERE state = 'skipped'")).toEqual([{ n: 3 }]);
  },
);

test("a token is good for what it came with first, before and behind a restart, however many came between", async () => {
  const world = await mailed([]);
  const forget = async () => {
    for (const table of ["webhook_token", "feedback_inbox"]) await world.rows(`DELETE FROM ${table}`);
  };
  const act = fc.record({
    token: fc.integer({ min: 0, max: 12 }),
    use: fc.constantFrom("a", "b", null),
    then: fc.constantFrom("on", "commit", "commit", "roll back", "restart"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 24 }), async (acts) => {
      await forget();
      const uses = new Map<string, string>();
      const firstUses = (told: readonly Signed[]) =>
        told.map(({ token, feedback }) => {
          const use = feedback?.id ?? "";
          if (!uses.has(token)) uses.set(token, use);
          return uses.get(token) === use;
        });
      let [inbox, tokens] = [inboxOf(world.database, world.plan), tokensOf(3)];
      const open: Signed[] = [];
      const commit = async () => {
        const told = open.splice(0);
        await inbox.takeIn();
        const good = await inbox.receive(async (session) => {
          const found = await tokens.judge(session, told);
          await inbox.put(
            session,
            told.filter((_, index) => found[index]),
            start,
          );
          return found;
        });
        tokens.keep(told.filter((_, index) => good[index]));
        expect(good).toEqual(firstUses(told));
      };
      for (const { token, use, then } of acts) {
        // Each token has its time, which is signed with it.
        const signedAt = start + ((token * 5) % 13) * 1000;
        open.push(
          signed(use === null ? null : telling("opened", "ana@test.example", { id: use }), `${token}`, signedAt),
        );
        if (then === "commit" || then === "restart") await commit();
        if (then === "restart") [inbox, tokens] = [inboxOf(world.database, world.plan), tokensOf(3)];
        if (then === "roll back") {
          const told = open.splice(0);
          const undone = inbox.receive(async (session) => {
            await tokens.judge(session, told);
            await inbox.put(session, told, start);
            throw new Error("no");
          });
          await expect(undone).rejects.toThrow("no");
        }
      }
      await commit();
    }),
    { numRuns: runs(60) },
  );
}, 120_000);
