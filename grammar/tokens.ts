// The token types: shapes for what the scanner looks for, and a table that turns words into keywords.

import { createToken, type IToken, Lexer, type TokenType } from "chevrotain";
import * as words from "./words.ts";

const abstract = (name: string, categories: TokenType[] = []): TokenType =>
  createToken({ name, pattern: Lexer.NA, categories });

/** Any word that can be an enum value. */
export const Word = abstract("Word");
/** What fields, properties, stages, arms and variants may be called. */
export const Name = abstract("Name", [Word]);
/** A contextual word where a field may stand. */
export const Contextual = abstract("Contextual", [Name]);
export const Id = createToken({ name: "Id", pattern: Lexer.NA, categories: [Name] });
export const Weekday = abstract("Weekday", [Word]);
export const LongUnit = abstract("LongUnit", [Word]);
export const Currency = abstract("Currency", [Word]);

const shape = (name: string, pattern: RegExp): TokenType => createToken({ name, pattern });

export const Str = shape("Str", /"(?:[^"\\\r\n]|\\[^\r\n])*"/);
export const DateTime = shape(
  "DateTime",
  /\d{4}-\d{2}-\d{2}(?:T| +)\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?(?![\w:]|[.+-]\d| ?(?:Z|UTC|GMT|[ap]m)\b)/,
);
export const Date_ = shape("Date", /\d{4}-\d{2}-\d{2}(?![\w-])/);
export const Clock = shape("Clock", /\d{2}:\d{2}(?![\w:])/);
export const Percent = shape("Percent", /-?\d(?:_?\d)*(?:\.\d+)?%/);
export const Duration = shape(
  "Duration",
  /\d(?:_?\d)*(?:(?:min|mo|h|d|w|y)|\s+(?:minute|hour|day|week|month|year)s?)(?!\w)/,
);
export const Num = shape("Num", /-?\d(?:_?\d)*(?:\.\d+)?(?![\w.])/);

const sign = (name: string, text: string): TokenType => shape(name, new RegExp(text.replace(/[?().]/g, "\\$&")));
export const Lt = sign("Lt", "<");
export const Gt = sign("Gt", ">");
export const Le = sign("Le", "<=");
export const Ge = sign("Ge", ">=");
export const Eq = sign("Eq", "=");
export const Ne = sign("Ne", "!=");
export const Open = sign("Open", "(");
export const Close = sign("Close", ")");
export const Comma = sign("Comma", ",");
export const Dot = sign("Dot", ".");
export const Semicolon = sign("Semicolon", ";");
export const Maybe = sign("Maybe", "?");

/** A character that the grammar has no use for. */
export const Odd = shape("Odd", /[^\s\w]/);

