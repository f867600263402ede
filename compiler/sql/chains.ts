// Chains of events, worked out from the last link back: of each event it is enough to know the next one behind it from
// which the rest of the chain goes on, so that nothing is ever paired with all that follows it.

import { Bug } from "../../grammar/unreachable.ts";
import type { Behaviour, Chain, Length, Link } from "../ir/condition.ts";
import { occurredAt } from "./event-filters.ts";
import { isCut, keyColumn, printEventRows, type Route, routeOf } from "./events.ts";
import { clauses, nested, where } from "./layout.ts";
import type { Query } from "./query.ts";
import { instantOf, interval, isExact, wallClockAt } from "./shift.ts";
import { eventTable, quote } from "./tables.ts";
import { eventColumn, findEvent } from "./terms.ts";

/** One way for all events of a chain to come to whom they are gathered for. */
function chainRoute({ first, links }: Chain, query: Query): "contact" | "enrollment" {
  const events = [first, ...links.map(({ event }) => event)];
  return events.every((event) => routeOf(event, query) === "contact") ? "contact" : "enrollment";
}

/** Column by which a chain is joined to the judged rows. */
export function chainKey(chain: Chain, query: Query): string {
  return keyColumn(chainRoute(chain, query));
}

/** SELECT of the keys for which the chain holds, as often as it does or each once. */
export function printChain(chain: Chain, query: Query, word: "SELECT" | "SELECT DISTINCT"): string {
  const route = chainRoute(chain, query);
  const key = keyColumn(route);
  const [last, ...before] = chain.links.toReversed();
  if (!last) throw new Bug("a chain without links");
  const events = [chain.first, ...chain.links.map(({ event }) => event)];
  const rows = (index: number): string => {
    const event = events[index];
    if (!event) throw new Bug("a chain has an event in front of each link");
    return printEvents(
      { event, behind: chain.links[index - 1] ?? null, ahead: chain.links[index] ?? null, route },
      query,
    );
  };
  let index = chain.links.length;
  let found = rows(index);
  for (const link of [last, ...before]) {
    index -= 1;
    const pair: Pair = { link, index, rows: rows(index), next: found, key, isCut: isCut(chain.first, query) };
    const columns = index === 0 ? [`${word} p.${key}`] : [`SELECT p.${key}, p.came_at, p.tie_behind`];
    found = clauses(...columns, ...(link.isNegated ? printUnfollowed(pair, query) : printFollowed(pair, query)));
  }
  return found;
}

interface Place {
  readonly event: Behaviour;
  readonly behind: Link | null;
  readonly ahead: Link | null;
  readonly route: Route;
}

/** Events that may stand at a place, with when they came and what ties them to the events beside them. */
function printEvents({ event, behind, ahead, route }: Place, query: Query): string {
  const table = findEvent(query.plan.catalog, event.event);
  const tie = (link: Link | null, name: string): string => {
    if (!link?.same) return `NULL AS ${name}`;
    const column = `e.${eventColumn(table, link.same.name)}`;
    return `${link.same.by === "text" ? query.dialect.fold(column) : column} AS ${name}`;
  };
  const own = routeOf(event, query);
  const cut = isCut(event, query) ? ["j.wait_until AS cut_at"] : [];
  const columns = [`${occurredAt} AS came_at`, tie(behind, "tie_behind"), tie(ahead, "tie_ahead"), ...cut];
  return printEventRows(event, route !== "contact" && own === "contact" ? "enrollment" : own, columns, query);
}

interface Pair {
  readonly link: Link;
  readonly index: number;
  /** SELECTs of the events in front of the link, and of those behind it from which the chain goes on. */
  readonly rows: string;
  readonly next: string;
  readonly key: string;
  readonly isCut: boolean;
}

/** FROM and WHERE of the events `p` that some next one follows in time. */
function printFollowed(pair: Pair, query: Query): readonly (string | null)[] {
  const { within } = pair.link;
  const near = pair.key === keyColumn("contact") ? printNear(pair, query) : { ...pair, named: null };
  const rows = clauses(
    near.named,
    "SELECT x.*, y.came_at AS next_at",
    `FROM ${nested(near.rows)} AS x`,
    printNext({ ...pair, next: near.next }, query.dialect.nearestJoin),
    where([`y.came_at <= x.came_at + ${interval(within)} + ${slack(within)}`]),
  );
  return [`FROM ${printLimits(nested(rows), within, query)} AS p`, where(["p.next_at <= p.limit_at"])];
}

/**
 * Most events of most contacts have none of the other kind near them. To put all of them in order would take the longest,
 * so that only those are left first that lie in the same stretch of time or in the one behind it: all who may follow do,
 * as no stretch is shorter than the time of the link.
 */
