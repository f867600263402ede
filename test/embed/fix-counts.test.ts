// What a fix would change, counted in the database: people who never had a mail are not those who ignore it.

import { expect, test } from "vitest";
import { compileProject, countFixes, fixQuestions, open, readProject, withCounts } from "../../runtime/index.ts";
import { projectOf } from "../support/example-copy.ts";

const files = {
  "shop.cdz": `
project shop < time zone "UTC"  currency EUR  sender "Shop <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email  role one of (user, owner)?  created datetime >
load contact from csv "people.csv" < id from id  email from email  role from role  created from created >
load received from csv "received.csv" < event id from id  contact from contact  at from at  message from id >
load opened from csv "opened.csv" < event id from id  contact from contact  at from at  message from id >
# Who does not read: b had a mail, c and d had none, d is new.
segment Quiet where not opened in 90d
segment Calm(span duration) where not opened in span
segment NotOwners where role != owner
`,
  "people.csv": `id,email,role,created
a,a@x.example,user,2025-01-01
b,b@x.example,user,2025-01-01
c,c@x.example,,2025-01-01
d,d@x.example,owner,2026-02-20
`,
  "received.csv": "id,contact,at\nm1,a,2026-02-01\nm2,b,2026-02-01\n",
  "opened.csv": "id,contact,at\no1,a,2026-02-02\n",
};
const at = Date.parse("2026-03-01T00:00:00Z");

test("each fix of a segment says how many people it would leave there", async () => {
  const folder = readProject(projectOf(files));
  if (!folder.ok) throw new Error(folder.failure.text);
  const { diagnostics } = compileProject(folder.value);
  const questions = fixQuestions(folder.value, diagnostics);
  if (!questions) throw new Error("nothing to count");
  const engine = await open({ plan: questions.plan, database: ":memory:", dataDir: folder.value.root });
  if (!engine.ok) throw new Error(engine.failure.text);
  await engine.value.load({ at });
  const counts = await countFixes(engine.value, questions, at);
  await engine.value.close();
  if (!counts.ok) throw new Error(counts.failure.text);
  const lines = counts.value.map(
    ({ finding, fix, segment, before, after }) => `${finding.code} ${segment} ${before} -> ${after}: ${fix.text}`,
  );
  const [quiet, , owners] = withCounts(diagnostics, counts.value).filter(({ code }) => /W401|W320/.test(code));
  // Of Quiet b had a mail; c and d had none, and d is new.
  expect(quiet?.why).toMatch(/^2 of 3 members received nothing in the last 90 days; 1 was created in that time\. /);
  expect(owners?.why).toMatch(/^1 of 3 members has no known `role`\. /);
  expect(lines).toEqual([
    "W401 Quiet 3 -> 1: Add `and received in 90d`",
    "W401 Quiet 3 -> 2: Add `and created before 90d ago`",
    "W320 NotOwners 3 -> 2: Add `and role is known`",
    "W320 NotOwners 3 -> 3: Add `or role is unknown`",
  ]);
});

test("without findings that a fix could mend there is nothing to count", () => {
  const folder = readProject(projectOf({ "shop.cdz": files["shop.cdz"].replace(/^segment.*$/gm, "") }));
  if (!folder.ok) throw new Error(folder.failure.text);
  expect(fixQuestions(folder.value, compileProject(folder.value).diagnostics)).toBeNull();
});
