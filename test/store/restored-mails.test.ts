// A restored database does not know what was mailed since the backup: nobody gets a mail twice, and nobody goes without.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Cadenza, compile, type Mailer, open, type OpenRequest, restore } from "../../runtime/index.ts";
import { openMailgun } from "../../runtime/mail/mailgun.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import { type FakeMailgun, startFakeMailgun } from "../support/fake-mailgun.ts";
import { query, scratchDatabase, scratchFolder, valueFrom } from "../support/scratch.ts";

const source = `
project shop < language 1  time zone "UTC"  currency EUR  sender "S <s@shop.example>"  postal address "Street 1" >
contact < id text key  email email >
event signed_up < >
topic tips "Tips" opt out
email hello < subject "Hello"  text "Hello"  topic tips >
email reminder < subject "More"  text "More"  topic tips >
email farewell < subject "Last"  text "Last"  topic tips >
load contact from csv "people.csv" < id from id  email from email >
load signed_up from csv "signed.csv" < contact from who  at from at >
program p < start when signed_up  exit when unsubscribed  send hello  wait 2h  send reminder  wait 3h  send farewell  wait 30d >
`;
const hour = 3_600_000;
const day = Date.UTC(2026, 2, 2);

interface Shop {
  readonly root: string;
  readonly fake: FakeMailgun;
  readonly file: string;
  /** Runs the engine at instants, in hours of the day. */
  run(...hours: readonly number[]): Promise<void>;
  within<T>(hours: number, work: (engine: Cadenza) => Promise<T>): Promise<T>;
  restored(hours: number): ReturnType<typeof restore>;
  /** How many of each mail each person got. */
  mails(): Readonly<Record<string, number>>;
  signUp(name: string, hours: number): void;
}

async function shop(text = source): Promise<Shop> {
  const { plan } = compile([{ path: "a.cdz", text }]);
  if (!plan) throw new Error("the source has errors");
  const root = scratchFolder();
  let now = day;
  const fake = await startFakeMailgun({ now: () => now, logLagMs: 60_000 });
  const mailgun = { key: fake.key, domain: fake.domain, url: fake.url, timeoutMs: 5_000 };
  const mailer: Mailer = valueFrom(await openMailgun(mailgun));
  const people: string[] = [];
  const request = (hours: number): OpenRequest => ({
    plan,
    database: { folder: join(root, "state") },
    dataDir: root,
    clock: virtualClock(day + hours * hour),
    mailer,
    threads: 1,
  });
  const within: Shop["within"] = async (hours, work) => {
    now = day + hours * hour;
    const engine = valueFrom(await open(request(hours)));
    try {
      return await work(engine);
    } finally {
      await engine.close();
    }
  };
  return {
    root,
    fake,
    file: join(root, "shop.backup"),
    within,
    run: async (...all) => {
      for (const hours of all) {
        await within(hours, async (engine) => {
          valueFrom(await engine.load({ at: now }));
          valueFrom(await engine.tick(now));
        });
      }
    },
    restored: (hours) => restore(request(hours), { file: join(root, "shop.backup") }),
    mails: () => {
      const counts: Record<string, number> = {};
      for (const { fields } of fake.accepted) {
        const name = `${fields.to?.[0]?.split("@")[0]} ${fields.subject?.[0]}`;
        counts[name] = (counts[name] ?? 0) + 1;
      }
      return counts;
    },
    signUp: (name, hours) => {
      people.push(name);
      writeFileSync(join(root, "people.csv"), ["id,email", ...people.map((id) => `${id},${id}@x.example`)].join("\n"));
      const at = new Date(day + hours * hour).toISOString().slice(0, 19);
      const rows = people.length === 1 ? ["who,at"] : [];
      writeFileSync(join(root, "signed.csv"), `${rows.join("")}${rows.length > 0 ? "\n" : ""}${name},${at}\n`, {
        flag: "a",
      });
    },
  };
}

const isGone = (made: Shop) => rmSync(join(made.root, "state", "cadenza.duckdb"));

const everything = (...names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => ["Hello", "More", "Last"].map((mail) => [`${name} ${mail}`, 1])));

/** Ana signs up before the backup, ben behind it, both are mailed since; cem and dan sign up when nothing is mailed any more. */
async function lived(): Promise<Shop> {
  const made = await shop();
  await made.within(0, async (engine) => valueFrom(await engine.apply(day)));
  made.signUp("ana", 0.5);
  await made.run(1);
  await made.within(2, async (engine) => valueFrom(await engine.backup({ file: made.file })));
  made.signUp("ben", 2.5);
  await made.run(3, 4, 5.5);
  expect(made.mails()).toEqual({ "ana Hello": 1, "ana More": 1, "ben Hello": 1, "ben More": 1 });
  made.signUp("cem", 5.6);
  return made;
}

