// The tables of a project: created, moved along when the project changes, and safe against a crash in between.

import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Database } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { catalogOf, type CatalogNotation } from "../support/catalog-of.ts";
import { bundled, start } from "../support/child.ts";
import { codeOf, query, scratchDatabase, scratchFolder, valueFrom } from "../support/scratch.ts";

const columns = async (database: Database, table: string) =>
  Object.fromEntries(
    (
      await query(
        database,
        `SELECT column_name AS name, data_type AS type FROM duckdb_columns() WHERE table_name = '${table}' ORDER BY column_index`,
      )
    ).map((row) => [row.name, row.type]),
  );

const shaped = async (database: Database, notation: CatalogNotation) =>
  await ensureCatalog(database, catalogOf(notation));

describe("a new project", () => {
  test("has a typed column per field", async () => {
    const database = await scratchDatabase();
    valueFrom(
      await shaped(database, {
        contact:
          "id text key, email email, seats number?, arr money?, tags list of text, renewal date?, created datetime, vip boolean?, lag duration?, share percent?, role one of (a|b)?, contact_id text?",
        company: "domain text key, employees number?",
        events: { purchased: "amount money, at_risk boolean?, batch text?" },
      }),
    );
    expect(await columns(database, "contact")).toEqual({
      contact_id: "VARCHAR",
      email: "VARCHAR",
      seats: "DOUBLE",
      arr: "DECIMAL(18,4)",
      tags: "VARCHAR[]",
      renewal: "DATE",
      created: "TIMESTAMP",
      vip: "BOOLEAN",
      lag: "BIGINT",
      share: "DOUBLE",
      role: "VARCHAR",
      contact_id_: "VARCHAR",
    });
    expect(await columns(database, "company")).toEqual({ company_id: "VARCHAR", employees: "DOUBLE" });
    expect(await columns(database, "event_purchased")).toEqual({
      contact_id: "VARCHAR",
      occurred_at: "TIMESTAMP",
      received_at: "TIMESTAMP",
      event_id: "VARCHAR",
      batch: "BIGINT",
      amount: "DECIMAL(18,4)",
      at_risk: "BOOLEAN",
      batch_: "VARCHAR",
    });
    expect(Object.keys(await columns(database, "event_opened"))).toContain("machine");
    expect(Object.keys(await columns(database, "journal"))).toContain("enrollment_id");
  });

  test("contacts are unique by their key", async () => {
    const database = await scratchDatabase();
    valueFrom(await shaped(database, { contact: "id text key, email email" }));
    await query(database, "INSERT INTO contact VALUES ('a', 'a@x.example')");
    await expect(query(database, "INSERT INTO contact VALUES ('a', 'b@x.example')")).rejects.toThrow(/primary key/i);
  });
});

describe("a changed project", () => {
  test("the same one again changes nothing", async () => {
    const path = join(scratchFolder(), "a.db");
    const database = await scratchDatabase(path);
    valueFrom(await shaped(database, { contact: "id text key, email email" }));
    await query(database, "INSERT INTO contact VALUES ('a', 'a@x.example')");
    valueFrom(await shaped(database, { contact: "id text key, email email" }));
    expect(await query(database, "SELECT * FROM contact")).toEqual([{ contact_id: "a", email: "a@x.example" }]);
  });

  test("new fields are unknown for who is there, and fields that are gone keep their values", async () => {
    const database = await scratchDatabase();
    valueFrom(await shaped(database, { contact: "id text key, email email, plan text?" }));
    await query(database, "INSERT INTO contact VALUES ('a', 'a@x.example', 'pro')");
    valueFrom(
      await shaped(database, { contact: "id text key, email email, seats number?", events: { bought: "sum money" } }),
    );
    expect(await query(database, "SELECT * FROM contact")).toEqual([
      { contact_id: "a", email: "a@x.example", plan: "pro", seats: null },
    ]);
    expect(Object.keys(await columns(database, "event_bought"))).toContain("sum");
  });

  test("a changed type converts the values, and the key stays a key", async () => {
    const database = await scratchDatabase();
    valueFrom(
      await shaped(database, { contact: "id text key, email email, seats text?, n number?, tag text?, since text?" }),
    );
    await query(
      database,
      "INSERT INTO contact VALUES ('a', 'a@x', '12', 5, 't', '2026-03-02'), ('b', 'b@x', NULL, 5.5, NULL, NULL)",
    );
    valueFrom(
      await shaped(database, {
        contact: "id text key, email email, seats number?, n text?, tag list of text?, since date?",
      }),
    );
    expect(await query(database, "SELECT * EXCLUDE (email) FROM contact ORDER BY contact_id")).toEqual([
      { contact_id: "a", seats: 12, n: "5", tag: ["t"], since: "2026-03-02" },
      { contact_id: "b", seats: null, n: "5.5", tag: null, since: null },
    ]);
    await expect(query(database, "INSERT INTO contact (contact_id) VALUES ('a')")).rejects.toThrow(/primary key/i);
  });

  test("values that do not fit the new type stop it, and nothing is changed", async () => {
    const database = await scratchDatabase();
    valueFrom(await shaped(database, { contact: "id text key, email email, seats text?" }));
    await query(database, "INSERT INTO contact VALUES ('a', 'a@x', '12'), ('b', 'b@x', 'many')");
    const result = await shaped(database, {
      contact: "id text key, email email, seats number?, extra text?",
      events: { bought: "" },
    });
    expect(result).toMatchObject({ ok: false, failure: { code: "F130" } });
    expect(result.ok ? "" : result.failure.text).toBe(
      "`contact.seats` is now a number, but one value does not fit, such as `many`.",
    );
    expect(await columns(database, "contact")).toEqual({ contact_id: "VARCHAR", email: "VARCHAR", seats: "VARCHAR" });
    expect(await columns(database, "event_bought")).toEqual({});
  });

  test("another key is refused while there are rows", async () => {
    const database = await scratchDatabase();
    valueFrom(await shaped(database, { contact: "id text key, email email" }));
    valueFrom(await shaped(database, { contact: "email email key, id text" }));
    await query(database, "INSERT INTO contact (contact_id) VALUES ('a')");
    expect(codeOf(await shaped(database, { contact: "id text key, email email" }))).toBe("F131");
  });
});

test("a process killed right behind a migration leaves a database that opens", async () => {
  const path = join(scratchFolder(), "a.db");
  const first = valueFrom(await openDatabase(path));
  valueFrom(await shaped(first, { contact: "id text key, email email, seats text?" }));
  await query(first, "INSERT INTO contact SELECT 'c' || range, 'c@x', CAST(range AS VARCHAR) FROM range(1000)");
  await first.close();
  const child = start(await bundled("test/support/migrate-child.ts"), [path]);
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  const again = await scratchDatabase(path);
  expect(await query(again, "SELECT count(*) AS n, sum(seats) AS seats, count(extra) AS extra FROM contact")).toEqual([
    { n: 1000, seats: 499_500, extra: 0 },
  ]);
});
