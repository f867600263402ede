// cadenza docs: written whole or not at all, and never over what somebody else put there.

import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { exampleCopy } from "../support/example-copy.ts";

const docs = (cwd: string, ...args: readonly string[]) => cadenza(["docs", ...args], { cwd });

const files = [
  ...[".cadenza-docs", "emails.html", "events.html", "index.html", "loads.html", "people.html", "programs.html"],
  ...["rules.html", "segments.html"],
];

test("writes a folder of pages, and the same again over its own", async () => {
  const cwd = exampleCopy("starter");
  const first = await docs(cwd, "--html", "out/pages");
  expect(first).toMatchObject({ code: 0, stderr: "", stdout: "8 pages in out/pages; begin with index.html.\n" });
  const read = () =>
    readdirSync(join(cwd, "out/pages"))
      .toSorted()
      .map((name) => [name, readFileSync(join(cwd, "out/pages", name), "utf8")]);
  const before = read();
  expect(before.map(([name]) => name)).toEqual(files);
  writeFileSync(join(cwd, "out/pages/index.html"), "changed");
  expect((await docs(cwd, "--html", "out/pages")).code).toBe(0);
  expect(read()).toEqual(before);
  expect(readdirSync(join(cwd, "out"))).toEqual(["pages"]);
});

test("takes an empty folder, and follows a link to one", async () => {
  const cwd = exampleCopy("starter");
  mkdirSync(join(cwd, "real"));
  symlinkSync("real", join(cwd, "linked"));
  expect((await docs(cwd, "--html", "linked")).code).toBe(0);
  expect(readdirSync(join(cwd, "real")).toSorted()).toEqual(files);
});

test("refuses a folder that it did not make, and one that somebody added to", async () => {
  const cwd = exampleCopy("starter");
  const before = readFileSync(join(cwd, "project.cdz"), "utf8");
  const refused = await docs(cwd, "--html", ".");
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toMatch(
    /^F182 {2}`\.` holds `[^`]+`, which `cadenza docs` did not write; nothing was changed\.\n/,
  );
  expect(readFileSync(join(cwd, "project.cdz"), "utf8")).toBe(before);
  expect((await docs(cwd, "--html", "pages")).code).toBe(0);
  writeFileSync(join(cwd, "pages/notes.txt"), "mine");
  const added = await docs(cwd, "--html", "pages");
  expect(added.code).toBe(2);
  expect(added.stderr).toContain("`notes.txt`");
  expect(readFileSync(join(cwd, "pages/notes.txt"), "utf8")).toBe("mine");
});

test("says why a place cannot be written, and leaves nothing there", async () => {
  const cwd = exampleCopy("starter");
  const ran = await docs(cwd, "--html", "project.cdz/pages");
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr).toMatch(/^F183 {2}The pages could not be written to `project\.cdz\/pages`: the system says E/);
  const file = await docs(cwd, "--html", "project.cdz");
  expect(file.code).toBe(2);
  expect(readdirSync(cwd).filter((name) => name.startsWith(".cadenza-docs"))).toEqual([]);
});

test("of a project with errors prints them and writes nothing", async () => {
  const cwd = exampleCopy("starter");
  writeFileSync(join(cwd, "a.cdz"), "segment A where nme = 1\n");
  const ran = await docs(cwd, "--html", "pages");
  expect(ran).toMatchObject({ code: 1, stdout: "" });
  expect(ran.stderr).toContain("E220");
  expect(existsSync(join(cwd, "pages"))).toBe(false);
});

test("prints the dictionary as JSON, and in short without anything", async () => {
  const cwd = exampleCopy("onboarding");
  const json = JSON.parse((await docs(cwd, "--json")).stdout);
  expect(json).toMatchObject({ version: 1, project: { name: "acme", zone: "Europe/Berlin" } });
  expect(json.segments).toContainEqual(
    expect.objectContaining({
      name: "SeniorPeople",
      sentence: "People whose role is decision maker or whose seats are at least 200.",
      usedBy: [{ kind: "program", name: "onboarding" }],
    }),
  );
  expect((await docs(cwd)).stdout).toContain("\nSegments\n  Customers: People who have purchased.\n");
});
