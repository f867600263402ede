// Calls of webhooks: promised in the transaction of the step that decides them, with all that they tell, and settled in blocks.

import type { CallPart, TypedTerm } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { type NamedTerm, printTerms } from "../../compiler/sql/print.ts";
import { columnOf, quote } from "../../compiler/sql/tables.ts";
import type { Type } from "../../compiler/types.ts";
import type { Instant } from "../ports.ts";
import { type ActPlace, doingId, handOffId, isAt, printPassers } from "./act-place.ts";
import { change, fill, integer, printed, run, text, texts, type Turn } from "./engine.ts";
import { printIsStopped, stopPrograms } from "./failing.ts";
import { unlessPaused } from "./pauses.ts";

export interface CallPromise {
  readonly webhook: string;
  readonly tells:
    | { readonly kind: "call"; readonly parts: readonly CallPart[] }
    | { readonly kind: "hand off"; readonly team: string; readonly note: string | null };
}

/** One call for each person who passes a step in this round. */
export async function promiseCalls(turn: Turn, place: ActPlace, { webhook, tells }: CallPromise): Promise<void> {
  const { plan, version } = turn.engine;
  const terms = tells.kind === "call" ? namedTerms(tells.parts) : [];
  await change(turn, (builder) => {
    const word = (value: string | null) => `CAST(${builder.param(text(value))} AS VARCHAR)`;
    const fields = plan.catalog.contact.fields.map((field) => {
      return [word(field.name), printJson(`c.${quote(columnOf(field, "contact"))}`, field.type)] as const;
    });
    const own: readonly Member[] =
      tells.kind === "call"
        ? [["'with'", printObject(partsOf(tells.parts, word))]]
        : [
            [
              "'handoff'",
              printObject([
                ["'id'", handOffId("v")],
                ["'team'", word(tells.team)],
                ["'note'", word(tells.note)],
              ]),
            ],
          ];
    const body = printObject([
      ["'id'", doingId("v")],
      ["'kind'", word(tells.kind)],
      ["'webhook'", word(webhook)],
      ["'program'", "v.program"],
      ["'step'", "v.step"],
      ["'at'", printInstant(builder.now())],
      ["'contact'", printObject(fields)],
      ...own,
    ]);
    const values =
      terms.length === 0
        ? ""
        : `JOIN (${builder.include(
            printTerms(plan, { kind: "enrollment", from: printed((inner) => printPassers(place, inner)) }, terms),
          )}) AS t ON t.enrollment_id = v.enrollment_id`;
    return `INSERT INTO webhook_call (call_id, webhook, program, version, step, enrollment_id, contact_id, body, state,
        attempt, planned_at, not_before)
      SELECT ${doingId("v")}, ${word(webhook)}, v.program, coalesce(v.pinned, ${builder.param(integer(version))}), v.step, v.enrollment_id,
        v.contact_id, CAST(${body} AS VARCHAR), 'pending', 0, ${builder.now()}, ${builder.now()}
      FROM verdict AS v JOIN contact AS c ON c.contact_id = v.contact_id ${values}
      WHERE ${isAt(place, "v", builder)}`;
  });
}

type Member = readonly [key: string, value: string];

const printObject = (members: readonly Member[]): string => `json_object(${members.flat().join(", ")})`;

/** Every value of the parts, by its place. */
function namedTerms(parts: readonly CallPart[]): readonly NamedTerm[] {
  return parts.flatMap((part, index) => valuesOf(part).map(({ term }, item) => ({ name: column(index, item), term })));
}

const valuesOf = ({ value }: CallPart): readonly TypedTerm[] =>
  value === null ? [] : "term" in value ? [value] : value;

const column = (index: number, item: number): string => `part_${index}_${item}`;

function partsOf(parts: readonly CallPart[], word: (value: string) => string): readonly Member[] {
  return parts.map((part, index): Member => {
    const values = valuesOf(part).map(({ type }, item) => printJson(`t.${column(index, item)}`, type));
    const [only = "NULL"] = values;
    return [word(part.name), part.value === null || "term" in part.value ? only : `json_array(${values.join(", ")})`];
  });
}

const printInstant = (sql: string): string => `strftime(${sql}, '%Y-%m-%dT%H:%M:%S.%gZ')`;

/** A value as JSON shows it: instants in ISO 8601 and UTC, days as yyyy-mm-dd, amounts as text, durations in seconds. */
function printJson(sql: string, { scalar, isList }: Type): string {
  const show = (one: string): string => {
    if (scalar.kind === "datetime") return printInstant(`CAST(${one} AS TIMESTAMP)`);
    return scalar.kind === "date" || scalar.kind === "money" ? `CAST(${one} AS VARCHAR)` : one;
  };
  return isList ? `list_transform(${sql}, lambda item: ${show("item")})` : show(sql);
}

