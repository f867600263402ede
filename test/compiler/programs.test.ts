// How programs become the IR: triggers, the flat list of steps, identities, scopes.

import { describe, expect, test } from "vitest";
import { describeCondition } from "./describe.ts";
import { childrenOf, type Condition } from "../../compiler/ir/condition.ts";
import type { Next, Program, Step } from "../../compiler/ir/program.ts";
import { planWithPrelude } from "./project.ts";

function program(text: string): Program {
  const found = planWithPrelude(`program p ${text}`).programs.find(({ name }) => name === "p");
  if (!found) throw new Error("no program p");
  return found;
}

describe("triggers", () => {
  const triggers = (start: string) =>
    program(`< start when ${start} send welcome >`).triggers.map((trigger) =>
      trigger.kind === "event"
        ? `each ${trigger.event}${trigger.rest ? ` if ${describeCondition(trigger.rest)}` : ""}`
        : trigger.kind === "edge"
          ? `edge ${describeCondition(trigger.when)}`
          : trigger.kind,
    );
  test.each([
    ["signed_up", ["each signed_up"]],
    ["signed_up where (plan = free)", ["each signed_up"]],
    ["opened welcome", ["each opened"]],
    ["signed_up or purchased", ["each signed_up", "each purchased"]],
    ["(signed_up or purchased)", ["each signed_up", "each purchased"]],
    ["signed_up and vip is yes and seats > 3", ["each signed_up if (vip = yes and seats > 3)"]],
    ["signed_up and purchased ever", ["each signed_up if [purchased]"]],
    ["purchased at least 2 times", ["edge [purchased >= 2 times by order_id]"]],
    ["purchased in 30d", ["edge [purchased from 30d ago]"]],
    ["not purchased", ["edge not [purchased]"]],
    ["everyone", ["edge always"]],
    ["in Customers", ["edge in Customers"]],
    ["(signed_up and vip is yes) or in Customers", ["each signed_up if vip = yes", "edge in Customers"]],
  ])("%s", (start, expected) => {
    expect(triggers(start)).toEqual(expected);
  });
  test("are remembered by what they mean, not by how they are written", () => {
    const id = (text: string) => program(text).triggers.map((trigger) => trigger.id);
    const plain = id("< start when signed_up where (plan = free) send welcome >");
    expect(id("<\n  # who\n  start when (signed_up   where (plan is free))\n send welcome >")).toEqual(plain);
    expect(id("< start when signed_up where (plan = team) send welcome >")).not.toEqual(plain);
  });
  test("of a program for a segment enrol those present, unless it has a start", () => {
    expect(program("for Customers < send welcome >").triggers).toMatchObject([{ kind: "edge", enrolsPresent: true }]);
    expect(program("for Customers < start when shipped send welcome >")).toMatchObject({
      segment: "Customers",
      triggers: [{ kind: "event", event: "shipped" }],
    });
  });
});

