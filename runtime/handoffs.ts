// Hand-offs: what programs have asked teams to do with people, until somebody has done it.

import type { Plan } from "../compiler/ir/plan.ts";
import { columnOf, quote } from "../compiler/sql/tables.ts";
import type { Cadenza } from "./cadenza.ts";
import { caught } from "./caught.ts";
import { failure } from "./failures/failures.ts";
import type { HandOff } from "./kept.ts";
import type { Clock, Database, Instant, Result, Row } from "./ports.ts";
import { shown } from "./questions.ts";

const fieldPrefix = "field ";

async function listed(database: Database, plan: Plan, isAll: boolean): Promise<readonly HandOff[]> {
  const { fields } = plan.catalog.contact;
  const columns = fields.map((field) => `c.${quote(columnOf(field, "contact"))} AS ${quote(fieldPrefix + field.name)}`);
  const rows = await database.run({
    text: `SELECT ${[..."handoff_id team program contact_id note at done_at done_by".split(" ").map((name) => `h.${quote(name)}`), ...columns].join(", ")}
      FROM handoff AS h LEFT JOIN contact AS c ON c.contact_id = h.contact_id
      ${isAll ? "" : "WHERE h.done_at IS NULL"} ORDER BY h."at", h.handoff_id`,
    params: {},
  });
  return rows.map((row) => handOffOf(row, plan));
}

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

function handOffOf(row: Row, { catalog }: Plan): HandOff {
  const fields = catalog.contact.fields.map(
    (field) => [field.name, shown(row[fieldPrefix + field.name], field)] as const,
  );
  return {
    id: String(row.handoff_id),
    team: String(row.team),
    program: String(row.program),
    contact: String(row.contact_id),
    note: textOrNull(row.note),
    at: Number(row.at),
    done: row.done_at === null ? null : { at: Number(row.done_at), by: String(row.done_by) },
    fields: Object.fromEntries(fields),
  };
}

/** Closing what is closed changes nothing: who was first has done it. */
async function close(
  database: Database,
  plan: Plan,
  { id, by, at }: { readonly id: string; readonly by: string; readonly at: Instant },
): Promise<Result<HandOff>> {
  const known = async () => (await listed(database, plan, true)).find((one) => one.id === id);
  if (!(await known())) return { ok: false, failure: failure("F174", { id }) };
  await database.change({
    text: "UPDATE handoff SET done_at = $at, done_by = $by WHERE handoff_id = $id AND done_at IS NULL",
    params: { id: { kind: "text", value: id }, by: { kind: "text", value: by }, at: { kind: "instant", value: at } },
  });
  const closed = await known();
  return closed ? { ok: true, value: closed } : { ok: false, failure: failure("F174", { id }) };
}

export function handOffs(database: Database, plan: Plan, clock: Clock): Pick<Cadenza, "handOffs" | "closeHandOff"> {
  return {
    handOffs: ({ isAll = false } = {}) =>
      caught(async () => ({ ok: true, value: await listed(database, plan, isAll) })),
    closeHandOff: ({ id, by, at = clock.now() }) => caught(() => close(database, plan, { id, by, at })),
  };
}
