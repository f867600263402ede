// What people get wrong, tried on the built command: a message that says what to do, the right exit code, nothing lost.

import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { cadenza, cadenzaProcess, commandPath, type Ran } from "../support/cadenza.ts";
import { exampleCopy, projectOf } from "../support/example-copy.ts";
import { scratchFolder } from "../support/scratch.ts";

const head = `project p < time zone "UTC" currency EUR sender "A <a@a.example>" postal address "A street 1" >
contact < id text key  email email  name text? >
event purchased < amount money >
topic news "News" opt out
`;
const loads = `load contact from csv "c.csv" < id from id  email from email >
load purchased from csv "p.csv" < contact from contact  at from at  amount from amount >
`;

/** Output as CI compares it: the code, and that every part is said. */
function expectSaid(ran: Ran, code: number, ...parts: readonly string[]): void {
  expect(ran.code, ran.stdout + ran.stderr).toBe(code);
  for (const part of parts) expect(ran.stdout + ran.stderr).toContain(part);
}

/** The rejected rows and values of the file that a load names. */
function rejectsOf(ran: Ran): readonly string[] {
  const path = /what was rejected, and why: (.*)/.exec(ran.stdout)?.[1] ?? "";
  return readFileSync(path, "utf8").trimEnd().split("\n").slice(1);
}

describe("sources", () => {
  test("no such folder", async () => {
    expectSaid(await cadenza(["check", "--project", "nowhere"], { cwd: scratchFolder() }), 2, "F101", "nowhere");
  });
  test("a file instead of a folder", async () => {
    const cwd = projectOf({ "a.cdz": head });
    expectSaid(await cadenza(["check", "--project", "a.cdz"], { cwd }), 2, "F110");
  });
  test("a folder without sources", async () => {
    expectSaid(await cadenza(["check"], { cwd: scratchFolder() }), 2, "F111", "cadenza init");
  });
  test("a binary source file", async () => {
    const cwd = projectOf({ "a.cdz": head, "b.cdz": new Uint8Array([0, 1, 2, 255, 254, 0]) });
    expectSaid(await cadenza(["check"], { cwd }), 1, "b.cdz");
  });
  test("a Latin-1 source file", async () => {
    const cwd = projectOf({
      "a.cdz": head,
      "b.cdz": Buffer.from("segment Caf\u00e9 where everyone # \u00e9", "latin1"),
    });
    expectSaid(await cadenza(["check"], { cwd }), 1, "b.cdz", "UTF-8");
  });
  test.each(["", "# later\n"])("a project without a declaration: %j", async (text) => {
    const ran = await cadenza(["check", "--format", "compact"], { cwd: projectOf({ "a.cdz": text }) });
    expect(ran.stdout).toBe("a.cdz:1:1: error E241 This project has no `contact` declaration.\n");
    expect(ran).toMatchObject({ code: 1, stderr: "" });
  });
  test.each([
    ["E115", new Uint8Array([0x73, 0xe9, 0x0a])],
    ["E116", new Uint8Array(1_048_577).fill(0x20)],
  ])("nothing but a file that cannot be read: %s", async (code, bytes) => {
    const ran = await cadenza(["check", "--format", "compact"], { cwd: projectOf({ "a.cdz": bytes }) });
    expect(ran.stdout).toMatch(new RegExp(`^a\\.cdz: error ${code} [^\\n]*\\n$`));
    expect(ran).toMatchObject({ code: 1, stderr: "" });
  });
  test("a pipe and a link to nowhere among the sources", async () => {
    const cwd = projectOf({ "a.cdz": `${head}segment S where nme = "a"\n` });
    execFileSync("mkfifo", [join(cwd, "b.cdz")]);
    symlinkSync(join(cwd, "gone.cdz"), join(cwd, "c.cdz"));
    const ran = await cadenza(["check", "--format", "compact"], { cwd });
    expectSaid(ran, 1, "b.cdz: error E287", "not a regular file", "c.cdz: error E287", "not there", "`nme`");
  });
  test("a body that is too large, and one that is no text", async () => {
    const mail = (name: string) => `email ${name} < subject "S"  body "${name}.md"  topic news >\n`;
    const cwd = projectOf({
      "a.cdz": head + mail("large") + mail("latin"),
      "large.md": "a".repeat(1_048_577),
      "latin.md": Buffer.from("Caf\u00e9", "latin1"),
    });
    const ran = await cadenza(["check", "--format", "compact"], { cwd });
    expectSaid(ran, 1, "`large.md` cannot be read: it is larger than 1048576 bytes");
    expectSaid(ran, 1, "`latin.md` cannot be read: it is not UTF-8 text");
  });
  test("an unknown time zone", async () => {
    const cwd = projectOf({ "a.cdz": head.replace("UTC", "Europe/Berln") });
    expectSaid(await cadenza(["check"], { cwd }), 1, "E319", "Europe/Berln", "Europe/Berlin");
  });
  test("a body outside the project, by dots and by a link", async () => {
    const mail = (path: string) => `email e < subject "S"  body "${path}"  topic news >\n`;
    const dots = projectOf({ "a.cdz": `${head}${mail("../secret.md")}` });
    expectSaid(await cadenza(["check"], { cwd: dots }), 1, "../secret.md");
    const outside = join(projectOf({ "secret.md": "secret" }), "secret.md");
    const linked = projectOf({ "a.cdz": `${head}${mail("body.md")}` });
    symlinkSync(outside, join(linked, "body.md"));
    expectSaid(await cadenza(["check"], { cwd: linked }), 1, "body.md");
  });
  test("files to attach: any kind and size, but of the project", async () => {
    const mail = (...paths: readonly string[]) =>
      `email e < subject "S"  text "T"  topic news ${paths.map((path) => `attach "${path}"`).join(" ")} >\n`;
    const files = { "terms.pdf": new Uint8Array([0x25, 0xff, 0xfe, 0x00]), "large.md": "a".repeat(1_048_577) };
    const fine = projectOf({ "a.cdz": head + mail("terms.pdf", "large.md"), ...files });
    const ran = await cadenza(["check", "--format", "compact"], { cwd: fine });
    expect(ran.stdout).not.toContain("error");
    expect(ran.code).toBe(0);
    const outside = join(projectOf({ "secret.md": "secret" }), "secret.md");
    const wrong = projectOf({ "a.cdz": head + mail("link.pdf", "none.pdf"), ...files });
    symlinkSync(outside, join(wrong, "link.pdf"));
    const said = await cadenza(["check", "--format", "compact"], { cwd: wrong });
    expectSaid(said, 1, "error E623", "`link.pdf` is outside", "error E624", "no file `none.pdf`");
  });
  test("a wrong day in the file of holidays, at its place", async () => {
    const project = 'project x < time zone "UTC"  holidays "days.csv" >\ncontact < id text key  email email >\n';
    const cwd = projectOf({ "a.cdz": project, "days.csv": "day,country\r\n2026-12-25\r\n26.12.2026,DE\r\n" });
    expectSaid(await cadenza(["check", "--format", "compact"], { cwd }), 1, "days.csv:3:1: error E846", "`26.12.2026`");
  });
  test("an unknown placeholder in a body file, at its place", async () => {
    const cwd = projectOf({
      "a.cdz": `${head}email e < subject "S"  body "b.md"  topic news >\n`,
      "b.md": "Hello\n{{ nmae }}\n",
    });
    expectSaid(await cadenza(["check"], { cwd }), 1, "b.md:2:4", "nmae", "name");
  });
});

