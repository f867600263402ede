// Rules 19, 26 and 36: each check before a send holds the mail back with its reason, and the person walks on.

import { expect, test } from "vitest";
import { openEngine } from "../../runtime/engine/engine.ts";
import { at, type World, worldOf } from "./world.ts";

const letter = (email: string, rest = "") =>
  `program p < start when signed_up  send ${email} ${rest}  wait 1d  set first_name = "done" >`;

async function started(source: string, prepare: (world: World) => Promise<unknown>): Promise<World> {
  const world = await worldOf(source);
  await world.person("ana");
  await world.apply("2026-03-02");
  await prepare(world);
  for (const { contact_id } of await world.rows("SELECT contact_id FROM contact ORDER BY 1")) {
    await world.happen("signed_up", String(contact_id), "2026-03-02 01:00");
  }
  await world.tick("2026-03-02 02:00", "2026-03-03 02:00");
  return world;
}

const consent = (world: World, topic: string, state: boolean, when: string, address = "ana@test.example") =>
  world.rows(`INSERT INTO consent VALUES ('${address}', '${topic}', ${state}, make_timestamp(${at(when)}000), 'test')`);

const suppress = (world: World, address: string, when = "2026-03-01") =>
  world.rows(`INSERT INTO suppression VALUES ('${address}', 'bounce', make_timestamp(${at(when)}000), 'test')`);

const cases: readonly [string, string, (world: World) => Promise<unknown>, string | null][] = [
  ["nothing stands against it", letter("welcome"), async () => undefined, null],
  ["no address", letter("welcome"), (world) => world.person("ana", { email: null }), "no address"],
  ["blank address", letter("welcome"), (world) => world.person("ana", { email: "  " }), "no address"],
  ["suppressed", letter("welcome"), (world) => suppress(world, "ana@test.example"), "suppressed"],
  ["suppressed, though transactional", letter("receipt"), (world) => suppress(world, "ana@test.example"), "suppressed"],
  ["suppressed tomorrow only", letter("welcome"), (world) => suppress(world, "ana@test.example", "2026-03-03"), null],
  [
    "refused all mail",
    letter("welcome"),
    (world) => consent(world, "*", false, "2026-03-01"),
    "unsubscribed from all mail",
  ],
  ["transactional skips refusals", letter("receipt"), (world) => consent(world, "*", false, "2026-03-01"), null],
  [
    "refused the topic",
    letter("welcome"),
    (world) => consent(world, "tips", false, "2026-03-01"),
    "unsubscribed from tips",
  ],
  [
    "agreed to the topic after refusing all mail",
    letter("welcome"),
    async (world) => {
      await consent(world, "*", false, "2026-02-01");
      await consent(world, "tips", true, "2026-03-01");
    },
    null,
  ],
  [
    "refused all mail after agreeing to the topic",
    letter("welcome"),
    async (world) => {
      await consent(world, "tips", true, "2026-02-01");
      await consent(world, "*", false, "2026-03-01");
    },
    "unsubscribed from all mail",
  ],
  ["refused another topic", letter("welcome"), (world) => consent(world, "news", false, "2026-03-01"), null],
  ["opt in without consent", letter("digest"), async () => undefined, "not subscribed to news"],
  ["opt in with consent", letter("digest"), (world) => consent(world, "news", true, "2026-03-01"), null],
  ["a refusal of tomorrow", letter("welcome"), (world) => consent(world, "tips", false, "2026-03-03"), null],
  ["its own only if", letter("welcome", "only if seats >= 5"), async () => undefined, "its only if did not hold"],
  ["its own only if holds", letter("welcome", "only if seats is unknown"), async () => undefined, null],
  [
    "letter case of the address",
    letter("welcome"),
    (world) => world.person("ana", { email: " ANA@Test.example" }),
    null,
  ],
];

test.each(cases)("%s", async (_, source, prepare, reason) => {
  const world = await started(source, prepare);
  const decided = await world.rows("SELECT outcome, reason FROM journal WHERE email IS NOT NULL");
  expect(decided).toEqual([{ outcome: reason === null ? "send" : "skipped", reason }]);
  expect((await world.mails()).length).toBe(reason === null ? 1 : 0);
  // Whatever became of the mail, the wait behind it is one day.
  expect(await world.rows("SELECT first_name FROM contact")).toEqual([{ first_name: "done" }]);
});

test("of two words at one time the refusal wins, and later ones win over earlier", async () => {
  const world = await started(letter("welcome"), async (here) => {
    await here.person("ben");
    await consent(here, "tips", true, "2026-03-01 10:00");
    await consent(here, "tips", false, "2026-03-01 10:00");
    await consent(here, "tips", false, "2026-03-01 10:00", "ben@test.example");
    await consent(here, "tips", true, "2026-03-01 11:00", "ben@test.example");
  });
  expect(await world.mails()).toEqual(["2026-03-02 02:00 ben welcome"]);
});

