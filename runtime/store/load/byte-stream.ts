// A file as chunks of UTF-8 without a byte order mark, whatever its own encoding.

import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import iconv from "iconv-lite";
import { Failed, failure, systemReason } from "../../failures/failures.ts";
import type { LoadFile } from "./files.ts";

const chunkBytes = 1024 * 1024;
export const headBytes = 256 * 1024;
const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf]);

const isUtf8 = (encoding: string) => /^utf-?8$/i.test(encoding);

function unreadable(file: LoadFile, error: unknown): Failed {
  return new Failed(failure("F142", { path: file.label, reason: systemReason(error) }));
}

async function firstBytes(file: LoadFile): Promise<Buffer> {
  try {
    const handle = await open(file.path, "r");
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** The encoding to decode from; null for UTF-8. UTF-16 is known by its byte order mark also where nothing is said. */
function encodingOf(head: Buffer, declared: string | null): string | null {
  if (declared !== null && !iconv.encodingExists(declared)) throw new Failed(failure("F146", { encoding: declared }));
  const mark = head.subarray(0, 2).toString("hex");
  const isUtf16 = mark === "fffe" || mark === "feff";
  if (declared === null) return isUtf16 ? "utf-16" : null;
  return isUtf8(declared) ? null : declared;
}

export interface Head {
  readonly encoding: string | null;
  /** The first bytes, in UTF-8 without a mark. */
  readonly bytes: Buffer;
  /** True where that is the whole file. */
  readonly isWhole: boolean;
  readonly hasMark: boolean;
}

/** Looks into a text file; a binary one is a failure. */
export async function readHead(file: LoadFile, declared: string | null): Promise<Head> {
  const raw = await firstBytes(file);
  const encoding = encodingOf(raw, declared);
  if (encoding === null && raw.includes(0)) throw new Failed(failure("F143", { path: file.label }));
  const hasMark = encoding === null && raw.subarray(0, 3).equals(utf8Mark);
  const isWhole = raw.length < headBytes;
  if (encoding !== null) return { encoding, bytes: Buffer.from(iconv.decode(raw, encoding), "utf8"), isWhole, hasMark };
  return { encoding, bytes: hasMark ? raw.subarray(3) : raw, isWhole, hasMark };
}

/** The whole file, chunk by chunk, decoded as its head was. */
export async function* decodedChunks(file: LoadFile, head: Head): AsyncGenerator<Buffer> {
  const decoder = head.encoding === null ? null : iconv.getDecoder(head.encoding);
  const stream = createReadStream(file.path, { highWaterMark: chunkBytes, start: head.hasMark ? 3 : 0 });
  try {
    for await (const chunk of stream) {
      if (decoder) yield Buffer.from(decoder.write(chunk), "utf8");
      else yield chunk;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  const rest = decoder?.end();
  if (rest) yield Buffer.from(rest, "utf8");
}
