// Who has an address, and taking their rows out of a database that is open.

import type { Plan } from "../../compiler/ir/plan.ts";
import { duckdb } from "../../compiler/sql/dialect.ts";
import { columnOf, quote } from "../../compiler/sql/tables.ts";
import type { Database } from "../ports.ts";

/**
 * Forgets a person in an open database that is nobody's for good, such as one of a test: rows alone, and of all who have the address. `onFound` is
 * told their keys beforehand. Does nothing where there is no such contact.
 */
export async function forgetRows(
  database: Database,
  plan: Plan,
  { key, onFound }: { readonly key: string; readonly onFound: (keys: readonly string[]) => Promise<void> },
): Promise<void> {
  const found = await whoIs(database, plan, key);
  if (found === null) return;
  const keys = [key, ...found.others];
  await onFound(keys);
  const { digestOf } = await import("../store/tombstones.ts");
  const { eraseFrom } = await import("../store/erase.ts");
  const secret = "0".repeat(64);
  const stone = (kind: "key" | "address", value: string) => ({ kind, digest: digestOf(secret, kind, value), at: 0 });
  const stones = keys.map((one) => stone("key", one));
  const pending = found.address === null ? stones : [...stones, stone("address", found.address)];
  const { catalog } = plan;
  await database.transaction((session) =>
    eraseFrom(session, { catalog, erased: { secret, tombstones: pending }, pending }),
  );
}

/** The address of a contact, and the keys of others that have it. */
export async function whoIs(
  database: Database,
  { catalog }: Plan,
  key: string,
): Promise<{ readonly address: string | null; readonly others: readonly string[] } | null> {
  const field = catalog.contact.fields.find(({ name }) => name === catalog.contact.address);
  const address = (row: string) =>
    field ? duckdb.fold(`${row}.${quote(columnOf(field, "contact"))}`) : "CAST(NULL AS VARCHAR)";
  const rows = await database.run({
    text: `SELECT c.contact_id, ${address("c")} AS address FROM contact AS c
      WHERE c.contact_id = $key OR ${address("c")} = (SELECT ${address("m")} FROM contact AS m WHERE m.contact_id = $key)`,
    params: { key: { kind: "text", value: key } },
  });
  const own = rows.find((row) => row.contact_id === key);
  if (!own) return null;
  const others = rows.filter((row) => row !== own).map((row) => String(row.contact_id));
  return { address: typeof own.address === "string" ? own.address : null, others };
}
