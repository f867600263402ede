// Random sentences of the grammar, from a seed.

import {
  Alternation,
  type IProduction,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  Terminal,
  type TokenType,
} from "chevrotain";
import * as t from "../../grammar/tokens.ts";
import { contextual, currencies, longUnits, weekdays } from "../../grammar/words.ts";
import { partsOf, type Productions } from "./grammar-sets.ts";

/** Numbers in [0, 1) from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ids = ["alpha", "Beta2", "_x", "signed_up", "IN", "m3", "Q"];
const samples: ReadonlyMap<TokenType, readonly string[]> = new Map([
  [t.Id, ids],
  [t.Contextual, contextual],
  [t.Name, [...ids, ...contextual]],
  [t.Word, [...ids, ...contextual, ...longUnits, ...weekdays, ...currencies.slice(0, 9)]],
  [t.Str, ['""', '"a"', '"# no comment"', '"say \\"hi\\" \\\\ there"', "\"größe {{ x | default: 'y' }} >\""]],
  [t.Num, ["0", "7", "-3", "2.50", "1_000", "00.10"]],
  [t.Duration, ["3d", "72h", "10min", "6mo", "2w", "1y", "90 days", "1  month", "5\nweeks"]],
  [t.Percent, ["10%", "33.3%", "0%"]],
  [t.Clock, ["09:00", "23:59"]],
  [t.Date_, ["2026-03-02"]],
  [t.DateTime, ["2026-03-02 09:00", "2026-03-02T09:00:30", "2026-03-02T09:00Z", "2026-03-02  09:00+02:00"]],
  [t.Currency, currencies.slice(0, 20)],
  [t.Weekday, weekdays],
  [t.Lt, ["<"]],
  [t.Gt, [">"]],
  [t.Le, ["<="]],
  [t.Ge, [">="]],
  [t.Eq, ["="]],
  [t.Ne, ["!="]],
  [t.Open, ["("]],
  [t.Close, [")"]],
  [t.Comma, [","]],
  [t.Dot, ["."]],
  [t.Semicolon, [";"]],
  [t.Maybe, ["?"]],
]);

export class Sentences {
  private readonly productions: Productions;
  private readonly random: () => number;
  private readonly words: string[] = [];

  constructor(productions: Productions, seed: number) {
    this.productions = productions;
    this.random = randomFrom(seed);
  }

  /** The tokens of `count` declarations. */
  declarations(count: number): readonly string[] {
    for (let index = 0; index < count; index++) this.rule("decl", 0);
    return this.words;
  }

  private pick<T>(list: readonly T[]): T {
    const found = list[Math.floor(this.random() * list.length)];
    if (found === undefined) throw new Error("nothing to pick from");
    return found;
  }

  private rule(name: string, depth: number): void {
    if (name === "declaredName") {
      // Contextual words parse here only to be reported.
      this.words.push(this.pick(ids));
      return;
    }
    for (const production of this.productions[name]?.definition ?? []) this.write(production, depth + 1);
  }

  private write(production: IProduction, depth: number): void {
    if (production instanceof Terminal) {
      const list = samples.get(production.terminalType);
      this.words.push(list === undefined ? production.terminalType.name.toLowerCase() : this.pick(list));
    } else if (production instanceof NonTerminal) this.rule(production.nonTerminalName, depth);
    else if (production instanceof Alternation) this.choose(production, depth);
    else {
      const separator = production instanceof RepetitionMandatoryWithSeparator ? "," : null;
      for (let index = 0; index < this.times(production, depth); index++) {
        if (index > 0 && separator !== null) this.words.push(separator);
        for (const part of partsOf(production)) this.write(part, depth);
      }
    }
  }

  /** Deep down the shortest alternative is taken, so that sentences end. */
  private choose(choice: Alternation, depth: number): void {
    const alternatives = choice.definition;
    const chosen = depth > 30 ? alternatives.at(-1) : this.pick(alternatives);
    for (const part of chosen === undefined ? [] : partsOf(chosen)) this.write(part, depth);
  }

  private times(production: IProduction, depth: number): number {
    const isShallow = depth <= 30;
    if (production instanceof Option) return isShallow && this.random() < 0.5 ? 1 : 0;
    if (production instanceof Repetition) return isShallow ? Math.floor(this.random() * 3) : 0;
    const isMandatory =
      production instanceof RepetitionMandatory || production instanceof RepetitionMandatoryWithSeparator;
    return isMandatory && isShallow ? 1 + Math.floor(this.random() * 2) : 1;
  }
}
