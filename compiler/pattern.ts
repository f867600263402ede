// Patterns of `matches regex`, held against the syntax of RE2, which every engine runs in linear time.

import { createRequire } from "node:module";
import type * as Re2 from "re2js";

/** Loaded with the first pattern: few projects have one, and the tables of RE2 take long to read. */
let loaded: typeof Re2 | null = null;
function re2(): typeof Re2 {
  loaded ??= createRequire(import.meta.url)("re2js") as typeof Re2;
  return loaded;
}

export interface PatternFault {
  readonly reason: string;
  /** The stretch of the pattern that is wrong. */
  readonly start: number;
  readonly end: number;
}

/** Ways to look around or back, which no engine can follow in linear time. */
const looking = /^\(\?(<?[=!]|>|P[=>])/;

/** RE2's own words for a fault, and ours. */
const wordings: readonly (readonly [RegExp, (found: string) => string])[] = [
  [/^missing closing \)/, () => "a `)` is missing"],
  [/^missing closing \]/, () => "a `]` is missing"],
  [/^unexpected \)/, () => "a `)` closes nothing"],
  [/^trailing backslash/, () => "the `\\` at its end stands in front of nothing"],
  [/^missing argument/, (found) => `there is nothing for \`${found}\` to repeat`],
  [/^invalid nested repetition/, (found) => `\`${found}\` repeats a repetition`],
  [/^invalid repeat count/, (found) => `\`${found}\` cannot be counted; 1000 times are the most`],
  [/^duplicate capture group/, (found) => `two groups are called \`${found}\``],
  [/^expression nests too deeply/, () => "its groups are nested too deeply"],
  [/^expression too large/, () => "it repeats too much"],
];

/** Nobody reads a longer one, and together with repetitions it would outgrow what an engine takes. */
const mostCharacters = 1000;

/** null for a pattern that can be run. */
export function patternFault(pattern: string): PatternFault | null {
  if (pattern.length > mostCharacters) {
    const reason = `it is longer than ${mostCharacters} characters`;
    return { reason, start: mostCharacters, end: pattern.length };
  }
  try {
    re2().RE2JS.compile(pattern);
    return null;
  } catch (error) {
    // Anything but RE2's own refusal is a mistake of ours and goes on.
    if (!(error instanceof re2().RE2JSSyntaxException)) throw error;
    const found = error.getPattern() ?? "";
    return { reason: reasonOf(error.getDescription(), found), ...placeOf(pattern, found) };
  }
}

function reasonOf(description: string, found: string): string {
  const wording = wordings.find(([words]) => words.test(description))?.[1];
  if (wording) return wording(found);
  if (looking.test(found)) return "it looks ahead or back, which no pattern here can do";
  if (/^\\[1-9]/.test(found)) return `\`${found}\` repeats what was found before, which no pattern here can do`;
  if (/^\\p/i.test(found)) return `there is no class of characters \`${found}\``;
  if (/^\(\?/.test(found)) return `\`${found}\` starts no group`;
  if (found.startsWith("\\")) return `\`${found}\` stands for nothing`;
  if (found.startsWith("[:")) return `there is no class of characters \`${found}\``;
  return /^.-.$/su.test(found) ? `\`${found}\` runs backwards` : description;
}

type Stretch = Pick<PatternFault, "start" | "end">;

/** Where the part that RE2 quotes stands: the first of its places at which reading stops; the last character where it quotes none. */
function placeOf(pattern: string, found: string): Stretch {
  if (found === "") return { start: Math.max(0, pattern.length - 1), end: pattern.length };
  const places = placesOf(pattern, found);
  const start = places.find((place) => !isReadable(pattern.slice(0, place + found.length))) ?? places[0];
  return start === undefined ? { start: 0, end: pattern.length } : { start, end: start + found.length };
}

const mostPlaces = 50;

function placesOf(pattern: string, found: string): readonly number[] {
  const places: number[] = [];
  for (let at = pattern.indexOf(found); at >= 0 && places.length < mostPlaces; at = pattern.indexOf(found, at + 1)) {
    places.push(at);
  }
  return places;
}

function isReadable(pattern: string): boolean {
  try {
    re2().RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}
