// `cadenza why` about programs and emails, in a project where every way of coming in, waiting and being held back happens.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";

const files = {
  "project.cdz": `project acme <
  language 1
  time zone "Europe/Berlin"
  currency EUR
  sender "Ana <ana@acme.example>"
  postal address "Acme GmbH, Torstr. 1, 10119 Berlin"
>
contact < id text key  email email?  role one of (boss, user)?  seats number?  created datetime >
event signed_up < plan one of (free, team) >
event bought < amount number? >
topic tips "Tips" opt out
topic news "News" opt in
list blocked "Do not mail"
load contact from csv "contacts.csv" < id from id  email from email  role from role  seats from seats  created from created >
load signed_up from csv "signed_up.csv" < contact from who  at from at  plan from plan >
load bought from csv "bought.csv" < contact from who  at from at >
load opened from csv "opened.csv" < contact from who  at from at  email from email  message from message >
load blocked from csv "blocked.csv" < contact from who >
load news from csv "news.csv" < contact from who  state from state  at from at >
policy house < never send to in blocked  quiet hours 20:00 to 08:00  at most 1 emails in 1d >
policy single < only one of onboarding, upsell >
segment Bosses where role = boss
segment onboarded where bought
`,
  "programs.cdz": `email welcome < subject "Welcome"  text "Hello"  topic tips
  variant boss when role = boss then < subject "Welcome, boss" >
  variant big when seats >= 100 then < subject "Welcome, all of you" > >
email tips < subject "Tips"  text "Hello"  topic tips >
email digest < subject "News"  text "Hello"  topic news >
email onboarded < subject "Well done"  text "Hello"  topic tips >
program onboarding <
  start when signed_up
  only if not in blocked or role = boss
  goal bought within 21d
  exit when unsubscribed
  send welcome
  wait 2d
  send digest
  wait up to 5d until opened welcome then <
    send tips
  > otherwise <
    stop
  >
  wait until friday 09:00
  send onboarded only if seats >= 10
>
program upsell for Bosses <
  enter once
  goal bought within 30d
  wait 1d
  send tips
>
`,
  "contacts.csv": `id,email,role,seats,created
ana,ana@x.example,,12,2026-01-01 08:00
ben,ben@x.example,user,3,2026-01-01 08:00
cem,cem@x.example,boss,120,2026-01-01 08:00
dee,,user,,2026-01-01 08:00
eva,eva@x.example,user,,2026-01-01 08:00
fay,fay@x.example,,,2026-01-01 08:00
gus,gus@x.example,user,,2026-01-01 08:00
"h\u202eus",hus@x.example,,,2026-01-01 08:00
`,
  "signed_up.csv": `who,at,plan
ana,2026-03-02 10:00,free
ben,2026-03-02 10:00,free
ben,2026-03-03 10:00,free
cem,2026-03-02 12:00,free
dee,2026-03-02 10:00,free
eva,2026-03-02 10:00,free
fay,2026-02-20 10:00,free
gus,2026-03-02 22:00,free
"h\u202eus",2026-03-02 10:00,free
`,
  "bought.csv": "who,at\neva,2026-03-05 11:00\n",
  "opened.csv": "who,at,email,message\n",
  "blocked.csv": "who\nh\u202eus\n",
  "news.csv": "who,state,at\nana,yes,2026-02-01 10:00\n",
};

let cwd = "";
const run = (args: readonly string[]) => cadenza(args, { cwd });
const why = (contact: string, name: readonly string[], ...more: readonly string[]) =>
  run(["why", contact, ...name, "--now", "2026-03-05 12:00", ...more]);

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "cadenza-test-"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), content.replaceAll("\\u202e", "\u202e"));
  }
  await run(["load", "--now", "2026-03-01"]);
  await run(["apply", "--now", "2026-03-01", "--yes"]);
  const ran = await run(["run", "--now", "2026-03-01", "--until", "2026-03-05 11:30", "--mailer", "files"]);
  expect(ran).toMatchObject({ code: 0, stderr: "" });
});

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const golden = (name: string) => new URL(`../golden/why/${name}`, import.meta.url).pathname;

describe("why of a program", () => {
  test.each([
    ["who waits for an open", "ana", ["onboarding"]],
    ["who was dropped for being inside", "ben", ["onboarding"]],
    ["who is in a rival", "cem", ["onboarding"]],
    ["who reached the goal", "eva", ["onboarding"]],
    ["who signed up before the program was applied", "fay", ["onboarding"]],
    ["who was not let in by only if", "h\u202eus", ["onboarding"]],
    ["who is not in its segment", "ana", ["upsell"]],
  ])("tells %s", async (title, contact, name) => {
    const shown = await why(contact, name);
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    expect(shown.stdout).not.toContain("\u202e");
    await expect(shown.stdout).toMatchFileSnapshot(golden(`program-${title.replaceAll(" ", "-")}.txt`));
  });
});

describe("why of an email", () => {
  test.each([
    ["was sent a variant", "ana", ["welcome"]],
    ["has no address", "dee", ["welcome"]],
    ["was held back by quiet hours", "gus", ["welcome"]],
    ["never agreed to its topic", "ben", ["digest"]],
    ["has it still ahead", "ana", ["email", "onboarded"]],
    ["left before it", "eva", ["tips"]],
    ["was never in the program", "fay", ["tips"]],
  ])("tells who %s", async (title, contact, name) => {
    const shown = await why(contact, name);
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    await expect(shown.stdout).toMatchFileSnapshot(golden(`email-${title.replaceAll(" ", "-")}.txt`));
  });
});

test.each([
  ["program", "ana", ["onboarding"]],
  ["email", "gus", ["welcome"]],
])("prints JSON of a %s", async (kind, contact, name) => {
  const shown = await why(contact, name, "--json");
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  await expect(shown.stdout).toMatchFileSnapshot(golden(`${kind}.json`));
});

test.each([
  ["program", "eva", ["onboarding"]],
  ["email", "dee", ["welcome"]],
])(
  "prints a test of a %s that passes",
  async (kind, contact, name) => {
    const shown = await why(contact, name, "--as-test");
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    await expect(shown.stdout).toMatchFileSnapshot(golden(`${kind}-as-test.cdz`));
    writeFileSync(join(cwd, "printed.cdz"), shown.stdout);
    expect(await run(["test"])).toMatchObject({ code: 0, stderr: "" });
    rmSync(join(cwd, "printed.cdz"));
  },
  120_000,
);

test("has no test of a segment", async () => {
  expect((await why("eva", ["Bosses"], "--as-test")).stderr).toContain("F503");
});

test("asks which kind is meant where several have the name", async () => {
  const shown = await why("eva", ["onboarded"]);
  expect(shown).toMatchObject({ code: 2, stdout: "" });
  expect(shown.stderr).toContain("F500  `onboarded` is a segment and an email.");
  expect((await why("eva", ["segment", "onboarded"])).stdout).toContain("eva is in onboarded");
  expect((await why("eva", ["email onboarded"])).stdout).toContain("eva was not sent onboarded");
});

test.each([
  ["nobody", ["onboarding"], "F118"],
  ["ana", ["program", "onbording"], "F117  There is no program `onbording`. Did you mean `onboarding`?"],
  ["ana", ["email", "welcom"], "F117  There is no email `welcom`. Did you mean `welcome`?"],
])("has no answer for %s and %s", async (contact, name, text) => {
  const shown = await why(contact, name);
  expect(shown).toMatchObject({ code: 2, stdout: "" });
  expect(shown.stderr).toContain(text);
});
