// Random people live through a program; what became of each is printed as a test, which passes, and no longer does without the
// fact that decided it.

import fc from "fast-check";
import { expect, test } from "vitest";
import { deliver } from "../../runtime/engine/deliver.ts";
import { asTest } from "../../runtime/as-test.ts";
import type { ProjectFolder } from "../../runtime/sources/project.ts";
import { compileProjectTests, runTests } from "../../runtime/sources/testing.ts";
import { compileProject } from "../../runtime/sources/project-plan.ts";
import { fakeMailer, plainRender } from "../engine/mailers.ts";
import { at, clockOf, openWorld, type World } from "../engine/world.ts";
import { runs } from "../random.ts";
import { scratchDatabase, valueFrom } from "../support/scratch.ts";

const text = `
project acme < language 1  time zone "Europe/Berlin"  currency EUR  sender "Ana <ana@acme.example>"  postal address "Street 1" >
contact < id text key  email email  role one of (boss, user)?  seats number?  price money?  created datetime? >
event signed_up < plan one of (free, team)? >
event purchased < amount number? >
topic tips "Tips" opt out
topic news "News" opt in
list blocked "Do not mail"
email welcome < subject "Welcome"  text "Hello"  topic tips >
email nudge < subject "Still there?"  text "Hello"  topic tips >
email digest < subject "News"  text "Hello"  topic news >
policy house < at most 2 emails in 3d  never send to in Small >
segment Small where seats < 10
program onboarding <
  start when signed_up
  only if not in blocked
  enter again after 5d
  goal purchased within 21d
  exit when unsubscribed
  send welcome
  wait 24h
  send digest
  wait up to 48h until opened welcome then < send nudge only if role = boss > otherwise < wait 12h  stop >
  wait 48h
  send nudge
>
`;

const folder: ProjectFolder = {
  root: "/nowhere",
  sources: [{ path: "main.cdz", text }],
  unreadable: [],
  body: () => ({ kind: "missing" }),
  contents: () => ({ kind: "missing" }),
};

interface Life {
  readonly role: string | null;
  readonly seats: number | null;
  readonly isBlocked: boolean;
  readonly hasNews: boolean;
  /** Steps of six hours behind the start. */
  readonly signedUp: readonly number[];
  readonly purchased: number | null;
  readonly opened: number | null;
  readonly refused: number | null;
}

const step = 6 * 3_600_000;
const start = at("2026-03-02 08:00");
const last = 36;
const moment = fc.integer({ min: 1, max: last - 2 });
const maybe = fc.option(moment, { freq: 1 });

const life: fc.Arbitrary<Life> = fc.record({
  role: fc.constantFrom(null, "boss", "user"),
  seats: fc.constantFrom(null, 5, 20),
  isBlocked: fc.boolean(),
  hasNews: fc.boolean(),
  signedUp: fc.uniqueArray(fc.integer({ min: -2, max: 26 }), { maxLength: 2 }),
  purchased: maybe,
  opened: maybe,
  refused: fc.option(moment, { freq: 3 }),
});

const when = (steps: number) => clockOf(start + steps * step);

async function lived(lives: readonly Life[]): Promise<World> {
  const { plan } = compileProject(folder);
  if (!plan) throw new Error("the project has errors");
  const world = await openWorld(await scratchDatabase(), plan);
  for (const [index, { role, seats, isBlocked, hasNews }] of lives.entries()) {
    const name = `p${index}`;
    await world.person(name, { role, seats });
    if (isBlocked)
      await world.rows(`INSERT INTO list_member VALUES ('blocked', '${name}', TIMESTAMP '2026-03-01', 'test')`);
    if (hasNews) {
      await world.rows(
        `INSERT INTO consent VALUES ('${name}@test.example', 'news', true, TIMESTAMP '2026-03-01', 'test')`,
      );
    }
  }
  await world.apply(clockOf(start));
  const mailer = fakeMailer(() => null, { delivers: true });
  for (let now = -2; now <= last; now++) {
    for (const [index, one] of lives.entries()) await happen(world, `p${index}`, one, now);
    if (now < 0) continue;
    await world.tick(when(now));
    await deliver({ engine: world.engine(), mailer, render: plainRender, now: start + now * step });
    // What comes of mails of this very instant is judged in it.
    await world.tick(when(now));
  }
  return world;
}

async function happen(world: World, name: string, one: Life, now: number): Promise<void> {
  for (const _ of one.signedUp.filter((place) => place === now))
    await world.happen("signed_up", name, when(now), { plan: "free" });
  if (one.purchased === now) await world.happen("purchased", name, when(now), { amount: 5 });
  if (one.refused === now) {
    await world.happen("unsubscribed", name, when(now));
    await world.rows(
      `INSERT INTO consent VALUES ('${name}@test.example', '*', false, TIMESTAMP '${when(now)}', 'test')`,
    );
  }
  if (one.opened !== now) return;
  const [mail] = await world.rows(
    `SELECT send_id FROM outbox WHERE contact_id = '${name}' AND email = 'welcome' AND state = 'sent' ORDER BY planned_at DESC`,
  );
  if (mail) await world.happen("opened", name, when(now), { message: String(mail.send_id), email: "welcome" });
}

/** `passed`, or what is wrong. */
async function ran(printed: string): Promise<string> {
  const sources = [...folder.sources, { path: "printed.cdz", text: printed }];
  const { suite, diagnostics, sources: texts } = compileProjectTests({ ...folder, sources });
  if (!suite) return diagnostics.map((one) => one.text).join("; ");
  const request = { suite, tests: suite.tests, sources: texts, hasCoverage: false, stopwatch: () => 0, lanes: 1 };
  const [result] = valueFrom(await runTests(request)).results;
  return result?.outcome ?? "there is no test";
}

const without = (printed: string, word: RegExp): string =>
  printed
    .split("\n")
    .filter((line) => !word.test(line))
    .join("\n");

test("what became of a person is a test that passes, and fails without what decided it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 2, maxLength: 2 }), async (lives) => {
      const world = await lived(lives);
      for (const index of lives.keys()) {
        const contact = `p${index}`;
        const made = await asTest(world.database, { folder, contact, asked: { kind: "program", name: "onboarding" } });
        const { text: printed } = valueFrom(made);
        expect(await ran(printed)).toBe("passed");
        const entered = await world.rows(`SELECT 1 FROM enrollment WHERE contact_id = '${contact}'`);
        if (entered.length > 0) expect(await ran(without(printed, /signed_up/)), printed).toBe("failed");
        const dropped = await world.rows(
          `SELECT reason FROM journal WHERE contact_id = '${contact}' AND outcome = 'dropped'`,
        );
        const isBarred = dropped.length > 0 && dropped.every(({ reason }) => reason === "only if did not hold");
        if (isBarred) expect(await ran(without(printed, /in blocked/)), printed).toBe("failed");
      }
    }),
    { numRuns: runs(2) },
  );
}, 600_000);
