// A file rewritten so that the database reads it without a doubt: one row per row, its line in front, and for each
// malformed row the reason instead of its values.

import { isUtf8 } from "node:buffer";
import { createWriteStream, type WriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failed, failure } from "../../failures.ts";
import { decodedChunks, type Head } from "./byte-stream.ts";
import { csvScanner, type Scanner } from "./csv-scanner.ts";
import type { LoadFile } from "./files.ts";
import type { CsvShape } from "./header.ts";
import { jsonScanner } from "./json-scanner.ts";
import { reasons } from "./reasons.ts";

export interface CleanCopy {
  readonly path: string;
  /** Columns behind line and reason. */
  readonly columns: number;
  readonly malformed: number;
  readonly remove: () => Promise<void>;
}

const shownBytes = 200;
const flushAt = 1024 * 1024;

interface Writer {
  readonly line: (text: string) => void;
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Text goes out as it came in, byte for byte, so nothing here decodes it. */
function writerTo(path: string): Writer {
  const stream: WriteStream = createWriteStream(path, { encoding: "latin1" });
  const failed = once(stream, "error").then(([error]) => {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new Failed(
      code === "ENOSPC" || code === "EFBIG" ? failure("F125", { path }) : failure("F129", { path, reason: code }),
    );
  });
  // Awaited together with the writes; a write that is never awaited must not bring the process down.
  failed.catch(() => undefined);
  let waiting = "";
  const flush = async () => {
    const isRoomy = stream.write(waiting);
    waiting = "";
    if (!isRoomy) await Promise.race([once(stream, "drain"), failed]);
  };
  return {
    line: (text) => {
      waiting += text;
    },
    flush: async () => {
      if (waiting.length > flushAt) await flush();
    },
    close: async () => {
      await flush();
      stream.end();
      await Promise.race([once(stream, "finish"), failed]);
    },
  };
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** What is shown of a malformed row: its start, cut between two characters. */
function shown(bytes: Buffer): string {
  const text = bytes.subarray(0, shownBytes).toString("utf8");
  const whole = bytes.length > shownBytes ? text.replace(/\uFFFD+$/, "") : text.trimEnd();
  return Buffer.from(whole, "utf8").toString("latin1");
}

async function copy(
  file: LoadFile,
  head: Head,
  columns: number,
  open: (writer: Writer, reject: Reject) => Scanner,
): Promise<CleanCopy> {
  const folder = await mkdtemp(join(tmpdir(), "cadenza-load-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const path = join(folder, "rows.csv");
  let malformed = 0;
  try {
    const writer = writerTo(path);
    const scanner = open(writer, (line, bytes, reason) => {
      malformed += 1;
      const empty = ",".repeat(Math.max(0, columns - 1));
      writer.line(`${line},${quoted(reason)},${quoted(shown(bytes))}${empty}\n`);
    });
    for await (const chunk of decodedChunks(file, head)) {
      scanner.push(chunk);
      await writer.flush();
    }
    scanner.end();
    await writer.close();
    return { path, columns, malformed, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

type Reject = (line: number, bytes: Buffer, reason: string) => void;

/** Copies the columns at `kept` (from 0), in that order. */
export async function cleanCsv(
  file: LoadFile,
  head: Head,
  shape: CsvShape,
  kept: readonly number[],
): Promise<CleanCopy> {
  return await copy(file, head, Math.max(1, kept.length), (writer, malformed) => {
    let isHeader = shape.names !== null;
    return csvScanner(shape.dialect, {
      malformed,
      row: (line, bytes, fields) => {
        if (isHeader) {
          isHeader = false;
          return;
        }
        const [start, end] = [fields[0]?.start ?? 0, fields.at(-1)?.end ?? 0];
        if (!isUtf8(bytes.subarray(start, end))) {
          malformed(line, bytes.subarray(start, end), reasons.encoding);
          return;
        }
        let text = `${line},`;
        for (const index of kept) {
          const field = fields[index];
          const raw = field ? bytes.toString("latin1", field.start, field.end) : "";
          text += field?.isQuoted ? `,"${raw}"` : `,${raw === "" ? "" : quoted(raw)}`;
        }
        writer.line(kept.length === 0 ? `${text},\n` : `${text}\n`);
      },
    });
  });
}

/** Copies each JSON object as one column. */
export async function cleanJson(file: LoadFile, head: Head): Promise<CleanCopy> {
  return await copy(file, head, 1, (writer, malformed) =>
    jsonScanner({
      malformed,
      row: (line, bytes) => writer.line(`${line},,${quoted(bytes.toString("latin1"))}\n`),
    }),
  );
}
