// Fills in the instant of evaluation: what a statement left open as a moment becomes an instant or a day.

import type { ZoneCalendar } from "../calendar.ts";
import type { Param, Sql } from "./sql.ts";

/** `now` in epoch milliseconds. A statement without moments comes back as it is. */
export function bind(sql: Sql, calendar: ZoneCalendar, now: number): Sql {
  const params = Object.entries(sql.params).map(([name, param]) => [name, resolve(param, calendar, now)] as const);
  return { text: sql.text, params: Object.fromEntries(params) };
}

function resolve(param: Param, calendar: ZoneCalendar, now: number): Param {
  if (param.kind !== "moment") return param;
  return param.as === "day"
    ? { kind: "day", value: calendar.resolveDay(param.moment, now) }
    : { kind: "instant", value: calendar.resolveInstant(param.moment, now) };
}
