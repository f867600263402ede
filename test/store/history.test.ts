// What contact fields were before: written by every load from the first on, exact for each type, and made for older databases.

import { expect, test } from "vitest";
import { ensureSchema } from "../../runtime/store/schema.ts";
import { loadRoom } from "../support/load-room.ts";
import { query, scratchDatabase, valueFrom } from "../support/scratch.ts";

const people = {
  contact:
    "id text key, email email, name text?, seats number?, arr money?, renewal date?, met datetime?, vip boolean?, lag duration?, tags list of text",
};
const history = `SELECT contact_id, field, epoch_ms("at") AS "at", old, new FROM contact_change ORDER BY contact_id, field, "at"`;
const at = Date.parse("2026-03-02T09:00:00Z");
const record = (contact_id: string) => ({ contact_id, field: "", at, old: null, new: null });

test("a new contact is recorded, and its first values are no change", async () => {
  const room = await loadRoom(people);
  room.put("a.csv", "ID,E-mail,Name\n1,a@x.example,Ana\n2,b@x.example,\n");
  const load = { to: "contact", path: "a.csv", map: { id: "ID", email: "E-mail", name: "Name" } };
  valueFrom(await room.load(load));
  expect(await room.query(history)).toEqual([record("1"), record("2")]);
  valueFrom(await room.load(load));
  expect(await room.query(history)).toEqual([record("1"), record("2")]);
});

test("later loads add what became different, and nothing else", async () => {
  const room = await loadRoom(people);
  const map = { id: "ID", email: "E-mail", name: "Name" };
  room.put("a.csv", "ID,E-mail,Name\n1,a@x.example,Ana\n2,b@x.example,\n3,c@x.example,Cy\n");
  room.put("b.csv", "ID,E-mail,Name\n1,a@x.example,\n2,b@x.example,Bo\n3,c@x.example,Cy\n4,d@x.example,Di\n");
  valueFrom(await room.load({ to: "contact", path: "a.csv", map }));
  valueFrom(await room.load({ to: "contact", path: "b.csv", map }));
  const change = (contact_id: string, old: string | null, is: string | null) => {
    return { contact_id, field: "name", at, old, new: is };
  };
  expect(await room.query(history)).toEqual([
    record("1"),
    change("1", "Ana", null),
    record("2"),
    change("2", null, "Bo"),
    record("3"),
    record("4"),
  ]);
  const [batches] = await room.query(
    "SELECT count(DISTINCT batch) AS n, count(DISTINCT field) AS fields FROM contact_change",
  );
  expect(batches).toEqual({ n: 2, fields: 2 });
});

test("a key that a file leaves out is no change", async () => {
  const room = await loadRoom(people);
  const map = { id: "id", email: "email", name: "name" };
  room.put("a.json", '[{"id":"1","email":"a@x.example","name":"Ana"}]');
  room.put("b.json", '[{"id":"1","email":"new@x.example"}]');
  valueFrom(await room.load({ to: "contact", format: "json", path: "a.json", map }));
  valueFrom(await room.load({ to: "contact", format: "json", path: "b.json", map }));
  expect((await room.query(history)).map(({ field }) => field)).toEqual(["", "email"]);
});

test("the values of every type come back as they were", async () => {
  const room = await loadRoom(people);
  const fields = ["name", "seats", "arr", "renewal", "met", "vip", "lag"];
  const map = { id: "id", email: "email", ...Object.fromEntries(fields.map((name) => [name, name])) };
  const head = ["id", "email", ...fields].join(",");
  room.put(
    "a.csv",
    `${head}\n1,a@x.example,"a, [b] 'c'",0.1,123456789012.3456,2024-02-29,2026-03-29T01:30:00.123Z,yes,36h\n`,
  );
  room.put("b.csv", `${head}\n1,a@x.example,,,,,,,\n`);
  valueFrom(await room.load({ to: "contact", path: "a.csv", map }));
  const [before] = await room.query(`SELECT ${fields.join(", ")} FROM contact`);
  expect(Object.values(before ?? {})).not.toContain(null);
  valueFrom(await room.load({ to: "contact", path: "b.csv", map }));
  const types = new Map((await room.query("DESCRIBE contact")).map((row) => [row.column_name, row.column_type]));
  for (const field of fields) {
    const [row] = await room.query(
      `SELECT CAST(old AS ${types.get(field)}) AS v FROM contact_change WHERE field = '${field}'`,
    );
    expect(row?.v, field).toEqual(before?.[field]);
  }
});

test("contacts of an older database are known since the last time that anything wrote them", async () => {
  const database = await scratchDatabase();
  await ensureSchema(database);
  await query(database, "CREATE TABLE contact (contact_id VARCHAR PRIMARY KEY, email VARCHAR)");
  await query(database, "INSERT INTO contact VALUES ('1', 'a@x.example')");
  await query(database, "INSERT INTO load_batch VALUES (1, 'contact', 'a.csv', TIMESTAMP '2026-03-02 09:00', 1, 0)");
  await query(database, "DROP TABLE contact_change");
  await query(database, "UPDATE meta SET value = '1' WHERE key = 'schema_version'");
  await ensureSchema(database);
  expect(await query(database, history)).toEqual([record("1")]);
  await ensureSchema(database);
  expect(await query(database, history)).toEqual([record("1")]);
  expect(await query(database, "SELECT value FROM meta WHERE key = 'schema_version'")).toEqual([{ value: "7" }]);
});
