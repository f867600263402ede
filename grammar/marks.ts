// Invisible characters and their names, to say and to show them without their effect.

const names: ReadonlyMap<number, string> = new Map([
  [0x00ad, "soft hyphen"],
  [0x061c, "Arabic letter mark"],
  [0x200b, "zero width space"],
  [0x200e, "left-to-right mark"],
  [0x200f, "right-to-left mark"],
  [0x202a, "left-to-right embedding"],
  [0x202b, "right-to-left embedding"],
  [0x202c, "pop directional formatting"],
  [0x202d, "left-to-right override"],
  [0x202e, "right-to-left override"],
  [0x2060, "word joiner"],
  [0x2066, "left-to-right isolate"],
  [0x2067, "right-to-left isolate"],
  [0x2068, "first strong isolate"],
  [0x2069, "pop directional isolate"],
  [0xfeff, "byte order mark"],
]);

/** Those that change the direction in which a line is shown. */
export const turning = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

const codeOf = (mark: string): string => `U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** `right-to-left override U+202E` */
export function markWords(mark: string): string {
  const name = names.get(mark.codePointAt(0) ?? 0);
  return name === undefined ? codeOf(mark) : `${name} ${codeOf(mark)}`;
}

/** Joiners stay: emoji and scripts need them. */
const unseen = /(?![\u200c\u200d])\p{Cf}/gu;

/** Each of them as its code, `‹U+202E›`: a terminal that got it raw would turn the line round. */
export const shownMarks = (text: string): string => text.replace(unseen, (mark) => `‹${codeOf(mark)}›`);