export interface DueCall {
  readonly id: string;
  readonly body: string;
  /** How often it was tried. */
  readonly attempt: number;
  readonly plannedAt: Instant;
}

/** Whether any call was ever promised and not made: of a webhook that is gone, too. */
export async function hasCalls({ engine, session }: Pick<Turn, "engine" | "session">): Promise<boolean> {
  if (engine.plan.webhooks.length > 0) return true;
  const rows = await session.run({ text: "SELECT 1 FROM webhook_call WHERE state = 'pending' LIMIT 1", params: {} });
  return rows.length > 0;
}

const printDue = (builder: Builder): string =>
  `FROM webhook_call AS o ${unlessPaused("o")} WHERE o.state = 'pending' AND o.not_before <= ${builder.now()}`;

export async function webhooksDue(turn: Turn): Promise<readonly string[]> {
  const rows = await run(turn, (builder) => `SELECT DISTINCT o.webhook ${printDue(builder)} ORDER BY o.webhook`);
  return rows.map(({ webhook }) => String(webhook));
}

/** The calls of a webhook that are due, earliest promised first. */
export async function dueCalls(turn: Turn, webhook: string, limit: number): Promise<readonly DueCall[]> {
  const rows = await run(
    turn,
    (builder) => `SELECT o.call_id, o.body, o.attempt, o.planned_at ${printDue(builder)}
      AND o.webhook = ${builder.param(text(webhook))}
      ORDER BY o.planned_at, o.program, o.call_id LIMIT ${builder.param(integer(limit))}`,
  );
  return rows.map((row) => ({
    id: String(row.call_id),
    body: String(row.body),
    attempt: Number(row.attempt),
    plannedAt: Number(row.planned_at),
  }));
}

export interface SettledCall {
  readonly id: string;
  readonly state: "pending" | "made" | "failed";
  readonly reason: string | null;
  /** For `pending`: not to be tried before. */
  readonly notBefore: Instant | null;
  /** True where the receiver was not asked, so that it does not count as a try. */
  readonly isUntried: boolean;
}

/** Writes what became of calls; of those that failed for good the journal tells too. */
export async function settleCalls(turn: Turn, settled: readonly SettledCall[]): Promise<void> {
  if (settled.length === 0) return;
  await fill(turn, "settling_call", (builder) => {
    const each = (of: (one: SettledCall) => string) => `unnest(${builder.param(texts(settled.map(of)))})`;
    const isStopped = printIsStopped(turn.engine.inside, "f", builder);
    return `SELECT f.* REPLACE (CASE WHEN ${isStopped} THEN 'pending' ELSE f.state END AS state), ${isStopped} AS is_stopped
      FROM (
        SELECT s.*, o.program FROM (
          SELECT ${each(({ id }) => id)} AS call_id, ${each(({ state }) => state)} AS state,
            ${each(({ reason }) => reason ?? "")} AS reason, ${each(({ notBefore }) => String(notBefore ?? ""))} AS not_before,
            ${each(({ isUntried }) => String(isUntried))} AS is_untried
        ) AS s JOIN webhook_call AS o ON o.call_id = s.call_id
      ) AS f`;
  });
  await change(
    turn,
    (builder) => `UPDATE webhook_call SET state = s.state, reason = nullif(s.reason, ''),
        not_before = coalesce(make_timestamp(TRY_CAST(s.not_before AS BIGINT) * 1000), webhook_call.not_before),
        attempt = CASE WHEN s.is_stopped THEN 0 WHEN s.is_untried = 'true' THEN attempt ELSE attempt + 1 END,
        body = CASE WHEN s.state <> 'made' THEN body END,
        settled_at = CASE WHEN s.state <> 'pending' THEN ${builder.now()} END
      FROM settling_call AS s WHERE webhook_call.call_id = s.call_id`,
  );
  if (!settled.some(({ state }) => state === "failed")) return;
  await change(
    turn,
    (
      builder,
    ) => `INSERT INTO journal (tick, round, program, version, enrollment_id, contact_id, seq, step, outcome, reason)
      SELECT ${builder.now()}, 0, o.program, o.version, o.enrollment_id, o.contact_id, 0, o.step, 'failed', o.reason
      FROM webhook_call AS o JOIN settling_call AS s ON s.call_id = o.call_id AND (s.state = 'failed' OR s.is_stopped)`,
  );
  await stopPrograms(turn, "settling_call", "a call failed");
}
