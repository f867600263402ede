// FIRST and FOLLOW sets of the grammar, over concrete token types.

import {
  Alternation,
  Alternative,
  type IProduction,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  type Rule,
  Terminal,
  type TokenType,
} from "chevrotain";

export type Productions = Readonly<Record<string, Rule>>;

interface Firsts {
  readonly tokens: ReadonlySet<TokenType>;
  readonly isNullable: boolean;
}

/** A place where the parser must decide whether to go into something optional, and the tokens that say both. */
export interface Overlap {
  readonly rule: string;
  readonly tokens: readonly string[];
}

/** The concrete token types that match `type`: the members of a category. */
export function members(type: TokenType, vocabulary: readonly TokenType[]): readonly TokenType[] {
  const direct = vocabulary.filter((each) => each.CATEGORIES?.includes(type));
  const inside = direct.flatMap((each) => members(each, vocabulary));
  return [type, ...inside];
}

export class GrammarSets {
  private readonly productions: Productions;
  private readonly vocabulary: readonly TokenType[];
  private readonly follows = new Map<string, Set<TokenType>>();

  constructor(productions: Productions, vocabulary: readonly TokenType[]) {
    this.productions = productions;
    this.vocabulary = vocabulary;
    for (const name of Object.keys(productions)) this.follows.set(name, new Set());
    for (let isChanged = true; isChanged; ) {
      isChanged = false;
      for (const [name, rule] of Object.entries(productions)) {
        const grown = this.walk(rule.definition, this.follows.get(name) ?? new Set(), name, null);
        isChanged ||= grown;
      }
    }
  }

  /** Optional parts whose first tokens may also stand behind them. */
  overlaps(): readonly Overlap[] {
    const found: Overlap[] = [];
    for (const [name, rule] of Object.entries(this.productions)) {
      this.walk(rule.definition, this.follows.get(name) ?? new Set(), name, found);
    }
    return found;
  }

  /** Adds what can follow each rule that is used in `list`, behind which `after` can stand; true if a set grew. */
  private walk(
    list: readonly IProduction[],
    after: ReadonlySet<TokenType>,
    rule: string,
    found: Overlap[] | null,
  ): boolean {
    let hasGrown = false;
    list.forEach((production, index) => {
      const rest = this.firstOf(list.slice(index + 1));
      const next = rest.isNullable ? new Set([...rest.tokens, ...after]) : rest.tokens;
      hasGrown = this.visit(production, next, rule, found) || hasGrown;
    });
    return hasGrown;
  }

  private visit(production: IProduction, next: ReadonlySet<TokenType>, rule: string, found: Overlap[] | null): boolean {
    if (production instanceof NonTerminal) return this.addFollow(production.nonTerminalName, next);
    if (production instanceof Terminal) return false;
    if (production instanceof Alternation) {
      this.findEmptyChoice(production, next, rule, found);
      return production.definition.map((each) => this.walk(partsOf(each), next, rule, found)).some(Boolean);
    }
    const inside = partsOf(production);
    const first = this.firstOf(inside);
    const isOptional = !(production instanceof Alternative);
    if (isOptional && found !== null) {
      const enters = separatorOf(production) ?? first.tokens;
      const both = [...enters].filter((token) => next.has(token)).map((token) => token.name);
      if (both.length > 0) found.push({ rule, tokens: both.sort() });
    }
    const repeats = isRepeated(production) ? new Set([...next, ...(separatorOf(production) ?? first.tokens)]) : next;
    return this.walk(inside, repeats, rule, found);
  }

  /** A choice with an alternative that can be empty is optional too. */
  private findEmptyChoice(
    choice: Alternation,
    next: ReadonlySet<TokenType>,
    rule: string,
    found: Overlap[] | null,
  ): void {
    const firsts = choice.definition.map((each) => this.firstOf(partsOf(each)));
    if (found === null || !firsts.some(({ isNullable }) => isNullable)) return;
    const both = firsts.flatMap(({ tokens }) => [...tokens]).filter((token) => next.has(token));
    if (both.length > 0) found.push({ rule, tokens: both.map((token) => token.name).sort() });
  }

  private addFollow(name: string, next: ReadonlySet<TokenType>): boolean {
    const set = this.follows.get(name) ?? new Set();
    const before = set.size;
    for (const token of next) set.add(token);
    return set.size > before;
  }

  private firstOf(list: readonly IProduction[]): Firsts {
    const tokens = new Set<TokenType>();
    for (const production of list) {
      const first = this.firstOfOne(production);
      for (const token of first.tokens) tokens.add(token);
      if (!first.isNullable) return { tokens, isNullable: false };
    }
    return { tokens, isNullable: true };
  }

  private firstOfOne(production: IProduction): Firsts {
    if (production instanceof Terminal) {
      return { tokens: new Set(members(production.terminalType, this.vocabulary)), isNullable: false };
    }
    if (production instanceof NonTerminal)
      return this.firstOf(this.productions[production.nonTerminalName]?.definition ?? []);
    if (production instanceof Alternation) {
      const all = production.definition.map((each) => this.firstOf(partsOf(each)));
      return {
        tokens: new Set(all.flatMap(({ tokens }) => [...tokens])),
        isNullable: all.some((each) => each.isNullable),
      };
    }
    const inside = this.firstOf(partsOf(production));
    const isMandatory =
      production instanceof RepetitionMandatory ||
      production instanceof RepetitionMandatoryWithSeparator ||
      production instanceof Alternative;
    return { tokens: inside.tokens, isNullable: !isMandatory || inside.isNullable };
  }
}

const isRepeated = (production: IProduction): boolean =>
  production instanceof Repetition ||
  production instanceof RepetitionMandatory ||
  production instanceof RepetitionWithSeparator ||
  production instanceof RepetitionMandatoryWithSeparator;

const separatorOf = (production: IProduction): ReadonlySet<TokenType> | null =>
  production instanceof RepetitionWithSeparator || production instanceof RepetitionMandatoryWithSeparator
    ? new Set([production.separator])
    : null;

export function partsOf(production: IProduction): readonly IProduction[] {
  if (production instanceof Option || production instanceof Alternative || isRepeated(production)) {
    return (production as Option).definition;
  }
  return [];
}