// Wrong on purpose: what people type from habit. The lexer turns each into what was meant, with one message.
const letters = "\\u00AA-\\u024F\\u0370-\\u061B\\u061D-\\u1FFF\\u2C00-\\uD7FF\\uF900-\\uFDFF\\uFE70-\\uFEFC";
export const wrong = {
  quote: shape("WrongQuote", /[“”„‟«»][^“”„‟«»"\r\n]*[“”„‟«»"]/),
  apostrophe: shape("WrongApostrophe", /'[^'\r\n]*'|[‘’‚][^‘’‚\r\n]*[‘’]/),
  openString: shape("OpenString", /"[^\r\n]*/),
  dateTime: shape(
    "WrongDateTime",
    /\d{4}-\d{2}-\d{2}(?:T| +)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]m)?(?: ?(?:Z|UTC|GMT)|[+-]\d{2}:?\d{2})?(?![\w:])/,
  ),
  date: shape("WrongDate", /\d{1,4}([./-])\d{1,2}\1\d{1,4}/),
  clock: shape("WrongClock", /\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?(?!\w)|\d{1,2} ?[ap]m(?!\w)/),
  duration: shape("WrongDuration", /-?\d[\d_]*(?:\.\d+)?[A-Za-z_]\w*/),
  number: shape("WrongNumber", /[+-]{0,2}(?:\d[\d_]*\.?\d*|\.\d+)\.?/),
  price: shape("WrongPrice", /[$€£¥]\s?-?\d[\d_.,]*|-?\d[\d_.,]*\s?[€£¥$]/),
  dash: shape("WrongDash", /[–—−]/),
  grouped: shape("WrongGrouped", /-?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?(?![\w.%,])/),
  percent: shape("WrongPercent", /-?\d(?:_?\d)*(?:\.\d+)?\s?%%+|-?\d(?:_?\d)*(?:\.\d+)?\s%/),
  name: shape("WrongName", /`[^`\r\n]*`/),
  comment: shape("WrongComment", /\/\/[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)|--[ \t][^\r\n]*|<!--[\s\S]*?(?:-->|$)/),
  operator: shape("WrongOperator", /===?|!==|&&?|\|\|?|=>|=<|≤|≥|≠/),
  wide: shape("WrongWide", /[，；？．（）＜＞＝]/),
  bang: shape("WrongBang", /!/),
  word: shape("WrongWord", new RegExp(`[${letters}][\\w${letters}]*`)),
  character: shape(
    "WrongCharacter",
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a zero byte is reported like any other character.
    /[\uD800-\uDBFF][\uDC00-\uDFFF]|[\u0000-\uFFFF]/,
  ),
} as const;

/** Longer shapes first: the first that matches wins. Words, blanks and comments are found without them. */
export const shapes: readonly TokenType[] = [
  Str,
  wrong.openString,
  wrong.comment,
  wrong.price,
  DateTime,
  wrong.dateTime,
  Date_,
  wrong.date,
  Clock,
  Duration,
  wrong.clock,
  wrong.grouped,
  wrong.percent,
  Percent,
  Num,
  wrong.duration,
  wrong.number,
  wrong.operator,
  Le,
  Ge,
  Ne,
  Lt,
  Gt,
  Eq,
  Open,
  Close,
  Comma,
  Dot,
  Semicolon,
  Maybe,
  wrong.quote,
  wrong.apostrophe,
  wrong.name,
  wrong.dash,
  wrong.wide,
  wrong.bang,
  wrong.word,
  wrong.character,
];

function keywordTable(): ReadonlyMap<string, TokenType> {
  const table = new Map<string, TokenType>();
  const add = (list: readonly string[], categories: TokenType[]) => {
    for (const word of list) {
      const type = abstract(word.toUpperCase());
      // Given at creation, they would be worked out anew for each of the hundreds of keywords; the parser does so once for all.
      type.CATEGORIES = categories;
      table.set(word, type);
    }
  };
  add(words.reserved, []);
  add(words.eventWords, [Id]);
  add(words.contextual, [Contextual]);
  add(words.keyUnits, [LongUnit]);
  for (const word of words.longUnits) table.set(word, LongUnit);
  for (const word of words.weekdays) table.set(word, Weekday);
  for (const word of words.currencies) table.set(word, Currency);
  return table;
}
const keywords = keywordTable();

/** The token type of a word: a keyword, or `Id`. */
export const wordType = (image: string): TokenType => keywords.get(image) ?? Id;

const parts = [Word, Name, Contextual, Id, Weekday, LongUnit, Currency];
const literals = [Str, DateTime, Date_, Clock, Percent, Duration, Num];
const signs = [Lt, Gt, Le, Ge, Eq, Ne, Open, Close, Comma, Dot, Semicolon, Maybe, Odd];
/** All that the parser can meet. */
export const vocabulary: TokenType[] = [...parts, ...literals, ...signs, ...new Set(keywords.values())];

/** The keywords of a phrase of the grammar, such as `quiet hours`. */
export function phrase(text: string): readonly TokenType[] {
  return text.split(" ").map((word) => {
    const type = keywords.get(word);
    if (type === undefined) throw new Error(`no keyword ${word}`);
    return type;
  });
}

export const isLiteral = (type: TokenType): boolean => literals.includes(type);

/** Whether a value with an order can start here: what makes `<` and `>` behind a bare name a comparison. */
export function startsOrdered(token: IToken): boolean {
  const type = token.tokenType;
  if (type === Id || type.CATEGORIES?.includes(Id) || literals.includes(type)) return true;
  return type.name === "FIELD" || type.name === "TODAY" || type.name === "NOW";
}

/** Every keyword. */
export const keywordImages: readonly string[] = [...keywords.keys()];
/** Whether a token is a keyword, a unit, a weekday or a currency. */
export const isWord = (token: IToken): boolean => keywords.has(token.image);

/** Whether a token is a plain name or a contextual word, which a writer may have meant as either. */
export function canBeName({ tokenType }: IToken): boolean {
  const categories = tokenType.CATEGORIES ?? [];
  return tokenType === Id || categories.includes(Id) || categories.includes(Contextual);
}
