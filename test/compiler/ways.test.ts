// Heads and steps that nothing runs yet: what the checked tree holds, and what follows for people who come by them.

import { describe, expect, test } from "vitest";
import type { CheckedProgram } from "../../compiler/checked-program.ts";
import { checkWithPrelude, compileWithPrelude, place } from "./project.ts";

const around = `
  team sales
  webhook crm "https://crm.example/hook"
  email greeting < subject "{{ first_name }}"  text "Hello"  topic tips >
  email story < subject "Mia"  text "Hello"  topic tips  variant short < subject "M" > >
`;

function program(text: string): CheckedProgram {
  const found = checkWithPrelude(`${around} program p ${text}`).project.programs.find(({ name }) => name === "p");
  if (!found) throw new Error("no program p");
  return found;
}

/** What is not about the ways of people here: what cannot run yet, and whether a program is a good one. */
const aside = /^(W841|W54\d)$/;

/** Codes with the text they stand at. */
function findings(text: string): readonly string[] {
  const { diagnostics, sources } = compileWithPrelude(text);
  return diagnostics
    .filter(({ code }) => !aside.test(code))
    .map(({ code, span }) => {
      const source = sources.find(({ path }) => path === span.file)?.text ?? "";
      return `${code} ${source.slice(span.start, span.end)}`;
    });
}

describe("starts", () => {
  test.each([
    ["start every monday", { kind: "every", recurrence: { every: "week", weekday: 1, time: nine(false) } }],
    ["start every quarter 08:30 local", { kind: "every", recurrence: { every: "quarter", time: clock(8, 30, true) } }],
    // Berlin is an hour ahead of UTC in March.
    ["start at 2027-03-02 09:00", { kind: "at", at: { kind: "utc", value: "2027-03-02T08:00:00.000Z" } }],
    ["start at 2027-03-02 09:00 local", { kind: "at", at: { kind: "local", value: "2027-03-02T09:00:00" } }],
    ["start on renewal", { kind: "date", isAnniversary: false, offset: null, time: nine(false) }],
    // A date with a time brings its own.
    ["start on created", { kind: "date", time: null }],
    ["start 3d before anniversary of joined", { kind: "date", isAnniversary: true, offset: { amount: -3, unit: "d" } }],
    [
      "start 2w after renewal at 10:00 local",
      { kind: "date", offset: { amount: 2, unit: "w" }, time: clock(10, 0, true) },
    ],
  ])("%s", (start, expected) => {
    expect(program(`< ${start}  enter once  send welcome >`).triggers).toMatchObject([expected]);
  });
  test("stand side by side, each one more way in", () => {
    const { triggers } = program("< start when signed_up  start when purchased  start on renewal  send welcome >");
    expect(triggers.map(({ kind }) => kind)).toEqual(["event", "event", "date"]);
    expect(
      findings("program p < start when signed_up  start when purchased  start on renewal  send welcome >"),
    ).toEqual([]);
  });
  test("by a date prove that date known", () => {
    const waiting = (start: string) => `program p < ${start}  wait until renewal  send welcome >`;
    expect(findings(waiting("start 3d before renewal"))).toEqual([]);
    expect(findings(waiting("start 3d before renewal  start when signed_up"))).toEqual(["W510 renewal"]);
  });
  test("by a clock have no event to enter once per, nor to read", () => {
    expect(findings("program p < start on renewal  enter once per plan  send welcome >")).toEqual(["E505 plan"]);
    expect(findings("program p < start on renewal  send welcome only if event.plan is known >")).toEqual(["E238 plan"]);
  });
});

function clock(hour: number, minute: number, isLocal: boolean) {
  return { hour, minute, isLocal };
}

function nine(isLocal: boolean) {
  return clock(9, 0, isLocal);
}