describe("steps", () => {
  const nested = `<
    start when signed_up
    send welcome
    if vip is yes then < wait 1d  stop > otherwise if seats > 3 then < > otherwise < send welcome  wait 1d >
    wait up to 3d until purchased then < set seats = 1 >
    wait 1d
  >`;
  const ways = (step: Step): readonly Next[] => {
    if (step.kind === "stop" || step.kind === "continue in" || step.kind === "held out") return [];
    if (step.kind === "divide") return step.arms.map(({ next }) => next);
    if (step.kind === "choose") return [...step.branches.map(({ next }) => next), step.otherwise];
    return step.kind === "wait for" ? [step.then, step.otherwise, step.next] : [step.next];
  };
  test("lie flat in the order written, each leading to where a person goes next", () => {
    const { steps, first } = program(nested);
    expect(first).toBe(0);
    expect(steps.map((step) => [step.id, ways(step)])).toEqual([
      ["send:welcome:1", [1]],
      ["if:1", [2, 6, 4]],
      ["wait:1d:1", [3]],
      ["stop:1", []],
      ["send:welcome:2", [5]],
      ["wait:1d:2", [6]],
      ["wait up to:1", [7, 8, 8]],
      ["set:seats:1", [8]],
      ["wait:1d:3", [null]],
    ]);
  });
  test("keep their identity by label", () => {
    const { steps } = program("< start when signed_up send welcome as hello  wait 3d as rest  send welcome >");
    expect(steps.map(({ id }) => id)).toEqual(["hello", "rest", "send:welcome:2"]);
  });
  const everyKind = [
    ["send welcome", "send:welcome"],
    ["wait 3d", "wait:3d"],
    ["wait until tuesday 09:00", "wait until:tuesday"],
    ["wait until 10:00", "wait until:10:00"],
    ["wait until renewal", "wait until:renewal"],
    ["wait up to 2d until purchased", "wait up to"],
    ["if seats > 3 then < >", "if"],
    ["split < arm 50% < > arm 50% < > >", "split"],
    ["experiment EXPERIMENT < arm a 50% < > arm b 50% < > >", "experiment:EXPERIMENT"],
    ["set seats = 1", "set:seats"],
    ["add to beta", "add to:beta"],
    ["remove from beta", "remove from:beta"],
    ["subscribe to tips", "subscribe to:tips"],
    ["unsubscribe from tips", "unsubscribe from:tips"],
    ["suppress", "suppress"],
    ["hand off to sales", "hand off:sales"],
    ["call crm", "call:crm"],
    ["go to landing", "go to:landing"],
    ["continue in other", "continue in:other"],
    ["stop", "stop"],
  ] as const;
  const ids = (lines: readonly string[]) => {
    const named = lines.map((line, index) => line.replaceAll("EXPERIMENT", `tone_${index}`));
    const inside = named.map((line) => `if vip is yes then < ${line} >`).join("  ");
    const source = `< start when signed_up  ${inside}  wait 9d as landing >
      program other < send welcome >  team sales  webhook crm "https://crm.example/hook"`;
    return program(source).steps.map(({ id }) => id);
  };
  test.each(everyKind)("like `%s` are known by kind, target and ordinal, or by a label", (line, id) => {
    const [first, third] = [id.replace("EXPERIMENT", "tone_0"), id.replace("EXPERIMENT", "tone_2")];
    const nth = line.startsWith("if ") ? [2, 5] : [1, line.includes("EXPERIMENT") ? 1 : 3];
    expect(ids([line, `${line} as mine`, line])).toEqual(expect.arrayContaining([`${first}:${nth[0]}`, "mine"]));
    expect(ids([line, `${line} as mine`, line]).some((one) => one.startsWith(`${third}:`))).toBe(true);
  });
  test("keep their identity whatever is added elsewhere, but for more of the same before them", () => {
    const lines = everyKind
      .map(([line]) => line)
      .filter((line) => !line.startsWith("if ") && !line.includes("EXPERIMENT"));
    const before = ids(lines).filter((id) => !id.startsWith("if:"));
    for (const [index, line] of lines.entries()) {
      const added = ids([line, ...lines]).filter((id) => !id.startsWith("if:"));
      const moved = before.filter((id) => !added.includes(id));
      expect(moved).toEqual([]);
      expect(added.filter((id) => !before.includes(id))).toEqual([(before[index] ?? "").replace(/1$/, "2")]);
    }
  });
  test("are called by what was written, on one line", () => {
    const { steps } = program("< start when signed_up wait\n  3d # a comment\n  if vip\n is yes then < stop > >");
    expect(steps.map(({ title }) => title)).toEqual(["wait 3d", "if vip is yes", "stop"]);
  });
  test("are called by what ties a wait, too", () => {
    const { steps } = program("< start when purchased wait up to 5d until shipped  with same order_id then < stop > >");
    expect(steps[0]?.title).toBe("wait up to 5d until shipped with same order_id");
  });
  test("of an empty program are none", () => {
    expect(program("< start when signed_up >")).toMatchObject({ steps: [], first: null });
  });
});

describe("scopes", () => {
  const scopes = (condition: Condition | null): readonly string[] =>
    condition === null
      ? []
      : [...(condition.kind === "behaviour" ? [condition.scope] : []), ...childrenOf(condition).flatMap(scopes)];
  const inside = program(`<
    start when purchased and shipped ever
    only if not shipped
    goal shipped or purchased in 3d or purchased ever or shipped since start
    exit when opened welcome and not clicked
    send welcome only if not opened
    if shipped then < stop >
    wait up to 3d until clicked welcome or shipped in 2d
  >`);
  test("of triggers and the head's `only if` are all events", () => {
    expect(scopes(inside.onlyIf)).toEqual(["all"]);
    expect(inside.triggers.flatMap((trigger) => (trigger.kind === "event" ? scopes(trigger.rest) : []))).toEqual([
      "all",
    ]);
  });
  test("inside are this enrollment's, unless a window lifts that", () => {
    expect(scopes(inside.goal?.when ?? null)).toEqual(["enrollment", "all", "all", "enrollment"]);
    expect(inside.exits.flatMap(scopes)).toEqual(["enrollment", "enrollment"]);
    const [send, choose] = inside.steps;
    expect(send?.kind === "send" && scopes(send.onlyIf)).toEqual(["enrollment"]);
    expect(choose?.kind === "choose" && choose.branches.flatMap(({ when }) => scopes(when))).toEqual(["enrollment"]);
  });
  test("of what is waited for start at the wait, and name its mails", () => {
    const wait = inside.steps.find(({ kind }) => kind === "wait for");
    expect(wait?.kind === "wait for" && [scopes(wait.until), wait.mails]).toEqual([["wait", "all"], ["welcome"]]);
  });
});
