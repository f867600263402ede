// Backups and putting them back: of one snapshot, whole or not there at all, and nothing that must outlast them is lost.

import { cpSync, linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Cadenza, forget, restore } from "../../runtime/index.ts";
import {
  backUp,
  databaseIn,
  day,
  fileIn,
  own,
  planOf,
  prepared,
  requestIn,
  rowsOf,
  within,
} from "../support/backup-shop.ts";
import { shopSource } from "../support/forget-shop.ts";
import { codeOf, query, scratchDatabase, valueFrom } from "../support/scratch.ts";

const refuse = (contact: string, at: number) => (engine: Cadenza) =>
  engine.consent({ contact, topic: "tips", isAgreed: false, by: "Eve", at });

test("a backup says what it is, and replaces nothing unless it is told to", async () => {
  const root = await prepared();
  const made = await backUp(root);
  expect(made).toMatchObject({ project: "shop", at: day(3), file: fileIn(root) });
  expect(statSync(fileIn(root))).toMatchObject({ size: made.bytes });
  expect(statSync(fileIn(root)).mode & 0o777).toBe(0o600);
  expect(readdirSync(root).filter((name) => name.startsWith("shop.backup"))).toEqual(["shop.backup"]);
  expect(await rowsOf(fileIn(root), "SELECT key, value FROM meta ORDER BY key")).toEqual(
    expect.arrayContaining([
      { key: "backup_at", value: String(day(3)) },
      { key: "backup_project", value: "shop" },
      { key: "schema_version", value: expect.any(String) },
    ]),
  );
  await within(root, day(4), async (engine) => {
    const again = (file: string, replaces = false) => engine.backup({ file, replaces });
    expect(codeOf(await again(fileIn(root)))).toBe("F506");
    expect(codeOf(await again(fileIn(root), true))).toBe("fine");
    // Neither the database nor anything else makes way.
    linkSync(databaseIn(root), join(root, "another-name"));
    for (const name of ["state/cadenza.duckdb", "another-name", "people.csv"])
      expect(codeOf(await again(join(root, name), true))).toBe("F507");
    expect(codeOf(await again(join(root, "nowhere", "a.backup")))).not.toBe("fine");
    const both = await Promise.all([again(join(root, "b.backup")), again(join(root, "b.backup"))]);
    expect(both.map(codeOf).sort()).toEqual(["F506", "fine"]);
    expect(valueFrom(await engine.contact("ben", day(4))).enrollments).toHaveLength(1);
  });
  expect(readdirSync(root).filter((name) => name.includes(".part"))).toEqual([]);
});

test("a backup is of one instant, whatever is written while it is made", async () => {
  const root = await prepared();
  await within(root, day(3), async (engine) => {
    let isOver = false;
    const making = engine.backup({ file: fileIn(root) }).finally(() => {
      isOver = true;
    });
    let wishes = 0;
    while (!isOver || wishes < 3) valueFrom(await refuse("ben", day(3) + wishes++)(engine));
    valueFrom(await making);
    expect(await query(await scratchDatabase(fileIn(root)), "SELECT count(*) AS n FROM contact")).toEqual([{ n: 3 }]);
  });
  // What is written in one transaction is in it together: a wish and the count of writes.
  const [counts] = await rowsOf(
    fileIn(root),
    `SELECT (SELECT count(*) FROM consent WHERE source = 'by Eve') AS wishes,
      (SELECT coalesce(sum(appended), 0) FROM table_write WHERE name = 'consent') AS written`,
  );
  const [before] = await rowsOf(databaseIn(root), "SELECT sum(appended) AS n FROM table_write WHERE name = 'consent'");
  const [all] = await rowsOf(databaseIn(root), "SELECT count(*) AS n FROM consent WHERE source = 'by Eve'");
  expect(Number(counts?.written) - Number(counts?.wishes)).toBe(Number(before?.n) - Number(all?.n));
});

