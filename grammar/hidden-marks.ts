// Characters that nobody sees, or takes for others, in texts, comments and mails: what is read is not what is there.

import type { IToken } from "chevrotain";
import type { Diagnostic, Edit, Fix } from "./diagnostics/entry.ts";
import { diagnose } from "./diagnostics/table.ts";
import { foreignLetters, inLatinLetters, looksLatin } from "./look-alikes.ts";
import { markWords, turning } from "./marks.ts";
import { scan } from "./scan.ts";
import type { SourceFile, Span } from "./span.ts";
import * as t from "./tokens.ts";

const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** Beside letters that run from right to left these only say where a sign belongs. */
const harmless = /[\u061C\u200E\u200F]/gu;
/** These keep a name apart from the line around it, and end where they say. */
const isolating = /[\u2066-\u2069]/gu;

/** One warning for each text and each comment that has such characters. */
export function hiddenMarks(source: SourceFile): readonly Diagnostic[] {
  if (!turning.test(source.text) && !looksLatin.test(source.text)) return [];
  const { tokens, comments } = scan(source.text);
  return [
    ...comments.flatMap((token) => turned(source, token, "comment")),
    ...tokens
      .filter(({ tokenType }) => tokenType === t.Str)
      .flatMap((token) => [...turned(source, token, "text"), ...mixed(source, token)]),
  ];
}

/** The same of a file that a mail is made of, line by line. No comment could allow there what its language needs. */
export function hiddenMarksInMail(source: SourceFile): readonly Diagnostic[] {
  if (!turning.test(source.text) && !looksLatin.test(source.text)) return [];
  return [...source.text.matchAll(/[^\r\n]+/g)].flatMap(({ 0: image, index }) => {
    const line = { image, startOffset: index };
    const isBothWays = rightToLeft.test(image.replace(harmless, " "));
    const shown = isBothWays ? image.replace(isolating, " ") : image;
    return [...turned(source, { ...line, image: shown }, "line of the mail"), ...mixed(source, line)];
  });
}

type Place = Pick<IToken, "image" | "startOffset">;

const spanIn = (source: SourceFile, place: Place, start: number, length: number): Span => ({
  file: source.path,
  start: place.startOffset + start,
  end: place.startOffset + start + length,
});

/** A text may need them, and loses them only if its writer says so; in a comment they have no use. */
function turned(
  source: SourceFile,
  token: Place,
  what: "text" | "comment" | "line of the mail",
): readonly Diagnostic[] {
  const { image } = token;
  const plain = image.replace(harmless, " ");
  const shown = what !== "comment" && rightToLeft.test(plain) ? plain : image;
  const found = [...shown.matchAll(new RegExp(turning.source, "gu"))];
  const [first] = found;
  if (first === undefined) return [];
  const edits = found.map((match): Edit => ({ span: spanIn(source, token, match.index, match[0].length), text: "" }));
  const marks = [...new Set(found.map(([mark]) => markWords(mark)))].join(", ");
  const fix: Fix = { kind: what === "comment" ? "safe" : "suggested", text: "remove what cannot be seen", edits };
  return [diagnose("W152", spanIn(source, token, first.index, 1), { what, marks }, { fixes: [fix] })];
}

/** `"Соmpany"` with a Cyrillic С. */
function mixed(source: SourceFile, token: Place): readonly Diagnostic[] {
  return [...token.image.matchAll(/[\p{L}\p{M}\w]+/gu)].flatMap((match) => {
    const [word] = match;
    const latin = /[A-Za-z]/.test(word) ? inLatinLetters(word) : null;
    if (latin === null || !looksLatin.test(word)) return [];
    const span = spanIn(source, token, match.index, word.length);
    const fix: Fix = { kind: "suggested", text: `write ${latin} in Latin letters`, edits: [{ span, text: latin }] };
    return [diagnose("W151", span, { found: word, letters: foreignLetters(word) }, { fixes: [fix] })];
  });
}
