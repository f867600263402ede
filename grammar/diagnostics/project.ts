// E80x: the project's own settings. E81x, W81x: where data is loaded from.

import type { Family } from "./entry.ts";

type Nothing = Readonly<Record<never, never>>;
interface Moved {
  readonly what: string;
  readonly name: string;
}
interface Target {
  readonly target: string;
}

export type ProjectParams = {
  E801: { readonly setting: string };
  E802: { readonly found: string };
  W803: Nothing;
  E804: { readonly found: string };
  E810: { readonly name: string; readonly target: string; readonly fields: string };
  E811: Target & { readonly name: string };
  E812: Target;
  W813: Target & { readonly field: string };
  E814: Target;
  E815: { readonly found: string };
  E816: { readonly option: string; readonly format: string };
  E817: { readonly found: string };
  E818: Nothing;
  E819: Target & { readonly word: string; readonly is: string };
  E820: Target;
  E821: Nothing;
  E822: { readonly found: string };
  E823: Target;
  E824: { readonly name: string; readonly is: string };
  W830: { readonly code: string };
  W831: { readonly code: string };
  W832: { readonly code: string };
  W833: { readonly code: string };
  W834: { readonly code: string };
  W837: Nothing;
  W440: { readonly instead: string };
  W841: { readonly kind: string; readonly name: string };
  W842: { readonly kind: string; readonly name: string; readonly other: string };
  W870: { readonly kind: string; readonly name: string; readonly pack: string };
  E834: { readonly found: string };
  E836: { readonly found: string };
  E837: { readonly name: string };
  E838: { readonly found: string };
  E843: Moved;
  E844: Moved;
  E845: Moved & { readonly other: string };
  E846: { readonly found: string };
  E847: { readonly found: string };
};

