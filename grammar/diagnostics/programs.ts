// E5, W5: programs and their steps.

import type { Family } from "./entry.ts";

type Nothing = Readonly<Record<never, never>>;
interface Named {
  readonly name: string;
}

export type ProgramParams = {
  E501: { readonly head: string };
  E502: { readonly head: string };
  E503: { readonly first: string; readonly second: string };
  W504: Named;
  E505: Named & { readonly why: string };
  E506: Named & { readonly event: string };
  E507: Named;
  E508: Named & { readonly is: string; readonly act: string };
  E509: Named & { readonly is: string };
  W510: Named;
  W511: Nothing;
  E512: Named;
  E513: { readonly found: string };
  E514: { readonly found: string };
  E515: Named;
  W540: { readonly email: string; readonly earlier: string };
  W541: Named;
  W542: Named;
  W543: { readonly email: string; readonly place: number; readonly length: string; readonly policy: string };
  W544: { readonly email: string; readonly time: string; readonly policy: string };
};

export const programs: Family<ProgramParams> = {
  E501: {
    severity: "error",
    text: ({ head }) => `\`${head}\` stands behind a step.`,
    why: "What holds for the whole program comes first, so that nobody takes it for a step. Move it above the first step.",
  },
  E502: {
    severity: "error",
    text: ({ head }) => `This program says \`${head}\` twice.`,
    why: "Only one of them could hold. Join two conditions by `and` or `or`, or remove one.",
  },
  E503: {
    severity: "error",
    text: ({ first, second }) =>
      `Both \`${first}\` and \`${second}\` would start people here, and two events never happen at one instant.`,
    why: "A bare event starts a person whenever it happens. Give the other one a window or `ever`, or join the two by `or`.",
  },
  W504: {
    severity: "warning",
    text: ({ name }) => `Nobody enters \`${name}\` by itself: it has no \`start\` and no \`for\`.`,
    why: "Add `start when …`, or name the people with `program … for …`.",
  },
  E505: {
    severity: "error",
    text: ({ name, why }) => `\`enter once per ${name}\` has no value to go by: ${why}.`,
    why: "It lets a person enter once for each value of a property of the event that started her, so every start must be an event with that property.",
  },
  E506: {
    severity: "error",
    text: ({ name, event }) => `\`with same ${name}\` cannot tie \`${event}\`, which has no property \`${name}\`.`,
    why: "It compares a property of the event that started the person with the same property of the event waited for, so both must have it.",
  },
  E507: {
    severity: "error",
    text: ({ name }) => `\`${name}\` is the key of the contact and cannot be set.`,
    why: "The key says who somebody is; with another key it would be another person.",
  },
  E508: {
    severity: "error",
    text: ({ name, is, act }) => `\`${name}\` is ${is}; nothing can be ${act} it.`,
    why: "`set … add` adds to a number or to a list, `set … remove` takes a value out of a list.",
  },
  E509: {
    severity: "error",
    text: ({ name, is }) => `\`${name}\` is ${is}; only a date can be waited for.`,
    why: "`wait until` takes a clock time, a weekday with a time, a date, or a field that holds a date.",
  },
  W510: {
    severity: "warning",
    text: ({ name }) => `\`${name}\` may be unknown, and then the program ends here for that person.`,
    why: "Nobody can wait for a date that is not known. Ask for `is known` in the audience or in an `if` around this step.",
  },
  W511: {
    severity: "warning",
    text: () => "Nobody ever comes to this step.",
    why: "Every way to it has stopped before.",
  },
  E512: {
    severity: "error",
    text: ({ name }) => `Another step is called \`${name}\` already.`,
    why: "A label finds a step again when the program is edited, so it is unique in its program.",
  },
  E513: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is no time at all.`,
    why: "Here a length of time above zero is needed.",
  },
  E514: {
    severity: "error",
    text: ({ found }) => `\`${found}\` names its own offset, so it cannot be \`local\` too.`,
    why: "`local` means that clock time in each person's zone; a time with an offset is one instant for all.",
  },
  E515: {
    severity: "error",
    text: ({ name }) => `\`${name}\` is a list and takes values in parentheses.`,
    why: "Write `(…)` for the whole list, or `add` or `remove` for one value of it.",
  },
  W540: {
    severity: "warning",
    text: ({ email, earlier }) => `\`${email}\` follows \`${earlier}\` with no wait between: people get both at once.`,
    why: "Two mails in one minute look like a mistake, and the second is seldom read. Put a `wait` between them.",
  },
  W541: {
    severity: "warning",
    text: ({ name }) => `\`${name}\` has no \`goal\` and no \`exit when\`.`,
    why: "People get every mail of it, even after they did what it wants of them or asked for no more. Say what ends it early.",
  },
  W542: {
    severity: "hint",
    text: ({ name }) => `\`${name}\` does not say why it exists.`,
    why: 'A line such as `why "New sign-ups see the value early"` tells whoever reads the plan or a report what it is for.',
  },
  W543: {
    severity: "warning",
    text: ({ email, place, length, policy }) =>
      `\`${email}\` is mail number ${place} within ${length} on every way that leads here; \`${policy}\` allows ${place - 1}.`,
    why: "It is held back for everybody, and left out where it would come more than 48 hours late. Wait longer before it, or raise the cap.",
  },
  W544: {
    severity: "warning",
    text: ({ email, time, policy }) => `\`${email}\` is due at ${time}, when \`${policy}\` sends nothing.`,
    why: "It waits until mail may go out again. Wait for a time at which it may, so that the mail comes when you say.",
  },
};
