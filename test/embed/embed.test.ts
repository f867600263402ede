// The built package, used from a scratch folder by a program that knows nothing but its name.

import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { scratchFolder } from "../support/scratch.ts";

const run = promisify(execFile);

const program = `
import { compile, open, type Clock, type Mailer, type Message } from "cadenza";

const source = \`
project shop < time zone "UTC"  currency EUR  sender "Shop <shop@shop.example>"  postal address "Main Street 1" >
contact < id text key  email email  first_name text? >
event purchased < amount money >
load contact from csv "people.csv" < id from id  email from email  first_name from name >
load purchased from csv "orders.csv" < contact from person  at from at  amount from total >
topic news "News" opt out
segment Buyers where purchased
segment BigBuyers where purchased where (amount >= 100)
email thanks < subject "Thanks, {{ first_name | default: 'friend' }}"  text "Come again."  topic news >
program thank_you < start when purchased where (amount >= 100)  send thanks >
\`;
const { plan, diagnostics } = compile([{ path: "shop.cdz", text: source }]);
if (plan === null) throw new Error(JSON.stringify(diagnostics));

const clock: Clock = { now: () => Date.parse("2026-03-01T00:00:00Z"), sleepUntil: async () => undefined };
const messages: Message[] = [];
const mailer: Mailer = {
  name: "in memory",
  delivers: true,
  send: async (message) => {
    messages.push(message);
    return { kind: "sent", providerId: message.sendId };
  },
};
const opened = await open({ plan, database: ":memory:", dataDir: ".", clock, mailer });
if (!opened.ok) throw new Error(opened.failure.text);
const cadenza = opened.value;
const value = <T>(result: { ok: true; value: T } | { ok: false; failure: { text: string } }): T => {
  if (!result.ok) throw new Error(result.failure.text);
  return result.value;
};
const loaded = value(await cadenza.load());
const buyers = value(await cadenza.evaluate("Buyers"));
value(await cadenza.apply(Date.parse("2026-02-01T00:00:00Z")));
value(await cadenza.tick(Date.parse("2026-02-10T00:00:00Z")));
value(await cadenza.tick(Date.parse("2026-02-20T00:00:00Z")));
const unknown = await cadenza.evaluate("Byers");
await cadenza.close();
console.log(JSON.stringify({
  added: loaded.map(({ added }) => added),
  buyers: buyers.members,
  mails: messages.map(({ to, subject }) => [to, subject]),
  unknown: unknown.ok ? "" : unknown.failure.code,
}));
`;

function folderWithPackage(): string {
  const folder = scratchFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(resolve("."), join(folder, "node_modules/cadenza"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  writeFileSync(
    join(folder, "people.csv"),
    "id,email,name\n1,ana@x.example,Ana\n2,ben@x.example,\n3,eva@x.example,Eva\n",
  );
  const orders = [
    "person,at,total",
    "1,2026-02-05 10:00,120",
    "2,2026-02-15 10:00,300",
    "3,2026-01-05 10:00,900",
    "3,2026-02-16,9",
  ];
  writeFileSync(join(folder, "orders.csv"), `${orders.join("\n")}\n`);
  return folder;
}

test("a program compiles, loads, asks and ticks with ports of its own", async () => {
  const cwd = folderWithPackage();
  const script = program
    .replace(/, type Clock, type Mailer, type Message/, "")
    .replace(/: (Clock|Mailer|Message\[\])(?= =)/g, "");
  const plain = script.replace(
    "const value = <T>(result: { ok: true; value: T } | { ok: false; failure: { text: string } }): T =>",
    "const value = (result) =>",
  );
  writeFileSync(join(cwd, "program.mjs"), plain);
  const { stdout, stderr } = await run(process.execPath, ["program.mjs"], { cwd });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual({
    added: [3, 4],
    buyers: ["1", "2", "3"],
    // Eva's purchase is older than the first apply, and her second one too small.
    mails: [
      ["ana@x.example", "Thanks, Ana"],
      ["ben@x.example", "Thanks, friend"],
    ],
    unknown: "F117",
  });
});

test("its types are enough for a strict program", async () => {
  const cwd = folderWithPackage();
  writeFileSync(join(cwd, "program.ts"), program);
  const options = {
    strict: true,
    noEmit: true,
    module: "nodenext",
    target: "es2023",
    types: [],
    lib: ["es2023", "dom"],
  };
  writeFileSync(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["program.ts"] }));
  const { stdout } = await run(process.execPath, [resolve("node_modules/typescript/bin/tsc"), "-p", "."], { cwd });
  expect(stdout).toBe("");
});

test("the package holds what it needs, and the licences of what is bundled into it", async () => {
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: resolve(".") });
  const [{ files }] = JSON.parse(stdout);
  const paths: readonly string[] = files.map(({ path }: { path: string }) => path);
  const needed = ["dist/cadenza.js", "dist/index.js", "dist/types/runtime/index.d.ts", "docs/guide.md", "LICENSE"];
  expect(paths).toEqual(expect.arrayContaining([...needed, "examples/starter/project.cdz"]));
  expect(paths.filter((path) => !/^(dist|docs|examples)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(path))).toEqual([]);
  expect(paths.filter((path) => /(^|\/)(bench|\.cadenza)\//.test(path))).toEqual([]);
  const licences = readFileSync("dist/licences.txt", "utf8");
  for (const name of ["chevrotain", "commander", "liquidjs", "luxon"]) expect(licences).toMatch(`\n${name} `);
});
