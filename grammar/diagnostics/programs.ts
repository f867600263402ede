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
  E516: Nothing;
  E517: { readonly lacks: string };
  E518: { readonly found: string };
  E519: Nothing;
  E520: Named & { readonly is: string };
  E521: Named & { readonly arms: number; readonly sum: string };
  E522: { readonly found: string };
  E523: { readonly by: string; readonly arms: number };
  E524: { readonly program: string };
  E525: Named & { readonly is: string };
  E526: Named & { readonly word: string };
  E527: { readonly target: string };
  E528: { readonly ring: string };
  E529: Named & { readonly program: string };
  E530: Named & { readonly email: string };
  W540: { readonly email: string; readonly earlier: string };
  W541: Named;
  W542: Named;
  W543: { readonly email: string; readonly place: number; readonly length: string; readonly policy: string };
  W544: { readonly email: string; readonly time: string; readonly policy: string };
  W545: Named;
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
  E516: {
    severity: "error",
    text: () => "This program starts again and again, and does not say who may enter again.",
    why: "`enter once` lets each person in the first time only; `enter every time` lets everybody in each time. Without a word the second mail of a monthly program would reach nobody.",
  },
  E517: {
    severity: "error",
    text: ({ lacks }) => `\`hold out\` needs ${lacks}.`,
    why: "People who are held out walk no step: they are there to be compared by the goal, and leave when its time is over.",
  },
  E518: {
    severity: "error",
    text: ({ found }) => `\`hold out ${found}\` leaves nobody to compare with.`,
    why: "Some people must be held out and some must not. Write a share between the two, or remove the line.",
  },
  E519: {
    severity: "error",
    text: () => "This program closes before it starts, so nobody ever enters it.",
    why: "After `closes at` nobody enters. It must lie behind the moment of `start at`.",
  },
  E520: {
    severity: "error",
    text: ({ name, is }) => `\`${name}\` is ${is}; only a date can start people.`,
    why: "`start on`, `start … before` and `start … after` take a field that holds a date, with or without a time.",
  },
  E521: {
    severity: "error",
    text: ({ name, arms, sum }) =>
      arms === 0 ? `${name} has no arms.` : `The shares of ${name} add up to ${sum}, not to 100%.`,
    why: "Everybody who comes here takes one of the arms, so the shares of all arms together are 100%. For people who get nothing write an arm without steps.",
  },
  E522: {
    severity: "error",
    text: ({ found }) => `\`needs ${found}\` is no number of sends.`,
    why: "A winner is declared once each competing arm has that many: a whole number above zero.",
  },
  E523: {
    severity: "error",
    text: ({ by, arms }) =>
      `A winner by ${by} rate needs two arms to compare, and ${arms === 0 ? "none" : "only one"} ${by === "goal" ? "is there" : "sends anything"}.`,
    why: "An arm that sends nothing has no opens and no clicks; it competes in `goal rate` only.",
  },
  E524: {
    severity: "error",
    text: ({ program }) => `\`${program}\` has no goal, so no arm can win by goal rate.`,
    why: "Add `goal …` to the head of the program, or let the winner be found by opens or clicks.",
  },
  E525: {
    severity: "error",
    text: ({ name, is }) => `\`${name}\` is ${is}; a mail goes to a field of type \`email\`.`,
    why: "`send … to` takes a field of the contact that holds another address, for example that of her manager.",
  },
  E526: {
    severity: "error",
    text: ({ name, word }) => `\`${word}\` is a bare word, and \`${name}\` has no type that could say what it means.`,
    why: "What a webhook is told has no type here. Text stands in quotes, and a field of the contact behind `field`.",
  },
  E527: {
    severity: "error",
    text: ({ target }) => `From \`${target}\` people come back to this \`go to\` without a wait of at least 1h.`,
    why: "They would go round without end at one instant. On every way round there must be a `wait` of a fixed length, at least `1h`.",
  },
  E528: {
    severity: "error",
    text: ({ ring }) => `These programs go round without a wait of at least 1h: ${ring}.`,
    why: "People would go round without end at one instant. On every way round there must be a `wait` of a fixed length, at least `1h`.",
  },
  E529: {
    severity: "error",
    text: ({ name, program }) => `No step of \`${program}\` is called \`${name}\`.`,
    why: "A step gets its name by `as` behind it, for example `send welcome as hello`.",
  },
  E530: {
    severity: "error",
    text: ({ name, email }) => `The email \`${email}\` has no variant \`${name}\`.`,
    why: "Variants are declared in the email: `variant short < … >`.",
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
  W545: {
    severity: "hint",
    text: ({ name }) => `No report is about \`${name}\`.`,
    why: "Its mails go out and nobody sees what comes of them. Name it behind `for` in a report.",
  },
};
