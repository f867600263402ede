// Starts by a date: each person at the moment that the person's own date names, once.

import { termsIn } from "../../compiler/ir/condition.ts";
import type { Program, Trigger } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { printTerms } from "../../compiler/sql/print.ts";
import { quote } from "../../compiler/sql/tables.ts";
import type { Instant } from "../ports.ts";
import { latestStartMs } from "./clock-starts.ts";
import { printMoments } from "./date-moments.ts";
import { type Engine, instant, integer, run, text, texts, type Turn } from "./engine.ts";
import type { Notes } from "./notes.ts";
import type { TriggerState } from "./trigger-states.ts";

type DateTrigger = Extract<Trigger, { kind: "date" }>;

/** Behind `after`, up to `until`; null: for ever. */
interface Stretch {
  readonly after: Instant;
  readonly until: Instant | null;
}

export interface DateStart {
  readonly program: Program;
  readonly trigger: DateTrigger;
}

export const dateStartsOf = (programs: readonly Program[]): readonly DateStart[] =>
  programs.flatMap((program) =>
    program.triggers.flatMap((trigger) => (trigger.kind === "date" ? [{ program, trigger }] : [])),
  );

/** Contact fields that the date is made of. */
export function fieldsOfDate({ field }: Pick<DateTrigger, "field">): readonly string[] {
  return termsIn(field).flatMap((term) => {
    if (term.kind === "field") return [term.name];
    return term.kind === "company field" ? ["company"] : [];
  });
}

export interface DateLook {
  readonly state: TriggerState;
  readonly isFirst: boolean;
  /** See `Look`. */
  readonly setBatch: number | null;
  readonly zones: readonly string[];
}

/** SELECT of those whom a trigger starts, see `printCandidates`; null: nobody can be. */
export function printDateStarts(
  turn: Turn,
  { program, trigger }: DateStart,
  look: DateLook,
  builder: Builder,
): string | null {
  if (!look.isFirst && look.setBatch === null) return null;
  const after = look.isFirst ? Math.max(seenUntil(look.state), turn.now - latestStartMs - 1) : turn.now - 1;
  // Who is told of a date at its very moment starts, though the moment itself was looked at before.
  const isNews = look.isFirst
    ? `h.batch > ${builder.param(integer(look.state.seenBatch))}`
    : `h.batch = ${builder.param(integer(look.setBatch ?? 0))}`;
  const stretch = { after: Math.min(after, turn.now - 1), until: turn.now };
  const dated = printDated(turn, { trigger, stretch, isNews, zones: look.zones }, builder);
  const isBehind = look.isFirst ? `d."at" > ${builder.param(instant(after))} OR ` : "";
  return `SELECT ${builder.param(text(program.name))} AS program, d.contact_id, d."at", CAST(NULL AS VARCHAR) AS start_event,
      CAST(NULL AS VARCHAR) AS start_event_id, '' AS enter_key, false AS is_continued
    FROM (${dated}) AS d WHERE ${isBehind}d.is_news`;
}

/** The last instant of which nobody starts any more. */
const seenUntil = ({ firstAppliedAt, seenAt }: TriggerState): Instant =>
  Math.max(firstAppliedAt - 1, seenAt ?? Number.NEGATIVE_INFINITY);

interface Dated {
  readonly trigger: DateTrigger;
  readonly stretch: Stretch;
  readonly zones: readonly string[];
  /** SQL that is true for changes `h` that nobody has looked at yet. */
  readonly isNews: string;
}

/** SELECT of contact_id and `at`: moments of people who had the date by then; `is_news`: it was told then, and just now. */
function printDated({ engine }: Turn, { trigger, stretch, zones, isNews }: Dated, builder: Builder): string {
  const fields = fieldsOfDate(trigger);
  // Of several fields, one that is not what the date is taken from may have changed.
  const own = trigger.field.kind === "field" ? fields : [];
  const list = (names: readonly string[]) => builder.param(texts(["", ...names]));
  return `WITH found AS MATERIALIZED (${printStretch(engine, { trigger, stretch, zones }, builder)}),
    known AS (SELECT h.contact_id, max(h."at") FILTER (list_contains(${list(own)}, h.field)) AS since, bool_or(h."at" = ${builder.now()} AND ${isNews}) AS has_news
      FROM contact_change AS h SEMI JOIN found AS f ON f.contact_id = h.contact_id
      WHERE list_contains(${list(fields)}, h.field) GROUP BY h.contact_id)
    SELECT f.contact_id, f."at", coalesce(k.has_news, false) AND f."at" = ${builder.now()} AS is_news
    FROM found AS f LEFT JOIN known AS k ON k.contact_id = f.contact_id
    WHERE k.since IS NULL OR k.since <= f."at"`;
}

/** SELECT of contact_id and the moments in the stretch. */
function printStretch(engine: Engine, { trigger, stretch, zones }: Omit<Dated, "isNews">, builder: Builder): string {
  const { after, until } = stretch;
  const yearOf = (at: Instant) => Number(engine.calendar.dayOf(at).slice(0, 4));
  const years = until === null ? 0 : yearOf(until) - yearOf(after);
  const rows = printValues(engine, trigger, stretch, builder);
  const moments = printMoments({ engine, zones }, trigger, { rows, years }, builder);
  const isBefore = until === null ? "" : ` AND m."at" <= ${builder.param(instant(until))}`;
  return `SELECT DISTINCT m.contact_id, m."at" FROM (${moments}) AS m WHERE m."at" > ${builder.param(instant(after))}${isBefore}`;
}

