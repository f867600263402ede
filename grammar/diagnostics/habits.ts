// E122 to E159, and E283 to E289: what people write out of habit, from plain English, from SQL and from other products.

import type { Entry, Family } from "./entry.ts";

interface Instead {
  readonly found: string;
  /** Every one that may be meant; an empty text where it is only too much. */
  readonly instead: readonly string[];
}

const phraseCodes = [
  "E122",
  "E123",
  "E124",
  "E125",
  "E126",
  "E127",
  "E128",
  "E129",
  "E130",
  "E131",
  "E132",
  "E133",
  "E134",
  "E135",
  "E136",
  "E137",
  "E138",
  "E140",
  "E141",
  "E142",
  "E144",
  "E147",
  "E148",
  "E154",
  "E156",
  "E157",
  "E284",
  "E285",
  "E286",
] as const;
export type PhraseCode = (typeof phraseCodes)[number];

export type HabitParams = { readonly [C in PhraseCode]: Instead } & {
  E139: Readonly<Record<never, never>>;
  E143: Readonly<Record<never, never>>;
  E146: { readonly found: string };
  E149: { readonly found: string };
  E145: { readonly found: string };
  E153: Readonly<Record<never, never>>;
  E155: { readonly found: string };
  E158: { readonly found: string };
  E159: { readonly found: string };
  E283: { readonly found: string; readonly home: string; readonly here: string };
  E288: Instead;
  E289: { readonly found: string; readonly what: keyof typeof lacking };
};

const listed = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(" or ");

function written({ found, instead }: Instead): string {
  if (instead.every((text) => text === "")) return `\`${found}\` is not written here.`;
  return `\`${found}\` is written ${listed(instead.filter((text) => text !== ""))}.`;
}
const article = (kind: string): string => `${/^[aeiou]/.test(kind) ? "an" : "a"} \`${kind}\``;
const habit = (why: string): Entry<Instead> => ({ severity: "error", text: written, why });

/** What other products have, and what is done here. */
const lacking = {
  loop: "write the steps again, or name the first one (`as hello`) and come back to it with `go to hello`",
  refusal: "name the topic that is refused, or stop all mail to the address with `suppress`",
  copy: "each mail goes to one person; tell a colleague with `hand off to TEAM` in the program",
  channel: "mail is what is sent here; another system is told with `call WEBHOOK`",
  hook: 'declare it by itself, as in `webhook crm "https://…"`, and write `call crm` here',
  recipient: "a mail goes to the contact's own address; `send EMAIL to FIELD` takes another one of hers",
} as const;