test("putting back brings all of it back, and keeps refusals and erasures of the time since", async () => {
  const root = await prepared();
  await backUp(root);
  await within(root, day(4), async (engine) => {
    valueFrom(await refuse("ben", day(4))(engine));
    writeFileSync(join(root, "people.csv"), "id,email,name,seats\nben,ben@x.example,Wrong,0\n");
    valueFrom(await engine.load({ names: ["contact"], at: day(4) }));
  });
  const database = await scratchDatabase(databaseIn(root));
  await query(
    database,
    "INSERT INTO suppression VALUES ('gone@x.example', 'bounced', TIMESTAMP '2026-03-04', 'provider')",
  );
  await database.close();
  valueFrom(await forget(requestIn(root), { contact: "zora-key" }));
  const done = valueFrom(await restore(requestIn(root, day(5)), { file: fileIn(root) }));
  expect(done).toMatchObject({ project: "shop", at: day(3), unread: null, consents: 1, suppressions: 1 });
  await within(root, day(5), async (engine) => {
    expect(valueFrom(await engine.contact("ben", day(5))).fields).toMatchObject({ first_name: "Benedikt", seats: 3 });
    expect(codeOf(await engine.contact("zora-key", day(5)))).toBe("F118");
    expect(valueFrom(await engine.evaluate("Known", { at: day(5) })).members).toEqual(["ben"]);
    expect(valueFrom(await refuse("ben", day(5))(engine)).isNew).toBe(false);
  });
  expect(await rowsOf(databaseIn(root), "SELECT address FROM suppression")).toEqual([{ address: "gone@x.example" }]);
  expect(await rowsOf(databaseIn(root), "SELECT key FROM meta WHERE key LIKE 'backup%'")).toEqual([]);
  // What was replaced is all there, but for who was forgotten.
  expect(await rowsOf(done.kept ?? "", "SELECT first_name FROM contact ORDER BY 1")).toEqual([
    { first_name: "Other" },
    { first_name: "Wrong" },
  ]);
});

test("into a new folder come those who were forgotten before the backup, as forgotten", async () => {
  const root = await prepared();
  valueFrom(await forget(requestIn(root), { contact: "zora-key" }));
  await backUp(root);
  rmSync(join(root, "state"), { recursive: true });
  expect(valueFrom(await restore(requestIn(root), { file: fileIn(root) }))).toMatchObject({ kept: null });
  await within(root, day(5), async (engine) => {
    const [people] = valueFrom(await engine.load({ names: ["contact"], at: day(5) }));
    expect(people).toMatchObject({ added: 0, rejected: 1 });
  });
  rmSync(join(root, "state", "erased.key"));
  rmSync(join(root, "state", "erased.jsonl"));
  valueFrom(await forget(requestIn(root), { contact: "ben" }));
  expect(codeOf(await restore(requestIn(root), { file: fileIn(root) }))).toBe("F511");
});

test("what is no backup of this project is refused, and nothing is changed", async () => {
  const root = await prepared();
  await backUp(root);
  const before = readFileSync(databaseIn(root));
  const put = (file: string, plan = own) => restore({ ...requestIn(root), plan }, { file }).then(codeOf);
  expect(await put(join(root, "nowhere"))).toBe("F101");
  expect(await put(join(root, "people.csv"))).toBe("F507");
  cpSync(databaseIn(root), join(root, "plain.duckdb"));
  expect(await put(join(root, "plain.duckdb"))).toBe("F507");
  expect(await put(fileIn(root), planOf(shopSource.replace("project shop", "project other")))).toBe("F508");
  cpSync(fileIn(root), join(root, "newer"));
  await rowsOf(join(root, "newer"), "UPDATE meta SET value = '99' WHERE key = 'schema_version'");
  expect(await put(join(root, "newer"))).toBe("F123");
  const bytes = readFileSync(fileIn(root));
  for (const place of [0.3, 0.6, 0.9]) {
    const broken = Buffer.from(bytes);
    for (let at = Math.floor(bytes.length * place), n = 0; n < 64; n++) broken[at + n] = (broken[at + n] ?? 0) ^ 0xff;
    writeFileSync(join(root, "broken"), broken);
    const code = await put(join(root, "broken"));
    // Bytes that nothing is in may be anything.
    if (code !== "fine") expect(code).toBe("F509");
  }
  writeFileSync(join(root, "half"), bytes.subarray(0, bytes.length / 2));
  expect(await put(join(root, "half"))).toBe("F509");
  writeFileSync(join(root, "empty"), "");
  expect(await put(join(root, "empty"))).toBe("F507");
  expect(readFileSync(databaseIn(root)).equals(before)).toBe(true);
  expect(readdirSync(join(root, "state")).filter((name) => /restor/.test(name))).toEqual([]);
});
