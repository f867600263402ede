// Bytes of a file to its text, or the reason why they are no text.

import type { Diagnostic } from "./diagnostics/entry.ts";
import { diagnose } from "./diagnostics/table.ts";
import { maxBytes } from "./limits.ts";
import type { SourceFile } from "./span.ts";

/** Decodes UTF-8, with or without a byte order mark and with any line ends; else says what the bytes look like. */
export function decode(path: string, bytes: Uint8Array): SourceFile | Diagnostic {
  const whole = { file: path, start: 0, end: 0 };
  if (bytes.length > maxBytes) return diagnose("E116", whole, { size: bytes.length });
  const reason = fault(bytes);
  if (reason !== null) return diagnose("E115", whole, { reason });
  return { path, text: new TextDecoder().decode(bytes) };
}

export const isDecoded = (result: SourceFile | Diagnostic): result is SourceFile =>
  "text" in result && "path" in result;

function fault(bytes: Uint8Array): string | null {
  const [first = 0, second = 0] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return "it is saved as UTF-16";
  const nul = bytes.indexOf(0);
  if (nul >= 0)
    return looksWide(bytes)
      ? "it looks like UTF-16"
      : `it has a zero byte in line ${lineAt(bytes, nul)}, as binary files do`;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return null;
  } catch {
    const at = firstInvalid(bytes);
    const isHalf = bytes[at] === 0xed && (bytes[at + 1] ?? 0) >= 0xa0;
    if (isHalf) return `line ${lineAt(bytes, at)} has half a character (a surrogate without its partner)`;
    const shown = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, "0");
    return `line ${lineAt(bytes, at)} has the byte ${shown}, which is not UTF-8 (it looks like Latin-1 or Windows-1252)`;
  }
}

/** ASCII text in UTF-16 has a zero in every second byte. */
function looksWide(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 200);
  const zeros = sample.filter((byte) => byte === 0).length;
  return zeros * 3 > sample.length;
}

const lineAt = (bytes: Uint8Array, offset: number): number =>
  bytes.subarray(0, offset).filter((byte) => byte === 10).length + 1;

/** The offset of the first byte that no prefix of valid UTF-8 can contain, by halving. */
function firstInvalid(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isPrefix(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return startOfCharacter(bytes, good);
}
/** The first byte of the character that breaks off at `offset`: the one that promised more bytes than came. */
function startOfCharacter(bytes: Uint8Array, offset: number): number {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[offset - back] ?? 0;
    const promised = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if (promised > back) return offset - back;
    if (byte < 0x80) break;
  }
  return offset;
}
function isPrefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