/** No clock of a zone, no hour of the day and no month's length moves a moment further than this. */
const marginMs = 8 * 86_400_000;
/** A name that no field can have. */
const dateColumn = quote("the date");

/** SELECT of contact_id, field_value and from_at of those whose moment may lie in the stretch. */
function printValues(engine: Engine, trigger: DateTrigger, { after, until }: Stretch, builder: Builder): string {
  const subjects = { kind: "contact", from: { text: quote("contact"), params: {} } } as const;
  const values = builder.include(printTerms(engine.plan, subjects, [{ name: "the date", term: trigger.field }]));
  const { offset, isAnniversary } = trigger;
  const back = (at: Instant) => (offset ? engine.calendar.shift(at, { ...offset, amount: -offset.amount }) : at);
  const bounds: string[] = [];
  // The days of later years come from dates that lie as far back as they like.
  if (!isAnniversary) bounds.push(`v.${dateColumn} >= ${builder.param(instant(back(after) - marginMs))}`);
  if (until !== null) bounds.push(`v.${dateColumn} <= ${builder.param(instant(back(until) + marginMs))}`);
  if (isAnniversary && until !== null) {
    bounds.push(
      ...printSeason(engine, `v.${dateColumn}`, { after: back(after) - marginMs, until: back(until) + marginMs }),
    );
  }
  if (bounds.length === 0) bounds.push(`v.${dateColumn} IS NOT NULL`);
  return `SELECT v.contact_id, v.${dateColumn} AS field_value, ${builder.param(instant(after))} AS from_at
    FROM (${values}) AS v WHERE ${bounds.join(" AND ")}`;
}

/** SQL that is true for dates whose day of some year may lie in a stretch; none where that is most of a year. */
function printSeason(
  { calendar }: Engine,
  date: string,
  { after, until }: { readonly after: Instant; readonly until: Instant },
): readonly string[] {
  if (until - after > 300 * 86_400_000) return [];
  const placeOf = (at: Instant) => Number(calendar.dayOf(at).slice(5).replace("-", ""));
  const first = placeOf(after);
  // In years without a 29 February the 28th is its day.
  const last = placeOf(until) === 228 ? 229 : placeOf(until);
  const place = `(month(${date}) * 100 + day(${date}))`;
  const [isLate, isEarly] = [`${place} >= ${first}`, `${place} <= ${last}`];
  return [first <= last ? `${isLate} AND ${isEarly}` : `(${isLate} OR ${isEarly})`];
}

/** For the journal: moments of people that are too long ago to be made up for. */
export function missedDates(
  turn: Turn,
  start: DateStart,
  { state, zones, round }: { readonly state: TriggerState; readonly zones: readonly string[]; readonly round: number },
): Notes | null {
  const stretch = { after: seenUntil(state), until: turn.now - latestStartMs - 1 };
  if (stretch.after >= stretch.until) return null;
  return (_, builder) => {
    const dated = printDated(turn, { trigger: start.trigger, stretch, zones, isNews: "false" }, builder);
    return `SELECT ${builder.now()} AS tick, ${builder.param(integer(round))} AS round, ${builder.param(text(start.program.name))} AS program,
        ${builder.param(integer(turn.engine.version))} AS version, '' AS enrollment_id, d.contact_id, 0 AS seq, 'missed' AS outcome,
        concat('the start of ', strftime(d."at", '%Y-%m-%dT%H:%M:%S.%gZ'), ' was missed by more than 24 hours') AS reason,
        CAST(NULL AS VARCHAR) AS "next", CAST(NULL AS TIMESTAMP) AS due
      FROM (${dated}) AS d`;
  };
}

/** The next moment at which somebody's date starts a program; null: there is none. */
export async function nextDateStart(engine: Engine, now: Instant, zones: readonly string[]): Promise<Instant | null> {
  const triggers = dateStartsOf(engine.plan.programs).map(({ trigger }) => trigger);
  if (triggers.length === 0) return null;
  const turn = { engine, session: engine.database, now };
  // Most dates come round soon, and then few need to be looked at.
  const soon = await earliestIn(turn, triggers, { after: now, until: now + 35 * 86_400_000 }, zones);
  return soon ?? (await earliestIn(turn, triggers, { after: now, until: null }, zones));
}

async function earliestIn(
  turn: Turn,
  triggers: readonly DateTrigger[],
  stretch: Stretch,
  zones: readonly string[],
): Promise<Instant | null> {
  const [row] = await run(turn, (builder) => {
    const all = triggers.map((trigger) => printStretch(turn.engine, { trigger, stretch, zones }, builder));
    return `SELECT min(s."at") AS "at" FROM (${all.map((one) => `SELECT f."at" FROM (${one}) AS f`).join(" UNION ALL ")}) AS s`;
  });
  return row?.at == null ? null : Number(row.at);
}
