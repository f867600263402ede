// Who is shown with a finding inside a program is as the finding says: the compiled SQL is asked about the very conditions
// that it points at, of somebody who is in the program.

import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Checked } from "../../compiler/checked.ts";
import type { CheckedProgram } from "../../compiler/checked-program.ts";
import { flatten } from "../../compiler/checked-steps.ts";
import { settingsOf } from "../../compiler/analyse/facts.ts";
import type { Condition } from "../../compiler/ir/condition.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { lowerCondition } from "../../compiler/lower/condition.ts";
import { segmentsOf } from "../../compiler/lower/segments.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { type NamedCondition, printConditions, type Subjects } from "../../compiler/sql/print.ts";
import type { Diagnostic, Example } from "../../grammar/diagnostics/entry.ts";
import type { Span } from "../../grammar/span.ts";
import { checkWithPrelude, compileWithPrelude } from "../compiler/project.ts";
import { build } from "../sql/build.ts";
import { diceOf } from "../sql/dice.ts";
import { type Duck, duck } from "../sql/duck.ts";
import { drawProgram } from "./draw-program.ts";
import { enrolledIn, witnessOf } from "./worlds.ts";

const folder = new URL("../golden/compiler/", import.meta.url);
const shown = readdirSync(folder)
  .filter((name) => /^W(40[567]|52[1-4]|529).*\.cdz$/.test(name))
  .map((file) => readFileSync(new URL(file, folder), "utf8"));
const quiet = "segment Quiet where not purchased in 90d\n";
const drawn = diceOf(20_260_303).times(700, (index) => `${quiet}# ${index}\n${drawProgram(diceOf(index))}`);

interface Claim {
  readonly name: string;
  readonly code: string;
  readonly plan: Pick<Plan, "catalog" | "project" | "segments">;
  readonly example: Example;
  readonly starting: readonly string[];
  readonly asked: readonly (NamedCondition & { readonly holds: boolean })[];
  /** Of which at least one holds. */
  readonly some: readonly NamedCondition[];
}

type Place = "outside" | "inside" | "wait";

interface Standing {
  readonly node: Checked;
  readonly place: Place;
  readonly kind: "audience" | "start" | "only if" | "goal" | "exit" | "step";
}

/** The conditions of a program, with those that they are made of. */
function standingIn(program: CheckedProgram): readonly Standing[] {
  const at = (kind: Standing["kind"], place: Place, nodes: readonly (Checked | null)[]) =>
    nodes.flatMap((node) => (node ? withParts(node) : [])).map((node): Standing => ({ node, place, kind }));
  const triggers = program.triggers.flatMap((trigger): readonly Checked[] => {
    if (trigger.kind === "edge") return [trigger.when];
    return trigger.kind === "event" ? [trigger.behaviour, ...trigger.rest] : [];
  });
  const steps = flatten(program.steps).flatMap((step) => {
    if (step.kind === "send") return at("step", "inside", [step.onlyIf]);
    if (step.kind === "choose")
      return at(
        "step",
        "inside",
        step.branches.map(({ when }) => when),
      );
    return step.kind === "wait for" ? at("step", "wait", [step.until]) : [];
  });
  return [
    ...at("start", "outside", triggers),
    ...at("only if", "outside", [program.onlyIf]),
    ...at("goal", "inside", [program.goal?.when ?? null]),
    ...at("exit", "inside", program.exits),
    ...steps,
  ];
}

function withParts(node: Checked): readonly Checked[] {
  if (node.kind === "all" || node.kind === "any") return [node, ...node.of.flatMap(withParts)];
  return node.kind === "not" ? [node, ...withParts(node.of)] : [node];
}

function claimsIn(text: string): readonly Claim[] {
  const { plan, diagnostics } = compileWithPrelude(text);
  // What nothing runs yet no SQL can be asked about.
  if (!plan) return [];
  const { project } = checkWithPrelude(text);
  const segments = segmentsOf(project);
  for (const { name, parameters } of project.segments.values()) {
    if (parameters.length === 0) segments.require(name, []);
  }
  return diagnostics.flatMap((found): readonly Claim[] => {
    const program = project.programs.find((one) => standingIn(one).some(isAt(found.span)));
    if (!found.example || !program) return [];
    const settings = settingsOf(program);
    const lower = ({ node, place }: Standing): Condition =>
      lowerCondition({ ...settings[place], segment: segments.require, derived: segments.derived }, node);
    const claimed = claimedOf(found, program, text, lower);
    if (!claimed) return [];
    const starting = program.triggers.flatMap((one) => (one.kind === "event" ? [one.behaviour.event.name] : []));
    const used = { catalog: plan.catalog, project: plan.project, segments: segments.all() };
    const name = `${found.code} ${found.example.text} ${text}`;
    return [{ name, code: found.code, plan: used, example: found.example, starting, ...claimed }];
  });
}

