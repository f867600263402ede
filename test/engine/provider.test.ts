// What the provider knows and nobody told us, through mailgun.js and a Mailgun of our own: events of its logs, its lists and
// ours, and days on which it cannot be asked.

import { expect, onTestFinished, test } from "vitest";
import { catchUp } from "../../runtime/engine/provider.ts";
import { snapshot } from "../../runtime/engine/snapshot.ts";
import { openMailgun } from "../../runtime/mail/mailgun.ts";
import { startFakeMailgun } from "../support/fake-mailgun.ts";
import { valueFrom } from "../support/scratch.ts";
import { at, worldOf } from "./world.ts";

const marketing = "program p < start when signed_up  goal purchased  send welcome >";
const first = at("2026-03-02 09:00");
const minutes = (count: number) => count * 60_000;

/** `hasReceipts`: some mails are transactional. */
async function room({ hasReceipts = true } = {}) {
  const world = await worldOf(
    `${marketing} segment Refused where unsubscribed from tips  segment Kept where in Suppressed`,
  );
  const plan = hasReceipts
    ? world.plan
    : { ...world.plan, emails: world.plan.emails.filter(({ isTransactional }) => !isTransactional) };
  await world.apply("2026-03-02", plan);
  for (const name of ["ana", "ben", "cleo"]) await world.person(name);
  await world.rows(`INSERT INTO outbox (send_id, program, version, enrollment_id, contact_id, step, visit, email, address, mailbox,
      state, attempt, planned_at, not_before)
    VALUES ('mail-ana', 'p', 1, 'e-ana', 'ana', 'send welcome', 1, 'welcome', 'ana@test.example', 'ana@test.example', 'sent', 1,
      TIMESTAMP '2026-03-02', TIMESTAMP '2026-03-02')`);
  const fake = await startFakeMailgun({ now: () => first });
  onTestFinished(() => fake.close());
  const mailer = valueFrom(await openMailgun({ key: fake.key, domain: fake.domain, url: fake.url, timeoutMs: 2_000 }));
  return {
    ...world,
    fake,
    catchUp: (now: number) => catchUp({ engine: world.engine(), mailer, now }),
    problems: async (now: number) => (await snapshot(world.database, plan, now)).problems.map(({ text }) => text),
    say: (address: string, topic: string, state: boolean, when: string) =>
      world.rows(
        `INSERT INTO consent VALUES ('${address}', '${topic}', ${state}, make_timestamp(${at(when)}000), 'test')`,
      ),
    suppress: (address: string, reason: string) =>
      world.rows(`INSERT INTO suppression VALUES ('${address}', '${reason}', TIMESTAMP '2026-03-01', 'test')`),
    listedAt: (list: "bounces" | "complaints" | "unsubscribes") => [...(fake.lists.get(list)?.keys() ?? [])].toSorted(),
  };
}

function logged(event: string, id: string, when: number, more: Readonly<Record<string, unknown>> = {}) {
  const known = { id, recipient: "ana@test.example", "user-variables": { key: "mail-ana" } };
  return { event, timestamp: when / 1000, ...known, ...more };
}

test("what webhooks missed is in the logs, on however many pages, and counts once with what they told", async () => {
  const { fake, catchUp, rows } = await room();
  for (let index = 0; index < 700; index++) fake.log(logged("opened", `open-${index}`, first - minutes(index)));
  fake.log(
    logged("failed", "bounce-1", first - minutes(5), {
      severity: "permanent",
      reason: "bounce",
      recipient: "cleo@test.example",
      "user-variables": {},
    }),
  );
  await rows(`INSERT INTO feedback VALUES ('open-3', 'opened', 'mail-ana', 'ana@test.example', TIMESTAMP '2026-03-02',
    TIMESTAMP '2026-03-02', NULL, NULL, false, true)`);
  await catchUp(first);
  expect(await rows("SELECT count(*) AS n, count(DISTINCT event_id) AS ids FROM event_opened")).toEqual([
    { n: 699, ids: 699 },
  ]);
  expect(await rows("SELECT address, reason FROM suppression")).toEqual([
    { address: "cleo@test.example", reason: "bounced" },
  ]);
});

test("it is asked every quarter of an hour, from half an hour before the last time", async () => {
  const { fake, catchUp, rows } = await room();
  const asked = () => fake.requests.filter((request) => request.endsWith("/logs")).length;
  await catchUp(first);
  await catchUp(first + minutes(14));
  expect(asked()).toBe(1);
  // Of these two the second is behind the last time, and the first has come into the logs only since.
  fake.log(logged("opened", "late", first - minutes(29)));
  fake.log(logged("opened", "new", first + minutes(1)));
  await catchUp(first + minutes(15));
  expect(asked()).toBe(2);
  expect(await rows("SELECT event_id FROM event_opened ORDER BY 1")).toEqual([
    { event_id: "told:late" },
    { event_id: "told:new" },
  ]);
});

