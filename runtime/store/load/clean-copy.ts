// A file rewritten so that the database reads it without a doubt: one row per row, its line in front, and for each
// malformed row the reason instead of its values.

import { isUtf8 } from "node:buffer";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodedChunks, type Head } from "./byte-stream.ts";
import { csvScanner, type Scanner } from "./csv-scanner.ts";
import type { LoadFile } from "./files.ts";
import type { CsvShape } from "./header.ts";
import { jsonScanner } from "./json-scanner.ts";
import { reasons } from "./reasons.ts";
import { type RowWriter, rowWriter, writeFault } from "./row-writer.ts";

export interface CleanCopy {
  readonly path: string;
  /** Columns behind line and reason. */
  readonly columns: number;
  readonly malformed: number;
  readonly remove: () => Promise<void>;
}

const shownBytes = 200;
const nothing = Buffer.alloc(0);

type Reject = (line: number, bytes: Buffer, reason: string) => void;

/** What is shown of a malformed row: its start, cut between two characters. */
function shown(bytes: Buffer): Buffer {
  const text = bytes.subarray(0, shownBytes).toString("utf8");
  return Buffer.from(bytes.length > shownBytes ? text.replace(/\uFFFD+$/, "") : text.trimEnd());
}

async function copy(
  file: LoadFile,
  head: Head,
  columns: number,
  open: (writer: RowWriter, reject: Reject) => Scanner,
): Promise<CleanCopy> {
  const folder = await mkdtemp(join(tmpdir(), "cadenza-load-")).catch((error: unknown) => {
    throw writeFault(tmpdir(), error);
  });
  const remove = () => rm(folder, { recursive: true, force: true });
  const path = join(folder, "rows.csv");
  let malformed = 0;
  try {
    const writer = rowWriter(path);
    const scanner = open(writer, (line, bytes, reason) => {
      malformed += 1;
      const start = shown(bytes);
      writer.begin(line, reason);
      writer.field(start, 0, start.length, false);
      for (let column = 1; column < columns; column++) writer.field(nothing, 0, 0, false);
      writer.end();
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
        writer.begin(line, "");
        for (const index of kept) {
          const field = fields[index];
          if (field) writer.field(bytes, field.start, field.end, field.isQuoted);
          else writer.field(nothing, 0, 0, false);
        }
        if (kept.length === 0) writer.field(nothing, 0, 0, false);
        writer.end();
      },
    });
  });
}

/** Copies each JSON object as one column. */
export async function cleanJson(file: LoadFile, head: Head): Promise<CleanCopy> {
  return await copy(file, head, 1, (writer, malformed) =>
    jsonScanner({
      malformed,
      row: (line, bytes) => {
        writer.begin(line, "");
        writer.field(bytes, 0, bytes.length, false);
        writer.end();
      },
    }),
  );
}
