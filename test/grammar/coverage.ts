// Records which alternatives and options of the grammar a parse takes.

import { Alternation, type IProduction, Option, Repetition, type Rule } from "chevrotain";
import { CadenzaParser } from "../../grammar/parser/cadenza-parser.ts";
import { partsOf, type Productions } from "./grammar-sets.ts";

type Action = () => unknown;
interface Alt {
  readonly ALT: Action;
}
/** The inner methods of the parser through which every choice goes. */
interface Inside {
  orInternal: (alts: readonly Alt[], occurrence: number) => unknown;
  optionInternal: (action: Action, occurrence: number) => unknown;
  manyInternal: (occurrence: number, action: Action) => unknown;
  getCurrRuleFullName: () => string;
}

export class Coverage {
  readonly parser = new CadenzaParser({ validates: true, recovers: false });
  private readonly taken = new Set<string>();

  constructor() {
    const inside = this.parser as unknown as Inside;
    const { orInternal, optionInternal, manyInternal } = inside;
    const rule = () => inside.getCurrRuleFullName();
    inside.orInternal = (alts, occurrence) => {
      const name = rule();
      const marked = alts.map((alt, index) => ({
        ...alt,
        ALT: () => this.mark(`${name} choice ${occurrence}.${index + 1}`, alt.ALT),
      }));
      return orInternal.call(inside, marked, occurrence);
    };
    inside.optionInternal = (action, occurrence) => {
      const name = rule();
      return optionInternal.call(inside, () => this.mark(`${name} option ${occurrence}`, action), occurrence);
    };
    inside.manyInternal = (occurrence, action) => {
      const name = rule();
      return manyInternal.call(inside, occurrence, () => this.mark(`${name} repetition ${occurrence}`, action));
    };
  }

  private mark(key: string, action: Action): unknown {
    this.taken.add(key);
    return action();
  }

  get productions(): Productions {
    return this.parser.getGAstProductions();
  }

  /** What no parse so far has taken. */
  missing(): readonly string[] {
    return Object.values(this.productions)
      .flatMap((rule) => choicesOf(rule))
      .filter((key) => !this.taken.has(key));
  }
}

function choicesOf(rule: Rule): readonly string[] {
  const found: string[] = [];
  const visit = (production: IProduction): void => {
    if (production instanceof Alternation) {
      production.definition.forEach((alternative, index) => {
        found.push(`${rule.name} choice ${production.idx}.${index + 1}`);
        partsOf(alternative).forEach(visit);
      });
      return;
    }
    if (production instanceof Option) found.push(`${rule.name} option ${production.idx}`);
    if (production instanceof Repetition) found.push(`${rule.name} repetition ${production.idx}`);
    partsOf(production).forEach(visit);
  };
  rule.definition.forEach(visit);
  return found;
}
