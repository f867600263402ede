// Sources as people and machines leave them: a finding that says what is wrong, the other files checked, never a stack trace.

import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cadenza, type RunChoices } from "../support/cadenza.ts";
import { withoutRights } from "../support/child.ts";
import { projectOf } from "../support/example-copy.ts";

const head = `project p < time zone "UTC"  currency EUR >
contact < id text key  email email  seats number? >
`;
const other = { "a.cdz": `${head}segment A where sets = 1\n` };
const ofOther = "a.cdz:3:17: error E220 There is no field `sets` in this project.";

/** What `check` and `fmt --check` print about it, line by line; neither ever shows our insides. */
async function found(cwd: string, choices: Partial<RunChoices> = {}) {
  const ran = await cadenza(["check", "--format", "compact"], { cwd, ...choices });
  const laidOut = await cadenza(["fmt", "--check"], { cwd, ...choices });
  for (const { stdout, stderr } of [ran, laidOut]) expect(stdout + stderr).not.toMatch(/\n\s+at |node:internal/);
  expect(ran.stderr).toBe("");
  return { code: ran.code, lines: ran.stdout.trimEnd().split("\n"), formatted: laidOut };
}

describe("files that the system refuses to give", () => {
  test("are findings, the others are checked, and the check is not complete", async () => {
    const cwd = projectOf({ ...other, "b.cdz": "segment B where everyone\n" });
    mkdirSync(join(cwd, "sub"));
    writeFileSync(join(cwd, "sub/c.cdz"), "segment C where everyone\n");
    chmodSync(join(cwd, "b.cdz"), 0o000);
    chmodSync(join(cwd, "sub"), 0o000);
    const { code, lines, formatted } = await found(cwd, withoutRights);
    chmodSync(join(cwd, "sub"), 0o755);
    expect(lines).toEqual([
      "sub: error E150 This folder could not be read: the system says EACCES.",
      "b.cdz: error E150 This file could not be read: the system says EACCES.",
      ofOther,
    ]);
    expect([code, formatted.code]).toEqual([2, 2]);
  });
});

describe("links", () => {
  test("that lead back to themselves or to a folder are findings", async () => {
    const cwd = projectOf(other);
    symlinkSync("b.cdz", join(cwd, "b.cdz"));
    symlinkSync("d.cdz", join(cwd, "c.cdz"));
    symlinkSync("c.cdz", join(cwd, "d.cdz"));
    symlinkSync(".", join(cwd, "e.cdz"));
    const { code, lines } = await found(cwd);
    const loop = "error E287 This cannot be read as a file: it is a link that leads back to itself.";
    expect(lines).toEqual([
      `b.cdz: ${loop}`,
      `c.cdz: ${loop}`,
      `d.cdz: ${loop}`,
      "e.cdz: error E287 This cannot be read as a file: it is a link to a folder.",
      ofOther,
    ]);
    expect(code).toBe(1);
  });
  test("to folders with sources are not followed, and that is said; others are of no interest", async () => {
    const cwd = projectOf({ "a.cdz": head });
    const elsewhere = projectOf({ "b.cdz": "segment B where nonsense\n" });
    symlinkSync(elsewhere, join(cwd, "shared"));
    symlinkSync(".", join(cwd, "loop"));
    mkdirSync(join(elsewhere, "csv"));
    symlinkSync(join(elsewhere, "csv"), join(cwd, "data"));
    symlinkSync("gone", join(cwd, "nowhere"));
    const { code, lines, formatted } = await found(cwd);
    const said = "warning W837 This is a link to a folder; the .cdz files in it are not read.";
    expect(lines).toEqual([`loop: ${said}`, `shared: ${said}`]);
    expect(code).toBe(0);
    expect(formatted.stdout).toContain("W837");
  });
  test("to a file are read as that file", async () => {
    const cwd = projectOf({});
    symlinkSync(join(projectOf(other), "a.cdz"), join(cwd, "a.cdz"));
    expect((await found(cwd)).lines).toEqual([ofOther]);
  });
});

describe("names", () => {
  test("that are nearly those of sources are told, and the others are checked", async () => {
    const cwd = projectOf({
      ...other,
      "B.CDZ": "segment B where everyone\n",
      "c.cdz.txt": "segment C where everyone\n",
    });
    mkdirSync(join(cwd, "sub"));
    writeFileSync(join(cwd, "sub/D.Cdz"), "segment D where everyone\n");
    const { code, lines } = await found(cwd);
    const said = "warning W440 This file is not read: the name of a source ends in `.cdz`, as";
    expect(lines).toEqual([
      `B.CDZ: ${said} \`B.cdz\` does.`,
      `c.cdz.txt: ${said} \`c.cdz\` does.`,
      `sub/D.Cdz: ${said} \`sub/D.cdz\` does.`,
      ofOther,
    ]);
    expect(code).toBe(1);
  });
  test("alone make no project that could be taken for a whole one", async () => {
    const { lines } = await found(projectOf({ "A.CDZ": other["a.cdz"] }));
    expect(lines.join("\n")).toContain("W440");
  });
});