describe("loading", () => {
  const people = "id,email\n1,a@a.example\n2,b@b.example\n";
  const project = (files: Record<string, string | Uint8Array>) =>
    projectOf({ "a.cdz": head + loads, "c.csv": people, "p.csv": "contact,at,amount\n", ...files });
  const load = (cwd: string) => cadenza(["load", "--now", "2026-01-05"], { cwd });

  test("a missing file, a directory, and what was there stays", async () => {
    const cwd = project({});
    expect((await load(cwd)).code).toBe(0);
    writeFileSync(join(cwd, "a.cdz"), (head + loads).replace("c.csv", "gone.csv"));
    expectSaid(await load(cwd), 2, "F101", "gone.csv", "Check the path");
    mkdirSync(join(cwd, "folder.csv"));
    writeFileSync(join(cwd, "a.cdz"), (head + loads).replace("c.csv", "folder.csv"));
    expectSaid(await load(cwd), 2, "F141", "folder.csv", "folder.csv/*");
    writeFileSync(join(cwd, "a.cdz"), `${head}${loads}segment All where everyone\n`);
    const counted = await cadenza(["show", "segment", "All", "--count", "--now", "2026-01-05"], { cwd });
    expect(counted.stdout.trim()).toBe("2");
  });
  test("no rows", async () => {
    expectSaid(await load(project({ "c.csv": "id,email\n" })), 0, "contact", "0 rows");
  });
  test("a header without a mapped column", async () => {
    expectSaid(await load(project({ "c.csv": "id,e-mail\n1,a@a.example\n" })), 2, "F144", "`email`", "`e-mail`");
  });
  test("two columns of one name", async () => {
    expectSaid(
      await load(project({ "c.csv": "id,email,email\n1,a@a.example,b@b.example\n" })),
      2,
      "F145",
      "`email`",
      "from column 3",
    );
  });
  test("a binary file", async () => {
    const bytes = new Uint8Array(5000).map((_, index) => (index * 7) % 256);
    expectSaid(await load(project({ "c.csv": bytes })), 2, "F143", "c.csv", "Export it as CSV");
  });
  test("a Latin-1 file: what is not UTF-8 is rejected, and with its encoding all of it is loaded", async () => {
    const latin = Buffer.from("id,email,name\n1,a@a.example,Zo\u00eb\n2,b@b.example,Bo\n", "latin1");
    const source = (encoding: string) =>
      `${head}load contact from csv "c.csv" ${encoding} < id from id  email from email  name from name >\n`;
    const cwd = project({ "a.cdz": source(""), "c.csv": latin });
    const ran = await load(cwd);
    expectSaid(ran, 0, "2 rows: 1 added, 1 rejected");
    expect(rejectsOf(ran)).toEqual([expect.stringMatching(/^c\.csv,2,,.*name the file's encoding in the load$/)]);
    writeFileSync(join(cwd, "a.cdz"), source('encoding "latin-1"'));
    expectSaid(await load(cwd), 0, "2 rows: 1 added, 1 unchanged\n");
  });
  test("a line of 50 MB is one rejected row", async () => {
    const long = `id,email\n1,a@a.example\n2,${"x".repeat(50_000_000)}\n3,c@c.example\n`;
    const ran = await load(project({ "c.csv": long }));
    expectSaid(ran, 0, "contact from c.csv: 3 rows: 2 added, 1 rejected\n");
    expect(rejectsOf(ran)).toEqual([expect.stringMatching(/^c\.csv,3,,"2,x+",.*longer than 2 MB$/)]);
  });
  test("an event of an unknown contact and a date out of range are rejected, the rest is loaded", async () => {
    const events = "contact,at,amount\n1,2026-01-01,5\n9,2026-01-01,5\n2,2026-13-45,5\n2,2026-01-02,6\n";
    const cwd = project({ "p.csv": events });
    const ran = await load(cwd);
    expectSaid(ran, 0, "purchased from p.csv: 4 rows: 2 added, 2 rejected\n");
    expect(rejectsOf(ran)).toEqual([
      "p.csv,3,contact,9,the row was rejected: there is no contact of this key",
      expect.stringMatching(/^p\.csv,4,at,2026-13-45,.*this is not a date and time that exist.*the row was rejected"$/),
    ]);
  });
});

test("every row of a load is accounted for in the printed line", async () => {
  const cwd = projectOf({
    "p.cdz": `${head}load contact from csv "c.csv" < id from id  email from email  name from name >`,
    "c.csv": "id,email,name\na,a@x.example,Ana\na,a@x.example,Bo\nb,b@x.example,\n,c@x.example,Cy\n",
  });
  const ran = await cadenza(["load", "--now", "2026-03-02"], { cwd });
  expectSaid(ran, 0, "contact from c.csv: 4 rows: 2 added, 1 rejected, 1 duplicate\n");
  expect(rejectsOf(ran)).toEqual([
    'c.csv,2,id,a,"duplicate key, a later row won"',
    "c.csv,5,id,,the row was rejected: required and empty: id",
  ]);
});

describe("the database", () => {
  test("no database yet", async () => {
    const cwd = exampleCopy("starter");
    expectSaid(
      await cadenza(["show", "segment", "Customers", "--now", "2026-01-05"], { cwd }),
      2,
      "F116",
      "cadenza load",
    );
    expect(existsSync(join(cwd, ".cadenza"))).toBe(false);
  });
  test("a file that is no database", async () => {
    const cwd = exampleCopy("starter");
    mkdirSync(join(cwd, ".cadenza"));
    writeFileSync(join(cwd, ".cadenza/cadenza.duckdb"), "this is a letter, not a database ".repeat(500));
    expectSaid(await cadenza(["load"], { cwd }), 2, "cadenza.duckdb");
    expect(readFileSync(join(cwd, ".cadenza/cadenza.duckdb"), "utf8")).toContain("this is a letter");
  });
  /** A project with two people loaded, and how many are there. */
  async function loaded() {
    const cwd = projectOf({
      "a.cdz": `${head}load contact from csv "c.csv" < id from id  email from email  name from name >\nsegment All where everyone\n`,
      "c.csv": "id,email,name\n1,a@a.example,Ana\n2,b@b.example,Bo\n",
    });
    expect((await cadenza(["load", "--now", "2026-01-05"], { cwd })).code).toBe(0);
    const count = async () => (await cadenza(["show", "segment", "All", "--count"], { cwd })).stdout.trim();
    return { cwd, path: join(cwd, ".cadenza/cadenza.duckdb"), count };
  }
  async function within(path: string, text: string) {
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    await connection.run(text);
    return () => {
      connection.closeSync();
      instance.closeSync();
    };
  }
  test("one that another process holds", async () => {
    const { cwd, path, count } = await loaded();
    const release = await within(path, "SELECT 1");
    expectSaid(await cadenzaProcess(["load"], { cwd }), 2, "F120", `(${process.pid})`, "Wait until that process ends");
    release();
    expect(await count()).toBe("2");
  });
  test("one from a newer version", async () => {
    const { cwd, path } = await loaded();
    (await within(path, "UPDATE meta SET value = '99' WHERE key = 'schema_version'"))();
    const before = readFileSync(path);
    for (const args of [["load"], ["run", "--once"], ["show", "segment", "All"]]) {
      expectSaid(await cadenza(args, { cwd }), 2, "F123", "newer version", "Install that version");
    }
    expect(readFileSync(path).equals(before)).toBe(true);
  });
  test("no permission to write, neither a first database nor the one that is there", async () => {
    const { cwd, path } = await loaded();
    const before = readFileSync(path);
    const nobody = process.getuid?.() === 0 ? { uid: 65534 } : {};
    const folder = dirname(path);
    chmodSync(path, 0o444);
    chmodSync(folder, 0o555);
    chmodSync(cwd, 0o555);
    expectSaid(await cadenza(["load"], { cwd, ...nobody }), 2, "F124", "permissions");
    expect(readFileSync(path).equals(before)).toBe(true);
    chmodSync(cwd, 0o755);
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true });
    chmodSync(cwd, 0o555);
    expectSaid(await cadenza(["load"], { cwd, ...nobody }), 2, "F114", "permissions");
    expect(existsSync(folder)).toBe(false);
    chmodSync(cwd, 0o755);
  });
  test("a full disk", async () => {
    const { cwd, count } = await loaded();
    // Names that do not compress, so that they need the room that they seem to need.
    const rows = Array.from(
      { length: 60_000 },
      (_, at) => `${at},p${at}@a.example,${randomBytes(60).toString("hex")}\n`,
    );
    writeFileSync(join(cwd, "c.csv"), `id,email,name\n${rows.join("")}`);
    const limited = `trap '' XFSZ; ulimit -f 6000; exec "$0" "$1" load`;
    const ran = spawnSync("bash", ["-c", limited, process.execPath, commandPath], { cwd, encoding: "utf8" });
    expectSaid({ ...ran, code: ran.status }, 2, "F125", "Free some space", "is intact");
    expect(await count()).toBe("2");
    expectSaid(await cadenza(["load"], { cwd }), 0, "60,000 rows: 59,998 added, 2 updated");
  });
});

describe("arguments", () => {
  test.each([
    [["fly"], "fly"],
    [["run", "--now", "2026-01-01"], "--until"],
    [["run", "--once", "--now", "2026-01-01", "--mailer", "mailgun"], "A replay with --now must not mail people"],
    [["run", "--once", "--every", "3m"], "--every"],
    [["run", "--once", "--every", "48h"], "beyond 24h in d"],
    [["run", "--once", "--mailer", "pigeon"], "Mailers are `files`, `mailgun` and `none`."],
    [["run", "--now", "2026-01-02", "--until", "2026-01-01"], "lies before"],
    [["load", "--now", "yesterday-ish"], "F115"],
    [["load", "nothing"], "nothing"],
    [["show", "segment", "Custmers"], "Customers"],
    [["show", "program", "onbording"], "onboarding"],
  ])("%j", async (args, part) => {
    const cwd = exampleCopy("starter");
    if (args[0] === "show") await cadenza(["load", "--now", "2026-02-20"], { cwd });
    expectSaid(await cadenza(args, { cwd }), 2, part);
  });
  test("Mailgun without a key", async () => {
    const ran = await cadenza(["run", "--once", "--mailer", "mailgun"], { cwd: exampleCopy("starter") });
    expectSaid(ran, 2, "MAILGUN_API_KEY");
  });
  test("Mailgun without what links in mails need", async () => {
    const cwd = exampleCopy("starter");
    const key = { MAILGUN_API_KEY: "key-0123456789abcdef", MAILGUN_DOMAIN: "acme.example" };
    const run = (env: Readonly<Record<string, string>>) =>
      cadenza(["run", "--once", "--mailer", "mailgun"], { cwd, env: { ...key, ...env } });
    expectSaid(
      await run({}),
      2,
      "F410  Mails cannot carry a link to unsubscribe: CADENZA_PUBLIC_URL and CADENZA_SECRET",
    );
    expectSaid(await run({ CADENZA_PUBLIC_URL: "acme.example" }), 2, "F411");
    expectSaid(await run({ CADENZA_PUBLIC_URL: "https://acme.example", CADENZA_SECRET: "short" }), 2, "F412");
  });
});
