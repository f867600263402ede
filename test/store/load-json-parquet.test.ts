// Contacts and events from JSON and Parquet.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { LoadNotation } from "../support/load-of.ts";
import { loadRoom } from "../support/load-room.ts";
import { codeOf, valueFrom } from "../support/scratch.ts";

const notation = {
  contact: "id text key, email email, name text?, seats number?, tags list of text, vip boolean?",
  events: { bought: "amount money, item text?" },
};
const map = { id: "id", email: "mail.work", name: "name", seats: "seats", tags: "tags", vip: "vip" };
const load: LoadNotation = { to: "contact", path: "a.json", format: "json", map };
const line = (value: unknown) => `${JSON.stringify(value)}\n`;

describe("JSON", () => {
  const people = [
    { id: "1", mail: { work: "a@x.example" }, name: 'Ana "Q"', seats: 3, tags: ["a", "b;c"], vip: true },
    { id: "2", mail: { work: "b@x.example" }, name: null, seats: "4", tags: [], vip: false },
  ];
  const rows = [
    { contact_id: "1", email: "a@x.example", name: 'Ana "Q"', seats: 3, tags: ["a", "b;c"], vip: true },
    { contact_id: "2", email: "b@x.example", name: null, seats: 4, tags: null, vip: false },
  ];

  test.each([
    ["one object per line", people.map(line).join("")],
    [
      "one object per line, CRLF and empty lines",
      `\r\n${people.map((one) => `${JSON.stringify(one)}\r\n\r\n`).join("")}`,
    ],
    ["no line end at the end", people.map((one) => JSON.stringify(one)).join("\n")],
    ["an array", JSON.stringify(people)],
    ["an array over many lines", JSON.stringify(people, null, 2)],
    ["a byte order mark", `\ufeff${JSON.stringify(people)}`],
  ])("%s", async (_, content) => {
    const room = await loadRoom(notation);
    room.put("a.json", content);
    expect(valueFrom(await room.load(load))).toMatchObject({ rows: 2, added: 2, rejected: 0, unknownValues: 0 });
    expect(await room.query("SELECT * FROM contact ORDER BY 1")).toEqual(rows);
    expect(valueFrom(await room.load(load))).toMatchObject({ added: 0, updated: 0, unchanged: 2 });
  });

  test("a key that is absent leaves the field alone, null clears it", async () => {
    const room = await loadRoom(notation);
    room.put("a.json", line({ id: "1", mail: { work: "a@x.example" }, name: "Ana", seats: 3 }));
    valueFrom(await room.load(load));
    room.put("a.json", line({ id: "1", seats: null }) + line({ id: "2", mail: {}, name: "Bo" }) + line({ id: "3" }));
    const counts = valueFrom(await room.load(load));
    expect(counts).toMatchObject({ rows: 3, updated: 1, added: 0, rejected: 2 });
    expect(room.rejects(counts)).toEqual([
      "a.json,2,,,the row was rejected: a new one needs email",
      "a.json,3,,,the row was rejected: a new one needs email",
    ]);
    expect(await room.query("SELECT contact_id, email, name, seats FROM contact")).toEqual([
      { contact_id: "1", email: "a@x.example", name: "Ana", seats: null },
    ]);
  });

  test("several lines of one key add up, and the last to say something wins", async () => {
    const room = await loadRoom(notation);
    const mail = { work: "a@x.example" };
    room.put(
      "a.json",
      [
        { id: "1", mail, name: "Old", seats: 1 },
        { id: "1", name: "New" },
        { id: "1", seats: null },
        { id: "2", mail },
        { id: "2", mail },
      ]
        .map(line)
        .join(""),
    );
    const counts = valueFrom(await room.load(load));
    expect(counts).toMatchObject({ rows: 5, added: 2, duplicates: 1 });
    expect(room.rejects(counts)).toEqual(['a.json,1,id,1,"duplicate key, a later row won"']);
    expect(await room.query("SELECT contact_id, email, name, seats FROM contact ORDER BY 1")).toEqual([
      { contact_id: "1", email: "a@x.example", name: "New", seats: null },
      { contact_id: "2", email: "a@x.example", name: null, seats: null },
    ]);
  });

  test("a required field that is null rejects the row, also of a contact that is there", async () => {
    const room = await loadRoom(notation);
    room.put("a.json", line({ id: "1", mail: { work: "a@x.example" } }));
    valueFrom(await room.load(load));
    room.put("a.json", line({ id: "1", mail: { work: null }, name: "x" }));
    expect(valueFrom(await room.load(load))).toMatchObject({ rejected: 1, updated: 0 });
  });

  test("long numbers keep their digits, and keys with odd letters are found", async () => {
    const room = await loadRoom({ contact: "id text key, email email?, name text?" });
    room.put("a.json", '{"id": 12345678901234567890, "a/b~c": "x", "m.w": "flat@x.example"}\n');
    valueFrom(await room.load({ ...load, map: { id: "id", email: "m.w", name: "a/b~c" } }));
    expect(await room.query("SELECT * FROM contact")).toEqual([
      { contact_id: "12345678901234567890", email: "flat@x.example", name: "x" },
    ]);
  });

  test("lines that are no objects are rejected, and nothing else stops", async () => {
    const room = await loadRoom(notation);
    const good = { id: "1", mail: { work: "a@x.example" } };
    room.put("a.json", `${line(good)}{"id": \n[1]\n"x"\n{"id": "2", }\n${line({ ...good, id: "3", seats: "many" })}`);
    const counts = valueFrom(await room.load(load));
    expect(counts).toMatchObject({ rows: 6, added: 2, rejected: 4, unknownValues: 1 });
    expect(room.rejects(counts)).toEqual([
      'a.json,2,,"{""id"":",the row was rejected: it is not valid JSON',
      'a.json,3,,[1],"the row was rejected: it is JSON, but not an object"',
      'a.json,4,,"""x""","the row was rejected: it is JSON, but not an object"',
      'a.json,5,,"{""id"": ""2"", }",the row was rejected: it is not valid JSON',
      "a.json,6,seats,many,this is not a plain number such as 1234.5; it was loaded as unknown",
    ]);
  });

  test("an array names the line of each element, and one that breaks off keeps what came before", async () => {
    const room = await loadRoom(notation);
    room.put(
      "a.json",
      '[\n  {"id": "1", "mail": {"work": "a@x.example"}},\n  {"id": "2",\n   "mail": {"work": "nobody"}},\n  {"id": "3", "mail": {"wor',
    );
    const counts = valueFrom(await room.load(load));
    expect(counts).toMatchObject({ rows: 3, added: 1, rejected: 2 });
    expect(room.rejects(counts).map((entry) => entry.split(",").slice(0, 3).join(","))).toEqual([
      "a.json,3,mail.work",
      "a.json,5,",
    ]);
  });

  test("what stands behind an array is a rejected row, not nothing", async () => {
    const room = await loadRoom(notation);
    const [first, second] = [1, 2].map((id) => JSON.stringify([{ id, mail: { work: "a@x.example" } }], null, 1));
    room.put("a.json", `${first} \n\n${second}\n`);
    const counts = valueFrom(await room.load(load));
    expect(counts).toMatchObject({ rows: 2, added: 1, rejected: 1 });
    expect(room.rejects(counts)[0]).toMatch(/^a\.json,10,,/);
    expect(room.rejects(counts).at(-1)).toMatch(/the rows from here on were rejected/);
  });

  test("half of a character rejects its row", async () => {
    const room = await loadRoom(notation);
    const person = (id: number, name: string) => `{"id": ${id}, "mail": {"work": "a@x.example"}, "name": "${name}"}\n`;
    const names = ["\\ud83d", "\\ud83d\\ude00", "\\\\ud83d", "\\ude00"];
    room.put("a.json", `${names.map((name, index) => person(index + 1, name)).join("")}{"id": 5, "\\uD800": 1}\n`);
    const counts = valueFrom(await room.load(load));
    expect(counts).toMatchObject({ rows: 5, added: 2, rejected: 3 });
    expect(room.rejects(counts).map((entry) => entry.split(",")[1])).toEqual(["1", "4", "5"]);
    expect(await room.query("SELECT contact_id, name FROM contact ORDER BY 1")).toEqual([
      { contact_id: "2", name: "😀" },
      { contact_id: "3", name: "\\ud83d" },
    ]);
  });

  test("events, with a hash of what they say for an id", async () => {
    const room = await loadRoom(notation);
    room.put("a.json", line({ id: "1", mail: { work: "a@x.example" } }));
    valueFrom(await room.load(load));
    room.put(
      "e.json",
      line({ who: "1", ts: "2026-01-05T10:00:00Z", total: 12.5 }) +
        line({ who: "9", ts: "2026-01-05T10:00:00Z", total: 1 }),
    );
    const events = {
      to: "bought",
      path: "e.json",
      format: "json" as const,
      map: { contact: "who", at: "ts", amount: "total", item: "item" },
    };
    expect(valueFrom(await room.load(events))).toMatchObject({ added: 1, rejected: 1 });
    expect(valueFrom(await room.load(events))).toMatchObject({ added: 0, unchanged: 1 });
    expect(await room.query("SELECT occurred_at, amount, item FROM event_bought")).toEqual([
      { occurred_at: Date.UTC(2026, 0, 5, 10), amount: "12.5000", item: null },
    ]);
  });

  test("an event, a membership or a consent that leaves out what it needs is a rejected row", async () => {
    const room = await loadRoom({ ...notation, lists: ["vip"], topics: ["news"] });
    room.put("a.json", line({ id: "1", mail: { work: "a@x.example" } }));
    valueFrom(await room.load(load));
    const rows = [
      { who: "1", total: 1 },
      { who: "1", ts: "2026-01-05" },
      { ts: "2026-01-05", total: 1 },
    ];
    room.put("e.json", rows.map(line).join("") + line({ who: "1", ts: "2026-01-05", total: 1, yes: true }));
    const counted = async (to: string, columns: LoadNotation["map"]) => {
      const counts = valueFrom(await room.load({ to, path: "e.json", format: "json", map: columns }));
      return [counts.added, room.rejects(counts).map((entry) => entry.split(",").slice(1).join(","))];
    };
    const lacks = (row: number, column: string, field = column) =>
      `${row},${column},,the row was rejected: required and empty: ${field}`;
    expect(await counted("bought", { contact: "who", at: "ts", amount: "total" })).toEqual([
      1,
      [lacks(1, "ts", "at"), lacks(2, "total", "amount"), lacks(3, "who", "contact")],
    ]);
    expect(await counted("vip", { contact: "who" })).toEqual([1, [lacks(3, "who", "contact")]]);
    expect(await counted("news", { contact: "who", state: "yes" })).toEqual([
      1,
      [
        lacks(1, "yes", "state"),
        lacks(2, "yes", "state"),
        '3,who,,"the row was rejected: required and empty: contact, state"',
      ],
    ]);
  });

  test("a column by its place is a failure: keys have none", async () => {
    const room = await loadRoom(notation);
    room.put("a.json", line({ id: "1" }));
    expect(codeOf(await room.load({ ...load, map: { id: 1, email: "mail" } }))).toBe("F156");
  });

  test("an empty file has no rows", async () => {
    const room = await loadRoom(notation);
    room.put("a.json", "");
    expect(valueFrom(await room.load(load))).toMatchObject({ rows: 0 });
    room.put("a.json", "[]");
    expect(valueFrom(await room.load(load))).toMatchObject({ rows: 0, rejected: 0 });
  });
});