describe("heads", () => {
  test("hold for the whole program", () => {
    const written = `< start when signed_up  goal purchased within 21d  hold out 12.5%  edits pin  on failure exit
      closes at 2027-12-31 23:59 local  send at most 100 emails per hour >`;
    expect(program(written)).toMatchObject({
      holdOut: 12.5,
      edits: "pin",
      onFailure: "exit",
      closesAt: { kind: "local", value: "2027-12-31T23:59:00" },
      sendAtMost: { emails: 100, per: "hour" },
    });
  });
  test("that are not written are what the language says", () => {
    const usual = { holdOut: null, edits: "follow", onFailure: "skip", closesAt: null, sendAtMost: null };
    expect(program("< start when signed_up >")).toMatchObject(usual);
  });
});

describe("steps", () => {
  test("are what was written", () => {
    const { steps } = program(`<
      start when signed_up
      send story variant short to email
      split < arm 50% < send welcome > arm 50% < > >
      experiment tone < arm a 50% < > arm b 50% < > winner by goal rate after 7d needs 50 >
      hand off to sales with "Call"
      call crm with < name = field first_name  gone = unknown  two = ("a", 5 EUR) >
      subscribe to news  unsubscribe from tips  add to beta  remove from beta  suppress
      continue in p
    >`);
    expect(steps).toMatchObject([
      { kind: "send", email: "story", variant: "short", to: { name: "email" } },
      {
        kind: "split",
        arms: [
          { name: null, share: 50, steps: [{ kind: "send" }] },
          { share: 50, steps: [] },
        ],
      },
      { kind: "experiment", name: "tone", winner: { by: "goal", after: { amount: 7, unit: "d" }, needs: 50 } },
      { kind: "hand off", team: "sales", note: "Call" },
      {
        kind: "call",
        webhook: "crm",
        parts: [
          { name: "name", value: { type: { scalar: { kind: "text" }, isNullable: true } } },
          { name: "gone", value: null },
          { name: "two", value: [{ type: { scalar: { kind: "text" } } }, { type: { scalar: { currency: "EUR" } } }] },
        ],
      },
      { kind: "subscribe to", topic: "news" },
      { kind: "unsubscribe from", topic: "tips" },
      { kind: "add to", list: "beta" },
      { kind: "remove from", list: "beta" },
      { kind: "suppress" },
      { kind: "continue in", program: "p" },
    ]);
  });
  test("of arms are checked like all others", () => {
    const split = "split < arm 50% < send welcom > arm 50% < if role = usr then < > > >";
    expect(findings(`program p < start when signed_up  ${split} >`)).toEqual(["E220 welcom", "E301 usr"]);
  });
  test("count shares in decimals as people do", () => {
    const thirds = (last: string) => `split < arm 33.3% < > arm 33.3% < > arm ${last} < > >`;
    const p = (split: string) => findings(`program p < start when signed_up  ${split} >`);
    expect(p(thirds("33.4%"))).toEqual([]);
    expect(p(thirds("33.3%"))).toEqual(["E521 split"]);
    expect(p(`split < ${"arm 0.1% < > ".repeat(1000)} >`)).toEqual([]);
  });
});

describe("what is known of people", () => {
  /** The placeholder of `greeting` is safe only where the first name is known. */
  const greet = (programs: string) => findings(`${around} ${programs}`);
  const mail = "E603 first_name";
  test("is carried by `go to` to where it leads", () => {
    const p = (steps: string) => greet(`program p < start when signed_up ${steps} >`);
    const ask = "if first_name is known then < go to hello >";
    expect(p(`${ask}  stop  send greeting as hello`)).toEqual([]);
    expect(p(`${ask}  wait 1d  send greeting as hello`)).toEqual([mail]);
    expect(
      p(`if first_name is unknown then < stop >  send greeting as hello  set first_name = unknown  wait 1d
      go to hello`),
    ).toEqual([mail]);
  });
  test("is carried by `continue in`, but not the event", () => {
    const first = (step: string) => `program first_one < start when signed_up  ${step} >`;
    const known = first("if first_name is known then < continue in second_one >");
    const second = "program second_one < send greeting >";
    expect(greet(`${known} ${second}`)).toEqual([]);
    expect(greet(`${first("continue in second_one")} ${second}`)).toEqual([mail]);
    // Whoever continues there was not started by its trigger and need not be in its segment.
    const audience = "segment Named where first_name is known program second_one for Named < send greeting >";
    expect(greet(audience)).toEqual([]);
    expect(greet(`${first("continue in second_one")} ${audience}`)).toEqual([mail]);
    const gate = "program second_one < only if first_name is known  send greeting >";
    expect(greet(`${first("continue in second_one")} ${gate}`)).toEqual([]);
  });
  test("goes through programs in a row", () => {
    const row = `program a < start when signed_up  if first_name is known then < continue in b > >
      program b < continue in c > program c < send greeting >`;
    expect(greet(row)).toEqual([]);
  });
  test("is what all arms leave", () => {
    const p = (other: string) =>
      greet(`program p < start when signed_up
        split < arm 50% < set first_name = "you" > arm 50% < ${other} > > send greeting >`);
    expect(p('set first_name = "me"')).toEqual([]);
    expect(p("stop")).toEqual([]);
    expect(p("")).toEqual([mail]);
  });
});

