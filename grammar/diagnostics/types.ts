// E30x to E34x: values, types and units. W32x: the unknown.

import type { Family } from "./entry.ts";

interface Subject {
  readonly subject: string;
}
interface Found extends Subject {
  readonly found: string;
}

export type TypeParams = {
  E301: Found & { readonly values: string };
  E302: Found & { readonly expected: string; readonly is: string };
  E303: Found;
  E304: Found;
  E305: Found & { readonly currency: string };
  E306: Subject & { readonly is: string; readonly how: string };
  E307: Subject;
  E308: { readonly name: string; readonly subject: string };
  E309: { readonly found: string };
  E310: Subject & { readonly is: string; readonly other: string; readonly otherIs: string };
  E311: { readonly what: string; readonly count: number };
  E312: Readonly<Record<never, never>>;
  E313: { readonly name: string };
  E314: { readonly key: string };
  E315: { readonly found: string };
  E316: { readonly found: string };
  E317: { readonly found: string };
  E318: { readonly found: string };
  E319: { readonly found: string };
  E321: { readonly name: string };
  E322: { readonly name: string };
  E323: { readonly found: string };
  E324: { readonly found: string };
  E325: { readonly function: string; readonly takes: string; readonly is: string } & Subject;
  E326: {
    readonly name: string;
    readonly first: string;
    readonly is: string;
    readonly second: string;
    readonly otherIs: string;
  };
  E327: { readonly first: string; readonly firstIs: string; readonly other: string; readonly otherIs: string };
  E328: { readonly found: string; readonly is: string; readonly first: string; readonly firstIs: string };
  E329: { readonly reason: string };
  E330: Subject & { readonly is: string };
  E331: Subject & { readonly is: string; readonly check: string };
  E380: { readonly name: string; readonly other: string };
  W320: { readonly subject: string; readonly written: string };
};

