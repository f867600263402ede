// From the wall clock of a zone to UTC: which offset holds for which local times, and the zone names that there are.

import { Failed, failure } from "../../failures/failures.ts";

const dayMs = 86_400_000;
const first = Date.UTC(1900, 0, 1);
const last = Date.UTC(2101, 0, 1);
/** No zone changes its clock twice within two weeks and back. */
const stepMs = 14 * dayMs;

interface Span {
  /** Epoch milliseconds, of UTC or of a local wall clock as if it were UTC: from here on the offset holds. */
  readonly fromMs: number;
  readonly offsetS: number;
}
interface Change {
  readonly utcMs: number;
  readonly before: number;
  readonly after: number;
}

function offsetReader(zone: string): (utcMs: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, year: "numeric", timeZoneName: "longOffset" });
  } catch {
    throw new Failed(failure("F152", { zone }));
  }
  return (utcMs) => {
    // Asked for its parts, it takes three times as long.
    const found = /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(format.format(utcMs));
    if (!found) return 0;
    const [, sign, hours, minutes, seconds = "0"] = found;
    return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  };
}

/** The first millisecond at which `offset` no longer holds, between two instants. */
function change(offsetAt: (utcMs: number) => number, before: number, after: number): number {
  const offset = offsetAt(before);
  let low = before;
  let high = after;
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000;
    if (offsetAt(middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}

interface Changes {
  readonly offsetS: number;
  readonly changes: readonly Change[];
}
const known = new Map<string, Changes>();

/** Offset at first, and every change of it. Two centuries take thousands of questions, so they are asked once. */
function changesOf(zone: string): Changes {
  let found = known.get(zone);
  if (!found) {
    found = findChanges(zone);
    known.set(zone, found);
  }
  return found;
}

function findChanges(zone: string): Changes {
  const offsetAt = offsetReader(zone);
  const changes: Change[] = [];
  let before = offsetAt(first);
  for (let at = first; at < last; at += stepMs) {
    const after = offsetAt(at + stepMs);
    if (after === before) continue;
    changes.push({ utcMs: change(offsetAt, at, at + stepMs), before, after });
    before = after;
  }
  return { offsetS: offsetAt(first), changes };
}

function spansOf(zone: string, fromMs: (change: Change) => number): readonly Span[] {
  const { offsetS, changes } = changesOf(zone);
  const spans = changes.map((one) => ({ fromMs: fromMs(one), offsetS: one.after }));
  return [{ fromMs: Number.NEGATIVE_INFINITY, offsetS }, ...spans];
}

/** A tree of comparisons, so that each row meets few of them however many clock changes there are. */
function tree(at: string, spans: readonly Span[]): string {
  const middle = Math.floor(spans.length / 2);
  const split = spans[middle];
  if (spans.length <= 1 || !split) return String(spans[0]?.offsetS ?? 0);
  const from = new Date(split.fromMs).toISOString().replace("T", " ").replace("Z", "");
  return `CASE WHEN ${at} < TIMESTAMP '${from}' THEN ${tree(at, spans.slice(0, middle))} ELSE ${tree(at, spans.slice(middle))} END`;
}

const isUtc = (spans: readonly Span[]) => spans.length === 1 && spans[0]?.offsetS === 0;

/**
 * SQL that turns the TIMESTAMP `local`, a wall clock in `zone`, into UTC. A time that a change skips takes the offset
 * before it and so moves forward; one that a change repeats takes the offset before it and so is the first.
 */
export function toUtc(local: string, zone: string): string {
  const spans = spansOf(zone, ({ utcMs, before, after }) => utcMs + Math.max(before, after) * 1000);
  return isUtc(spans) ? local : `${local} - to_seconds(${tree(local, spans)})`;
}

/** SQL that turns the TIMESTAMP `utc` into the wall clock of `zone`. */
export function fromUtc(utc: string, zone: string): string {
  const spans = spansOf(zone, ({ utcMs }) => utcMs);
  return isUtc(spans) ? utc : `${utc} + to_seconds(${tree(utc, spans)})`;
}

/** IANA names in the spelling that programs know, aliases such as `US/Eastern` among them. */
export function knownZones(candidates: readonly string[]): readonly string[] {
  const names = new Set<string>(Intl.supportedValuesOf("timeZone"));
  names.add("UTC");
  for (const name of candidates) {
    if (names.has(name) || !/^[A-Z][A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$|^(GMT|Etc\/\S+)$/.test(name)) continue;
    try {
      new Intl.DateTimeFormat("en-US", { timeZone: name });
      names.add(name);
    } catch {
      // The database knows more zones than the calendar does; such a name could not be computed with.
    }
  }
  return [...names].sort();
}
