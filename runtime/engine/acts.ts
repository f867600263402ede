// What steps write about people: fields, lists, consent, suppression. One row for each kind of step.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Step } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { duckdb } from "../../compiler/sql/dialect.ts";
import { printChanges } from "../../compiler/sql/history.ts";
import { type NamedTerm, printTerms } from "../../compiler/sql/print.ts";
import { columnOf, columnType, quote } from "../../compiler/sql/tables.ts";
import { isFolded, type Type } from "../../compiler/types.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { type ActPlace, handOffId, isAt, printPassers } from "./act-place.ts";
import { promiseCalls } from "./calls.ts";
import { change, type Engine, fill, integer, printed, text, type Turn } from "./engine.ts";
import type { ActKind, ActStep } from "./steps/act.ts";
import { addressColumn } from "./zones.ts";

interface Acting {
  readonly place: ActPlace;
  /** Batch of the changes of fields. */
  readonly setBatch: number;
}

interface Act<S extends Step> {
  /** Besides `contact` and what belongs to it. */
  readonly table: string | null;
  /** Whether what is judged next may read what it writes. */
  isReadBack(step: S, engine: Engine): boolean;
  write(turn: Turn, step: S, acting: Acting): Promise<void>;
}

const always = (): boolean => true;

const acts: { readonly [K in ActKind]: Act<Extract<Step, { kind: K }>> } = {
  set: {
    table: null,
    isReadBack: ({ field }, { fieldsRead }) => fieldsRead.has(field),
    write: writeField,
  },
  "add to": { table: "list_member", isReadBack: always, write: addToList },
  "remove from": { table: "list_member", isReadBack: always, write: removeFromList },
  "subscribe to": { table: "consent", isReadBack: always, write: recordConsent },
  "unsubscribe from": { table: "consent", isReadBack: always, write: recordConsent },
  suppress: { table: "suppression", isReadBack: always, write: suppress },
  "hand off": { table: null, isReadBack: () => false, write: handOff },
  call: {
    table: null,
    isReadBack: () => false,
    write: (turn, { webhook, parts }, { place }) =>
      promiseCalls(turn, place, { webhook, tells: { kind: "call", parts } }),
  },
};

/** Tables that steps of the plan write, besides those of the engine and of contacts. */
export function tablesOfActs({ programs }: Plan): ReadonlySet<string> {
  const steps = programs.flatMap((program) => program.steps).filter(isAct);
  return new Set(steps.flatMap((step) => rowOf(step).table ?? []));
}

export const isAct = (step: Step): step is ActStep => Object.hasOwn(acts, step.kind);

// A step is looked up by its own kind, so the row always fits; the type system cannot follow the link.
const rowOf = (step: ActStep): Act<ActStep> => acts[step.kind] as unknown as Act<ActStep>;

/** True where what the step writes may change what else happens in the same instant, so that the walk stops behind it. */
export const isReadBack = (step: Step, engine: Engine): boolean => isAct(step) && rowOf(step).isReadBack(step, engine);

export function actStep({ inside }: Engine, place: ActPlace): ActStep {
  const program = inside.programs.find(({ name, pinned }) => name === place.program && pinned === place.pinned);
  const step = program?.steps.find(({ id }) => id === place.step);
  if (!step || !isAct(step)) throw new Bug(`${place.program} has no step ${place.step} that writes about people`);
  return step;
}

/** Writes what a step says of all who pass it in this round. */
export function act(turn: Turn, place: ActPlace, setBatch: number): Promise<void> {
  const step = actStep(turn.engine, place);
  return rowOf(step).write(turn, step, { place, setBatch });
}

const source = ({ place }: Acting, builder: Builder): string => builder.param(text(`program ${place.program}`));

/** The people who pass a step in this round, once each. */
function printPassing({ place }: Acting, builder: Builder): string {
  return `SELECT DISTINCT v.contact_id FROM verdict AS v
    WHERE ${isAt(place, "v", builder)}`;
}

/** Their addresses, as refusals and suppressions are kept by; who has none is not among them. */
function printAddresses(turn: Turn, acting: Acting, builder: Builder): string {
  return `SELECT DISTINCT lower(trim(c.${addressColumn(turn.engine.plan)})) AS address
    FROM contact AS c SEMI JOIN (${printPassing(acting, builder)}) AS p ON p.contact_id = c.contact_id
    WHERE trim(c.${addressColumn(turn.engine.plan)}) <> ''`;
}

type Listing = Extract<Step, { kind: "add to" | "remove from" }>;

async function addToList(turn: Turn, { list }: Listing, acting: Acting): Promise<void> {
  await change(
    turn,
    (builder) => `INSERT INTO list_member (list, contact_id, added_at, source)
      SELECT ${builder.param(text(list))}, p.contact_id, ${builder.now()}, ${source(acting, builder)}
      FROM (${printPassing(acting, builder)}) AS p ON CONFLICT DO NOTHING`,
  );
}

async function removeFromList(turn: Turn, { list }: Listing, acting: Acting): Promise<void> {
  await change(
    turn,
    (builder) => `DELETE FROM list_member USING (${printPassing(acting, builder)}) AS p
      WHERE list_member.list = ${builder.param(text(list))} AND list_member.contact_id = p.contact_id`,
  );
}