const isAt =
  (span: Span) =>
  ({ node }: Standing): boolean =>
    node.span.file === span.file && node.span.start === span.start && node.span.end === span.end;

/** What a finding says of whom it shows; null where it says nothing that stands in the program. */
function claimedOf(
  { code, span, related, example }: Diagnostic,
  program: CheckedProgram,
  text: string,
  lower: (standing: Standing) => Condition,
): Pick<Claim, "asked" | "some"> | null {
  const all = standingIn(program);
  const found = all.find(isAt(span));
  const claim = (standing: Standing | undefined, holds: boolean) =>
    standing ? [{ name: `${standing.kind} ${standing.node.span.start}`, when: lower(standing), holds }] : [];
  const because = related.flatMap((one) => all.find(isAt(one.span)) ?? []);
  const ends = all.filter(({ kind, node }) => {
    return program.exits.includes(node) || (kind === "goal" && node === program.goal?.when && !program.goal.within);
  });
  const staying = ends.flatMap((end) => claim(end, false));
  const some = because.flatMap((one) => claim(one, true));
  const entering = [program.onlyIf].flatMap((node) =>
    node ? claim({ node, place: "outside", kind: "only if" }, true) : [],
  );
  switch (code) {
    case "W521":
      return { asked: [...claim(found, true), ...entering], some: [] };
    case "W522":
      return { asked: [...claim(found, true), ...staying], some };
    case "W523": {
      const before = because.filter(({ kind }) => kind === "only if" || kind === "start");
      return { asked: [...claim(found, false), ...staying, ...before.flatMap((one) => claim(one, true))], some: [] };
    }
    case "W524":
      return { asked: claim(found, true), some };
    case "W405":
    case "W406":
    case "W407": {
      const [, fulfils, fails] = / fulfils `([^`…]+)`, not `([^`…]+)`$/.exec(example?.text ?? "") ?? [];
      const named = (words: string | undefined) =>
        all.find(({ node, place }) => {
          return (
            place === found?.place &&
            node.span.file === span.file &&
            text.slice(node.span.start, node.span.end) === words
          );
        });
      const [yes, no] = [named(fulfils), named(fails)];
      return yes && no ? { asked: [...claim(yes, true), ...claim(no, false)], some: [] } : null;
    }
    default:
      return null;
  }
}

const claims = [...shown, ...drawn].flatMap(claimsIn);

let database: Duck;
beforeAll(async () => {
  database = await duck();
});
afterAll(() => database.close());

const enrolled: Subjects = { kind: "enrollment", from: { text: '"enrolled"', params: {} } };

test("there are enough of them, of every kind", () => {
  const counts = new Map<string, number>();
  for (const { code } of claims) counts.set(code, (counts.get(code) ?? 0) + 1);
  for (const code of ["W405", "W406", "W521", "W522", "W523", "W524"]) {
    expect(counts.get(code) ?? 0, `${code} of ${JSON.stringify([...counts])}`).toBeGreaterThan(5);
  }
  const scopes = new Set(claims.flatMap(({ example }) => example.person.events.flatMap(({ countsIn }) => countsIn)));
  expect([...scopes].toSorted()).toEqual(["enrollment", "wait", "wait for the newest"]);
});

test("whoever is shown inside a program is as claimed", { timeout: 240_000 }, async () => {
  for (const { name, plan, example, starting, asked, some } of claims) {
    const none = {
      scores: [],
      funnels: [],
      derived: [],
      emails: [],
      vocabularies: [],
      policies: [],
      webhooks: [],
      reports: [],
      programs: [],
      loads: [],
      files: [],
      moves: [],
      hash: "",
    };
    const whole: Plan = { format: 1, ...plan, ...none };
    const world = enrolledIn(whole, witnessOf(whole, example.person), starting);
    await build(database, world);
    const all = [...asked, ...some].map(({ when }, index) => ({ name: `c${index}`, when }));
    const rows = await database.rows(bind(printConditions(whole, enrolled, all), world.calendar, world.now));
    expect(rows, name).toHaveLength(1);
    const is = all.map(({ name: column }) => rows[0]?.[column]);
    expect(is.slice(0, asked.length), `${name}\n${JSON.stringify(example.person)}`).toEqual(
      asked.map(({ holds }) => holds),
    );
    if (some.length > 0) expect(is.slice(asked.length), `${name}\n${JSON.stringify(example.person)}`).toContain(true);
  }
});