describe("bytes", () => {
  const nested = `segment N where ${"(".repeat(10_000)}seats = 1${")".repeat(10_000)}\n`;
  test.each<readonly [string, string | Uint8Array, RegExp]>([
    ["more than one mebibyte", new Uint8Array(1_048_577).fill(0x20), /^b\.cdz: error E116 This file has 1048577 bytes/],
    ["10,000 nested parentheses", nested, /^b\.cdz:1:81: error E200 /],
    ["a NUL byte", "segment B\0 where everyone\n", /^b\.cdz: error E115 .*zero byte in line 1/],
    [
      "half a surrogate pair",
      Buffer.from("use a # \xed\xa0\xbd\n", "latin1"),
      /^b\.cdz: error E115 .*line 1.*half a character/,
    ],
    ["an overlong slash", Buffer.from("# \xc0\xaf\n", "latin1"), /^b\.cdz: error E115 .*line 1 has the byte C0/],
    ["Latin-1", Buffer.from("# caf\xe9\n", "latin1"), /^b\.cdz: error E115 .*Latin-1/],
    ["UTF-16", Buffer.from("\ufeffuse a\n", "utf16le"), /^b\.cdz: error E115 .*UTF-16/],
    ["UTF-16 without its mark", Buffer.from("use a\n", "utf16le").swap16(), /^b\.cdz: error E115 .*UTF-16/],
    ["a name with a Cyrillic letter", "segment \u0421ustomers where everyone\n", /^b\.cdz:1:9: error E151 .*U\+0421/],
    ["a mark that turns the line round", "segment B where\u202e everyone\n", /^b\.cdz:1:16: error E114 .*U\+202E/],
    [
      "a name in other letter case",
      "segment b where everyone\nsegment B where seats = 1\n",
      /^b\.cdz:2:9: error E221 /,
    ],
  ])("%s", async (_, bytes, wanted) => {
    const cwd = projectOf({ ...other, "b.cdz": bytes });
    const { code, lines } = await found(cwd);
    expect(lines.filter((line) => line.startsWith("b.cdz"))).toEqual([expect.stringMatching(wanted)]);
    expect(lines).toContain(ofOther);
    expect(code).toBe(1);
  });
  test.each([
    ["a byte order mark", `\uFEFF${other["a.cdz"]}`, "3:17"],
    ["Windows line ends", other["a.cdz"].replaceAll("\n", "\r\n"), "3:17"],
    ["tabs", other["a.cdz"].replaceAll(" where ", "\twhere\t\t"), "3:18"],
    ["a line of a mebibyte", `#${"x".repeat(1_000_000)}\n${other["a.cdz"]}`, "4:17"],
  ])("%s does no harm", async (_, text, place) => {
    const { lines } = await found(projectOf({ "a.cdz": text }));
    expect(lines).toEqual([ofOther.replace("3:17", place)]);
  });
});

test("what is wrong with files is said by every command that reads them, and a folder may be called like a file", async () => {
  const cwd = projectOf({
    ...other,
    "nul.cdz": "segment B\0 where everyone\n",
    "deep.cdz": `segment N where ${"(".repeat(10_000)}`,
    "wide.cdz": Buffer.from("\ufeffuse a\n", "utf16le"),
  });
  mkdirSync(join(cwd, "folder.cdz"));
  writeFileSync(join(cwd, "folder.cdz", "inside.cdz"), "segment F where sets = 2\n");
  execFileSync("mkfifo", [join(cwd, "pipe.cdz")]);
  symlinkSync("loop.cdz", join(cwd, "loop.cdz"));
  const wanted = [
    "nul.cdz",
    "deep.cdz:1:",
    "wide.cdz",
    "folder.cdz/inside.cdz:1:",
    "pipe.cdz",
    "loop.cdz",
    "a.cdz:3:17",
  ];
  for (const args of [["check"], ["fmt", "--check"], ["test"], ["docs", "--html", join(cwd, "out")]]) {
    const { code, stdout, stderr } = await cadenza(args, { cwd });
    expect(code, args[0]).toBe(1);
    expect(stdout + stderr).not.toMatch(/\n\s+at |node:internal/);
    const isJudged = args[0] !== "fmt";
    for (const place of wanted) {
      if (isJudged || !/inside|a\.cdz/.test(place)) expect(stdout + stderr, `${args[0]} ${place}`).toContain(place);
    }
  }
  expect(existsSync(join(cwd, "out"))).toBe(false);
});

test("names of files cannot drive the terminal", async () => {
  const cwd = projectOf({ ...other, "b\u001b[31m\n\u202e.cdz": "segment B where nonsense\n" });
  const ran = await cadenza(["check"], { cwd });
  expect(ran.code).toBe(1);
  expect(ran.stdout).not.toContain("\u001b");
  expect(ran.stdout).not.toContain("\u202e");
  const laidOut = await cadenza(["fmt"], { cwd: projectOf({ "b\u001b[31m.cdz": "segment  B where everyone\n" }) });
  expect(laidOut.stdout).not.toContain("\u001b");
});

test("a folder of 5,000 files is read, and each finding stands at its file", async () => {
  const cwd = projectOf({ "a.cdz": head });
  for (let index = 0; index < 5000; index++) {
    if (index % 100 === 0) mkdirSync(join(cwd, `f${index / 100}`));
    const name = index === 4321 ? "sets" : "seats";
    writeFileSync(
      join(cwd, `f${Math.floor(index / 100)}`, `s${index}.cdz`),
      `segment S${index} where ${name} = ${index}\n`,
    );
  }
  const ran = await cadenza(["check", "--format", "compact"], { cwd });
  expect(ran).toEqual({
    code: 1,
    stdout: "f43/s4321.cdz:1:21: error E220 There is no field `sets` in this project.\n",
    stderr: "",
  });
});