type Consenting = Extract<Step, { kind: "subscribe to" | "unsubscribe from" }>;

async function recordConsent(turn: Turn, { kind, topic }: Consenting, acting: Acting): Promise<void> {
  await change(
    turn,
    (builder) => `INSERT INTO consent (address, topic, state, "at", source)
      SELECT a.address, ${builder.param(text(topic))}, ${kind === "subscribe to"}, ${builder.now()}, ${source(acting, builder)}
      FROM (${printAddresses(turn, acting, builder)}) AS a`,
  );
}

async function suppress(turn: Turn, _: Step, acting: Acting): Promise<void> {
  await change(
    turn,
    (builder) => `INSERT INTO suppression (address, reason, "at", source)
      SELECT a.address, 'suppressed', ${builder.now()}, ${source(acting, builder)}
      FROM (${printAddresses(turn, acting, builder)}) AS a ON CONFLICT DO NOTHING`,
  );
}

type HandingOff = Extract<Step, { kind: "hand off" }>;

/** The team's webhook, if there is one, is told of each. */
async function handOff(turn: Turn, { team, note }: HandingOff, { place }: Acting): Promise<void> {
  if (turn.engine.plan.webhooks.some(({ name }) => name === team)) {
    await promiseCalls(turn, place, { webhook: team, tells: { kind: "hand off", team, note } });
  }
  await change(
    turn,
    (builder) => `INSERT INTO handoff (handoff_id, team, program, step, enrollment_id, contact_id, note, "at")
      SELECT ${handOffId("v")},
        ${builder.param(text(team))}, v.program, v.step, v.enrollment_id, v.contact_id, ${builder.param(text(note))}, ${builder.now()}
      FROM verdict AS v
      WHERE ${isAt(place, "v", builder)}`,
  );
}

type SetStep = Extract<Step, { kind: "set" }>;

/** One statement per step that sets a field; of two steps in one round the later name's value stays. */
async function writeField(turn: Turn, step: SetStep, { place, setBatch }: Acting): Promise<void> {
  const field = turn.engine.plan.catalog.contact.fields.find(({ name }) => name === step.field);
  if (!field) throw new Bug(`no contact field ${step.field}`);
  const column = quote(columnOf(field, "contact"));
  const { value } = step;
  const terms = value.kind === "unknown" ? [] : value.kind === "list" ? value.items : [value.term];
  const named: readonly NamedTerm[] = terms.map((term, index) => ({ name: `value_${index}`, term }));
  const changed = await fill(turn, "set_value", (builder) => {
    const judged = builder.include(
      printTerms(turn.engine.plan, { kind: "enrollment", from: printed((inner) => printPassers(place, inner)) }, named),
    );
    const values = named.map(({ name }, index) => `min_by(t."${name}", t.enrollment_id) AS value_${index}`);
    return `SELECT n.* FROM (
        SELECT contact.contact_id, contact.${column} AS old, ${printValue(step, column, field.type)} AS new
        FROM contact JOIN (SELECT ${["t.contact_id", "count(*) AS times", ...values].join(", ")} FROM (${judged}) AS t GROUP BY t.contact_id) AS w
          ON contact.contact_id = w.contact_id
      ) AS n WHERE n.old IS DISTINCT FROM n.new`;
  });
  if (changed === 0) return;
  await change(turn, (builder) => {
    const difference = { field: builder.param(text(field.name)), old: "old", new: "new" };
    return printChanges("set_value", [difference], builder.now(), builder.param(integer(setBatch)));
  });
  await change(
    turn,
    () => `UPDATE contact SET ${column} = n.new FROM set_value AS n WHERE contact.contact_id = n.contact_id`,
  );
}

/** SQL of the new value, from the old one and the columns of `w`; an empty list is unknown. */
function printValue({ value }: SetStep, column: string, of: Type): string {
  const { isList } = of;
  const type = columnType(of);
  const fold = (sql: string) => (isFolded(of) ? duckdb.fold(sql) : sql);
  const old = `contact.${column}`;
  switch (value.kind) {
    case "unknown":
      return `CAST(NULL AS ${type})`;
    case "term":
      return isList ? `CAST([w.value_0] AS ${type})` : `CAST(w.value_0 AS ${type})`;
    case "list":
      return `CAST(nullif(list_value(${value.items.map((_, index) => `w.value_${index}`).join(", ")}), []) AS ${type})`;
    case "add":
      if (!isList) return `coalesce(${old}, 0) + w.times * coalesce(w.value_0, 0)`;
      return `CASE WHEN w.value_0 IS NULL OR list_contains(list_transform(coalesce(${old}, []), lambda item: ${fold("item")}), ${fold("w.value_0")}) THEN ${old}
        ELSE list_append(coalesce(${old}, []), w.value_0) END`;
    case "remove":
      return `nullif(list_filter(${old}, lambda item: ${fold("item")} IS DISTINCT FROM ${fold("w.value_0")}), [])`;
  }
}
