// No false alarm: nothing is found in the examples, in the docs, and in what the golden files show to be good.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { packs } from "../../stdlib/packs.ts";
import { compileOne, compileWithPrelude, world } from "../compiler/project.ts";
import { exampleFiles, examplesOf, shop } from "../explain/pages.ts";
import { isLogic } from "./codes.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const filesIn = (folder: string) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".cdz"));

describe("examples", () => {
  const projects = readdirSync(new URL("examples/", root));
  test("there are some", () => expect(projects.length).toBeGreaterThan(3));
  test.each(projects)("%s", (project) => {
    const folder = `examples/${project}/`;
    const sources = filesIn(folder).map((path) => ({ path, text: read(`${folder}${path}`) }));
    expect(sources.length).toBeGreaterThan(0);
    expect(compile(sources, { ...world, library: packs }).diagnostics.filter(isLogic)).toEqual([]);
  });
});

describe("golden files", () => {
  test.each(filesIn("test/golden/compiler/").filter((name) => name.startsWith("good")))("%s", (name) => {
    expect(compileWithPrelude(read(`test/golden/compiler/${name}`)).diagnostics.filter(isLogic)).toEqual([]);
  });
});

test("the surface as the language shows it", () => {
  const sources = ["project.cdz", "audiences.cdz", "onboarding.cdz"].map((path) => {
    return { path, text: read(`test/golden/grammar/examples/${path}`) };
  });
  const { diagnostics } = compile(sources, { ...world, library: packs });
  // What is found there is found in a project that has a contact, an audience and a program.
  expect(diagnostics.map(({ code }) => code)).not.toContain("E241");
  expect(diagnostics.filter(isLogic)).toEqual([]);
});

describe("pages of codes", () => {
  test.each(exampleFiles)("%s", (code) => {
    const { avoid, prefer } = examplesOf(code);
    const found = [avoid, prefer].flatMap(
      ({ text, isAlone }) => compileOne(isAlone ? text : `${shop}${text}`).diagnostics,
    );
    expect(found.filter((finding) => isLogic(finding) && finding.code !== code)).toEqual([]);
  });
});
