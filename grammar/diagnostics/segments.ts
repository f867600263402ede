// E26x: how conditions are built. W4: conditions that mean something else than they seem to.

import type { Family } from "./entry.ts";

type Nothing = Readonly<Record<never, never>>;

export type SegmentParams = {
  E260: Nothing;
  E261: { readonly field: string; readonly length: string };
  E262: { readonly event: string; readonly email: string };
  E263: { readonly event: string };
  E264: { readonly found: string };
  E265: { readonly event: string };
  E266: { readonly field: string; readonly value: string };
  E370: { readonly name: string; readonly depth: number; readonly size: number };
  E270: { readonly check: string; readonly name: string; readonly is: string };
  E271: Nothing;
  E272: { readonly event: string };
  E273: { readonly name: string; readonly event: string };
  E274: { readonly function: string; readonly event: string; readonly takes: string };
  E275: { readonly event: string; readonly property: string };
  E276: { readonly found: string };
  E277: { readonly name: string };
  E278: { readonly name: string };
  E279: { readonly name: string };
  E280: { readonly name: string; readonly lacking: string };
  E282: { readonly name: string; readonly is: string };
  W401: Nothing;
  W402: Nothing;
};

export const segments: Family<SegmentParams> = {
  E260: {
    severity: "error",
    text: () => "`and` and `or` are mixed without parentheses.",
    why: "`a and b or c` can be read in two ways that mean different people. Parentheses say which.",
  },
  E261: {
    severity: "error",
    text: ({ field, length }) =>
      `\`${field} in ${length}\` does not say whether the past or the coming ${length} are meant.`,
    why: "Behind an event, `in` is a window that ends now. A date field can lie on both sides of now.",
  },
  E262: {
    severity: "error",
    text: ({ event, email }) => `\`${event}\` is not about an email, so \`${email}\` cannot stand behind it.`,
    why: "Only events of mails, such as `opened`, can name the mail. If a second condition is meant, join it by `and`.",
  },
  E263: {
    severity: "error",
    text: ({ event }) => `\`${event}\` is never caused by a machine.`,
    why: "Privacy services and scanners open and click; `including machines` counts those too, and has no meaning elsewhere.",
  },
  E264: {
    severity: "error",
    text: ({ found }) => `\`${found}\` cannot be the end of a window of time.`,
    why: "A window of an event starts and ends at a date, a moment such as `30d ago`, or a parameter that is one.",
  },
  E265: {
    severity: "error",
    text: ({ event }) => `Inside this \`where (…)\` stands more than comparisons of the properties of \`${event}\`.`,
    why: "The parentheses belong to one event: its properties and `at` are compared, joined by `and`, `or`, `not`. Other conditions go outside.",
  },
  E266: {
    severity: "error",
    text: ({ field, value }) => `\`${field} in ${value}\` has no parentheses around the value.`,
    why: "Behind a field, `in` takes the values that it may have, as in `role in (user, influencer)`.",
  },
  E370: {
    severity: "error",
    text: ({ name, depth, size }) =>
      `\`${name}\` reads other derived fields through more than ${depth}, or more than ${size} of them in all.`,
    why: "Each is put in the place of its name, so nobody could follow it and the database would choke on it. Write it in fewer steps.",
  },
  E270: {
    severity: "error",
    text: ({ check, name, is }) => `\`${check}\` asks contact fields and stages; \`${name}\` is ${is}.`,
    why: "Only of fields of the contact and of stages it is kept what they were before; everything else is computed whenever it is read.",
  },
  E271: {
    severity: "error",
    text: () => "A count and `followed by` cannot stand together.",
    why: "It could not be told whether the first events or the whole chains are counted. Write two conditions, joined by `and`.",
  },
  E272: {
    severity: "error",
    text: ({ event }) => `\`not followed by ${event}\` is followed by something itself.`,
    why: "Nothing can follow what did not happen, so `not followed by` comes last in a chain. Write two conditions, joined by `and`.",
  },
  E273: {
    severity: "error",
    text: ({ name, event }) => `\`for the same ${name}\` cannot tie \`${event}\`, which has no property \`${name}\`.`,
    why: "It asks that a property has one value in both events, so both must have it.",
  },
  E274: {
    severity: "error",
    text: ({ function: name, event, takes }) =>
      `\`${name}\` takes ${takes}, so \`${event}\` needs a property behind it.`,
    why: "By themselves events are counted by `count of`, and `first` and `last` give the time of one.",
  },
  E275: {
    severity: "error",
    text: ({ event, property }) =>
      `\`count of ${event}.${property}\` does not say whether events or different values of \`${property}\` are counted.`,
    why: "`count of` counts events, and `count of distinct` the different values of one of their properties.",
  },
  E276: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is not a number of points.`,
    why: "Points lie above zero, up to a thousand million, with six digits behind the point at most; whether they add or subtract is said by the word before them.",
  },
  E277: {
    severity: "error",
    text: ({ name }) => `The funnel \`${name}\` has no stages.`,
    why: "A funnel says which of its stages somebody has come to; write at least one `stage`, the lowest first.",
  },
  E278: {
    severity: "error",
    text: ({ name }) => `\`${name}\` is a derived field and cannot be set.`,
    why: "It is computed whenever it is read. Set a field of the contact that it is computed from.",
  },
  E279: {
    severity: "error",
    text: ({ name }) => `A word of the vocabulary \`${name}\` is empty.`,
    why: "It would leave a gap in every mail that uses it.",
  },
  E280: {
    severity: "error",
    text: ({ name, lacking }) => `\`${name}\` has no plural for ${lacking}.`,
    why: "Plurals are declared, not guessed: write `plural` behind the word in every vocabulary that is used here, and in the one named `default` for all others.",
  },
  E282: {
    severity: "error",
    text: ({ name, is }) =>
      `\`${name}\` is ${is}; \`words from\` takes a field whose values are names of vocabularies.`,
    why: "The words of a mail come from the vocabulary called like the value of that field: one of several words, a text or a country.",
  },
  W401: {
    severity: "warning",
    text: () => "This also catches people who never had a chance to open.",
    why: "People who were sent nothing, or joined yesterday, have not opened anything either. Ask for a mail that reached them.",
  },
  W402: {
    severity: "warning",
    text: () => "This decides by opens alone.",
    why: "Many mail programs hide opens, and the machines that they use are not counted, so people who read the mail take the other way. Clicks and replies are certain.",
  },
};
