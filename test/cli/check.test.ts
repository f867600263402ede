// cadenza check on the built command: what goes where, what it fixes, and how it ends.

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { readOnly, withoutRights } from "../support/child.ts";
import { exampleCopy, projectOf } from "../support/example-copy.ts";

const head = `project p < time zone "UTC"  currency EUR >
contact < id text key  email email  role one of (user, boss)?  seats number? >
`;
const read = (cwd: string, path: string) => readFileSync(join(cwd, path), "utf8");
const check = (cwd: string, ...args: readonly string[]) => cadenza(["check", ...args], { cwd });

describe("formats", () => {
  test("several at once, one to the output, the others to files, with paths from where the command was called", async () => {
    const cwd = projectOf({});
    mkdirSync(join(cwd, "my shop"));
    writeFileSync(join(cwd, "my shop/a.cdz"), `${head}segment S where sets = 1\n`);
    const files = ["--format", "sarif=out.sarif", "--format", "junit=out.xml", "--format", "json=out.json"];
    const ran = await check(cwd, "--project", "my shop", "--format", "github", ...files);
    expect(ran).toMatchObject({ code: 1, stderr: "" });
    expect(ran.stdout).toMatch(/^::error file=my shop\/a\.cdz,line=3,[^\n]*\n$/);
    const [result] = JSON.parse(read(cwd, "out.sarif")).runs[0].results;
    expect(result.locations[0].physicalLocation.artifactLocation.uri).toBe("my%20shop/a.cdz");
    expect(read(cwd, "out.xml")).toContain('<testsuite name="my shop/a.cdz" tests="1" failures="1"');
    expect(JSON.parse(read(cwd, "out.json")).diagnostics[0]).toMatchObject({ file: "a.cdz", code: "E220" });
    expect(readdirSync(cwd).sort()).toEqual(["my shop", "out.json", "out.sarif", "out.xml"]);
  });
  test("all to files: the output has the counts alone", async () => {
    const cwd = projectOf({ "a.cdz": head });
    const ran = await check(cwd, "--format", "checkstyle=out.xml");
    expect(ran).toEqual({ code: 0, stdout: "1 file checked: 0 errors, 0 warnings.\n", stderr: "" });
  });
  test.each([
    [["--format", "sarfi"], "F157", "Did you mean `sarif`?"],
    [["--format", "json="], "F157", "json="],
    [["--format", "json", "--format", "compact"], "F158", "`json` and `compact`"],
    [["--json", "--format", "compact"], "F158", "`compact` and `json`"],
    [["--format", "json=x", "--format", "sarif=x"], "F158", "`x`"],
    [["--format", "sarif=a.cdz"], "F158", "a source of a project"],
    [["--fail-level", "warnings"], "F157", "Did you mean `warning`?"],
    [["--fix=al"], "F157", "Did you mean `all`?"],
    [["a.cdz"], "F157", "`a.cdz`"],
    [["-", "--fix"], "F159", "standard input"],
    [["-", "--stdin-path", "../b.cdz"], "F159", "../b.cdz"],
  ])("%j cannot be asked for", async (args, ...said) => {
    const cwd = projectOf({ "a.cdz": head });
    const ran = await check(cwd, ...args);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    for (const part of said) expect(ran.stderr).toContain(part);
    expect(readdirSync(cwd)).toEqual(["a.cdz"]);
    expect(read(cwd, "a.cdz")).toBe(head);
  });
  test("a file that cannot be written is said, keeps its text and leaves nothing beside it", async () => {
    const cwd = projectOf({ "a.cdz": head, "out.json": "before" });
    const ran = await readOnly(cwd, () => cadenza(["check", "--format", "json=out.json"], { cwd, ...withoutRights }));
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain("F119  The file `out.json` could not be written");
    expect(read(cwd, "out.json")).toBe("before");
    expect(readdirSync(cwd).sort()).toEqual(["a.cdz", "out.json"]);
    expect((await check(cwd, "--format", "json=no/such/folder.json")).stderr).toContain("F119");
  });
  test.runIf(existsSync("/dev/null"))("a device stays one, and a link leads on to its file", async () => {
    const cwd = projectOf({ "a.cdz": head, "real.json": "" });
    symlinkSync("real.json", join(cwd, "link.json"));
    expect(await check(cwd, "--format", "json=/dev/null", "--format", "sarif=link.json")).toMatchObject({ code: 0 });
    expect(statSync("/dev/null").isFile()).toBe(false);
    expect(lstatSync(join(cwd, "link.json")).isSymbolicLink()).toBe(true);
    expect(JSON.parse(read(cwd, "real.json")).version).toBe("2.1.0");
  });
  test.each([
    ["error", 0],
    ["warning", 1],
    ["hint", 1],
  ])("a warning with --fail-level %s exits with %i, and junit agrees", async (level, code) => {
    const cwd = projectOf({ "a.cdz": `${head}segment S where not opened in 90d\n` });
    const ran = await check(cwd, "--fail-level", level, "--format", "junit");
    expect(ran.code).toBe(code);
    expect(ran.stdout).toContain(`<testsuites name="cadenza check" tests="1" failures="${code}"`);
  });
});

