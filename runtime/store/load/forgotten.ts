// Rows of people who were forgotten: they are left out, and nothing of them is written down but that there was such a row.

import type { Load } from "../../../compiler/ir/load.ts";
import type { Catalog } from "../../../compiler/ir/catalog.ts";
import type { Session } from "../../ports.ts";
import { digestSql, type Tombstone } from "../tombstones.ts";
import { binder } from "./binder.ts";
import { columnFor } from "./events.ts";
import { reasons } from "./reasons.ts";
import { addRejects } from "./rejects.ts";
import type { Stage, StagedColumn } from "./stage.ts";

/** Takes them out of what is staged, before anything else looks at it. `secret`: of the tombstones. */
export async function rejectForgotten(
  session: Session,
  { load, catalog, secret }: { readonly load: Load; readonly catalog: Catalog; readonly secret: string },
  stage: Stage,
): Promise<number> {
  const asked = columnsAsked(load, catalog, stage);
  if (asked.length === 0) return 0;
  const { of, params } = digestSql(secret);
  const known = "(SELECT digest FROM tombstone)";
  const tests = asked.map(
    ({ kind, column }) => `coalesce(${of(kind, `CAST(${column.value} AS VARCHAR)`)} IN ${known}, false)`,
  );
  await session.change({
    text: `CREATE OR REPLACE TEMP TABLE load_forgotten AS SELECT rowid AS row, ${stage.place} AS place FROM load_stage
      WHERE ${tests.join(" OR ")}`,
    params,
  });
  const rejected = await addRejects(
    session,
    stage.reading,
    (values) =>
      `SELECT place, NULL AS "column", NULL AS value, ${values.text(reasons.forgotten)} AS reason FROM load_forgotten`,
  );
  const plain = binder();
  if (rejected > 0)
    await session.change(plain.sql("DELETE FROM load_stage WHERE rowid IN (SELECT row FROM load_forgotten)"));
  return rejected;
}

interface AskedColumn {
  readonly kind: Tombstone["kind"];
  readonly column: StagedColumn;
}

function columnsAsked({ target }: Load, { contact }: Catalog, stage: Stage): readonly AskedColumn[] {
  if (target.kind === "company") return [];
  if (target.kind !== "contact") {
    const column = columnFor(stage, "contact");
    return column ? [{ kind: "key", column }] : [];
  }
  return stage.columns.flatMap((column): readonly AskedColumn[] => {
    const { to } = column.mapping;
    const isAddress = to.kind === "field" && to.name === contact.address;
    const both: readonly AskedColumn[] = isAddress ? [{ kind: "address", column }] : [];
    return column.isKeyText ? [{ kind: "key", column }, ...both] : both;
  });
}