test("a refusal holds for every contact with the address, whatever its letter case", async () => {
  const world = await started(letter("welcome"), async (here) => {
    await here.person("two", { email: "Ana@Test.Example " });
    await consent(here, "*", false, "2026-03-01");
  });
  expect(await world.mails()).toEqual([]);
});

test("two contacts of one address get one copy of a step's mail", async () => {
  const world = await started(letter("welcome"), (here) => here.person("zoe", { email: "ANA@test.example" }));
  expect(await world.mails()).toEqual(["2026-03-02 02:00 ana welcome"]);
  expect(await world.story("zoe")).toContain("2026-03-02 02:00 send:welcome:1 skipped (same address already mailed)");
  // Also when the second comes another day.
  await world.person("yan", { email: "ana@test.example" });
  await world.happen("signed_up", "yan", "2026-03-05");
  await world.tick("2026-03-05");
  expect(await world.story("yan")).toContain("2026-03-05 00:00 send:welcome:1 skipped (same address already mailed)");
});

test("whoever may not be mailed does not take the copy away from the other contact", async () => {
  const world = await started(letter("welcome", "only if seats is known"), (here) =>
    here.person("zoe", { email: "ana@test.example", seats: 3 }),
  );
  expect(await world.mails()).toEqual(["2026-03-02 02:00 zoe welcome"]);
});

test("a person who enters again is mailed again", async () => {
  const world = await worldOf("program p < start when signed_up  enter every time  send welcome >");
  await world.person("ana");
  await world.apply("2026-03-02");
  await world.happen("signed_up", "ana", "2026-03-02 01:00");
  await world.happen("signed_up", "ana", "2026-03-04 01:00");
  await world.tick("2026-03-02 02:00", "2026-03-04 02:00");
  expect(await world.mails()).toEqual(["2026-03-02 02:00 ana welcome", "2026-03-04 02:00 ana welcome"]);
});

test("the checks name the first reason in the order of the rule", async () => {
  const world = await started(letter("digest", "only if seats >= 5"), async (here) => {
    await consent(here, "*", false, "2026-03-01");
    await suppress(here, "ana@test.example");
  });
  expect(await world.rows("SELECT reason FROM journal WHERE outcome = 'skipped'")).toEqual([{ reason: "suppressed" }]);
});

const worded = `email hello < subject "Hello"  text "Hello"  topic tips
    variant boss when role = boss then < subject "Dear boss" >
    variant big when seats >= 100 then < subject "Dear many" >
    variant short < subject "Hi" > >`;
const variants = async (world: World) =>
  (await world.rows("SELECT contact_id, step, variant FROM outbox ORDER BY contact_id, step")).map(
    ({ contact_id, step, variant }) => `${contact_id} ${step} ${variant ?? "-"}`,
  );

test("a send takes the first variant that holds for the person, else the email as it is; one that names a variant takes that", async () => {
  const world = await worldOf(
    `${worded} program p < start when signed_up  send hello as first_one  set role = boss  send hello as next_one
       send hello variant short as named  wait 9d >`,
  );
  await world.person("ana", { role: "boss", seats: 200 });
  await world.person("ben", { role: "user", seats: 200 });
  await world.person("cem");
  await world.apply("2026-03-01");
  for (const id of ["ana", "ben", "cem"]) await world.happen("signed_up", id, "2026-03-02");
  await world.tick("2026-03-02");
  expect(await variants(world)).toEqual([
    "ana first_one boss",
    "ana named short",
    "ana next_one boss",
    "ben first_one big",
    "ben named short",
    "ben next_one boss",
    "cem first_one -",
    "cem named short",
    "cem next_one boss",
  ]);
});

test("a variant is judged beside the send's own only if, and where people come by a wait", async () => {
  const world = await worldOf(
    `${worded} program p < start when signed_up  wait 1d  send hello only if seats > 0  wait 1d  send hello as later  wait 9d >`,
  );
  await world.person("ana", { role: "boss", seats: 200 });
  await world.person("ben", { role: "boss", seats: 0 });
  await world.apply("2026-03-01");
  for (const id of ["ana", "ben"]) await world.happen("signed_up", id, "2026-03-02");
  await world.tick("2026-03-02", "2026-03-03", "2026-03-04");
  expect(await variants(world)).toEqual(["ana later boss", "ana send:hello:1 boss", "ben later boss"]);
});

