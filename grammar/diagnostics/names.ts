// W15x: letters and marks that are not what they seem. E22x to E24x: names and what they stand for. E25x: not available yet.

import type { Family } from "./entry.ts";

type Nothing = Readonly<Record<never, never>>;
interface Named {
  readonly name: string;
}

export type NameParams = {
  W151: { readonly found: string; readonly letters: string };
  W152: { readonly what: "text" | "comment" | "line of the mail"; readonly marks: string };
  E220: Named & { readonly what: string };
  E221: Named & { readonly other: string };
  E222: Named & { readonly is: string; readonly wanted: string };
  E223: Named;
  E224: Named & { readonly is: string; readonly phrase: string };
  E225: { readonly first: string; readonly second: string };
  E226: { readonly first: string; readonly second: string };
  E227: Named;
  E228: { readonly what: string; readonly ring: string };
  E229: Named & { readonly wanted: string; readonly found: number };
  E230: { readonly what: string };
  E231: Named & { readonly what: string };
  E232: Named;
  E233: Named & { readonly is: string; readonly event: string };
  E234: Named;
  E235: Nothing;
  E236: Named & { readonly parameter: string };
  E237: Named;
  E238: Named & { readonly events: string };
  E240: { readonly count: number };
  E241: Nothing;
  E243: Named & { readonly limit: number };
  E242: Nothing;
  E244: Named & { readonly found: string; readonly instead: string };
  E245: Named & { readonly found: string; readonly instead: readonly string[] };
  E246: Named & { readonly fields: readonly string[] };
  E290: { readonly pack: string; readonly needs: readonly string[] };
  E291: Named & { readonly pack: string; readonly wanted: string };
  E292: { readonly pack: string; readonly reason: string };
};

