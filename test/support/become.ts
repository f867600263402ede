// What texts become when a file that holds them is loaded.

import { expect } from "vitest";
import type { Cell } from "../../runtime/ports.ts";
import type { LoadNotation } from "./load-of.ts";
import { loadRoom } from "./load-room.ts";
import { valueFrom } from "./scratch.ts";

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** What texts become in a nullable field of that type; `unfit` for those that do not fit. */
export async function become(
  type: string,
  texts: readonly string[],
  how: Partial<Exclude<LoadNotation["map"][string], string | number>> = {},
  rest: Partial<LoadNotation> & { readonly zone?: string } = {},
): Promise<readonly Cell[]> {
  const { zone, ...options } = rest;
  const room = await loadRoom({ contact: `id text key, email email?, f ${type}?` }, zone === undefined ? {} : { zone });
  room.put("f.csv", `id,f\n${texts.map((text, index) => `${index},${quoted(text)}\n`).join("")}`);
  const load = { to: "contact", path: "f.csv", map: { id: "id", f: { from: "f", ...how } }, ...options };
  const counts = valueFrom(await room.load(load));
  const unfit = new Set(room.rejects(counts).map((line) => Number(line.split(",")[1]) - 2));
  expect(counts).toMatchObject({ rows: texts.length, rejected: 0, unknownValues: unfit.size });
  const rows = await room.query("SELECT f FROM contact ORDER BY CAST(contact_id AS INTEGER)");
  return rows.map((row, index) => (unfit.has(index) ? "unfit" : (row.f ?? null)));
}