export const types: Family<TypeParams> = {
  E301: {
    severity: "error",
    text: ({ subject, found, values }) => `\`${found}\` is not a value of ${subject}, which takes ${values}.`,
    why: "A value that does not exist can never be equal to anything, so nobody would ever match.",
  },
  E302: {
    severity: "error",
    text: ({ subject, found, is, expected }) => `\`${found}\` is ${is}; ${subject} takes ${expected}.`,
    why: "Values of different kinds are never equal and have no order.",
  },
  E303: {
    severity: "error",
    text: ({ subject, found }) => `${subject} is text, and text stands in quotes; \`${found}\` is a bare word.`,
    why: "A bare word is the value of a choice, a parameter, or the name of something declared.",
  },
  E304: {
    severity: "error",
    text: ({ subject, found }) =>
      `\`${found}\` is not a country for ${subject}; a country is its two capital letters in ISO 3166, such as \`DE\`.`,
    why: "Countries are written by their two-letter code, so that there is one spelling for each.",
  },
  E305: {
    severity: "error",
    text: ({ subject, found, currency }) => `\`${found}\` is not in ${currency}, the currency of ${subject}.`,
    why: "Amounts in different currencies cannot be compared: exchange rates change every day.",
  },
  E306: {
    severity: "error",
    text: ({ subject, is, how }) => `${subject} is ${is}, which ${how}.`,
    why: "Numbers, money, percentages, durations, dates and text have an order; only dates lie before, after or in a period.",
  },
  E307: {
    severity: "error",
    text: ({ subject }) => `${subject} is a list and cannot be compared with one value.`,
    why: "A list holds many values at once. Whether one is among them is asked with `contains`, whether there are any with `is known`.",
  },
  E308: {
    severity: "error",
    text: ({ name, subject }) =>
      `\`${name}\` is a parameter and a value of ${subject}; it cannot be told which is meant.`,
    why: "Rename the parameter.",
  },
  E309: {
    severity: "error",
    text: ({ found }) => `There is no day or time \`${found}\`.`,
    why: "A date is a day of the calendar, written year, month, day; a time runs from 00:00 to 23:59:59.",
  },
  E310: {
    severity: "error",
    text: ({ subject, is, other, otherIs }) =>
      `${subject} is ${is}, and \`${other}\` is ${otherIs}: the two cannot be compared.`,
    why: "Values of different kinds are never equal and have no order.",
  },
  E311: {
    severity: "error",
    text: ({ what, count }) =>
      count === 0
        ? `\`${what}\` has no field marked \`key\`.`
        : `\`${what}\` has ${count} fields marked \`key\`; one is the most.`,
    why: "The key tells rows apart: loading a row whose key is there already updates it. Write `key` behind the type of one field, for example `id text key`.",
  },
  E312: {
    severity: "error",
    text: () => "`contact` has no field of type `email`.",
    why: "The first field of type `email` is the address that mail goes to.",
  },
  E313: {
    severity: "error",
    text: ({ name }) => `The key \`${name}\` may be unknown, or is a list.`,
    why: "A row without a key could never be found again, so a key has one known value.",
  },
  E314: {
    severity: "error",
    text: ({ key }) => `\`contact\` has no field \`company\` that could hold the \`${key}\` of a company.`,
    why: "It says which company a person belongs to. Add `company` to `contact`, with the type of the company's key, or remove the `company` declaration.",
  },
  E315: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is not a whole number of times.`,
    why: "Occurrences are counted: 0, 1, 2 and so on.",
  },
  E316: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is longer than a thousand years.`,
    why: "Dates that far away cannot be computed. `ever` means without a limit.",
  },
  E317: {
    severity: "error",
    text: ({ found }) => `\`${found}\` lies in the future, where no event has happened yet.`,
    why: "Events count from the moment they happen. Only a date field can be asked about the future.",
  },
  E318: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is not a share.`,
    why: "A share of people lies between 0% and 100%.",
  },
  E319: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is not the name of a time zone.`,
    why: 'Time zones are named by continent and city, for example `"Europe/Berlin"` or `"America/New_York"`.',
  },
  E321: {
    severity: "error",
    text: ({ name }) => `The parameter \`${name}\` is a list or may be unknown.`,
    why: "An argument is one known value, so a parameter has a plain type.",
  },
  E322: {
    severity: "error",
    text: ({ name }) => `Behind \`${name}\`, which has a default, stands a parameter without one.`,
    why: "Arguments are given in order, so those that may be left out come last.",
  },
  E323: {
    severity: "error",
    text: ({ found }) => `\`${found}\` needs a currency, because the project names none.`,
    why: "Write `money EUR` here, or `currency EUR` in the project.",
  },
  E324: {
    severity: "error",
    text: ({ found }) => `\`${found}\` has more digits than can be kept.`,
    why: "Money keeps 14 digits before the point and 4 behind it, never rounded; other numbers keep 15 digits.",
  },
  E325: {
    severity: "error",
    text: ({ function: name, takes, subject, is }) => `\`${name}\` takes ${takes}; ${subject} is ${is}.`,
    why: "Sums and averages are made of amounts, and only what has an order has a lowest and a highest value. `first`, `last` and `count of distinct` take any property with one value.",
  },
  E326: {
    severity: "error",
    text: ({ name, first, is, second, otherIs }) =>
      `\`${name}\` of \`${first}\` is ${is}, and that of \`${second}\` is ${otherIs}: they are never the same.`,
    why: "`for the same` ties two events by a property that has one type in both, and one value.",
  },
  E327: {
    severity: "error",
    text: ({ first, firstIs, other, otherIs }) =>
      `\`${first}\` is ${firstIs}, and \`${other}\` is ${otherIs}: \`first known of\` takes values of one type.`,
    why: "A field has one type, whichever of them its value comes from.",
  },
  E328: {
    severity: "error",
    text: ({ found, is, first, firstIs }) => `\`${found}\` is ${is}, and \`${first}\` is ${firstIs}.`,
    why: "All values that a derived field chooses from are of one kind: bare words, texts in quotes, or numbers.",
  },
  E329: {
    severity: "error",
    text: ({ reason }) => `This pattern cannot be read: ${reason}.`,
    why: "`matches regex` takes the syntax of RE2, which finds what it finds in one pass. Without `regex` a pattern is plain text with `*` and `?`.",
  },
  E330: {
    severity: "error",
    text: ({ subject, is }) => `${subject} is ${is}; only a date has an anniversary.`,
    why: "An anniversary is the day of every year on which a date comes round again.",
  },
  E331: {
    severity: "error",
    text: ({ check, subject, is }) =>
      `${subject} is ${is}; \`${check}\` looks into ${check === "contains" ? "texts and lists" : "texts"}.`,
    why: "Only a text or a list holds parts that can be looked for. One value is compared as a whole.",
  },
  E380: {
    severity: "error",
    text: ({ name, other }) => `\`${name} has been\` takes one value, not the field \`${other}\`.`,
    why: "Two fields change each at times of its own, and only one value can have been there all the while.",
  },
  W320: {
    severity: "warning",
    text: ({ subject, written }) => `\`${written}\` also holds for people whose ${subject} is unknown.`,
    why: "Everybody who does not match is included, known or not. Say which is meant with `is known` or `is unknown`.",
  },
};
