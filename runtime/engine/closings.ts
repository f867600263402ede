// When programs close: an instant, or a wall clock of each person's own zone.

import type { PointInTime, Program } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { instant, texts } from "./engine.ts";
import { type Places, zoneOf } from "./zones.ts";

/** Behind a FROM item that is called `a` and has the column contact_id. */
export interface Closing {
  readonly join: string;
  /** SQL of the instant from which on the person may not enter. */
  readonly at: string;
}

export const closesLocally = (programs: readonly Program[]): boolean =>
  programs.some(({ closesAt }) => closesAt?.kind === "local");

/** `zones`: those in use. */
export function printClosing(
  closesAt: PointInTime,
  { engine, zones }: Places & { readonly zones: readonly string[] },
  builder: Builder,
): Closing {
  if (closesAt.kind === "utc") return { join: "", at: builder.param(instant(Date.parse(closesAt.value))) };
  const place = zoneOf({ engine, zones }, "w", builder);
  const ats = zones.map((zone) => String(engine.calendarOf(zone).instantOf(closesAt.value)));
  const closings = `SELECT unnest(${builder.param(texts(zones))}) AS "zone",
    make_timestamp(CAST(unnest(${builder.param(texts(ats))}) AS BIGINT) * 1000) AS "at"`;
  const own = `SELECT w.contact_id, z."at"
    FROM (SELECT c.contact_id, ${place.columns.join(", ")} FROM contact AS c) AS w ${place.join}
    LEFT JOIN (${closings}) AS z ON z."zone" = ${place.zone}`;
  const usual = builder.param(instant(engine.calendar.instantOf(closesAt.value)));
  return { join: `LEFT JOIN (${own}) AS x ON x.contact_id = a.contact_id`, at: `coalesce(x."at", ${usual})` };
}