describe("--fix", () => {
  const wrong = `${head}segment S where role = "boss" and seats => 3\nsegment Q where not opened in 90d\nsegment L where opened in 3m\n`;
  test("writes what keeps the meaning, and says so", async () => {
    const cwd = projectOf({ "a.cdz": wrong, "b.cdz": "segment  B where everyone\n" });
    chmodSync(join(cwd, "a.cdz"), 0o640);
    const ran = await check(cwd, "--fix");
    expect(ran).toMatchObject({ code: 1, stderr: "" });
    expect(ran.stdout).toMatch(/^a\.cdz:3:24: fixed E301: .*\na\.cdz:3:41: fixed E103: .*\n\n?W401/);
    expect(ran.stdout).toContain("2 files checked: 2 fixes written, 1 error, 1 warning.");
    expect(read(cwd, "a.cdz")).toBe(wrong.replace('"boss"', "boss").replace("=>", ">="));
    expect(read(cwd, "b.cdz")).toBe("segment  B where everyone\n");
    expect(statSync(join(cwd, "a.cdz")).mode & 0o777).toBe(0o640);
  });
  test("=all also writes what changes it, but where there is a choice", async () => {
    const cwd = projectOf({ "a.cdz": wrong });
    await check(cwd, "--fix=all");
    const safe = wrong.replace('"boss"', "boss").replace("=>", ">=");
    expect(read(cwd, "a.cdz")).toBe(safe.replace("not opened in 90d", "not opened in 90d and received in 90d"));
  });
  test("says what it fixed beside an output for machines, not in it", async () => {
    const cwd = projectOf({ "a.cdz": wrong });
    const ran = await check(cwd, "--fix", "--json");
    expect(JSON.parse(ran.stdout).diagnostics.length).toBe(2);
    expect(ran.stderr).toContain("fixed E103");
  });
  test("keeps a byte order mark and Windows line ends, and follows a link to its file", async () => {
    const text = `\uFEFF${wrong.replaceAll("\n", "\r\n")}`;
    const cwd = projectOf({ "real.txt": text });
    symlinkSync("real.txt", join(cwd, "a.cdz"));
    await check(cwd, "--fix");
    expect(read(cwd, "real.txt")).toBe(text.replace('"boss"', "boss").replace("=>", ">="));
    expect(lstatSync(join(cwd, "a.cdz")).isSymbolicLink()).toBe(true);
  });
  test("changes no file where one may not be written", async () => {
    const cwd = projectOf({ "a.cdz": wrong });
    const ran = await readOnly(cwd, () => cadenza(["check", "--fix"], { cwd, ...withoutRights }));
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain("F119");
    expect(read(cwd, "a.cdz")).toBe(wrong);
    expect(readdirSync(cwd)).toEqual(["a.cdz"]);
  });
});

describe("standard input", () => {
  const from = (cwd: string, input: string | Uint8Array, ...args: readonly string[]) =>
    cadenza(["check", "-", "--format", "compact", ...args], { cwd, input });
  test("is a project by itself", async () => {
    const cwd = exampleCopy("starter");
    expect(await from(cwd, `${head}segment S where sets = 1\n`)).toEqual({
      code: 1,
      stdout: "stdin.cdz:3:17: error E220 There is no field `sets` in this project.\n",
      stderr: "",
    });
    expect(await from(cwd, head)).toEqual({ code: 0, stdout: "", stderr: "" });
  });
  test("is read beside the other files of a project that is named", async () => {
    const cwd = projectOf({ "a.cdz": head, "b.cdz": "segment B where nonsense\n" });
    expect(await from(cwd, "segment S where seats = 1\n", "--project", ".")).toMatchObject({ code: 0, stdout: "" });
  });
  test("takes the place of the file that --stdin-path names", async () => {
    const cwd = projectOf({ "a.cdz": head, "b.cdz": "segment B where seats = 1\n" });
    const args = ["--stdin-path", "b.cdz"];
    expect(await from(cwd, "segment B where seats = 2\n", ...args)).toMatchObject({ code: 0, stdout: "" });
    expect((await from(cwd, "segment B where sets = 2\n", ...args)).stdout).toBe(
      "b.cdz:1:17: error E220 There is no field `sets` in this project.\n",
    );
    expect(read(cwd, "b.cdz")).toBe("segment B where seats = 1\n");
  });
  test("that is no text is a finding", async () => {
    expect(await from(projectOf({}), new Uint8Array([0x73, 0xe9]))).toMatchObject({ code: 1, stderr: "" });
  });
});