test("its lists are taken in: nobody on them is mailed, and who unsubscribed there has unsubscribed", async () => {
  const { fake, catchUp, rows } = await room();
  const on = (address: string, more = {}) => ({
    address,
    created_at: new Date(first - minutes(60)).toUTCString(),
    ...more,
  });
  fake.suppress("bounces", on("Ana@test.example", { code: "550", error: "no such user" }));
  fake.suppress("complaints", on("stranger@test.example"));
  fake.suppress("unsubscribes", on("ben@test.example", { tags: ["*"] }));
  fake.suppress("unsubscribes", on("cleo@test.example", { tags: ["welcome"] }));
  for (let index = 0; index < 2_500; index++) fake.suppress("complaints", on(`many-${index}@test.example`));
  await catchUp(first);
  await catchUp(first + minutes(61));
  expect(await rows("SELECT count(*) AS n FROM suppression WHERE reason = 'complained'")).toEqual([{ n: 2_501 }]);
  expect(await rows("SELECT address, source FROM suppression WHERE reason = 'bounced'")).toEqual([
    { address: "ana@test.example", source: "mailgun list" },
  ]);
  expect(await rows(`SELECT address, topic, state, epoch_ms("at") AS "at" FROM consent`)).toEqual([
    { address: "ben@test.example", topic: "*", state: false, at: first - minutes(60) },
  ]);
  expect(await rows("SELECT contact_id, topic FROM event_unsubscribed")).toEqual([{ contact_id: "ben", topic: null }]);
});

test("its lists get what they lack, and each only once", async () => {
  const { fake, catchUp, rows, suppress, listedAt } = await room();
  await suppress("ana@test.example", "complained");
  await suppress("ben@test.example", "suppress");
  await suppress("cleo@test.example", "bounced");
  fake.suppress("bounces", { address: "cleo@test.example", created_at: new Date(first).toUTCString() });
  await catchUp(first);
  expect([listedAt("complaints"), listedAt("bounces")]).toEqual([
    ["ana@test.example"],
    ["ben@test.example", "cleo@test.example"],
  ]);
  const posts = () =>
    fake.requests.filter((request) => /^POST .*\/(bounces|complaints|unsubscribes)$/.test(request)).length;
  const before = posts();
  await catchUp(first + minutes(61));
  expect(posts()).toBe(before);
  expect(await rows("SELECT count(*) AS n FROM suppression")).toEqual([{ n: 3 }]);
});

test("who refuses all mail is put on its list where no mail is transactional, and taken off after agreeing", async () => {
  const { catchUp, say, listedAt, rows } = await room({ hasReceipts: false });
  await say("ana@test.example", "*", false, "2026-03-01");
  await say("ben@test.example", "tips", false, "2026-03-01");
  await say("cleo@test.example", "*", false, "2026-03-01");
  await say("cleo@test.example", "tips", true, "2026-03-01 12:00");
  await catchUp(first);
  expect(listedAt("unsubscribes")).toEqual(["ana@test.example"]);
  await say("ana@test.example", "tips", true, "2026-03-02 09:30");
  await catchUp(first + minutes(61));
  expect(listedAt("unsubscribes")).toEqual([]);
  await catchUp(first + minutes(122));
  expect(await rows(`SELECT state FROM consent WHERE address = 'ana@test.example' ORDER BY "at"`)).toEqual([
    { state: false },
    { state: true },
  ]);
});

test("who refuses all mail still gets what is transactional: the provider is not told", async () => {
  const { catchUp, say, listedAt } = await room();
  await say("ana@test.example", "*", false, "2026-03-01");
  await catchUp(first);
  expect(listedAt("unsubscribes")).toEqual([]);
});

test.each([401, 500, 200])(
  "while it answers with %d it is a problem on record, and nothing is lost over two days",
  async (status) => {
    const { fake, catchUp, rows, problems } = await room();
    await catchUp(first);
    fake.scriptLogs({
      status,
      body: status === 200 ? "<html>Welcome to the hotel</html>" : { message: `no ${fake.key}` },
    });
    for (let hours = 1; hours <= 48; hours += 6) await catchUp(first + minutes(60 * hours));
    fake.log(logged("complained", "c1", first + minutes(120)));
    const [problem = ""] = await problems(first + minutes(60 * 48));
    expect(problem).toContain("The provider cannot be asked what became of mails: ");
    expect(problem).not.toContain(fake.key);
    fake.scriptLogs(null);
    await catchUp(first + minutes(60 * 49));
    expect(await problems(first + minutes(60 * 49))).toEqual([]);
    expect(await rows("SELECT contact_id FROM event_complained")).toEqual([{ contact_id: "ana" }]);
  },
);
