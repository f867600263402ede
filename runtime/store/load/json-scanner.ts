// Splits JSON into objects with the physical line on which each starts: one per line, or the elements of one array.

import { isUtf8 } from "node:buffer";
import type { Scanner } from "./csv-scanner.ts";
import { reasons } from "./reasons.ts";

export interface JsonTarget {
  readonly row: (line: number, bytes: Buffer) => void;
  readonly malformed: (line: number, bytes: Buffer, reason: string) => void;
}

const longest = 16 * 1024 * 1024;
const newline = 0x0a;
const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === newline;

/** Half of a character outside the first 65,536: it can be written as an escape, and stands for nothing. */
const half = /\p{Surrogate}/u;
const mayHoldHalf = (text: string) => /\\u[dD]/.test(text);

function isWhole(value: unknown): boolean {
  if (typeof value === "string") return !half.test(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, inner]) => !half.test(key) && isWhole(inner));
}

/** What keeps a text from being an object; null where nothing does. */
function faultOf(bytes: Buffer): string | null {
  if (!isUtf8(bytes)) return reasons.encoding;
  try {
    const text = bytes.toString("utf8");
    const value: unknown = JSON.parse(text);
    if (mayHoldHalf(text) && !isWhole(value)) return reasons.notJson;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? null : reasons.notObject;
  } catch {
    return reasons.notJson;
  }
}

function judge(line: number, bytes: Buffer, target: JsonTarget): void {
  const fault = faultOf(bytes);
  if (fault === null) target.row(line, bytes);
  else target.malformed(line, bytes, fault);
}

function trim(bytes: Buffer): Buffer {
  let start = 0;
  let end = bytes.length;
  while (start < end && isSpace(bytes[start])) start++;
  while (end > start && isSpace(bytes[end - 1])) end--;
  return bytes.subarray(start, end);
}

function lineScanner(target: JsonTarget, firstLine: number): Scanner {
  let pending: Buffer = Buffer.alloc(0);
  let line = firstLine;
  let isSkipping = false;
  const one = (bytes: Buffer) => {
    const text = trim(bytes);
    if (text.length > 0 && !isSkipping) judge(line, text, target);
    isSkipping = false;
    line += 1;
  };
  return {
    push: (chunk) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      let at = 0;
      for (let end = pending.indexOf(newline); end !== -1; end = pending.indexOf(newline, at)) {
        one(pending.subarray(at, end));
        at = end + 1;
      }
      pending = pending.subarray(at);
      if (pending.length <= longest) return;
      if (!isSkipping) target.malformed(line, pending, reasons.long);
      isSkipping = true;
      pending = Buffer.alloc(0);
    },
    end: () => one(pending),
  };
}

/** Offset behind the value that starts at `from` in an array: that of its comma or of the closing bracket; -1 if open. */
function elementEnd(bytes: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x22) {
      at++;
      while (at < bytes.length && bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1;
      if (at >= bytes.length) return -1;
    } else if (byte === 0x7b || byte === 0x5b) depth++;
    else if (byte === 0x7d || (byte === 0x5d && depth > 0)) depth--;
    else if (depth === 0 && (byte === 0x2c || byte === 0x5d)) return at;
  }
  return -1;
}

function newlines(bytes: Buffer, from: number, to: number): number {
  // Cut first: a search would else run on to the next line end, however far behind.
  const part = bytes.subarray(from, to);
  let count = 0;
  for (let at = part.indexOf(newline); at !== -1; at = part.indexOf(newline, at + 1)) count++;
  return count;
}

function arrayScanner(target: JsonTarget, firstLine: number): Scanner {
  let pending: Buffer = Buffer.alloc(0);
  let line = firstLine;
  let place: "inside" | "behind" | "lost" = "inside";
  let isAny = false;
  const giveUp = () => {
    target.malformed(line, pending, reasons.brokenArray);
    place = "lost";
    pending = Buffer.alloc(0);
  };
  const skipSpace = () => {
    let start = 0;
    while (isSpace(pending[start])) start++;
    line += newlines(pending, 0, start);
    pending = pending.subarray(start);
  };
  /** Hands over every element whose end is at hand. */
  const scan = () => {
    while (place === "inside") {
      skipSpace();
      const end = elementEnd(pending, 0);
      if (end === -1) break;
      const text = trim(pending.subarray(0, end));
      if (pending[end] === 0x5d) place = "behind";
      if (text.length > 0 || place === "inside" || isAny) judge(line, text, target);
      isAny = true;
      line += newlines(pending, 0, end);
      pending = pending.subarray(end + 1);
    }
    if (place !== "behind") return;
    skipSpace();
    if (pending.length > 0) giveUp();
  };
  return {
    push: (chunk) => {
      if (place === "lost") return;
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      scan();
      if (place === "inside" && pending.length > longest) giveUp();
    },
    end: () => {
      if (place === "inside") giveUp();
    },
  };
}

/** Which of the two it is shows in the first byte that is no space. */
export function jsonScanner(target: JsonTarget): Scanner {
  let chosen: Scanner | null = null;
  let line = 1;
  return {
    push: (chunk) => {
      if (chosen) return chosen.push(chunk);
      let at = 0;
      while (at < chunk.length && isSpace(chunk[at])) at++;
      line += newlines(chunk, 0, at);
      if (at === chunk.length) return;
      const isArray = chunk[at] === 0x5b;
      chosen = isArray ? arrayScanner(target, line) : lineScanner(target, line);
      chosen.push(chunk.subarray(isArray ? at + 1 : at));
    },
    end: () => chosen?.end(),
  };
}
