// Mails of the outbox that name a variant: what each shows, and what is remembered of it.

import { expect, test } from "vitest";
import type { Plan } from "../../compiler/ir/plan.ts";
import { deliver } from "../../runtime/engine/deliver.ts";
import { renderFor } from "../../runtime/rendering.ts";
import { ensureSchema } from "../../runtime/store/schema.ts";
import { query, scratchDatabase, scratchFolder } from "../support/scratch.ts";
import { fakeMailer } from "./mailers.ts";
import { at, planOf, openWorld } from "./world.ts";

const base = planOf(
  'program p < start when signed_up  send tips  wait 9d >  email tips < subject "Tips"  text "Hello"  topic tips >',
);
const none = { when: null, subject: null, body: null, sender: null, previewText: null };
const plan: Plan = {
  ...base,
  emails: base.emails.map((email) =>
    email.name === "tips"
      ? {
          ...email,
          variants: [
            { ...none, name: "named", subject: "For {{ first_name | default: 'you' }}" },
            { ...none, name: "brief", body: { kind: "markdown", source: "{{ seats }} seats", file: null } },
          ],
        }
      : email,
  ),
};

/** One person each for whom the outbox names one of `variants`. */
async function handOver(variants: readonly (string | null)[]) {
  const world = await openWorld(await scratchDatabase(), plan);
  await world.apply("2026-03-01");
  for (const id of variants.map((_, index) => `p${index}`)) {
    await world.person(id, { first_name: `N of ${id}`, seats: 12 });
    await world.happen("signed_up", id, "2026-03-02");
  }
  await world.tick("2026-03-02");
  for (const [index, variant] of variants.entries()) {
    if (variant !== null) await world.rows(`UPDATE outbox SET variant = '${variant}' WHERE contact_id = 'p${index}'`);
  }
  const mailer = fakeMailer(undefined, { delivers: true });
  const now = at("2026-03-02");
  const delivered = await deliver({ engine: world.engine(), mailer, render: renderFor(plan), now });
  return { world, mailer, delivered };
}

test("a variant is rendered with the fields that only it shows, and with all that it does not replace", async () => {
  const { mailer } = await handOver(["named", null, "brief"]);
  const mails = mailer.accepted.map(({ to, subject, text }) => `${to} ${subject}: ${text.split("\n", 1)[0]}`);
  expect(mails.toSorted()).toEqual([
    "p0@test.example For N of p0: Hello",
    "p1@test.example Tips: Hello",
    "p2@test.example Tips: 12 seats",
  ]);
});

test("what was sent and received names the variant, and is the email whichever it was", async () => {
  const { world } = await handOver(["named", null]);
  for (const event of ["event_sent", "event_received"]) {
    expect(await world.rows(`SELECT contact_id, email, variant FROM ${event} ORDER BY 1`)).toEqual([
      { contact_id: "p0", email: "tips", variant: "named" },
      { contact_id: "p1", email: "tips", variant: null },
    ]);
  }
});

test("a variant that is gone fails that mail alone, and says so", async () => {
  const { world, delivered } = await handOver(["old", null]);
  expect(delivered).toMatchObject({ sent: 1, failed: 1 });
  const [failed] = await world.rows("SELECT contact_id, reason FROM outbox WHERE state = 'failed'");
  expect(failed?.contact_id).toBe("p0");
  expect(failed?.reason).toContain("its variant old is not in the plan that is live");
});

test("an outbox from before there were variants gets the column, and keeps its mails", async () => {
  const path = `${scratchFolder()}/old.duckdb`;
  const database = await scratchDatabase(path);
  await ensureSchema(database);
  await query(database, "ALTER TABLE outbox DROP COLUMN variant");
  await query(database, "ALTER TABLE outbox DROP COLUMN policies");
  await query(database, "ALTER TABLE outbox DROP COLUMN pinned");
  await query(
    database,
    `INSERT INTO outbox SELECT 'ab', 'p', 1, 'e', 'p0', 's', 1, 'tips', 'a@b.example', 'a@b.example', 'pending', 0,
     TIMESTAMP '2026-03-01', TIMESTAMP '2026-03-01', NULL, NULL, NULL, NULL, NULL`,
  );
  await ensureSchema(database);
  await ensureSchema(database);
  await database.close();
  const again = await scratchDatabase(path);
  expect(await query(again, "SELECT send_id, variant FROM outbox")).toEqual([{ send_id: "ab", variant: null }]);
});
