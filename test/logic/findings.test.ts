// Who is shown with a finding is as the finding says: the compiled SQL is asked about the very words that it names.

import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bind } from "../../compiler/sql/bind.ts";
import { printConditions } from "../../compiler/sql/print.ts";
import type { Example } from "../../grammar/diagnostics/entry.ts";
import { compileWithPrelude, planWithPrelude } from "../compiler/project.ts";
import { type Duck, duck } from "../sql/duck.ts";
import { build } from "../sql/build.ts";
import { witnessOf, worldOf } from "./worlds.ts";

const folder = new URL("../golden/compiler/", import.meta.url);
const files = readdirSync(folder).filter((name) => /^W(40[567]|523).*\.cdz$/.test(name));

interface Claim {
  readonly source: string;
  readonly example: Example;
  readonly fulfils: string;
  readonly fails: string;
}

/** What findings say of somebody outside programs and events, where the words stand whole in the sentence. */
const claims = files.flatMap((file) => {
  const text = readFileSync(new URL(file, folder), "utf8");
  const { plan, diagnostics } = compileWithPrelude(text);
  // What nothing runs yet no SQL can be asked about.
  if (!plan) return [];
  return diagnostics.flatMap(({ example, span }): readonly Claim[] => {
    const [, fulfils, fails] = example ? (/ fulfils `([^`…]+)`, not `([^`…]+)`$/.exec(example.text) ?? []) : [];
    const declaration =
      text
        .slice(0, span.start)
        .split("\n")
        .findLast((line) => /^(segment|program)/.test(line)) ?? "";
    if (!example || !fulfils || !fails || !/^segment \w+ where/.test(declaration)) return [];
    return [{ source: text, example, fulfils, fails }];
  });
});

let database: Duck;
beforeAll(async () => {
  database = await duck();
});
afterAll(() => database.close());

test("there are enough of them", () => expect(claims.length).toBeGreaterThan(12));

test.each(claims)("$example.text", async ({ source, example, fulfils, fails }) => {
  const plan = planWithPrelude(`${source}\nsegment Fulfils where ${fulfils}\nsegment Fails where ${fails}\n`);
  const whereOf = (id: string) => {
    const found = plan.segments.find((segment) => segment.id === id);
    if (!found) throw new Error(`no segment ${id}`);
    return found.where;
  };
  const world = worldOf(plan, [witnessOf(plan, example.person)]);
  await build(database, world);
  const asked = [
    { name: "fulfils", when: whereOf("Fulfils") },
    { name: "fails", when: whereOf("Fails") },
  ];
  const contacts = { kind: "contact", from: { text: '"contact"', params: {} } } as const;
  const rows = await database.rows(bind(printConditions(plan, contacts, asked), world.calendar, world.now));
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ fulfils: true, fails: false });
});
