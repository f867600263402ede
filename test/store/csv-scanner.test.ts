// The scanner against tables that are written and read back, and against the database's own reader.

import fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { csvScanner, type Dialect } from "../../runtime/store/load/csv-scanner.ts";
import { fieldText } from "../../runtime/store/load/header.ts";
import { loadRoom } from "../support/load-room.ts";
import { valueFrom } from "../support/scratch.ts";

interface Seen {
  readonly rows: (readonly [number, readonly string[]])[];
  readonly malformed: (readonly [number, string])[];
}

function scan(dialect: Dialect, chunks: readonly Buffer[]): Seen {
  const seen: Seen = { rows: [], malformed: [] };
  const scanner = csvScanner(dialect, {
    row: (line, bytes, fields) => seen.rows.push([line, fields.map((field) => fieldText(bytes, field))]),
    malformed: (line, _, reason) => seen.malformed.push([line, reason]),
  });
  for (const chunk of chunks) scanner.push(chunk);
  scanner.end();
  return seen;
}

/** The bytes, cut where the numbers say. */
function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => Buffer.from(bytes.subarray(sorted[index], end)));
}

const cell = fc.string({
  unit: fc.constantFrom("a", "b", ",", ";", '"', "\n", "\r\n", " ", "ü", "😀", "1"),
  maxLength: 8,
});
const columns = 3;
const table = fc.array(fc.tuple(fc.array(cell, { minLength: columns, maxLength: columns }), fc.boolean()), {
  maxLength: 30,
});

const needsQuotes = (text: string) => /["\r\n,;]|^\s|\s$|^$/.test(text);
const written = (row: readonly string[], isQuoted: boolean) =>
  row.map((text) => (isQuoted || needsQuotes(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(",");

describe("what is written as CSV", () => {
  test("is read back with the line on which each row starts, however the bytes are cut", () => {
    fc.assert(
      fc.property(
        table,
        fc.array(fc.nat(), { maxLength: 20 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        (rows, places, ending, hasEnd) => {
          let line = 1;
          const expected = rows.map(([row, isQuoted]) => {
            const entry: readonly [number, readonly string[]] = [line, row];
            line += 1 + (written(row, isQuoted).match(/\n/g)?.length ?? 0);
            return entry;
          });
          const text = rows.map(([row, isQuoted]) => written(row, isQuoted)).join(ending) + (hasEnd ? ending : "");
          const seen = scan({ delimiter: 0x2c, columns, hasOnlyReturns: false }, cut(Buffer.from(text), places));
          expect(seen).toEqual({ rows: expected, malformed: [] });
        },
      ),
      { numRuns: 500 },
    );
  });

  test("of any bytes at all ends, and reads the same however they are cut", () => {
    const bytes = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", " ", '""', "é"), maxLength: 80 });
    const dialect = fc.record({
      delimiter: fc.constantFrom(0x2c, 0x09, null),
      columns: fc.constantFrom(1, 2, null),
      hasOnlyReturns: fc.boolean(),
    });
    fc.assert(
      fc.property(bytes, dialect, fc.array(fc.nat(), { maxLength: 10 }), (text, how, places) => {
        expect(scan(how, cut(Buffer.from(text), places))).toEqual(scan(how, [Buffer.from(text)]));
      }),
      { numRuns: 1000 },
    );
  });
});

test("the quick way and the careful way load the same", async () => {
  const people = { contact: "id text key, email email?, name text?, seats number?" };
  const map = { id: "id", name: "name", seats: "seats" };
  const name = fc.string({ unit: fc.constantFrom("a", "Z", ",", '"', "\n", " ", "ü", "'", "\t", ";"), maxLength: 6 });
  const seats = fc.constantFrom("1", "2.5", "", "many", " 3 ");
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(20), name, seats), { maxLength: 25 }), async (rows) => {
      const [quick, careful] = [await loadRoom(people), await loadRoom(people)];
      const body = rows.map(
        ([id, ...rest]) => `${id || ""},${rest.map((text) => `"${text.replaceAll('"', '""')}"`).join(",")}\n`,
      );
      const text = `id,name,seats\n${body.join("")}`;
      quick.put("a.csv", text);
      careful.put("a.csv", iconv.encode(text, "utf-16le", { addBOM: true }));
      const load = { to: "contact", path: "a.csv", map };
      const [one, other] = [valueFrom(await quick.load(load)), valueFrom(await careful.load(load))];
      expect({ ...one, rejectsFile: null }).toEqual({ ...other, rejectsFile: null });
      expect(quick.rejects(one)).toEqual(careful.rejects(other));
      const all = "SELECT * FROM contact ORDER BY contact_id";
      expect(await quick.query(all)).toEqual(await careful.query(all));
    }),
    { numRuns: 25 },
  );
});
