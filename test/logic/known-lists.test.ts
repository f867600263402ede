// Who shows a finding, by a list of which only `is known` is asked, is a person that there can be.

import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { world } from "../compiler/project.ts";

const items = {
  "list of text": expect.any(String),
  "list of number": expect.any(Number),
  "list of date": expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
  "list of datetime": expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  "list of country": expect.stringMatching(/^[A-Z]{2}$/),
  "list of one of (gold, silver)": "gold",
};

test.each(Object.entries(items))("%s", (type, item) => {
  const text = `project p < timezone UTC >
contact < id text key  email email  marks ${type}? >
funnel Trail <
  stage one when marks is known
  stage two
  moves forward only
>`;
  const { diagnostics } = compile([{ path: "p.cdz", text }], { ...world, library: [] });
  const shown = diagnostics.filter(({ code }) => code === "W410").map(({ example }) => example?.person.contact);
  expect(shown).toEqual([{ marks: [item] }]);
});
