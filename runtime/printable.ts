// Makes text that came from data safe to show: nothing in it can move the cursor, colour the screen or turn the line round.

/** Controls, formatting and invisible characters, halves of pairs, private use, separators of lines. The two joiners stay: emoji and scripts need them. */
const unsafe = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/** Shows every character that could drive a terminal as its code: `‹U+202E›`. */
export function printable(text: string): string {
  return text.replace(unsafe, code);
}

function code(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return `‹U+${point.toString(16).toUpperCase().padStart(4, "0")}›`;
}
