// Liquid's own complaints about a template, in plain sentences and at their exact place.

import { LiquidError } from "liquidjs";
import type { Place } from "./template-values.ts";

export interface Fault {
  readonly place: Place;
  readonly kind: "syntax" | "unknown tag";
  /** What is wrong, or the unknown tag's name. */
  readonly text: string;
}

/** The first line of a place, without the blanks at its end. */
function firstLine(text: string, { begin, end }: Place): Place {
  const line = text.slice(begin, end).split("\n", 1)[0] ?? "";
  return { begin, end: begin + Math.max(1, line.trimEnd().length) };
}

const usage = {
  for: "a loop is written `{% for item in list %}`",
  assign: "an assignment is written `{% assign name = value %}`",
  capture: "a capture is written `{% capture name %}`",
};
const usageOf = (name: string) => Object.entries(usage).find(([tag]) => tag === name)?.[1];

type Wording = (token: string, found: string) => string;
const wordings: readonly (readonly [RegExp, Wording])[] = [
  [/^output .* not closed/s, () => "its `}}` is missing"],
  [/^raw .* not closed/s, () => "`{% raw %}` is never closed by `{% endraw %}`"],
  [/^invalid value expression/, () => "a field or a text is missing here"],
  [/^expected "\|" before filter/, (_, found) => `\`${found}\` was not expected here; filters follow a \`|\``],
  [
    /^expected ":" after filter name/,
    (_, found) => `\`${found}\` was not expected here; a filter takes its values after a \`:\``,
  ],
  [/^expected filter name/, () => "the name of a filter is missing behind `|`"],
  [/^\[ not closed/, () => "the `]` is missing"],
  [/range syntax/, () => "a range is written `(1..5)`"],
  [/^expected "="|^expected variable name/, () => usage.assign],
  [/^invalid capture name/, () => usage.capture],
  [/^duplicated else/, (token) => `\`${token}\` has two \`{% else %}\``],
  [/^unexpected elsif after else/, (token) => `\`${token}\` has an \`{% elsif %}\` behind its \`{% else %}\``],
  [/^illegal tag syntax|^illegal liquid tag syntax/, () => "the name of a tag is missing"],
  [/^unexpected (character|token)/, (_, found) => `\`${found}\` was not expected here`],
  [/^unexpected "/, () => "`{% else %}` and the tags that close take nothing"],
  [/^empty candidates/, () => "`{% cycle %}` needs values to take turns with"],
];

const syntax = (place: Place, text: string): Fault => ({ kind: "syntax", place, text });

/** Where Liquid stopped, and why. Anything but Liquid's own error is a mistake of ours and goes on. */
export function faultOf(text: string, error: unknown): Fault {
  if (error instanceof RangeError) return syntax({ begin: 0, end: 1 }, "its tags are nested too deeply");
  if (!LiquidError.is(error)) throw error;
  const message = error.message.replace(/, line:\d+, col:\d+$/, "");
  const { token } = error;
  // Liquid has already read past the character that it did not expect.
  const begin = message.startsWith('expected "|"') ? token.begin - 1 : token.begin;
  const whole = { begin, end: Math.max(begin, token.end) };
  const place = firstLine(text, whole);
  const unknownTag = /^tag "([^"]*)" not found$/.exec(message)?.[1];
  if (unknownTag !== undefined) return { kind: "unknown tag", place, text: unknownTag };
  const tag = text.slice(whole.begin, whole.end);
  const name = /^\{%-?\s*([a-z]+)/.exec(tag)?.[1] ?? "";
  if (/^tag .* not closed/s.test(message)) {
    const isWhole = name !== "" && tag.endsWith("%}");
    return syntax(place, isWhole ? `\`{% ${name} %}\` is never closed by \`{% end${name} %}\`` : "its `%}` is missing");
  }
  if (message.startsWith("illegal tag:")) return syntax(place, usageOf(name) ?? `\`${name}\` is not written like this`);
  const found = text.slice(place.begin, place.end).replace(/\s*-?[%}]\}$/, "");
  const wording = wordings.find(([pattern]) => pattern.test(message))?.[1];
  return syntax(place, wording?.(tag, found) ?? message);
}