test("a send to another address is checked for that address, and goes to nobody where the field is unknown", async () => {
  const world = await worldOf(
    "program p < start when signed_up  send receipt to work  send welcome  wait 9d >",
    "UTC",
    ":memory:",
    "work email?",
  );
  await world.person("ana", { email: "ana@home.example", work: "Ana@Work.example" });
  await world.person("ben", { email: "ben@home.example" });
  await world.person("cem", { email: "cem@home.example", work: "cem@work.example" });
  await world.rows(
    "INSERT INTO suppression (address, reason, \"at\", source) VALUES ('cem@work.example', 'bounced', TIMESTAMP '2026-01-01', 'test')",
  );
  await world.apply("2026-03-01");
  for (const id of ["ana", "ben", "cem"]) await world.happen("signed_up", id, "2026-03-02");
  await world.tick("2026-03-02");
  const sent = await world.rows("SELECT contact_id, email, address FROM outbox ORDER BY contact_id, email");
  expect(sent.map(({ contact_id, email, address }) => `${contact_id} ${email} ${address}`)).toEqual([
    "ana receipt Ana@Work.example",
    "ana welcome ana@home.example",
    "ben welcome ben@home.example",
    "cem welcome cem@home.example",
  ]);
  expect(await world.story("ben")).toContain("2026-03-02 00:00 send:receipt:1 skipped (no address)");
  expect(await world.story("cem")).toContain("2026-03-02 00:00 send:receipt:1 skipped (suppressed)");
});

test("a send to a derived address goes to what it is worked out to be then", async () => {
  const world = await worldOf(
    `company < domain text key  billing email? >
     derived bills = first known of (company.billing, work)
     program p < start when signed_up  wait 1d  send receipt to bills  send welcome  wait 1d  send receipt to bills  wait 9d >`,
    "UTC",
    ":memory:",
    "work email?  company text?",
  );
  await world.rows(
    "INSERT INTO company (company_id, billing) VALUES ('acme.example', 'bills@acme.example'), ('b.example', NULL)",
  );
  await world.person("ana", { company: "acme.example", work: "ana@work.example" });
  await world.person("ben", { company: "b.example", work: "ben@work.example" });
  await world.person("cem", { company: "gone.example" });
  await world.person("dot", {});
  await world.apply("2026-03-01");
  for (const id of ["ana", "ben", "cem", "dot"]) await world.happen("signed_up", id, "2026-03-02");
  await world.tick("2026-03-02", "2026-03-03");
  await world.person("cem", { work: "cem@work.example" });
  await world.rows("UPDATE company SET billing = 'office@acme.example' WHERE company_id = 'acme.example'");
  await world.tick("2026-03-04");
  const sent = await world.rows(
    "SELECT strftime(planned_at, '%d') AS day, contact_id, address FROM outbox WHERE email = 'receipt' ORDER BY ALL",
  );
  expect(sent.map(({ day, contact_id, address }) => `${day} ${contact_id} ${address}`)).toEqual([
    "03 ana bills@acme.example",
    "03 ben ben@work.example",
    "04 ana office@acme.example",
    "04 ben ben@work.example",
    "04 cem cem@work.example",
  ]);
  expect(await world.story("dot")).toContain("2026-03-03 00:00 send:receipt:1 skipped (no address)");
  expect(await world.mails()).toContain("2026-03-03 00:00 dot welcome");
});

test("an address that a step sets is the one that the next send goes to", async () => {
  const world = await worldOf(
    `derived desk = first known of (work, email)
     program p < start when signed_up  set work = "new@work.example"  send receipt to work  send receipt to desk  wait 9d >`,
    "UTC",
    ":memory:",
    "work email?",
  );
  await world.person("ana", { work: "old@work.example" });
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.tick("2026-03-02");
  const sent = await world.rows("SELECT step, address FROM outbox ORDER BY step");
  expect(sent.map(({ step, address }) => `${step} ${address}`)).toEqual([
    "send:receipt:1 new@work.example",
    "send:receipt:2 new@work.example",
  ]);
});

test("a plan that was applied when only fields could be addressed goes on", async () => {
  const world = await worldOf(
    "program p < start when signed_up  wait 1d  send receipt to work  wait 9d >",
    "UTC",
    ":memory:",
    "work email?",
  );
  await world.person("ana", { work: "ana@work.example" });
  const { plan } = await world.apply("2026-03-01");
  const step = plan.programs[0]?.steps.find(({ kind }) => kind === "send");
  const to = step?.kind === "send" ? JSON.stringify(step.to) : "";
  await world.rows(`UPDATE applied SET plan = replace(plan, '"to":${to}', '"to":"work"')`);
  const [row] = await world.rows("SELECT plan FROM applied");
  expect(String(row?.plan)).toContain('"to":"work"');
  expect((await openEngine(world.database))?.plan.programs).toEqual(plan.programs);
});