function printNear({ link, index, rows, next, key }: Pair, { dialect }: Query) {
  const [front, behind] = [quote(`front ${index}`), quote(`behind ${index}`)];
  const stretch = (alias: string) => dialect.stretch(`${alias}.came_at`, exponentOf(link.within));
  const marks = ["", " + 1"].map(
    (further) => `SELECT ${dialect.mark([`a.${key}`, `${stretch("a")}${further}`])} AS mark FROM ${front} AS a`,
  );
  const { semiJoin } = dialect;
  const left = clauses(
    "SELECT n.*",
    `FROM ${nested(next)} AS n`,
    `${semiJoin} ${nested(marks.join(" UNION ALL\n"))} AS z ON z.mark = ${dialect.mark([`n.${key}`, stretch("n")])}`,
  );
  return {
    named: `WITH ${front} AS MATERIALIZED ${nested(rows)},\n${behind} AS MATERIALIZED ${nested(left)}`,
    rows: clauses("SELECT a.*", `FROM ${front} AS a`, `${semiJoin} ${behind} AS b ON b.${key} = a.${key}`),
    next: `SELECT b.* FROM ${behind} AS b`,
  };
}

const longestDays = { min: 1 / 1440, h: 1 / 24, d: 1, w: 7, mo: 31, y: 366 } as const;

/** Of two, so that it gives no fewer microseconds than a time can have in any zone. */
function exponentOf(within: Length): number {
  const days = longestDays[within.unit] * Math.trunc(within.amount) + slackDays(within);
  return Math.min(62, Math.ceil(Math.log2(Math.max(1, days * 86_400_000_000))));
}

/** FROM and WHERE of the events `p` that none followed in time, once that time is over. */
function printUnfollowed(pair: Pair, query: Query): readonly (string | null)[] {
  const { within } = pair.link;
  const now = query.builder.now();
  const rows = clauses(
    "SELECT x.*, y.came_at AS next_at",
    `FROM ${nested(pair.rows)} AS x`,
    printNext(pair, query.dialect.nearestLeftJoin),
    where([
      `x.came_at + ${interval(within)} - ${slack(within)} <= ${now}`,
      `(y.came_at IS NULL OR y.came_at > x.came_at + ${interval(within)} - ${slack(within)})`,
    ]),
  );
  const isOver = [`p.limit_at <= ${now}`, ...(pair.isCut ? ["(p.cut_at IS NULL OR p.limit_at <= p.cut_at)"] : [])];
  return [
    `FROM ${printLimits(nested(rows), within, query)} AS p`,
    where([...isOver, "(p.next_at IS NULL OR p.next_at > p.limit_at)"]),
  ];
}

/** The next event behind `x` as `y`. */
function printNext({ link, next, key }: Pair, join: string): string {
  const tied = link.same ? " AND y.tie_behind = x.tie_ahead" : "";
  return `${join} ${nested(next)} AS y ON y.${key} = x.${key}${tied} AND y.came_at > x.came_at`;
}

/** Clocks of a zone move a calendar length at most so far from the same length in UTC; the exact limit tells the rest. */
function slack(within: Length): string {
  return `INTERVAL (${slackDays(within)}) DAY`;
}

const slackDays = (within: Length): number => (isExact(within) ? 0 : 5);

/** FROM item: `limit_at` of the events of a kind that have come, and that may yet be followed within the length. */
export function printRunning(event: string, within: Length, query: Pick<Query, "builder" | "plan">): string {
  const now = query.builder.now();
  const rows = clauses(
    `SELECT ${occurredAt} AS came_at`,
    `FROM ${quote(eventTable(event))} AS e`,
    where([`${occurredAt} <= ${now}`, `${occurredAt} + ${interval(within)} + ${slack(within)} > ${now}`]),
  );
  return printLimits(nested(rows), within, query);
}

/** FROM item: the rows with `limit_at`, which is `came_at` moved on by the length. */
function printLimits(rows: string, within: Length, query: Pick<Query, "builder" | "plan">): string {
  if (isExact(within)) return nested(`SELECT r.*, r.came_at + ${interval(within)} AS limit_at\nFROM ${rows} AS r`);
  const zone = query.builder.param({ kind: "text", value: query.plan.project.zone });
  const clock = wallClockAt(zone, "r.came_at", "b");
  const moved = clauses(
    `SELECT r.*, ${clock.value} + ${interval(within)} AS limit_clock`,
    `FROM ${rows} AS r`,
    clock.join,
  );
  const end = instantOf(zone, "q.limit_clock", "g");
  return nested(clauses(`SELECT q.*, ${end.value} AS limit_at`, `FROM ${nested(moved)} AS q`, end.join));
}
