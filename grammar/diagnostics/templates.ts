// E6: what is wrong inside the placeholders of a mail.

import type { Family } from "./entry.ts";

export type TemplateParams = {
  E601: { readonly reason: string };
  E602: { readonly name: string; readonly nearest: string | null };
  E603: { readonly name: string; readonly field: string };
  E604: { readonly name: string };
  E605: { readonly name: string; readonly nearest: string | null };
  E606: { readonly name: string; readonly nearest: string | null };
  E607: { readonly name: string };
  E608: { readonly name: string };
  E609: { readonly name: string; readonly instead: string };
};

const suggestion = (nearest: string | null) => (nearest === null ? "" : ` Did you mean \`${nearest}\`?`);

export const templates: Family<TemplateParams> = {
  E601: {
    severity: "error",
    text: ({ reason }) => `This placeholder cannot be read: ${reason}.`,
    why: "A mail is only sent when every placeholder in it can be filled in. Placeholders are `{{ field }}`, conditions `{% if field %} … {% endif %}`.",
  },
  E602: {
    severity: "error",
    text: ({ name, nearest }) => `There is nothing called \`${name}\` to put into this mail.${suggestion(nearest)}`,
    why: "A mail can show fields of the contact, derived fields, `company.…`, properties of the starting event as `event.…`, words of the vocabularies that its `words from` leads to, and what the template itself assigns.",
  },
  E603: {
    severity: "error",
    text: ({ name, field }) =>
      name === field
        ? `\`${name}\` may be unknown, and then nothing would stand here.`
        : `\`${name}\` comes from \`${field}\`, which may be unknown, and then nothing would stand here.`,
    why: "Say what to show instead with `| default: '…'`, put the placeholder inside `{% if … %}`, or send this mail only to people for whom the field is known.",
  },
  E604: {
    severity: "error",
    text: ({ name }) => `\`${name}\` is a list, and this place takes one text.`,
    why: "Say how the list becomes a text: `| join: ', '`, `| first`, or a `{% for … %}` loop.",
  },
  E605: {
    severity: "error",
    text: ({ name, nearest }) => `There is no filter called \`${name}\`.${suggestion(nearest)}`,
    why: "Filters are those of Liquid that work on texts, numbers, dates and lists.",
  },
  E606: {
    severity: "error",
    text: ({ name, nearest }) => `There is no tag called \`${name}\`.${suggestion(nearest)}`,
    why: "Tags are those of Liquid: if, unless, case, for, assign, capture, cycle, echo, raw and comment.",
  },
  E607: {
    severity: "error",
    text: ({ name }) => `The tag \`${name}\` cannot be used in a mail.`,
    why: "A mail is one file: it reads no other files and lays out no tables, so that what was checked is what is sent. Write the text here.",
  },
  E608: {
    severity: "error",
    text: ({ name }) => `\`${name}\` stands in a mail that does not say whose words it uses.`,
    why: "Words come from the vocabulary that `words from` names in the email. Write the word itself, or say where the words come from.",
  },
  E609: {
    severity: "error",
    text: ({ name, instead }) => `The filter \`${name}\` cannot be used in a mail: ${instead}.`,
    why: "Values are written so that they can never become markup, and the same mail always comes out the same.",
  },
};
