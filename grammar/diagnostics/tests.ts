// E85x, W86x: `test` blocks as written. E87x: what a run of them finds.

import type { Family } from "./entry.ts";

type Nothing = Readonly<Record<never, never>>;

export type TestParams = {
  E850: { readonly name: string };
  E851: { readonly clause: string };
  E852: { readonly what: string };
  E853: { readonly found: string; readonly now: string };
  E854: { readonly found: string; readonly clock: string };
  E855: Nothing;
  E856: { readonly event: string; readonly email: string };
  E857: { readonly found: string; readonly wanted: string };
  E858: { readonly name: string; readonly zone: string };
  E859: Nothing;
  W861: Nothing;
  E862: { readonly title: string };
  E863: { readonly program: string };
  E864: { readonly event: string; readonly email: string };
  E865: { readonly found: string; readonly years: number; readonly last: string };
  E866: Readonly<Record<never, never>>;
  E867: { readonly arm: string };
};

export const tests: Family<TestParams> = {
  E850: {
    severity: "error",
    text: ({ name }) => `There is nobody called \`${name}\` in this test.`,
    why: "The world of a test is empty: whoever acts in it is `given` first, as in `given ana`.",
  },
  E851: {
    severity: "error",
    text: ({ clause }) => `\`${clause}\` comes too late here: something has happened already.`,
    why: "`now is` and `given` say how the world is before the programs are applied, so they come before every other clause.",
  },
  E852: {
    severity: "error",
    text: ({ what }) => `${what} is given twice in this test.`,
    why: "It could not be told which of the two holds. Remove one, or bring them together.",
  },
  E853: {
    severity: "error",
    text: ({ found, now }) => `\`${found}\` is not before ${now}, when this test starts.`,
    why: "`given` is history: it has happened before the programs are applied. What happens later is said with `when`.",
  },
  E854: {
    severity: "error",
    text: ({ found, clock }) => `\`${found}\` is over: the clock of this test has come to ${clock}.`,
    why: "Clauses run in order, and time never runs backwards.",
  },
  E855: {
    severity: "error",
    text: () => "A test gives values; a field cannot be read here.",
    why: "The world of a test is made of what it says, so that the test can be read alone. Write the value itself.",
  },
  E856: {
    severity: "error",
    text: ({ event, email }) =>
      `\`${event} ${email}\` cannot be said with \`when\`: the engine sends its mails itself.`,
    why: "Mails of a test arrive at once. Start the person in a program that sends the mail, or say it as history with `given`.",
  },
  E857: {
    severity: "error",
    text: ({ found, wanted }) => `\`${found}\` cannot be counted here; ${wanted} is expected.`,
    why: "People, mails and events are whole ones.",
  },
  E858: {
    severity: "error",
    text: ({ name, zone }) =>
      `\`${name}\` needs a value here: no country is known for the project's time zone ${zone}.`,
    why: "A required country that a test does not give is the project's, which is told by its time zone.",
  },
  E859: {
    severity: "error",
    text: () => "When something happened is said behind the event, with `on` or `ago`.",
    why: "`when ana purchased < amount = 5 EUR > on 2026-01-07`, or `given ana purchased 3d ago`.",
  },
  W861: {
    severity: "warning",
    text: () => "This test expects nothing, so it cannot fail.",
    why: "Say what should come of it, such as `expect ana was sent welcome`.",
  },
  E862: {
    severity: "error",
    text: ({ title }) => `There is another test called "${title}".`,
    why: "Tests are run and reported by their titles.",
  },
  E863: {
    severity: "error",
    text: ({ program }) => `\`${program}\` has no goal that somebody could reach.`,
    why: "Give the program a `goal`, or expect something else of it.",
  },
  E864: {
    severity: "error",
    text: ({ event, email }) => `\`${event}\` is no event of a mail, so \`${email}\` cannot stand behind it.`,
    why: "Mails are sent, received, opened, clicked, replied to, bounced, complained about and unsubscribed from. Values of other events stand in `< … >`.",
  },
  E865: {
    severity: "error",
    text: ({ found, years, last }) => `\`${found}\` goes past ${last}: a test lasts ${years} years at most.`,
    why: "The engine judges every moment at which something is due, for some programs each day, and would not come to an end in useful time. Let the test start later with `now is`, and say what is long past with `given … ago`.",
  },
  E866: {
    severity: "error",
    text: () => "No program holds anybody out.",
    why: "Only a program with `hold out 10%`, say, keeps people from its steps. Add it to the program, or leave the clause out.",
  },
  E867: {
    severity: "error",
    text: ({ arm }) => `Nobody gets the arm \`${arm}\`: its share is 0%.`,
    why: "A test can give somebody only an arm that people get. Give it a share, or say another arm.",
  },
};

export type TestRunParams = {
  E870: { readonly expected: string };
  E871: { readonly clause: string; readonly reason: string };
};

export const testRuns: Family<TestRunParams> = {
  E870: {
    severity: "error",
    text: ({ expected }) => `Expected: ${expected}.`,
    why: "The test says what it saw instead, and what happened to the person up to then.",
  },
  E871: {
    severity: "error",
    text: ({ clause, reason }) => `\`${clause}\` cannot happen here: ${reason}.`,
    why: "The clauses behind it were not run.",
  },
};