describe("steps that nobody comes to", () => {
  const p = (steps: string) => findings(`program p < start when signed_up ${steps} >`);
  test("stand behind a jump", () => {
    expect(p("wait 1d as rest  go to rest  send welcome")).toEqual(["W511 send welcome"]);
    expect(p("wait 1d  continue in p  send welcome")).toEqual(["W511 send welcome"]);
    expect(p("split < arm 50% < stop > arm 50% < stop > > send welcome")).toEqual(["W511 send welcome"]);
  });
  test("are not those that somebody jumps to, blocks included", () => {
    expect(p("if vip is yes then < go to late >  stop  send welcome as late")).toEqual([]);
    expect(p("if vip is yes then < go to late >  stop  if seats > 3 then < wait 1d  send welcome as late >")).toEqual([
      "W511 wait 1d",
    ]);
  });
});

describe("rings", () => {
  const p = (steps: string) => findings(`program p < start when signed_up ${steps} >`);
  test.each([
    ["wait 1d as top  go to top", []],
    ["wait 60min as top  go to top", []],
    ["wait 59min as top  go to top", ["E527 go to top"]],
    // Neither passes surely: the condition may hold already, and the clock may be now.
    ["wait up to 5d until purchased as top  go to top", ["E527 go to top"]],
    ["wait until 09:00 as top  go to top", ["E527 go to top"]],
    // One of two ways round has no wait.
    ["send welcome as top  if vip is yes then < wait 1d >  go to top", ["E527 go to top"]],
    ["send welcome as top  if vip is yes then < wait 1d > otherwise < wait 2h >  go to top", []],
    ["send welcome as top  split < arm 50% < wait 1d > arm 50% < > >  go to top", ["E527 go to top"]],
    // A jump ahead is no ring, and one that leads to a jump back is.
    ["if vip is yes then < go to end_here >  wait 1d  send welcome as end_here", []],
    ["go to low  wait 1d as top  stop  send welcome as low  go to top", []],
    ["go to low  send welcome as top  send welcome as low  go to top", ["E527 go to top"]],
  ])("%s", (steps, expected) => {
    expect(p(steps)).toEqual(expected);
  });
  test("through programs count, and a wait in any of them breaks them", () => {
    const two = (wait: string) => `program a < start when signed_up  continue in b >
      program b < ${wait} continue in a >`;
    expect(findings(two(""))).toEqual(["E528 continue in a"]);
    expect(findings(two("wait 1h"))).toEqual([]);
  });
  test("are found in a long program without running out of room", () => {
    expect(p(`send welcome as top ${"suppress ".repeat(20_000)} go to top`)).toEqual(["E527 go to top"]);
  });
});

test("a label is looked for in its own program, spelt to the letter", () => {
  const text = `program a < start when signed_up  wait 1d as hello  go to Hello >`;
  const { diagnostics } = compileWithPrelude(text);
  const [found] = diagnostics.filter(({ code }) => code === "E529");
  expect(found && [place(text, found.span), found.fixes[0]?.text]).toEqual(["1:59-1:64", "Write `hello`"]);
});
