// Writes CSV as bytes: what was read goes out as it came in, so nothing is decoded on the way.

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { Failed, failure, systemReason } from "../../failures/failures.ts";

export interface RowWriter {
  /** Opens a row with its line and, for a malformed one, the reason. */
  readonly begin: (line: number, reason: string) => void;
  /** One more column. `isQuoted`: quotes inside are doubled already. */
  readonly field: (bytes: Buffer, start: number, end: number, isQuoted: boolean) => void;
  readonly end: () => void;
  /** Hands over what has gathered, and waits where the disk is slower. */
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const firstBytes = 2 * 1024 * 1024;
const [comma, quote, newline] = [0x2c, 0x22, 0x0a];

interface Gathered {
  bytes: Buffer;
  length: number;
}

function makeRoom(out: Gathered, bytes: number): void {
  if (out.length + bytes <= out.bytes.length) return;
  const larger = Buffer.allocUnsafe(Math.max(out.bytes.length * 2, out.length + bytes));
  out.bytes.copy(larger, 0, 0, out.length);
  out.bytes = larger;
}

function put(out: Gathered, byte: number): void {
  out.bytes[out.length] = byte;
  out.length += 1;
}

function putField(out: Gathered, bytes: Buffer, start: number, end: number, isQuoted: boolean): void {
  makeRoom(out, (end - start) * 2 + 3);
  put(out, comma);
  if (start === end) return;
  put(out, quote);
  if (isQuoted) out.length += bytes.copy(out.bytes, out.length, start, end);
  else {
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === quote) put(out, quote);
      put(out, byte);
    }
  }
  put(out, quote);
}

/** What an error of the system in writing at `path` stands for. */
export function writeFault(path: string, error: unknown): Failed {
  const code = systemReason(error);
  const isFull = code === "ENOSPC" || code === "EFBIG" || code === "EDQUOT";
  return new Failed(isFull ? failure("F125", { path }) : failure("F129", { path, reason: code }));
}

export function rowWriter(path: string): RowWriter {
  const stream = createWriteStream(path);
  const failed = once(stream, "error").then(([error]) => {
    throw writeFault(path, error);
  });
  // Awaited together with the writes; one that is never awaited must not bring the process down.
  failed.catch(() => undefined);
  const out: Gathered = { bytes: Buffer.allocUnsafe(firstBytes), length: 0 };
  const flush = async () => {
    const isRoomy = stream.write(out.bytes.subarray(0, out.length));
    // The stream still reads from those bytes.
    out.bytes = Buffer.allocUnsafe(firstBytes);
    out.length = 0;
    if (!isRoomy) await Promise.race([once(stream, "drain"), failed]);
  };
  return {
    begin: (line, reason) => {
      const start = reason === "" ? `${line},` : `${line},"${reason.replaceAll('"', '""')}"`;
      makeRoom(out, start.length * 4);
      out.length += out.bytes.write(start, out.length);
    },
    field: (bytes, start, end, isQuoted) => putField(out, bytes, start, end, isQuoted),
    end: () => {
      makeRoom(out, 1);
      put(out, newline);
    },
    flush: async () => {
      if (out.length > firstBytes / 2) await flush();
    },
    close: async () => {
      await flush();
      stream.end();
      await Promise.race([once(stream, "finish"), failed]);
    },
  };
}