describe("Parquet", () => {
  const people = {
    ...load,
    path: "a.parquet",
    format: "parquet" as const,
    map: { id: "id", email: "mail", name: "name", seats: "seats", tags: "tags", vip: "vip" },
  };

  test("typed columns become the fields' types", async () => {
    const room = await loadRoom(notation, { zone: "Europe/Berlin" });
    const write = (query: string, file: string) =>
      room.query(`COPY (${query}) TO '${join(room.folder, file)}' (FORMAT parquet)`);
    await write(
      `SELECT * FROM (VALUES (1, 'a@x.example', 'Ana', 3, ['a', 'b;c'], TRUE), (2, 'b@x.example', NULL, 2.5, NULL, NULL), (3, 'nobody', 'Cy', 1, [], FALSE))
       AS t(id, mail, "Name", seats, tags, vip)`,
      "a.parquet",
    );
    const counts = valueFrom(await room.load(people));
    expect(counts).toMatchObject({ rows: 3, added: 2, rejected: 1 });
    expect(room.rejects(counts)).toEqual([
      "a.parquet,3,mail,nobody,this is not an email address; the row was rejected",
    ]);
    expect(await room.query("SELECT * FROM contact ORDER BY 1")).toEqual([
      { contact_id: "1", email: "a@x.example", name: "Ana", seats: 3, tags: ["a", "b;c"], vip: true },
      { contact_id: "2", email: "b@x.example", name: null, seats: 2.5, tags: null, vip: null },
    ]);
    await write(
      `SELECT '1' AS who, TIMESTAMP '2026-01-05 10:00:00' AS ts, 12.5::DOUBLE AS total UNION ALL
       SELECT '2', TIMESTAMP '2026-07-05 10:00:00', 1e2 ORDER BY 1`,
      "e1.parquet",
    );
    await write(
      "SELECT '1' AS who, TIMESTAMPTZ '2026-02-05 10:00:00+00' AS ts, 3.25::DECIMAL(9,2) AS total",
      "e2.parquet",
    );
    const events = {
      to: "bought",
      path: "e*.parquet",
      format: "parquet" as const,
      map: { contact: "who", at: "ts", amount: "total" },
    };
    expect(valueFrom(await room.load(events))).toMatchObject({ rows: 3, added: 3 });
    expect(valueFrom(await room.load(events))).toMatchObject({ rows: 3, added: 0, unchanged: 3 });
    expect(await room.query("SELECT occurred_at, amount FROM event_bought ORDER BY 1")).toEqual([
      { occurred_at: Date.UTC(2026, 0, 5, 9), amount: "12.5000" },
      { occurred_at: Date.UTC(2026, 1, 5, 10), amount: "3.2500" },
      { occurred_at: Date.UTC(2026, 6, 5, 8), amount: "100.0000" },
    ]);
  });

  test("a column that is called as the engine calls the number of a row", async () => {
    const room = await loadRoom(notation);
    await room.query(
      `COPY (SELECT id, id || '@x.example' AS mail, 'Ana' AS File_Row_Number FROM (VALUES (1), (NULL), (3)) AS t(id))
       TO '${join(room.folder, "a.parquet")}' (FORMAT parquet)`,
    );
    const map = { id: "id", email: "mail", name: "file_row_number" };
    const counts = valueFrom(await room.load({ ...people, map }));
    expect(counts).toMatchObject({ rows: 3, added: 2, rejected: 1 });
    expect(room.rejects(counts)[0]).toMatch(/^a\.parquet,2,id,/);
    const rowsWhere = [{ column: { kind: "column" as const, name: "id" }, isNegated: true, values: ["1"] }];
    expect(room.rejects(valueFrom(await room.load({ ...people, map, rowsWhere })))[0]).toMatch(/^a\.parquet,2,id,/);
    expect(await room.query("SELECT contact_id, name FROM contact ORDER BY 1")).toEqual([
      { contact_id: "1", name: "Ana" },
      { contact_id: "3", name: "Ana" },
    ]);
  });

  test("a file that is damaged inside is a failure that names it, and loads nothing", async () => {
    const room = await loadRoom(notation);
    const path = join(room.folder, "a.parquet");
    await room.query(
      `COPY (SELECT i AS id, i || '@x.example' AS mail FROM range(1000) AS t(i)) TO '${path}' (FORMAT parquet)`,
    );
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xff, 50, 400));
    const result = await room.load({ ...people, map: { id: "id", email: "mail" } });
    expect(codeOf(result)).toBe("F151");
    expect(await room.query("SELECT count(*) AS n FROM contact")).toEqual([{ n: 0 }]);
  });

  test("a file that is none, and one without a mapped column", async () => {
    const room = await loadRoom(notation);
    room.put("a.parquet", "id,mail\n1,a@x.example\n");
    expect(codeOf(await room.load(people))).toBe("F151");
    await room.query(`COPY (SELECT 1 AS id, 'x' AS mial) TO '${join(room.folder, "a.parquet")}' (FORMAT parquet)`);
    expect(codeOf(await room.load({ ...people, map: { id: "id", email: "mail" } }))).toBe("F144");
  });
});