export const project: Family<ProjectParams> = {
  E801: {
    severity: "error",
    text: ({ setting }) => `\`${setting}\` stands here twice.`,
    why: "Only one of them could hold. Remove the other.",
  },
  E802: {
    severity: "error",
    text: ({ found }) => `This is version 1 of the language; the project asks for \`${found}\`.`,
    why: "Another version could give the same words another meaning. Write `language 1`.",
  },
  W803: {
    severity: "warning",
    text: () => "The project does not say which time zone it counts in, so it counts in UTC.",
    why: 'Days start and end, and mails go out, by this zone. Add `time zone "Europe/Berlin"`, with your own zone.',
  },
  E804: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is not an email address.`,
    why: 'A sender is an address, or a name with an address: `"ana@acme.example"` or `"Ana from Acme <ana@acme.example>"`.',
  },
  E810: {
    severity: "error",
    text: ({ name, target, fields }) => `\`${target}\` has no field \`${name}\` to load into; it has ${fields}.`,
    why: "The name before `from` is the field that is written, the one behind it is the column in the file.",
  },
  E811: {
    severity: "error",
    text: ({ target, name }) => `This load of \`${target}\` does not fill \`${name}\`.`,
    why: "Without it, it cannot be told to whom a row of the file belongs.",
  },
  E812: {
    severity: "error",
    text: ({ target }) => `This load of \`${target}\` does not say when each event happened: \`at\` is missing.`,
    why: "Windows and counts use the time at which an event happened. Add `at from` and the column that holds it.",
  },
  W813: {
    severity: "warning",
    text: ({ target, field }) => `\`${field}\` is never filled by a load of \`${target}\`, and must be known.`,
    why: "Rows without it are rejected. Map it, or write `?` behind its type.",
  },
  E814: {
    severity: "error",
    text: ({ target }) => `\`${target}\` is filled twice by this load.`,
    why: "Only one of the two columns could be kept. Remove the other.",
  },
  E815: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is not the place of a column.`,
    why: "Columns are counted from 1.",
  },
  E816: {
    severity: "error",
    text: ({ option, format }) => `\`${option}\` has no meaning for a ${format} file.`,
    why: "Parquet and JSON files carry the names and the coding of their columns in themselves.",
  },
  E817: {
    severity: "error",
    text: ({ found }) => `\`${found}\` names a column, but this file has no header.`,
    why: "With `no header`, columns are given by their place: `column 1`, `column 2`.",
  },
  E818: {
    severity: "error",
    text: () => "`otherwise` comes last, and once.",
    why: "It says what every value becomes that is not listed before it.",
  },
  E819: {
    severity: "error",
    text: ({ target, word, is }) => `\`${word}\` does not fit \`${target}\`, which is ${is}.`,
    why: "`as` gives the format of a date, or a pattern for text; `in` gives the time zone of a date with a time.",
  },
  E820: {
    severity: "error",
    text: ({ target }) => `\`${target}\` must be known, so \`unknown\` is no value for it.`,
    why: "Write a value, or `?` behind the type of the field.",
  },
  E821: {
    severity: "error",
    text: () => "A delimiter is one plain character, or one blank for a run of blanks.",
    why: "It is what stands between two columns of the file, such as `;` or a tab.",
  },
  E822: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is listed here twice.`,
    why: "It could not be told which value it becomes.",
  },
  E823: {
    severity: "error",
    text: ({ target }) => `The pattern for \`${target}\` has no \`*\`, or more than one.`,
    why: '`*` stands for the value in the file, as in `"*@shop.example"`.',
  },
  E824: {
    severity: "error",
    text: ({ name, is }) => `\`${name}\` is a ${is} and a topic: it cannot be told which of them is loaded.`,
    why: "Give one of them another name. A list gets members, a topic gets what people agreed to.",
  },
  W830: {
    severity: "warning",
    text: ({ code }) => `There is no \`${code}\` here that could be allowed.`,
    why: "What it allowed is gone, or stands on another line. Remove the comment, so that it does not hide a later finding.",
  },
  W831: {
    severity: "warning",
    text: ({ code }) => `\`allow ${code}\` gives no reason.`,
    why: "Whoever reads this next must know why it is fine. Write `because` and the reason; until then the finding stays.",
  },
  W832: {
    severity: "warning",
    text: ({ code }) => `There is no code \`${code}\`.`,
    why: "The code stands at the start of each finding.",
  },
  W833: {
    severity: "warning",
    text: ({ code }) => `\`${code}\` is an error and cannot be allowed.`,
    why: "With an error there is nothing that could run. Only warnings and hints can be allowed.",
  },
  W834: {
    severity: "warning",
    text: ({ code }) => `This comment seems to allow \`${code}\`, but is not written so that it does.`,
    why: "It is read as a plain comment. An allowance is `# allow`, the codes with a comma between, `because` and the reason.",
  },
  W837: {
    severity: "warning",
    text: () => "This is a link to a folder; the .cdz files in it are not read.",
    why: "A link can lead back or out of the project. Move the files into the project, or check that folder by itself.",
  },
  W440: {
    severity: "warning",
    text: ({ instead }) => `This file is not read: the name of a source ends in \`.cdz\`, as \`${instead}\` does.`,
    why: "Letter case counts in names of files on many machines, so only `.cdz` in lower case is looked for. Rename the file, or else nothing in it is part of the project.",
  },
  W841: {
    severity: "hint",
    text: ({ kind, name }) => `Nothing uses the ${kind} \`${name}\`.`,
    why: "It may be left over, or the step that should use it is missing. Remove it, or use it.",
  },
  W842: {
    severity: "hint",
    text: ({ kind, name, other }) => `The ${kind} \`${name}\` is the same as \`${other}\`.`,
    why: "Two that must be kept alike will differ one day. Use one of them in both places.",
  },
  W870: {
    severity: "hint",
    text: ({ kind, name, pack }) => `The ${kind} \`${name}\` takes the place of what the pack \`${pack}\` calls so.`,
    why: "Everything in the pack that names it means the project's own now. That is how a pack is fitted to a project; if it was not meant, choose another name.",
  },
  E834: {
    severity: "error",
    text: ({ found }) => `A report cannot show \`${found}\`.`,
    why: "It shows `entered`, `held_out`, `active`, `sent`, `skipped`, `delivered`, `opened`, `clicked`, `replied`, `bounced`, `complained`, `unsubscribed`, `goals`, `left`, the `open`, `click`, `reply`, `bounce`, `complaint`, `unsubscribe` and `goal rate`, `sum of …`, `hand offs` and `time to goal`.",
  },
  E836: {
    severity: "error",
    text: ({ found }) => `\`${found}\` has nothing to show: no program of this report has a goal.`,
    why: "Add `goal …` to the program, or show something else.",
  },
  E837: {
    severity: "error",
    text: ({ name }) => `\`${name}\` is a list, so one person would stand in many rows.`,
    why: "A report is split by `email`, `step`, `variant`, `arm`, `segment`, `topic`, `week`, or by a field that holds one value.",
  },
  E838: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is not an email address.`,
    why: 'A report goes to an address such as `"boss@acme.example"`.',
  },
  E843: {
    severity: "error",
    text: ({ what, name }) => `There still is ${/^[aeiou]/.test(what) ? "an" : "a"} ${what} \`${name}\`.`,
    why: "The old name comes first, and nothing may have it any more: what people did under that name belongs to the new one.",
  },
  E844: {
    severity: "error",
    text: ({ what, name }) => `It is said twice what became of the ${what} \`${name}\`.`,
    why: "People who were there can go on in one place only. Remove one of the two lines.",
  },
  E845: {
    severity: "error",
    text: ({ what, name, other }) => `The ${what} \`${name}\` was called \`${other}\` before already.`,
    why: "The first name ever applied keeps draws and sends as they are, so two cannot become one. For a step that is gone write `removed step`.",
  },
  E846: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is not a day.`,
    why: "Each line of the file of holidays is a day such as `2026-12-25`, and behind a comma the country, if it is not a holiday everywhere.",
  },
  E847: {
    severity: "error",
    text: ({ found }) => `\`${found}\` is not a country.`,
    why: "Countries are two capital letters, such as `DE` or `US`.",
  },
};
