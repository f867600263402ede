// What all rules of the grammar share: phrases of keywords, blocks, lists, and the limit of nesting.

import {
  CstParser,
  type CstNode,
  type IToken,
  NoViableAltException,
  type ParserMethod,
  type TokenType,
} from "chevrotain";
import * as t from "../tokens.ts";
import { FaultRecorder } from "./fault.ts";
import { lazyLookahead, type Paths, type Refusing } from "./lazy-lookahead.ts";

export type Rule = ParserMethod<[], CstNode>;

export const maxNesting = 64;
/** Two tokens tell every alternative of the grammar apart. */
const maxLookahead = 2;
/** Recovery leaves brackets open that it jumped over, so its own bound only guards the stack. */
const lenientNesting = 2 * maxNesting;

/** Thrown out of the parser by the limit of nesting; whoever runs the parser catches it. */
export class TooDeep extends Error {
  readonly token: IToken;
  constructor(token: IToken) {
    super("nested too deep");
    this.token = token;
  }
}

export interface ParserOptions {
  /** Grammar checks cost start-up time; the tests switch them on. */
  readonly validates: boolean;
  /** Without recovery the first error ends a parse, and the parser is made faster. */
  readonly recovers: boolean;
}

export abstract class Core extends CstParser implements Refusing {
  /** No recovery: the first error ends the parse. */
  readonly isStrict: boolean;
  /** Blocks and parentheses that are open at this point. */
  openers: IToken[] = [];
  readonly faults: FaultRecorder;

  constructor(options: ParserOptions) {
    const faults = new FaultRecorder(() => this.openers);
    super(t.vocabulary, {
      recoveryEnabled: options.recovers,
      maxLookahead,
      lookaheadStrategy: lazyLookahead(maxLookahead),
      nodeLocationTracking: "onlyOffset",
      skipValidations: !options.validates,
      errorMessageProvider: faults,
    });
    this.faults = faults;
    this.isStrict = !options.recovers;
  }

  /** An invented name or closing bracket misleads what reads the tree; an invented keyword does not. */
  protected override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return type !== t.Gt && type !== t.Id && !t.isLiteral(type) && !(type.CATEGORIES?.length === 0 && isClass(type));
  }

  /** Nobody asks a parser that recovers what it expected. */
  refuse(paths: () => Paths): never {
    const [token, next] = [this.LA(1), this.LA(2)];
    if (this.isStrict) this.faults.noAlternative(paths(), [token, next]);
    throw new NoViableAltException("", token, this.LA(0));
  }

  /** Consumes the keywords of a phrase, such as `quiet hours`. */
  protected say(text: string, index = 0): void {
    for (const type of phraseTypes(text)) this.consume(index, type);
  }

  private enter(opener: IToken): void {
    this.openers.push(opener);
    if (this.openers.length > (this.isStrict ? maxNesting : lenientNesting)) throw new TooDeep(opener);
  }

  /** `< … >` */
  protected angle(body: () => void): void {
    const opener = this.CONSUME(t.Lt);
    this.ACTION(() => this.enter(opener));
    body();
    this.CONSUME(t.Gt);
    this.ACTION(() => this.openers.pop());
  }

  /** `( … )` */
  protected round(body: () => void): void {
    const opener = this.CONSUME(t.Open);
    this.ACTION(() => this.enter(opener));
    body();
    this.CONSUME(t.Close);
    this.ACTION(() => this.openers.pop());
  }

  /** `A , …` */
  protected list(body: () => void): void {
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: body });
  }
}

const classes: readonly TokenType[] = [t.Word, t.Name, t.Contextual, t.Weekday, t.LongUnit, t.Currency];
const isClass = (type: TokenType): boolean => classes.includes(type);

const known = new Map<string, readonly TokenType[]>();
function phraseTypes(text: string): readonly TokenType[] {
  let types = known.get(text);
  if (types === undefined) {
    types = t.phrase(text);
    known.set(text, types);
  }
  return types;
}
