// What of Liquid a mail may use: its tags, its filters, and an engine that reads templates and never the world.

import { Liquid, type LiquidOptions } from "liquidjs";

/** What a filter makes of its input: a text, a number, a list, one item of a list, or the same kind again. */
export type FilterYield = "text" | "number" | "list" | "item" | "same";

export interface FilterRow {
  readonly takes: "one" | "any";
  readonly yields: FilterYield;
  /** `kept`: unknown comes out empty, and a later `default` still sees it; `lost`: it does not; `ended`: the result is known. */
  readonly unknown: "kept" | "lost" | "ended";
}

const row = (
  takes: FilterRow["takes"],
  yields: FilterYield,
  unknown: FilterRow["unknown"],
  names: string,
): readonly (readonly [string, FilterRow])[] => names.split(" ").map((name) => [name, { takes, yields, unknown }]);

/** Every filter that a mail may use. */
export const filterRows: ReadonlyMap<string, FilterRow> = new Map([
  ...row("one", "text", "kept", "capitalize downcase upcase strip lstrip rstrip squish normalize_whitespace"),
  ...row("one", "text", "kept", "strip_html strip_newlines truncate truncatewords replace replace_first replace_last"),
  ...row("one", "text", "kept", "remove remove_first remove_last slugify date base64_encode base64_decode"),
  ...row("one", "text", "lost", "append prepend"),
  ...row(
    "one",
    "number",
    "lost",
    "abs at_least at_most ceil floor round plus minus times divided_by modulo to_integer",
  ),
  ...row("one", "list", "kept", "split"),
  ...row("any", "text", "kept", "join array_to_sentence_string"),
  ...row("any", "text", "lost", "json"),
  ...row("any", "number", "ended", "size number_of_words"),
  ...row("any", "list", "kept", "sort sort_natural reverse uniq compact concat push pop shift unshift"),
  ...row("any", "item", "kept", "first last"),
  ...row("any", "same", "kept", "slice default"),
  // These change nothing: every value is escaped and encoded for the place where it stands.
  ...row("any", "same", "kept", "escape escape_once xml_escape url_encode cgi_escape uri_escape"),
]);

/** What other products call a filter. */
export const foreignFilters: ReadonlyMap<string, string> = new Map(
  Object.entries({
    title: "capitalize",
    titlecase: "capitalize",
    capfirst: "capitalize",
    upper: "upcase",
    uppercase: "upcase",
    lower: "downcase",
    lowercase: "downcase",
    format_date: "date",
    date_format: "date",
    length: "size",
  }),
);

/** Filters of Liquid that a mail may not use, and what holds instead. */
export const refusedFilters: ReadonlyMap<string, string> = new Map([
  ["raw", "every value is escaped for the place where it stands"],
  ["newline_to_br", "a value never becomes markup"],
  ["sample", "chance would make two mails of one"],
  ...["where_exp", "reject_exp", "find_exp", "find_index_exp", "has_exp", "group_by_exp", "filter_exp"].map(
    (name): [string, string] => [name, "texts are never read as conditions; use `{% for %}` with `{% if %}`"],
  ),
]);

export const tagNames: readonly string[] =
  "assign break capture case comment continue cycle decrement echo for if increment liquid raw unless".split(" ");

/** Words that only stand inside or behind another tag. */
export const innerTagNames: ReadonlySet<string> = new Set(
  "else elsif when endif endunless endcase endfor endcapture endcomment endraw".split(" "),
);

/** Tags of Liquid that read other files, or that lay out HTML of their own. */
export const refusedTags: ReadonlySet<string> = new Set(["include", "render", "layout", "block", "tablerow"]);

const mostMemory = 10_000_000;

/** Options under which templates are both checked and rendered. The locale is fixed, as outputs must not depend on the machine. */
export const engineOptions = {
  locale: "en-US",
  ownPropertyOnly: true,
  relativeReference: false,
  templates: {},
  memoryLimit: mostMemory,
};

/** An engine that knows the tags a mail may use, and no others. */
export function createEngine(options: LiquidOptions = {}): Liquid {
  const engine = new Liquid({ ...engineOptions, ...options });
  for (const name of refusedTags) delete engine.tags[name];
  return engine;
}

export function hasPlaceholders(text: string): boolean {
  return text.includes("{{") || text.includes("{%");
}