export const habits: Family<HabitParams> = {
  E122: habit(
    "What happened is said with one past-tense word, as in `opened` or `not purchased`, and membership with `in`. There are no helping words.",
  ),
  E123: habit(
    "Events look back with `in 90d`, or at a time with `before 30d ago`; fields are compared with a moment such as `30d ago` or `7d from now`.",
  ),
  E124: habit("How often something happened is said in front of the window: `purchased at least 2 times in 90d`."),
  E125: habit(
    "Comparisons are `=`, `!=`, `<`, `<=`, `>`, `>=`, `between … and …`, and for texts `contains`, `starts with`, `ends with` and `matches`.",
  ),
  E126: habit(
    "Fields of the contact are written alone, and properties of an event in parentheses: `purchased where (amount > 50)`.",
  ),
  E127: habit("What is computed over events reads like a sentence: `count of purchased`, `sum of purchased.amount`."),
  E128: habit("Every block stands in `< >`, every list of values and every group of conditions in `( )`."),
  E129: habit("A comment starts with `#` and ends with its line; `##` documents the declaration behind it."),
  E130: {
    severity: "error",
    text: ({ found, instead }) => `\`${found}\` is read differently from country to country: write ${listed(instead)}.`,
    why: "Numbers have no marks between thousands but `_`, and a point before decimals: `1000`, `1_000`, `2.5`.",
  },
  E131: habit('Nothing stands between a word and what it introduces: `subject "Hello"`, `name text`, `then < … >`.'),
  E132: habit(
    "Parts of a block follow each other without a sign between them; conditions are joined by `and` or `or`.",
  ),
  E133: habit("The language has one word for each step and each setting; `cadenza docs` and the reference list them."),
  E134: habit("Each kind of declaration has one word: `contact`, `event`, `segment`, `email`, `program` and so on."),
  E135: habit(
    "Types are `text`, `number`, `money`, `percent`, `date`, `datetime`, `boolean`, `one of (…)` and their like; `?` behind one says that it may be unknown.",
  ),
  E136: {
    severity: "error",
    text: ({ instead }) => `${listed(instead)} stands here without quotes.`,
    why: "Names and the values of a choice stand bare; double quotes are for text.",
  },
  E137: habit("A name is one word of letters, digits and `_`."),
  E138: habit("Every comparison starts with its field: `seats >= 3 and seats <= 9`."),
  E139: {
    severity: "error",
    text: () => "Waiting for something to happen needs a limit.",
    why: "What is waited for may never come, and the person would be stuck here: `wait up to 5d until …`.",
  },
  E140: habit(
    "A length of time has its unit directly behind it: `30min`, `12h`, `3d`, `2w`, `6mo`, `1y`, or in full as `90 days`.",
  ),
  E141: habit("A share of people is a percentage, such as `10%`."),
  E142: habit(
    "Several values, and what is asked of an event, stand in parentheses: `role in (a, b)`, `purchased where (amount > 50)`.",
  ),
  E144: {
    severity: "error",
    text: ({ found, instead }) =>
      `\`${found}\` would be mailed as it stands here; a placeholder is written ${listed(instead)}.`,
    why: "This is the placeholder of another product. Here placeholders are `{{ field }}`, conditions `{% if field %} … {% endif %}`.",
  },
  E146: {
    severity: "error",
    text: ({ found }) => `\`${found}\` has no unit.`,
    why: "A length of time is a number with its unit: `30min`, `12h`, `3d`, `2w`, `6mo`, `1y`, or in full as `90 days`.",
  },
  E143: {
    severity: "error",
    text: () => "The field is missing in front of `in`.",
    why: "A comparison starts with its field: `role in (a, b)`. By itself `in` asks about one segment or list.",
  },
  E147: habit(
    "Placeholders are `{{ field }}` or `{{ field | default: 'text' }}`, conditions `{% if field %} … {% elsif field %} … {% endif %}`.",
  ),
  E148: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is text here, and text stands in double quotes.`,
    why: "Bare words are words of the language, and names of what is declared.",
  },
  E149: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is not needed: a way to unsubscribe is put under every marketing mail.`,
    why: "The footer of each mail says how to stop it, for its topic, and the header that mail programs read says the same.",
  },
  E145: {
    severity: "error",
    text: ({ found }) => `A query that starts with \`${found}\` is not written here.`,
    why: "A segment says who is meant: `segment Buyers where purchased and role = user`. What is shown of its people is asked on the command line.",
  },
  E153: {
    severity: "error",
    text: () => "The quotes in this text end it too early.",
    why: "A double quote ends a text. Inside one write `\\\"`, and single quotes in a placeholder: `{{ field | default: 'there' }}`.",
  },
  E154: habit(
    "There are no functions. Whether a field is filled is asked with `is known`, and texts compare ignoring letter case and outer space anyway.",
  ),
  E155: {
    severity: "error",
    text: ({ found }) => `There is no function \`${found}(…)\`.`,
    why: "Conditions are said in words: `seats > 3 and vip is yes`, `purchased at least 2 times in 90d`, `created before 30d ago`, `first_name is known`.",
  },
  E156: habit(
    "Conditions are joined by `and` and `or`; what must not hold has `not` in front: `opened and not in Customers`. What comes behind something else is `opened followed by clicked within 3d`.",
  ),
  E157: habit("Whether a field has a value is asked with `is known` and `is unknown`."),
  E158: {
    severity: "error",
    text: ({ found }) => `Nothing is calculated here: \`${found}\`.`,
    why: "A condition compares one field with one value. Move the number to the other side, as in `seats > 2` for `seats + 3 > 5`, or load the result as a field. A step adds with `set seats add 1`.",
  },
  E159: {
    severity: "error",
    text: ({ found }) => `There is no step \`${found}\`: a tag is a value of a field that holds a list.`,
    why: 'With a field `tags list of text` in `contact`, a step adds one with `set tags add "vip"`, and takes it away with `set tags remove "vip"`.',
  },
  E283: {
    severity: "error",
    text: ({ found, home, here }) => `\`${found}\` is part of ${article(home)}, not of ${article(here)}.`,
    why: "Each kind of declaration has its own parts. What holds for all programs, such as quiet hours and caps, is said once, in a policy.",
  },
  E288: {
    severity: "error",
    text: ({ found, instead }) =>
      instead.length > 0
        ? written({ found, instead })
        : `\`${found}\` chooses a value, and a condition is either true or not.`,
    why: "A choice is a `derived` field with the value in front: `derived size = big when seats > 100, middle when seats > 10 otherwise small`. Conditions and mails then read it like a field.",
  },
  E289: {
    severity: "error",
    text: ({ found, what }) => `There is no \`${found}\`: ${lacking[what]}.`,
    why: "A program is made of steps that people take in the order written, and of mails that go to one person each: caps, consent and reports count on it.",
  },
  E284: habit(
    "All .cdz files of a folder belong together, in any order; none of them names another. A pack of the standard library comes with `use`.",
  ),
  E285: habit(
    "There are no variables. A value that several segments share is a parameter, as in `segment Quiet(back duration = 60d) where not opened in back`; one that is computed is a `derived` field.",
  ),
  E286: habit(
    "A segment says who is in it; it is neither sorted nor cut at a number of people. `sample 10%` takes a share of people; how they are shown is asked on the command line.",
  ),
};