export const names: Family<NameParams> = {
  W151: {
    severity: "warning",
    text: ({ found, letters }) => `\`${found}\` in this text has letters that only look like Latin ones: ${letters}.`,
    why: "Nobody sees the difference, but the text is another one: a comparison with it fails, and a search does not find it. Type the word anew.",
  },
  W152: {
    severity: "warning",
    text: ({ what, marks }) => `This ${what} has characters that cannot be seen and turn the line round: ${marks}.`,
    why: "They can make a line look like another one than it is, which has been used to hide changes from reviewers. They usually come with copied text. Remove them, or allow the finding where the text needs them.",
  },
  E220: {
    severity: "error",
    text: ({ name, what }) => `There is no ${what} \`${name}\` in this project.`,
    why: "Every name must be declared in a .cdz file of the project, be built in, or come from a pack.",
  },
  E221: {
    severity: "error",
    text: ({ name, other }) => `\`${name}\` is already the name of ${other}.`,
    why: "Names are unique, whatever their letter case: among events, contact fields, derived fields, segments and lists together, and within every other kind.",
  },
  E222: {
    severity: "error",
    text: ({ name, is, wanted }) => `\`${name}\` is ${is}; ${wanted} is expected here.`,
    why: "The same word can be used only for what it was declared as.",
  },
  E223: {
    severity: "error",
    text: ({ name }) => `There is no pack \`${name}\` in the standard library.`,
    why: "`use` brings in a pack of ready-made declarations by its name. Remove the line, or use the name of a pack that exists.",
  },
  E224: {
    severity: "error",
    text: ({ name, is, phrase }) => `\`${name}\` is ${is}; as a condition it is written \`${phrase}\`.`,
    why: "A bare name is an event that happened. Membership and consent are asked with words of their own.",
  },
  E225: {
    severity: "error",
    text: ({ first, second }) => `Between \`${first}\` and \`${second}\` a comparison is missing.`,
    why: "A field is compared with a value, as in `role = user`, `seats >= 20` or `role in (user, influencer)`.",
  },
  E226: {
    severity: "error",
    text: ({ first, second }) => `Between \`${first}\` and \`in ${second}\` an \`and\` or \`or\` is missing.`,
    why: "Behind an event, `in` starts a window of time. Membership in a segment or list is a condition of its own.",
  },
  E227: {
    severity: "error",
    text: ({ name }) => `\`${name}\` is a field; by itself it is not a condition.`,
    why: "Say what must be true of the field, for example `is yes`, `is known` or a comparison.",
  },
  E228: {
    severity: "error",
    text: ({ what, ring }) => `These ${what} use each other in a ring: ${ring}.`,
    why: "What the one says would depend on what the other says, and so on without an end. Take one of the uses out.",
  },
  E229: {
    severity: "error",
    text: ({ name, wanted, found }) => `\`${name}\` takes ${wanted}; ${found} ${found === 1 ? "is" : "are"} given.`,
    why: "Arguments stand in parentheses in the order of the segment's parameters; those with a default may be left out at the end.",
  },
  E230: {
    severity: "error",
    text: ({ what }) => `A project has one \`${what}\` declaration; this is another.`,
    why: "Put everything into one of the two and remove the other.",
  },
  E231: {
    severity: "error",
    text: ({ name, what }) => `${what} \`${name}\` stands here twice.`,
    why: "It could not be told which one is meant. Remove or rename one of them.",
  },
  E232: {
    severity: "error",
    text: ({ name }) => `\`${name}\` always holds and takes no email, condition, count or window.`,
    why: "It stands for all people at all times, so there is nothing to count or to limit.",
  },
  E233: {
    severity: "error",
    text: ({ name, is, event }) =>
      `\`${name}\` is ${is}; inside this \`where (…)\` only properties of \`${event}\` and \`at\` are read.`,
    why: "The parentheses belong to one event. What must be true of the person goes outside, joined by `and`.",
  },
  E234: {
    severity: "error",
    text: ({ name }) =>
      `\`event.${name}\` is a property of the event that started a person, and here nobody has been started yet.`,
    why: "It can be used in `goal`, `exit when`, `if`, `until`, behind `send … only if` and in mails. To choose which events start a program, write `start when` with `where (…)`.",
  },
  E235: {
    severity: "error",
    text: () => "`since start` has no meaning here, because nobody has entered a program here.",
    why: "It means since the person entered a program, so it can be used in the program's `goal`, `exit when`, `if`, `until` and `send … only if` only.",
  },
  E236: {
    severity: "error",
    text: ({ name, parameter }) => `\`${name}\` needs a value for \`${parameter}\`, which has no default.`,
    why: "A segment with parameters is used with arguments, in order: those without a default must be given.",
  },
  E237: {
    severity: "error",
    text: ({ name }) => `A property of an event cannot be called \`${name}\`.`,
    why: "Every event has `contact` (who) and `at` (when) of its own. Choose another name.",
  },
  E238: {
    severity: "error",
    text: ({ name, events }) => `No event that starts this program has a property \`${name}\`; ${events}.`,
    why: "`event.…` reads the event that started the person.",
  },
  E240: {
    severity: "error",
    text: ({ count }) => `This project has ${count} declarations; 50000 are the most that one project can have.`,
    why: "Split it into several projects, or replace segments that differ in a number by one with a parameter.",
  },
  E241: {
    severity: "error",
    text: () => "This project has no `contact` declaration.",
    why: "It says what is known about a person: at least a key and a field of type `email`.",
  },
  E242: {
    severity: "error",
    text: () => "This project has no `project` declaration.",
    why: "It names the project and says in which time zone and currency it counts.",
  },
  E243: {
    severity: "error",
    text: ({ name, limit }) => `\`${name}\` hands its parameters on through more than ${limit} segments.`,
    why: "Nobody can follow that, and every set of arguments is a segment of its own. Write the condition out in fewer segments.",
  },
  E244: {
    severity: "error",
    text: ({ name, found, instead }) => `\`${found}\` is no value here; ask \`${name} ${instead}\`.`,
    why: "A field without a value is unknown, and that is asked with `is known` or `is unknown`.",
  },
  E245: {
    severity: "error",
    text: ({ name, found, instead }) =>
      `\`${name}\` is an event, which has no value; instead of \`${found}\` write ${instead.map((text) => `\`${text}\``).join(" or ")}.`,
    why: "An event happened or did not: `purchased`, `not purchased`. How often is said with a count: `purchased more than 3 times`.",
  },
  E246: {
    severity: "error",
    text: ({ name, fields }) =>
      `\`${name}\` is a value of ${fields.map((field) => `\`${field}\``).join(" and ")}, and no condition by itself.`,
    why: "On both sides of `and` and `or` stands a whole condition: `role = user or role = influencer`, or shorter `role in (user, influencer)`.",
  },
  E290: {
    severity: "error",
    text: ({ pack, needs }) => `The pack \`${pack}\` needs what this project does not declare: ${listed(needs)}.`,
    why: "A pack works on the project's own people and events. Declare what it needs, and fill it by a `load` or a `set`.",
  },
  E291: {
    severity: "error",
    text: ({ name, pack, wanted }) =>
      `\`${name}\` has another type than the pack \`${pack}\` needs, which is \`${wanted}\`.`,
    why: "The pack's segments compare it as such. Change the type, or declare what the pack declares under another name yourself.",
  },
  E292: {
    severity: "error",
    text: ({ pack, reason }) => `The pack \`${pack}\` does not fit this project: ${reason}`,
    why: "Something that the project declares has a name that means something else in the pack. Give it another name, or leave the pack out.",
  },
};

/** Words with commas, and `and` before the last. */
function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}
