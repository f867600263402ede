// Phrases that people write out of habit, from plain English, from SQL and from other products, and what they mean here.
//
// In `written`, words in capitals stand for a kind of token, `a|b` for one of several, `a?` for a word that may be
// missing. In `meant`, `$2` is what stood at the second place; `pattern.ts` says what the other marks make of it.

import type { PhraseCode } from "../diagnostics/habits.ts";

export interface Phrase {
  readonly code: PhraseCode;
  readonly written: string;
  /** Every one that could be meant; the first that the parser can read on from is what is read. */
  readonly meant: readonly string[];
  /** Whether the first of them is what was meant, or only probably so. */
  readonly isSure: boolean;
}

type Row = readonly [written: string, ...meant: string[]];
const rows = (code: PhraseCode, isSure: boolean, ...list: readonly Row[]): readonly Phrase[] =>
  list.map(([written, ...meant]) => ({ code, written, meant, isSure }));

const more = "greater|more|bigger|larger|higher|above|over";
// `more than 3` and `fewer than 3` go on with `times`.
const most = "greater|bigger|larger|higher|above|over";
const least = "less|smaller|lower|below|under";
const less = "less|fewer|smaller|lower|below|under";

export const phrases: readonly Phrase[] = [
  ...rows(
    "E124",
    false,
    ["in DURATION at least|most NUM times|time", "$3 $4 $5 $6 $1 $2"],
    ["in DURATION exactly NUM times|time", "$3 $4 $5 $1 $2"],
    ["in DURATION more|fewer than NUM times|time", "$3 $4 $5 $6 $1 $2"],
    ["less than NUM times|time", "fewer than $3 $4"],
    ["SIGN NUM times|time", "#1 $2 $3"],
    ["NUM times|time", "at least $1 $2", "exactly $1 $2"],
  ),
  ...rows(
    "E123",
    true,
    ["in|within|during|over|for the last|past DURATION", "in $4"],
    ["in|within|during|over|for last|past DURATION", "in $3"],
    ["in|within|during the last|this|next week|month|quarter|year", "in $3 $4"],
    ["within|during last|this|next week|month|quarter|year", "in $2 $3"],
    ["the? last|past DURATION", "in $3"],
    ["older|more than DURATION ago?", "before $3 ago"],
    ["newer|younger|less than DURATION ago?", "after $3 ago"],
    ["before|after|since TEXT", "$1 !2"],
    ["today|now - DURATION", "$3 ago"],
    ["today|now + DURATION", "$3 from now"],
    ["today|now ( )", "now"],
  ),
  ...rows("E123", false, ["within|during DURATION", "in $2"], ["DURATION ago", "in $1", "before $1 ago"]),
  ...rows(
    "E122",
    true,
    ["has|have|had|was|were not|never NAME", "not $3"],
    ["has|have|had|was|were NAME", "$2"],
    ["did|does|do not|never NAME", "not ~3"],
    ["is not in NAME|(", "not in $4"],
    ["is in NAME|(", "in $3"],
    ["is subscribed|unsubscribed to|from NAME", "$2 $3 $4"],
    ["member|part of NAME", "in $3"],
    ["in not NAME", "not in $3"],
    ["subscribed NAME", "subscribed to $2"],
    ["never NAME", "not $2"],
  ),
  ...rows(
    "E126",
    true,
    ["contact|contacts|person|people|user|customer|lead|profile|recipient . NAME", "$3"],
    ["NAME . NAME SIGN VALUE", "$1 where ( $3 $4 $5 )"],
  ),
  ...rows(
    "E127",
    true,
    ["count ( NAME )", "count of $3"],
    ["sum ( NAME . NAME )", "sum of $3.$5"],
    ["avg|average|mean ( NAME . NAME )", "average of $3.$5"],
    ["min ( NAME . NAME )", "lowest $3.$5"],
    ["max ( NAME . NAME )", "highest $3.$5"],
  ),
  ...rows(
    "E125",
    true,
    [`is ${more} than VALUE`, "> $4"],
    [`is ${less} than VALUE`, "< $4"],
    [`${most} than VALUE`, "> $3"],
    [`${least} than VALUE`, "< $3"],
    ["is not equal to VALUE", "!= $5"],
    ["is equal to VALUE", "= $4"],
    ["not equal|equals to? VALUE", "!= $4"],
    ["does not equal VALUE", "!= $4"],
    ["equal|equals to? VALUE", "= $3"],
    ["between VALUE ,|to|- VALUE", "between $2 and $4"],
    ["like TEXT", "*2"],
    ["~|=~ TEXT", "matches regex $2"],
    ["includes|include|contain VALUE", "contains $2"],
    ["begins|begin|start with TEXT", "starts with $3"],
    ["end with TEXT", "ends with $3"],
    ["starts|ends with NAME", '$1 with "3'],
    [": = VALUE", "= $3"],
  ),
  ...rows(
    "E138",
    false,
    ["NUM ORDER NAME ORDER NUM", "$3 %2 $1 and $3 $4 $5"],
    ["NUM ORDER NAME", "$3 %2 $1"],
    ["NAME SIGN VALUE and|or SIGN VALUE", "$1 $2 $3 $4 $1 $5 $6"],
    ["NAME SIGN VALUE and|or is not? VALUE", "$1 $2 $3 $4 $1 $5 $6 $7"],
  ),
  ...rows("E142", false, ["where|with|having|where NAME SIGN VALUE", "where ( $2 $3 $4 )"]),
  ...rows(
    "E134",
    true,
    ["audience|cohort|group|filter|segments NAME where", "segment $2 where"],
    ["campaign|workflow|journey|flow|automation|sequence|drip NAME <|for|{", "program $2 $3"],
    ["template|mail|message|newsletter|letter NAME <|{", "email $2 $3"],
    ["contacts|person|people|customer|user|lead <|{", "contact $2"],
    ["companies|account|organisation|organization <|{", "company $2"],
  ),
  ...rows("E131", true, ["segment NAME :|=|if|when|is|with|as", "segment $2 where"]),
  ...rows(
    "E133",
    true,
    ["delay|sleep|pause|wait for|of? DURATION", "wait $3"],
    ["send email|mail|message|the NAME|TEXT", "send @3"],
    ["email|mail NAME|TEXT", "send @2"],
    ["goto|jump|continue to? NAME", "go to $3"],
    ["else if", "otherwise if"],
    ["elif|elsif|elseif", "otherwise if"],
    ["else", "otherwise"],
    ["set NAME is|to|: VALUE|yes|no", "set $2 = $4"],
    ["exit|goal if", "$1 when"],
    ["goal when|is", "goal"],
    ["only when", "only if"],
    ["trigger|begin when", "start when"],
    ["on NAME", "start when $2"],
    ["holdout|hold_out PERCENT", "hold out $2"],
    ["hold - out PERCENT", "hold out $4"],
    ["description|comment|note|purpose TEXT", "why $2"],
    ["when", "if", "start when"],
    ["exit|quit|leave|finish", "stop"],
    ["preheader|preview|preview_text|teaser TEXT", "preview text $2"],
    ["reply_to|replyto TEXT", "reply to $2"],
    ["from TEXT", "sender $2"],
    ["title|headline TEXT", "subject $2"],
    ["html|content|file TEXT", "body $2"],
  ),
  ...rows("E133", false, ["end|endif|fi|done", "", ">"]),
  ...rows(
    "E135",
    true,
    ["string|str|varchar|char", "text"],
    ["int|integer|float|double|decimal|numeric", "number"],
    ["bool", "boolean"],
    ["timestamp", "datetime"],
    ["enum|choice|choices|options (", "one of ("],
    ["not null", ""],
    ["optional|nullable|null", "?"],
    ["required|mandatory", ""],
  ),
  ...rows("E132", true, ["- >", ""], ["-|→|•|*|·", ""], [";", ""], [", )", ")"]),
  ...rows("E132", false, [",", "and"]),
  ...rows("E132", true, [",", ""]),
  ...rows("E131", true, [":", ""], ["=", ""]),
];