test("where the replaced database can be read, it tells what was mailed", async () => {
  const made = await lived();
  const done = valueFrom(await made.restored(6));
  expect(done).toMatchObject({ told: 3, unread: null });
  made.signUp("dan", 6.1);
  // Mailgun is not even asked about single mails.
  made.fake.scriptLogs({ status: 500, body: "…" });
  await made.run(6.2, 6.3, 9, 12, 15, 20);
  expect(made.mails()).toEqual(everything("ana", "ben", "cem", "dan"));
  const database = await scratchDatabase(join(made.root, "state", "cadenza.duckdb"));
  const sent = await query(database, "SELECT count(*) AS n FROM event_sent");
  expect(sent).toEqual([{ n: 12 }]);
});

/** Ana enters by a condition behind the backup, is mailed twice, and so does ben once all is put back. */
async function conditioned(loses: boolean): Promise<Shop> {
  const made = await shop(
    source
      .replace("start when signed_up", "start when signed_up in 9d")
      .replace("program p", "program p for All")
      .replace("event signed_up", "segment All where everyone\nevent signed_up"),
  );
  await made.within(0, async (engine) => valueFrom(await engine.apply(day)));
  await made.within(0, async (engine) => valueFrom(await engine.tick(day)));
  await made.within(0.5, async (engine) => valueFrom(await engine.backup({ file: made.file })));
  made.signUp("ana", 0.6);
  await made.run(1, 2, 3.5);
  expect(made.mails()).toEqual({ "ana Hello": 1, "ana More": 1 });
  if (loses) isGone(made);
  expect(valueFrom(await made.restored(4)).told).toBe(loses ? 0 : 2);
  made.signUp("ben", 4.1);
  return made;
}

test("who had entered by a condition enters again, and is not mailed again", async () => {
  const made = await conditioned(false);
  await made.run(4.2, 5, 7, 9, 10, 12, 15);
  expect(made.mails()).toEqual(everything("ana", "ben"));
});

test("the same where the database is lost, as Mailgun's logs know such mails to that address", async () => {
  const made = await conditioned(true);
  await made.run(4.2);
  expect(made.mails()).toEqual({ "ana Hello": 1, "ana More": 1 });
  await made.run(4.6, 5, 7, 9, 10, 12, 15, 20);
  expect(made.mails()).toEqual(everything("ana", "ben"));
});

test("where it is lost, Mailgun's logs tell", async () => {
  const made = await lived();
  isGone(made);
  expect(valueFrom(await made.restored(6))).toMatchObject({ told: 0, kept: null });
  made.signUp("dan", 6.1);
  // Before the logs can be believed nothing goes out but to who cannot have been mailed.
  await made.run(6.2, 6.3);
  expect(made.mails()).toEqual({ "ana Hello": 1, "ana More": 1, "ben Hello": 1, "ben More": 1, "dan Hello": 1 });
  await made.run(6.6, 6.7, 9, 12, 15, 20);
  expect(made.mails()).toEqual(everything("ana", "ben", "cem", "dan"));
});

test("where neither can tell, nobody is mailed twice, and who cannot have been mailed is mailed", async () => {
  const made = await lived();
  isGone(made);
  valueFrom(await made.restored(30));
  made.signUp("dan", 30.1);
  await made.run(30.2, 30.6, 33, 36, 40);
  expect(made.mails()).toEqual({ "ana Hello": 1, "ana More": 1, "ben Hello": 1, "ben More": 1, ...everything("dan") });
  const database = await scratchDatabase(join(made.root, "state", "cadenza.duckdb"));
  expect(await query(database, "SELECT contact_id, email FROM outbox WHERE state = 'unknown' ORDER BY 1")).toEqual([
    { contact_id: "ana", email: "reminder" },
    { contact_id: "ben", email: "hello" },
    { contact_id: "cem", email: "hello" },
  ]);
});

test("a mail that was under way when the backup was made is looked up", async () => {
  const made = await shop();
  await made.within(0, async (engine) => valueFrom(await engine.apply(day)));
  made.signUp("ana", 0.5);
  made.fake.script({ kind: "status", status: 429 });
  await made.run(1);
  await made.within(1, async (engine) => valueFrom(await engine.backup({ file: made.file })));
  await made.run(1.5);
  expect(made.mails()).toEqual({ "ana Hello": 1 });
  isGone(made);
  expect(valueFrom(await made.restored(2))).toMatchObject({ doubted: 1 });
  await made.run(2.1, 2.6, 5, 9);
  expect(made.mails()).toEqual(everything("ana"));
});

test("restoring twice, and a backup of a restored database, lose nothing of what is known", async () => {
  const made = await lived();
  valueFrom(await made.restored(6));
  await made.run(6.2);
  valueFrom(await made.restored(7));
  await made.within(7, async (engine) => valueFrom(await engine.backup({ file: `${made.file}.2` })));
  await made.run(7.1, 9, 12, 15, 20);
  expect(made.mails()).toEqual(everything("ana", "ben", "cem"));
});
